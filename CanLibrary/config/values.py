"""Single values: converted as Robot Framework converts keyword arguments, but with YAML's types respected."""

from __future__ import annotations

import math
import re
import reprlib
from datetime import timedelta
from enum import Enum
from typing import Any

from CanLibrary.config.mistakes import Mistakes
from CanLibrary.errors import nearest
from CanLibrary.types import CONVERTERS, NOT_GIVEN

_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxother = 80
_REPR.maxlevel = 2
_EXPONENT = re.compile(r"[^xX]*[eE][^xX]*")
_LONGEST_WORD = 100  # characters; no number, time or name of a choice comes near

# A bool is an int in Python and a list prints as text, but nobody who writes `blocksize: true` means 1.
_ACCEPTED: dict[type, tuple[type, ...]] = {
    int: (int, float, str),
    float: (int, float, str),
    bool: (bool, int, str),
    str: (str,),
    timedelta: (timedelta, int, float, str),
}
_MEANING: dict[type, str] = {
    int: "an integer",
    float: "a number",
    bool: "true or false",
    str: "text",
    timedelta: "a time such as 0.05 (seconds) or '50 ms'",
}


class OctalInt(int):
    """An integer that YAML 1.1 read as octal because it begins with 0, with the digits as written."""

    written: str

    def __new__(cls, written: str) -> OctalInt:
        """Return the integer that YAML makes of the digits."""
        number = super().__new__(cls, written.replace("_", ""), 8)
        number.written = written
        return number


def shown(value: object) -> str:
    """Return a value as a sentence quotes it, however long or deep it is."""
    return _REPR.repr(value)


def convert(value: object, hint: type, name: str, mistakes: Mistakes) -> Any:
    """Return the value as the type, or add a mistake and return `NOT_GIVEN`.

    Args:
        value: As YAML, a keyword or Python gave it.
        hint: int, float, bool, str, timedelta, an enum, or a type of ours with a converter.
        name: The argument, for the sentence.
        mistakes: The collector of this very value.

    Returns:
        The converted value, or `NOT_GIVEN` where a mistake was added.
    """
    octal = find_octal(value)
    if octal is not None:
        mistakes.add(octal_sentence(octal))
        return NOT_GIVEN
    if hint in CONVERTERS:
        return _with_converter(value, hint, mistakes)
    try:
        return _plain(value, hint)
    # OverflowError: Robot Framework does not catch it where an integer or a time is infinite.
    except (ValueError, OverflowError):
        mistakes.add(
            f"{name}={shown(value)} is not possible: {name} is {_meaning(value, hint)}", names_it=True
        )
        return NOT_GIVEN


def find_octal(value: object) -> OctalInt | None:
    """Return the first integer written in octal by accident, also from within lists and maps."""
    if isinstance(value, OctalInt):
        return value
    parts: Any = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((octal for part in parts if (octal := find_octal(part)) is not None), None)


def octal_sentence(octal: OctalInt) -> str:
    """Return why digits with a leading 0 are refused."""
    digits = octal.written.lstrip("+-0_") or "0"
    choices = f"{int(octal)}, {digits} or 0x{digits}"
    return f"{octal.written} is octal in YAML and means {int(octal)}; write {choices}."


def _with_converter(value: object, hint: type, mistakes: Mistakes) -> Any:
    # Robot Framework would say "cannot be converted to CanId:" before the sentence.
    try:
        return CONVERTERS[hint](value)
    except ValueError as error:
        mistakes.add(str(error))
        return NOT_GIVEN


def _plain(value: Any, hint: Any) -> Any:
    accepted = _ACCEPTED.get(hint, (hint, str, int) if issubclass(hint, int) else (hint, str))
    if not isinstance(value, accepted) or (isinstance(value, bool) and hint is not bool):
        raise ValueError
    if isinstance(value, float) and hint is int and not value.is_integer():
        raise ValueError
    if hint is bool and not isinstance(value, (bool, str)) and value not in (0, 1):
        raise ValueError
    if hint is timedelta and isinstance(value, (int, float)):
        return _finite(timedelta(seconds=value))
    if not isinstance(value, str) and not issubclass(hint, Enum):
        return value if isinstance(value, hint) else hint(value)  # int from 2.0, float from 2, bool from 1
    if isinstance(value, hint):
        return value
    return _by_robot(value, hint)


def _finite(value: timedelta) -> timedelta:
    if not math.isfinite(value.total_seconds()):
        raise ValueError
    return value


def _by_robot(value: object, hint: type) -> Any:
    from robot.api import TypeInfo

    # Robot Framework reads an integer through Decimal where int() refuses it: a million digits take it most
    # of a minute, and 1e999999999 all memory.
    if isinstance(value, str) and len(value) > _LONGEST_WORD:
        raise ValueError
    if hint is int and isinstance(value, str) and _EXPONENT.fullmatch(value):
        value = float(value)
        if not value.is_integer() or abs(value) > 1e15:
            raise ValueError
    result = TypeInfo.from_type(hint).convert(value)
    # Robot Framework leaves text that is no truth value as it is, and takes empty text for False.
    if not isinstance(result, hint) or value == "":
        raise ValueError
    return result


def _meaning(value: object, hint: type) -> str:
    if issubclass(hint, Enum):
        names = [member.name for member in hint]
        close = nearest(value, names) if isinstance(value, str) else ""
        return f"one of {', '.join(names)}{close or '.'}"
    if hint is str and isinstance(value, (bool, int, float)):
        return f"text; quote it: '{value}'."
    if hint is int and isinstance(value, str) and re.fullmatch("[0-9A-Fa-f]{1,8}", value):
        return f"an integer; hexadecimal needs 0x: 0x{value.upper()}."
    return f"{_MEANING[hint]}."


_INTEGER = re.compile(r"[-+]?[0-9]+")
_HEXADECIMAL = re.compile(r"[-+]?0[xX][0-9A-Fa-f]+")
_FLOAT = re.compile(r"[-+]?[0-9]*\.[0-9]+(?:[eE][-+]?[0-9]+)?")
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def cast_text(value: Any) -> Any:
    """Return an interface's option as python-can would cast it from text.

    python-can's own function is not called because `import can` costs 200 ms; 0x, yes, no, on and off are
    ours, so that a keyword argument means what the same word means in YAML.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if len(text) <= 40:  # longer digits are a name, and int() of very long ones raises
        if _INTEGER.fullmatch(text):
            return int(text)
        if _HEXADECIMAL.fullmatch(text):
            return int(text, 16)
        if _FLOAT.fullmatch(text):
            return float(text)
    return _TRUTH.get(text.lower(), value)

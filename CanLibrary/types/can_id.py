"""Identifiers: how a tester writes them, and which of them match."""

from __future__ import annotations

import re
from typing import ClassVar

from CanLibrary.formatting import id_text

MAX_STANDARD = 0x7FF
MAX_EXTENDED = 0x1FFFFFFF


def named_argument(text: str) -> str:
    """Return a sentence for text such as `timeout=1 s`: Robot Framework hands on what is no argument as a value."""
    match = re.match(r"([a-z_]+)=", text)
    if not match:
        return ""
    hint = {"within": "; did you mean 'timeout'?", "timeout": "; did you mean 'within'?"}.get(match[1], ".")
    return f"'{text}' is no value: this keyword has no argument '{match[1]}'{hint}"


class CanId:
    """A CAN identifier of 11 bits (standard) or 29 bits (extended), ISO 11898-1.

    Text is hexadecimal and needs ``0x``: ``0x7E0``. One to three digits are a standard identifier,
    eight digits an extended one (``0x00000123``). Four to seven digits are extended when the value is
    above 0x7FF and refused as ambiguous when it is not. A bare ``7E0`` or ``291`` is refused, because
    it could be read in two ways. An integer such as ``${0x7E0}`` is taken as it is: standard up to
    0x7FF, extended above, and the argument ``extended`` overrules that.
    """

    __slots__ = ("extended", "from_integer", "value")

    value: int
    extended: bool
    from_integer: bool

    def __init__(self, value: object, extended: bool | None = None) -> None:
        self.from_integer = False
        if isinstance(value, CanId):
            self.value, self.extended, self.from_integer = value.value, value.extended, value.from_integer
        elif isinstance(value, str):
            self.value, self.extended = _parse(value.strip())
        elif isinstance(value, int) and not isinstance(value, bool):
            self.value, self.extended, self.from_integer = value, value > MAX_STANDARD, True
        else:
            raise ValueError(f"{value!r} is no identifier; write hexadecimal text such as 0x7E0.")
        if not 0 <= self.value <= MAX_EXTENDED:
            raise ValueError(f"{value} is outside the 29 bits of a CAN identifier (0x0 to 0x1FFFFFFF).")
        if extended is not None and extended != self.extended:
            self.extended = self._overruled(extended)

    def _overruled(self, extended: bool) -> bool:
        if not extended and self.value > MAX_STANDARD:
            raise ValueError(
                f"{self} does not fit extended=False: a standard identifier has 11 bits (at most 0x7FF)."
            )
        if not extended and not self.from_integer:
            raise ValueError(
                f"{self} is written as an extended identifier (eight digits) but extended=False was given; "
                f"write {id_text(self.value, False)}."
            )
        return extended

    def __str__(self) -> str:
        return id_text(self.value, self.extended)

    def __repr__(self) -> str:
        return f"CanId('{self}')"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, CanId):
            return (self.value, self.extended) == (other.value, other.extended)
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.value, self.extended))

    def __index__(self) -> int:
        return self.value


def _parse(text: str) -> tuple[int, bool]:
    match = re.fullmatch(r"0[xX]([0-9A-Fa-f_]+)", text)
    digits = match.group(1).replace("_", "") if match else ""
    if not digits:
        raise ValueError(_refusal(text))
    value = int(digits, 16)
    if len(digits) <= 3:
        if value > MAX_STANDARD:
            raise ValueError(
                f"'{text}' is above 0x7FF, the largest standard identifier; "
                f"an extended identifier has eight digits: {id_text(value, True)}."
            )
        return value, False
    if len(digits) > 8 and value <= MAX_EXTENDED:
        raise ValueError(
            f"'{text}' has {len(digits)} digits; an extended identifier has eight: {id_text(value, True)}."
        )
    if len(digits) < 8 and value <= MAX_STANDARD:
        raise ValueError(
            f"'{text}' is ambiguous: write {id_text(value, False)} for the standard identifier "
            f"or {id_text(value, True)} for the extended one."
        )
    return value, True


def _refusal(text: str) -> str:
    if named := named_argument(text):
        return named
    if re.fullmatch(r"[0-9]+", text):
        return f"'{text}' can be read in two ways: write 0x{text} (hexadecimal) or ${{{text}}} (decimal)."
    if re.fullmatch(r"[0-9]+[eE][0-9]+", text):
        return (
            f"'{text}' can be read in two ways, hexadecimal 0x{text.upper()} or the number {float(text):g}: "
            f"write 0x{text.upper()}."
        )
    if re.fullmatch(r"[0-9A-Fa-f]+[hH]?", text):
        return f"'{text}' is hexadecimal without 0x: write 0x{text.rstrip('hH').upper()}."
    return f"'{text}' is no identifier; write hexadecimal text with 0x, such as 0x7E0 or 0x18DA10F1."


class CanIdPattern:
    """An identifier to wait for: one written like a ``CanId``, or ``*`` for any."""

    __slots__ = ("id",)

    ANY: ClassVar[CanIdPattern]

    def __init__(self, value: object = "*", extended: bool | None = None) -> None:
        self.id: CanId | None
        if isinstance(value, CanIdPattern):
            self.id = CanId(value.id, extended) if value.id else None
        elif isinstance(value, str) and value.strip() == "*":
            self.id = None
        else:
            self.id = CanId(value, extended)

    def __str__(self) -> str:
        return str(self.id) if self.id else "*"

    __repr__ = __str__


CanIdPattern.ANY = CanIdPattern("*")

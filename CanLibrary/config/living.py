"""What changes in a periodic message: from keyword arguments or YAML to its frozen description."""

from __future__ import annotations

import functools
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from CanLibrary.config.mistakes import Mistakes
from CanLibrary.config.values import convert, shown
from CanLibrary.types import NOT_GIVEN, Payload
from CanLibrary.types.bit_field import Counter, Ramp
from CanLibrary.types.living import E2E, Checksum, LivingData

LIVING_KEYS = ("values", "ramp", "counter", "checksum", "e2e")
_PARTS: dict[str, type] = {"ramp": Ramp, "counter": Counter, "checksum": Checksum, "e2e": E2E}
_NEEDED = {"checksum": ("kind", "byte"), "e2e": ("profile",)}
_LIKE = {
    "ramp": "{byte: 2, start: 0, end: 100, step: 5}",
    "counter": "{byte: 1, width: 4}",
    "checksum": "{kind: CRC8_SAE_J1850, byte: 0}",
    "e2e": "{profile: 1, data_id: 0x123}",
}


def living_data(given: Mapping[str, Any]) -> LivingData | None:
    """Return what keyword arguments describe, None where nothing lives.

    Args:
        given: Those of `LIVING_KEYS` that were given.

    Raises:
        ConfigurationError: The first thing that is wrong, in one sentence.
    """
    mistakes = Mistakes()
    living = read_living(given, mistakes, named=True)
    mistakes.raise_first()
    return living


def read_living(given: Mapping[Any, Any], mistakes: Mistakes, *, named: bool = False) -> LivingData | None:
    """Return what those of a map's keys describe that are `LIVING_KEYS`, or add every mistake and return None.

    Args:
        given: The map, such as an entry of a YAML file; what is None or not given counts as not there.
        mistakes: The collector of the map; also what is wrong between the parts is added there.
        named: Keyword arguments, which have no path: it begins with the name of the argument.
    """
    present = {key: given[key] for key in LIVING_KEYS if given.get(key) not in (None, NOT_GIVEN)}
    if not present:
        return None
    before = len(mistakes.found)
    parts: dict[str, Any] = {}
    for key, value in present.items():
        here = _argument(key, mistakes) if named else mistakes.at(key)
        parts[key] = _values(value, here) if key == "values" else _part(key, value, here)
    if len(mistakes.found) != before:
        return None
    try:
        return LivingData(**parts)
    except ValueError as error:
        mistakes.add(str(error), names_it=True)
        return None


def _argument(name: str, mistakes: Mistakes) -> Mistakes:
    """Return the collector of a keyword argument: the same list, and a path that begins with its name."""
    part = Mistakes(name)
    part.found = mistakes.found
    return part


def _part(name: str, given: object, mistakes: Mistakes) -> Any:
    target = _PARTS[name]
    if isinstance(given, target):
        return given
    if not isinstance(given, Mapping):
        mistakes.add(f"{shown(given)} is no map; write it such as {_LIKE[name]}.")
        return None
    before = len(mistakes.found)
    values = _fields(given, target, mistakes)
    for missing in (key for key in _NEEDED.get(name, ()) if given.get(key) is None):
        mistakes.add(f"{missing} is missing; write it such as {_LIKE[name]}.")
    if len(mistakes.found) != before:
        return None
    try:
        return target(**values)
    except ValueError as error:
        mistakes.add(str(error))
        return None


def counter_of(given: object) -> Counter:
    """Return the counter that a keyword argument describes."""
    return typing.cast(Counter, _one("counter", given))


def checksum_of(given: object) -> Checksum:
    """Return the checksum that a keyword argument describes."""
    return typing.cast(Checksum, _one("checksum", given))


def e2e_of(given: object) -> E2E:
    """Return the E2E profile that a keyword argument describes."""
    return typing.cast(E2E, _one("e2e", given))


def _one(name: str, given: object) -> Any:
    mistakes = Mistakes(name)
    part = _part(name, given, mistakes)
    mistakes.raise_first()
    return part


@functools.cache
def _hints(target: type) -> dict[str, Any]:
    return typing.get_type_hints(target)


def _fields(given: Mapping[Any, Any], target: type, mistakes: Mistakes) -> dict[str, Any]:
    hints, values = _hints(target), {}
    for key, value in given.items():
        if key not in hints:
            mistakes.unknown(key, "field", hints)
        elif value is not None:
            kinds: tuple[type, ...] = typing.get_args(hints[key]) or (hints[key],)
            converted = convert(value, kinds[0], key, mistakes.at(key))
            if converted is not NOT_GIVEN:
                values[key] = converted
    return values


def _values(given: object, mistakes: Mistakes) -> tuple[Payload, ...]:
    if isinstance(given, (str, bytes)) or not isinstance(given, Sequence) or not given:
        mistakes.add(f"{shown(given)} is no list of data; give at least one, such as ['01 00', '02 00'].")
        return ()
    converted = [convert(value, Payload, "values", mistakes) for value in given]
    return tuple(value for value in converted if value is not NOT_GIVEN)

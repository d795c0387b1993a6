"""A bus: from names and values to its frozen description."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from CanLibrary.config.descriptions import DEFAULT_CHANNEL, DEFAULT_INTERFACE, BusDescription
from CanLibrary.config.mistakes import Mistakes
from CanLibrary.config.values import cast_text, convert, find_octal, octal_sentence, shown
from CanLibrary.types import NOT_GIVEN, CanFilters

BUS_KEYS = ("interface", "channel", "bitrate", "fd", "data_bitrate", "filters", "options")
_TYPES: dict[str, type] = {
    "interface": str,
    "bitrate": int,
    "fd": bool,
    "data_bitrate": int,
    "filters": CanFilters,
}

# python-can's words for what has another name here, or what the library itself says when it opens a bus.
_ELSEWHERE = {
    "can_filters": "it is called 'filters' here.",
    "bustype": "it is called 'interface' here.",
    "ignore_config": "a bus is what its description says, files such as ~/.canrc are never read.",
    "config_context": "a bus is what its description says, files such as ~/.canrc are never read.",
}
# A typing error that python-can's `virtual` would swallow in silence: so close to a known key that no driver
# has an option of that name.
_TYPING_ERROR = 0.85


def bus_description(alias: str, given: Mapping[str, Any], where: str = "") -> BusDescription:
    """Return the description of a bus.

    Args:
        alias: The name that the bus is known by.
        given: `interface`, `channel`, `bitrate`, `fd`, `data_bitrate`, `filters`, a map `options`, and by any
            other name an option of the interface. None means not given.
        where: The dotted path of `given` in a file; empty for keyword arguments.

    Returns:
        The description.

    Raises:
        ConfigurationError: The first thing that is wrong, in one sentence.
    """
    mistakes = Mistakes(where)
    description = read_bus(alias, given, mistakes)
    mistakes.raise_first()
    assert description is not None
    return description


def read_bus(alias: str, given: Mapping[Any, Any], mistakes: Mistakes) -> BusDescription | None:
    """Return the description of a bus, or add every mistake in it and return None."""
    before = len(mistakes.found)
    values: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for key, value in given.items():
        if value is None:
            continue
        if key == "channel":
            values[key] = _channel(value, mistakes.at(key))
        elif key == "options":
            options.update(read_options(value, mistakes.at(key)))
        elif key in _TYPES:
            values[key] = convert(value, _TYPES[key], key, mistakes.at(key))
        elif _is_option(key, mistakes):
            options.update(read_options({key: value}, mistakes))
    _check(values, mistakes)
    if len(mistakes.found) > before:
        return None
    if values.get("interface", DEFAULT_INTERFACE) == DEFAULT_INTERFACE:
        values.setdefault("channel", DEFAULT_CHANNEL)
    if "data_bitrate" in values:
        values.setdefault("fd", True)
    return BusDescription(alias=alias, options=options, **values)


def read_options(given: object, mistakes: Mistakes) -> dict[str, Any]:
    """Return the options of an interface; what they mean only its driver knows."""
    if not isinstance(given, Mapping):
        mistakes.add("options are a map of names and values.", names_it=True)
        return {}
    options = {}
    for key, value in given.items():
        if not isinstance(key, str):
            mistakes.unknown(key, "option", ())
        elif octal := find_octal(value):
            mistakes.at(key).add(octal_sentence(octal))
        elif reason := _ELSEWHERE.get(key):
            mistakes.at(key).add(f"'{key}' cannot be set: {reason}", names_it=True)
        elif value is not None:
            options[key] = cast_text(value)
    return options


def _is_option(key: object, mistakes: Mistakes) -> bool:
    if not isinstance(key, str):
        mistakes.unknown(key, "key", BUS_KEYS)
    elif difflib.get_close_matches(key.lower(), BUS_KEYS, n=1, cutoff=_TYPING_ERROR):
        mistakes.unknown(
            key, "key", BUS_KEYS, f" If the interface has an option '{key}', write it under options."
        )
    else:
        return True
    return False


def _channel(value: object, mistakes: Mistakes) -> Any:
    if octal := find_octal(value):
        mistakes.add(octal_sentence(octal))
        return NOT_GIVEN
    if isinstance(value, str) and value.strip():
        text = value.strip()
        # '1' and 1 are two different virtual buses for python-can.
        return int(text) if re.fullmatch("[0-9]{1,18}", text) else text
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    mistakes.add(
        f"channel={shown(value)} is not possible: channel is a name such as can0 or a number.", names_it=True
    )
    return NOT_GIVEN


def _check(values: dict[str, Any], mistakes: Mistakes) -> None:
    if (interface := values.get("interface")) is not None and interface is not NOT_GIVEN:
        values["interface"] = interface.strip()
        if not values["interface"]:
            mistakes.at("interface").add(
                "interface is empty; write virtual, socketcan, pcan, vector …", names_it=True
            )
    for key in ("bitrate", "data_bitrate"):
        value = values.get(key, NOT_GIVEN)
        if value is not NOT_GIVEN and value <= 0:
            mistakes.at(key).add(f"{key}={value} is not possible: {key} is above 0 (bit/s).", names_it=True)
    if values.get("data_bitrate") and values.get("fd") is False:
        mistakes.at("data_bitrate").add(
            "data_bitrate needs fd=True: classic CAN has one bit rate.", names_it=True
        )

"""What a simulated ECU answers and sends: from names and values to frozen rules."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from CanLibrary.config.ecus import CyclicMessage, MessageRule, RequestRule
from CanLibrary.config.living import LIVING_KEYS, read_living
from CanLibrary.config.mistakes import Mistakes
from CanLibrary.config.values import convert
from CanLibrary.types import (
    NOT_GIVEN,
    CanId,
    CanMessage,
    CanMessagePattern,
    Pattern,
    Payload,
    build_message,
)

_REQUEST_KEYS = ("request", "response", "delay", "pending", "pending_gap", "count")
_MESSAGE_KEYS = ("when", "answer", "delay", "count")
_CYCLIC_KEYS = ("id", "data", "period", "name", "extended", "fd", "bitrate_switch")
_EMPTY = "an IsoTp frame carries at least one byte; leave the response out for silence."
_Made = TypeVar("_Made")


def read_request(given: Mapping[Any, Any], mistakes: Mistakes) -> RequestRule | None:
    """Return a rule for requests, or add every mistake in it and return None."""
    before = len(mistakes.found)
    present = present_keys(given, _REQUEST_KEYS, mistakes)
    if "request" not in present:
        mistakes.add("request is missing; write it such as request: '22 F1 90'.", names_it=True)
        return None
    values: dict[str, Any] = {"request": _value(present, "request", Pattern, mistakes)}
    payloads = several(present.get("response"))
    here = mistakes.at("response")
    values["responses"] = tuple(convert(payload, Payload, "response", here) for payload in payloads)
    if any(payload == b"" for payload in values["responses"]):
        here.add(_EMPTY, names_it=True)
    values |= _times(present, ("delay", "pending_gap"), mistakes)
    values |= _numbers(present, {"pending": 0, "count": 1}, mistakes)
    return RequestRule(**values) if len(mistakes.found) == before else None


def read_message(given: Mapping[Any, Any], mistakes: Mistakes) -> MessageRule | None:
    """Return a rule for messages, or add every mistake in it and return None."""
    before = len(mistakes.found)
    present = present_keys(given, _MESSAGE_KEYS, mistakes)
    if "when" not in present:
        mistakes.add("when is missing; write it such as when: '0x123 01 *'.", names_it=True)
        return None
    values: dict[str, Any] = {"when": _value(present, "when", CanMessagePattern, mistakes)}
    here = mistakes.at("answer")
    values["answers"] = tuple(
        convert(answer, CanMessage, "answer", here) for answer in several(present.get("answer"))
    )
    values |= _times(present, ("delay",), mistakes)
    values |= _numbers(present, {"count": 1}, mistakes)
    return MessageRule(**values) if len(mistakes.found) == before else None


def several(given: object) -> list[Any]:
    """Return one value or a list of them as a list; a list of integers is the data of one."""
    if given is None:
        return []
    if isinstance(given, list | tuple) and not (given and all(isinstance(each, int) for each in given)):
        return list(given)
    return [given]


def read_cyclic(given: Mapping[Any, Any], mistakes: Mistakes) -> CyclicMessage | None:
    """Return a cyclic message, or add every mistake in it and return None."""
    before = len(mistakes.found)
    present = present_keys(given, (*_CYCLIC_KEYS, *LIVING_KEYS), mistakes)
    for key in ("id", "period"):
        if key not in present:
            mistakes.add(
                f"{key} is missing; write it such as {{id: 0x100, data: '00 01', period: 10 ms}}.",
                names_it=True,
            )
            return None
    options = {
        key: _value(present, key, bool, mistakes)
        for key in ("extended", "fd", "bitrate_switch")
        if key in present
    }
    can_id, data = _value(present, "id", CanId, mistakes), _value(present, "data", Payload, mistakes)
    name = _value(present, "name", str, mistakes)
    period = _times(present, ("period",), mistakes).get("period", 0.0)
    if not period and len(mistakes.found) == before:
        mistakes.at("period").add("period is a time above 0 seconds.", names_it=True)
    living = read_living(present, mistakes)
    if len(mistakes.found) > before:
        return None
    if data is NOT_GIVEN:
        data = living.values[0] if living and living.values else Payload()
    message = refused(lambda: build_message(can_id, data, **options), mistakes)
    if message is None:
        return None
    if living is not None:
        refused(lambda: living.check_length(message.dlc), mistakes)
    return CyclicMessage("" if name is NOT_GIVEN else name, message, period, living)


def named_messages(
    ecu: str, messages: tuple[CyclicMessage, ...], mistakes: Mistakes
) -> tuple[CyclicMessage, ...]:
    """Return the cyclic messages, each with a name; by default it is the ECU's with the identifier."""
    names: Counter[str] = Counter()
    named = []
    for message in messages:
        name = message.name or f"{ecu}.{message.message.id}"
        names[name] += 1
        if names[name] > 1 and message.name:
            mistakes.add(f"the name '{name}' is there twice.")
        numbered = name if names[name] == 1 else f"{name}-{names[name]}"
        named.append(dataclasses.replace(message, name=numbered))
    return tuple(named)


def _value(present: Mapping[str, Any], key: str, hint: type, mistakes: Mistakes) -> Any:
    return convert(present[key], hint, key, mistakes.at(key)) if key in present else NOT_GIVEN


def _times(present: Mapping[str, Any], keys: Iterable[str], mistakes: Mistakes) -> dict[str, float]:
    """Return those of the times that are given, in seconds."""
    values = {}
    for key in keys:
        value = _value(present, key, timedelta, mistakes)
        if value is NOT_GIVEN:
            continue
        values[key] = value.total_seconds()
        if values[key] < 0:
            mistakes.at(key).add(
                f"{key}={values[key]:g} is not possible: a time is 0 seconds or more.", names_it=True
            )
    return values


def _numbers(present: Mapping[str, Any], least: Mapping[str, int], mistakes: Mistakes) -> dict[str, int]:
    """Return those of the numbers that are given, with the least that each may be."""
    values = {}
    for key, minimum in least.items():
        value = _value(present, key, int, mistakes)
        if value is NOT_GIVEN:
            continue
        values[key] = value
        if value < minimum:
            mistakes.at(key).add(f"{key}={value} is not possible: it is {minimum} or more.", names_it=True)
    return values


def request_rule(given: Mapping[str, Any]) -> RequestRule:
    """Return a rule for requests from keyword arguments.

    Raises:
        ConfigurationError: The first thing that is wrong, in one sentence.
    """
    mistakes = Mistakes()
    rule = read_request(given, mistakes)
    mistakes.raise_first()
    assert rule is not None
    return rule


def message_rule(given: Mapping[str, Any]) -> MessageRule:
    """Return a rule for messages from keyword arguments.

    Raises:
        ConfigurationError: The first thing that is wrong, in one sentence.
    """
    mistakes = Mistakes()
    rule = read_message(given, mistakes)
    mistakes.raise_first()
    assert rule is not None
    return rule


def present_keys(given: Mapping[Any, Any], keys: Iterable[str], mistakes: Mistakes) -> dict[str, Any]:
    """Return what is given, and add what is not known."""
    known = list(keys)
    for key in given:
        if key not in known:
            mistakes.unknown(key, "key", known)
    return {key: given[key] for key in known if given.get(key) is not None}


def refused(make: Callable[[], _Made], mistakes: Mistakes) -> _Made | None:
    """Return what the function makes, or add the sentence with which a type refuses."""
    try:
        return make()
    except ValueError as error:
        mistakes.add(str(error), names_it=True)
        return None

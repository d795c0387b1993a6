"""The verdict about what a simulated ECU has received."""

from __future__ import annotations

import time
from collections import Counter

from CanLibrary.errors import BusError
from CanLibrary.formatting import duration, hex_text, id_text, plural
from CanLibrary.simulation.ecu import SimulatedEcu
from CanLibrary.simulation.log import EcuEvent
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.span import Span
from CanLibrary.traffic.trace import id_of
from CanLibrary.traffic.waits import SLICE
from CanLibrary.types import CanMessagePattern, Pattern

_SHOWN = 10
_SHOWN_BYTES = 16


class Wanted:
    """What an ECU should have received: a request or a message."""

    def __init__(self, what: Pattern | CanMessagePattern) -> None:
        self.is_message = isinstance(what, CanMessagePattern)
        if isinstance(what, CanMessagePattern):
            self._matcher = Matcher(what.id, what.data)
            self._text = str(self._matcher)
        else:
            self._pattern = what
            self._text = "request" if what.matches_all else f"request '{what}'"

    def count(self, ecu: SimulatedEcu, span: Span) -> int:
        """Return how many came; with the lock of the log held."""
        if self.is_message:
            return ecu.log.count(self._matcher, span)
        return sum(self._pattern.matches(event.data) for event in _requests(ecu, span))

    def __str__(self) -> str:
        return self._text

    def others(self, ecu: SimulatedEcu, span: Span) -> str:
        """Return what the ECU received, as a sentence; with the lock of the log held."""
        seen: Counter[str]
        if self.is_message:
            found = ecu.log.identifiers(span)
            seen = Counter({id_text(*id_of(key)): number for key, number in found.items()})
        else:
            seen = Counter(hex_text(event.data, _SHOWN_BYTES) for event in _requests(ecu, span))
        noun = "message" if self.is_message else "request"
        if not seen:
            return f"It received no {noun} at all."
        parts = [f"{text} ×{number}" for text, number in seen.most_common(_SHOWN)]
        if more := len(seen) - _SHOWN if len(seen) > _SHOWN else 0:
            parts.append(f"{more} more")
        return f"It received {plural(sum(seen.values()), noun)}: {', '.join(parts)}."


def _requests(ecu: SimulatedEcu, span: Span) -> list[EcuEvent]:
    return [event for event in ecu.log.events(span) if event.kind == "request"]


def should_have_received(
    ecu: SimulatedEcu, wanted: Wanted, span: Span, count: int | None, within: float
) -> int:
    """Return how often it came, or fail.

    Args:
        ecu: Who should have received it.
        wanted: What.
        span: Since when.
        count: Exactly how often, until the end of the time; at least once if None, which ends the time.
        within: Seconds from now in which it may still come.

    Raises:
        AssertionError: It came too seldom, or too often.
        BusError: What it received is not kept any more, so that nobody can know.
    """
    if span.began < ecu.elsewhere_until:
        raise BusError(
            f"Simulated ECU '{ecu.name}' was on another bus before it was started on bus '{ecu.session.alias}'; "
            "what it received there does not count here: ask with since= a mark that was set after that start."
        )
    deadline = time.monotonic() + within
    is_settled = ecu.settle()
    changed = ecu.log.changed
    with changed:
        ecu.log.waiting += 1
        try:
            while True:
                came = wanted.count(ecu, span)
                left = deadline - time.monotonic()
                # That no more come is only certain at the end of the time.
                if left <= 0 or (came if count is None else came > count):
                    break
                changed.wait(min(left, SLICE))
        finally:
            ecu.log.waiting -= 1
        is_whole = ecu.log.is_whole(span, messages=wanted.is_message)
        others = wanted.others(ecu, span)
    is_right = bool(came) if count is None else came == count
    if is_right and (is_whole or count is None):
        return came
    name = f"Simulated ECU '{ecu.name}' on bus '{ecu.session.alias}'"
    if not is_whole and (count is None or came < count or is_right):
        raise BusError(f"{name}: how often it received a {wanted}{span.of} cannot be said, its log was full.")
    if not is_settled:
        raise BusError(f"{name} still works on what came before; wait for it with within=.")
    waited = f" until {duration(within)} later" if within else ""
    if count is None or (count and not came):
        raise AssertionError(f"{name} received no {wanted}{span.of}{waited}. {others}")
    if not count:
        raise AssertionError(f"{name} received {wanted} {_times(came)}{span.of}, but it should not. {others}")
    if came > count:
        waited = ""  # nobody waited any longer
    raise AssertionError(
        f"{name} received {wanted} {_times(came)}{span.of}{waited}; it should be {_times(count)}. {others}"
    )


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")

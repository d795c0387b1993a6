"""The verdict whether a message was routed from one bus to another."""

from __future__ import annotations

import time
from dataclasses import dataclass

from CanLibrary.errors import ConfigurationError
from CanLibrary.formatting import duration
from CanLibrary.sessions.bus_session import BusSession
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.sentences import others_sentence
from CanLibrary.traffic.span import Span
from CanLibrary.traffic.waits import wait_until
from CanLibrary.traffic.window import Search, Window
from CanLibrary.types import CanId, Direction, Pattern

_TOO_LATE = 1.0  # seconds for which it is worth to wait longer, to say how late a message was


@dataclass(frozen=True)
class Route:
    """What is routed, and as what it should arrive."""

    wanted: Matcher
    routed_id: CanId | None = None  # None: the same
    routed_data: Pattern | None = None


def should_be_routed(
    source: BusSession, target: BusSession, route: Route, span: Span, within: float
) -> float:
    """Return the seconds after which the newest match of one bus came on the other one, or fail.

    Args:
        source: Where it was sent or received.
        target: Where it should have arrived.
        route: What to look for.
        span: The part of the trace of the first bus in which it is.
        within: The longest that it may take, in seconds.
    """
    if source is target:
        raise ConfigurationError(
            f"A message is routed from one bus to another, but from_bus and to_bus are both '{source.alias}'."
        )
    if source.traffic.complete is not target.traffic.complete:
        raise ConfigurationError(
            f"Of the buses '{source.alias}' and '{target.alias}' one is a recording: their times have nothing to do "
            "with each other."
        )
    sent = source.reading.last(route.wanted, span, Direction.ANY)
    as_id = route.routed_id or sent.id
    as_data = route.routed_data or Pattern(sent.data)
    wanted = Matcher(as_id, as_data)
    traffic = target.traffic
    if not traffic.complete and sent.received_at < traffic.opened_at:
        raise ConfigurationError(
            f"{sent} passed on bus '{source.alias}' before bus '{target.alias}' was opened: whether it was routed "
            "there cannot be said."
        )
    target.catch_up()
    with traffic.changed:
        start = traffic.trace.position_at(sent.received_at)
    window = Window(start, sent.received_at, within)
    search = Search(traffic, wanted, window)
    found = wait_until(traffic, search.look, max(window.deadline, time.monotonic()) + _TOO_LATE)
    came = found[1] if found else None
    what = f"Message {sent} of bus '{source.alias}'"
    if came is None:
        target.reading.check_nothing_lost(f"Whether it was routed to bus '{target.alias}'")
        with traffic.changed:
            search.check()
            others = traffic.received_counts(start)
        raise AssertionError(
            f"{what} was not routed to bus '{target.alias}' within {duration(within)}: no {wanted} came there. "
            f"{others_sentence(traffic, wanted, others, start)}"
        )
    latency = came.received_at - sent.received_at
    if latency > within:
        raise AssertionError(
            f"{what} was routed to bus '{target.alias}' after {duration(round(latency, 6))}; it should be within "
            f"{duration(within)}."
        )
    return latency

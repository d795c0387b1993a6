"""What passed on a bus, after the fact: selecting, counting, and the verdicts about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from heapq import merge

from CanLibrary.errors import BusError
from CanLibrary.formatting import duration, plural
from CanLibrary.traffic.bus_traffic import BusTraffic
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.sentences import others_sentence
from CanLibrary.traffic.span import Span
from CanLibrary.types import CanMessage, Direction

_CHUNK = 5000  # messages that are looked at while the receiver has to wait
_PASSED = {Direction.RX: "received", Direction.TX: "sent", Direction.ANY: "recorded"}


def select(traffic: BusTraffic, matcher: Matcher, span: Span, direction: Direction) -> Iterator[CanMessage]:
    """Yield the matches in a part of the trace, oldest first; the receiver goes on meanwhile."""
    start = span.start + span.gone
    while start < span.stop:
        with traffic.changed:
            stop = traffic.trace.reach(matcher.key, start, span.stop, _CHUNK)
            found = [
                traffic.trace.message(position)
                for position in traffic.history(matcher, start, stop, direction)
            ]
        yield from found
        start = stop


def of_keys(traffic: BusTraffic, keys: Collection[int], span: Span) -> Iterator[CanMessage]:
    """Yield the messages with some identifiers in a part of the trace, sent and received, filters or not."""
    start = span.start + span.gone
    while start < span.stop:
        with traffic.changed:
            stop = min(
                (traffic.trace.reach(key, start, span.stop, _CHUNK) for key in keys), default=span.stop
            )
            found = [
                traffic.trace.message(position)
                for position in merge(
                    *(traffic.trace.history(key, start, stop, Direction.ANY) for key in keys)
                )
            ]
        yield from found
        start = stop


def last(traffic: BusTraffic, matcher: Matcher, span: Span, direction: Direction) -> CanMessage:
    """Return the newest match in a part of the trace."""
    first, stop = span.start + span.gone, span.stop
    while stop > first:
        with traffic.changed:
            start = traffic.trace.reach_back(matcher.key, first, stop, _CHUNK)
            positions = list(traffic.history(matcher, start, stop, direction))
            if positions:
                return traffic.trace.message(positions[-1])
        stop = start
    if span.gone:
        raise BusError(_unknown(traffic, f"Whether a {matcher}", span, direction))
    raise AssertionError(
        f"No {matcher} was {_PASSED[direction]} on bus '{traffic.name}'{span.of}.{_earlier(traffic, matcher, span)} "
        f"{_others(traffic, matcher, span)}"
    )


def count_should_be(
    traffic: BusTraffic, matcher: Matcher, span: Span, direction: Direction, expected: int, tolerance: int
) -> int:
    """Return how many matches there are, or fail if that is not the number expected.

    Raises:
        BusError: The trace keeps only a part of what should be counted.
    """
    count = sum(1 for _ in select(traffic, matcher, span, direction))
    if span.gone or span.start < min(
        traffic.trace.first, span.stop
    ):  # some may have gone while they were counted
        raise BusError(_unknown(traffic, f"How often a {matcher}", span, direction))
    if abs(count - expected) > tolerance:
        margin = f" ± {tolerance}" if tolerance else ""
        several = str(matcher).replace("message", "messages", 1) if count != 1 else str(matcher)
        was = "was" if count == 1 else "were"
        raise AssertionError(
            f"{count} {several} {was} {_PASSED[direction]} on bus '{traffic.name}'{span.of}, but {expected}{margin} "
            f"should have been. {'' if count else _others(traffic, matcher, span)}".rstrip()
        )
    return count


def _unknown(traffic: BusTraffic, what: str, span: Span, direction: Direction) -> str:
    gone = plural(traffic.trace.first - span.start, "message")
    return (
        f"{what} was {_PASSED[direction]} on bus '{traffic.name}'{span.of} cannot be said: {gone} of that time are "
        f"gone, because the trace keeps {traffic.trace.capacity}. Give a later since=, or a larger trace_size."
    )


def _earlier(traffic: BusTraffic, matcher: Matcher, span: Span) -> str:
    with traffic.changed:
        found = traffic.last_match(matcher, traffic.trace.first, span.start)
    if found is None:
        return ""
    ago = duration(round(max(span.began - found.received_at, 0.0), 3))
    return f" One arrived {ago} before that: {found}; since=opened or a mark lets it count."


def _others(traffic: BusTraffic, matcher: Matcher, span: Span) -> str:
    with traffic.changed:
        counts = traffic.received_counts(span.start, span.stop)
    return others_sentence(traffic, matcher, counts, span.start)

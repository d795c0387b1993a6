"""What is shown of a trace: its newest messages, and what is known about those that are not shown."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from CanLibrary.traffic.bus_traffic import BusTraffic
from CanLibrary.traffic.span import Span
from CanLibrary.traffic.trace import FLAGS_AT, WITHDRAWN
from CanLibrary.types import AnyIsoTpAddress, CanMessage, Direction

_AT_ONCE = 500  # messages unpacked while the receiver has to wait
_A_DATE = 1e9  # seconds: an interface that counts from its own start has no time of the day


@dataclass(frozen=True)
class Excerpt:
    """Messages of one bus, oldest first, and what a reader has to know about them."""

    of_what: str  # bus 'body'
    messages: Sequence[CanMessage]
    notes: Sequence[str]  # for each message what it is in ISO-TP; empty where nobody speaks ISO-TP
    since: str  # where it begins, as a sentence goes on: " since the test began"
    began: float  # monotonic seconds, the zero of all times shown
    ended: float
    wall_clock: float | None = None  # of the beginning, in seconds since 1970
    left_out: int = 0  # how many older messages are in the trace but not shown
    gone: int = 0  # how many the trace keeps no longer
    only: str = ""  # the identifier, where there is no other
    failed_at: float | None = None  # monotonic seconds
    remarks: Sequence[str] = field(default=())  # HTML, said with it


def excerpt_of(
    traffic: BusTraffic,
    span: Span,
    limit: int,
    addresses: Sequence[AnyIsoTpAddress] = (),
    *,
    key: int | None = None,
    only: str = "",
    name: str = "",
    failed_at: float | None = None,
    remarks: Sequence[str] = (),
) -> Excerpt:
    """Return the newest messages of a part of a trace.

    Args:
        traffic: What passed on the bus.
        span: The part.
        limit: The largest number of messages.
        addresses: Whose ISO-TP is explained.
        key: The identifier as a key of the trace; None for all, error frames among them.
        only: The same identifier as a text.
        name: What the traffic is of, as it stands in a sentence; the bus by default.
        failed_at: When the test failed, in monotonic seconds.
        remarks: HTML to be said with it.
    """
    positions, left_out = _newest(traffic, span, limit, key)
    messages = list(_unpacked(traffic, positions))
    notes: Sequence[str] = ()
    if addresses:
        from CanLibrary.transport.observer import annotate

        notes = annotate(messages, addresses)
    return Excerpt(
        name or f"bus '{traffic.name}'",
        messages,
        notes,
        span.of,
        span.began,
        span.ended,
        _wall_clock(traffic, span, messages),
        left_out,
        span.gone,
        only,
        failed_at,
        remarks,
    )


def all_of(traffic: BusTraffic, span: Span) -> Iterator[CanMessage]:
    """Yield all messages of a part of a trace that are kept, oldest first."""
    return _unpacked(traffic, range(span.start, span.stop))


def _newest(traffic: BusTraffic, span: Span, limit: int, key: int | None) -> tuple[Sequence[int], int]:
    """Return the positions of the newest messages, and how many older ones there are."""
    if key is not None:
        with traffic.changed:
            positions = list(traffic.trace.history(key, span.start, span.stop, Direction.ANY))
        return positions[-limit:], max(len(positions) - limit, 0)
    with traffic.changed:
        start = max(span.start, traffic.trace.first)
        records = traffic.trace.packed(
            start, span.stop
        )  # there may be a million: they are counted without the lock
    newest: list[int] = []
    for at in range(len(records) - 1, -1, -1):
        if len(newest) == limit:
            break
        if not records[at][FLAGS_AT] & WITHDRAWN:
            newest.append(start + at)
    withdrawn = sum(1 for record in records if record[FLAGS_AT] & WITHDRAWN)
    return newest[::-1], len(records) - withdrawn - len(newest)


def _unpacked(traffic: BusTraffic, positions: Sequence[int]) -> Iterator[CanMessage]:
    for at in range(0, len(positions), _AT_ONCE):
        with traffic.changed:
            trace = traffic.trace
            messages = [
                trace.message(position)
                for position in positions[at : at + _AT_ONCE]
                if position >= trace.first  # the oldest may have gone meanwhile
                and not trace.packed(position, position + 1)[0][FLAGS_AT] & WITHDRAWN
            ]
        yield from messages


def _wall_clock(traffic: BusTraffic, span: Span, messages: Sequence[CanMessage]) -> float | None:
    """Return the time of the day at which the part began, or None if nobody knows."""
    if not traffic.complete:
        return span.began + time.time() - time.monotonic()
    if not messages or messages[0].timestamp < _A_DATE:
        return None
    return span.began + messages[0].timestamp - messages[0].received_at

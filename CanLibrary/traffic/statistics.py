"""Counting what passed on a bus, and how much of the time it was busy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from CanLibrary.errors import BusError, ConfigurationError
from CanLibrary.formatting import duration, id_text, plural
from CanLibrary.traffic.bits import frame_bits
from CanLibrary.traffic.bus_traffic import BusTraffic
from CanLibrary.traffic.span import Span
from CanLibrary.traffic.trace import BRS, DATA_AT, ERROR, EXTENDED, HEAD, TX, WITHDRAWN, id_of
from CanLibrary.types import BusStatistics, IdStatistics, Payload
from CanLibrary.types.statistics import percent

_AT_ONCE = 20_000  # records that are copied while nothing can be recorded: less than a millisecond
_SHOW_EVERY = 10_000  # records, until the progress is shown again
_WHAT_AT = 16  # where in a record the times end and the message begins
_KNOWN = 50_000  # messages whose bits are counted once
_BUSIEST = 3  # identifiers that a failure names


@dataclass
class _Identifier:
    """What is counted of one identifier."""

    first_at: float
    last_at: float
    count: int = 1
    sent: int = 0
    size: int = 0
    busy: float = 0.0  # seconds that its messages took on the wire
    minimum: float = field(default=float("inf"))
    maximum: float = 0.0
    last: bytes = b""


def measured(
    traffic: BusTraffic,
    span: Span,
    bitrate: int | None,
    data_bitrate: int | None,
    show: Callable[[], None] = lambda: None,
) -> BusStatistics:
    """Return the statistics of a part of the trace.

    Args:
        traffic: What passed on the bus.
        span: Which part of it.
        bitrate: The nominal bit rate, or None where it is not known.
        data_bitrate: The bit rate of the data phase, or None.
        show: Called now and then while it lasts.
    """
    records = _copied(traffic, span)
    identifiers: dict[int, _Identifier] = {}
    known: dict[bytes, float] = {}  # most messages were on the bus before: seconds that they take
    seconds: defaultdict[int, float] = defaultdict(float)
    unpack, began, errors, switched = HEAD.unpack_from, span.began, 0, False
    bit_time = 1 / bitrate if bitrate else 0.0
    data_bit_time = 1 / data_bitrate if data_bitrate else 0.0
    for number, record in enumerate(records):
        if not number % _SHOW_EVERY:
            show()
        at, _, value, flags, dlc = unpack(record)
        if flags & (ERROR | WITHDRAWN):
            errors += flags & (ERROR | WITHDRAWN) == ERROR
            continue
        key = value | 1 << 31 if flags & EXTENDED else value
        single = identifiers.get(key)
        if single is None:
            single = identifiers[key] = _Identifier(at, at)
        else:
            gap = at - single.last_at
            single.count += 1
            single.last_at = at
            if gap < single.minimum:  # noqa: PLR1730 - a call of min() takes three times as long
                single.minimum = gap
            if gap > single.maximum:  # noqa: PLR1730
                single.maximum = gap
        single.last = data = record[DATA_AT:]
        single.size += len(data)
        if flags & TX:
            single.sent += 1
        if bit_time:
            switched = switched or bool(flags & BRS)
            what = record[_WHAT_AT:]
            busy = known.get(what)
            if busy is None:
                slow, fast = frame_bits(value, flags, dlc, data)
                busy = slow * bit_time + fast * data_bit_time
                if len(known) < _KNOWN:
                    known[what] = busy
            single.busy += busy
            seconds[int(at - began)] += busy
    unknown = _why_unknown(traffic, began, bitrate, data_bitrate, switched)
    lasted = max(span.ended - began, 0.0)
    load = None if unknown or not lasted else sum(each.busy for each in identifiers.values()) / lasted * 100
    full = [seconds[second] for second in range(int(lasted))] if load is not None else []
    return BusStatistics(
        traffic.name,
        span.of,
        lasted,
        sum(each.count for each in identifiers.values()),
        sum(each.sent for each in identifiers.values()),
        sum(each.size for each in identifiers.values()),
        errors,
        span.gone + (span.stop - span.start - span.gone - len(records)),
        load,
        max(full) * 100 if full else None,
        bitrate,
        data_bitrate,
        unknown or ("" if lasted else "no time has passed."),
        {
            id_text(*id_of(key)): _of_identifier(identifiers[key], None if load is None else lasted)
            for key in sorted(identifiers)
        },
    )


def _copied(traffic: BusTraffic, span: Span) -> list[bytes]:
    """Return the records of a part; while they are copied, others are recorded."""
    records: list[bytes] = []
    for start in range(span.start + span.gone, span.stop, _AT_ONCE):
        with traffic.changed:
            records += traffic.trace.packed(start, min(start + _AT_ONCE, span.stop))
    return records


def _of_identifier(single: _Identifier, lasted: float | None) -> IdStatistics:
    several = single.count > 1
    return IdStatistics(
        single.count,
        single.sent,
        single.size,
        # A message is noted before it is sent: two senders at once can stand in the trace the other way round.
        max(single.minimum, 0.0) if several else None,
        (single.last_at - single.first_at) / (single.count - 1) if several else None,
        single.maximum if several else None,
        None if lasted is None else single.busy / lasted * 100,
        Payload.of(single.last),
    )


def _why_unknown(
    traffic: BusTraffic, began: float, bitrate: int | None, data_bitrate: int | None, switched: bool
) -> str:
    if traffic.mailbox.filters:
        return "its filters leave messages out; use Clear Can Filters."
    if not traffic.complete and traffic.mailbox.filtered_since(began):
        return "its filters left messages out in that time; give a later since=."
    if not bitrate:
        return "give its bit rate with bitrate=."
    if switched and not data_bitrate:
        return "CAN FD messages switched to a bit rate for data; give it with data_bitrate=."
    return ""


def load_should_be_below(statistics: BusStatistics, limit: float, capacity: int) -> None:
    """Fail if the bus was busy for too much of the time.

    Args:
        statistics: What passed.
        limit: The load in percent that is too much.
        capacity: How many messages the trace keeps.

    Raises:
        AssertionError: The load is not below the limit.
        CanLibraryError: It is not known.
    """
    doubt = f"Whether the load of bus '{statistics.bus}'{statistics.of} was below {limit:g} % cannot be said"
    if statistics.dropped:
        raise BusError(
            f"{doubt}: {plural(statistics.dropped, 'message')} of that time had to go, because the trace keeps "
            f"{capacity}. Give a later mark with since=, or use a larger trace_size."
        )
    if statistics.bus_load is None:
        raise ConfigurationError(f"{doubt}: {statistics.unknown_load}")
    if statistics.bus_load < limit:
        return
    busiest = ", ".join(f"{name} {percent(load)}" for name, load in statistics.busiest[:_BUSIEST])
    lasted = duration(round(statistics.duration, 3))
    raise AssertionError(
        f"The load of bus '{statistics.bus}' was {percent(statistics.bus_load)} in {lasted}"
        f"{statistics.of}, but should be below {limit:g} %. The busiest identifiers: {busiest}."
    )

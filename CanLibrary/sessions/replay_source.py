"""Where the messages of a replay come from: a file, or a recording that is open."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from CanLibrary.errors import ConfigurationError
from CanLibrary.formatting import duration, quoted
from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.tape import Entry

if TYPE_CHECKING:
    from CanLibrary.sessions.bus_session import BusSession

_DAY = 86_400.0  # seconds
_AT_ONCE = 20_000  # records that are copied at once


@dataclass
class Source:
    """A recording, by its name in sentences."""

    name: str
    entries: Iterator[Entry]
    notices: list[str] = field(default_factory=list)  # what of it cannot be read, known at its end


def source_of(buses: Buses, source: str, found: Callable[[str], Path] = Path) -> Source:
    """Return what an argument means: the alias of a recording, or the path of a file.

    Args:
        buses: What is open.
        source: The argument.
        found: Where a file of that name is looked for.

    Raises:
        ConfigurationError: It is neither.
    """
    opened = buses.registry.open.get(source)
    if opened is not None:
        if not opened.traffic.complete:
            raise ConfigurationError(
                f"'{source}' is a bus, no recording; give the path of a file, or the alias of Open Can Trace."
            )
        return Source(source, _from_trace(opened))
    path = found(source)
    if not os.path.exists(path):
        known = [alias for alias, session in buses.registry.open.items() if session.traffic.complete]
        raise ConfigurationError(
            f"There is no file '{source}', and no recording is open under that alias"
            f"{f' (open: {quoted(known)})' if known else ''}."
        )
    from CanLibrary.sessions.can_log import check_not_being_written

    check_not_being_written(path)
    notices: list[str] = []
    return Source(path.name, _from_file(path, notices), notices)


def _from_file(path: Path, notices: list[str]) -> Iterator[Entry]:
    from CanLibrary.files.reading import TraceFile
    from CanLibrary.traffic.bus_traffic import flags_of
    from CanLibrary.traffic.trace import HEAD, TX

    file, pack = TraceFile(path), HEAD.pack
    for message in file:
        at, flags = message.timestamp, flags_of(message)
        if not message.is_rx:
            flags |= TX
        head = pack(at, at, message.arbitration_id, flags, message.dlc)
        yield message.channel, at, head + message.data
    notices += file.notices


def _from_trace(recording: BusSession) -> Iterator[Entry]:
    from CanLibrary.traffic.trace import HEAD

    traffic, channel = recording.traffic, recording.description.channel
    for start in range(traffic.trace.first, traffic.trace.end, _AT_ONCE):
        with traffic.changed:
            records = traffic.trace.packed(start, start + _AT_ONCE)
        for record in records:
            yield channel, HEAD.unpack_from(record)[0], record


def channel_map(value: object) -> dict[str, str]:
    """Return which channel goes onto which bus, from a dictionary or from text such as `can0=body, can1=chassis`.

    Raises:
        ConfigurationError: It is neither.
    """
    if isinstance(value, Mapping):
        pairs = [(str(channel), "=", str(alias)) for channel, alias in value.items()]
    else:
        pairs = [part.partition("=") for part in str(value).split(",")]
    if not all(channel.strip() and alias.strip() for channel, _, alias in pairs):
        raise ConfigurationError(
            f"channels={value} is not possible: write channels of the recording and aliases of buses, such as "
            "channels=can0=body, can1=chassis."
        )
    onto: dict[str, str] = {}
    for channel, _, alias in pairs:
        if channel.strip() in onto:
            raise ConfigurationError(
                f"channels= names '{channel.strip()}' twice: a channel goes onto one bus."
            )
        onto[channel.strip()] = alias.strip()
    return onto


def check_buses(buses: list[BusSession]) -> None:
    """Refuse to send on a recording."""
    for bus in buses:
        if bus.traffic.complete:
            raise ConfigurationError(
                f"'{bus.alias}' is a recording, nothing can be sent on it; name a bus with bus= or channels=."
            )


def check_duration(name: str, times: Sequence[float], factor: float) -> None:
    """Refuse what would last for days: a clock that was put right in the middle makes a gap of years.

    Args:
        name: The name of the recording.
        times: Seconds from the first message on.
        factor: How much faster it is to be sent.
    """
    if times[-1] / factor <= _DAY:
        return
    gap, number = max((later - at, number) for number, (at, later) in enumerate(pairwise(times), 1))
    raise ConfigurationError(
        f"The replay of '{name}' would last {_long(times[-1] / factor)}, at most a day is possible: between its "
        f"messages {number} and {number + 1} are {_long(gap / factor)}. Use a larger factor=, or leave messages out "
        "with filters=."
    )


def _long(seconds: float) -> str:
    """Return a duration in words, also one of days or years."""
    for unit, size in (("year", 365.25 * _DAY), ("day", _DAY)):
        if seconds >= size:
            amount = f"{seconds / size:.2f}".rstrip("0").rstrip(".")
            return f"{amount} {unit}{'' if amount == '1' else 's'}"
    return duration(round(seconds, 3))

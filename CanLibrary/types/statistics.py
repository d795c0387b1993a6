"""What passed on a bus, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from CanLibrary.formatting import duration, hex_text, plural
from CanLibrary.types.payload import Payload

_SHOWN = 200  # identifiers in the text
_DATA_SHOWN = 16  # bytes of the last data in the text


# What a dataclass could do besides would cost each import of the library 2 ms.
@dataclass(eq=False)
class IdStatistics:
    """The messages of one identifier: how many, how regular, and what part of the bus they take.

    ``count``, ``sent`` (how many of them by us), ``bytes``, ``minimum_gap``, ``mean_gap`` and ``maximum_gap`` (seconds
    from one to the next; None where there was only one), ``load`` (percent; None where the bit rate is not known)
    and ``last_data``.
    """

    count: int
    sent: int
    bytes: int
    minimum_gap: float | None
    mean_gap: float | None
    maximum_gap: float | None
    load: float | None
    last_data: Payload

    def cells(self) -> list[str]:
        """Return it as a line of a table."""
        gaps = (self.minimum_gap, self.mean_gap, self.maximum_gap)
        load = "" if self.load is None else percent(self.load)
        data = hex_text(self.last_data, _DATA_SHOWN)
        return [str(self.count), str(self.sent), *map(_milliseconds, gaps), load, data]


_HEADINGS = ["identifier", "count", "sent", "gap min", "mean", "max", "load", "last data"]


@dataclass(eq=False, repr=False)
class BusStatistics:
    """What passed on a bus in some time, and how much of that time the bus was busy.

    ``duration`` (seconds), ``messages``, ``received``, ``sent``, ``bytes`` (of data), ``messages_per_second``,
    ``bytes_per_second``, ``error_frames``, ``dropped`` (messages of that time that the full trace keeps no longer; then
    the numbers begin with the oldest that it keeps), ``bus_load`` and ``peak_load`` (percent, the latter of the busiest
    full second; None where they are not known), ``bitrate``, ``data_bitrate``, and ``ids``: by text such as ``0x100``
    the ``IdStatistics`` of an identifier, with ``count``, ``sent``, ``bytes``, ``minimum_gap``, ``mean_gap``,
    ``maximum_gap``, ``load`` and ``last_data``.
    """

    bus: str
    of: str  # what it tells of: " since the test began"
    duration: float
    messages: int
    sent: int
    bytes: int
    error_frames: int
    dropped: int
    bus_load: float | None
    peak_load: float | None
    bitrate: int | None
    data_bitrate: int | None
    unknown_load: str = ""  # why the load is not known, as a sentence
    ids: Mapping[str, IdStatistics] = field(default_factory=dict)

    @property
    def received(self) -> int:
        """How many messages were received."""
        return self.messages - self.sent

    @property
    def messages_per_second(self) -> float:
        """Messages per second of the whole time, silence included."""
        return self.messages / self.duration if self.duration else 0.0

    @property
    def bytes_per_second(self) -> float:
        """Data bytes per second of the whole time."""
        return self.bytes / self.duration if self.duration else 0.0

    @property
    def busiest(self) -> list[tuple[str, float]]:
        """The identifiers with the highest load, and that load."""
        loads = [(name, single.load) for name, single in self.ids.items() if single.load is not None]
        return sorted(loads, key=lambda each: -each[1])

    def __str__(self) -> str:
        lines = [
            f"Bus '{self.bus}'{self.of}: {plural(self.messages, 'message')} in {duration(round(self.duration, 3))}, "
            f"{self.received} received, {self.sent} sent, {plural(self.error_frames, 'error frame')}.",
            f"{self.messages_per_second:.1f} messages and {self.bytes_per_second:.1f} bytes per second. "
            f"{self._load()}",
        ]
        if self.dropped:
            lines.append(
                f"{plural(self.dropped, 'older message')} of that time had to go from the full trace and count nowhere."
            )
        if self.ids:
            shown = [[name, *single.cells()] for name, single in list(self.ids.items())[:_SHOWN]]
            lines += _table([_HEADINGS, *shown])
        if len(self.ids) > _SHOWN:
            lines.append(f"… and {len(self.ids) - _SHOWN} more identifiers")
        return "\n".join(lines)

    __repr__ = __str__

    def _load(self) -> str:
        if self.bus_load is None:
            return f"Its load is not known: {self.unknown_load}"
        peak = (
            ""
            if self.peak_load is None
            else f", {percent(self.peak_load)} in the busiest of its full seconds"
        )
        rates = f"{self.bitrate} bit/s" + (
            f" and {self.data_bitrate} bit/s for data" if self.data_bitrate else ""
        )
        return f"Bus load {percent(self.bus_load)}{peak}, at {rates}."


def percent(value: float) -> str:
    """Return `12.3 %`, with three digits that count where it is little."""
    return f"{value:.1f} %" if value >= 1 or value == 0 else f"{value:.2g} %"


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:.3f} ms"


def _table(lines: list[list[str]]) -> list[str]:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    last = len(widths) - 1
    return [
        "  ".join(
            cell.ljust(width) if column in (0, last) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]

"""What of a recording is to be sent again, in order of time: packed, because there may be millions of messages."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from CanLibrary.errors import ConfigurationError, NotSupportedError
from CanLibrary.formatting import plural, quoted
from CanLibrary.traffic.trace import ERROR, EXTENDED, FD, HEAD, TX, WITHDRAWN
from CanLibrary.types import CanFilters, Direction

if TYPE_CHECKING:
    from CanLibrary.sessions.bus_session import BusSession

# A message of a recording: its channel, its time in seconds, and its record as a trace packs it.
Entry = tuple[Any, float, bytes]


@dataclass(frozen=True)
class Selection:
    """Which messages of a recording are meant, and onto which bus they go."""

    bus: BusSession | None  # all of them, where the recording has one channel
    channels: Mapping[str, BusSession] = field(default_factory=dict)  # else by channel
    filters: CanFilters | None = None
    direction: Direction = Direction.ANY

    @property
    def buses(self) -> list[BusSession]:
        """The buses that are sent on, each once."""
        used = [self.bus] if self.bus is not None else list(self.channels.values())
        return [bus for at, bus in enumerate(used) if bus not in used[:at]]


class Tape:
    """Messages to send, with seconds from the first one on."""

    def __init__(
        self,
        name: str,
        entries: Iterable[Entry],
        selection: Selection,
        show: Callable[[], None] = lambda: None,
    ) -> None:
        """Read a recording to its end and keep what is selected.

        Raises:
            ConfigurationError: There is nothing to send, or it is not clear on which bus.
            NotSupportedError: A bus cannot carry what is to be sent on it.
        """
        self.name = name
        self.times = array("d")
        self.records: list[bytes] = []
        self.routes = array("H")  # numbers of channels, later of buses
        self.buses = selection.buses
        self.error_frames = 0
        self.left_out = 0
        self._selection = selection
        self._numbers: dict[str, int] = {}
        self._fd: Counter[int] = Counter()  # CAN FD messages by number of channel
        self._passing: dict[tuple[int, int], bool] = {}
        for entry in entries:
            show()
            self._take(*entry)
        self._route()
        self._check_fd()
        if not self.records:
            what = "has no message that is to be sent" if self.left_out else "has no messages"
            raise ConfigurationError(f"'{name}' {what}: there is nothing to replay.")
        self._in_order_of_time()

    @property
    def duration(self) -> float:
        """Seconds from the first to the last message."""
        return self.times[-1]

    def _take(self, channel: Any, at: float, record: bytes) -> None:
        _, _, value, flags, _ = HEAD.unpack_from(record)
        if flags & WITHDRAWN:
            return
        if flags & ERROR:
            self.error_frames += 1
            return
        number = self._numbers.setdefault("" if channel is None else str(channel), len(self._numbers))
        if not self._is_wanted(value, flags):
            self.left_out += 1
            return
        if flags & FD:
            self._fd[number] += 1
        self.times.append(at)
        self.records.append(record)
        self.routes.append(number)

    def _is_wanted(self, value: int, flags: int) -> bool:
        sent = flags & TX
        if self._selection.direction is not Direction.ANY and sent != TX * (
            self._selection.direction is Direction.TX
        ):
            return False
        if not self._selection.filters:
            return True
        asked = value, flags & EXTENDED
        if asked not in self._passing:
            self._passing[asked] = any(
                single.passes(value, bool(flags & EXTENDED)) for single in self._selection.filters
            )
        return self._passing[asked]

    def _route(self) -> None:
        """Replace the numbers of channels by those of the buses that they go onto."""
        if self._selection.bus is not None:
            if len(used := set(self.routes)) > 1:
                names = [name for name, number in self._numbers.items() if number in used]
                raise ConfigurationError(
                    f"'{self.name}' has messages of the channels {quoted(names)}: say with channels= which of them go "
                    f"onto which bus, such as channels={names[0]}={self._selection.bus.alias}."
                )
            self.routes = array("H", [0]) * len(self.records)
            self._fd = Counter({0: self._fd.total()})
            return
        onto = {}
        for name, bus in self._selection.channels.items():
            if name not in self._numbers:
                named = [channel for channel in self._numbers if channel]
                if self._numbers and not named:
                    raise ConfigurationError(
                        f"'{self.name}' names no channels: say with bus= where it goes, not with channels=."
                    )
                raise ConfigurationError(
                    f"'{self.name}' has no messages of channel '{name}' (its channels: "
                    f"{quoted(named) if named else 'none'})."
                )
            onto[self._numbers[name]] = self.buses.index(bus)
        kept = [at for at, number in enumerate(self.routes) if number in onto]
        self.left_out += len(self.records) - len(kept)
        self._fd = _added((onto[number], count) for number, count in self._fd.items() if number in onto)
        self.times = array("d", (self.times[at] for at in kept))
        self.records = [self.records[at] for at in kept]
        self.routes = array("H", (onto[self.routes[at]] for at in kept))

    def _check_fd(self) -> None:
        for number, count in self._fd.items():
            if count and self.buses[number].classic_only:
                raise NotSupportedError(
                    f"'{self.name}' has {plural(count, 'CAN FD message')}, but bus '{self.buses[number].alias}' "
                    "carries none: open it with fd=True, or leave them out with filters=."
                )

    def _in_order_of_time(self) -> None:
        """Sort, because messages of several channels may stand a little out of order; count from the first."""
        order = sorted(range(len(self.times)), key=self.times.__getitem__)
        first = self.times[order[0]]
        self.records = [self.records[at] for at in order]
        self.routes = array("H", (self.routes[at] for at in order))
        self.times = array("d", (self.times[at] - first for at in order))


def _added(counts: Iterable[tuple[int, int]]) -> Counter[int]:
    total: Counter[int] = Counter()
    for number, count in counts:
        total[number] += count
    return total

"""A recording: a trace file that is asked like a bus on which all has passed already."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from CanLibrary.config import BusDescription
from CanLibrary.errors import BusError, ConfigurationError, NotSupportedError
from CanLibrary.files.formats import Feature
from CanLibrary.files.reading import TraceFile
from CanLibrary.formatting import duration, plural, quoted
from CanLibrary.sessions.bus_session import BusSession, Dependent
from CanLibrary.sessions.progress import Progress
from CanLibrary.sessions.reading import Reading
from CanLibrary.sessions.registry import Owner
from CanLibrary.traffic.bus_traffic import BusTraffic, Handler, flags_of
from CanLibrary.traffic.trace import DATA_AT, ERROR, EXTENDED, FD, HEAD, TX, key_of
from CanLibrary.types import AnyIsoTpAddress, CanFilters, CanMark, CanMessage

INTERFACE = "recording"
_EVERYTHING = 1 << 40  # messages: a recording is kept whole
_ROUNDING = 1e-6  # seconds: files have microseconds, and a time since 1970 in a float has little more
_BATCH = (
    256  # messages from one look at the clock to the next; more at once would wake Python's garbage collector
)


class RecordedBus(BusSession):
    """A recording under an alias, with what keywords ask of a bus.

    It has no driver and no receiver, so nothing of `BusSession` is opened; what needs them refuses.
    """

    def __init__(
        self, description: BusDescription, file: TraceFile, owner: Owner, *, own_messages: bool = False
    ) -> None:
        """Read the file to its end.

        Args:
            description: Alias, channel (None for the only one) and bit rates.
            file: The file.
            owner: With whom it closes.
            own_messages: Whether what the file says was sent counts as received.

        Raises:
            ConfigurationError: The file has several channels and none is chosen, or not the chosen one; or a log is
                still writing it.
        """
        from CanLibrary.sessions.can_log import check_not_being_written

        check_not_being_written(file.path)
        self.alias = description.alias
        self.owner = owner
        self.closed = False
        self.classic_only = False
        self.dependents: list[Dependent] = []
        self.isotp_addresses: list[AnyIsoTpAddress] = []  # nobody said which there are
        self.background: list[Callable[[], list[Exception]]] = []
        self.traffic = self._no_traffic(own_messages=own_messages)
        self._fd = False
        channel = self._load(file, description.channel)
        self.reading = _RecordedReading(self.traffic, self.catch_up)
        self.description = BusDescription(
            self.alias, INTERFACE, channel, description.bitrate, None, description.data_bitrate
        )
        self.notices = list(file.notices)
        if not file.count:
            self.notices.append(f"'{file.path.name}' holds no messages.")
        self.bus: Any = _File(file, channel, fd=self._fd)

    def _no_traffic(self, *, own_messages: bool) -> BusTraffic:
        traffic = BusTraffic(self.alias, capacity=_EVERYTHING, own_messages=own_messages)
        traffic.complete = True
        return traffic

    def _load(self, file: TraceFile, wanted: str | int | None) -> Any:
        """Put the messages of a channel into the trace, and return that channel."""
        traffic, own_messages = self.traffic, self.traffic.own_messages
        append, append_sent, add = traffic.trace.append, traffic.trace.append_sent, traffic.mailbox.add
        chosen = None if wanted is None else str(wanted)
        channels: dict[Any, bool] = {}  # whether its messages are taken
        latest, in_order = -math.inf, True
        progress, messages, all_flags = Progress(f"Reading {file.path.name}"), iter(file), 0
        try:
            while batch := list(islice(messages, _BATCH)):
                progress.show()
                for message in batch:
                    channel = message.channel
                    if channel not in channels:
                        channels[channel] = chosen is None or str(channel) == chosen
                    if not channels[channel]:
                        continue
                    flags, at, value = flags_of(message), message.timestamp, message.arbitration_id
                    all_flags |= flags
                    if at < latest:
                        in_order = False
                    latest = at
                    if not message.is_rx:
                        flags |= TX
                        if not own_messages and not flags & ERROR:
                            append_sent(value, message.data, flags, message.dlc, at, at)
                            add(False)
                            continue
                    key = key_of(value, True) if flags & EXTENDED else value
                    append(key, message.data, flags, message.dlc, at, at)
                    add(not flags & ERROR)
                    if flags & ERROR:
                        traffic.error_frames += 1
        finally:
            progress.end()
        self._fd = bool(all_flags & FD)
        if not in_order:
            self.traffic = traffic = self._in_order_of_time(traffic)
        if traffic.trace.end:
            traffic.opened_at = traffic.trace.received_at(0)
        return _only_channel(file, channels, wanted)

    def _in_order_of_time(self, unsorted: BusTraffic) -> BusTraffic:
        """Return the same traffic sorted: verdicts go by the time of messages and by their order."""
        traffic = self._no_traffic(own_messages=unsorted.own_messages)
        traffic.error_frames = unsorted.error_frames
        append, append_sent, add = traffic.trace.append, traffic.trace.append_sent, traffic.mailbox.add
        records = unsorted.trace.packed(0, unsorted.trace.end)
        for record in sorted(records, key=lambda packed: float(HEAD.unpack_from(packed)[0])):
            at, _, value, flags, dlc = HEAD.unpack_from(record)
            data = record[DATA_AT:]
            if flags & TX and not unsorted.own_messages and not flags & ERROR:
                append_sent(value, data, flags, dlc, at, at)
                add(False)
            else:
                append(key_of(value, bool(flags & EXTENDED)), data, flags, dlc, at, at)
                add(not flags & ERROR)
        return traffic

    # -- what a recording can do --------------------------------------------------------------------

    def catch_up(self) -> bool:
        """Return at once: all that there is, is there."""
        return True

    def settled_end(self) -> int:
        """Return the end: nothing is being sent."""
        return self.traffic.trace.end

    def set_filters(self, filters: CanFilters | None) -> int:
        """Let only what passes be received and judged; return how many unread messages went."""
        self.check_open()
        return self.traffic.set_filters(filters)

    def check(self) -> None:
        """Refuse work on a recording that is closed, and tell what went wrong in the background."""
        self.check_open()
        if untold := self._take_untold():
            raise untold[0]

    def check_open(self) -> None:
        """Refuse work on a recording that is closed."""
        if self.closed:
            raise BusError(f"Recording '{self.alias}' is closed; open it again before use.")

    def close(self) -> list[Exception]:
        """End what works on the recording; return what nobody was told. Twice is fine."""
        if self.closed:
            return []
        untold: list[Exception] = []
        for dependent in reversed(list(self.dependents)):
            untold += dependent.close()
            self.notices += dependent.notices
        self.closed = True
        return untold

    def reported_state(self) -> None:
        """Return None: there is no controller."""

    # -- what it cannot do --------------------------------------------------------------------------

    def check_live(self, otherwise: str) -> None:
        """Refuse what only an open bus can do."""
        raise NotSupportedError(f"Bus '{self.alias}' is a recording: {otherwise}")

    def _nothing_sent(self) -> NoReturn:
        raise NotSupportedError(
            f"Bus '{self.alias}' is a recording: nothing can be sent on it. Replay Can Trace sends it on an open bus."
        )

    def check_sends(self) -> None:
        """Refuse to send."""
        self._nothing_sent()

    def send(self, _message: CanMessage, _timeout: float = 0.0, *, in_order: bool = True) -> CanMessage:  # noqa: ARG002
        """Refuse to send."""
        self._nothing_sent()

    def transmit(self, _message: Any) -> None:
        """Refuse to send."""
        self._nothing_sent()

    def send_many(self, _messages: Iterable[Any], _gap: float = 0.0) -> int:
        """Refuse to send."""
        self._nothing_sent()

    def subscribe(self, _keys: Iterable[int], _handler: Handler) -> None:
        """Refuse to listen: nothing will come."""
        self.check_live("no message arrives on it any more.")


class _RecordedReading(Reading):
    """Questions to a recording: it has a beginning and an end, but no now."""

    def begin_test(self) -> None:
        """Do nothing: what a test asks of a recording begins at its beginning."""

    def mark(self) -> CanMark:
        """Refuse: nothing passes any more."""
        raise ConfigurationError(
            f"Bus '{self._traffic.name}' is a recording, which has no now: say with at= how long after its first "
            "message the mark is to stand."
        )

    def mark_at(self, seconds: float) -> CanMark:
        """Return a mark some seconds after the first message."""
        trace = self._traffic.trace
        began, ended = (mark.at for mark in self._ends())
        if seconds > ended - began:
            raise ConfigurationError(
                f"at={duration(seconds)} lies behind the end of recording '{self._traffic.name}', which lasts "
                f"{duration(round(ended - began, 6))}."
            )
        moment = began + seconds
        return CanMark(self._traffic.name, trace.position_at(moment - _ROUNDING), moment, trace)


class _File:
    """What stands where an open bus has its driver."""

    def __init__(self, file: TraceFile, channel: Any, *, fd: bool) -> None:
        import can

        self.channel_info = f"recording {file.path}"
        # The channel for files that are made of this one: its number comes out as it is in this one.
        self.channel = max(channel - file.format.written_higher, 0) if isinstance(channel, int) else channel
        self.protocol = can.CanProtocol.CAN_FD if fd else can.CanProtocol.CAN_20


def _only_channel(file: TraceFile, channels: dict[Any, bool], wanted: str | int | None) -> Any:
    """Return the channel of a recording, or refuse one of several or of none; note what says no channel."""
    named = sorted((channel for channel in channels if channel is not None), key=_by_number)
    if wanted is None:
        if len(named) > 1:
            raise ConfigurationError(
                f"'{file.path.name}' has messages of {plural(len(named), 'channel')}, and a verdict over mixed buses "
                f"would be wrong: choose one with channel= ({', '.join(map(str, named))})."
            )
        return named[0] if named else None
    if channels and not named:
        raise ConfigurationError(
            f"'{file.path.name}' names no channels, as {file.format.name} holds none: leave channel={wanted} out."
            if Feature.CHANNEL in file.format.lost and not file.format.written_higher
            else f"'{file.path.name}' has no messages that name a channel: leave channel={wanted} out."
        )
    chosen = [channel for channel, taken in channels.items() if taken]
    if not chosen and channels:
        raise ConfigurationError(
            f"'{file.path.name}' has no messages of channel {wanted}; its channels are {quoted(map(str, named))}."
        )
    if None in channels:
        file.notices.append(
            f"'{file.path.name}' has messages that name no channel; channel={wanted} leaves them out."
        )
    return chosen[0] if chosen else wanted


def _by_number(channel: Any) -> tuple[bool, int, str]:
    return (True, channel, "") if isinstance(channel, int) else (False, 0, str(channel))


def alias_for(path: Path, alias: str | None) -> str:
    """Return the alias of a recording: by default the name of its file without ending."""
    return alias or path.name.removesuffix(".gz").rpartition(".")[0] or path.name

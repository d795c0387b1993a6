"""Sending a recording again."""

from datetime import timedelta
from typing import Any

from robot.api import logger
from robot.api.deco import keyword

from CanLibrary.errors import ConfigurationError
from CanLibrary.keywords.support import bus_of, converted, found_file, seconds, tell
from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.progress import Progress
from CanLibrary.sessions.replays import Replays
from CanLibrary.types import NOT_GIVEN, CanFilters, Direction, ReplayResult


class ReplayKeywords:
    """Keywords that replay a recording."""

    def __init__(self, buses: Buses) -> None:
        self._buses = buses
        self._replays = Replays()

    @keyword
    def replay_can_trace(
        self,
        source: str,
        *,
        bus: str | None = None,
        factor: float = 1.0,
        loop: int | str = 1,
        filters: CanFilters = NOT_GIVEN,
        direction: Direction = Direction.ANY,
        channels: dict[Any, str] | str | None = None,
        background: bool = False,
    ) -> ReplayResult | str:
        """Sends what was recorded again, with the time between messages as it was; returns what came of it.

        Each message has its time counted from the first one, so nothing adds up: a recording of a minute lasts
        a minute. Where this computer was too busy for that, a warning says how late messages were. A message that
        cannot be sent ends the replay. Error frames are left out and counted.

        Args:
            source: Path of a trace file, as `Open Can Trace` takes it, or the alias of an opened recording.
            bus: Alias of the bus to send on; the current one by default.
            factor: How much faster: ``2`` takes half of the time, ``0.5`` twice.
            loop: How often to send all of it, or ``forever`` (only in the background). The next time begins a mean
                gap after the last message.
            filters: Which messages to send, see `Set Can Filters`; all by default.
            direction: ``Rx`` or ``Tx``: only what was received or sent when it was recorded; both by default.
            channels: Which channel of the recording goes onto which bus, as ``can0=body, can1=chassis`` or
                a dictionary; needed where it has several. Channels as the file names them, in ``.blf`` and ``.asc``
                by CANoe's number: ``1=body`` for CAN 1. Other channels are left out.
            background: Return at once; the replay goes on until its end, until `Stop Can Replay`, or until its bus
                closes. A message that cannot be sent is told by the next keyword on the bus then.

        Returns:
            In the background a handle, otherwise an object with ``messages`` (sent), ``loops``, ``duration`` (seconds
            from the first to the last), ``planned``, ``drift`` (how late the last one was, in seconds),
            ``worst_lateness``, ``error_frames``, ``left_out`` and ``is_complete``.

        Raises:
            CanLibraryError: The recording cannot be read, has nothing to send, would last more than a day, or does not
                fit the bus; or a message could not be sent, with how many were.

        Example:
        | `Send Can Messages`    ${{ ["100#01", "100#02"] }}    gap=10 ms
        | `Save Can Trace`    drive.blf
        | ${result}=    `Replay Can Trace`    drive.blf    factor=2
        | Should Be Equal As Integers    ${result.messages}    2
        """
        from CanLibrary.sessions.replay import Replay
        from CanLibrary.sessions.replay_source import check_duration

        speed, loops = _factor(factor), _loops(loop)
        in_background = converted(background, bool, "background")
        if not loops and not in_background:
            raise ConfigurationError("loop=forever needs background=True: it would never come to its end.")
        selection = self._selection(bus, channels, filters, direction)
        tape = self._tape(source, selection)
        check_duration(tape.name, tape.times, speed)
        if loops != 1 and len(tape.times) == 1:
            raise ConfigurationError(
                f"loop={loop} needs two messages or more, for the time between them, but only 1 message of "
                f"'{tape.name}' is to be sent; use Start Periodic Message."
            )
        if loops != 1 and not tape.duration:
            raise ConfigurationError(
                f"'{tape.name}' has no time from its first to its last message to send it again after; "
                "use Start Periodic Message."
            )
        replay = Replay(tape, speed, loops)
        if in_background:
            return self._replays.start(replay)
        progress = Progress(f"Replaying {tape.name}", replay.total)
        try:
            replay.run(progress.show)
        finally:
            progress.end()
        return _told(replay.result(), warn=True)

    @keyword
    def stop_can_replay(self, handle: str | None = None) -> ReplayResult:
        """Stops a replay in the background and returns what came of it so far; stopping twice is fine.

        Args:
            handle: What `Replay Can Trace` returned; that of the last one by default.

        Returns:
            What `Replay Can Trace` returns when it waits.

        Raises:
            CanLibraryError: There is no such replay, or a message could not be sent.

        Example:
        | `Send Can Messages`    ${{ ["100#01", "100#02"] }}    gap=10 ms
        | `Save Can Trace`    drive.blf
        | ${handle}=    `Replay Can Trace`    drive.blf    loop=forever    background=True
        | ${result}=    `Stop Can Replay`    ${handle}
        """
        return _told(self._replays.stop(handle))

    @keyword
    def wait_for_can_replay(
        self, handle: str | None = None, *, timeout: timedelta | None = None
    ) -> ReplayResult:
        """Returns what came of a replay in the background when it has ended.

        Args:
            handle: What `Replay Can Trace` returned; that of the last one by default.
            timeout: How long to wait; as long as it lasts by default. After that the replay goes on.

        Returns:
            What `Replay Can Trace` returns when it waits.

        Raises:
            CanLibraryError: There is no such replay, it did not end in time, a message could not be sent, or its bus
                was closed before its end.

        Example:
        | `Send Can Messages`    ${{ ["100#01", "100#02"] }}    gap=10 ms
        | `Save Can Trace`    drive.blf
        | `Replay Can Trace`    drive.blf    background=True
        | ${result}=    `Wait For Can Replay`    timeout=5 s
        """
        return _told(self._replays.wait(handle, None if timeout is None else seconds(timeout, 0.0)))

    # Any stands for Selection and Tape: what replays is imported when something is.
    def _selection(self, bus: str | None, channels: Any, filters: CanFilters, direction: Direction) -> Any:
        from CanLibrary.sessions.replay_source import channel_map, check_buses
        from CanLibrary.sessions.tape import Selection

        wanted = converted(filters, CanFilters, "filters") if filters else None
        which = converted(direction, Direction, "direction")
        if channels is None:
            selection = Selection(bus_of(self._buses, bus), {}, wanted, which)
        elif bus is not None:
            raise ConfigurationError("bus= and channels= exclude each other: channels= names the buses.")
        else:
            onto = {name: bus_of(self._buses, alias) for name, alias in channel_map(channels).items()}
            selection = Selection(None, onto, wanted, which)
        check_buses(selection.buses)
        return selection

    def _tape(self, source: str, selection: Any) -> Any:
        from CanLibrary.sessions.replay_source import source_of
        from CanLibrary.sessions.tape import Tape

        recording = source_of(self._buses, source, found_file)
        progress = Progress(f"Reading {recording.name}")
        try:
            tape = Tape(recording.name, recording.entries, selection, progress.show)
        finally:
            progress.end()
        tell(recording)
        return tape


def _told(result: ReplayResult, *, warn: bool = False) -> ReplayResult:
    logger.info(str(result))
    if warn and result.lateness:
        logger.warn(result.lateness)
    return result


def _factor(value: float) -> float:
    factor = converted(value, float, "factor")
    if not 0 < factor < float("inf"):
        raise ConfigurationError(f"factor={factor:g} is not possible: it is above 0; 2 is twice as fast.")
    return factor


def _loops(value: int | str) -> int:
    """Return how often, 0 for ever."""
    if str(value).strip().lower() == "forever":
        return 0
    try:
        loops = int(str(value))
    except ValueError:
        loops = 0
    if loops < 1:
        raise ConfigurationError(f"loop={value} is not possible: it is 1 or more, or forever.")
    return loops

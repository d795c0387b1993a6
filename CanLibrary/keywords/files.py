"""Traces in files: written while messages pass, and opened to be asked like a bus."""

from pathlib import Path
from typing import Any

from robot.api import logger
from robot.api.deco import keyword

from CanLibrary.formatting import plural
from CanLibrary.keywords.support import (
    bus_of,
    checked_path,
    converted,
    found_file,
    given_mark,
    output_dir,
    recorded_bus,
    tell,
    tell_gone,
)
from CanLibrary.sessions.buses import Buses
from CanLibrary.types import NOT_GIVEN, CanMark


class FileKeywords:
    """Keywords for trace files."""

    def __init__(self, buses: Buses) -> None:
        self._buses = buses
        self._logs: Any = None  # made, and imported, with the first log

    @keyword
    def start_can_log(self, path: Path, *, max_size: int | str | None = None, bus: str | None = None) -> str:
        """Writes all that passes on the bus from now on into a file, and returns its path.

        Received and own messages (marked Tx) and error frames are written, until `Stop Can Log`, or the bus closes.
        Several logs of one bus are possible. A format that cannot hold what passes is warned about once.

        Args:
            path: Where to write; relative to the output directory. The ending says in which format: ``.blf`` (holds
                everything), ``.asc``, ``.log``, ``.trc``, ``.csv``, ``.db``, ``.txt``, ``.mf4`` (needs the
                package asammdf), text also with ``.gz`` after it. Folders are made, a file of that name is overwritten.
            max_size: About how large a file may become, such as ``10 MB``, before it is renamed (a time and a number
                are put into its name) and the next one begins; any size by default.
            bus: Alias of the bus; the current one by default.

        Raises:
            CanLibraryError: The file cannot be written, or another log writes it.

        Example:
        | ${path}=    `Start Can Log`    logs/drive.blf    max_size=10 MB
        | `Send Can Message`    0x100    01 02
        | ${files}=    `Stop Can Log`
        | Should Be Equal    ${files}    ${{[$path]}}
        """
        session = bus_of(self._buses, bus)
        if session.traffic.complete:
            session.check_live("nothing passes on it any more; Save Can Trace writes it into a file.")
        from CanLibrary.files.writing import size_of
        from CanLibrary.sessions.can_log import CanLogs

        self._logs = self._logs or CanLogs()
        log = self._logs.start(session, _inoutput_dir(path), size_of(max_size))
        tell(session)
        return str(log.path)

    @keyword
    def stop_can_log(self, path: Path | None = None, *, bus: str | None = None) -> list[str]:
        """Ends a log and returns the files that it wrote, oldest first; stopping twice is fine.

        Args:
            path: The path given to `Start Can Log`; all logs of the bus by default.
            bus: Alias of the bus; the current one by default.

        Raises:
            CanLibraryError: There is no such log, or its file is not whole: it could not be written to its end, or
                misses messages that were gone from the trace before. The file stays.

        Example:
        | `Start Can Log`    drive.asc
        | `Send Can Message`    0x100    01 02
        | ${files}=    `Stop Can Log`    drive.asc
        | Length Should Be    ${files}    1
        """
        session = self._buses.registry.get(bus)  # also of a bus that died: its log is wanted most
        tell(session)
        from CanLibrary.sessions.can_log import CanLogs

        self._logs = self._logs or CanLogs()
        logs = self._logs.stop(session, None if path is None else _inoutput_dir(path))
        tell(session)
        for log in logs:
            logger.info(f"{plural(log.count, 'message')} of bus '{session.alias}' in {', '.join(log.files)}")
        session.check()
        return [file for log in logs for file in log.files]

    @keyword
    def save_can_trace(
        self, path: Path, *, since: CanMark = NOT_GIVEN, until: CanMark = NOT_GIVEN, bus: str | None = None
    ) -> str:
        """Writes what was recorded already into a file, and returns its path.

        On a recording of `Open Can Trace` it converts from one format into another.

        Args:
            path: Where to write; see `Start Can Log`.
            since: Where to begin: a mark from `Set Can Mark`, a message, or ``opened`` for all that the trace keeps;
                by default where the running test began.
            until: Where to end: a mark, or a message; by default now.
            bus: Alias of the bus; the current one by default.

        Raises:
            CanLibraryError: The file cannot be written, or a mark is of another bus.

        Example:
        | `Send Can Message`    0x100    01 02
        | ${path}=    `Save Can Trace`    what_was_sent.blf
        """
        session = recorded_bus(self._buses, bus)
        span = session.reading.span(given_mark(since), given_mark(until, "until"))
        tell_gone(span, session.alias)
        target = _inoutput_dir(path)
        from CanLibrary.sessions.can_log import save_span

        writer = save_span(session, span, target)
        if writer.loss:
            logger.warn(writer.loss)
        logger.info(f"{plural(writer.count, 'message')} of bus '{session.alias}'{span.of} in {target}")
        return str(target)

    @keyword
    def open_can_trace(
        self,
        path: Path,
        alias: str | None = None,
        *,
        channel: str | int | None = None,
        receive_own_messages: bool = False,
        bitrate: int | None = None,
        data_bitrate: int | None = None,
    ) -> str:
        """Opens a trace file as a bus on which all has passed already, and returns its alias.

        It becomes the current bus and closes as one. Keywords that receive, wait, count and judge work on it and answer
        at once; a wait begins at its first message, or at a mark (see ``at`` of `Set Can Mark`). Its
        messages have the times of the file. What only an open bus can do, such as sending, is refused. What of the
        file is cut, damaged or unknown is left out, and a warning says where.

        Args:
            path: The file, relative to the output directory; where it is not there, to the suite's folder, then to
                the working directory: ``.blf``, ``.asc``, ``.log``, ``.trc``, ``.csv``, ``.db``, ``.mf4`` (needs the
                package asammdf), also with ``.gz`` after it.
            alias: The name by which other keywords know the recording; the file's name without ending by default.
            channel: Which channel to take, as the file names it (in ``.blf`` and ``.asc`` CANoe's number: CAN 1 is
                ``1``); needed where it has several.
            receive_own_messages: Whether messages that the file marks Tx count as received.
            bitrate: Nominal bit rate in bit/s, for `Get Bus Statistics`; files do not tell it.
            data_bitrate: Bit rate of the data phase in bit/s (CAN FD).

        Raises:
            CanLibraryError: There is no such file, it is of another format, has several channels, is empty or so
                damaged that nothing of it can be read, or is still being written by `Start Can Log`.

        Example:
        | `Send Can Message`    0x100    01 02
        | ${path}=    `Save Can Trace`    drive.blf
        | `Open Can Trace`    ${path}    drive    receive_own_messages=True
        | ${message}=    `Wait For Can Message`    0x100    bus=drive
        | `Can Message Should Not Arrive`    0x200    bus=drive
        """
        session = self._buses.open_recording(
            found_file(path),
            alias,
            channel=channel,
            own_messages=converted(receive_own_messages, bool, "receive_own_messages"),
            bitrate=None if bitrate is None else converted(bitrate, int, "bitrate"),
            data_bitrate=None if data_bitrate is None else converted(data_bitrate, int, "data_bitrate"),
        )
        tell(session)
        logger.info(f"{plural(session.traffic.trace.end, 'message')} in {path}")
        return session.alias


def _inoutput_dir(path: Path) -> Path:
    """Return where a file is to be written: a relative path is one in the output directory, if a robot runs."""
    path = checked_path(path)
    return path if path.is_absolute() else (output_dir() / path).absolute()

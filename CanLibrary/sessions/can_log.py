"""Logs: files into which the trace of a bus is written while it grows."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from CanLibrary.errors import BusError, ConfigurationError, joined
from CanLibrary.files.times import unpacker
from CanLibrary.files.writing import TraceWriter, file_channel
from CanLibrary.formatting import plural, quoted
from CanLibrary.sessions.progress import Progress
from CanLibrary.traffic.trace import FLAGS_AT, WITHDRAWN

if TYPE_CHECKING:
    from CanLibrary.sessions.bus_session import BusSession
    from CanLibrary.traffic.span import Span

_PERIOD = 0.05  # seconds from one look at the trace to the next
_BATCH = 2000  # records copied at once: the receiver waits meanwhile, some microseconds
_SENDING = 1.0  # seconds to wait at the end for a message that a driver is still taking


class CanLog:
    """A log of one bus; its thread follows the trace, so that the receiver has nothing to do with it."""

    def __init__(self, session: BusSession, path: Path, max_size: int) -> None:
        self.session = session
        self.path = path
        self.notices: list[str] = []
        self._writer = TraceWriter(path, max_size)
        self._trace = session.traffic.trace
        self._unpacked = unpacker(file_channel(session.description.channel))
        self._error: Exception | None = None
        self._missing = 0  # messages that were gone before they could be written
        self._told = False
        self._stopped = False
        self._ending = threading.Event()
        self._loss_told = False
        self._ignore_sending = False
        session.catch_up()  # what lies in the driver's queue came before
        with session.traffic.changed:
            self._next = self._trace.end
        session.dependents.append(self)
        session.background.append(self.take_untold)
        self._thread = threading.Thread(target=self._run, name=f"CanLibrary log '{path.name}'", daemon=True)
        self._thread.start()
        _RUNNING.append(self)

    @property
    def running(self) -> bool:
        """Whether it was not stopped yet."""
        return not self._stopped

    @property
    def files(self) -> list[str]:
        """The files that were written, oldest first."""
        return self._writer.files

    @property
    def count(self) -> int:
        """How many messages were written."""
        return self._writer.count

    def _run(self) -> None:
        try:
            while not self._ending.wait(_PERIOD):
                while self._write_batch(None) and not self._ending.is_set():
                    pass
        except Exception as error:  # noqa: BLE001 - told by the next keyword
            self._error = error

    def _write_batch(self, stop: int | None) -> bool:
        """Write some of what is recorded (up to a position) and is no longer being sent; return if there was any."""
        with self.session.traffic.changed:
            end = self._trace.end if self._ignore_sending else self.session.settled_end()
            end = end if stop is None else min(end, stop)
            gone = max(self._trace.first - self._next, 0)
            start = self._next + gone
            records = self._trace.packed(start, min(end, start + _BATCH))
        self._missing += gone
        self._next = start + len(records)
        for record in records:
            if not record[FLAGS_AT] & WITHDRAWN:
                self._writer.write(self._unpacked(record))
        if self._writer.loss and not self._loss_told:
            self._loss_told = True
            self._notice(f"Log {self._writer.loss}")
        return bool(records) or gone > 0

    def _notice(self, sentence: str) -> None:
        # The next keyword on the bus warns about it; nothing else reads or writes the list at that place.
        self.session.notices.append(sentence)

    def stop(self) -> None:
        """Write all that is recorded by now and close the file; twice is fine.

        What went wrong is kept for `take_untold`.
        """
        if self._stopped:
            return
        self._stopped = True
        try:
            if not self.session.closed and self.session.traffic.failure is None:
                self.session.catch_up()
            with self.session.traffic.changed:
                stop = self._trace.end
            self._ending.set()
            self._thread.join()
            if self._error is None:
                self._write_to(stop)
        except BusError as error:
            self._error = error
        finally:
            self._ending.set()
            self._thread.join()
            self._close()
            self.session.dependents.remove(self)
            _RUNNING.remove(self)

    def _close(self) -> None:
        try:
            self._writer.close()
        except Exception as error:  # noqa: BLE001 - told with the rest
            self._error = self._error or error

    def _write_to(self, stop: int) -> None:
        progress, patient_until = Progress(f"Writing {self.path.name}"), time.monotonic() + _SENDING
        try:
            while self._next < stop:
                progress.show()
                if self._write_batch(stop):
                    patient_until = time.monotonic() + _SENDING
                elif time.monotonic() < patient_until:
                    time.sleep(0.001)  # the driver has a message of ours in hand
                else:
                    # It was not sent while the log ran; behind it there can be no other one in hand.
                    self._next += 1
                    self._ignore_sending = True
        finally:
            progress.end()

    def take_untold(self) -> list[Exception]:
        """Return what went wrong, once."""
        if self._told or (failure := self.failure) is None:
            return []
        self._told = True
        return [failure]

    @property
    def failure(self) -> BusError | None:
        """Why the file is not whole, if it is not: an error at once, messages that it misses at its end."""
        name = f"Log '{self.path.name}' of bus '{self.session.alias}'"
        misses = (
            f"{name} misses {plural(self._missing, 'message')}: they were gone from the trace, which keeps "
            f"{self._trace.capacity}, before they could be written. {plural(self.count, 'message')} "
            f"{'is' if self.count == 1 else 'are'} in it; a larger trace_size keeps more."
        )
        if self._error is not None:
            error = BusError(
                f"{self._error} {name} ended after {plural(self.count, 'message')}."
                f"{f' {misses}' if self._missing else ''}"
            )
            error.__cause__ = self._error
            return error
        return BusError(misses) if self._missing and self._stopped else None

    def close(self) -> list[Exception]:
        """End because the bus closes; return what nobody was told."""
        self.stop()
        untold = self.take_untold()
        if self.take_untold in self.session.background:
            self.session.background.remove(self.take_untold)
        return untold


_RUNNING: list[CanLog] = []  # of this process: another instance of the library must not spoil them either


def check_not_being_written(path: Path) -> None:
    """Refuse a file that a log is still writing: nobody knows how much of it is there.

    Raises:
        ConfigurationError: A running log writes it.
    """
    for log in list(_RUNNING):
        if _is_same(log.path, path):
            raise ConfigurationError(
                f"'{path.name}' is still being written by Start Can Log on bus '{log.session.alias}': stop it first "
                "with Stop Can Log."
            )


def _is_same(one: Path, other: Path) -> bool:
    """Return whether two paths are of one file, however they are spelt."""
    if one == other:
        return True
    real = os.path.realpath(one)
    # Of devices there may be many: only a file is spoilt by two that write it.
    return real == os.path.realpath(other) and (os.path.isfile(real) or not os.path.exists(real))


class CanLogs:
    """All logs of a library instance."""

    def __init__(self) -> None:
        self._logs: list[CanLog] = []

    def start(self, session: BusSession, path: Path, max_size: int) -> CanLog:
        """Begin to write what passes on a bus from now on.

        Raises:
            ConfigurationError: Another log writes this file.
        """
        self._logs = [log for log in self._logs if log.running or not log.session.closed]
        for log in list(_RUNNING):
            if _is_same(log.path, path):
                raise ConfigurationError(
                    f"Log '{path}' is running already, on bus '{log.session.alias}'; stop it or write another file."
                )
        self._logs = [log for log in self._logs if not _is_same(log.path, path)]
        log = CanLog(session, path, max_size)
        self._logs.append(log)
        return log

    def stop(self, session: BusSession, path: Path | None) -> list[CanLog]:
        """Stop one log of a bus, or all that run on it, and return them; one that was stopped before is fine.

        Raises:
            ConfigurationError: No log of the bus writes this file.
            BusError: A file is not whole; said each time that its log is stopped.
        """
        of_bus = [log for log in self._logs if log.session is session]
        if path is None:
            chosen = [log for log in of_bus if log.running]
        else:
            chosen = [log for log in of_bus if _is_same(log.path, path)]
            if not chosen:
                running = [str(log.path) for log in of_bus if log.running]
                known = f"those that run write {quoted(running)}" if running else "none runs"
                raise ConfigurationError(f"No log of bus '{session.alias}' writes '{path}' ({known}).")
        failures: list[Exception] = []
        for log in chosen:
            log.stop()
            log.take_untold()  # it is told here, also what another keyword told already
            failures += filter(None, [log.failure])
        if failures:
            raise joined(failures)
        return chosen


def save_span(session: BusSession, span: Span, path: Path) -> TraceWriter:
    """Write a part of what is recorded into a file and return its closed writer."""
    check_not_being_written(path)
    trace, traffic = session.traffic.trace, session.traffic
    channel = session.bus.channel if traffic.complete else session.description.channel

    unpacked, writer, progress = (
        unpacker(file_channel(channel)),
        TraceWriter(path),
        Progress(f"Writing {path.name}"),
    )
    try:
        for start in range(span.start, span.stop, _BATCH):
            progress.show()
            with traffic.changed:
                records = trace.packed(start, min(start + _BATCH, span.stop, session.settled_end()))
            for record in records:
                if not record[FLAGS_AT] & WITHDRAWN:
                    writer.write(unpacked(record))
    finally:
        progress.end()
        writer.close()
    return writer

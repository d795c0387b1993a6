"""Sending a recording again at its own pace, or a multiple of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from CanLibrary.errors import BusError, CanLibraryError, translated
from CanLibrary.formatting import plural
from CanLibrary.sessions.tape import Tape
from CanLibrary.traffic.trace import BRS, DATA_AT, ESI, EXTENDED, FD, HEAD, REMOTE
from CanLibrary.traffic.waits import SLICE
from CanLibrary.types import ReplayResult

_JOIN = 3.0  # seconds in which a send that a driver holds up comes to its end


class Replay:
    """One replay: who runs it waits for its end, or starts a thread that does."""

    def __init__(self, tape: Tape, factor: float, loops: int) -> None:
        """Prepare it.

        Args:
            tape: What is sent.
            factor: How much faster than it was recorded.
            loops: How often; 0 for until it is stopped.
        """
        self.name = tape.name
        self.buses = tape.buses
        self.count = len(tape.records)
        # The next loop begins a mean gap after the last message: as if the recording went on.
        mean = tape.duration / (self.count - 1) if self.count > 1 else 0.0
        self._period = (tape.duration + mean) / factor
        self.total = None if not loops else self._period * (loops - 1) + tape.duration / factor
        self.error: CanLibraryError | None = None
        self._tape: Tape | None = tape  # as long as it runs
        self._left_out = (tape.error_frames, tape.left_out)
        self._factor = factor
        self._loops = loops
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._sent = self._done = 0
        self._began = self._last_due = self._last_at = time.monotonic()
        self._worst = 0.0

    @property
    def running(self) -> bool:
        """Whether there is more to send."""
        return self._tape is not None

    @property
    def passed(self) -> float:
        """Seconds since the first message."""
        return time.monotonic() - self._began

    def result(self) -> ReplayResult:
        """Return what came of it, so far."""
        last_due, last_at = self._last_due, self._last_at
        return ReplayResult(
            self.name,
            self._sent,
            self._done,
            last_at - self._began,
            last_due - self._began,
            max(last_at - last_due, 0.0),
            self._worst,
            *self._left_out,
            bool(self._loops) and self._done == self._loops,
        )

    def run(self, show: Callable[[], None] = lambda: None) -> None:
        """Send all; called in the thread of who waits for it.

        Raises:
            BusError: A message could not be sent; the others after it are not.
        """
        tape = self._tape
        assert tape is not None
        try:
            self._began = time.monotonic()
            while not self._stopping and (not self._loops or self._done < self._loops):
                if self._send_all(tape, self._began + self._done * self._period, show):
                    self._done += 1
        except CanLibraryError as error:
            self.error = self._told(error)
            raise self.error from error
        finally:  # a test time-out, too, is any Exception before Robot Framework 7.5: it has to pass
            self._tape = None

    def start(self, ended: Callable[[], None]) -> None:
        """Send all in a thread; what goes wrong is kept in `error`.

        Args:
            ended: Called in that thread at the end.
        """

        def run() -> None:
            try:
                self.run()
            except CanLibraryError:
                pass  # kept in `error`
            except Exception as error:  # noqa: BLE001 - a thread must not die in silence
                self.error = self._told(translated(f"'{self.name}' could not be replayed", error))
            finally:
                ended()

        self._thread = threading.Thread(target=run, name=f"CanLibrary replay '{self.name}'", daemon=True)
        self._thread.start()

    def join(self, seconds: float) -> None:
        """Wait for the end of the thread, at most so long."""
        if self._thread is not None:
            self._thread.join(seconds)

    def stop(self) -> None:
        """Send nothing more; twice is fine."""
        self._stopping = True
        self.join(_JOIN)

    def _send_all(self, tape: Tape, start: float, show: Callable[[], None]) -> bool:
        """Send the recording once, from a monotonic time on; False if it was stopped on the way."""
        import can

        factor, sends = self._factor, [bus.transmit for bus in tape.buses]
        for at, record, route in zip(tape.times, tape.records, tape.routes, strict=True):
            message = _message(can.Message, record)
            due = start + at / factor
            # In slices, so that a test time-out can interrupt; each due time counts from the start, so nothing adds up.
            while (left := due - time.monotonic()) > 0 and not self._stopping:
                show()
                time.sleep(min(left, SLICE))
            show()
            if self._stopping:
                return False
            self._last_due, self._last_at = due, time.monotonic()
            self._worst = max(self._worst, self._last_at - due)
            sends[route](message)
            self._sent += 1
        return True

    @property
    def progress_text(self) -> str:
        """How far it came: `1 of 3 messages`."""
        if self._loops:
            return f"{self._sent} of {plural(self.count * self._loops, 'message')}"
        return plural(self._sent, "message")

    def _told(self, error: CanLibraryError) -> CanLibraryError:
        of = f" of {self.count * self._loops}" if self._loops else ""
        return BusError(
            f"{error} The replay of '{self.name}' ended there: {plural(self._sent, 'message')}{of} had been sent."
        )


def _message(message_type: Any, record: bytes) -> Any:
    _, _, value, flags, dlc = HEAD.unpack_from(record)
    return message_type(
        0.0,
        value,
        bool(flags & EXTENDED),
        bool(flags & REMOTE),
        dlc=dlc,
        data=record[DATA_AT:],
        is_fd=bool(flags & FD),
        is_rx=False,
        bitrate_switch=bool(flags & BRS),
        error_state_indicator=bool(flags & ESI),
    )

"""Replays in the background, by handle, and what went wrong with them."""

from __future__ import annotations

import math
import time
from itertools import count
from typing import TYPE_CHECKING

from CanLibrary.errors import BusError, ConfigurationError, nearest
from CanLibrary.formatting import duration, quoted
from CanLibrary.sessions.progress import Progress
from CanLibrary.types import ReplayResult

if TYPE_CHECKING:  # what replays is imported when something is: an import of the library should cost little
    from CanLibrary.sessions.replay import Replay


class Replays:
    """All replays in the background of a library instance."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._numbers = count(1)

    def start(self, replay: Replay) -> str:
        """Let a replay run in the background and return its handle."""
        for old in self._kept.values():
            if old.is_over:
                old.let_go()
        handle = f"replay-{next(self._numbers)}"
        kept = self._kept[handle] = _Kept(replay)
        for bus in replay.buses:
            bus.dependents.append(kept)
            bus.background.append(kept.take_untold)
        replay.start(kept.ended)
        return handle

    def stop(self, handle: str | None) -> ReplayResult:
        """Stop a replay and return what came of it; twice is fine."""
        kept = self._find(handle)
        kept.replay.stop()
        return kept.told_result()

    def wait(self, handle: str | None, timeout: float | None) -> ReplayResult:
        """Return what came of a replay when it has ended.

        Raises:
            ConfigurationError: It does not end, or not in time; it goes on.
            BusError: A message could not be sent, or a bus closed before the end.
        """
        from CanLibrary.traffic.waits import SLICE

        kept = self._find(handle)
        replay = kept.replay
        if timeout is None and replay.total is None and replay.running:
            raise ConfigurationError(
                f"The replay of '{replay.name}' goes on for ever; give timeout=, or use Stop Can Replay."
            )
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        progress = Progress(f"Replaying {replay.name}", replay.total, replay.passed)
        try:
            while replay.running and time.monotonic() < deadline:
                replay.join(min(SLICE, max(deadline - time.monotonic(), 0)))
                progress.show()
        finally:
            progress.end()
        if replay.running and timeout is not None:
            raise ConfigurationError(
                f"The replay of '{replay.name}' did not end within {duration(timeout)}; it goes on. So far: "
                f"{replay.result()}"
            )
        replay.join(1)  # its thread has still to say why it ended
        result = kept.told_result()
        if kept.cut_off_by:
            raise BusError(
                f"The replay of '{replay.name}' was cut off after {replay.progress_text}: {kept.cut_off_by} closed."
            )
        return result

    def _find(self, handle: str | None) -> _Kept:
        if handle is None:
            if not self._kept:
                raise ConfigurationError(
                    "No replay was started in the background; use Replay Can Trace with background=True."
                )
            return next(reversed(self._kept.values()))
        if handle not in self._kept:
            known = [name for name, kept in self._kept.items() if kept.replay.running]
            running = f"running: {quoted(known)}" if known else "none is running"
            raise ConfigurationError(
                f"There is no replay '{handle}' ({running}){nearest(handle, self._kept) or '.'}"
            )
        return self._kept[handle]


class _Kept:
    """A replay, for which it ends before its buses close and has errors to tell."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.notices: list[str] = []
        self.cut_off_by = ""  # the bus or buses whose closing ended it
        self._told = False

    def ended(self) -> None:
        """Note that it ended by itself: called in its thread."""
        lateness = self.replay.result().lateness
        if lateness and self.replay.buses:
            self.replay.buses[0].notices.append(lateness)

    def told_result(self) -> ReplayResult:
        """Return what came of it, or fail with why it ended."""
        if self.replay.error is not None:
            self._told = True
            raise self.replay.error
        return self.replay.result()

    def close(self) -> list[Exception]:
        """End, because a bus closes; the others are let go of as well."""
        was_running = self.replay.running
        self.replay.stop()
        if was_running and not self.replay.result().is_complete and self.replay.error is None:
            names = [bus.alias for bus in self.replay.buses]
            self.cut_off_by = (
                f"bus '{names[0]}' was" if len(names) == 1 else f"one of the buses {quoted(names)} was"
            )
        untold = self.take_untold()
        self.let_go()
        return untold

    @property
    def is_over(self) -> bool:
        """Whether it neither runs nor has anything to tell."""
        return not self.replay.running and (self._told or self.replay.error is None)

    def let_go(self) -> None:
        """Let the buses go; they and their traces are not kept for the sake of a handle."""
        buses, self.replay.buses = self.replay.buses, []
        for bus in buses:
            bus.dependents.remove(self)
            bus.background.remove(self.take_untold)

    def take_untold(self) -> list[Exception]:
        """Return the error that nobody was told, once."""
        if self._told or self.replay.error is None:
            return []
        self._told = True
        return [self.replay.error]

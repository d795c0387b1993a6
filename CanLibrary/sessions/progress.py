"""One line on the console while something lasts, and nothing where the console is no terminal."""

from __future__ import annotations

import sys
import time

_SILENT = 2.0  # seconds: what is shorter needs no line
_STEP = 0.2  # seconds between two changes of the line


class Progress:
    """Shows what is going on and for how long; the line is wiped at the end.

    It writes to the original standard error, because Robot Framework captures what keywords print.
    """

    def __init__(self, doing: str, total: float | None = None, passed: float = 0.0) -> None:
        """Begin to count the seconds.

        Args:
            doing: What is going on.
            total: How many seconds it will last, where that is known.
            passed: How many of them are over.
        """
        self._doing = doing
        self._began = self._shown = time.monotonic()
        self._passed = passed
        self._of = "" if total is None else f" of {total:.0f}"
        self._width = 0

    def show(self) -> None:
        """Bring the line up to date; called as often as one likes."""
        now = time.monotonic()
        console = sys.__stderr__
        if (
            now - self._began < _SILENT
            or now - self._shown < _STEP
            or console is None
            or not console.isatty()
        ):
            return
        self._shown = now
        line = f"{self._doing} … {now - self._began + self._passed:.0f}{self._of} s"
        console.write(f"\r{line}")
        console.flush()
        self._width = len(line)

    def end(self) -> None:
        """Wipe the line, if there is one."""
        if self._width and sys.__stderr__ is not None:
            sys.__stderr__.write("\r" + " " * self._width + "\r")
            sys.__stderr__.flush()

"""Judging that nothing came: what lay in a driver's queue when a window ended came in time."""

from __future__ import annotations

import time


class Judge:
    """Finds out before which record everything stands that had arrived at a deadline.

    On a busy machine, or with a slow driver, a message can lie in the driver's queue when a window ends.
    "None arrived" may be said only when the queue was found empty after that. The receiver therefore ends
    its waits at the deadline and then reads without waiting until there is nothing more.
    """

    __slots__ = ("_since", "busy", "deadline", "position")

    def __init__(self, deadline: float, *, strict: bool) -> None:
        self.deadline = deadline
        self.position: int | None = None  # once it is known
        self.busy = False  # messages were still waiting after the deadline
        # What a look brings that began before anybody judged came after the deadline, if the look ended after
        # it, because that look waited. A strict judge does not count on that, nor one that comes too late: on a
        # machine that is as busy the reading thread may have slept as well.
        now = time.monotonic()
        self._since = 0.0 if strict or now >= deadline else now

    def patience(self, now: float) -> float:
        """Return how many seconds the receiver may wait for a message."""
        return float("inf") if self.position is not None else max(self.deadline - now, 0.0)

    def looked(self, asked: float, returned: float, empty: bool, end: int) -> None:
        """Note a look into the driver's queue, before what it found is recorded.

        Args:
            asked: The monotonic time at which it began.
            returned: The monotonic time at which it ended.
            empty: Whether it found nothing.
            end: The position of the next record.
        """
        if self.position is not None or returned < self.deadline:
            return
        if asked < self._since or (empty and asked >= self.deadline):
            self.position = end
        elif not empty:
            self.busy = True

"""The lock of those who send on one bus, which knows whether somebody waits for it."""

from __future__ import annotations

import threading
import time
from collections import deque


class Turns:
    """A lock; who holds it again and again lets the others have their turn with `give_way`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[None] = deque()  # its append and pop need no lock of their own

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            self._waiting.append(None)
            try:
                self._lock.acquire()
            finally:
                self._waiting.pop()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    @property
    def taken(self) -> bool:
        """Whether somebody has the lock."""
        return self._lock.locked()

    def give_way(self) -> None:
        """Let who waits have the lock now; a plain release would not, and a sleep each time costs a lot."""
        if self._waiting:
            time.sleep(0)

"""What a backend hands over from its thread: payloads in order, errors with their time."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from CanLibrary.types import Payload


@dataclass
class Problem:
    """Something that ISO-TP met in the background, as a sentence for the tester."""

    error: Exception
    harmless: bool = False  # no payload was lost: a warning is enough
    at: float = field(default_factory=time.monotonic)


class Inbox:
    """Unread payloads and untold problems; `changed` is notified whenever there is news."""

    def __init__(self) -> None:
        self.changed = threading.Condition(threading.Lock())
        self._payloads: deque[tuple[int, Payload]] = deque()
        self._problems: list[Problem] = []
        self.count = 0  # payloads ever received: the next one has this number

    def put(self, payload: bytes) -> None:
        """Keep a received payload."""
        with self.changed:
            self._payloads.append((self.count, Payload(payload)))
            self.count += 1
            self.changed.notify_all()

    def report(self, problem: Problem) -> None:
        """Keep a problem until a keyword tells it."""
        with self.changed:
            self._problems.append(problem)
            self.changed.notify_all()

    def notify(self) -> None:
        """Wake whoever waits, after a transfer was done."""
        with self.changed:
            self.changed.notify_all()

    @property
    def unread(self) -> int:
        """How many payloads are unread."""
        return len(self._payloads)

    def take(self, accept: Callable[[Payload], bool], since: int = 0) -> Payload | None:
        """Return the oldest unread payload from a number on that is accepted, or None; with the lock held."""
        for at, (number, payload) in enumerate(self._payloads):
            if number >= since and accept(payload):
                del self._payloads[at]
                return payload
        return None

    def peek(self, since: int = 0) -> list[Payload]:
        """Return the unread payloads from a number on; with the lock held."""
        return [payload for number, payload in self._payloads if number >= since]

    def take_problems(self) -> list[Problem]:
        """Return the problems that nobody told yet; they count as told."""
        with self.changed:
            return self.take_problems_locked()

    def take_problems_locked(self) -> list[Problem]:
        """Return the problems that nobody told yet; with the lock held."""
        problems, self._problems = self._problems, []
        return problems

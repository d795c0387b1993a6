"""What a backend hands over from its thread: payloads in order, errors with their time."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from CanLibrary.errors import CanLibraryError
from CanLibrary.formatting import plural
from CanLibrary.types import Payload


@dataclass
class Problem:
    """Something that ISO-TP met in the background, as a sentence for the tester."""

    error: Exception
    harmless: bool = False  # no payload was lost: a warning is enough
    at: float = field(default_factory=time.monotonic)


_MOST_PAYLOADS = 100_000
_MOST_PROBLEMS = 20  # a flood of broken messages is told by its beginning and its size


class Inbox:
    """Unread payloads and untold problems; `changed` is notified whenever there is news."""

    def __init__(self) -> None:
        self.changed = threading.Condition(threading.Lock())
        self._payloads: deque[tuple[int, Payload]] = deque()
        self._problems: list[Problem] = []
        self._more_problems = 0
        self._lost = 0
        self.count = 0  # payloads ever received: the next one has this number
        self.over = False  # what brings payloads is gone, and a problem says so

    def put(self, payload: bytes) -> None:
        """Keep a received payload."""
        with self.changed:
            self._payloads.append((self.count, Payload.of(payload)))
            self.count += 1
            if len(self._payloads) > _MOST_PAYLOADS:
                self._payloads.popleft()
                self._lost += 1
            self.changed.notify_all()

    def report(self, problem: Problem) -> None:
        """Keep a problem until a keyword tells it."""
        with self.changed:
            if len(self._problems) < _MOST_PROBLEMS:
                self._problems.append(problem)
            else:
                self._more_problems += 1
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

    @property
    def has_problems(self) -> bool:
        """Whether there is something that nobody told yet."""
        return bool(self._problems or self._lost)

    def take_problems(self) -> list[Problem]:
        """Return the problems that nobody told yet; they count as told."""
        with self.changed:
            problems, self._problems = self._problems, []
            more, self._more_problems = self._more_problems, 0
            lost, self._lost = self._lost, 0
        if more:
            harmless = all(problem.harmless for problem in problems)
            problems.append(Problem(CanLibraryError(f"{plural(more, 'more problem')} followed."), harmless))
        if lost:
            problems.append(Problem(CanLibraryError(f"{plural(lost, 'unread IsoTp frame')} had to go.")))
        return problems

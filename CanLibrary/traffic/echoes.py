"""Own messages that an interface hands back: told from those that others sent (verdict rule 5)."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from CanLibrary.traffic.trace import key_of

_LIFE = 1.0  # seconds after which an echo that did not come is expected no longer
_MOST = 4096


class Echo(Enum):
    """How an interface hands back what is sent on it, where the user did not ask for that."""

    # Virtual buses; also SocketCAN, whose mark stands for "sent on this computer", by others too (python-can #1258).
    NEVER = "never"
    MARKED = "marked"  # with is_rx False, if at all
    UNMARKED = "unmarked"  # like a message of somebody else: udp_multicast


@dataclass
class CyclicEcho:
    """A message that the interface sends by itself."""

    count: int = 0  # how often the bus has shown it


class KernelEchoes:
    """Tells what the kernel sends for this bus, when the bus shows it, from what others send.

    That is periodic messages, known by their content, and those of ISO-TP sockets, known by their
    identifiers. The kernel marks what comes from this computer.
    """

    def __init__(self) -> None:
        self._expected: dict[tuple[int, bytes], CyclicEcho] = {}
        self._keys: Counter[int] = Counter()

    def __bool__(self) -> bool:
        return bool(self._expected or self._keys)

    def claim(self, keys: Iterable[int]) -> None:
        """Take messages of this computer with these identifiers for ours, until `release`."""
        self._keys.update(keys)

    def release(self, keys: Iterable[int]) -> None:
        """Take them for ours no more, as often as they were claimed."""
        self._keys -= Counter(keys)

    def expect(self, message: Any, echo: CyclicEcho | None = None) -> CyclicEcho:
        """Count this message from now on; with an echo, also with what is counted there already."""
        counted = CyclicEcho() if echo is None else echo
        self._expected[_content(message)] = counted
        return counted

    def forget(self, echo: CyclicEcho) -> None:
        """Count no more of it."""
        self._expected = {content: kept for content, kept in self._expected.items() if kept is not echo}

    def is_own(self, message: Any) -> bool:
        """Return whether the kernel sent a message for us, and count it then."""
        if message.is_rx:
            return False
        if (echo := self._expected.get(_content(message))) is not None:
            echo.count += 1
            return True
        return key_of(message.arbitration_id, message.is_extended_id) in self._keys


def _content(message: Any) -> tuple[int, bytes]:
    return key_of(message.arbitration_id, message.is_extended_id), bytes(message.data)


class Echoes:
    """Remembers what was sent until it comes back."""

    def __init__(self, kind: Echo, asked_for: bool) -> None:
        self._kind = kind
        self.come = asked_for or kind is not Echo.NEVER  # whether there is anything to expect
        self._expected: deque[tuple[int, bytes, float]] = deque(maxlen=_MOST)

    def expect(self, key: int, data: bytes, now: float) -> None:
        """Note a message that is about to be sent."""
        if self.come:
            self._expected.append((key, bytes(data), now))

    def is_own(self, key: int, message: Any) -> bool:
        """Return whether a message that the bus handed out was sent here."""
        if not self._expected or (message.is_rx and self._kind is not Echo.UNMARKED):
            return False
        oldest = time.monotonic() - _LIFE
        while self._expected and self._expected[0][2] < oldest:
            self._expected.popleft()
        for sent in self._expected:
            if sent[0] == key and sent[1] == message.data:
                self._expected.remove(sent)
                return True
        return False

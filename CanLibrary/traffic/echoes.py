"""Own messages that an interface hands back: told from those that others sent (verdict rule 5)."""

from __future__ import annotations

import time
from collections import deque
from enum import Enum
from typing import Any

_LIFE = 1.0  # seconds after which an echo that did not come is expected no longer
_MOST = 4096


class Echo(Enum):
    """How an interface hands back what is sent on it, where the user did not ask for that."""

    # Virtual buses; also SocketCAN, whose mark stands for "sent on this computer", by others too (python-can #1258).
    NEVER = "never"
    MARKED = "marked"  # with is_rx False, if at all
    UNMARKED = "unmarked"  # like a message of somebody else: udp_multicast


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

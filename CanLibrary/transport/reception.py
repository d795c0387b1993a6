"""What a bus shows of a payload on its way in, for a backend that does not tell by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

_SINGLE, _FIRST, _CONSECUTIVE = range(3)  # N_PCI types, ISO 15765-2 9.6.1
_ESCAPED_HEADER = 6  # bytes of the header of a first frame whose length has 32 bits
_INTERRUPTING = {
    _SINGLE: "ReceptionInterruptedWithSingleFrameError",
    _FIRST: "ReceptionInterruptedWithFirstFrameError",
}


class Reception:
    """Follows the messages of one partner, to know whether a payload of several messages is under way."""

    def __init__(
        self, prefix: bytes, fd: bool, longest: int, patience: float, interrupted: Callable[[str], None]
    ) -> None:
        """Begin with nothing under way.

        Args:
            prefix: What each message of the partner begins with.
            fd: Whether its messages are CAN FD; others are not for the backend.
            longest: Bytes that are accepted; a longer payload is refused and never under way.
            patience: Seconds after which a payload that does not go on has ended (N_Cr).
            interrupted: Told can-isotp's name for what ended a payload that was not complete.
        """
        self._prefix, self._fd, self._longest, self._patience = prefix, fd, longest, patience
        self._interrupted = interrupted
        self._missing = 0
        self._number = 0  # of the next consecutive frame
        self._at = 0.0

    def note(self, message: Any) -> None:
        """Take a received message of python-can into account."""
        data = bytes(message.data)
        if bool(message.is_fd) != self._fd or not data.startswith(self._prefix):
            return
        data = data[len(self._prefix) :]
        kind = data[0] >> 4 if data else None
        if kind in _INTERRUPTING and self.under_way:
            self._interrupted(_INTERRUPTING[kind])
        if kind == _FIRST and len(data) >= _ESCAPED_HEADER:
            size, header = (data[0] & 0xF) << 8 | data[1], 2
            if not size:
                size, header = int.from_bytes(data[2:6], "big"), _ESCAPED_HEADER
            self._missing = size - (len(data) - header) if size <= self._longest else 0
            self._number = 1
        elif kind == _CONSECUTIVE:
            self._missing = self._missing - (len(data) - 1) if data[0] & 0xF == self._number else 0
            self._number = (self._number + 1) & 0xF
        elif kind == _SINGLE:
            self._missing = 0
        self._at = time.monotonic()

    def take_expired(self) -> bool:
        """Return whether a payload did not go on in time, once."""
        expired = self._missing > 0 and not self.under_way
        if expired:
            self._missing = 0
        return expired

    def forget(self) -> None:
        """Begin again with nothing under way."""
        self._missing = 0

    @property
    def under_way(self) -> bool:
        """Whether a payload began and is neither complete nor given up."""
        return self._missing > 0 and time.monotonic() - self._at < self._patience

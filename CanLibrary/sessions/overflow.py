"""Messages that were dropped because nobody read them in time: python-can does not tell of them."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections import deque
from typing import Any

from CanLibrary.errors import BusError
from CanLibrary.formatting import plural

# Numbers of Linux that Python's socket module has no names for.
_MEMINFO_OPTION = (
    55  # SO_MEMINFO, since 4.12; the flags of SO_RXQ_OVFL cannot be used, python-can refuses them
)
_MEMINFO = struct.Struct("9I")  # the last one: messages dropped since the socket was made
_FORCE_ROOM = 33  # SO_RCVBUFFORCE, for root only
_ROOM = 8 << 20  # bytes; the kernel takes 768 of them for each message that waits


class Overflow:
    """Makes room in the socket of a SocketCAN bus, and tells what was dropped here or at an exporter."""

    def __init__(self, bus: Any, alias: str) -> None:
        self._alias = alias
        self._socket: Any = getattr(bus, "socket", None)
        self._told = 0
        self._told_by_bus: deque[str] = deque()  # of an exported bus: its exporter knows what was lost there
        if hasattr(bus, "tell_losses"):
            bus.tell_losses(self._told_by_bus.append)
        if self._socket is None or getattr(self._socket, "family", None) != getattr(socket, "AF_CAN", -1):
            self._socket = None
            return
        for option in (socket.SO_RCVBUF, _FORCE_ROOM):
            with contextlib.suppress(OSError):
                self._socket.setsockopt(socket.SOL_SOCKET, option, _ROOM)

    def take(self) -> list[Exception]:
        """Return what was lost since the last call, as one sentence or none."""
        if self._told_by_bus:
            return [
                BusError(f"The exporter's driver says: {self._told_by_bus.popleft()}")
                for _ in range(len(self._told_by_bus))
            ]
        if self._socket is None:
            return []
        try:
            info = self._socket.getsockopt(socket.SOL_SOCKET, _MEMINFO_OPTION, _MEMINFO.size)
        except OSError:  # an older kernel, or the socket is closed
            return []
        dropped = _MEMINFO.unpack(info)[-1]
        lost, self._told = (dropped - self._told) & 0xFFFFFFFF, dropped
        if not lost:
            return []
        return [
            BusError(
                f"Bus '{self._alias}' lost {plural(lost, 'message')}: they came faster than they could be read, and "
                "the kernel had no more room for them."
            )
        ]

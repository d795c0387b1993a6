"""Which time stands in a file, and records of a trace as messages with that time.

A trace has two times of a message: the monotonic one at which it was recorded, and the interface's. Some interfaces
stamp with the wall clock, as SocketCAN does: that is the better time. Others count from when they were plugged in.
Messages sent here carry the computer's wall clock in any case; beside times of such an interface they would stand years
apart, and in another order than they passed. So a file has the interface's time where it agrees with the wall clock
at which the message was recorded, and else that wall clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from CanLibrary.traffic.trace import BRS, DATA_AT, ERROR, ESI, EXTENDED, FD, HEAD, REMOTE, TX

if TYPE_CHECKING:
    import can

# Seconds that a message may have waited in the driver, or that the wall clock may have been put right meanwhile.
_AGREE = 2.0


def wall_clock() -> Callable[[float, float], float]:
    """Return a function from the two times of a message to the time for a file, seconds since 1970."""
    offset = time.time() - time.monotonic()

    def file_time(received_at: float, timestamp: float) -> float:
        if received_at == timestamp:  # in a recording both are the time of its file
            return timestamp
        recorded = received_at + offset
        return timestamp if abs(timestamp - recorded) < _AGREE else recorded

    return file_time


def unpacker(channel: str | int | None) -> Callable[[bytes], can.Message]:
    """Return a function from packed records of a trace to messages of python-can."""
    import can

    message_type: Any = can.Message
    file_time = wall_clock()
    unpack = HEAD.unpack_from

    def unpacked(record: bytes) -> can.Message:
        received_at, timestamp, value, flags, dlc = unpack(record)
        return message_type(  # type: ignore[no-any-return]
            file_time(received_at, timestamp),
            value,
            flags & EXTENDED != 0,
            flags & REMOTE != 0,
            flags & ERROR != 0,
            channel,
            dlc,
            record[DATA_AT:],
            flags & FD != 0,
            not flags & TX,
            flags & BRS != 0,
            flags & ESI != 0,
        )

    return unpacked

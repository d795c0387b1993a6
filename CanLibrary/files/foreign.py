"""What python-can's readers and messages need around them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from CanLibrary.formatting import message_text

if TYPE_CHECKING:
    import can


@contextmanager
def quiet() -> Iterator[None]:
    """Keep python-can's readers from logging what becomes a notice here, line by line."""
    logger = logging.getLogger("can.io")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def is_sound(message: can.Message) -> bool:
    """Return whether the numbers of a message are numbers: a column of SQLite holds anything."""
    numbers = (message.timestamp, message.arbitration_id, message.dlc)
    return all(isinstance(number, kind) for number, kind in zip(numbers, (float, int, int), strict=True))


def is_cut(message: can.Message) -> bool:
    """Return whether a message has less data than its length says: its line was cut or overwritten."""
    if message.is_remote_frame or message.is_error_frame:
        return False
    size, length = len(message.data), message.dlc
    # CAN has lengths up to 15 that mean 8 bytes; some formats keep CAN FD messages, but not that they are such.
    return size != length and (message.is_fd or size != min(length, 8))


def text_of(message: can.Message) -> str:
    """Return a message as it prints here; python-can's own text has other columns."""
    if message.is_error_frame:
        return "an error frame"
    return message_text(
        message.arbitration_id,
        message.is_extended_id,
        bytes(message.data),
        message.dlc,
        remote=message.is_remote_frame,
        fd=message.is_fd,
        bitrate_switch=message.bitrate_switch,
    )

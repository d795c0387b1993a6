"""Many messages in one piece of text, for the drivers of CanLibrary.exporter: a call for each costs milliseconds."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable, Iterator

import can

_HEAD = struct.Struct("<dIBBB")  # timestamp, identifier, flags, dlc, bytes of data
_FLAGS = (
    "is_extended_id",
    "is_remote_frame",
    "is_error_frame",
    "is_fd",
    "bitrate_switch",
    "error_state_indicator",
    "is_rx",
)
MOST = 2000  # messages in one batch


def packed(message: can.Message) -> bytes:
    """Return one message as bytes."""
    flags = sum(1 << bit for bit, name in enumerate(_FLAGS) if getattr(message, name))
    data = bytes(message.data)
    return _HEAD.pack(message.timestamp, message.arbitration_id, flags, message.dlc, len(data)) + data


def as_text(messages: Iterable[bytes]) -> str:
    """Return packed messages as one text."""
    return base64.b64encode(b"".join(messages)).decode()


def unpack(text: str, channel: str | None = None) -> Iterator[can.Message]:
    """Return the messages of a text, in order."""
    given, at = base64.b64decode(text), 0
    while at < len(given):
        timestamp, identifier, flags, dlc, size = _HEAD.unpack_from(given, at)
        at += _HEAD.size
        set_flags = {name: bool(flags >> bit & 1) for bit, name in enumerate(_FLAGS)}
        yield can.Message(
            timestamp=timestamp,
            arbitration_id=identifier,
            channel=channel,
            dlc=dlc,
            data=None if set_flags["is_remote_frame"] else given[at : at + size],
            **set_flags,
        )
        at += size

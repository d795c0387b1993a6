"""Saving messages that are there already."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from CanLibrary.files.times import wall_clock
from CanLibrary.files.writing import TraceWriter, file_channel


def save(path: Path | str, messages: Iterable[Any], channel: object = None) -> TraceWriter:
    """Write messages into a file and return its closed writer, which knows what the format does not hold.

    Args:
        path: Where to write; its ending says in which format. A file of that name is overwritten.
        messages: Messages of python-can, with the times for the file, or of ours.
        channel: The channel of those that have none.

    Raises:
        ConfigurationError: No such format is written.
        BusError: The file cannot be written.
    """
    import can

    file_time, default = wall_clock(), file_channel(channel)
    writer = TraceWriter(path)
    try:
        for message in messages:
            received_at = getattr(message, "received_at", None)
            writer.write(
                can.Message(
                    message.timestamp if received_at is None else file_time(received_at, message.timestamp),
                    message.arbitration_id,
                    message.is_extended_id,
                    message.is_remote_frame,
                    message.is_error_frame,
                    default if message.channel is None else message.channel,
                    message.dlc,
                    message.data,
                    message.is_fd,
                    message.is_rx,
                    message.bitrate_switch,
                    message.error_state_indicator,
                )
            )
    finally:
        writer.close()
    return writer

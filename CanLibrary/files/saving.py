"""Messages into a trace file, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from CanLibrary.types import CanMessage


def save(path: Path, messages: Iterable[CanMessage]) -> int:
    """Write messages in the format that the ending of the file says, and return how many there were."""
    import can

    count = 0
    with can.Logger(path) as writer:
        for message in messages:
            writer(
                can.Message(
                    message.timestamp,
                    message.arbitration_id,
                    message.is_extended_id,
                    message.is_remote_frame,
                    message.is_error_frame,
                    message.channel,
                    message.dlc,
                    message.data,
                    message.is_fd,
                    message.is_rx,
                    message.bitrate_switch,
                    message.error_state_indicator,
                )
            )
            count += 1
    return count

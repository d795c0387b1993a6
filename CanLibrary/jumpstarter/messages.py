"""Messages between python-can and the published driver, which takes them as maps."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import can


def as_map(message: can.Message) -> dict[str, Any]:
    """Return a message for the exporter, whose bus has its own name for its channel."""
    return {
        "timestamp": message.timestamp,
        "arbitration_id": message.arbitration_id,
        "is_extended_id": message.is_extended_id,
        "is_remote_frame": message.is_remote_frame,
        "is_error_frame": message.is_error_frame,
        "channel": None,
        "dlc": message.dlc,
        "data": base64.b64encode(message.data).decode(),
        "is_fd": message.is_fd,
        "is_rx": message.is_rx,
        "bitrate_switch": message.bitrate_switch,
        "error_state_indicator": message.error_state_indicator,
    }


def from_map(given: Mapping[str, Any], channel: str | None) -> can.Message:
    """Return a message of the exporter; numbers come as floats over the wire."""
    return can.Message(
        timestamp=given["timestamp"],
        arbitration_id=int(given["arbitration_id"]),
        is_extended_id=given["is_extended_id"],
        is_remote_frame=given["is_remote_frame"],
        is_error_frame=given["is_error_frame"],
        channel=channel,
        dlc=int(given["dlc"] or 0),
        data=None if given["is_remote_frame"] else base64.b64decode(given["data"] or ""),
        is_fd=given["is_fd"],
        is_rx=given["is_rx"],
        bitrate_switch=given["bitrate_switch"],
        error_state_indicator=given["error_state_indicator"],
    )

"""What all drivers of ours have in common: how their configuration is read and their bus is opened."""

from __future__ import annotations

from typing import Any

import can
from pydantic import ConfigDict

from CanLibrary.config import bus_description
from CanLibrary.sessions.interfaces import open_bus

CONFIG = ConfigDict(arbitrary_types_allowed=True, extra="forbid")
Plain = dict[str, Any]


def opened(driver: Any) -> can.BusABC:
    """Return the bus that a driver describes; what its interface remarks goes into the exporter's log."""
    words = ("interface", "channel", "bitrate", "fd", "data_bitrate", "filters", "options")
    given = {word: getattr(driver, word, None) for word in words}
    bus, notices = open_bus(bus_description(type(driver).__name__, given))
    for notice in notices:
        driver.logger.warning(notice)
    return bus


def looked(bus: can.BusABC, wait: float) -> tuple[can.Message | None, bool]:
    """Return a message that passes the filters of a bus, and whether its driver had none, be it one that does not.

    `recv` does not tell these apart: where python-can itself filters, it says of the one that there is nothing.
    """
    message, filtered = bus._recv_internal(wait)  # what python-can has its interfaces implement
    if message is None:
        return None, True
    return (message if filtered or bus._matches_filters(message) else None), False

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

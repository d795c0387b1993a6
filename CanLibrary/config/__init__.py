"""Import arguments, keyword arguments or YAML → frozen descriptions of buses and connections."""

from __future__ import annotations

from CanLibrary.config.bench import find_mistakes, load_bench, read_bench
from CanLibrary.config.buses import bus_description
from CanLibrary.config.connections import KERNEL_INTERFACE, connection_description
from CanLibrary.config.descriptions import (
    DEFAULT_ALIAS,
    DEFAULT_CAPACITY,
    DEFAULT_SHOWN,
    SEND_TIMEOUT,
    Bench,
    BusDescription,
    ConnectionDescription,
)
from CanLibrary.config.location import located

__all__ = [
    "DEFAULT_ALIAS",
    "DEFAULT_CAPACITY",
    "DEFAULT_SHOWN",
    "KERNEL_INTERFACE",
    "SEND_TIMEOUT",
    "Bench",
    "BusDescription",
    "ConnectionDescription",
    "bus_description",
    "connection_description",
    "find_mistakes",
    "load_bench",
    "located",
    "read_bench",
]

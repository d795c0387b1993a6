"""Frozen descriptions of buses and connections: what an import, a YAML file or a keyword asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from CanLibrary.types import AnyIsoTpAddress, Backend, CanFilters, IsoTpParams

if TYPE_CHECKING:  # imported where a file describes one: an import of the library should cost little
    from CanLibrary.config.ecus import EcuDescription

# Messages that a bus keeps; then the oldest go.
DEFAULT_CAPACITY = 1_000_000
DEFAULT_SHOWN = 1000  # messages of each bus in log.html when a test fails
# Seconds until the driver must have taken a message. python-can's own default waits for ever on some interfaces
# when nobody acknowledges.
SEND_TIMEOUT = 1.0
DEFAULT_ALIAS = "can"
DEFAULT_INTERFACE = "virtual"
DEFAULT_CHANNEL = 0  # of the virtual interface; elsewhere the driver knows its own


@dataclass(frozen=True)
class BusDescription:
    """A bus to open. `options` are those of the interface, as python-can names them."""

    alias: str
    interface: str = DEFAULT_INTERFACE
    channel: str | int | None = None
    bitrate: int | None = None
    fd: bool | None = None
    data_bitrate: int | None = None
    filters: CanFilters | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ConnectionDescription:
    """An ISO-TP connection to open, on a bus known by its alias or on a node of its own."""

    alias: str
    address: AnyIsoTpAddress
    params: IsoTpParams = field(default_factory=IsoTpParams)
    backend: Backend = Backend.python
    bus: str | None = None
    node: BusDescription | None = None
    read_timeout: float = 0.05
    given: frozenset[str] = field(default=frozenset(), compare=False)  # parameters that were, not by default


@dataclass(frozen=True)
class Bench:
    """All that an import or a YAML file describes, by alias."""

    buses: Mapping[str, BusDescription] = field(default_factory=dict)
    connections: Mapping[str, ConnectionDescription] = field(default_factory=dict)
    ecus: Mapping[str, EcuDescription] = field(default_factory=dict)

"""Faults of the transport layer on purpose, and how its timing looks on the wire."""

from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.connections import Connections


class IsoTpFaultKeywords:
    """Keywords for faults and timing of ISO-TP."""

    def __init__(self, buses: Buses, connections: Connections) -> None:
        self._buses = buses
        self._connections = connections

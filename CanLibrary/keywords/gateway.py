"""Routing between two buses, and whether a message was routed."""

from CanLibrary.sessions.buses import Buses


class GatewayKeywords:
    """Keywords for gateways."""

    def __init__(self, buses: Buses) -> None:
        self._buses = buses

"""Counters and checksums in messages that came."""

from CanLibrary.sessions.buses import Buses


class ProtectionKeywords:
    """Keywords that judge counters and checksums."""

    def __init__(self, buses: Buses) -> None:
        self._buses = buses

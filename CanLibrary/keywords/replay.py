"""Sending a recording again."""

from CanLibrary.sessions.buses import Buses


class ReplayKeywords:
    """Keywords that replay a recording."""

    def __init__(self, buses: Buses) -> None:
        self._buses = buses

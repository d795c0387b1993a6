"""How busy a bus is, and how regular its messages."""

from CanLibrary.sessions.buses import Buses


class StatisticsKeywords:
    """Keywords for statistics and bus load."""

    def __init__(self, buses: Buses) -> None:
        self._buses = buses

"""What passed on a bus: asked for after the fact."""

from CanLibrary.sessions.buses import Buses


class HistoryKeywords:
    """Keywords that ask for what was recorded."""

    def __init__(self, buses: Buses, timeout: float) -> None:
        self._buses = buses
        self._timeout = timeout

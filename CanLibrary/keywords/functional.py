"""One request to all, and the answers of each."""

from CanLibrary.sessions.buses import Buses


class FunctionalRequestKeywords:
    """Keywords for functional requests."""

    def __init__(self, buses: Buses, timeout: float) -> None:
        self._buses = buses
        self._timeout = timeout

"""What log.html shows of a bus."""

from CanLibrary.sessions.buses import Buses


class EvidenceKeywords:
    """Keywords that put evidence into log.html."""

    def __init__(self, buses: Buses) -> None:
        self._buses = buses

"""Traces in files: written while messages pass, and opened to be asked like a bus."""

from CanLibrary.sessions.buses import Buses


class FileKeywords:
    """Keywords for trace files."""

    def __init__(self, buses: Buses) -> None:
        self._buses = buses

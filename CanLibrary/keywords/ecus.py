"""Simulated ECUs: they answer, send periodically, and say what they saw."""

from CanLibrary.sessions.buses import Buses


class SimulatedEcuKeywords:
    """Keywords for simulated ECUs."""

    def __init__(self, buses: Buses) -> None:
        self._buses = buses

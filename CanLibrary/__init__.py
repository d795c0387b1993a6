"""Robot Framework keywords for testing ECUs over CAN, CAN FD and ISO-TP."""

from __future__ import annotations

from CanLibrary.version import __version__

__all__ = ["__version__"]

"""Robot Framework keywords for testing ECUs over CAN, CAN FD and ISO-TP."""

from __future__ import annotations

from CanLibrary.errors import (
    BusError,
    CanLibraryError,
    ConfigurationError,
    IsoTpTransferError,
    NotSupportedError,
)
from CanLibrary.library import CanLibrary
from CanLibrary.types import CanId, CanMessage, Pattern, Payload
from CanLibrary.version import __version__

__all__ = [
    "BusError",
    "CanId",
    "CanLibrary",
    "CanLibraryError",
    "CanMessage",
    "ConfigurationError",
    "IsoTpTransferError",
    "NotSupportedError",
    "Pattern",
    "Payload",
    "__version__",
]

"""Drivers for a Jumpstarter exporter: drop-ins for the published ones that take what the documentation says.

An exporter file names them as `type: CanLibrary.exporter.Can`, `IsoTpPython` or `IsoTpSocket`. The published
clients work with them. They take `bitrate`, `fd` and an address as a map, refuse what they do not know, close
what they opened, and tell the errors of ISO-TP.
"""

from CanLibrary.exporter.bus import Can
from CanLibrary.exporter.isotp import IsoTpPython, IsoTpSocket

__all__ = ["Can", "IsoTpPython", "IsoTpSocket"]

"""What all keyword classes do: find their session and tell what it has to say (verdict rule 4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from robot.api import logger

from CanLibrary.errors import CanLibraryError, ConfigurationError
from CanLibrary.sessions.bus_session import BusSession
from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.connection import Connection
from CanLibrary.sessions.connections import Connections


class _Noticing(Protocol):
    notices: list[str]


def tell(session: _Noticing) -> None:
    """Warn about what the session noticed; each notice is told once."""
    while session.notices:
        logger.warn(session.notices.pop(0))


def bus_of(buses: Buses, alias: str | None) -> BusSession:
    """Return the bus, opened if need be, or fail with what went wrong on it in the background."""
    session = buses.registry.get(alias)
    tell(session)
    session.check()
    return session


def connection_of(connections: Connections, alias: str | None) -> Connection:
    """Return the connection, opened if need be, with its notices told."""
    connection = connections.registry.get(alias)
    tell(connection)
    return connection


def tell_untold(untold: list[str]) -> None:
    """Fail with what nobody was told before the close."""
    if untold:
        raise CanLibraryError(" ".join(untold))


def seconds(value: timedelta | float | None, default: float, name: str = "timeout") -> float:
    """Return a time argument in seconds."""
    if value is None:
        return default
    amount = value.total_seconds() if isinstance(value, timedelta) else float(value)
    if amount < 0:
        raise ConfigurationError(f"{name}={amount:g} is not possible: a time is 0 seconds or more.")
    return amount

"""ISO-TP connections whose driver is an exporter's: they have no bus here."""

from __future__ import annotations

import threading
from typing import Any, NoReturn

import can

from CanLibrary.config import BusDescription, ConnectionDescription
from CanLibrary.errors import BusError, CanLibraryError, ConfigurationError, nearest
from CanLibrary.formatting import quoted
from CanLibrary.jumpstarter.isotp import asking, isotp_client, let_client_go
from CanLibrary.jumpstarter.problems import let_go
from CanLibrary.jumpstarter.session import Session, join, leave
from CanLibrary.jumpstarter.target import find_target
from CanLibrary.sessions.bus_session import BusSession
from CanLibrary.sessions.registry import Owner
from CanLibrary.transport.exported import ExportedTransport
from CanLibrary.transport.protocol import Transport
from CanLibrary.transport.published import PublishedTransport

_OPTIONS = ("address", "ca_file", "insecure", "passphrase_file")


class DistantBus(can.BusABC):
    """Stands for the bus on the exporter's side, of which nothing is seen here; it ends the session."""

    def __init__(self, session: Session, name: str, client: Any) -> None:
        self._session, self._client = session, client
        self._over = threading.Event()
        self.channel_info = f"driver '{name}' of {session.target.where}"
        super().__init__(channel=name)

    def _recv_internal(self, timeout: float | None) -> tuple[can.Message | None, bool]:
        self._over.wait(timeout)
        return None, True

    def send(self, msg: can.Message, timeout: float | None = None) -> NoReturn:  # noqa: ARG002
        """Refuse: only the exporter's driver sends on its bus."""
        raise can.CanOperationError("only the exporter's driver sends on its bus")

    def shutdown(self) -> None:
        """Leave the session; a second time is fine."""
        if not self._is_shutdown:
            super().shutdown()
            self._over.set()
            if self._client is not None:
                let_client_go(self._client)
            leave(self._session)


def open_exported(description: ConnectionDescription, owner: Owner) -> tuple[BusSession, Transport]:
    """Return the transport of an exporter's driver, and what stands for its bus.

    Raises:
        BusError: The exporter cannot be reached.
        ConfigurationError: It has no such driver, or an option is unknown.
    """
    node = description.node
    assert node is not None  # a description with this backend always has one
    for word in ("bitrate", "data_bitrate", "filters"):
        if getattr(node, word) is not None:
            raise ConfigurationError(
                f"The backend exported works on the exporter's own bus, which is open: leave {word} out."
            )
    for option in node.options:
        if option not in _OPTIONS:
            hint = nearest(option, _OPTIONS) or f"; it has {quoted(_OPTIONS)}."
            raise ConfigurationError(f"The backend exported has no option '{option}'{hint}")
    name, where = str(node.channel), f"Connection '{description.alias}' could not be opened"
    try:
        session = join(find_target(**node.options))
    except CanLibraryError:
        raise
    except Exception as error:
        raise BusError(f"{where}: {str(error).rstrip('.')}.") from error
    try:
        transport, client, notices = _transport(session, name, description)
        bus = DistantBus(session, name, client)
    except BaseException as error:
        let_go(error)
        leave(session)
        raise
    shown = BusDescription(description.alias, node.interface, name, fd=node.fd)
    distant = BusSession(shown, bus, owner)
    distant.notices += notices
    return distant, transport


def _transport(
    session: Session, name: str, description: ConnectionDescription
) -> tuple[Transport, Any, list[str]]:
    """Return the transport of a driver, Jumpstarter's client where it needs one, and what to warn about."""
    alias, address, params = description.alias, description.address, description.params
    if params.wait_func is not None:
        raise ConfigurationError(
            f"Connection '{alias}' runs in the exporter, where a function of yours cannot go: leave wait_func out."
        )
    if ask := asking(session, name):
        return ExportedTransport(alias, ask, address, params, description.given), None, []
    client = isotp_client(session, name)
    without = f"; {', '.join(sorted(description.given))} had no effect" if description.given else ""
    notice = (
        f"Connection '{alias}': the exporter's driver is none of CanLibrary.exporter: it does not tell what goes wrong "
        f"in ISO-TP, and has its own parameters{without}."
    )
    return PublishedTransport(alias, client, address, params), client, [notice]

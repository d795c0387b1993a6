"""Opening, finding and closing ISO-TP connections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from CanLibrary.config import KERNEL_INTERFACE, ConnectionDescription, connection_description
from CanLibrary.errors import ConfigurationError, driver_errors
from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.ownership import Ownership
from CanLibrary.sessions.registry import Owner, Registry
from CanLibrary.types import Backend

if TYPE_CHECKING:  # imported when a connection opens: an import of the library should cost little
    from CanLibrary.sessions.bus_session import BusSession
    from CanLibrary.sessions.connection import Connection
    from CanLibrary.transport.protocol import Transport

DEFAULT_ALIAS = "isotp"


class Connections:
    """All connections of a library instance, by alias."""

    def __init__(
        self, described: Mapping[str, ConnectionDescription], buses: Buses, ownership: Ownership
    ) -> None:
        self._descriptions = dict(described)
        self._buses = buses
        self._ownership = ownership
        self.registry: Registry[Connection] = Registry(
            "connection", "Open IsoTp Connection", self._descriptions, self._open_described
        )

    def open(self, alias: str | None, given: Mapping[str, Any], *, start: bool) -> Connection:
        """Open a connection: what was described under the alias, with what is given now on top."""
        name = alias if alias is not None else self._default_alias(given)
        untold = self._close_dead(name)
        self.registry.check_free(name)
        description = self._described_with(name, given)
        connection = self._connect(description, self._ownership.owner, start=start)
        connection.notices += map(str, untold)
        self.registry.add(connection)
        return connection

    def _close_dead(self, alias: str) -> list[Exception]:
        """Close a connection whose exporter is gone, so that it can be opened again; return what nobody was told."""
        known = self.registry.open.get(alias)
        return self.registry.close(alias) if known is not None and known.transport.inbox.over else []

    def _default_alias(self, given: Mapping[str, Any]) -> str:
        if self.registry.described and not given.get("address"):
            return self.registry.only_described()
        return DEFAULT_ALIAS

    def _open_described(self, alias: str) -> Connection:
        return self._connect(self._descriptions[alias], self._ownership.suite_owner, start=True)

    def _described_with(self, alias: str, given: Mapping[str, Any]) -> ConnectionDescription:
        known = self._descriptions.get(alias)
        if known is None:
            return connection_description(alias, given)
        # Checked together with the address that is described, so that a change of one parameter is enough.
        changed = connection_description(alias, {**given, "address": given.get("address") or known.address})
        params = {name: getattr(changed.params, name) for name in given.get("params") or {}}
        try:
            description = replace(
                known,
                address=changed.address,
                params=replace(known.params, **params),
                given=known.given | frozenset(params),
            )
        except ValueError as error:
            raise ConfigurationError(str(error)) from error
        for name in ("backend", "read_timeout"):
            if given.get(name) is not None:
                description = replace(description, **{name: getattr(changed, name)})
        if changed.bus is not None or changed.node is not None:
            description = replace(description, bus=changed.bus, node=changed.node)
            if description.backend is Backend.exported and given.get("backend") is None:
                description = replace(description, backend=Backend.python)  # on a bus that is opened here
        return description

    def _connect(self, description: ConnectionDescription, owner: Owner, *, start: bool) -> Connection:
        from CanLibrary.sessions.connection import Connection

        if description.backend is Backend.kernel and description.node is not None:
            from CanLibrary.transport.kernel_socket import check_address, check_params, check_there

            if description.node.interface != KERNEL_INTERFACE:
                raise _no_socketcan(description, f"it is on interface '{description.node.interface}'")
            check_params(description.alias, description.params)
            check_address(description.alias, description.address)
            check_there(description.alias, str(description.node.channel))
        own_node = description.node is not None
        exported: Transport | None = None
        if description.backend is Backend.exported:
            from CanLibrary.sessions.exported import open_exported

            bus, exported = open_exported(description, owner)
        else:
            bus = self._bus_for(description, owner)
        connection = None
        try:
            transport = exported or _transport(description, bus)
            connection = Connection(description, transport, bus, owner, own_node=own_node)
            connection.notices += bus.notices if own_node else self._deaf_to_each_other(connection)
            if start:
                connection.start()
        except BaseException:
            # What these would tell follows from what is told already: why the connection could not be opened.
            if connection is not None:
                connection.close()
            elif own_node:
                bus.close()
            raise
        return connection

    def _bus_for(self, description: ConnectionDescription, owner: Owner) -> BusSession:
        if description.node is not None:
            return self._buses.open_node(description.node, owner)
        return self._buses.registry.get(description.bus)

    def _deaf_to_each_other(self, new: Connection) -> list[str]:
        """Return a warning about the other end on the same bus: a bus does not receive what it sends."""
        if new.bus.traffic.own_messages or new.description.backend is not Backend.python:
            return []  # the kernel's sockets hear each other, and the bus hears them
        from CanLibrary.traffic.trace import key_of
        from CanLibrary.transport.addresses import listening_keys, sending_id

        hears = listening_keys(new.transport.address)
        return [
            f"Connections '{other.alias}' and '{new.alias}' share bus '{new.bus.alias}' and do not hear each other: a "
            "bus does not receive what it sends. Give one of them a node of its own with interface= and channel=."
            for other in self.registry.open.values()
            if other.bus is new.bus
            and other.description.backend is Backend.python
            and key_of(*sending_id(other.transport.address)) in hears
        ]


def _transport(description: ConnectionDescription, bus: BusSession) -> Transport:
    bus.check_live("no connection can work on it; Get IsoTp Frames returns the IsoTp frames that are in it.")
    if description.params.can_fd and bus.classic_only:
        how = "with fd=False" if bus.description.fd is False else "without fd=True"
        raise ConfigurationError(
            f"Connection '{description.alias}' has can_fd=True, but bus '{bus.alias}' was opened {how}."
        )
    from CanLibrary.transport.kernel import KernelTransport
    from CanLibrary.transport.python import PythonTransport

    with driver_errors(f"Connection '{description.alias}' could not be opened"):
        if description.backend is Backend.kernel:
            return KernelTransport(
                description.alias,
                _network_interface(description, bus),
                bus,
                description.address,
                description.params,
            )
        return PythonTransport(
            description.alias, bus, description.address, description.params, description.read_timeout
        )


def _network_interface(description: ConnectionDescription, bus: BusSession) -> str:
    """Return the network interface of a bus, for the kernel's socket."""
    from can.interfaces.socketcan import SocketcanBus

    if not isinstance(bus.bus, SocketcanBus):
        raise _no_socketcan(description, f"bus '{bus.alias}' is no SocketCAN bus")
    return str(bus.bus.channel)


def _no_socketcan(description: ConnectionDescription, but: str) -> ConfigurationError:
    return ConfigurationError(
        f"Connection '{description.alias}' has backend=kernel, which runs on interface 'socketcan' only, but {but}; "
        "give a channel such as vcan0, or use backend=python."
    )

"""One file for both ends: the same aliases, on this computer or through the exporter that offers them."""

from __future__ import annotations

import os
from dataclasses import replace

from CanLibrary.config.connections import EXPORTED_INTERFACE
from CanLibrary.config.descriptions import Bench, BusDescription, ConnectionDescription
from CanLibrary.types import Backend, Location

_HOST = "JUMPSTARTER_HOST"


def located(bench: Bench, location: Location) -> Bench:
    """Return a bench whose buses and connections are where they are wanted.

    Args:
        bench: What a file describes.
        location: `local` leaves it as it is; with `exported` each alias is the driver of that name of the
            exporter; `auto` is `exported` in a shell of Jumpstarter and `local` elsewhere.
    """
    if location is Location.local or (location is Location.auto and not os.environ.get(_HOST)):
        return bench
    buses = {alias: _exported_bus(bus) for alias, bus in bench.buses.items()}
    connections = {alias: _exported_connection(one) for alias, one in bench.connections.items()}
    return replace(bench, buses=buses, connections=connections)


def _exported_bus(bus: BusDescription) -> BusDescription:
    if bus.interface == EXPORTED_INTERFACE:  # it says itself where it is
        return bus
    # The exporter opened it with its options; what the bus load and filters depend on is our business, too.
    return replace(bus, interface=EXPORTED_INTERFACE, channel=bus.alias, options={})


def _exported_connection(connection: ConnectionDescription) -> ConnectionDescription:
    if connection.node is None:  # no driver of its own but a stack on one of the buses, which is here
        return replace(connection, backend=Backend.python)
    if connection.node.interface == EXPORTED_INTERFACE:
        return connection
    node = BusDescription(connection.alias, EXPORTED_INTERFACE, connection.alias, fd=connection.node.fd)
    return replace(connection, backend=Backend.exported, node=node)

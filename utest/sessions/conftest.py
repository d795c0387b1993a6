"""Everything that is open in a library instance, without the keywords on top of it."""

import pytest

from CanLibrary.config import bus_description, connection_description
from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.connections import Connections
from CanLibrary.sessions.ownership import Ownership


class World:
    """Buses and connections on the virtual channel of a test."""

    def __init__(self, channel, buses=(), connections=(), capacity=1000):
        described = {alias: bus_description(alias, {"channel": channel, **given}) for alias, given in buses}
        self.channel = channel
        self.ownership = Ownership()
        self.buses = Buses(described, self.ownership, capacity)
        self.connections = Connections(
            {alias: connection_description(alias, given) for alias, given in connections},
            self.buses,
            self.ownership,
        )

    def bus(self, alias="body", **given):
        return self.buses.open(alias, {"channel": self.channel, **given})

    def connection(self, alias="diag", txid="0x7E0", rxid="0x7E8", bus=None, start=True, node=None, **params):
        given = {"address": {"txid": txid, "rxid": rxid}, "bus": bus, "params": params, **(node or {})}
        return self.connections.open(alias, given, start=start)

    def close(self):
        self.connections.registry.close_all()
        self.buses.registry.close_all()


@pytest.fixture
def new_world(channel):
    worlds = []

    def make(**described):
        worlds.append(World(channel, **described))
        return worlds[-1]

    yield make
    for world in worlds:
        world.close()


@pytest.fixture
def world(new_world):
    return new_world()

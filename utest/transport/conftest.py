"""Backends for the tests that every backend must pass, and a partner made of raw messages."""

import random

import can
import pytest

from CanLibrary.config import connection_description
from CanLibrary.transport.python import PythonTransport
from CanLibrary.types import IsoTpParams, Pattern, Payload, TargetAddressType


class Endpoint:
    """A transport of any backend, and waiting for what it does."""

    def __init__(self, transport):
        self.transport = transport
        self.inbox = transport.inbox

    def begin(self, data, target=TargetAddressType.Physical):
        return self.transport.send(bytes(data), target)

    def end(self, transfer, within=10.0):
        """Wait until a transfer is done and return its error or None."""
        with self.inbox.changed:
            assert self.inbox.changed.wait_for(lambda: transfer.done, within), "The transfer did not end."
        return transfer.error

    def send(self, data, target=TargetAddressType.Physical, within=10.0):
        return self.end(self.begin(data, target), within)

    def receive(self, within=10.0):
        """Return the next payload, or None if none comes in time."""
        with self.inbox.changed:
            self.inbox.changed.wait_for(lambda: self.inbox.unread, within)
            return self.inbox.take(Pattern.ANY.matches)

    def problem(self, within=5.0):
        """Wait for the one thing that went wrong in the background and return it."""
        with self.inbox.changed:
            assert self.inbox.changed.wait_for(lambda: self.inbox._problems, within), (
                "No problem was reported."
            )
        (problem,) = self.inbox.take_problems()
        return problem


class PythonBackend:
    """can-isotp's stack on virtual buses."""

    def __init__(self, node, raw_bus):
        self.node, self.raw_bus = node, raw_bus
        self._opened = []

    def endpoint(self, address, alias="tester", bus=None, start=True, **params):
        port = self.node(f"bus of {alias}") if bus is None else bus
        transport = PythonTransport(alias, port, address, IsoTpParams(**params), read_timeout=0.05)
        self._opened.append(transport)
        if start:
            transport.start()
        return Endpoint(transport)

    def pair(self, one, other, **params):
        """Return two endpoints that talk to each other, each on a bus of its own."""
        return self.endpoint(one, "tester", **params), self.endpoint(other, "ecu", **params)

    def close(self):
        for transport in self._opened:
            transport.stop()


BACKENDS = {"python": PythonBackend}


@pytest.fixture(params=BACKENDS)
def backend(request, node, raw_bus):
    opened = BACKENDS[request.param](node, raw_bus)
    yield opened
    opened.close()


class Partner:
    """A foreign partner that says message by message what the test wants it to say."""

    def __init__(self, bus, sends_with, hears):
        self.bus, self._sends_with, self._hears = bus, sends_with, hears

    def say(self, text, fd=False):
        self.bus.send(
            can.Message(
                arbitration_id=self._sends_with,
                is_extended_id=False,
                data=Payload(text),
                is_fd=fd,
                check=True,
            )
        )

    def hear(self, within=5.0):
        """Return the data of the next message to it, as hexadecimal text."""
        while (message := self.bus.recv(within)) is not None:
            if message.arbitration_id == self._hears:
                return message.data.hex(" ").upper()
        raise AssertionError("The partner heard nothing.")

    def hears_nothing(self, within=0.1):
        message = self.bus.recv(within)
        return message is None or message.data.hex(" ").upper()


@pytest.fixture
def partner(backend):
    """What listens to 0x7E0 and answers with 0x7E8, as the addresses of TESTER want it."""
    return Partner(backend.raw_bus(), sends_with=0x7E8, hears=0x7E0)


def address(**fields):
    """Return an address from fields as a tester writes them."""
    return connection_description("utest", {"address": fields}).address


@pytest.fixture(name="address")
def address_fixture():
    return address


@pytest.fixture
def tester_address():
    return address(txid="0x7E0", rxid="0x7E8")


@pytest.fixture
def ecu_address():
    return address(txid="0x7E8", rxid="0x7E0")


@pytest.fixture
def payload():
    """Return bytes of a length, different for each length and without a short period."""
    return lambda size: random.Random(size).randbytes(size)

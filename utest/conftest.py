"""What all unit tests share: buses of their own on the virtual interface, and a look for threads left behind."""

import threading
import time
import uuid
from queue import Empty, SimpleQueue

import can
import pytest

from CanLibrary.config import bus_description
from CanLibrary.sessions.bus_session import BusSession
from CanLibrary.sessions.interfaces import open_bus
from CanLibrary.sessions.registry import Owner


class ScriptedBus(can.BusABC):
    """A python-can bus whose driver is the test: what arrives, what a send does, what goes wrong."""

    def __init__(self, *, recv=None, send=None, shutdown=None, **options):
        self.channel_info = "scripted"
        self.arrived = SimpleQueue()
        self.sent = []
        self.shutdowns = 0
        self._on_recv, self._on_send, self._on_shutdown = recv, send, shutdown
        super().__init__("scripted", **options)

    def recv(self, timeout=None):
        if self._on_recv is not None:
            return self._on_recv(timeout)
        try:
            message = self.arrived.get(timeout=timeout) if timeout else self.arrived.get_nowait()
        except Empty:
            return None
        if isinstance(message, BaseException):
            raise message
        return message

    def send(self, msg, timeout=None):  # noqa: ARG002
        if self._on_send is not None:
            self._on_send(msg)
        self.sent.append(msg)

    def shutdown(self):
        self.shutdowns += 1
        super().shutdown()
        if self._on_shutdown is not None:
            self._on_shutdown()


class FilteringBus(ScriptedBus):
    """A scripted bus whose driver filters by itself, or refuses to."""

    refuses_filters = False

    def _apply_filters(self, filters):  # noqa: ARG002
        if self.refuses_filters:
            raise can.CanOperationError("no room for filters")

    def recv(self, timeout=None):
        message = super().recv(timeout)
        return message if message is None or self._matches_filters(message) else None


def _eventually(condition, within=5.0):
    deadline = time.monotonic() + within
    while not (result := condition()):
        assert time.monotonic() < deadline, "What the test waits for did not happen."
        time.sleep(0.002)
    return result


@pytest.fixture(autouse=True)
def no_thread_left():
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 2
    while (left := set(threading.enumerate()) - before) and time.monotonic() < deadline:
        time.sleep(0.002)
    assert not left, f"Threads left behind: {sorted(thread.name for thread in left)}"


@pytest.fixture
def eventually():
    """Wait until a condition holds and return what it returned."""
    return _eventually


@pytest.fixture
def channel():
    """A virtual channel of this test alone."""
    return f"utest-{uuid.uuid4().hex}"


@pytest.fixture
def scripted_bus():
    buses = []

    def make(*, filtering=False, **script):
        buses.append(FilteringBus(**script) if filtering else ScriptedBus(**script))
        return buses[-1]

    yield make
    for bus in buses:
        bus._on_shutdown = None
        bus.shutdown()


@pytest.fixture
def raw_bus(channel):
    """Open python-can buses of a foreign partner on the channel of the test."""
    buses = []

    def make(**options):
        buses.append(can.Bus(interface="virtual", channel=channel, ignore_config=True, **options))
        return buses[-1]

    yield make
    for bus in buses:
        bus.shutdown()


@pytest.fixture
def node(channel):
    """Open bus sessions on the channel of the test, or on a bus object."""
    sessions = []

    def make(alias="body", *, bus=None, capacity=1_000_000, shut_down=True, **given):
        description = bus_description(alias, {"channel": channel, **given})
        opened = open_bus(description)[0] if bus is None else bus
        sessions.append(BusSession(description, opened, Owner(), capacity=capacity, shut_down=shut_down))
        return sessions[-1]

    yield make
    for session in reversed(sessions):
        session.close()

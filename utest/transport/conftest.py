"""Backends for the tests that every backend must pass, and a partner made of raw messages."""

import contextlib
import random
import types

import can
import pytest

from CanLibrary.config import bus_description, connection_description
from CanLibrary.errors import CanLibraryError
from CanLibrary.jumpstarter.session import why_missing
from CanLibrary.jumpstarter.target import Target
from CanLibrary.sessions.bus_session import BusSession
from CanLibrary.sessions.registry import Owner
from CanLibrary.transport.addresses import isotp_address
from CanLibrary.transport.exported import ExportedTransport
from CanLibrary.transport.kernel import KernelTransport
from CanLibrary.transport.kernel_socket import check_there
from CanLibrary.transport.published import PublishedTransport
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

    tells_receptions = True
    impatient = types.MappingProxyType({"rx_flowcontrol_timeout": 300, "rx_consecutive_frame_timeout": 300})
    patience = "300 milliseconds"

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


class KernelBackend:
    """The Linux kernel's sockets on its virtual CAN."""

    tells_receptions = True
    impatient = types.MappingProxyType({})  # the kernel's times are fixed
    patience = "1 second"

    def __init__(self, node, raw_bus):  # noqa: ARG002 - those are virtual
        self._opened, self._sessions, self._buses = [], [], []

    def node(self, alias="body"):
        description = bus_description(alias, {"interface": "socketcan", "channel": VCAN, "fd": True})
        self._sessions.append(BusSession(description, self.raw_bus(), Owner(), shut_down=False))
        return self._sessions[-1]

    def raw_bus(self):
        self._buses.append(can.Bus(interface="socketcan", channel=VCAN, fd=True, ignore_config=True))
        return self._buses[-1]

    def endpoint(self, address, alias="tester", bus=None, start=True, **params):
        port = self.node(f"bus of {alias}") if bus is None else bus
        transport = KernelTransport(alias, VCAN, port, address, IsoTpParams(**params))
        self._opened.append(transport)
        if start:
            transport.start()
        return Endpoint(transport)

    def pair(self, one, other, **params):
        return self.endpoint(one, "tester", **params), self.endpoint(other, "ecu", **params)

    def close(self):
        for transport in self._opened:
            transport.stop()
        for session in self._sessions:
            session.close()
        for bus in self._buses:
            bus.shutdown()


class ExportedBackend:
    """Drivers of ours behind a real exporter's session, in this process, so that virtual buses reach them."""

    tells_receptions = True
    impatient = types.MappingProxyType({"rx_flowcontrol_timeout": 300, "rx_consecutive_frame_timeout": 300})
    patience = "300 milliseconds"

    def __init__(self, node, raw_bus):
        self.node, self.raw_bus = node, raw_bus
        self._channel = raw_bus().channel_id
        self._exits = contextlib.ExitStack()

    def endpoint(self, address, alias="tester", bus=None, start=True, **params):  # noqa: ARG002 - it has its own
        transport = self.client_of(self.serve(self.driver(address, params)), address, alias, params)
        self._exits.callback(transport.stop)
        if start:
            transport.start()
        return Endpoint(transport)

    def driver(self, address, params):
        from CanLibrary.exporter import IsoTpPython

        given = {"fd": True} if params.get("can_fd") else {}
        driver = IsoTpPython(
            interface="virtual", channel=self._channel, address=address, params=IsoTpParams(**params), **given
        )
        self._exits.callback(driver.close)
        return driver

    def serve(self, driver):
        """Return a session of a client with an exporter that has this driver under the name diag."""
        from jumpstarter.common import ExporterStatus
        from jumpstarter.exporter import Session as ExporterSession
        from jumpstarter_driver_composite.driver import Composite

        from CanLibrary.jumpstarter.session import Session

        exporter = self._exits.enter_context(
            ExporterSession(root_device=Composite(children={"diag": driver}))
        )
        path = self._exits.enter_context(exporter.serve_unix())
        exporter.update_status(ExporterStatus.LEASE_READY)
        session = Session(Target(str(path)))
        self._exits.callback(session.close)
        return session

    def client_of(self, session, address, alias, params):
        from CanLibrary.jumpstarter.isotp import asking

        return ExportedTransport(alias, asking(session, "diag"), address, IsoTpParams(**params), params)

    def pair(self, one, other, **params):
        return self.endpoint(one, "tester", **params), self.endpoint(other, "ecu", **params)

    def close(self):
        self._exits.close()


class ExportedSocketBackend(ExportedBackend):
    """The kernel's socket behind a session with an exporter."""

    impatient = types.MappingProxyType({})
    patience = "1 second"

    def __init__(self, node, raw_bus):
        self._here = KernelBackend(node, raw_bus)
        self._channel = VCAN
        self._exits = contextlib.ExitStack()
        self._exits.callback(self._here.close)
        self.node, self.raw_bus = self._here.node, self._here.raw_bus

    def driver(self, address, params):
        from CanLibrary.exporter import IsoTpSocket

        driver = IsoTpSocket(channel=VCAN, fd=True, address=address, params=IsoTpParams(**params))
        self._exits.callback(driver.close)
        return driver


class PublishedBackend(ExportedBackend):
    """Jumpstarter's own driver, which no file can configure: it wants an address as an object of Python."""

    tells_receptions = False

    def driver(self, _address, params):
        from jumpstarter_driver_can import driver as published
        from jumpstarter_driver_can.common import IsoTpParams as PublishedParams

        driver = published.IsoTpPython(
            interface="virtual",
            channel=self._channel,
            address=isotp_address(
                make_address(txid="0x101", rxid="0x102")
            ),  # the client gives it the one that is wanted
            params=PublishedParams(**params),
            read_timeout=0.01,
        )

        def end():
            driver.stack.stop()
            driver.notifier.stop()
            driver.bus.shutdown()
            driver.close()

        self._exits.callback(end)
        return driver

    def client_of(self, session, address, alias, params):
        from CanLibrary.jumpstarter.isotp import isotp_client

        return PublishedTransport(alias, isotp_client(session, "diag"), address, IsoTpParams(**params))


BACKENDS = {
    "python": PythonBackend,
    "kernel": KernelBackend,
    "exported": ExportedBackend,
    "exported-socket": ExportedSocketBackend,
    "published": PublishedBackend,
}
VCAN = "vcan0"
# What the published driver keeps to itself: a test that passes all the same says so by failing.
_UNTOLD = "the published driver tells no errors"
_UNSEEN = "the published driver does not tell whether something is being received"
PUBLISHED_CANNOT = {
    "TestSending.test_to_nobody": _UNTOLD,
    "TestSending.test_to_a_partner_that_vanishes_half_way": _UNTOLD,
    "TestSending.test_it_works_again_after_a_failure": _UNTOLD,
    "TestReceiving.test_a_partner_that_vanishes_half_way": _UNTOLD,
    "TestReceiving.test_what_breaks_the_rules_is_told": _UNTOLD,
    "TestWhatRuns.test_receiving_is_true_from_the_first_frame_to_the_last": _UNSEEN,
    "TestSetAddress.test_it_is_refused_while_something_is_being_received": _UNSEEN,
}


def pytest_generate_tests(metafunc):
    """Give each test every backend but the one that cannot do what it is about."""
    if "backend" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("only_backend")
        backends = {
            "python": pytest.param("python"),
            "kernel": pytest.param("kernel", marks=pytest.mark.kernel),
            "exported": pytest.param("exported"),
            "published": pytest.param("published"),
        }
        if not why_missing():  # the kernel's own tests run without Jumpstarter, too
            backends["exported-socket"] = pytest.param("exported-socket", marks=pytest.mark.kernel)
        test = metafunc.function.__qualname__
        if (
            metafunc.module.__name__.rpartition(".")[2].startswith("test_contract")
            and test in PUBLISHED_CANNOT
        ):
            backends["published"] = pytest.param(
                "published", marks=pytest.mark.xfail(strict=True, reason=PUBLISHED_CANNOT[test])
            )
        wanted = list(backends.values()) if only is None else [backends[only.args[0]]]
        metafunc.parametrize("backend", wanted, indirect=True)


@pytest.fixture(scope="session")
def grpc_thread():
    """The one thread of gRPC, for the whole run: it serves the exporters in this process, too."""
    if why_missing():
        yield
        return
    import grpc.aio
    from anyio.from_thread import start_blocking_portal

    with start_blocking_portal() as portal:

        async def channel():
            return grpc.aio.insecure_channel("unix:/nowhere")

        opened = portal.call(channel)
        yield
        portal.call(opened.close)


@pytest.fixture
def backend(request, grpc_thread, node, raw_bus):  # noqa: ARG001
    if request.param in ("kernel", "exported-socket"):
        try:
            check_there("utest", VCAN)
        except CanLibraryError as missing:
            pytest.skip(str(missing))
    if request.param in ("exported", "published") and (missing := why_missing()):
        pytest.skip(missing)
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


def make_address(**fields):
    """Return an address from fields as a tester writes them."""
    return connection_description("utest", {"address": fields}).address


@pytest.fixture
def address():
    return make_address


@pytest.fixture
def tester_address():
    return make_address(txid="0x7E0", rxid="0x7E8")


@pytest.fixture
def ecu_address():
    return make_address(txid="0x7E8", rxid="0x7E0")


@pytest.fixture
def payload():
    """Return bytes of a length, different for each length and without a short period."""
    return lambda size: random.Random(size).randbytes(size)

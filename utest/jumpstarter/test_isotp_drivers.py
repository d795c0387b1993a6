"""Each side of exported ISO-TP with the other's: the published client on our drivers, our backend on the published."""

import contextlib

import can
import isotp
import pytest

from CanLibrary import CanLibrary
from CanLibrary.errors import ConfigurationError
from CanLibrary.jumpstarter.session import why_missing
from utest.transport.conftest import grpc_thread  # noqa: F401 - a fixture

TESTER = {"txid": 0x7E0, "rxid": 0x7E8}
FD = {"can_fd": True, "tx_data_length": 64, "max_frame_size": 2048}
CHANNEL = 7200


@pytest.fixture(autouse=True)
def needs_jumpstarter(grpc_thread):  # noqa: ARG001, F811
    if missing := why_missing():
        pytest.skip(missing)


@pytest.fixture
def ecu():
    """can-isotp itself, as a partner on the wire."""
    with contextlib.ExitStack() as stack:

        def make(address, **params):
            bus = stack.enter_context(can.Bus(interface="virtual", channel=CHANNEL, ignore_config=True))
            notifier = can.Notifier(bus, [], timeout=0.01)
            stack.callback(notifier.stop)
            partner = isotp.NotifierBasedCanStack(bus, notifier, address=address, params=params)
            partner.start()
            stack.callback(partner.stop)
            return partner

        yield make


def plain(mode=isotp.AddressingMode.Normal_11bits, **fields):
    return isotp.Address(mode, **fields)


class TestPublishedClientOnOurDriver:
    @pytest.fixture
    def client(self):
        from jumpstarter.common.utils import serve

        from CanLibrary.exporter import IsoTpPython

        driver = IsoTpPython(interface="virtual", channel=CHANNEL, fd=True, address=TESTER, params=FD)
        with serve(driver) as opened:
            opened.start()
            yield opened
            opened.stop()
        driver.close()

    @pytest.mark.parametrize("size", [8, 64, 2048])
    def test_there_and_back(self, client, ecu, size):
        partner = ecu(plain(txid=0x7E8, rxid=0x7E0), **FD)
        client.send(bytes(size))
        assert partner.recv(block=True, timeout=10) == bytes(size)
        partner.send(bytes(size))
        assert client.recv(True, 10.0) == bytes(size)
        assert (client.available(), client.recv(False)) == (False, None)

    def test_changed_and_asymmetric_addresses(self, client, ecu):
        changed = ecu(plain(txid=0x7E9, rxid=0x7E1), **FD)
        client.set_address(plain(txid=0x7E1, rxid=0x7E9))
        client.send(b"\x01")
        assert changed.recv(block=True, timeout=10) == b"\x01"
        extended = isotp.AddressingMode.Normal_29bits
        odd = ecu(
            isotp.AsymmetricAddress(
                tx_addr=plain(txid=0x123, tx_only=True),
                rx_addr=plain(extended, rxid=0x18DA10F1, rx_only=True),
            ),
            **FD,
        )
        client.set_address(
            isotp.AsymmetricAddress(
                tx_addr=plain(extended, txid=0x18DA10F1, tx_only=True),
                rx_addr=plain(rxid=0x123, rx_only=True),
            )
        )
        client.send(bytes(100))
        assert odd.recv(block=True, timeout=10) == bytes(100)
        odd.send(bytes(101))
        assert client.recv(True, 10.0) == bytes(101)

    def test_stop_and_start(self, client, ecu):
        partner = ecu(plain(txid=0x7E8, rxid=0x7E0), **FD)
        client.stop()
        client.start()
        client.stop_sending()
        client.stop_receiving()
        assert not client.transmitting()
        partner.send(b"\x05")
        assert client.recv(True, 10.0) == b"\x05"


class TestOurBackendOnThePublishedDriver:
    @pytest.fixture
    def library(self, monkeypatch):
        from jumpstarter.common import ExporterStatus
        from jumpstarter.exporter import Session as ExporterSession
        from jumpstarter_driver_can import driver as published
        from jumpstarter_driver_can.common import IsoTpParams
        from jumpstarter_driver_composite.driver import Composite

        driver = published.IsoTpPython(
            interface="virtual", channel=CHANNEL, address=plain(txid=1, rxid=2), params=IsoTpParams(**FD)
        )
        opened = CanLibrary()
        with (
            ExporterSession(root_device=Composite(children={"diag": driver})) as exporter,
            exporter.serve_unix() as path,
        ):
            exporter.update_status(ExporterStatus.LEASE_READY)
            monkeypatch.setenv("JUMPSTARTER_HOST", str(path))
            yield opened
            opened.close_all_isotp_connections()
        driver.stack.stop()
        driver.notifier.stop()
        driver.bus.shutdown()

    @pytest.fixture
    def warnings(self, monkeypatch):
        told = []
        monkeypatch.setattr("robot.api.logger.warn", told.append)
        return told

    def test_it_works_and_says_what_it_cannot_tell(self, library, ecu, warnings):
        partner = ecu(plain(txid=0x7E8, rxid=0x7E0), **FD)
        library.open_isotp_connection("diag", backend="exported", txid="0x7E0", rxid="0x7E8", stmin=5)
        assert warnings.pop() == (
            "Connection 'diag': the exporter's driver is none of CanLibrary.exporter: it does not tell what goes wrong "
            "in ISO-TP, and has its own parameters; stmin had no effect."
        )
        library.send_isotp_frame(bytes(200), timeout=10)
        assert partner.recv(block=True, timeout=10) == bytes(200)
        library.is_isotp_transmitting()
        assert warnings.pop() == (
            "Connection 'diag': the exporter's driver does not tell whether the partner took the 200 bytes; "
            "CanLibrary.exporter.IsoTpPython would."
        )
        partner.send(bytes(64))
        assert library.receive_isotp_frame(timeout=10) == bytes(64)

    def test_open_close_and_open_again(self, library, ecu, warnings):
        partner = ecu(plain(txid=0x7E8, rxid=0x7E0), **FD)
        for number in range(3):
            library.open_isotp_connection("diag", backend="exported", txid="0x7E0", rxid="0x7E8")
            partner.send(bytes([number]))
            assert library.receive_isotp_frame(timeout=10) == bytes([number])
            library.close_isotp_connection("diag")
        assert len(warnings) == 3


def test_no_file_can_configure_the_published_drivers():
    from jumpstarter.config.exporter import ExporterConfigV1Alpha1DriverInstance

    for kind, config in (("IsoTpPython", {"interface": "virtual"}), ("IsoTpSocket", {})):
        entry = {
            "type": f"jumpstarter_driver_can.driver.{kind}",
            "config": {"channel": "vcan0", "address": TESTER, **config},
        }
        instance = ExporterConfigV1Alpha1DriverInstance.model_validate(entry)
        with pytest.raises(Exception, match=r"(?s)address.*instance of Address"):
            instance.instantiate()


def test_a_stack_on_a_shared_bus_is_no_hindrance_for_the_exporter():
    from CanLibrary.exporter import IsoTpPython

    driver = IsoTpPython(bus="body", address=TESTER)
    with pytest.raises(
        Exception, match="this driver has bus: body, so it is a stack on that bus, where the suite is"
    ):
        driver.start()
    driver.close()


def test_a_function_cannot_go_to_the_exporter(exporter):  # noqa: ARG001
    with pytest.raises(ConfigurationError) as refused:
        CanLibrary().open_isotp_connection(
            "tester", backend="exported", txid="0x7E0", rxid="0x7E8", wait_func=print
        )
    assert str(refused.value) == (
        "Connection 'tester' runs in the exporter, where a function of yours cannot go: leave wait_func out."
    )

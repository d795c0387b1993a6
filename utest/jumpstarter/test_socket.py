"""The kernel's ISO-TP socket at the keywords, through a real exporter; can-utils are the partner."""

import subprocess
from pathlib import Path

import can
import pytest

from CanLibrary import CanLibrary
from CanLibrary.errors import CanLibraryError, NotSupportedError
from CanLibrary.transport.kernel_socket import check_there
from utest.jumpstarter.conftest import Exporter
from utest.transport.conftest import grpc_thread  # noqa: F401 - a fixture

pytestmark = pytest.mark.kernel
VCAN = "vcan0"
EXPORTER = """\
apiVersion: jumpstarter.dev/v1alpha1
kind: ExporterConfig
metadata: {namespace: default, name: bench}
endpoint: ""
token: ""
export:
  diag:
    type: CanLibrary.exporter.IsoTpSocket
    config: {channel: vcan0, address: {txid: 0x7E0, rxid: 0x7E8}}
  ecu:
    type: CanLibrary.exporter.IsoTpPython
    config: {interface: socketcan, channel: vcan0, address: {txid: 0x7E8, rxid: 0x7E0}}  # single frames only
"""


@pytest.fixture(scope="module")
def kernel_exporter(tmp_path_factory):
    try:
        check_there("utest", VCAN)
    except CanLibraryError as missing:
        pytest.skip(str(missing))
    import jumpstarter.client.client  # noqa: F401 - an emulated processor takes long, and connecting has a limit

    file = tmp_path_factory.mktemp("bench") / "exporter.yaml"
    file.write_text(EXPORTER)
    exporter = Exporter(file)
    exporter.file = file
    yield exporter
    exporter.close()


@pytest.fixture
def library(kernel_exporter, monkeypatch):
    monkeypatch.setenv("JUMPSTARTER_HOST", kernel_exporter.host)
    opened = CanLibrary(config=str(kernel_exporter.file), location="exported", timeout="20 s")
    yield opened
    opened.close_all_isotp_connections()


@pytest.fixture
def can_utils(eventually):
    """Start isotprecv and isotpsend, and end what still runs."""
    running = []

    def listeners():
        lists = [Path(f"/proc/net/can/rcvlist_{name}").read_text() for name in ("sff", "eff")]
        return sum(line.split()[-1:] == ["isotp"] for text in lists for line in text.splitlines())

    def start(command, source, destination, payload=None):
        before = listeners()
        process = subprocess.Popen(
            [command, "-s", source, "-d", destination, VCAN],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        if payload is None:
            eventually(lambda: listeners() > before)
        else:
            process.stdin.write(payload.hex(" ") + "\n")
        process.stdin.close()
        process.stdin = None
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("size", [7, 8, 100, 4095])
def test_payloads_pass_both_ways(library, can_utils, size):
    payload = (bytes(range(256)) * 16)[:size]
    library.open_isotp_connection("diag")
    partner = can_utils("isotprecv", "7E8", "7E0")
    library.send_isotp_frame(payload, timeout=20)
    assert bytes.fromhex(partner.communicate(timeout=20)[0]) == payload
    can_utils("isotpsend", "7E8", "7E0", payload)
    assert library.receive_isotp_frame() == payload


def test_changed_and_asymmetric_addresses(library, can_utils):
    library.open_isotp_connection("diag")
    library.set_isotp_address(txid="0x7E1", rxid="0x7E9")
    partner = can_utils("isotprecv", "7E9", "7E1")
    library.send_isotp_frame(bytes(200), timeout=20)
    assert bytes.fromhex(partner.communicate(timeout=20)[0]) == bytes(200)
    library.set_isotp_address(tx_addr={"txid": "0x18DA10F1"}, rx_addr={"rxid": "0x7E9"})
    partner = can_utils("isotprecv", "7E9", "18DA10F1")
    library.send_isotp_frame(bytes(300), timeout=20)
    assert bytes.fromhex(partner.communicate(timeout=20)[0]) == bytes(300)
    can_utils("isotpsend", "7E9", "18DA10F1", bytes(range(200)))
    assert library.receive_isotp_frame() == bytes(range(200))


def test_nobody_takes_it(library):
    library.open_isotp_connection("diag")
    with pytest.raises(AssertionError) as failed:
        library.send_isotp_frame(bytes(20), timeout=5)
    assert str(failed.value) == (
        "The IsoTp frame of 20 bytes on connection 'diag' was not sent: no flow control came within 1 second "
        "(N_Bs): is the partner there, and is its rxid 0x7E0 and its txid 0x7E8?"
    )


def test_nothing_comes_for_longer_than_a_call_may_take(library):
    library.open_isotp_connection("diag")
    with pytest.raises(AssertionError, match="No IsoTp frame arrived on connection 'diag'"):
        library.receive_isotp_frame(timeout=6)
    assert not library.is_isotp_frame_available()


def test_stop_ends_what_is_on_its_way(library):
    with can.Bus(interface="socketcan", channel=VCAN, ignore_config=True) as wire:

        def hear():
            while (message := wire.recv(20)) is not None:
                if message.arbitration_id == 0x7E0:
                    return message.data[0]
            raise AssertionError("Nothing was heard.")

        library.open_isotp_connection("diag")
        library.send_isotp_frame(bytes(100))
        assert hear() == 0x10
        slow = bytes([0x30, 0, 0x7F])  # 14 consecutive frames, 127 ms apart
        wire.send(can.Message(arbitration_id=0x7E8, is_extended_id=False, data=slow))
        assert hear() == 0x21
        library.stop_isotp()
        library.start_isotp()
        library.send_isotp_frame("3E", timeout=10)
        heard = [hear()]
        while heard[-1] != 1:
            heard.append(hear())
        assert len(heard) < 12  # and not all of the other 13


def test_stop_start_and_open_again(library):
    library.open_isotp_connection("ecu")
    library.open_isotp_connection("diag")
    library.stop_isotp()
    library.send_isotp_frame("01", connection="ecu", timeout=5)
    library.start_isotp()
    library.send_isotp_frame("02", connection="ecu", timeout=5)
    assert library.receive_isotp_frame() == b"\x02"
    library.send_isotp_frame("03", connection="ecu", timeout=5)
    assert library.is_isotp_frame_available(connection="diag")
    library.close_isotp_connection("diag")
    library.open_isotp_connection("diag")
    assert not library.is_isotp_frame_available()
    library.send_isotp_frame("04", connection="ecu", timeout=5)
    assert library.receive_isotp_frame() == b"\x04"


@pytest.mark.usefixtures("kernel_exporter", "grpc_thread")
def test_the_published_socket_is_refused_in_one_sentence():
    import isotp
    from jumpstarter.common import ExporterStatus
    from jumpstarter.exporter import Session as ExporterSession
    from jumpstarter_driver_can import driver as published
    from jumpstarter_driver_composite.driver import Composite

    address = isotp.Address(isotp.AddressingMode.Normal_11bits, txid=0x7E0, rxid=0x7E8)
    driver = published.IsoTpSocket(channel=VCAN, address=address)
    with (
        ExporterSession(root_device=Composite(children={"diag": driver})) as exporter,
        exporter.serve_unix() as path,
        pytest.MonkeyPatch.context() as patch,
    ):
        exporter.update_status(ExporterStatus.LEASE_READY)
        patch.setenv("JUMPSTARTER_HOST", str(path))
        with pytest.raises(NotSupportedError) as refused:
            CanLibrary().open_isotp_connection("diag", backend="exported", txid="0x7E0", rxid="0x7E8")
    assert str(refused.value) == (
        "Connection 'diag' could not be opened: the exporter's driver is the published IsoTpSocket, which waits for "
        "payloads without an end; use type CanLibrary.exporter.IsoTpSocket."
    )

"""The backend `exported` at the keywords, on a real exporter with the drivers of CanLibrary.exporter."""

import functools

import pytest

from CanLibrary.errors import BusError, ConfigurationError, NotSupportedError

TESTER = {"txid": "0x7E0", "rxid": "0x7E8"}
SERVER = {"txid": "0x7E8", "rxid": "0x7E0"}
pytestmark = pytest.mark.usefixtures("exporter")


@pytest.fixture
def ends(library):
    library.open_isotp_connection("server", backend="exported", **SERVER)
    library.open_isotp_connection("tester", backend="exported", **TESTER)
    return library


@pytest.mark.parametrize("size", [3, 7, 100, 4095])
def test_payloads_pass_both_ways(ends, eventually, size):
    payload = (bytes(range(256)) * 16)[:size]
    ends.send_isotp_frame(payload)
    received = ends.receive_isotp_frame(timeout=10, connection="server")
    assert received == payload
    ends.send_isotp_frame(received, connection="server")
    assert ends.receive_isotp_frame(timeout=10) == received
    eventually(lambda: not ends.is_isotp_transmitting())
    assert not ends.is_isotp_frame_available()


def test_driver_of_another_name(library):
    library.open_isotp_connection("diag", backend="exported", channel="tester", **TESTER)
    library.open_isotp_connection("server", backend="exported", **SERVER)
    library.send_isotp_frame("22 F1 90", connection="diag")
    assert library.receive_isotp_frame(connection="server") == b"\x22\xf1\x90"


def test_nobody_takes_it(library):
    library.open_isotp_connection("tester", backend="exported", rx_flowcontrol_timeout=300, **TESTER)
    with pytest.raises(AssertionError) as failed:
        library.send_isotp_frame(bytes(20), timeout=5)
    assert str(failed.value) == (
        "The IsoTp frame of 20 bytes on connection 'tester' was not sent: no flow control came within 300 "
        "milliseconds (N_Bs): is the partner there, and is its rxid 0x7E0 and its txid 0x7E8?"
    )


def test_nothing_came(ends):
    with pytest.raises(AssertionError) as failed:
        ends.receive_isotp_frame(timeout=0.2)
    assert str(failed.value) == (
        "No IsoTp frame arrived on connection 'tester' (rxid 0x7E8) within 200 milliseconds. What else passed is on "
        "the exporter's bus."
    )


def test_changed_and_asymmetric_addresses(ends):
    ends.set_isotp_address(txid="0x7E1", rxid="0x7E9")
    ends.set_isotp_address(txid="0x7E9", rxid="0x7E1", connection="server")
    ends.send_isotp_frame("01 02")
    assert ends.receive_isotp_frame(connection="server") == b"\x01\x02"
    ends.set_isotp_address(tx_addr={"txid": "0x18DA10F1"}, rx_addr={"rxid": "0x7E9"})
    ends.set_isotp_address(tx_addr={"txid": "0x7E9"}, rx_addr={"rxid": "0x18DA10F1"}, connection="server")
    ends.send_isotp_frame(bytes(30))
    assert ends.receive_isotp_frame(connection="server") == bytes(30)
    ends.send_isotp_frame(bytes(31), connection="server")
    assert ends.receive_isotp_frame() == bytes(31)


def test_start_and_stop(ends):
    ends.send_isotp_frame("01", timeout=5, connection="server")
    assert ends.is_isotp_frame_available()
    ends.stop_isotp()
    assert ends.receive_isotp_frame() == b"\x01"
    ends.start_isotp()
    ends.send_isotp_frame("02", connection="server")
    assert ends.receive_isotp_frame() == b"\x02"
    ends.stop_isotp_sending()
    ends.stop_isotp_receiving()


def test_the_address_does_not_change_while_a_payload_is_on_its_way(library):
    library.open_can_bus("wire", interface="jumpstarter", channel="wire")
    library.open_isotp_connection("tester", backend="exported", **TESTER)
    library.send_isotp_frame(bytes(100))
    library.receive_can_message("0x7E0", "10 64 *", bus="wire")
    library.send_can_message("0x7E8", "30 00 7F", bus="wire")  # 14 consecutive frames, 127 ms apart
    library.receive_can_message("0x7E0", "21 *", bus="wire")
    with pytest.raises(BusError) as refused:
        library.set_isotp_address(txid="0x7E1", rxid="0x7E9")
    assert str(refused.value) == (
        "The address of connection 'tester' cannot change while a transfer runs; wait for it, or use Stop IsoTp "
        "Sending or Stop IsoTp Receiving."
    )
    library.stop_isotp_sending()
    library.set_isotp_address(txid="0x7E1", rxid="0x7E9")
    library.send_isotp_frame("3E 00")
    library.receive_can_message("0x7E1", "02 3E 00", bus="wire")


def test_nothing_that_came_before_is_a_reply(library):
    library.open_can_bus("wire", interface="jumpstarter", channel="wire")
    library.send_can_message("0x7E8", "02 50 01", bus="wire")  # before the connection is open
    library.open_isotp_connection("tester", backend="exported", **TESTER)
    assert not library.is_isotp_frame_available()
    for _ in range(20):
        library.send_can_message("0x7E8", "02 50 02", bus="wire")  # and just before the request
        with pytest.raises(AssertionError, match=r"No reply to '10 03' matching '50 \*' arrived"):
            library.exchange_isotp_frame("10 03", reply="50 *", timeout=0.05)
        assert library.receive_isotp_frame(timeout=0) == b"\x50\x02"


def test_open_close_and_open_again(library):
    library.open_isotp_connection("server", backend="exported", **SERVER)
    for number in range(5):
        library.open_isotp_connection("tester", backend="exported", **TESTER)
        library.send_isotp_frame(bytes([1, number]), connection="server")
        assert library.receive_isotp_frame(connection="tester") == bytes([1, number])
        library.send_isotp_frame("FF", timeout=5, connection="server")  # which nobody takes
        library.close_isotp_connection("tester")


def test_two_clients_of_one_driver(library, exporter):  # noqa: ARG001
    library.open_isotp_connection("tester", backend="exported", **TESTER)
    library.open_isotp_connection("again", backend="exported", channel="tester", **TESTER)
    library.open_isotp_connection("server", backend="exported", **SERVER)
    library.send_isotp_frame("01", connection="server")
    assert library.receive_isotp_frame(connection="again") == b"\x01"
    with pytest.raises(BusError) as told:
        library.receive_isotp_frame(connection="tester")
    assert str(told.value) == (
        "Connection 'tester' receives no more: another client works with the exporter's driver 'IsoTpPython' now, "
        "which serves one at a time."
    )


def test_parameters_that_are_given_hold_and_the_others_are_those_of_the_file(library):
    library.open_can_bus("wire", interface="jumpstarter", channel="wire")
    library.open_isotp_connection("tester", backend="exported", blocksize=3, **TESTER)
    library.send_can_message("0x7E8", "10 14 01 02 03 04 05 06", bus="wire")
    library.receive_can_message("0x7E0", "30 03 00", bus="wire")
    with pytest.raises(AssertionError, match="within 300 milliseconds"):  # as the exporter's file says
        library.send_isotp_frame(bytes(20), timeout=5)


def test_exported_driver_and_stack_of_ours_on_an_exported_bus_talk(library):
    library.open_can_bus("wire", interface="jumpstarter", channel="wire")
    library.open_isotp_connection("server", backend="exported", **SERVER)
    library.open_isotp_connection("here", bus="wire", backend="python", **TESTER)
    library.send_isotp_frame(bytes(range(100)))
    assert library.receive_isotp_frame(connection="server", timeout=5) == bytes(range(100))
    library.send_isotp_frame(bytes(50), connection="server")
    assert library.receive_isotp_frame(connection="here", timeout=5) == bytes(50)


def test_what_does_not_pass_here_is_no_verdict(ends):
    ends.send_isotp_frame(bytes(20), timeout=5)
    judge = functools.partial(ends.isotp_timing_should_be_within, n_bs=1)
    for ask in (ends.get_isotp_frames, ends.get_isotp_timing, judge):
        with pytest.raises(NotSupportedError) as refused:
            ask(connection="tester")
        assert str(refused.value) == (
            "Connection 'tester' runs in the exporter, and what it sends and receives does not pass here: open a bus "
            "of the exporter, and name it with bus= and the address with txid= and rxid=."
        )
    with pytest.raises(NotSupportedError, match="'tester'"):
        ends.set_isotp_fault("DROP", connection="tester")


def test_missing_driver_is_one_sentence(library, exporter):
    with pytest.raises(ConfigurationError) as refused:
        library.open_isotp_connection("diag", backend="exported", **TESTER)
    assert str(refused.value) == (
        f"The exporter at '{exporter.host}' has no driver 'diag'; its ISO-TP drivers are 'tester' and 'server'."
    )
    with pytest.raises(ConfigurationError) as refused:
        library.open_isotp_connection("can", backend="exported", **TESTER)
    assert str(refused.value).startswith(
        f"Driver 'can' of the exporter at '{exporter.host}' is no ISO-TP driver"
    )


class TestExporterIsKilled:
    def test_a_wait_fails_with_the_cause_at_once(self, mortal_exporter, library):
        library.open_isotp_connection("tester", backend="exported", **TESTER)
        library.open_can_bus("wire", interface="jumpstarter", channel="wire")
        mortal_exporter.kill()
        with pytest.raises(Exception, match="is gone: "):
            library.receive_isotp_frame(timeout=20)
        with pytest.raises(Exception, match="is gone: "):
            library.wait_for_can_message("0x123", within=20)

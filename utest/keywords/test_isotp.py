"""ISO-TP and periodic messages from Python, with plain values."""

import threading
from datetime import timedelta

import pytest

from CanLibrary import BusError, CanLibraryError, ConfigurationError, IsoTpTransferError


def refusal(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return str(refused.value)


@pytest.fixture
def diag(library):
    """Open the tester's and the ECU's end; the tester's is the current one."""
    library.open_isotp_connection("ecu", txid="0x7E8", rxid="0x7E0", bus="ecu")
    library.open_isotp_connection("diag", txid=0x7E0, rxid=0x7E8, bus="tester")
    return library


class TestFrames:
    @pytest.mark.parametrize("data", ["22 F1 90", b"\x22\xf1\x90", [0x22, 0xF1, 0x90], bytes(100)])
    def test_there_and_back(self, diag, data):
        diag.send_isotp_frame(data)
        payload = diag.receive_isotp_frame(connection="ecu")
        assert isinstance(payload, bytes)
        diag.send_isotp_frame(payload, connection="ecu", timeout=timedelta(seconds=5))
        assert diag.receive_isotp_frame() == payload

    def test_the_one_that_matches(self, diag):
        for data in ("62 01", "7F 22 31"):
            diag.send_isotp_frame(data, connection="ecu")
        assert diag.receive_isotp_frame("7F *") == b"\x7f\x22\x31"
        assert diag.is_isotp_frame_available() is True
        assert diag.receive_isotp_frame() == b"\x62\x01"
        assert diag.is_isotp_frame_available() is False

    def test_what_was_just_sent_is_there(self, diag):
        for number in range(50):
            diag.send_isotp_frame([number], connection="ecu", timeout=5)
            assert diag.is_isotp_frame_available()
            assert diag.receive_isotp_frame(timeout=0) == bytes([number])

    def test_an_exchange(self, diag):
        def answer():
            diag_request = diag.receive_isotp_frame("22 *", connection="ecu")
            diag.send_isotp_frame(b"\x62" + diag_request[1:] + bytes(17), connection="ecu")

        thread = threading.Thread(target=answer)
        thread.start()
        reply = diag.exchange_isotp_frame("22 F1 90", reply="62 F1 90 *")
        thread.join()
        assert reply == bytes.fromhex("62F190") + bytes(17)

    def test_a_stale_reply_is_none(self, diag):
        for number in range(20):
            diag.send_isotp_frame([0x62, number], connection="ecu", timeout=5)
            told = refusal(AssertionError, diag.exchange_isotp_frame, "22", reply="62 *", timeout=0.005)
            assert told.startswith(
                "No reply to '22' matching '62 *' arrived on connection 'diag' (rxid 0x7E8) within "
            )
            assert diag.receive_isotp_frame(timeout=0) == bytes([0x62, number])

    @pytest.mark.parametrize("target", [1, "Functional", "functional"])
    def test_a_functional_request(self, diag, target):
        diag.send_isotp_frame("3E 80", target_address_type=target)
        assert diag.receive_isotp_frame(connection="ecu") == b"\x3e\x80"
        assert refusal(ConfigurationError, diag.send_isotp_frame, bytes(8), target_address_type=target) == (
            "8 bytes do not fit into a functional request: it is a single frame of at most 7 bytes on connection "
            "'diag' (ISO 15765-2)."
        )


class TestErrors:
    @pytest.fixture
    def alone(self, library):
        library.open_isotp_connection("alone", txid="0x7E0", rxid="0x7E8", rx_flowcontrol_timeout=20)
        return library

    NOBODY = (
        "The IsoTp frame of 8 bytes on connection 'alone' was not sent: no flow control came within 20 milliseconds "
        "(N_Bs): is the partner there, and is its rxid 0x7E0 and its txid 0x7E8?"
    )

    def test_of_a_send_that_does_not_block_is_told_by_the_next_keyword(self, alone, eventually):
        alone.send_isotp_frame(bytes(8))
        connection = alone._connections.registry.get("alone")
        eventually(lambda: not connection.transport.transmitting())
        assert refusal(IsoTpTransferError, alone.is_isotp_transmitting) == self.NOBODY
        assert alone.is_isotp_transmitting() is False

    def test_of_a_send_that_does_not_block_is_told_at_the_latest_when_it_closes(self, alone):
        alone.send_isotp_frame(bytes(8))
        assert refusal(AssertionError, alone.close_isotp_connection) == self.NOBODY
        alone.close_isotp_connection("alone")

    def test_of_a_send_that_waits_is_told_by_it(self, alone):
        assert refusal(IsoTpTransferError, alone.send_isotp_frame, bytes(8), timeout=5) == self.NOBODY
        alone.close_isotp_connection()

    def test_what_does_no_harm_is_a_warning(self, diag, caplog):
        diag.send_can_message("0x7E8", "30 00 00", bus="ecu")
        diag.send_isotp_frame("01", connection="ecu")
        assert diag.receive_isotp_frame() == b"\x01"
        diag.is_isotp_transmitting()
        told = "On connection 'diag': A flow control from 0x7E8 came although nothing was being sent; it was ignored."
        assert caplog.messages.count(told) == 1


class TestLife:
    def test_start_stop_and_unread(self, diag):
        diag.stop_isotp()
        diag.stop_isotp()
        assert refusal(BusError, diag.send_isotp_frame, "01") == (
            "Connection 'diag' is not started; use Start IsoTp first."
        )
        diag.start_isotp()
        diag.start_isotp()
        diag.send_isotp_frame("01", connection="ecu", timeout=5)
        assert diag.is_isotp_frame_available()
        diag.stop_isotp()
        assert diag.receive_isotp_frame(timeout=0) == b"\x01"

    def test_a_new_address(self, diag):
        diag.set_isotp_address("0x7E1", 0x7E9)
        assert diag.get_isotp_connections()[1]["address"] == "Normal_11bits, txid 0x7E1, rxid 0x7E9"
        diag.set_isotp_address(
            tx_addr={"txid": "0x7E0"}, rx_addr={"rxid": "0x7E8", "addressing_mode": "Normal_11bits"}
        )
        diag.send_isotp_frame("01 02")
        assert diag.receive_isotp_frame(connection="ecu") == b"\x01\x02"

    def test_what_is_told_about_a_connection(self, diag):
        assert diag.get_isotp_connections()[1] == {
            "alias": "diag",
            "bus": "tester",
            "address": "Normal_11bits, txid 0x7E0, rxid 0x7E8",
            "backend": "python",
            "running": True,
            "unread": 0,
            "owner": "",
            "current": True,
        }

    def test_switch_and_close(self, diag):
        assert diag.switch_isotp_connection("ecu") == "diag"
        diag.close_isotp_connection()
        diag.close_all_isotp_connections()
        assert diag.get_isotp_connections() == []

    def test_closing_the_buses_closes_them(self, diag):
        diag.close_all_can_buses()
        assert diag.get_isotp_connections() == []
        assert refusal(CanLibraryError, diag.receive_isotp_frame, connection="diag") == (
            "Connection 'diag' was closed; open it again before use."
        )


class TestPeriodic:
    @pytest.mark.parametrize("period", [0.01, "10 ms", timedelta(milliseconds=10)])
    def test_start_change_stop(self, library, period):
        handle = library.start_periodic_message("0x100", "01", period=period)
        library.wait_for_can_message("0x100", "01", bus="ecu")
        library.change_periodic_message(handle, "02", period=0.005)
        library.wait_for_can_message("0x100", "02", bus="ecu")
        assert library.stop_periodic_message(handle) >= 2
        library.can_message_should_not_arrive("0x100", within=0.05, bus="ecu")
        assert library.stop_all_periodic_messages() == 0

    @pytest.mark.parametrize("period", [0, -1])
    def test_a_period_that_is_none(self, library, period):
        sentence = {0: "a period is above 0 seconds", -1: "a time is 0 seconds or more"}[period]
        assert refusal(ConfigurationError, library.start_periodic_message, "0x100", period=period) == (
            f"period={period} is not possible: {sentence}."
        )

    def test_a_remote_one_carries_no_data(self, library):
        library.start_periodic_message("0x100", period=60, remote=True, dlc=2, name="ask")
        assert refusal(ConfigurationError, library.change_periodic_message, "ask", "01") == (
            "A remote message carries no data, but '01' was given; ask for a length with dlc=1."
        )
        assert str(library.receive_can_message(bus="ecu")) == "0x100  [2]  remote"

    def test_one_that_is_not_possible_is_refused_at_once(self, library):
        told = refusal(ConfigurationError, library.start_periodic_message, "0x100", bytes(9), period=1)
        assert told.startswith("9 data bytes are too many")

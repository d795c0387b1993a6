"""One open connection: what a send and a receive promise, and who is told of an error in the background."""

import threading
import time

import can
import pytest

from CanLibrary.errors import BusError, ConfigurationError, IsoTpTransferError
from CanLibrary.sessions import connection as connection_module
from CanLibrary.types import CanFilters, Pattern, TargetAddressType

ANY = Pattern.ANY
NOBODY = (
    "The IsoTp frame of {} bytes on connection 'diag' was not sent: no flow control came within 50 milliseconds "
    "(N_Bs): is the partner there, and is its rxid 0x7E0 and its txid 0x7E8?"
)


@pytest.fixture
def buses(world):
    return world.bus("tester"), world.bus("ecu")


@pytest.fixture
def diag(world, buses):  # noqa: ARG001
    """Open the tester's connection with parameters."""

    def make(**params):
        return world.connection("diag", bus="tester", **{"rx_flowcontrol_timeout": 50, **params})

    return make


@pytest.fixture
def ecu(world, buses):  # noqa: ARG001
    return world.connection("ecu", txid="0x7E8", rxid="0x7E0", bus="ecu")


@pytest.fixture
def partner(raw_bus):
    bus = raw_bus()

    def say(text):
        bus.send(can.Message(arbitration_id=0x7E8, is_extended_id=False, data=bytes.fromhex(text)))

    return say


def failure(kind, call, *args):
    with pytest.raises(kind) as told:
        call(*args)
    return str(told.value)


class TestSend:
    def test_without_blocking_it_returns_at_once(self, diag, ecu):
        diag(rx_flowcontrol_timeout=1000).send(bytes(100), None, None)
        assert ecu.receive(ANY, 5) == bytes(100)

    def test_an_error_of_one_is_told_by_the_next_keyword_and_only_once(self, diag, eventually):
        session = diag()
        session.send(bytes(8), None, None)
        eventually(lambda: not session.transport.transmitting())
        assert failure(IsoTpTransferError, lambda: session.available) == NOBODY.format(8)
        assert session.available is False

    def test_an_error_of_one_is_told_at_the_latest_when_it_closes(self, diag):
        session = diag()
        session.send(bytes(8), None, None)
        session.send(bytes(9), None, None)
        assert [str(error) for error in session.close()] == [NOBODY.format(8), NOBODY.format(9)]
        assert session.close() == []

    def test_a_close_waits_for_one_that_gets_through(self, diag, ecu):
        session = diag(rx_flowcontrol_timeout=1000)
        session.send(bytes(4000), None, None)
        assert session.close() == []
        assert ecu.receive(ANY, 5) == bytes(4000)

    def test_a_close_waits_not_for_ever(self, diag, monkeypatch):
        monkeypatch.setattr(connection_module, "_LONGEST_GRACE", 0.05)
        session = diag(rx_flowcontrol_timeout=3_600_000)
        session.send(bytes(8), None, None)
        began = time.monotonic()
        assert [str(error) for error in session.close()] == [
            "The sending of 8 bytes on connection 'diag' was stopped before it was through."
        ]
        assert time.monotonic() - began < 2

    @pytest.mark.parametrize(("params", "timeout"), [({"blocking_send": True}, None), ({}, 5)])
    def test_blocking_it_returns_when_the_payload_is_through_or_failed(self, diag, ecu, params, timeout):
        session = diag(**params, rx_flowcontrol_timeout=1000)
        session.send(bytes(4000), None, timeout)
        assert not session.transport.transmitting()
        assert ecu.receive(ANY, 5) == bytes(4000)

    @pytest.mark.parametrize(("params", "timeout"), [({"blocking_send": True}, None), ({}, 5)])
    def test_blocking_it_fails_with_the_error(self, diag, params, timeout):
        session = diag(**params)
        assert failure(IsoTpTransferError, session.send, bytes(8), None, timeout) == NOBODY.format(8)
        session.check()

    def test_not_through_in_time(self, diag):
        session = diag(rx_flowcontrol_timeout=60_000)
        assert failure(IsoTpTransferError, session.send, bytes(8), None, 0.05) == (
            "The IsoTp frame of 8 bytes on connection 'diag' was not through within 50 milliseconds and was abandoned."
        )
        assert not session.transmitting
        session.check()
        assert session.close() == []

    def test_through_in_the_last_moment(self, diag, monkeypatch, eventually):
        session = diag()
        check = session.check

        def slow_check():
            eventually(lambda: not session.transport.transmitting())
            check()

        monkeypatch.setattr(session, "check", slow_check)
        session.send(b"\x01", None, 0)

    def test_an_interruption_abandons_it(self, diag, monkeypatch):
        class TimeoutExceeded(BaseException):
            pass

        def interrupted(_seconds):
            raise TimeoutExceeded

        session = diag()
        with monkeypatch.context() as patch:
            patch.setattr(session.transport.inbox.changed, "wait", interrupted)
            with pytest.raises(TimeoutExceeded):
                session.send(bytes(8), None, 5)
        assert not session.transport.inbox.changed._lock.locked()
        assert not session.transmitting
        assert session.close() == []

    @pytest.mark.parametrize(
        ("params", "data", "target", "sentence"),
        [
            ({}, b"", None, "An IsoTp frame carries at least one byte; give some data."),
            ({"listen_mode": True}, b"\1", None, "Connection 'diag' has listen_mode=True and never sends."),
            (
                {},
                bytes(8),
                TargetAddressType.Functional,
                "8 bytes do not fit into a functional request: it is a single frame of at most 7 bytes on connection "
                "'diag' (ISO 15765-2).",
            ),
            (
                {"can_fd": True, "tx_data_length": 16, "default_target_address_type": 1},
                bytes(15),
                None,
                "15 bytes do not fit into a functional request: it is a single frame of at most 14 bytes on "
                "connection 'diag' (ISO 15765-2).",
            ),
        ],
    )
    def test_refusals(self, diag, params, data, target, sentence):
        assert failure(ConfigurationError, diag(**params).send, data, target, None) == sentence

    @pytest.mark.usefixtures("buses")
    def test_before_the_start(self, world):
        session = world.connection("diag", bus="tester", start=False)
        assert failure(BusError, session.send, b"\x01", None, None) == (
            "Connection 'diag' is not started; use Start IsoTp first."
        )

    def test_a_stop_abandons_it_with_a_notice(self, diag):
        for stop in ("stop", "stop_sending"):
            session = diag(rx_flowcontrol_timeout=60_000)
            session.send(bytes(8), None, None)
            getattr(session, stop)()
            assert session.notices == [
                "The sending of 8 bytes on connection 'diag' was stopped before it was through."
            ]
            assert session.close() == []


class TestReceive:
    def test_the_oldest_match_and_the_others_stay(self, diag, partner):
        session = diag()
        for text in ("02 62 01", "02 7F 22", "02 62 02"):
            partner(text)
        assert session.receive(Pattern("7F *"), 5) == b"\x7f\x22"
        assert [session.receive(ANY, 5), session.receive(Pattern("62 ??"), 5)] == [b"\x62\x01", b"\x62\x02"]

    def test_nothing_came(self, diag):
        assert failure(AssertionError, diag().receive, ANY, 0.05) == (
            "No IsoTp frame arrived on connection 'diag' (rxid 0x7E8) within 50 milliseconds. No message came on bus "
            "'tester' meanwhile."
        )

    def test_others_came(self, diag, partner, eventually):
        session = diag()
        partner("03 7F 22 78")
        partner("02 62 01")
        eventually(lambda: session.transport.inbox.unread == 2)
        assert failure(AssertionError, session.receive, Pattern("62 F1 *"), 0.05) == (
            "No IsoTp frame matching '62 F1 *' arrived on connection 'diag' (rxid 0x7E8) within 50 milliseconds. "
            "2 others did: '7F 22 78', '62 01'. No message came on bus 'tester' meanwhile."
        )
        assert session.receive(ANY, 0) == b"\x7f\x22\x78"

    def test_what_the_link_saw_is_told(self, diag, partner, raw_bus):
        session = diag()
        other = raw_bus()

        def traffic():
            other.send(can.Message(arbitration_id=0x100, is_extended_id=False))
            partner("10 14 01 02 03 04 05 06")

        threading.Timer(0.05, traffic).start()
        assert failure(AssertionError, session.receive, ANY, 0.3) == (
            "No IsoTp frame arrived on connection 'diag' (rxid 0x7E8) within 300 milliseconds. One is in reception but "
            "not complete. On bus 'tester' came 2 messages: 0x100 ×1, 0x7E8 ×1 (last 10 14 01 02 03 04 05 06)."
        )

    def test_one_that_was_lost_half_way_ends_the_wait(self, diag, partner):
        session = diag()
        threading.Timer(0.05, lambda: (partner("10 14 01 02 03 04 05 06"), partner("23"))).start()
        began = time.monotonic()
        assert failure(IsoTpTransferError, session.receive, ANY, 30) == (
            "On connection 'diag': A consecutive frame from 0x7E8 has the wrong sequence number (expected 1, received "
            "3): an IsoTp frame was lost."
        )
        assert time.monotonic() - began < 5

    def test_what_does_no_harm_is_a_notice_and_not_the_end(self, diag, partner):
        session = diag()
        threading.Timer(0.02, lambda: (partner("30 00 00"), partner("01 AA"))).start()
        assert session.receive(ANY, 5) == b"\xaa"
        session.check()
        assert session.notices == [
            "On connection 'diag': A flow control from 0x7E8 came although nothing was being sent; it was ignored."
        ]

    def test_what_was_unread_at_a_stop_is_received(self, diag, partner, eventually):
        session = diag()
        partner("01 AA")
        eventually(lambda: session.transport.inbox.unread)
        session.stop()
        assert session.receive(ANY, 0) == b"\xaa"
        assert failure(BusError, session.receive, ANY, 0) == (
            "Connection 'diag' is not started; use Start IsoTp first."
        )

    def test_the_bus_dies_in_the_middle(self, world, scripted_bus):
        bus = scripted_bus()
        world.buses.use(bus, "frail", False)
        session = world.connection("diag", bus="frail")
        threading.Timer(0.05, bus.arrived.put, [OSError("unplugged")]).start()
        assert failure(BusError, session.receive, ANY, 30) == "Bus 'frail' receives no more: unplugged."

    def test_many_problems_are_one_sentence_each_up_to_three(self, diag, partner, eventually):
        session = diag()
        for _ in range(25):
            partner("40")
        eventually(lambda: session.transport.inbox._more_problems == 5)
        told = failure(IsoTpTransferError, session.check)
        assert told.count("is no valid ISO-TP message") == 3
        assert told.endswith(" 18 more problems followed.")
        session.check()


class TestExchange:
    def test_the_reply(self, diag, ecu):
        session = diag(rx_flowcontrol_timeout=1000)

        def answer():
            ecu.receive(Pattern("22 F1 90"), 5)
            ecu.send(bytes.fromhex("7F2278"), None, None)
            ecu.send(bytes.fromhex("62F190") + bytes(17), None, None)

        thread = threading.Thread(target=answer)
        thread.start()
        reply = session.exchange(bytes.fromhex("22F190"), Pattern("62 F1 90 *"), 5)
        thread.join()
        assert reply == bytes.fromhex("62F190") + bytes(17)
        assert session.receive(ANY, 0) == bytes.fromhex("7F2278")

    def test_what_came_before_is_no_reply(self, diag, partner):
        session = diag()
        partner("02 62 01")
        assert failure(AssertionError, session.exchange, b"\x22", Pattern("62 *"), 0.05) == (
            "No reply to '22' matching '62 *' arrived on connection 'diag' (rxid 0x7E8) within 50 milliseconds. "
            "No message came on bus 'tester' meanwhile."
        )
        assert session.receive(ANY, 0) == b"\x62\x01"

    def test_what_began_before_is_no_reply(self, diag, partner, eventually):
        session = diag()
        partner("10 08 62 00 00 00 00 00")
        eventually(session.transport.receiving)
        threading.Timer(0.05, partner, ["21 00 00"]).start()
        assert "No reply to '22' matching '62 *' arrived" in failure(
            AssertionError, session.exchange, b"\x22", Pattern("62 *"), 0.3
        )
        assert session.receive(ANY, 0) == b"\x62" + bytes(7)

    def test_a_request_that_does_not_get_through(self, diag):
        began = time.monotonic()
        assert failure(IsoTpTransferError, diag().exchange, bytes(8), ANY, 30) == NOBODY.format(8)
        assert time.monotonic() - began < 5


class TestClosed:
    def test_everything_is_refused(self, diag):
        session = diag()
        session.close()
        closed = "Connection 'diag' is closed; open it again before use."
        for work in (
            session.start,
            session.stop,
            session.stop_sending,
            session.stop_receiving,
            session.check,
        ):
            assert failure(BusError, work) == closed
        assert failure(BusError, session.send, b"\x01", None, None) == closed
        assert failure(BusError, session.receive, ANY, 0) == closed

    def test_closed_with_its_bus(self, diag, world):
        session = diag()
        world.buses.registry.close("tester")
        assert session.closed
        assert failure(BusError, session.check) == "Connection 'diag' is closed; open it again before use."

    def test_its_errors_are_told_when_the_bus_closes(self, diag, world):
        session = diag()
        session.send(bytes(8), None, None)
        session.notices.append("By the way.")
        assert [str(error) for error in world.buses.registry.close("tester")] == [NOBODY.format(8)]
        assert world.buses.registry.notices == ["By the way."]

    def test_a_driver_that_refuses_filters_is_told_and_the_thread_ends(self, world, scripted_bus):
        bus = scripted_bus(filtering=True)
        world.buses.use(bus, "frail", False)
        session = world.connection("diag", bus="frail")
        world.buses.registry.get("frail").set_filters(CanFilters("0x1"))

        bus.refuses_filters = True
        assert [str(error) for error in session.close()] == [
            "Bus 'frail' could not set its filters: no room for filters."
        ]
        assert session.closed
        assert not session.transport.running
        assert world.buses.registry.get("frail").dependents == []

    def test_a_bus_that_closes_while_the_thread_sends(self, world, scripted_bus):
        entered, go_on = threading.Event(), threading.Event()

        def send(_message):
            entered.set()
            go_on.wait(5)

        world.buses.use(scripted_bus(send=send), "frail", True)
        session = world.connection("diag", bus="frail")
        session.send(b"\x01", None, None)
        assert entered.wait(5)
        threading.Timer(0.05, go_on.set).start()
        assert world.buses.registry.close("frail") == []
        assert session.closed

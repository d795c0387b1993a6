"""What the Python backend meets beside its partner: a bus that fails, functions of the user, a rate limit."""

import queue
import threading
import time

import can
import pytest

from CanLibrary.errors import BusError, IsoTpTransferError
from CanLibrary.transport import python
from CanLibrary.transport.queues import RequestQueue

pytestmark = pytest.mark.only_backend("python", "it is about its bus and its parameters")


class Faults:
    """Lets sends of a scripted bus fail by their number, counted from 0."""

    def __init__(self, *numbers):
        self.numbers, self.count = set(numbers), 0

    def __call__(self, _message):
        number, self.count = self.count, self.count + 1
        if number in self.numbers:
            raise can.CanOperationError("nobody acknowledged")


@pytest.fixture
def on_bus(backend, scripted_bus, node, tester_address):
    """Return an endpoint on a scripted bus and the bus."""

    def make(send=None, **params):
        bus = scripted_bus(send=send)
        return backend.endpoint(tester_address, bus=node("body", bus=bus), **params), bus

    return make


def message(text):
    return can.Message(arbitration_id=0x7E8, is_extended_id=False, data=bytes.fromhex(text))


class TestFailingBus:
    def test_a_single_frame_that_the_bus_refuses(self, on_bus):
        tester, bus = on_bus(Faults(0))
        error = tester.send(b"\x01")
        assert type(error) is BusError
        assert str(error) == "Bus 'body' could not send 0x7E0  [2]  01 01: nobody acknowledged."
        assert tester.send(b"\x02") is None
        assert [bytes(sent.data) for sent in bus.sent] == [b"\x01\x02"]
        assert tester.inbox.take_problems() == []

    def test_a_first_frame_that_the_bus_refuses(self, on_bus):
        tester, _ = on_bus(Faults(0))
        assert str(tester.send(bytes(8))) == (
            "Bus 'body' could not send 0x7E0  [8]  10 08 00 00 00 00 00 00: nobody acknowledged."
        )
        assert not tester.transport.transmitting()

    @pytest.mark.parametrize("failing", [1, 2])
    def test_a_consecutive_frame_that_the_bus_refuses(self, on_bus, failing, eventually):
        tester, bus = on_bus(Faults(failing))
        transfer = tester.begin(bytes(6 + 7 + 7))
        eventually(lambda: bus.sent)
        bus.arrived.put(message("30 00 00"))
        assert str(tester.end(transfer)) == (
            f"Bus 'body' could not send 0x7E0  [8]  2{failing} 00 00 00 00 00 00 00: nobody acknowledged."
        )
        assert tester.send(b"\x02") is None
        assert tester.inbox.take_problems() == []

    def test_each_of_several_gets_its_own_end(self, on_bus):
        tester, bus = on_bus(Faults(1, 3))
        transfers = [tester.begin(bytes([number])) for number in range(5)]
        errors = [tester.end(transfer) for transfer in transfers]
        assert [error is None for error in errors] == [True, False, True, False, True]
        assert "01 03" in str(errors[3])
        assert [sent.data[1] for sent in bus.sent] == [0, 2, 4]

    def test_a_flow_control_that_the_bus_refuses(self, on_bus, eventually):
        tester, bus = on_bus(Faults(0))
        bus.arrived.put(message("10 14 01 02 03 04 05 06"))
        told = tester.problem()
        assert not told.harmless
        assert str(told.error) == "Bus 'body' could not send 0x7E0  [3]  30 08 00: nobody acknowledged."
        eventually(lambda: not tester.transport.receiving())
        bus.arrived.put(message("01 AA"))
        assert tester.receive() == b"\xaa"

    def test_what_arrives_while_a_send_fails_is_not_lost(self, on_bus):
        entered, go_on = threading.Event(), threading.Event()

        def send(_message):
            entered.set()
            assert go_on.wait(5)
            raise can.CanOperationError("nobody acknowledged")

        tester, bus = on_bus(send)
        first, second = tester.begin(b"\x01"), tester.begin(b"\x02")
        assert entered.wait(5)
        bus.arrived.put(message("01 AA"))
        go_on.set()
        assert tester.end(first) is not None
        assert tester.end(second) is not None
        assert tester.receive() == b"\xaa"

    def test_any_exception_of_a_driver_is_told(self, on_bus):
        def send(_message):
            raise ZeroDivisionError

        tester, _ = on_bus(send)
        assert str(tester.send(b"\x01")) == "Bus 'body' could not send 0x7E0  [2]  01 01: ZeroDivisionError."

    def test_a_bus_that_died_fails_the_transfer(self, on_bus, eventually):
        tester, bus = on_bus()
        bus.arrived.put(OSError("the adapter was unplugged"))
        eventually(lambda: tester.transport._port.traffic.failure)
        assert str(tester.send(b"\x01")) == "Bus 'body' receives no more: the adapter was unplugged."

    def test_a_driver_that_refuses_filters_at_the_stop_does_not_keep_the_thread(
        self, backend, scripted_bus, node, tester_address
    ):
        bus = scripted_bus(filtering=True)
        tester = backend.endpoint(tester_address, bus=node("body", bus=bus, filters="0x100"))
        bus.refuses_filters = True
        with pytest.raises(BusError) as told:
            tester.transport.stop()
        assert str(told.value) == "Bus 'body' could not set its filters: no room for filters."
        assert not tester.transport.running

    def test_a_driver_that_refuses_filters_at_the_start_does_not_keep_the_thread(
        self, backend, scripted_bus, node, tester_address
    ):
        bus = scripted_bus(filtering=True)
        tester = backend.endpoint(tester_address, bus=node("body", bus=bus, filters="0x100"), start=False)
        bus.refuses_filters = True
        with pytest.raises(BusError):
            tester.transport.start()
        assert not tester.transport.running
        with pytest.raises(BusError):
            tester.transport.stop()
        bus.refuses_filters = False

    def test_a_thread_that_hangs_in_its_driver_takes_nothing_from_its_successor(
        self, on_bus, monkeypatch, eventually
    ):
        monkeypatch.setattr(python, "_PATIENCE", 0.01)
        entered, go_on = threading.Event(), threading.Event()

        def send(_message):
            if not entered.is_set():
                entered.set()
                assert go_on.wait(5)

        tester, bus = on_bus(send)
        before = threading.active_count()
        transfer = tester.begin(b"\x01")
        assert entered.wait(5)
        tester.transport.stop()
        assert transfer.done
        tester.transport.start()
        assert threading.active_count() == before + 1
        go_on.set()
        eventually(lambda: threading.active_count() == before)
        for number in range(20):
            bus.arrived.put(message(f"01 {number:02X}"))
        assert [tester.receive() for _ in range(20)] == [bytes([number]) for number in range(20)]


class TestWaiting:
    def test_a_wait_func_is_called_with_the_separation_time(self, on_bus, eventually):
        waits = []

        def wait(seconds):
            waits.append(seconds)
            time.sleep(seconds)

        tester, bus = on_bus(wait_func=wait)
        waits.clear()  # can-isotp tries it out
        transfer = tester.begin(bytes(20))
        eventually(lambda: bus.sent)
        bus.arrived.put(message("30 00 0A"))
        assert tester.end(transfer) is None
        assert waits
        assert all(0 < seconds <= 0.01 for seconds in waits)

    def test_a_wait_func_that_fails_fails_the_transfer_and_not_the_connection(self, on_bus, eventually):
        broken = threading.Event()

        def wait(_seconds):
            if broken.is_set():
                raise RuntimeError("no such clock")

        tester, bus = on_bus(wait_func=wait)
        broken.set()
        transfer = tester.begin(bytes(20))
        eventually(lambda: bus.sent)
        bus.arrived.put(message("30 00 0A"))
        assert str(tester.end(transfer)) == "The wait_func of connection 'tester' failed: no such clock."
        assert tester.send(b"\x01") is None
        bus.arrived.put(message("01 AA"))
        assert tester.receive() == b"\xaa"

    def test_the_separation_time_is_counted_from_the_end_of_a_send(self, on_bus, eventually):
        ended = []

        def send(_message):
            if len(ended) == 1:
                time.sleep(0.03)
            ended.append(time.monotonic())

        tester, bus = on_bus(send)
        transfer = tester.begin(bytes(6 + 3 * 7))
        eventually(lambda: bus.sent)
        bus.arrived.put(message("30 00 28"))  # 40 ms
        assert tester.end(transfer) is None
        _, first, second, third = ended
        assert second - first >= 0.0399
        assert third - second >= 0.0399

    def test_a_long_separation_time_does_not_delay_a_stop(self, on_bus, eventually):
        tester, bus = on_bus(override_receiver_stmin=60.0)
        transfer = tester.begin(bytes(20))
        eventually(lambda: bus.sent)
        bus.arrived.put(message("30 00 00"))
        bus.arrived.put(message("01 AA"))
        assert tester.receive() == b"\xaa"
        began = time.monotonic()
        tester.transport.stop()
        assert time.monotonic() - began < 2
        assert "was stopped before" in str(transfer.error)


class TestRateLimit:
    # 0.1 s × 1600 bit/s = 160 bits = 20 bytes in any 0.1 s
    LIMIT = {  # noqa: RUF012
        "rate_limit_enable": True,
        "rate_limit_max_bitrate": 1600,
        "rate_limit_window_size": 0.1,
    }

    def test_single_frames_that_are_held_back_are_through_at_last(self, on_bus):
        tester, bus = on_bus(**self.LIMIT)
        began = time.monotonic()
        transfers = [tester.begin(bytes(7)) for _ in range(5)]
        assert [tester.end(transfer) for transfer in transfers] == [None] * 5
        assert time.monotonic() - began > 0.19
        assert len(bus.sent) == 5
        assert not tester.transport.transmitting()

    def test_waiting_for_the_limit_costs_no_cpu(self, backend, tester_address, ecu_address, payload):
        tester = backend.endpoint(tester_address, **self.LIMIT)
        ecu = backend.endpoint(ecu_address, "ecu", blocksize=0)
        used, began = time.process_time(), time.monotonic()
        assert tester.send(payload(120)) is None
        used, took = time.process_time() - used, time.monotonic() - began
        assert ecu.receive() == payload(120)
        assert took > 0.5
        assert used < took / 3


def test_a_wait_that_is_not_allowed_but_did_no_harm_is_told_as_harmless(on_bus, eventually):
    tester, bus = on_bus()
    transfer = tester.begin(bytes(8))
    eventually(lambda: bus.sent)
    bus.arrived.put(message("31 00 00"))
    bus.arrived.put(message("30 00 00"))
    assert tester.end(transfer) is None
    told = tester.problem()
    assert told.harmless
    assert type(told.error) is IsoTpTransferError
    assert str(told.error) == (
        "On connection 'tester': A flow control 'wait' from 0x7E8 came although wftmax=0 allows none; the IsoTp "
        "frame got through all the same."
    )


def test_a_request_is_noted_before_anybody_can_work_on_it():
    noted = []
    requests = RequestQueue(lambda request: noted.append((request, requests.empty())))
    requests.put("request")
    assert noted == [("request", True)]
    assert requests.get_nowait() == "request"
    with pytest.raises(queue.Empty):
        requests.get_nowait()


def test_a_block_that_is_being_sent_can_be_stopped(backend, tester_address, ecu_address, payload, eventually):
    tester, ecu = backend.pair(tester_address, ecu_address, max_frame_size=1_000_000, blocksize=0)
    transfer = tester.begin(payload(1_000_000))  # can-isotp sends it in one go, for many seconds
    eventually(ecu.transport.receiving)
    before = time.monotonic()
    tester.transport.stop_sending()
    assert time.monotonic() - before < 2
    assert isinstance(transfer.error, BusError)
    assert tester.send(b"\x01") is None
    assert "came before the IsoTp frame in reception was complete" in str(ecu.problem().error)
    assert ecu.receive() == b"\x01"

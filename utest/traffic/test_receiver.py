"""The one reader of a bus: what arrives is recorded, a failure is told, and it never waits or works for nothing."""

import threading
import time

import can
import pytest

from CanLibrary.errors import BusError
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.receiver import Receiver
from CanLibrary.traffic.waits import Window, receive, wait_for


@pytest.fixture
def receiver(traffic):
    """Start receivers on bus objects."""
    started = []

    def start(bus):
        started.append(Receiver(bus, traffic))
        started[-1].start()
        return started[-1]

    yield start
    for single in started:
        single.stop()


def record(traffic):
    return [
        str(traffic.trace.message(position)) for position in range(traffic.trace.first, traffic.trace.end)
    ]


def test_everything_is_recorded_in_order(raw_bus, receiver, traffic, message, eventually):
    partner = raw_bus()
    receiver(raw_bus())
    sent = [
        message("0x100", "01"),
        message("0x18DA10F1", "02 03"),
        message("0x101", is_remote_frame=True, dlc=5),
        message("0x102", "04" * 12, is_fd=True, bitrate_switch=True, error_state_indicator=True),
    ]
    before = time.monotonic()
    for single in sent:
        partner.send(single)
    eventually(lambda: traffic.trace.end == 4)
    assert record(traffic) == [
        "0x100  [1]  01",
        "0x18DA10F1  [2]  02 03",
        "0x101  [5]  remote",
        "0x102  [12]  FD BRS  04 04 04 04 04 04 04 04 04 04 04 04",
    ]
    last = traffic.trace.message(3)
    assert (last.error_state_indicator, last.is_rx) == (True, True)
    assert before <= last.received_at <= time.monotonic()
    assert abs(last.timestamp - time.time()) < 60


def test_error_frames_are_counted_and_kept_out(scripted_bus, receiver, traffic, message):
    bus = scripted_bus()
    receiver(bus)
    bus.arrived.put(message("0x001", is_error_frame=True))
    bus.arrived.put(message("0x100", "01"))
    assert str(receive(traffic, Matcher(), 5)[0]) == "0x100  [1]  01"
    assert (traffic.error_frames, traffic.mailbox.unread) == (1, 0)
    assert traffic.trace.message(0).is_error_frame


class Panic(BaseException):
    """As a driver written in Rust raises it."""


@pytest.mark.parametrize(
    ("raised", "sentence"),
    [
        (can.CanOperationError("bus off"), "Bus 'body' receives no more: bus off."),
        (OSError(19, "No such device"), "Bus 'body' receives no more: [Errno 19] No such device."),
        (ZeroDivisionError(), "Bus 'body' receives no more: ZeroDivisionError."),
        (Panic("out of cheese"), "Bus 'body' receives no more: out of cheese."),
    ],
)
def test_a_failure_ends_every_wait_at_once_with_its_cause(
    scripted_bus, receiver, traffic, message, raised, sentence
):
    bus = scripted_bus()
    receiver(bus)
    bus.arrived.put(message("0x100"))
    threading.Timer(0.05, bus.arrived.put, [raised]).start()
    began = time.monotonic()
    with pytest.raises(BusError) as told:
        wait_for(traffic, Matcher("0x7E8"), Window(0, began, 30))
    assert str(told.value) == sentence
    assert told.value.__cause__ is raised
    assert time.monotonic() - began < 5


def test_a_message_that_no_record_can_hold_is_a_failure_and_no_silence(
    scripted_bus, receiver, traffic, message, eventually
):
    bus = scripted_bus()
    receiver(bus)
    odd = message("0x100")
    odd.arbitration_id = 1 << 40
    bus.arrived.put(odd)
    assert eventually(lambda: traffic.failure)


def test_a_bus_that_does_not_wait_burns_no_cpu(scripted_bus, receiver):
    calls = []
    bus = scripted_bus(recv=calls.append)
    started = receiver(bus)
    began, used = time.monotonic(), time.process_time()
    threading.Event().wait(0.3)
    used, took = time.process_time() - used, time.monotonic() - began
    started.stop()
    assert len(calls) < 1100 * took
    assert used < took / 2


class TestStop:
    def test_it_ends_while_it_waits(self, raw_bus, receiver):
        started = receiver(raw_bus())
        before = threading.active_count()
        began = time.monotonic()
        started.stop()
        assert time.monotonic() - began < 1
        assert threading.active_count() == before - 1
        started.stop()

    def test_before_the_start_is_fine(self, raw_bus, traffic):
        Receiver(raw_bus(), traffic).stop()

    def test_what_a_driver_raises_because_of_the_end_is_no_failure(self, scripted_bus, receiver, traffic):
        entered, go_on = threading.Event(), threading.Event()

        def recv(_timeout):
            entered.set()
            assert go_on.wait(5)
            raise can.CanOperationError("closed")

        started = receiver(scripted_bus(recv=recv))
        assert entered.wait(5)
        threading.Timer(0.05, go_on.set).start()
        started.stop()
        assert traffic.failure is None


class TestCatchUp:
    def test_all_that_was_sent_on_a_virtual_bus_is_recorded(self, raw_bus, receiver, traffic, message):
        partner = raw_bus()
        started = receiver(raw_bus())
        for number in range(1, 301):
            partner.send(message("0x100"))
            started.catch_up()
            assert traffic.trace.end == number

    @pytest.mark.parametrize("filters", [[{"can_id": 0x100, "can_mask": 0x7FF, "extended": False}], []])
    def test_also_with_filters(self, raw_bus, receiver, traffic, message, filters):
        partner, bus = raw_bus(), raw_bus(can_filters=filters)
        started = receiver(bus)
        partner.send(message("0x200"))
        partner.send(message("0x100"))
        started.catch_up()
        assert record(traffic)[-1:] == ["0x100  [0]"]

    def test_all_that_a_driver_holds_is_recorded(self, scripted_bus, receiver, traffic, message):
        bus = scripted_bus()
        started = receiver(bus)
        for number in range(1, 51):
            bus.arrived.put(message("0x100"))
            bus.arrived.put(message("0x100"))
            started.catch_up()
            assert traffic.trace.end == 2 * number

    def test_all_that_a_slow_driver_holds_is_recorded(self, scripted_bus, receiver, traffic, message):
        held = [message("0x100", f"{number:02X}") for number in range(10)]
        asked = threading.Event()

        def recv(timeout):
            time.sleep(0.005 if asked.is_set() and held else 0.005 + timeout)  # as a remote call lasts
            return held.pop(0) if asked.is_set() and held else None

        started = receiver(scripted_bus(recv=recv))
        asked.set()
        started.catch_up()
        assert len(record(traffic)) == 10

    def test_a_bus_that_is_never_quiet_does_not_hold_it_up_for_ever(self, scripted_bus, receiver, message):
        endless = message("0x100")
        started = receiver(scripted_bus(recv=lambda _timeout: endless))
        began = time.monotonic()
        assert started.catch_up(0.05) is False
        assert time.monotonic() - began < 2

    def test_whether_a_virtual_bus_is_behind_is_known(self, raw_bus, receiver, traffic, message):
        partner, bus = raw_bus(), raw_bus()
        bus.queue.put(message("0x100"))
        bus.recv(0)
        bus.queue.put(message("0x100"))
        started = receiver(bus)
        with traffic.changed:  # so nothing can be recorded
            partner.send(message("0x100"))
            assert started.is_behind()
        started.catch_up()
        assert not started.is_behind()
        assert traffic.trace.end == 2

    def test_a_dead_bus_does_not_hold_it_up(self, scripted_bus, receiver, traffic, eventually):
        bus = scripted_bus()
        started = receiver(bus)
        bus.arrived.put(OSError("unplugged"))
        eventually(lambda: traffic.failure)
        began = time.monotonic()
        assert started.catch_up() is True
        assert time.monotonic() - began < 1

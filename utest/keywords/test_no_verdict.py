"""Where nobody can know, there is no verdict: messages that went from the trace, filters, the end of a recording."""

import threading
import time

import can
import pytest

from CanLibrary import BusError, ConfigurationError
from CanLibrary.traffic.bus_traffic import BusTraffic
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.several import wait_for_several
from CanLibrary.traffic.waits import receive, response_time, should_not_arrive, wait_for
from CanLibrary.traffic.window import Window
from CanLibrary.types import Expect

NEEDLE = Matcher("0x7FF")
GONE = (
    "Whether a message 0x7FF arrived on bus 'body' within 200 milliseconds cannot be said: "
    "{} messages of that time went from the trace before they were looked at, because it keeps 16. "
    "Use a larger trace_size."
)


@pytest.fixture
def flooded():
    """Traffic whose small trace is overrun, between two looks, by a needle and what comes after it."""
    traffic = BusTraffic("body", capacity=16)

    def flood():
        with traffic.changed:  # nobody looks in between
            for key in (0x7FF, *[0x100] * 100):
                position = traffic.trace.append(key, b"", 0, 0, time.monotonic(), 0.0)
                traffic.mailbox.add(True)
                if position >= traffic.trace.full_at:
                    traffic.trace.drop(surplus := traffic.trace.surplus())
                    traffic.mailbox.drop(surplus)

    timer = threading.Timer(0.02, flood)
    timer.start()
    yield traffic
    timer.join()


@pytest.mark.parametrize(
    "judge",
    [
        lambda traffic, window: wait_for(traffic, NEEDLE, window),
        lambda traffic, window: should_not_arrive(traffic, NEEDLE, Window(0, window.began, 0.2, "", False)),
        lambda traffic, window: wait_for_several(traffic, [NEEDLE], Expect.ALL, window),
        lambda traffic, window: response_time(traffic, NEEDLE, "0x7E0", window, 0.1),
    ],
)
def test_what_went_before_it_was_looked_at(flooded, judge):
    with pytest.raises(BusError) as refused:
        judge(flooded, Window(0, time.monotonic(), 0.2))
    gone = flooded.trace.first
    assert gone > 80
    assert str(refused.value) == GONE.format(gone)


def test_nor_by_the_mailbox(flooded):
    with pytest.raises(BusError, match=r"^Bus 'body' lost \d+ unread messages, the oldest ones"):
        receive(flooded, NEEDLE, 0.2)


class TestFilters:
    def send(self, channel, identifier):
        with can.Bus(interface="virtual", channel=channel, ignore_config=True) as partner:
            partner.send(can.Message(arbitration_id=identifier, is_extended_id=False))

    @pytest.fixture
    def library(self, new_library, channel):
        library = new_library(timeout=0.1)
        library.open_can_bus("tester", channel=channel, bitrate=500000)
        return library

    @pytest.mark.parametrize(
        "ask",
        [
            lambda library, mark: library.can_message_should_not_arrive("0x7FF", since=mark, within=0.1),
            lambda library, mark: library.can_message_count_should_be(0, "0x7FF", since=mark),
            lambda library, mark: library.get_last_can_message("0x7FF", since=mark),
            lambda library, mark: library.get_can_messages("0x7FF", since=mark),
            lambda library, mark: library.wait_for_can_messages("0x7FF", since=mark, within=0.1),
        ],
    )
    @pytest.mark.parametrize("cleared", [False, True])
    def test_what_they_leave_out_is_not_judged(self, library, channel, ask, cleared):
        mark = library.set_can_mark()
        library.set_can_filters("0x100")
        self.send(channel, 0x7FF)
        if cleared:
            library.clear_can_filters()
        with pytest.raises(ConfigurationError) as refused:
            ask(library, mark)
        assert str(refused.value).startswith(
            "The filters of bus 'tester' (0x100:0x7FF) let no message 0x7FF through"
            + (" in a part of that time" if cleared else "")
            + ", so there is no verdict about it; "
        )

    def test_after_they_were_cleared_it_is(self, library, channel):
        library.set_can_filters("0x100")
        library.clear_can_filters()
        mark = library.set_can_mark()
        self.send(channel, 0x7FF)
        library.can_message_count_should_be(1, "0x7FF", since=mark)

    def test_nor_is_the_load_of_the_bus(self, library, channel):
        mark = library.set_can_mark()
        library.set_can_filters("0x100")
        self.send(channel, 0x7FF)
        library.clear_can_filters()
        with pytest.raises(ConfigurationError, match="its filters left messages out in that time"):
            library.bus_load_should_be_below("50 %", since=mark)


class TestRecording:
    @pytest.fixture
    def library(self, new_library, tmp_path):
        path = tmp_path / "drive.log"
        path.write_text("(1000.000000) can0 7E0#01 R\n(1000.100000) can0 100#02 R\n")
        library = new_library()
        library.open_can_trace(path, "drive")
        return library

    def test_nothing_is_known_of_the_time_after_its_end(self, library):
        with pytest.raises(BusError) as refused:
            library.can_message_should_not_arrive("0x7E8", within=100)
        assert str(refused.value) == (
            "Whether a message 0x7E8 arrived on bus 'drive' within 100 seconds of the recording's beginning cannot be "
            "said: the recording ends 99.9 seconds before that time is over."
        )

    def test_a_whole_recording_is_judged(self, library):
        library.can_message_should_not_arrive("0x7E8")
        library.can_message_should_not_arrive("0x7E8", within=0.1)

    def test_a_limit_beyond_its_end(self, library):
        request = library.get_last_can_message("0x7E0")
        with pytest.raises(BusError, match=r"the recording ends 9\.9 seconds before that time is over"):
            library.response_time_should_be_below("10 s", request, "0x7E8")
        with pytest.raises(AssertionError, match="No message 0x7E8 answered"):
            library.response_time_should_be_below("50 ms", request, "0x7E8")

    def test_it_has_no_time_in_common_with_an_open_bus(self, library, channel):
        request = library.get_last_can_message("0x7E0")
        library.open_can_bus("tester", channel=channel)
        with pytest.raises(ConfigurationError) as refused:
            library.response_time_should_be_below("1 s", request, "0x7E8", bus="tester")
        assert str(refused.value) == (
            "0x7E0  [1]  01 and bus 'tester' have no time in common: one of them is a recording."
        )


def test_a_reply_before_the_bus_was_opened_is_not_known(library, channel):
    request = library.send_can_message("0x7E0")
    library.open_can_bus("late", channel=channel)
    with pytest.raises(
        ConfigurationError, match=r"passed before bus 'late' was opened: whether it was answered"
    ):
        library.response_time_should_be_below("1 s", request, "0x7E8", bus="late")


class TestBusThatDied:
    @pytest.fixture
    def dead(self, new_library, scripted_bus, eventually):
        library, bus = new_library(), scripted_bus()
        library.use_existing_can_bus(bus, "lab")
        bus.arrived.put(can.Message(arbitration_id=0x100, is_extended_id=False))
        session = library._buses.registry.get("lab")
        eventually(lambda: session.traffic.trace.end)
        bus.arrived.put(OSError("cable pulled"))
        eventually(lambda: session.traffic.failure)
        return library

    def test_what_it_recorded_is_there(self, dead, tmp_path):
        assert [str(message) for message in dead.get_can_messages()] == ["0x100  [0]"]
        dead.save_can_trace(tmp_path / "last.blf")
        dead.open_can_trace(tmp_path / "last.blf")
        dead.can_message_count_should_be(1, "0x100", bus="last")

    def test_but_it_is_not_judged(self, dead):
        with pytest.raises(BusError) as refused:
            dead.can_message_count_should_be(1, "0x100")
        assert str(refused.value) == "Bus 'lab' receives no more: cable pulled."

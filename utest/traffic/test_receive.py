"""Receiving from the mailbox: what is handed out, what stays, and what a failure says, word by word."""

import threading
import time

import pytest

from CanLibrary.errors import BusError
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.waits import receive

ANY = Matcher()


def texts(messages):
    return [str(message) for message in messages]


def failure(*args, **kwargs):
    with pytest.raises(AssertionError) as caught:
        receive(*args, **kwargs)
    return str(caught.value)


def test_what_is_there_is_handed_out_at_once(traffic, message):
    traffic.arrives(message("0x100", "01"), message("0x200", "02"))
    assert texts(receive(traffic, Matcher("0x200"), 0)) == ["0x200  [1]  02"]
    assert texts(receive(traffic, ANY, 0)) == ["0x100  [1]  01"]


def test_it_waits_for_what_comes(traffic, message):
    threading.Timer(0.05, traffic.arrives, [message("0x100", "01")]).start()
    began = time.monotonic()
    assert texts(receive(traffic, Matcher("0x100"), 5)) == ["0x100  [1]  01"]
    assert 0.04 < time.monotonic() - began < 4


def test_several_some_of_which_come_later(traffic, message):
    traffic.arrives(message("0x100", "01"), message("0x200", "02"))
    threading.Timer(0.05, traffic.arrives, [message("0x200", "03"), message("0x100", "04")]).start()
    assert texts(receive(traffic, Matcher("0x100"), 5, 2)) == ["0x100  [1]  01", "0x100  [1]  04"]
    assert texts(receive(traffic, ANY, 0, 2)) == ["0x200  [1]  02", "0x200  [1]  03"]


def test_more_than_the_trace_keeps(new_traffic, message, eventually):
    traffic = new_traffic(capacity=10)

    def arrive():
        for number in range(60):
            traffic.arrives(message("0x100", f"{number:02X}"))
            eventually(
                lambda: traffic.mailbox.unread == 0
            )  # taken by the one that waits, before the next comes

    thread = threading.Thread(target=arrive)
    thread.start()
    got = receive(traffic, ANY, 10, 60)
    thread.join()
    assert texts(got) == [f"0x100  [1]  {number:02X}" for number in range(60)]


class TestFailure:
    def test_nothing_came(self, traffic):
        assert failure(traffic, Matcher("0x7E8", "?? 50 *"), 0.05) == (
            "No message 0x7E8 matching '?? 50 *' arrived on bus 'body' within 50 milliseconds. Nothing else did."
        )

    def test_others_came(self, traffic, message):
        traffic.arrives(*[message("0x100")] * 21, *[message("0x200")] * 20, message("0x7E8", "03 7F 10 12"))
        assert failure(traffic, Matcher("0x7E8", "?? 50 *"), 0) == (
            "No message 0x7E8 matching '?? 50 *' arrived on bus 'body' within 0 seconds. 42 others did: 0x100 ×21, "
            "0x200 ×20, 0x7E8 ×1 (last 03 7F 10 12)."
        )
        assert traffic.mailbox.unread == 42

    def test_one_other_came(self, traffic, message):
        traffic.arrives(message("0x00000100", "01"))
        assert failure(traffic, Matcher("0x100"), 0) == (
            "No message 0x100 arrived on bus 'body' within 0 seconds. 1 other did: 0x00000100 ×1."
        )

    def test_many_identifiers_are_not_all_listed(self, traffic, message):
        traffic.arrives(*(message(number) for number in range(0x100, 0x10C)))
        assert failure(traffic, Matcher("*", "AA"), 0) == (
            "No message matching 'AA' arrived on bus 'body' within 0 seconds. 12 others did: "
            + ", ".join(f"0x{number:03X} ×1" for number in range(0x100, 0x10A))
            + ", 2 more identifiers."
        )

    def test_error_frames_are_told(self, traffic, message):
        traffic.arrives(message("0x001", is_error_frame=True))
        assert failure(traffic, ANY, 0) == (
            "No message arrived on bus 'body' within 0 seconds. Nothing else did. 1 error frame came since the bus "
            "was opened."
        )

    def test_fewer_than_asked_for_stay_unread(self, traffic, message):
        traffic.arrives(message("0x100", "01"), message("0x200", "02"), message("0x100", "03"))
        assert failure(traffic, Matcher("0x100"), 0.05, 3) == (
            "Only 2 of 3 messages 0x100 arrived on bus 'body' within 50 milliseconds; they stay unread. "
            "1 other did: 0x200 ×1."
        )
        assert texts(receive(traffic, ANY, 0, 3)) == ["0x100  [1]  01", "0x200  [1]  02", "0x100  [1]  03"]

    def test_none_of_several(self, traffic):
        assert failure(traffic, ANY, 0, 3) == (
            "Only 0 of 3 messages arrived on bus 'body' within 0 seconds; they stay unread. Nothing else did."
        )


class TestWhatIsLost:
    def test_is_told_once_and_then_the_rest_is_handed_out(self, new_traffic, message):
        traffic = new_traffic(capacity=2)
        traffic.arrives(*(message("0x100", f"{number:02X}") for number in range(5)))
        with pytest.raises(BusError) as told:
            receive(traffic, ANY, 0)
        assert str(told.value) == (
            "Bus 'body' lost 3 unread messages, the oldest ones: the trace keeps 2 messages. Use Clear Received "
            "Messages before, or a larger trace_size."
        )
        assert texts(receive(traffic, ANY, 0)) == ["0x100  [1]  03"]


class TestInterruption:
    class TimeoutExceeded(BaseException):
        """As Robot Framework's, which no `except Exception` sees."""

    def test_a_test_time_out_in_the_wait_eats_nothing(self, traffic, message, monkeypatch):
        traffic.arrives(message("0x100", "01"), message("0x100", "02"))

        def interrupted(_seconds):
            raise self.TimeoutExceeded

        with monkeypatch.context() as patch:
            patch.setattr(traffic.changed, "wait", interrupted)
            with pytest.raises(self.TimeoutExceeded):
                receive(traffic, ANY, 5, 3)
        assert texts(receive(traffic, ANY, 0, 2)) == ["0x100  [1]  01", "0x100  [1]  02"]
        assert not traffic.changed._lock.locked()


class TestDeadBus:
    def test_the_wait_ends_at_once_with_the_cause(self, traffic):
        cause = OSError("the adapter was unplugged")
        threading.Timer(0.05, traffic.failed, [cause]).start()
        began = time.monotonic()
        with pytest.raises(BusError) as told:
            receive(traffic, ANY, 30)
        assert str(told.value) == "Bus 'body' receives no more: the adapter was unplugged."
        assert told.value.__cause__ is cause
        assert time.monotonic() - began < 5

    def test_what_came_before_is_handed_out(self, traffic, message):
        traffic.arrives(message("0x100", "01"))
        traffic.failed(OSError("the adapter was unplugged"))
        assert texts(receive(traffic, ANY, 0)) == ["0x100  [1]  01"]
        with pytest.raises(BusError):
            receive(traffic, ANY, 0)

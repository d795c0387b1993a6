"""Waiting in a window (verdict rules 2, 3, 6, 7): what counts, what does not, and what a failure says."""

import threading
import time
from dataclasses import replace

import pytest

from CanLibrary.errors import BusError
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.waits import Window, should_not_arrive, wait_for
from CanLibrary.types import build_message

ANY = Matcher()
REPLY = Matcher("0x7E8", "?? 50 *")


def window(traffic, within, ago=0.0):
    """A window from now on, or one that began some seconds ago, at the end of the trace."""
    return Window(traffic.trace.end, time.monotonic() - ago, within)


def failure(wait, *args):
    with pytest.raises(AssertionError) as caught:
        wait(*args)
    return str(caught.value)


class TestWaitFor:
    def test_the_first_match_from_the_window_on(self, traffic, message):
        traffic.arrives(message("0x7E8", "02 50 01"))
        began = window(traffic, 5)
        traffic.arrives(message("0x100"), message("0x7E8", "02 50 02"), message("0x7E8", "02 50 03"))
        assert str(wait_for(traffic, REPLY, began)) == "0x7E8  [3]  02 50 02"
        assert str(wait_for(traffic, REPLY, began)) == "0x7E8  [3]  02 50 02"
        assert traffic.mailbox.unread == 4

    def test_what_is_handed_out_is_read(self, traffic, message):
        began = window(traffic, 5)
        traffic.arrives(message("0x100"), message("0x7E8", "02 50 01"))
        wait_for(traffic, REPLY, began, hand_out=True)
        assert [traffic.read(ANY), traffic.read(ANY)] == ["0x100  [0]", None]

    def test_it_waits(self, traffic, message):
        threading.Timer(0.05, traffic.arrives, [message("0x100"), message("0x7E8", "02 50 03")]).start()
        assert str(wait_for(traffic, REPLY, window(traffic, 5))) == "0x7E8  [3]  02 50 03"

    def test_a_window_that_ended_is_judged_by_what_is_recorded(self, traffic, message):
        began = window(traffic, 1, ago=3)
        traffic.arrives(message("0x7E8", "02 50 03"), ago=2.5)
        assert str(wait_for(traffic, REPLY, began)) == "0x7E8  [3]  02 50 03"

    def test_nothing_came(self, traffic):
        assert failure(wait_for, traffic, REPLY, window(traffic, 0.05)) == (
            "No message 0x7E8 matching '?? 50 *' arrived on bus 'body' within 50 milliseconds. Nothing else did."
        )

    def test_others_came(self, traffic, message):
        traffic.arrives(message("0x300"))
        began = window(traffic, 0.05)
        traffic.arrives(message("0x100"), message("0x7E8", "03 7F 10 12"), message("0x100"))
        assert failure(wait_for, traffic, REPLY, began) == (
            "No message 0x7E8 matching '?? 50 *' arrived on bus 'body' within 50 milliseconds. 3 others did: 0x100 "
            "×2, 0x7E8 ×1 (last 03 7F 10 12)."
        )

    def test_own_messages_are_none(self, traffic):
        began = window(traffic, 0.05)
        traffic.sending(build_message(0x7E8, "02 50 03"))
        assert failure(wait_for, traffic, REPLY, began) == (
            "No message 0x7E8 matching '?? 50 *' arrived on bus 'body' within 50 milliseconds. Nothing else did."
        )

    def test_a_match_shortly_before_is_told_with_its_time_and_the_cure(self, traffic, message):
        began = Window(1, time.monotonic(), 0.05)
        traffic.received(message("0x7E8", "02 50 03"), began.began - 0.211)
        assert failure(wait_for, traffic, REPLY, began) == (
            "No message 0x7E8 matching '?? 50 *' arrived on bus 'body' within 50 milliseconds. A match arrived "
            "211 milliseconds before the wait began: 0x7E8  [3]  02 50 03. Give the wait a mark with since=, or use "
            "Exchange Can Message. Nothing else did."
        )

    def test_a_match_long_before_is_not_told(self, traffic, message):
        traffic.arrives(message("0x7E8", "02 50 03"), ago=10.5)
        assert failure(wait_for, traffic, REPLY, window(traffic, 0)) == (
            "No message 0x7E8 matching '?? 50 *' arrived on bus 'body' within 0 seconds. Nothing else did."
        )

    def test_a_match_that_came_too_late_is_told(self, traffic, message):
        began = window(traffic, 1, ago=3)
        traffic.received(message("0x7E8", "02 50 03"), began.deadline + 0.25)
        assert failure(wait_for, traffic, REPLY, began) == (
            "No message 0x7E8 matching '?? 50 *' arrived on bus 'body' within 1 second. One arrived 250 "
            "milliseconds too late. Nothing else did."
        )

    def test_a_bus_that_dies_ends_the_wait(self, traffic):
        threading.Timer(0.05, traffic.failed, [OSError("unplugged")]).start()
        with pytest.raises(BusError) as told:
            wait_for(traffic, ANY, window(traffic, 30))
        assert str(told.value) == "Bus 'body' receives no more: unplugged."

    def test_when_the_trace_drops_what_was_before(self, new_traffic, message):
        traffic = new_traffic(capacity=3)
        began = window(traffic, 5)
        traffic.arrives(*(message("0x100", f"{number:02X}") for number in range(9)))
        assert str(wait_for(traffic, ANY, began)) == "0x100  [1]  06"


class TestShouldNotArrive:
    def arrives_later(self, traffic, *messages):
        threading.Timer(0.05, traffic.arrives, messages).start()

    def test_a_match_fails_at_once(self, traffic, message):
        began = time.monotonic()
        self.arrives_later(traffic, message("0x100"), message("0x7E8", "02 50 03"))
        text = failure(should_not_arrive, traffic, REPLY, window(traffic, 30))
        assert text.startswith("Message 0x7E8  [3]  02 50 03 arrived on bus 'body' after ")
        assert text.endswith(
            " milliseconds, but no message 0x7E8 matching '?? 50 *' should arrive within 30 seconds."
        )
        assert time.monotonic() - began < 5

    def test_the_time_is_counted_from_where_the_window_began(self, traffic, message):
        began = window(traffic, 1, ago=3)
        traffic.received(message("0x7E8", "02 50 03"), began.began + 0.25)
        assert failure(should_not_arrive, traffic, REPLY, began) == (
            "Message 0x7E8  [3]  02 50 03 arrived on bus 'body' after 250 milliseconds, but no message 0x7E8 "
            "matching '?? 50 *' should arrive within 1 second."
        )

    def test_what_came_before_and_what_does_not_match_is_fine(self, traffic, message):
        traffic.arrives(message("0x7E8", "02 50 03"))
        began = window(traffic, 0.1)
        traffic.arrives(message("0x7E8", "03 7F 10 12"), message("0x100", "02 50 03"))
        threading.Timer(0.15, lambda: traffic.looked(began.deadline, time.monotonic(), True)).start()
        should_not_arrive(traffic, REPLY, began)
        assert time.monotonic() >= began.deadline

    def test_a_driver_that_does_not_answer_is_no_verdict(self, traffic, monkeypatch):
        monkeypatch.setattr("CanLibrary.traffic.waits._HANGS", 0.5)
        with pytest.raises(BusError) as told:
            should_not_arrive(traffic, REPLY, window(traffic, 0.1))
        assert str(told.value) == (
            "Whether a message 0x7E8 matching '?? 50 *' arrived on bus 'body' within 100 milliseconds cannot be said: "
            "its driver did not answer for 1.5 seconds."
        )

    def test_what_came_after_a_window_that_had_ended_is_fine(self, traffic, message):
        began = replace(window(traffic, 1, ago=3), still_open=False)
        traffic.arrives(message("0x7E8", "02 50 03"), ago=1)
        should_not_arrive(traffic, REPLY, began)

    def test_a_bus_that_dies_is_no_verdict(self, traffic):
        threading.Timer(0.05, traffic.failed, [OSError("unplugged")]).start()
        with pytest.raises(BusError) as told:
            should_not_arrive(traffic, ANY, window(traffic, 30))
        assert str(told.value) == "Bus 'body' receives no more: unplugged."


def test_who_waits_for_many_is_not_woken_by_each(traffic, message, monkeypatch):
    woken = []
    monkeypatch.setattr(traffic.changed, "notify_all", lambda: woken.append(traffic.trace.end))
    monkeypatch.setattr(traffic.changed, "wait", lambda _seconds: None)
    with traffic.changed:
        traffic.wait(0, 3)
    traffic.arrives(*[message("0x100")] * 4)
    assert woken == [3]
    with traffic.changed:
        traffic.wait(0)
    traffic.failed(OSError())
    assert woken == [3, 4]


def test_who_waits_for_more_than_the_trace_keeps_is_woken_in_time(new_traffic, message, monkeypatch):
    traffic, woken = new_traffic(capacity=3000), []
    monkeypatch.setattr(traffic.changed, "notify_all", lambda: woken.append(traffic.trace.end))
    monkeypatch.setattr(traffic.changed, "wait", lambda _seconds: None)
    with traffic.changed:
        traffic.wait(0, 10_000)
    traffic.arrives(*[message("0x100")] * 4)
    assert woken == [3]

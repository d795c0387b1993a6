"""Judging that nothing came while messages lie in the driver's queue: a busy machine must not change a verdict."""

import time

import pytest

from CanLibrary.errors import BusError
from CanLibrary.traffic import waits
from CanLibrary.traffic.judge import Judge
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.receiver import Receiver
from CanLibrary.traffic.waits import Window, should_not_arrive

REPLY = Matcher("0x7E8")


class Wire:
    """The receiving side of a driver: messages that arrive at given times, read after a delay for each look.

    Args:
        arrivals: Pairs of seconds after the start and a message.
        look: Seconds that each look takes that brings something.
        sleepy: Times (seconds after the start) at which the reading thread sleeps on until a time.
    """

    def __init__(self, arrivals, look=0.0, oversleep=None):
        self._arrivals, self._look, self._oversleep = (
            sorted(arrivals, key=lambda pair: pair[0]),
            look,
            oversleep,
        )
        self.began = time.monotonic()

    def __call__(self, timeout):
        until = time.monotonic() + timeout
        due = self.began + self._arrivals[0][0] if self._arrivals else until + 1
        while (left := min(due, until) - time.monotonic()) > 0:
            time.sleep(left)
        if due > until:
            return None
        time.sleep(self._look)
        if self._oversleep and due >= self.began + self._oversleep[0]:
            time.sleep(max(self.began + self._oversleep[1] - time.monotonic(), 0))
            self._oversleep = None
        return self._arrivals.pop(0)[1]


@pytest.fixture
def judged(traffic, scripted_bus):
    """Run a driver and judge that nothing came within a time from its start; return the failure or None."""

    def judge(wire, within, late=0.0):
        receiver = Receiver(scripted_bus(recv=wire), traffic)
        receiver.start()
        time.sleep(late)  # this thread too is kept from running
        try:
            should_not_arrive(traffic, REPLY, Window(0, wire.began, within))
        except AssertionError as failure:
            return str(failure)
        finally:
            receiver.stop()
        return None

    return judge


def test_a_message_behind_others_in_a_slow_driver_at_the_deadline_arrived(judged, message):
    wire = Wire([(0, message("0x100"))] * 5 + [(0.01, message("0x7E8", "01"))], look=0.02)
    failure = judged(wire, 0.05)
    assert failure == (
        "Message 0x7E8  [1]  01 arrived on bus 'body' after 50 milliseconds, but no message 0x7E8 should arrive "
        "within 50 milliseconds."
    )


def test_a_message_that_a_starved_thread_reads_after_the_deadline_arrived(judged, message):
    wire = Wire([(0.09, message("0x7E8", "01"))], oversleep=(0.09, 0.15))
    assert judged(wire, 0.1).startswith("Message 0x7E8  [1]  01 arrived on bus 'body' after 100 milliseconds")


def test_a_judge_that_comes_too_late_still_waits_for_a_starved_thread(judged, message):
    wire = Wire([(0.09, message("0x7E8", "01"))], oversleep=(0.09, 0.3))
    assert judged(wire, 0.1, late=0.15).startswith(
        "Message 0x7E8  [1]  01 arrived on bus 'body' after 100 mill"
    )


@pytest.mark.parametrize("after", [0.105, 0.15])
def test_a_message_that_comes_after_the_deadline_did_not_arrive(judged, message, after):
    assert judged(Wire([(after, message("0x7E8", "01"))]), 0.1) is None


def test_a_busy_bus_does_not_prolong_the_window(judged, message):
    """Each wait brings a message before long, but there is always a moment in which none is waiting."""

    def recv(timeout):
        if not timeout:
            return None
        time.sleep(0.0005)
        return message("0x7E8", "01") if time.monotonic() - recv.began > 0.5 else message("0x100")

    recv.began = time.monotonic()
    assert judged(recv, 0.05) is None


def test_a_driver_that_never_gets_to_the_end_of_its_queue_is_no_verdict(judged, message, monkeypatch):
    monkeypatch.setattr(waits, "_SETTLE", 0.1)
    with pytest.raises(BusError) as told:
        judged(Wire([(0, message("0x100"))] * 100, look=0.02), 0.05)
    assert str(told.value) == (
        "Whether a message 0x7E8 arrived on bus 'body' within 50 milliseconds cannot be said: 100 milliseconds "
        "later messages still waited in its driver."
    )


def test_a_driver_that_waits_longer_than_asked_is_waited_for_only_a_little(judged, monkeypatch):
    monkeypatch.setattr(waits, "_SETTLE", 0.1)
    began = time.monotonic()
    assert judged(lambda_wire(), 0.05) is None
    assert time.monotonic() - began < 1


def lambda_wire():
    def recv(timeout):
        time.sleep(0.3 if timeout else 0)

    recv.began = time.monotonic()
    return recv


class TestJudge:
    @pytest.fixture
    def judge(self):
        judge = Judge(100.0, strict=False)
        judge._since = 50.0
        return judge

    def test_the_receiver_waits_until_the_deadline_and_then_not_at_all_until_it_is_known(self, judge):
        assert judge.patience(99.5) == 0.5
        assert judge.patience(100.5) == 0
        judge.looked(100.1, 100.2, True, 7)
        assert judge.patience(100.5) == float("inf")

    @pytest.mark.parametrize(
        ("asked", "returned", "empty", "position", "busy"),
        [
            (99.0, 99.9, True, None, False),  # before the deadline
            (99.0, 100.1, True, None, False),  # the queue was perhaps found empty before it
            (100.1, 100.2, True, 7, False),
            (100.1, 100.2, False, None, True),  # what came out was there already
            (99.0, 100.1, False, None, True),  # the look was to end at the deadline: it was late
            (49.0, 100.1, False, 7, False),  # the look began before anybody judged: it waited
            (49.0, 99.9, False, None, False),
        ],
    )
    def test_what_a_look_proves(self, judge, asked, returned, empty, position, busy):
        judge.looked(asked, returned, empty, 7)
        assert (judge.position, judge.busy) == (position, busy)

    def test_the_first_proof_counts(self, judge):
        judge.looked(100.1, 100.2, True, 7)
        judge.looked(100.3, 100.4, True, 9)
        assert judge.position == 7

    def test_a_strict_one_counts_on_no_look_that_began_before(self):
        judge = Judge(100.0, strict=True)
        judge.looked(99.0, 100.1, False, 7)
        assert (judge.position, judge.busy) == (None, True)
        judge.looked(100.2, 100.3, True, 8)
        assert judge.position == 8

"""Periodic messages by handle: what runs, what ends with its bus, and who is told that a send failed."""

import gc
import time
import weakref

import can
import pytest

from CanLibrary.config import bus_description
from CanLibrary.errors import BusError, ConfigurationError, NotSupportedError
from CanLibrary.sessions.bus_session import BusSession
from CanLibrary.sessions.interfaces import open_bus
from CanLibrary.sessions.periodic import PeriodicMessages
from CanLibrary.sessions.registry import Owner
from CanLibrary.types import build_message
from CanLibrary.types.bit_field import Counter
from CanLibrary.types.living import LivingData


@pytest.fixture
def periodic():
    return PeriodicMessages()


@pytest.fixture
def start(periodic):
    def begin(session, name=None, period=0.01, duration=None):
        return periodic.start(session, build_message(0x100, "01"), period, duration, name)

    return begin


class Refusing:
    """A send that fails until it is told not to."""

    def __init__(self):
        self.refuses, self.calls = True, 0

    def __call__(self, _message):
        self.calls += 1
        if self.refuses:
            raise can.CanOperationError("nobody acknowledged")


def refusal(kind, call, *args):
    with pytest.raises(kind) as refused:
        call(*args)
    return str(refused.value)


def test_handles(node, periodic, start):
    session = node()
    assert [start(session), start(session), start(session, "beat")] == ["periodic-1", "periodic-2", "beat"]
    assert periodic.stop_all() == 3
    assert periodic.stop_all() == 0


def test_stop_says_how_often_it_was_sent_also_twice(node, periodic, start, eventually):
    session, partner = node("one"), node("other")
    start(session, "beat")
    eventually(lambda: partner.traffic.trace.end > 3)
    count = periodic.stop("beat")
    assert count == session.traffic.trace.end
    assert periodic.stop("beat") == count


def test_a_name_that_runs_is_taken_and_one_that_ended_is_free(node, periodic, start):
    session = node()
    start(session, "beat")
    assert refusal(ConfigurationError, start, session, "beat") == (
        "Periodic message 'beat' is running already; stop it or use another name."
    )
    periodic.stop("beat")
    assert start(session, "beat") == "beat"


def test_only_one_that_runs_can_be_changed(node, periodic, start):
    session = node()
    start(session, "beat")
    assert periodic.running("beat").name == "beat"
    periodic.stop("beat")
    ended = "Periodic message 'beat' has ended; start it again."
    assert refusal(ConfigurationError, periodic.running, "beat") == ended
    start(session, "other")  # lets go of what ended
    assert refusal(ConfigurationError, periodic.running, "beat") == ended
    start(session, "beat")
    assert periodic.running("beat").running


def test_a_handle_that_is_unknown(node, periodic, start):
    assert refusal(ConfigurationError, periodic.stop, "beat") == (
        "There is no periodic message 'beat' (none is running)."
    )
    start(node(), "heartbeat")
    assert refusal(ConfigurationError, periodic.stop, "hartbeat") == (
        "There is no periodic message 'hartbeat' (running: 'heartbeat'); did you mean 'heartbeat'?"
    )


def test_all_of_one_bus(node, periodic, start):
    one, other = node("one"), node("other")
    start(one)
    start(one)
    start(other)
    assert periodic.stop_all(one) == 2
    assert periodic.stop_all() == 1


class TestFailure:
    def test_it_is_told_once_by_the_next_keyword_on_the_bus(
        self, node, scripted_bus, start, periodic, eventually
    ):
        send = Refusing()
        session = node("body", bus=scripted_bus(send=send))
        start(session, "beat", 0.005)
        eventually(lambda: send.calls > 2)
        told = refusal(BusError, session.check)
        assert told.startswith("Periodic message 'beat' could not be sent ")
        assert told.endswith(" times: Bus 'body' could not send 0x100  [1]  01: nobody acknowledged.")
        send.refuses = False
        eventually(lambda: session.bus.sent)
        session._take_untold()
        session.check()
        assert periodic.stop("beat") > 0

    def test_it_is_told_by_the_stop(self, node, scripted_bus, start, periodic, eventually):
        send = Refusing()
        start(node("body", bus=scripted_bus(send=send)), "beat", 60)
        eventually(lambda: send.calls)
        assert refusal(BusError, periodic.stop, "beat") == (
            "Periodic message 'beat' could not be sent 1 time: Bus 'body' could not send 0x100  [1]  01: nobody "
            "acknowledged."
        )
        assert periodic.stop("beat") == 0

    def test_it_is_told_when_the_bus_closes(self, node, scripted_bus, start, eventually):
        send = Refusing()
        session = node("body", bus=scripted_bus(send=send))
        start(session, "beat", 60)
        eventually(lambda: send.calls)
        assert [str(error) for error in session.close()] == [
            "Periodic message 'beat' could not be sent 1 time: Bus 'body' could not send 0x100  [1]  01: nobody "
            "acknowledged."
        ]


class TestEndOfTheBus:
    def test_it_ends_with_its_bus_and_stopping_it_then_is_fine(self, node, periodic, start, eventually):
        session = node()
        start(session, "beat", 0.002)
        eventually(lambda: session.traffic.trace.end > 2)
        assert session.close() == []
        assert periodic.stop("beat") == session.traffic.trace.end
        assert periodic.stop_all() == 0
        assert refusal(ConfigurationError, periodic.running, "beat") == (
            "Periodic message 'beat' has ended; start it again."
        )

    def test_neither_the_bus_nor_its_record_is_kept_for_its_sake(self, channel, periodic, start):
        session = BusSession(*_opened(channel), Owner())
        start(session, "beat")
        session.close()
        gone = weakref.ref(session)
        del session
        gc.collect()
        assert gone() is None
        assert periodic.stop("beat") >= 0

    def test_a_bus_does_not_pile_up_what_ended_on_it(self, node, periodic, start):
        session = node()
        for _ in range(20):
            periodic.stop(start(session))
        start(session)
        assert (len(session.dependents), len(session.background)) == (1, 1)

    def test_the_error_of_one_whose_name_was_taken_again_is_told(
        self, node, scripted_bus, start, periodic, eventually
    ):
        send = Refusing()
        session = node("body", bus=scripted_bus(send=send))
        start(session, "beat", 0.001, duration=0.002)
        eventually(lambda: not periodic._kept["beat"].task.running)
        send.refuses = False
        start(session, "beat", 60)
        assert refusal(BusError, session.check).startswith("Periodic message 'beat' could not be sent ")
        eventually(lambda: session.bus.sent)
        assert session.close() == []
        assert periodic.stop("beat") == 1


def _opened(channel):
    description = bus_description("body", {"channel": channel})
    return description, open_bus(description)[0]


def test_only_socketcan_sends_by_itself(node, periodic):
    session = node()
    assert refusal(
        NotSupportedError, periodic.start, session, build_message(0x100, "01"), 0.01, None, None, True
    ) == (
        "by_interface=True needs a bus on interface 'socketcan', whose kernel sends by itself and shows what it sent; "
        "bus 'body' is none, leave by_interface out."
    )
    assert session.dependents == []


class TestByInterface:
    """What the kernel cannot do is refused before its interface is looked at."""

    @pytest.mark.parametrize(
        ("given", "name"),
        [
            ({"offset": 0.1}, "offset"),
            ({"living": LivingData(counter=Counter(byte=0))}, "data that lives in it"),
        ],
    )
    def test_what_it_does_not_know(self, node, periodic, given, name):
        session = node()
        message = build_message(0x100, "01")
        with pytest.raises(ConfigurationError) as refused:
            periodic.start(session, message, 0.01, None, None, True, **given)
        assert str(refused.value) == (
            f"by_interface=True knows no {name}: the kernel begins at once and repeats the same data; leave "
            "by_interface out."
        )
        assert session.dependents == []

    def test_it_has_no_figures_about_its_cycle(self, node, periodic, monkeypatch):
        class KernelSends:
            """What the kernel sends by itself, as the handle knows it."""

            name, running, sent, failed, error = "beat", True, 3, 0, None

            def stop(self):
                self.running = False

        monkeypatch.setattr("CanLibrary.sessions.periodic.by_interface_task", lambda *_: KernelSends())
        periodic.start(node(), build_message(0x100, "01"), 0.01, None, "beat", True)
        told = (
            "Periodic message 'beat' is sent by the interface, which does not tell when: ask Get Bus Statistics for "
            "the gaps of its identifier."
        )
        assert refusal(NotSupportedError, periodic.statistics, "beat") == told
        assert periodic.stop("beat") == 3
        assert refusal(NotSupportedError, periodic.should_have_kept_its_cycle, "beat", None) == told


class TestSimulatedNode:
    def test_it_sends_by_itself_and_its_errors_are_told_on_the_bus(self, node, periodic, eventually):
        session, sent = node(), []

        def send(message):
            sent.append(str(message))
            if len(sent) == 2:
                raise BusError("no")

        living = LivingData(counter=Counter(byte=0))
        periodic.start(session, build_message(0x100, "01"), 0.005, None, "beat", living=living, send=send)
        eventually(lambda: len(sent) > 3)
        assert sent[:4] == ["0x100  [1]  00", "0x100  [1]  01", "0x100  [1]  01", "0x100  [1]  02"]
        assert refusal(BusError, session.check) == "Periodic message 'beat' could not be sent 1 time: no"
        assert session.traffic.trace.end == 0


class TestStatistics:
    def test_of_one_that_runs_and_of_one_that_has_ended(self, node, periodic, start, eventually):
        session = node()
        start(session, "beat", 0.002)
        eventually(lambda: session.traffic.trace.end > 5)
        running = periodic.statistics("beat")
        assert running.running
        assert 3 < running.gaps <= running.count  # it may be sending right now
        count = periodic.stop("beat")
        ended = periodic.statistics("beat")
        assert (ended.running, ended.count) == (False, count)
        session.close()
        assert vars(periodic.statistics("beat")) == vars(ended)

    def test_before_the_second_message(self, node, periodic, start, eventually):
        session = node()
        start(session, "beat", 60)
        eventually(lambda: session.traffic.trace.end)
        figures = periodic.statistics("beat")
        assert (figures.gaps, figures.mean, figures.worst_error) == (0, None, None)
        assert str(figures) == (
            "Periodic message 'beat' on bus 'body', every 1 minute: 1 sent, 0 cycles left out, 0 sends failed.\n"
            "No gap was measured yet: that takes two messages."
        )

    def test_a_failed_send_is_told_first_and_is_in_the_figures_then(
        self, node, scripted_bus, start, periodic, eventually
    ):
        send = Refusing()
        start(node("body", bus=scripted_bus(send=send)), "beat", 60)
        eventually(lambda: send.calls)
        assert refusal(BusError, periodic.statistics, "beat").startswith(
            "Periodic message 'beat' could not be"
        )
        assert periodic.statistics("beat").failed == 1

    def test_what_a_stall_left_out_is_a_miss(self, node, scripted_bus, start, periodic, eventually):
        sent = []

        def send(_message):
            sent.append(time.monotonic())
            if len(sent) == 2:
                time.sleep(0.1)

        start(node("body", bus=scripted_bus(send=send)), "beat", 0.02)
        eventually(lambda: len(sent) > 3)
        periodic.stop("beat")
        figures = periodic.statistics("beat")
        assert figures.misses >= 3
        assert figures.worst_error > 0.05
        assert figures.longest > 0.08

    def test_the_cycle(self, node, periodic, start, eventually):
        session = node()
        start(session, "beat", 0.005)
        eventually(lambda: session.traffic.trace.end > 3)
        periodic.stop("beat")
        figures = periodic.statistics("beat")
        worst = figures.worst_error
        assert vars(periodic.should_have_kept_its_cycle("beat", worst)) == vars(figures)
        with pytest.raises(AssertionError) as failed:
            periodic.should_have_kept_its_cycle("beat", worst / 2)
        assert str(failed.value).startswith(
            "Periodic message 'beat' did not keep its cycle of 5 milliseconds ± "
        )
        assert str(failed.value).endswith(str(figures))

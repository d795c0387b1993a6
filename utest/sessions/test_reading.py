"""What a question about the traffic of a bus does when the driver cannot tell old from new, or has lost messages."""

import pytest

from CanLibrary.errors import BusError
from CanLibrary.sessions.reading import Reading
from CanLibrary.traffic.bus_traffic import BusTraffic
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.waits import Window

REPLY = Matcher("0x7E8")
LOST = "Bus 'body' lost 3 messages."


@pytest.fixture
def traffic():
    return BusTraffic("body")


@pytest.fixture
def lossy(traffic):
    return Reading(traffic, lambda: True, lambda: [BusError(LOST)])


def test_no_mark_where_old_and_new_cannot_be_told_apart(traffic):
    with pytest.raises(BusError) as refused:
        Reading(traffic, lambda: False).mark()
    assert str(refused.value) == (
        "On bus 'body' messages come faster than they can be read: what is old and what is new cannot be told apart. "
        "Receive less with Set Can Filters."
    )


def test_nothing_received_is_no_verdict_where_messages_were_lost(lossy):
    with pytest.raises(BusError) as told:
        lossy.receive(REPLY, 0.01)
    assert str(told.value).startswith("No message 0x7E8 arrived on bus 'body' within 10 milliseconds.")
    assert str(told.value).endswith(LOST)


def test_nor_is_a_wait_in_vain(lossy):
    with pytest.raises(BusError) as told:
        lossy.wait_for(REPLY, lossy.window(None, 0.01, 1.0))
    assert str(told.value).endswith(LOST)


def test_nor_that_nothing_arrived(traffic):
    lossy = Reading(traffic, lambda: True, lambda: [BusError(LOST)])
    window = Window(0, 0.0, 0.001, still_open=False)
    with pytest.raises(BusError) as told:
        lossy.should_not_arrive(REPLY, window)
    assert str(told.value) == f"Whether a message 0x7E8 arrived within 1 millisecond cannot be said. {LOST}"


def test_without_a_loss_the_failure_is_a_verdict(traffic):
    with pytest.raises(AssertionError, match="No message 0x7E8 arrived"):
        Reading(traffic, lambda: True).receive(REPLY, 0.01)

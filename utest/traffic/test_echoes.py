"""Own messages (verdict rule 5): in the trace, marked Tx, and never taken for received ones unless asked for."""

import pytest

from CanLibrary.traffic import echoes
from CanLibrary.traffic.echoes import Echo
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.trace import key_of
from CanLibrary.types import build_message, message_from

ANY = Matcher()


def record(traffic):
    """Return what the trace holds as (text, received)."""
    messages = [traffic.trace.message(position) for position in range(traffic.trace.first, traffic.trace.end)]
    return [(str(single), single.is_rx) for single in messages]


def sent(traffic, identifier, data=""):
    """Let the traffic record a message and return the echo that a driver makes of it."""
    message = build_message(identifier, data)
    traffic.sending(message)
    return message


def echo(message, sent, is_rx):
    return message(sent.id, sent.data, is_rx=is_rx)


def test_what_is_sent_is_recorded_as_sent(traffic):
    message = build_message(0x100, "01")
    traffic.sending(message, 12.5, 1.7e9)
    assert record(traffic) == [("0x100  [1]  01", False)]
    recorded = traffic.trace.message(0)
    assert (recorded.received_at, recorded.timestamp) == (12.5, 1.7e9)
    assert traffic.read(ANY) is None
    with traffic.changed:
        assert traffic.first_match(ANY, 0) is None
        assert not traffic.received_counts(0)


def test_what_could_not_be_sent_is_no_traffic(traffic):
    position = traffic.sending(build_message(0x100, "01"))
    traffic.withdraw(position)
    assert not traffic.trace.is_traffic(position, own=True)


@pytest.mark.parametrize(
    ("kind", "is_rx"), [(Echo.MARKED, False), (Echo.UNMARKED, True), (Echo.UNMARKED, False)]
)
def test_an_echo_that_nobody_asked_for_is_left_out(new_traffic, message, kind, is_rx):
    traffic = new_traffic(echoes=kind)
    ours = sent(traffic, 0x100, "01")
    traffic.arrives(echo(message, ours, is_rx))
    assert record(traffic) == [("0x100  [1]  01", False)]
    assert traffic.read(ANY) is None


@pytest.mark.parametrize("kind", list(Echo))
def test_an_echo_that_was_asked_for_is_the_record_and_is_received(new_traffic, message, kind):
    traffic = new_traffic(echoes=kind, own_messages=True)
    ours = sent(traffic, 0x100, "01")
    assert record(traffic) == []
    traffic.arrives(echo(message, ours, kind is Echo.UNMARKED))
    assert record(traffic) == [("0x100  [1]  01", False)]
    with traffic.changed:
        assert traffic.first_match(ANY, 0) == 0
    assert traffic.read(ANY) == "0x100  [1]  01"


def test_the_echo_reaches_connections_on_the_same_bus(new_traffic, message):
    traffic, heard = new_traffic(own_messages=True), []
    traffic.subscribe([key_of(0x100, False)], heard.append)
    ours = sent(traffic, 0x100, "01")
    traffic.arrives(echo(message, ours, False))
    assert [str(message_from(single)) for single in heard] == ["0x100  [1]  01"]


@pytest.mark.parametrize(
    ("identifier", "data"), [("0x101", "01"), ("0x100", "02"), ("0x100", ""), ("0x00000100", "01")]
)
def test_a_message_of_somebody_else_is_received(new_traffic, message, identifier, data):
    traffic = new_traffic(echoes=Echo.UNMARKED)
    sent(traffic, 0x100, "01")
    traffic.arrives(message(identifier, data))
    assert traffic.mailbox.unread == 1


def test_each_echo_stands_for_one_message(new_traffic, message):
    traffic = new_traffic(echoes=Echo.UNMARKED)
    ours = sent(traffic, 0x100, "01")
    traffic.arrives(echo(message, ours, True), message("0x100", "01"))
    assert record(traffic) == [("0x100  [1]  01", False), ("0x100  [1]  01", True)]
    assert traffic.mailbox.unread == 1


def test_socketcan_marks_what_any_program_of_this_computer_sent(new_traffic, message):
    traffic = new_traffic(echoes=Echo.NEVER)
    sent(traffic, 0x100, "01")
    traffic.arrives(message("0x100", "01", is_rx=False))
    assert record(traffic) == [("0x100  [1]  01", False), ("0x100  [1]  01", True)]
    assert traffic.mailbox.unread == 1


def test_an_echo_that_does_not_come_is_not_expected_for_ever(new_traffic, message, monkeypatch):
    traffic = new_traffic(echoes=Echo.UNMARKED)
    sent(traffic, 0x100, "01")
    monkeypatch.setattr(echoes, "_LIFE", -1.0)
    traffic.arrives(message("0x100", "01"))
    assert traffic.mailbox.unread == 1


def test_what_is_remembered_is_bounded(new_traffic):
    traffic = new_traffic()
    for number in range(echoes._MOST + 10):
        traffic.sending(build_message(number % 0x700))
    assert len(traffic._echoes._expected) == echoes._MOST

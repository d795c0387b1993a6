"""The record of a bus: what goes in comes out, the index knows where, and the oldest records go first."""

import random

import pytest

from CanLibrary.traffic.trace import (
    BRS,
    ERROR,
    ESI,
    EXTENDED,
    FD,
    REMOTE,
    TX,
    Trace,
    id_of,
    key_of,
)
from CanLibrary.types import Direction


@pytest.fixture
def trace():
    return Trace(1000)


def fill(trace, *keys):
    return [trace.append(key, b"", 0, 0, 0.0, 0.0) for key in keys]


@pytest.mark.parametrize(("value", "extended"), [(0, False), (0x7FF, False), (0, True), (0x1FFFFFFF, True)])
def test_a_key_keeps_identifier_and_format(value, extended):
    assert id_of(key_of(value, extended)) == (value, extended)


def test_standard_and_extended_identifiers_of_one_number_are_two():
    assert key_of(0x123, False) != key_of(0x123, True)


@pytest.mark.parametrize(
    ("value", "flags", "data", "dlc", "text"),
    [
        (0x7E0, 0, b"\x02\x10\x03", 3, "0x7E0  [3]  02 10 03"),
        (0x7E0, TX, b"", 0, "0x7E0  [0]"),
        (0x123, EXTENDED, bytes(8), 8, "0x00000123  [8]  00 00 00 00 00 00 00 00"),
        (0x1FFFFFFF, EXTENDED, b"\xff", 1, "0x1FFFFFFF  [1]  FF"),
        (0x123, REMOTE, b"", 8, "0x123  [8]  remote"),
        (0x123, FD, bytes(2), 2, "0x123  [2]  FD  00 00"),
        (0x123, FD | BRS, bytes(1), 1, "0x123  [1]  FD BRS  00"),
        (0x123, FD | BRS | ESI | EXTENDED, bytes(range(64)), 64, None),
        (0x0, ERROR, bytes(8), 8, None),
    ],
)
def test_a_record_gives_back_the_message(trace, value, flags, data, dlc, text):
    position = trace.append(key_of(value, bool(flags & EXTENDED)), data, flags, dlc, 12.25, 1.7e9 + 0.125)
    message = trace.message(position, "vcan0")
    assert (message.arbitration_id, message.is_extended_id) == (value, bool(flags & EXTENDED))
    assert (message.data, message.dlc, message.channel) == (data, dlc, "vcan0")
    assert (message.received_at, message.timestamp) == (12.25, 1.7e9 + 0.125)
    assert message.is_rx is not bool(flags & TX)
    assert [
        message.is_fd,
        message.bitrate_switch,
        message.error_state_indicator,
        message.is_remote_frame,
        message.is_error_frame,
    ] == [bool(flags & bit) for bit in (FD, BRS, ESI, REMOTE, ERROR)]
    assert trace.data(position) == data
    assert trace.key(position) == key_of(value, bool(flags & EXTENDED))
    assert trace.received_at(position) == 12.25
    if text is not None:
        assert str(message) == text


def test_positions_count_from_0(trace):
    assert fill(trace, 1, 2, 1) == [0, 1, 2]
    assert trace.end == 3


def test_positions_of_one_identifier_and_of_all(trace):
    fill(trace, 1, 2, 1, 3, 1)
    assert list(trace.positions(1, 0)) == [0, 2, 4]
    assert list(trace.positions(1, 1)) == [2, 4]
    assert list(trace.positions(1, 0, 4)) == [0, 2]
    assert list(trace.positions(9, 0)) == []
    assert list(trace.positions(None, 1)) == [1, 2, 3, 4]
    assert list(trace.positions(None, 0, 2)) == [0, 1]
    assert list(trace.positions(1, 5)) == list(trace.positions(None, 5)) == []


def test_positions_backwards(trace):
    fill(trace, 1, 2, 1, 3, 1)
    assert list(trace.positions_backwards(1, 0, 5)) == [4, 2, 0]
    assert list(trace.positions_backwards(1, 1, 4)) == [2]
    assert list(trace.positions_backwards(None, 2, 4)) == [3, 2]
    assert list(trace.positions_backwards(9, 0, 5)) == []


def test_error_frames_are_recorded_but_not_in_the_index(trace):
    trace.append(key_of(0, True), b"", ERROR, 0, 0.0, 0.0)
    assert trace.end == 1
    assert list(trace.positions(key_of(0, True), 0)) == []


@pytest.mark.parametrize(
    ("flags", "received", "with_own"),
    [
        (0, True, True),
        (REMOTE, True, True),
        (TX, False, True),
        (ERROR, False, False),
        (ERROR | TX, False, False),
    ],
)
def test_what_counts_as_traffic(trace, flags, received, with_own):
    position = trace.append(1, b"", flags, 0, 0.0, 0.0)
    assert trace.is_traffic(position, own=False) is received
    assert trace.is_traffic(position, own=True) is with_own


def test_a_record_that_is_withdrawn_is_no_traffic(trace):
    first, second = trace.append(1, b"\x01", TX, 1, 2.0, 3.0), trace.append(1, b"\x02", TX, 1, 2.0, 3.0)
    trace.withdraw(first)
    assert not trace.is_traffic(first, own=True)
    assert trace.is_traffic(second, own=True)
    assert str(trace.message(first)) == "0x001  [1]  01"


def test_a_record_that_is_gone_cannot_be_withdrawn_and_takes_no_other_with_it(trace):
    fill(trace, 1, 1, 1)
    trace.drop(2)
    trace.withdraw(0)
    assert trace.is_traffic(2, own=False)


@pytest.mark.parametrize(("capacity", "step"), [(1, 1), (10, 1), (16, 1), (160, 10)])
def test_it_keeps_its_capacity_and_drops_in_steps(capacity, step):
    trace = Trace(capacity)
    for number in range(3 * capacity + 40):
        trace.append(number % 7, b"", 0, 0, 0.0, 0.0)
        if surplus := trace.surplus():
            assert surplus == step
            trace.drop(surplus)
        assert min(number + 1, capacity) <= trace.end - trace.first <= capacity + step - 1
    assert trace.end == 3 * capacity + 40


def test_positions_stay_valid_when_the_oldest_are_dropped(trace):
    for number in range(10):
        trace.append(number % 2, bytes([number]), 0, 1, 0.0, 0.0)
    trace.drop(5)
    assert (trace.first, trace.end) == (5, 10)
    assert [trace.data(position) for position in range(5, 10)] == [bytes([number]) for number in range(5, 10)]
    assert list(trace.positions(0, 0)) == [6, 8]
    assert list(trace.positions(None, 0)) == [5, 6, 7, 8, 9]
    assert list(trace.positions_backwards(1, 0, 10)) == [9, 7, 5]
    assert trace.append(0, b"", 0, 0, 0.0, 0.0) == 10


def test_the_index_forgets_identifiers_that_are_gone(trace):
    fill(trace, 1, 2, 3)
    trace.drop(2)
    assert [list(trace.positions(key, 0)) for key in (1, 2, 3)] == [[], [], [2]]
    assert len(trace._by_key) == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_against_a_plain_list(seed):
    chance, trace, model, first = random.Random(seed), Trace(50), [], 0
    for number in range(2000):
        key = key_of(chance.randrange(5), chance.random() < 0.5)
        data = chance.randbytes(chance.randrange(65))
        model.append((key, data))
        trace.append(key, data, EXTENDED if id_of(key)[1] else 0, len(data), float(number), 0.0)
        if surplus := trace.surplus():
            trace.drop(surplus)
            first += surplus
        start, stop = sorted(chance.randrange(number + 2) for _ in range(2))
        asked = chance.choice([None, key])
        expected = [at for at in range(max(first, start), stop) if asked in (None, model[at][0])]
        assert list(trace.positions(asked, start, stop)) == expected
        assert list(trace.positions_backwards(asked, start, stop)) == expected[::-1]
        for at in expected[:2]:
            assert (trace.key(at), trace.data(at), trace.received_at(at)) == (*model[at], float(at))


class TestReach:
    """How far a look may go that sees only so many messages at once."""

    @pytest.fixture
    def trace(self):
        trace = Trace(100)
        for number in range(20):
            if number % 2:
                trace.append(0x100 + number % 4, b"", 0, 0, number, number)  # 0x101 and 0x103
            else:
                trace.append_sent(0x101, b"", TX, 0, number, number)
        list(trace.history(0x101, 0, 0, Direction.TX))  # makes the index of sent messages
        return trace

    def test_any_identifier(self, trace):
        assert (trace.reach(None, 3, 20, 5), trace.reach(None, 18, 20, 5)) == (8, 20)
        assert (trace.reach_back(None, 3, 20, 5), trace.reach_back(None, 3, 6, 5)) == (15, 3)

    def test_one_identifier(self, trace):
        assert trace.reach(0x103, 0, 20, 2) == 11  # 3 and 7 before it
        assert trace.reach_back(0x103, 0, 20, 2) == 15
        assert trace.reach(0x103, 0, 20, 5) == 20
        assert trace.reach_back(0x103, 0, 20, 5) == 0

    def test_sent_messages_count_too(self, trace):
        assert trace.reach(0x101, 0, 20, 2) == 4  # 0 and 2 were sent, 1 was received
        assert trace.reach_back(0x101, 0, 20, 2) == 16

    def test_an_identifier_that_is_not_there(self, trace):
        assert (trace.reach(0x7FF, 2, 20, 1), trace.reach_back(0x7FF, 2, 20, 1)) == (20, 2)

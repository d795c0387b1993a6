"""What stands between can-isotp and a connection's thread: nothing is lost or overtaken there."""

import isotp
import pytest

from CanLibrary.transport.queues import Command, Incoming, PayloadBytes
from CanLibrary.types import build_message


def message(number):
    return build_message(0x100, [number])


@pytest.fixture
def incoming():
    return Incoming()


class TestIncoming:
    def test_in_order(self, incoming):
        first, second = message(1), message(2)
        incoming.put(first)
        incoming.put(second)
        assert [incoming.get(0), incoming.get(0.01), incoming.get(0)] == [first, second, None]

    def test_one_wake_up_is_enough_for_many_sends(self, incoming):
        first = message(1)
        for _ in range(3):
            incoming.wake()
        incoming.put(first)
        assert [incoming.get(0), incoming.get(0)] == [None, first]
        incoming.wake()
        incoming.put(first)
        assert [incoming.get(0), incoming.get(0)] == [None, first]

    def test_a_turn_ends_with_what_was_there_when_it_began(self, incoming):
        messages = [message(number) for number in range(4)]
        for single in messages[:3]:
            incoming.put(single)
        assert incoming.get(0) is messages[0]
        incoming.begin_turn()
        incoming.put(messages[3])
        assert [incoming.following() for _ in range(3)] == [messages[1], messages[2], None]
        assert incoming.get(0) is messages[3]

    def test_a_command_ends_the_turn_and_comes_next(self, incoming):
        before, after, command = message(1), message(2), Command(None)
        for item in (before, command, after):
            incoming.put(item)
        incoming.begin_turn()
        assert [incoming.following(), incoming.following()] == [before, None]
        incoming.begin_turn()
        assert incoming.following() is None
        assert [incoming.get(0), incoming.get(0), incoming.get(0)] == [command, after, None]

    def test_a_wake_up_in_a_turn_does_not_end_it(self, incoming):
        first, second = message(1), message(2)
        incoming.put(first)
        incoming.wake()
        incoming.put(second)
        incoming.begin_turn()
        assert [incoming.following() for _ in range(3)] == [first, second, None]
        incoming.wake()
        incoming.put(first)
        assert [incoming.get(0), incoming.get(0)] == [None, first]


@pytest.mark.parametrize("sizes", [[1] * 12, [5, 5, 2], [12], [6, 7], [0, 12]])
def test_payload_bytes_are_given_out_as_by_the_generator_of_can_isotp(sizes):
    data = bytes(range(12))
    ours = PayloadBytes(data)
    theirs = isotp.TransportLayerLogic.SendRequest(data, isotp.TargetAddressType.Physical).generator
    for size in sizes:
        for ask in ("total_length", "remaining_size", "depleted"):
            assert getattr(ours, ask)() == getattr(theirs, ask)()
        assert ours.consume(size, enforce_exact=False) == theirs.consume(size, enforce_exact=False)
    assert (
        [ours.remaining_size(), ours.depleted()] == [theirs.remaining_size(), theirs.depleted()] == [0, True]
    )

"""What only our driver can do: messages in batches. What it tells of its bus is in test_bus_told.py."""

import threading

import can
import pytest
from can import CanOperationError

from CanLibrary.jumpstarter import stream

REFUSED = "The exporter's driver says: Could not send message to one or more recipients"


def message(number, identifier=0x123):
    return can.Message(arbitration_id=identifier, data=number.to_bytes(4, "big"), is_extended_id=False)


def numbers(messages):
    return [int.from_bytes(each.data, "big") for each in messages]


def send_all(bus, count):
    for number in range(count):
        bus.send(message(number))
    bus.wait_until_sent()


@pytest.mark.usefixtures("exporter")
class TestMany:
    @pytest.mark.slow
    def test_a_hundred_thousand_each_way_at_once_without_a_loss_and_in_order(self, open_bus):
        count = 100_000
        buses = open_bus("ours.can"), open_bus("ours.ecu")
        senders = [threading.Thread(target=send_all, args=(bus, count)) for bus in buses]
        for sender in senders:
            sender.start()
        try:
            for bus in buses:
                assert numbers(bus.recv(20) for _ in range(count)) == list(range(count))
        finally:
            for sender in senders:
                sender.join()
        assert [bus.recv(0) for bus in buses] == [None, None]

    def test_thousands_without_a_loss_and_in_order(self, open_bus):
        one, other = open_bus("ours.can"), open_bus("ours.ecu")
        send_all(one, 5000)
        assert numbers(other.recv(5) for _ in range(5000)) == list(range(5000))
        assert other.recv(0) is None

    def test_one_with_a_time_out_stays_behind_those_without(self, open_bus):
        one, other = open_bus("ours.can"), open_bus("ours.ecu")
        for number in range(10):
            one.send(message(number), 1 if number % 3 == 2 else None)
        one.wait_until_sent()
        assert numbers(other.recv(1) for _ in range(10)) == list(range(10))

    def test_a_batch_is_out_when_it_returns(self, open_bus):
        one, other = open_bus("ours.can"), open_bus("ours.ecu")
        assert one.send_batch([message(number) for number in range(3000)]) == (3000, None)
        assert numbers(other.recv(0) for _ in range(3000)) == list(range(3000))

    def test_who_does_not_receive_does_not_fill_the_memory(self, open_bus, monkeypatch):
        monkeypatch.setattr(stream, "ROOM", 100)
        one, other = open_bus("ours.can"), open_bus("ours.ecu")
        for _ in range(10):  # one batch is 2000 messages
            send_all(one, 2000)
        assert len(other._stream._received) <= 100 + 2000
        assert numbers(other.recv(5) for _ in range(20_000)) == list(range(2000)) * 10

    def test_shutdown_ends_a_wait(self, open_bus):
        bus, told = open_bus("ours.can"), []

        def wait():
            with pytest.raises(CanOperationError) as failed:
                bus.recv(30)
            told.append(str(failed.value))

        waiting = threading.Thread(target=wait)
        waiting.start()
        bus.shutdown()
        waiting.join(5)
        assert told == ["The bus of the exporter's driver 'ours.can' is shut down."]

    def test_another_client_takes_over(self, open_bus):
        before = open_bus("ours.ecu")
        one, after = open_bus("ours.can"), open_bus("ours.ecu")
        with pytest.raises(CanOperationError) as failed:
            before.recv(5)
        assert str(failed.value) == (
            "The exporter's driver says: another client has opened this bus, and receives what comes."
        )
        one.send(message(1))
        assert numbers([after.recv(1)]) == [1]


@pytest.mark.usefixtures("exporter")
class TestRefused:
    """The bus of `narrow.deaf` takes three messages, and its exporter's driver nobody reads."""

    @pytest.fixture
    def sender(self, open_bus):
        open_bus("narrow.deaf").shutdown()  # empty
        bus = open_bus("narrow.can")
        bus.send_batch([message(number) for number in range(3)])
        return bus

    def test_the_next_call_says_so_and_nothing_followed(self, sender):
        for number in range(3, 6):
            sender.send(message(number))
        with pytest.raises(CanOperationError) as refused:
            sender.wait_until_sent()
        assert str(refused.value).startswith(f"{REFUSED}; 0x123  [4]  00 00 00 03 was not sent")
        sender.wait_until_sent()  # told once

    def test_shutdown_says_so_where_nobody_asked(self, sender):
        sender.send(message(3))
        with pytest.raises(CanOperationError) as refused:
            sender.shutdown()
        assert str(refused.value) == f"{REFUSED}; 0x123  [4]  00 00 00 03 was not sent."
        sender.shutdown()

    def test_with_a_time_out_it_is_told_at_once(self, sender):
        with pytest.raises(CanOperationError, match="Could not send message"):
            sender.send(message(3), 0.1)

    def test_a_batch_tells_how_much_is_out(self, open_bus):
        open_bus("narrow.deaf").shutdown()
        sent, refused = open_bus("narrow.can").send_batch([message(number) for number in range(5)])
        assert sent == 3
        assert str(refused) == f"{REFUSED}."

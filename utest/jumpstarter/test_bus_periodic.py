"""Periodic messages on an exported bus: the exporter sends them, or with a modifier a thread here."""

import threading
import time
from itertools import islice, pairwise

import can
import pytest

pytestmark = pytest.mark.usefixtures("exporter")
PERIOD = 0.1


def message(data=b"\x01", identifier=5):
    return can.Message(arbitration_id=identifier, data=data, is_extended_id=False)


def passed_by(one, other):
    """Return what the other bus received until now, by a message that it sends itself after all of it."""
    one.send(message(b"", 0x7FF), 1)
    return list(iter(lambda: other.recv(2).arbitration_id, 0x7FF))


@pytest.mark.parametrize("data", [[b"a"], [b"a", b"b"]], ids=["one", "two in turn"])
def test_the_exporter_sends(pair, data):
    one, other = pair
    messages = [can.Message(data=each) for each in data]
    given = messages if len(messages) > 1 else messages[0]
    task = one.send_periodic(given, 0.02, duration=5, autostart=False, store_task=True)
    assert other.recv(0.1) is None
    task.start()
    received = [(each.arbitration_id, each.data) for each in islice(other, 4)]
    assert received == [(0, each) for each in (data * 4)[:4]]


@pytest.mark.parametrize("data", [[b"a"], [b"a", b"b"]], ids=["one", "two in turn"])
def test_a_modifier_is_called_here(pair, data):
    one, other = pair

    def change(each):
        each.arbitration_id = 1

    messages = [can.Message(data=each) for each in data]
    given = messages if len(messages) > 1 else messages[0]
    one.send_periodic(given, 0.02, duration=5, store_task=True, modifier_callback=change)
    received = [(each.arbitration_id, each.data) for each in islice(other, 4)]
    assert received == [(1, each) for each in (data * 4)[:4]]


def test_a_modifier_changes_each_message(pair):
    one, other = pair

    def count(each):
        each.data[0] += 1

    task = one.send_periodic(message(b"\x00"), 0.02, modifier_callback=count)
    received = [other.recv(1).data[0] for _ in range(3)]
    task.stop()
    assert received == [received[0], received[0] + 1, received[0] + 2]


def test_start_stop_and_changed_data(pair):
    one, other = pair
    task = one.send_periodic(message(b"\x01"), 0.02, autostart=False)
    task.modify_data(message(b"\x02"))
    assert other.recv(0.1) is None
    task.start()
    assert other.recv(1).data == b"\x02"
    task.stop()
    task.stop()
    passed_by(one, other)
    assert other.recv(0.1) is None
    task.modify_data(message(b"\x03"))
    task.start()
    task.start()
    assert other.recv(1).data == b"\x03"


def test_no_old_data_after_a_change(pair):
    one, other = pair
    task = one.send_periodic(message(b"\x00"), 0.02)
    for number in range(1, 20):
        task.modify_data(message(bytes([number])))
        passed_by(one, other)
        assert other.recv(1).data == bytes([number])


def test_our_driver_keeps_the_period_when_data_changes(open_bus):
    one, other = open_bus("ours.can"), open_bus("ours.ecu")
    times = []

    def received(seconds):
        each = other.recv(seconds)
        if each is not None:
            times.append(each.timestamp)
        return each

    task = one.send_periodic(message(b"\x00"), PERIOD)
    for number in range(1, 9):
        while received(PERIOD / 2) is not None:  # half a period after one a new task would begin, at once
            pass
        task.modify_data(message(bytes([number])))
        while received(2).data != bytes([number]):
            pass
    short = [late - soon for soon, late in pairwise(times) if late - soon < 0.75 * PERIOD]
    assert len(short) <= 4, f"Gaps that are too short: {short}"  # a busy machine shortens one now and then


def test_what_a_change_must_not_change(pair):
    task = pair[0].send_periodic(message(), 0.02)
    with pytest.raises(ValueError, match="arbitration ID"):
        task.modify_data(message(identifier=6))
    with pytest.raises(ValueError, match="number of new cyclic messages"):
        task.modify_data([message(), message()])
    assert pair[1].recv(1).data == b"\x01"


def test_the_period_is_kept_without_us(pair):
    one, other = pair
    one.send_periodic(message(), 0.01)
    times = [other.recv(1).timestamp for _ in range(40)]
    assert 0.3 < times[-1] - times[0] < 0.8


def test_a_duration_ends(pair):
    one, other = pair
    one.send_periodic(message(), 0.02, duration=0.1)
    received = [other.recv(1)]
    while (more := other.recv(0.2)) is not None:
        received.append(more)
    assert 2 <= len(received) <= 7


def test_a_message_that_was_received_can_be_sent_again_and_again(pair):
    one, other = pair
    one.send(message(b"\x07"))
    other.send_periodic(other.recv(1), 0.02)  # its channel is the name of a driver
    assert one.recv(1).data == b"\x07"


def test_shutdown_ends_them(either):
    one = either("can")
    one.send_periodic(message(), 0.01)
    one.shutdown()
    assert either("ecu").recv(0.2) is None


def test_shutdown_waits_for_a_send_that_is_under_way(either, caplog, capfd):
    one, entered = either("can"), threading.Event()
    send = one.send

    def slow(given, timeout=None):
        entered.set()
        time.sleep(0.2)
        send(given, timeout)

    one.send = slow
    one.send_periodic(message(), 0.001, modifier_callback=lambda _: None)
    entered.wait(5)
    one.shutdown()
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")

"""The interface `jumpstarter` of python-can, on a real exporter, with the published driver and with ours.

What the published package shows of its client is shown of the interface: sending, receiving, properties, iteration,
filters, Notifier and redirection here, periodic messages in test_bus_periodic.py, can-isotp on the bus in
test_bus_isotp.py and the drivers of ISO-TP in test_isotp.py. What only our driver can do is in test_bus_batches.py.
"""

import threading
import time

import can
import pytest
from can import CanInitializationError, CanOperationError

pytestmark = pytest.mark.usefixtures("exporter")


def message(identifier=0x123, data=b"\x01\x02", **more):
    return can.Message(
        arbitration_id=identifier, data=data, is_extended_id=more.pop("extended", False), **more
    )


@pytest.mark.parametrize(
    "sent",
    [
        message(),
        can.Message(data=b"hello"),
        message(0x18DA10F1, b"", extended=True),
        message(0x7FF, bytes(range(64)), is_fd=True, bitrate_switch=True),
        can.Message(arbitration_id=5, is_extended_id=False, is_remote_frame=True, dlc=3),
        can.Message(arbitration_id=5, is_extended_id=False, is_error_frame=True),
    ],
    ids=["standard", "default", "extended", "fd", "remote", "error"],
)
def test_message_arrives_as_it_was_sent(pair, sent):
    one, other = pair
    one.send(sent)
    received = other.recv(2)
    assert received.equals(sent, timestamp_delta=None, check_channel=False, check_direction=False)
    assert received.is_rx
    assert received.channel == other.channel
    assert received.timestamp > 0


def test_order_is_kept_both_ways(pair):
    one, other = pair
    for number in range(50):
        one.send(message(number))
        other.send(message(0x400 + number))
    assert [other.recv(1).arbitration_id for _ in range(50)] == list(range(50))
    assert [one.recv(1).arbitration_id for _ in range(50)] == list(range(0x400, 0x400 + 50))


def test_a_message_is_sent_as_it_was_then(pair):
    one, other = pair
    changing = message(5, bytearray(b"\x01"))
    one.send(changing)
    changing.data[0] = 2
    assert other.recv(1).data == b"\x01"


@pytest.mark.parametrize("seconds", [0, 0.05, 0.3, 0.7])
def test_recv_waits_as_long_as_it_is_told(pair, seconds):
    began = time.monotonic()
    assert pair[0].recv(seconds) is None
    assert seconds <= time.monotonic() - began < seconds + 0.3


def test_recv_without_a_time_out_waits_for_a_message(pair, eventually):
    received = []
    thread = threading.Thread(target=lambda: received.append(pair[1].recv()))
    thread.start()
    pair[0].send(message(7))
    assert eventually(lambda: received)[0].arbitration_id == 7
    thread.join()


def test_properties(pair):
    bus = pair[0]
    assert bus.channel_info.startswith("Virtual bus channel 7")
    assert bus.protocol is can.CanProtocol.CAN_20
    assert bus.state is can.BusState.ACTIVE
    assert str(bus) == bus.channel_info


def test_what_the_drivers_bus_cannot_do_is_told_as_python_can_tells_it(pair):
    with pytest.raises(NotImplementedError, match=r"^The exporter's driver cannot do 'flush_tx_buffer'\.$"):
        pair[0].flush_tx_buffer()
    with pytest.raises(NotImplementedError):
        pair[0].state = can.BusState.PASSIVE


def test_iteration(pair):
    one, other = pair
    for number in range(3):
        one.send(message(number))
    received = []
    for each in other:
        received.append(each.arbitration_id)
        if len(received) == 3:
            break
    assert received == [0, 1, 2]


def test_filters_let_through_what_they_name(pair):
    one, other = pair
    other.set_filters([{"can_id": 0x100, "can_mask": 0x7F0, "extended": False}])
    for number in (0x0FF, 0x105, 0x200, 0x10A):
        one.send(message(number), 1)
    assert other.recv(1).arbitration_id == 0x105
    assert other.recv(0).arbitration_id == 0x10A
    assert other.recv(0.1) is None
    other.set_filters(None)
    one.send(message(0x200))
    assert other.recv(1).arbitration_id == 0x200


def test_filters_of_extended_messages(pair):
    one, other = pair
    other.set_filters([{"can_id": 1, "can_mask": 1, "extended": True}])
    one.send(message(1))
    for number in range(3):
        one.send(message(number, extended=True))
    assert other.recv(1).arbitration_id == 1
    assert other.recv(0.1) is None
    assert other.filters == [{"can_id": 1, "can_mask": 1, "extended": True}]


def test_filters_of_the_constructor(either):
    other = either("ecu", can_filters=[{"can_id": 0x100, "can_mask": 0x7FF}])
    one = either("can")
    one.send(message(0x101))
    one.send(message(0x100))
    assert other.recv(1).arbitration_id == 0x100


def test_what_passes_no_filter_does_not_end_a_look(pair):
    one, other = pair
    other.set_filters([{"can_id": 0x100, "can_mask": 0x7FF}])
    for _ in range(3):
        one.send(message(0x200))
    one.send(message(0x100), 1)
    assert other.recv(0).arbitration_id == 0x100


def test_notifier(pair, eventually):
    one, other = pair
    received = []
    with can.Notifier(other, [received.append], timeout=0.1):
        one.send(message(1))
        one.send(message(2))
        eventually(lambda: len(received) == 2)
    assert [each.arbitration_id for each in received] == [1, 2]


def test_redirect(pair, either):
    one, other = pair
    body, chassis = either("rack.body"), either("rack.chassis")
    with can.Notifier(other, [can.RedirectReader(body)], timeout=0.1):
        one.send(message(0x321, b"\x07"))
        passed_on = chassis.recv(2)
    assert (passed_on.arbitration_id, passed_on.data) == (0x321, b"\x07")


def test_redirect_to_a_local_bus(pair, raw_bus):
    one, other = pair
    here, listener = raw_bus(), raw_bus()
    with can.Notifier(other, [can.RedirectReader(here)], timeout=0.1):
        one.send(can.Message(data=b"hello"))
        assert listener.recv(2).data == b"hello"
    with can.Notifier(here, [can.RedirectReader(other)], timeout=0.1):
        listener.send(can.Message(data=b"back"))
        assert one.recv(2).data == b"back"


def test_shutdown_leaves_the_exporters_bus_for_the_next(either):
    either("can").shutdown()
    one, other = either("can"), either("ecu")
    one.shutdown()
    one.shutdown()
    again = either("can")
    again.send(message(3))
    assert other.recv(1).arbitration_id == 3
    with pytest.raises(
        CanOperationError, match=r"^The bus of the exporter's driver '(ours\.)?can' is shut down\.$"
    ):
        one.send(message(4))


def test_what_came_before_the_opening_is_not_received(either):
    one = either("can")
    for number in range(20):
        one.send(message(number))
    other = either("ecu")
    one.send(message(0x99))
    assert other.recv(1).arbitration_id == 0x99


def test_driver_within_a_composite(either):
    one, other = either("rack.body"), either("rack.chassis")
    one.send(message(9))
    assert other.recv(1).arbitration_id == 9


def test_missing_driver_is_one_sentence(either, exporter):
    with pytest.raises(CanInitializationError) as refused:
        either("cam")
    assert str(refused.value) == (
        f"The exporter at '{exporter.host}' has no driver 'cam'; did you mean 'can'?"
    )
    with pytest.raises(CanInitializationError) as refused:
        either("rack")
    assert str(refused.value) == (
        f"Driver 'rack' of the exporter at '{exporter.host}' is no CAN driver but has the client "
        "'jumpstarter_driver_composite.client.CompositeClient'; its CAN drivers are 'can', 'ecu', 'ours.can', "
        "'ours.ecu', 'narrow.can', 'narrow.deaf', 'rack.body', 'rack.chassis' and 'wire'."
    )


def test_what_the_tools_of_python_can_give_to_every_interface_is_taken(open_bus):
    bus = open_bus("wire", single_handle=True, bitrate=500000)
    assert bus.state is can.BusState.ACTIVE

"""The interface `jumpstarter` of python-can, on a real exporter with the published driver."""

import threading
import time

import can
import isotp
import pytest
from can import CanInitializationError, CanOperationError

pytestmark = pytest.mark.usefixtures("exporter")


def message(identifier=0x123, data=b"\x01\x02", **more):
    return can.Message(
        arbitration_id=identifier, data=data, is_extended_id=more.pop("extended", False), **more
    )


@pytest.fixture(params=["published", "ours"])
def open_bus(request, open_bus):
    """Open buses of the published driver, or of ours, which streams."""

    def make(channel="can", **options):
        ours = request.param == "ours" and channel in ("can", "ecu")
        return open_bus(f"ours.{channel}" if ours else channel, **options)

    return make


@pytest.fixture
def pair(open_bus):
    return open_bus("can"), open_bus("ecu")


@pytest.mark.parametrize(
    "sent",
    [
        message(),
        message(0x18DA10F1, b"", extended=True),
        message(0x7FF, bytes(range(64)), is_fd=True, bitrate_switch=True),
        can.Message(arbitration_id=5, is_extended_id=False, is_remote_frame=True, dlc=3),
        can.Message(arbitration_id=5, is_extended_id=False, is_error_frame=True),
    ],
    ids=["standard", "extended", "fd", "remote", "error"],
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


def test_twenty_thousand_messages_without_a_loss_and_in_order(open_bus, request):
    if "published" in request.node.name:
        pytest.skip("The published driver takes minutes for as many.")
    one, other = open_bus("can"), open_bus("ecu")
    for number in range(20_000):
        one.send(message(number % 0x800, number.to_bytes(4, "big")))
    received = [other.recv(5) for _ in range(20_000)]
    assert [int.from_bytes(each.data, "big") for each in received] == list(range(20_000))
    assert other.recv(0) is None


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
        one.send(message(number))
    assert other.recv(1).arbitration_id == 0x105
    assert other.recv(0).arbitration_id == 0x10A
    assert other.recv(0.1) is None
    other.set_filters(None)
    one.send(message(0x200))
    assert other.recv(1).arbitration_id == 0x200


def test_filters_of_the_constructor(open_bus):
    other = open_bus("ecu", can_filters=[{"can_id": 0x100, "can_mask": 0x7FF}])
    one = open_bus("can")
    one.send(message(0x101))
    one.send(message(0x100))
    assert other.recv(1).arbitration_id == 0x100


def test_what_passes_no_filter_does_not_end_a_look(pair):
    one, other = pair
    other.set_filters([{"can_id": 0x100, "can_mask": 0x7FF}])
    for _ in range(3):
        one.send(message(0x200))
    one.send(message(0x100))
    assert other.recv(0).arbitration_id == 0x100


def test_notifier(pair, eventually):
    one, other = pair
    received = []
    with can.Notifier(other, [received.append], timeout=0.1):
        one.send(message(1))
        one.send(message(2))
        eventually(lambda: len(received) == 2)
    assert [each.arbitration_id for each in received] == [1, 2]


def test_redirect(pair, open_bus):
    one, other = pair
    body, chassis = open_bus("rack.body"), open_bus("rack.chassis")
    with can.Notifier(other, [can.RedirectReader(body)], timeout=0.1):
        one.send(message(0x321, b"\x07"))
        passed_on = chassis.recv(2)
    assert (passed_on.arbitration_id, passed_on.data) == (0x321, b"\x07")


def test_periodic_message_of_the_exporter_starts_stops_and_changes(pair):
    one, other = pair
    task = one.send_periodic(message(5, b"\x01"), 0.02, autostart=False)
    assert other.recv(0.1) is None
    task.start()
    assert other.recv(1).data == b"\x01"
    task.modify_data(message(5, b"\x02"))
    assert any(other.recv(1).data == b"\x02" for _ in range(50))
    assert other.recv(1).data == b"\x02"
    task.stop()
    drain(other)
    assert other.recv(0.1) is None
    task.start()
    assert other.recv(1).data == b"\x02"


def drain(bus):
    while bus.recv(0) is not None:
        pass


def test_periodic_message_keeps_its_period_without_us(pair):
    one, other = pair
    one.send_periodic(message(5), 0.01)
    times = [other.recv(1).timestamp for _ in range(40)]
    assert 0.3 < times[-1] - times[0] < 0.8


def test_periodic_message_with_a_duration_ends(pair):
    one, other = pair
    one.send_periodic(message(5), 0.02, duration=0.1)
    assert other.recv(1) is not None
    time.sleep(0.2)
    drain(other)
    assert other.recv(0.1) is None


def test_periodic_message_with_a_modifier_is_sent_from_here(pair):
    one, other = pair

    def count(each):
        each.data[0] += 1

    task = one.send_periodic(message(5, b"\x00"), 0.02, modifier_callback=count)
    received = [other.recv(1).data[0] for _ in range(3)]
    task.stop()
    assert received == [received[0], received[0] + 1, received[0] + 2]


def test_shutdown_ends_the_periodic_messages_of_the_exporter(open_bus):
    one = open_bus("can")
    one.send_periodic(message(5), 0.01)
    one.shutdown()
    assert open_bus("ecu").recv(0.2) is None


def test_shutdown_leaves_the_exporters_bus_for_the_next(open_bus):
    open_bus("can").shutdown()
    one, other = open_bus("can"), open_bus("ecu")
    one.shutdown()
    one.shutdown()
    again = open_bus("can")
    again.send(message(3))
    assert other.recv(1).arbitration_id == 3
    with pytest.raises(
        CanOperationError, match=r"^The bus of the exporter's driver '(ours\.)?can' is shut down\.$"
    ):
        one.send(message(4))


def test_what_came_before_the_opening_is_not_received(open_bus):
    one = open_bus("can")
    for number in range(20):
        one.send(message(number))
    other = open_bus("ecu")
    one.send(message(0x99))
    assert other.recv(1).arbitration_id == 0x99


def test_driver_within_a_composite(open_bus):
    one, other = open_bus("rack.body"), open_bus("rack.chassis")
    one.send(message(9))
    assert other.recv(1).arbitration_id == 9


def test_missing_driver_is_one_sentence(open_bus, exporter):
    with pytest.raises(CanInitializationError) as refused:
        open_bus("cam")
    assert str(refused.value) == (
        f"The exporter at '{exporter.host}' has no driver 'cam'; did you mean 'can'?"
    )
    with pytest.raises(CanInitializationError) as refused:
        open_bus("rack")
    assert str(refused.value) == (
        f"Driver 'rack' of the exporter at '{exporter.host}' is no CAN driver but has the client "
        "'jumpstarter_driver_composite.client.CompositeClient'; its CAN drivers are 'can', 'ecu', 'ours.can', "
        "'ours.ecu', 'rack.body', 'rack.chassis' and 'wire'."
    )


@pytest.mark.parametrize("blocking", [False, True])
@pytest.mark.parametrize("length", [8, 64])
def test_isotp_over_exported_buses(pair, length, blocking):
    params = {"tx_data_length": length, "can_fd": length > 8, "blocking_send": blocking}
    notifiers, stacks = [], []
    try:
        for bus, rxid, txid in ((pair[0], 1, 2), (pair[1], 2, 1)):
            notifiers.append(can.Notifier(bus, [], timeout=0.05))
            address = isotp.Address(rxid=rxid, txid=txid)
            stacks.append(isotp.NotifierBasedCanStack(bus, notifiers[-1], address=address, params=params))
            stacks[-1].start()
        for size in (3, 100):
            stacks[0].send(bytes(range(size)), send_timeout=5 if blocking else None)
            assert stacks[1].recv(block=True, timeout=5) == bytes(range(size))
            stacks[1].send(bytes(size), send_timeout=5 if blocking else None)
            assert stacks[0].recv(block=True, timeout=5) == bytes(size)
    finally:
        for stack in stacks:
            stack.stop()
        for notifier in notifiers:
            notifier.stop()

"""What an exporter's driver of ours tells of its bus: refusals, losses, what its interface can do."""

import itertools
import os
import threading

import can
import pytest
from can import CanOperationError
from can.interfaces.virtual import VirtualBus

from CanLibrary.errors import BusError, NotSupportedError
from CanLibrary.jumpstarter.batches import MOST
from CanLibrary.types import CanId, Direction

LOST = (
    "The exporter's driver says: Bus '{}' lost 3 messages: they came faster than the network took them, and 10 waited "
    "already."
)
BY_INTERFACE = (
    "by_interface=True needs a bus on interface 'socketcan', whose kernel sends by itself and shows what it sent; bus "
    "'tester' is none, leave by_interface out."
)
CONNECTION = {"txid": CanId("0x7E0"), "rxid": CanId("0x7E8")}


def message(number, identifier=0x123):
    return can.Message(arbitration_id=identifier, data=number.to_bytes(4, "big"), is_extended_id=False)


def numbers(messages):
    return [int.from_bytes(each.data, "big") for each in messages]


@pytest.fixture
def driver(serve, channel):
    """The driver of ours that `can` is, in this process."""
    from CanLibrary.exporter import Can

    served = Can(interface="virtual", channel=channel)
    serve(can=served)
    return served


@pytest.fixture
def refusing(driver):
    """Let the driver's bus refuse messages with this byte at the beginning."""
    send = driver.bus.send
    refused = set()

    def choosy(given, timeout=None):
        if given.data[0] in refused:
            raise CanOperationError("bus off")
        send(given, timeout)

    driver.bus.send = choosy
    return refused


def answering(ecu):
    """Return a thread that lets a first frame be continued, without a separation time."""

    def answer():
        assert ecu.recv(5).data[0] == 0x10
        ecu.send(can.Message(arbitration_id=0x7E8, data=[0x30, 0, 0], is_extended_id=False))

    partner = threading.Thread(target=answer)
    partner.start()
    return partner


def sent(library):
    return [each.data[0] for each in library.get_can_messages(direction=Direction.TX)]


class TestRefusals:
    def test_what_is_not_out_is_not_in_the_trace(self, refusing, library, raw_bus):
        refusing.add(3)
        ecu = raw_bus()
        library.open_can_bus("tester", interface="jumpstarter", channel="can")
        with pytest.raises(BusError) as refused:
            library.send_can_messages([f"123#0{number}" for number in range(6)])
        assert str(refused.value) == (
            "Bus 'tester' could not send 0x123  [1]  03: The exporter's driver says: bus off. 3 messages of 6 had been "
            "sent."
        )
        assert sent(library) == numbers(ecu.recv(1) for _ in range(3)) == [0, 1, 2]
        assert ecu.recv(0) is None
        library.send_can_messages(["123#06"])
        assert sent(library) == [0, 1, 2, 6]

    def test_a_refused_block_fails_its_transfer(self, refusing, library, raw_bus):
        refusing.add(0x25)
        ecu = raw_bus()
        library.open_can_bus("tester", interface="jumpstarter", channel="can")
        library.open_isotp_connection("tester", bus="tester", **CONNECTION)
        partner = answering(ecu)
        with pytest.raises(BusError) as failed:
            library.send_isotp_frame(bytes(60), timeout=5)
        partner.join()
        assert str(failed.value) == (
            "Bus 'tester' could not send 0x7E0  [8]  25 00 00 00 00 00 00 00: The exporter's driver says: bus off."
        )
        assert [ecu.recv(1).data[0] for _ in range(4)] == [0x21, 0x22, 0x23, 0x24]
        assert ecu.recv(0) is None
        assert sent(library) == [0x10, 0x21, 0x22, 0x23, 0x24]

    def test_a_refused_last_message_fails_its_transfer(self, refusing, library, raw_bus):
        refusing.add(0x23)
        ecu = raw_bus()
        library.open_can_bus("tester", interface="jumpstarter", channel="can")
        library.open_isotp_connection("tester", bus="tester", **CONNECTION)
        partner = answering(ecu)
        with pytest.raises(BusError, match=r"could not send 0x7E0  \[8\]  23 "):
            library.send_isotp_frame(bytes(27), timeout=5)
        partner.join()

    def test_what_the_bus_says_of_a_single_frame(self, refusing, library):
        refusing.add(1)
        library.open_can_bus("tester", interface="jumpstarter", channel="can")
        library.open_isotp_connection("tester", bus="tester", **CONNECTION)
        with pytest.raises(BusError) as failed:
            library.send_isotp_frame(b"\x07", timeout=5)
        assert str(failed.value) == (
            "Bus 'tester' could not send 0x7E0  [2]  01 07: The exporter's driver says: bus off."
        )


class TestSlowBus:
    def test_it_holds_the_sender_back(self, driver, open_bus, raw_bus, eventually):
        go_on, send = threading.Event(), driver.bus.send

        def slow(given, timeout=None):
            go_on.wait(20)
            send(given, timeout)

        driver.bus.send = slow
        bus, partner = open_bus("can"), raw_bus()
        sender = threading.Thread(target=lambda: [bus.send(message(number)) for number in range(5000)])
        sender.start()
        eventually(lambda: len(bus._outgoing._waiting) == MOST)
        assert sender.is_alive()
        go_on.set()
        assert numbers(partner.recv(5) for _ in range(5000)) == list(range(5000))
        sender.join()

    @pytest.mark.parametrize("together", [True, False])
    def test_a_batch_takes_several_answers(self, driver, open_bus, raw_bus, monkeypatch, together):
        monkeypatch.setattr("CanLibrary.exporter.bus._TURN", 0.0)
        calls, send_batch = [], driver.send_batch

        def counted(messages):
            calls.append(messages)
            return send_batch(messages)

        counted.__dict__.update(send_batch.__dict__)  # what marks it as exported
        driver.send_batch = counted
        bus, partner = open_bus("can"), raw_bus()
        messages = [message(number) for number in range(20)]
        if together:
            assert bus.send_batch(messages) == (20, None)
        else:
            for each in messages:
                bus.send(each)
        bus.wait_until_sent()
        assert numbers(partner.recv(5) for _ in range(20)) == list(range(20))
        assert len(calls) == 20


@pytest.mark.usefixtures("driver")
class TestSeparationTime:
    def test_it_is_kept(self, library, raw_bus):
        ecu = raw_bus()
        library.open_can_bus("tester", interface="jumpstarter", channel="can")
        library.open_isotp_connection("tester", bus="tester", **CONNECTION)
        library.send_isotp_frame(bytes(60))
        assert ecu.recv(5).data[0] == 0x10
        ecu.send(can.Message(arbitration_id=0x7E8, data=[0x30, 0, 20], is_extended_id=False))
        times = [ecu.recv(5).timestamp for _ in range(8)]
        gaps = [late - soon for soon, late in itertools.pairwise(times)]
        assert min(gaps) > 0.0199


class TestLosses:
    @pytest.fixture
    def narrow(self, monkeypatch):
        """Let the exporter have room for ten messages, and the network stand still until it is told to go on."""
        from CanLibrary.exporter import reading

        go_on = threading.Event()
        batches = reading.Reading.batches

        async def held_back(one):
            async for batch in batches(one):
                while not go_on.is_set():
                    await reading.asyncio.sleep(0.01)
                yield batch

        monkeypatch.setattr(reading, "ROOM", 10)
        monkeypatch.setattr(reading.Reading, "batches", held_back)
        return go_on

    def overflow(self, driver, narrow, partner, eventually):
        """Send 1, which is on its way, 2 to 11, for which there is room, and 12 to 14."""
        partner.send(message(1))
        eventually(lambda: driver._reading and driver._reading.total == 1 and not driver._reading._kept)
        for number in range(2, 15):
            partner.send(message(number))
        eventually(lambda: driver._reading._lost == 3)
        narrow.set()

    def test_recv_tells_them_once(self, driver, narrow, open_bus, raw_bus, channel, eventually):
        bus, partner = open_bus("can"), raw_bus()
        self.overflow(driver, narrow, partner, eventually)
        received, told = [], []
        while len(received) < 11:
            try:
                received.append(bus.recv(5))
            except CanOperationError as lost:
                told.append(str(lost))
        assert numbers(received) == list(range(1, 12))
        assert told == [LOST.format(channel)]

    def test_the_next_keyword_tells_them(self, driver, narrow, library, raw_bus, channel, eventually):
        partner = raw_bus()
        library.open_can_bus("tester", interface="jumpstarter", channel="can")
        self.overflow(driver, narrow, partner, eventually)
        session = library.attributes["open_can_bus"].__self__._buses.registry.get("tester")
        eventually(lambda: session.traffic.trace.end == 11)
        with pytest.raises(BusError) as lost:
            library.receive_can_message()
        assert str(lost.value) == LOST.format(channel)
        assert library.receive_can_message().data == message(1).data

    @pytest.mark.usefixtures("driver")
    def test_what_is_on_the_way_for_long_is_not_nothing(self, narrow, open_bus, raw_bus, monkeypatch):
        monkeypatch.setattr("CanLibrary.jumpstarter.stream._ON_THE_WAY", 0.2)
        bus = open_bus("can")
        raw_bus().send(message(1))
        with pytest.raises(CanOperationError) as failed:
            bus.recv(0)
        assert str(failed.value) == (
            f"The exporter at '{os.environ['JUMPSTARTER_HOST']}' has 1 message for 'can' that did not arrive within "
            "0.2 seconds."
        )
        narrow.set()
        assert numbers([bus.recv(5)]) == [1]

    def test_a_bus_that_fails_is_told(self, driver, open_bus):
        failing, recv = threading.Event(), driver.bus._recv_internal

        def may_fail(timeout=None):
            if failing.is_set():
                raise CanOperationError("the adapter is gone")
            return recv(timeout)

        driver.bus._recv_internal = may_fail
        bus = open_bus("can")
        failing.set()
        with pytest.raises(CanOperationError, match=r"^The exporter's driver says: the adapter is gone\.$"):
            bus.recv(5)


class Reporting(VirtualBus):
    """A bus whose interface knows the state of its controller."""

    state = property(lambda _: can.BusState.PASSIVE)


class TestState:
    CONSTANT = "The interface 'jumpstarter' cannot report its state, so there is no verdict about it."

    @pytest.mark.usefixtures("driver")
    def test_a_constant_is_no_verdict(self, library):
        library.open_can_bus("tester", interface="jumpstarter", channel="can")
        assert library.get_bus_state() is can.BusState.ACTIVE  # with a warning
        with pytest.raises(NotSupportedError) as refused:
            library.bus_state_should_be("ACTIVE")
        assert str(refused.value) == self.CONSTANT

    def test_of_the_published_driver_it_is_not_known(self, serve, channel, library):
        from jumpstarter_driver_can.driver import Can

        serve(can=Can(interface="virtual", channel=channel))
        library.open_can_bus("tester", interface="jumpstarter", channel="can")
        assert library.get_bus_state() is can.BusState.ACTIVE  # with a warning
        with pytest.raises(NotSupportedError) as refused:
            library.bus_state_should_be("ACTIVE")
        assert str(refused.value) == (
            "Whether the state of bus 'tester' is measured is not known, so there is no verdict about it: the "
            "exporter's driver does not tell; CanLibrary.exporter.Can does."
        )
        with pytest.raises(NotSupportedError) as refused:
            library.start_periodic_message(CanId("0x123"), b"\1", period=0.1, by_interface=True)
        assert str(refused.value) == BY_INTERFACE

    def test_a_reported_state_is_one(self, driver, channel, library):
        driver.bus.shutdown()
        driver.bus = Reporting(channel)
        library.open_can_bus("tester", interface="jumpstarter", channel="can")
        library.bus_state_should_be("PASSIVE")
        with pytest.raises(AssertionError) as failed:
            library.bus_state_should_be("ACTIVE")
        assert str(failed.value) == "Bus 'tester' should be ACTIVE but is PASSIVE."

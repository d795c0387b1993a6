"""Opening buses: described, implied, given, of somebody else, and again after one died."""

import can
import pytest

from CanLibrary.errors import BusError, ConfigurationError
from CanLibrary.sessions.registry import Owner
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.waits import receive
from CanLibrary.types import build_message


def refusal(kind, call, *args):
    with pytest.raises(kind) as refused:
        call(*args)
    return str(refused.value)


class TestOpen:
    def test_what_is_given(self, world):
        session = world.bus("body", fd=True)
        assert (session.alias, session.description.interface, session.description.fd) == (
            "body",
            "virtual",
            True,
        )
        assert world.buses.registry.current == "body"

    def test_an_alias_that_is_open(self, world):
        world.bus("body")
        assert refusal(ConfigurationError, world.bus, "body") == (
            "Bus 'body' is already open; close it first or use another alias."
        )

    def test_what_is_given_goes_before_what_is_described(self, new_world):
        world = new_world(buses=[("body", {"fd": True, "receive_own_messages": True})])
        session = world.buses.open("body", {"fd": False})
        assert (session.description.fd, session.description.channel) == (False, world.channel)
        assert session.bus.receive_own_messages is True

    def test_another_interface_takes_nothing_of_what_is_described(self, new_world):
        world = new_world(buses=[("body", {"fd": True})])
        session = world.buses.open("body", {"interface": "virtual", "channel": world.channel})
        assert session.description.fd is None

    def test_without_an_alias_it_is_the_only_one_described(self, new_world):
        world = new_world(buses=[("body", {})])
        assert world.buses.open(None, {}).alias == "body"
        assert refusal(ConfigurationError, world.buses.open, None, {}) == (
            "Bus 'body' is already open; close it first or use another alias."
        )

    def test_one_that_is_not_described_needs_an_interface(self, new_world):
        world = new_world(buses=[("chassis", {})])
        assert refusal(ConfigurationError, world.bus, "chasis") == (
            "Bus 'chasis' is not described (described: 'chassis'); did you mean 'chassis'?"
        )
        assert refusal(ConfigurationError, world.bus, "xyz") == (
            "Bus 'xyz' is not described (described: 'chassis'); to open another bus give interface=."
        )
        assert world.bus("xyz", interface="virtual").alias == "xyz"

    def test_nothing_described_and_nothing_given_is_the_virtual_bus(self, world):
        session = world.buses.registry.get(None)
        assert (session.alias, session.description.channel) == ("can", 0)

    def test_after_a_bus_was_opened_nothing_opens_by_itself(self, world):
        world.bus("body")
        world.buses.registry.close("body")
        assert refusal(Exception, world.buses.registry.get, None) == (
            "No bus is open; open one with Open Can Bus."
        )

    def test_in_the_next_test_the_virtual_bus_opens_again(self, world):
        world.ownership.suites, world.ownership.test = ["Suite"], "Test"
        world.bus("body")
        world.buses.registry.close("body")
        world.buses.forget(lambda owner: bool(owner.test))
        assert world.buses.registry.get(None).alias == "can"

    def test_owners(self, new_world):
        world = new_world(buses=[("described", {})])
        world.ownership.suites, world.ownership.test = ["Suite"], "Test"
        assert world.bus("body", interface="virtual").owner == Owner("Suite", "Test")
        assert world.buses.registry.get("described").owner == Owner("Suite")


class TestDeadBus:
    @pytest.fixture
    def dead(self, world, scripted_bus, eventually):
        def make(**script):
            session = world.buses.use(scripted_bus(**script), "body", True)
            session.bus.arrived.put(OSError("unplugged"))
            eventually(lambda: session.traffic.failure)
            return session

        return make

    def test_it_can_be_opened_again(self, world, dead, raw_bus):
        old = dead()
        new = world.bus("body")
        assert old.closed
        assert old.bus.shutdowns == 1
        raw_bus().send(can.Message(arbitration_id=1))
        assert receive(new.traffic, Matcher(), 5)

    def test_what_nobody_was_told_is_a_notice_of_the_new_one(self, world, dead):
        dead()
        assert world.bus("body").notices == ["Bus 'body' receives no more: unplugged."]

    def test_what_was_told_is_not_told_again(self, world, dead):
        old = dead()
        with pytest.raises(BusError):
            old.check()
        assert world.bus("body").notices == []

    def test_a_driver_that_cannot_even_be_shut_down_does_not_prevent_it(self, world, dead):
        def refuse():
            raise OSError("no such device")

        dead(shutdown=refuse)
        assert world.bus("body").notices == [
            "Bus 'body' receives no more: unplugged.",
            "Bus 'body' could not be closed: no such device.",
        ]

    def test_another_object_can_take_its_alias(self, world, dead, scripted_bus):
        dead()
        session = world.buses.use(scripted_bus(), "body", False)
        assert session.notices == ["Bus 'body' receives no more: unplugged."]
        session.check()

    def test_its_connections_are_closed_and_can_be_opened_again(self, world, dead):
        dead()
        old = world.connections.registry
        with pytest.raises(BusError):
            world.connection("diag", bus="body")
        assert old.open == {}
        world.bus("body")
        world.connection("diag", bus="body").check()


class TestUseExisting:
    def test_a_bus_object_of_any_class(self, world, scripted_bus):
        bus = scripted_bus()
        session = world.buses.use(bus, "lab", False)
        session.send(build_message(0x100, "01"))
        bus.arrived.put(can.Message(arbitration_id=0x200, is_extended_id=False))
        assert str(receive(session.traffic, Matcher(), 5)[0]) == "0x200  [0]"
        assert [bytes(sent.data) for sent in bus.sent] == [b"\x01"]
        assert session.description.channel == "scripted"

    @pytest.mark.parametrize(("shut_down", "times"), [(False, 0), (True, 1)])
    def test_it_is_shut_down_only_if_asked(self, world, scripted_bus, shut_down, times):
        bus = scripted_bus()
        world.buses.use(bus, "lab", shut_down)
        world.buses.registry.close("lab")
        assert bus.shutdowns == times

    def test_what_is_no_bus(self, world):
        assert refusal(BusError, world.buses.use, "vcan0", "lab", False) == (
            "'vcan0' is no python-can bus; give an object whose class derives from can.BusABC."
        )

    @pytest.mark.skipif(
        not hasattr(can.Notifier, "find_instances"), reason="python-can tells who reads a bus since 4.6"
    )
    def test_one_that_a_notifier_reads(self, world, raw_bus):
        bus = raw_bus()
        notifier = can.Notifier(bus, [], timeout=0.01)
        try:
            assert refusal(BusError, world.buses.use, bus, "lab", False) == (
                "The bus object for 'lab' is read by a Notifier already; two readers take each other's messages."
            )
        finally:
            notifier.stop()
        world.buses.use(bus, "lab", False).check()

    def test_one_that_is_open_already(self, world, raw_bus):
        bus = raw_bus()
        world.buses.use(bus, "lab", False)
        assert refusal(BusError, world.buses.use, bus, "other", False) == (
            "The bus object for 'other' is open already as bus 'lab'; two readers take each other's messages."
        )
        world.buses.registry.close("lab")
        world.buses.use(bus, "other", False).check()

    def test_an_alias_that_is_open(self, world, raw_bus):
        world.bus("body")
        assert refusal(ConfigurationError, world.buses.use, raw_bus(), "body", False) == (
            "Bus 'body' is already open; close it first or use another alias."
        )

    def test_one_that_hands_back_what_it_sends(self, world, raw_bus):
        session = world.buses.use(raw_bus(receive_own_messages=True), "lab", False)
        session.send(build_message(0x100, "01"))
        (message,) = receive(session.traffic, Matcher(), 5)
        assert (str(message), message.is_rx) == ("0x100  [1]  01", False)

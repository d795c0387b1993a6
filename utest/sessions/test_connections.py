"""Opening connections: on the current bus, on a node of their own, described, and when it goes wrong."""

import threading

import pytest

from CanLibrary.config import connection_description
from CanLibrary.errors import BusError, ConfigurationError
from CanLibrary.sessions.registry import Owner
from CanLibrary.types import CanFilters, Pattern


def refusal(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return str(refused.value)


class TestOpen:
    def test_it_shares_the_current_bus(self, world):
        world.bus("body")
        world.bus("engine")
        connection = world.connection("diag")
        assert connection.bus.alias == "engine"
        assert connection.transport.running
        assert world.connections.registry.current == "diag"

    def test_it_shares_the_bus_that_is_named(self, world):
        world.bus("body")
        world.bus("engine")
        assert world.connection("diag", bus="body").bus.alias == "body"

    def test_a_described_bus_opens_with_it(self, new_world):
        world = new_world(buses=[("body", {})])
        assert world.connection("diag").bus is world.buses.registry.get("body")

    def test_without_a_start_it_stands_still(self, world):
        world.bus()
        connection = world.connection(start=False)
        assert not connection.transport.running
        connection.start()
        connection.start()
        assert connection.transport.running

    def test_a_described_one_opens_at_its_first_use(self, new_world):
        address = {"txid": "0x7E0", "rxid": "0x7E8"}
        world = new_world(buses=[("body", {})], connections=[("diag", {"bus": "body", "address": address})])
        world.ownership.suites, world.ownership.test = ["Suite"], "Test"
        connection = world.connections.registry.get(None)
        assert (connection.alias, connection.owner) == ("diag", Owner("Suite"))
        assert connection.transport.running

    def test_what_is_given_goes_before_what_is_described(self, new_world):
        described = {"address": {"txid": "0x7E0", "rxid": "0x7E8"}, "params": {"stmin": 5, "blocksize": 4}}
        world = new_world(buses=[("body", {})], connections=[("diag", described)])
        connection = world.connections.open("diag", {"params": {"stmin": 7}}, start=True)
        assert (connection.transport.params.stmin, connection.transport.params.blocksize) == (7, 4)
        assert str(connection.transport.address) == "Normal_11bits, txid 0x7E0, rxid 0x7E8"

    def test_what_is_given_and_what_is_described_must_fit_together(self, new_world):
        described = {
            "address": {"txid": "0x7E0", "rxid": "0x7E8"},
            "params": {"can_fd": True, "tx_data_length": 64},
        }
        world = new_world(buses=[("body", {})], connections=[("diag", described)])
        assert refusal(
            ConfigurationError, world.connections.open, "diag", {"params": {"can_fd": False}}, start=True
        ) == ("tx_data_length=64 needs can_fd=True: classic CAN carries 8 bytes.")

    def test_an_alias_that_is_open(self, world):
        world.bus()
        world.connection("diag")
        assert refusal(ConfigurationError, world.connection, "diag", "0x7E1", "0x7E9") == (
            "Connection 'diag' is already open; close it first or use another alias."
        )

    def test_a_bus_that_is_not_open(self, world):
        world.bus("body")
        assert refusal(ConfigurationError, world.connection, "diag", bus="bodi") == (
            "Bus 'bodi' is not open (open: 'body'); did you mean 'body'?"
        )

    def test_an_exporter_that_nobody_named(self, world, monkeypatch):
        monkeypatch.delenv("JUMPSTARTER_HOST", raising=False)
        given = {"address": {"txid": "0x7E0", "rxid": "0x7E8"}, "backend": "exported"}
        assert refusal(ConfigurationError, world.connections.open, "diag", given, start=True) == (
            "There is no exporter: JUMPSTARTER_HOST is not set. Run this in 'jmp shell', such as 'jmp shell "
            "--exporter-config bench.yaml -- robot …', or name the exporter with address=host:port."
        )

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"bus": "body"}, "the backend exported works on the exporter's own bus; leave bus out."),
            (
                {"interface": "virtual"},
                "the backend exported has interface 'jumpstarter' only; leave interface out.",
            ),
            (
                {"options": {"adress": "x:1"}},
                "The backend exported has no option 'adress'; did you mean 'address'?",
            ),
        ],
    )
    def test_what_a_driver_of_an_exporter_does_not_take(self, world, given, sentence):
        given = {"address": {"txid": "0x7E0", "rxid": "0x7E8"}, "backend": "exported", **given}
        assert refusal(ConfigurationError, world.connections.open, "diag", given, start=True) == sentence

    def test_the_kernel_backend_on_a_bus_that_is_no_network_interface(self, world):
        world.bus()
        given = {"address": {"txid": "0x7E0", "rxid": "0x7E8"}, "backend": "kernel"}
        assert refusal(ConfigurationError, world.connections.open, "diag", given, start=True) == (
            "Connection 'diag' has backend=kernel, which runs on interface 'socketcan' only, but bus 'body' is no "
            "SocketCAN bus; give a channel such as vcan0, or use backend=python."
        )
        assert world.buses.registry.get("body").dependents == []

    def test_the_kernel_backend_where_another_interface_is_described(self, world):
        given = {"address": {"txid": "0x7E0", "rxid": "0x7E8"}, "interface": "virtual", "channel": 2}
        world.connections._descriptions["flash"] = connection_description("flash", given)
        assert refusal(
            ConfigurationError, world.connections.open, "flash", {"backend": "kernel"}, start=True
        ) == (
            "Connection 'flash' has backend=kernel, which runs on interface 'socketcan' only, but it is on interface "
            "'virtual'; give a channel such as vcan0, or use backend=python."
        )

    def test_can_fd_on_a_bus_without(self, world):
        world.bus("body", fd=False)
        assert refusal(ConfigurationError, world.connection, "diag", can_fd=True) == (
            "Connection 'diag' has can_fd=True, but bus 'body' was opened with fd=False."
        )
        assert world.buses.registry.get("body").dependents == []


class TestOwnNode:
    @pytest.fixture
    def own(self, world):
        return {"interface": "virtual", "channel": world.channel}

    def test_it_opens_and_closes_a_bus_that_has_no_alias(self, world, own):
        connection = world.connection("diag", node=own)
        assert world.buses.registry.open == {}
        world.connections.registry.close("diag")
        assert connection.bus.closed

    def test_two_of_them_talk_to_each_other(self, world, own):
        tester = world.connection("tester", node=own)
        ecu = world.connection("ecu", "0x7E8", "0x7E0", node=own)
        tester.send(b"\x22\xf1\x90", None, None)
        assert ecu.receive(Pattern.ANY, 5) == b"\x22\xf1\x90"

    def test_closing_the_buses_does_not_close_it(self, world, own):
        world.bus("body")
        connection = world.connection("diag", node=own)
        world.buses.registry.close_all()
        connection.check()

    def test_an_error_of_its_send_is_told_and_its_bus_closed(self, world, own):
        connection = world.connection("diag", node=own, rx_flowcontrol_timeout=20)
        connection.send(bytes(8), None, None)
        (told,) = world.connections.registry.close("diag")
        assert str(told).startswith(
            "The IsoTp frame of 8 bytes on connection 'diag' was not sent: no flow control came"
        )
        assert connection.bus.closed


class TestFailureToOpen:
    @pytest.fixture
    def refusing(self, world, scripted_bus):
        session = world.buses.use(scripted_bus(filtering=True), "frail", False)
        session.set_filters(CanFilters("0x100"))
        session.bus.refuses_filters = True
        return session

    def test_nothing_of_it_is_left_on_a_shared_bus(self, world, refusing):
        before = threading.active_count()
        assert refusal(BusError, world.connection, "diag", bus="frail") == (
            "Bus 'frail' could not set its filters: no room for filters."
        )
        assert threading.active_count() == before
        assert refusing.dependents == []
        assert world.connections.registry.open == {}

    def test_a_node_of_its_own_is_closed(self, world, monkeypatch):
        nodes, open_node = [], world.buses.open_node

        def remember(description, owner):
            nodes.append(open_node(description, owner))
            monkeypatch.setattr(nodes[0], "subscribe", refuse)
            return nodes[0]

        def refuse(_keys, _handler):
            raise BusError("Bus 'diag' could not set its filters: no room for filters.")

        monkeypatch.setattr(world.buses, "open_node", remember)
        before = threading.active_count()
        node = {"interface": "virtual", "channel": world.channel}
        assert refusal(BusError, world.connection, "diag", node=node) == (
            "Bus 'diag' could not set its filters: no room for filters."
        )
        assert nodes[0].closed
        assert threading.active_count() == before


class TestTwoEndsOnOneBus:
    def test_that_they_are_deaf_to_each_other_is_told(self, world):
        world.bus("body")
        world.connection("tester")
        assert world.connection("ecu", "0x7E8", "0x7E0").notices == [
            "Connections 'tester' and 'ecu' share bus 'body' and do not hear each other: a bus does not receive what "
            "it sends. Give one of them a node of its own with interface= and channel=."
        ]

    def test_on_a_bus_that_receives_its_own_messages_they_hear_each_other(self, world):
        world.bus("body", receive_own_messages=True)
        tester, ecu = world.connection("tester"), world.connection("ecu", "0x7E8", "0x7E0")
        assert ecu.notices == []
        tester.send(bytes(100), None, None)
        assert ecu.receive(Pattern.ANY, 5) == bytes(100)
        ecu.send(bytes(99), None, None)
        assert tester.receive(Pattern.ANY, 5) == bytes(99)

    def test_strangers_are_no_notice(self, world):
        world.bus("body")
        world.connection("engine")
        assert world.connection("gearbox", "0x7E1", "0x7E9").notices == []


class TestFilters:
    def test_a_connection_hears_its_identifiers_filters_or_not(self, world):
        world.bus("body", filters="0x100")
        world.bus("ecus")
        tester = world.connection("tester", bus="body")
        ecu = world.connection("ecu", "0x7E8", "0x7E0", bus="ecus")
        for _ in range(2):
            tester.send(bytes(50), None, 5)
            assert ecu.receive(Pattern.ANY, 5) == bytes(50)
            ecu.send(bytes(60), None, 5)
            assert tester.receive(Pattern.ANY, 5) == bytes(60)
            world.buses.registry.get("body").set_filters(CanFilters("0x200"))
        session = world.buses.registry.get("body")
        assert session.traffic.mailbox.unread == 0

    def test_after_a_new_address_it_hears_the_new_ones(self, world):
        world.bus("body", filters="0x100")
        world.bus("ecus")
        tester = world.connection("tester", bus="body")
        ecu = world.connection("ecu", "0x7E9", "0x7E1", bus="ecus")
        tester.set_address(
            connection_description("x", {"address": {"txid": "0x7E1", "rxid": "0x7E9"}}).address
        )
        ecu.send(bytes(60), None, 5)
        assert tester.receive(Pattern.ANY, 5) == bytes(60)

    def test_a_driver_that_filters_by_itself_is_told_about_new_ones(self, world, scripted_bus):
        bus = scripted_bus(filtering=True)
        world.buses.use(bus, "body", False).set_filters(CanFilters("0x100"))
        tester = world.connection("tester", bus="body")
        assert [entry["can_id"] for entry in bus.filters] == [0x100, 0x7E8]
        tester.set_address(
            connection_description("x", {"address": {"txid": "0x7E1", "rxid": "0x7E9"}}).address
        )
        assert [entry["can_id"] for entry in bus.filters] == [0x100, 0x7E9]
        tester.close()
        assert [entry["can_id"] for entry in bus.filters] == [0x100]

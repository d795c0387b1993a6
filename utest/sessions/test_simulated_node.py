"""A simulated node beside the tester on one open bus: who hears whom."""

import can
import pytest

from CanLibrary.config import connection_description
from CanLibrary.sessions.simulated_node import SimulatedNode
from CanLibrary.traffic.matching import Matcher
from CanLibrary.transport.python import PythonTransport
from CanLibrary.types import CanFilters, Direction, IsoTpParams, TargetAddressType, build_message


def raw(identifier, data=b"", **fields):
    return can.Message(arbitration_id=identifier, is_extended_id=False, data=data, **fields)


class Listener:
    """Notes what a node hears."""

    def __init__(self, node):
        self.node = node
        self.heard = []
        node.subscribe_to_all(self.note)
        node.join()

    def note(self, message):
        self.heard.append((message.arbitration_id, bytes(message.data)))


@pytest.fixture
def session(world):
    return world.bus()


@pytest.fixture
def ecu(session):
    return Listener(SimulatedNode(session))


def passed(session):
    span = session.reading.span()
    messages = session.reading.messages(Matcher(), span, Direction.ANY)
    return [("Rx" if message.is_rx else "Tx", str(message)) for message in messages]


def test_it_hears_what_the_tester_sends(session, ecu):
    session.send(build_message(0x100, [1]))
    session.send_many([build_message(0x101, [2]), build_message(0x102, [3])])
    session.transmit(raw(0x103, [4]))
    assert ecu.heard == [(0x100, b"\1"), (0x101, b"\2"), (0x102, b"\3"), (0x103, b"\4")]


def test_it_hears_what_others_send(ecu, raw_bus, eventually):
    raw_bus().send(raw(0x100, [1]))
    eventually(lambda: ecu.heard == [(0x100, b"\1")])


def test_the_tester_receives_what_it_sends(session, ecu):
    session.send(build_message(0x100, [1]))
    ecu.node.send(build_message(0x200, [2]))
    assert passed(session) == [("Tx", "0x100  [1]  01"), ("Rx", "0x200  [1]  02")]
    assert str(session.reading.receive(Matcher("0x200"), 0)[0]) == "0x200  [1]  02"
    assert ecu.heard == [(0x100, b"\1")]


def test_others_receive_what_it_sends(ecu, raw_bus):
    partner = raw_bus()
    ecu.node.send(build_message(0x200, [2]))
    assert partner.recv(1).arbitration_id == 0x200


def test_simulated_nodes_hear_each_other(session, ecu):
    other = Listener(SimulatedNode(session))
    ecu.node.transmit(raw(0x200, [2]))
    other.node.transmit(raw(0x201, [3]))
    assert other.heard == [(0x200, b"\2")]
    assert ecu.heard == [(0x201, b"\3")]


def test_one_that_left_hears_nothing(session, ecu):
    ecu.node.leave()
    ecu.node.leave()
    session.send(build_message(0x100, [1]))
    assert ecu.heard == []


def test_what_the_driver_refuses_was_never_there(scripted_bus, world):
    def refuse(_message):
        raise can.CanOperationError("bus off")

    session = world.buses.use(scripted_bus(send=refuse), "lab", shut_down=False)
    node = SimulatedNode(session)
    with pytest.raises(Exception, match=r"Bus 'lab' could not send 0x200  \[1\]  02: bus off"):
        node.send(build_message(0x200, [2]))
    assert passed(session) == []


def test_an_echo_of_it_is_no_news(world):
    session = world.bus(options={"receive_own_messages": True})
    ecu = Listener(SimulatedNode(session))
    ecu.node.send(build_message(0x200, [2]))
    session.send(build_message(0x100, [1]))
    session.catch_up()
    assert passed(session) == [("Rx", "0x200  [1]  02"), ("Tx", "0x100  [1]  01")]
    assert ecu.heard == [(0x100, b"\1")]


def test_filters_of_the_tester_do_not_make_it_deaf(session, ecu, raw_bus, eventually):
    session.set_filters(CanFilters([{"can_id": 0x300, "can_mask": 0x7FF}]))
    raw_bus().send(raw(0x100, [1]))
    eventually(lambda: ecu.heard == [(0x100, b"\1")])
    ecu.node.send(build_message(0x200, [2]))
    assert session.reading.messages(Matcher(), session.reading.span(), Direction.RX) == []


def test_iso_tp_runs_on_it(world, session):
    node = SimulatedNode(session)
    node.join()
    address = connection_description("ecu", {"address": {"txid": 0x7E8, "rxid": 0x7E0}}).address
    server = PythonTransport("ecu", node, address, IsoTpParams(), 0.05)
    tester = world.connection(bus="body")
    server.start()
    try:
        request, answer = bytes(range(100)), bytes(range(200))
        tester.send(request, None, 5)
        with server.inbox.changed:
            server.inbox.changed.wait_for(lambda: server.inbox.unread, 5)
            assert server.inbox.take(lambda _payload: True) == request
        server.send(answer, TargetAddressType.Physical)
        assert tester.receive(Matcher().pattern, 5) == answer
    finally:
        server.stop()
        node.leave()

"""A connection that an exporter's driver offers, by the orders of its clients; nothing of Jumpstarter is needed."""

import itertools

import can
import pytest

from CanLibrary.errors import BusError, ConfigurationError, IsoTpTransferError
from CanLibrary.sessions.offered import OfferedConnection
from CanLibrary.transport.addresses import isotp_address, listening_keys, our_address, sending_keys
from CanLibrary.transport.exported import ExportedTransport
from CanLibrary.transport.plain import error_from, plain_address
from CanLibrary.types import IsoTpParams, Pattern, TargetAddressType
from utest.transport.conftest import Endpoint, make_address
from utest.transport.test_contract_transfers import ADDRESSES, with_mode

_channels = itertools.count(7100)
TESTER, ECU = make_address(txid="0x7E0", rxid="0x7E8"), make_address(txid="0x7E8", rxid="0x7E0")
FILE = {"stmin": 5, "rx_flowcontrol_timeout": 300}


@pytest.fixture
def channel():
    return next(_channels)


@pytest.fixture
def offered(channel):
    given = {"interface": "virtual", "channel": channel, "address": TESTER, "params": FILE}
    driver = OfferedConnection("diag", given)
    yield driver
    driver.close()
    driver.close()


@pytest.fixture
def wire(channel):
    with can.Bus(interface="virtual", channel=channel, ignore_config=True) as bus:
        yield bus


@pytest.fixture
def client(offered):
    """Take the driver over, as clients of ours do."""
    clients = []

    def join(alias="tester", address=TESTER, start=True, **params):
        clients.append(
            ExportedTransport(
                alias, lambda order, _: offered.order(order), address, IsoTpParams(**params), params
            )
        )
        if start:
            clients[-1].start()
        return Endpoint(clients[-1])

    yield join
    for one in clients:
        one.stop()


def say(wire, text, identifier=0x7E8):
    wire.send(can.Message(arbitration_id=identifier, is_extended_id=False, data=bytes.fromhex(text)))


def test_what_waited_before_a_client_joined_is_none_of_its_business(offered, client, wire):
    offered.start()  # for a client that was killed afterwards
    say(wire, "02 AA AA")
    say(wire, "10 14 01 02 03 04 05 06")
    assert offered.available()
    tester = client()
    say(wire, "21 07 08 09 0A 0B 0C 0D")
    say(wire, "02 BB BB")
    assert tester.receive() == b"\xbb\xbb"
    assert tester.inbox.unread == 0
    assert [problem.harmless for problem in tester.inbox.take_problems()] == [
        True
    ]  # a consecutive frame of nobody


def test_the_same_client_opens_closes_and_opens_again(client, wire):
    for number in range(3):
        tester = client()
        say(wire, f"01 {number:02}")
        assert tester.receive() == bytes([number])
        say(wire, "01 FF")
        tester.transport.stop()


def test_a_second_client_takes_over_and_the_first_is_told(client, wire):
    first = client("first")
    second = client("second")
    assert str(first.problem().error) == (
        "Connection 'first' receives no more: another client works with the exporter's driver 'diag' now, which serves "
        "one at a time."
    )
    with pytest.raises(BusError, match="another client works with the exporter's driver 'diag' now"):
        first.begin(b"\x01")
    first.transport.stop()  # which the second does not notice
    say(wire, "01 BB")
    assert second.receive() == b"\xbb"
    assert first.inbox.unread == 0


def test_parameters_of_the_file_hold_but_for_those_that_were_given(client, wire):
    tester = client(blocksize=2)
    params = tester.transport.params
    assert (params.stmin, params.blocksize, params.rx_flowcontrol_timeout) == (5, 2, 300)
    say(wire, "10 14 01 02 03 04 05 06")
    assert wire.recv(5).data.hex(" ") == "30 02 05"
    tester.transport.stop()
    assert client(stmin=0).transport.params.stmin == 0  # what was given may be the default


def test_a_parameter_that_is_refused_leaves_the_driver_as_it_was(client, wire):
    with pytest.raises(ConfigurationError, match="tx_data_length=64 needs can_fd=True"):
        client("tester", blocksize=2).transport._order(
            "opened", "join", alias="x", address=plain_address(TESTER), params={"tx_data_length": 64}
        )
    tester = client()
    say(wire, "01 BB")
    assert tester.receive() == b"\xbb"


def test_a_request_knows_what_came_before_it(client, wire, eventually):
    tester = client()
    say(wire, "01 AA")
    eventually(lambda: tester.inbox.unread)
    say(wire, "10 14 01 02 03 04 05 06")  # a payload in reception counts as well
    eventually(tester.transport.receiving)
    assert tester.begin(b"\x3e").came_before == 2


def test_errors_keep_their_kind_and_their_words(client):
    tester = client()
    error = tester.send(bytes(20))
    assert type(error) is IsoTpTransferError
    assert str(error) == (
        "The IsoTp frame of 20 bytes on connection 'tester' was not sent: no flow control came within 300 milliseconds "
        "(N_Bs): is the partner there, and is its rxid 0x7E0 and its txid 0x7E8?"
    )


def test_a_bus_that_dies_is_told(offered, client):
    tester = client()
    offered.bus.traffic.failed(OSError("cable pulled"))
    assert "cable pulled" in str(tester.problem().error)


def test_an_event_that_comes_with_two_answers_counts_once():
    events = [[1, ["payload", "qg=="]], [2, ["payload", "uw=="]]]
    transport = ExportedTransport(
        "tester",
        lambda _order, _takes: {"client": 1, "params": {}, "events": events},
        TESTER,
        IsoTpParams(),
        (),
    )
    transport.start()
    transport.catch_up()
    transport.catch_up()
    transport.stop()
    assert [transport.inbox.take(Pattern.ANY.matches) for _ in range(3)] == [b"\xaa", b"\xbb", None]


@pytest.mark.parametrize("mode", ADDRESSES)
def test_addresses_travel_unchanged(mode):
    for side in ADDRESSES[mode]:
        address = make_address(**with_mode(mode.removesuffix("_small"), side))
        assert make_address(**plain_address(address)) == address
        again = our_address(isotp_address(address))
        assert (listening_keys(again), sending_keys(again)) == (
            listening_keys(address),
            sending_keys(address),
        )


def test_an_error_of_an_unknown_kind_is_about_the_bench():
    assert isinstance(error_from("KeyError", "x"), BusError)
    assert isinstance(error_from("annotations", "x"), BusError)


class TestPublishedClient:
    """What the published client calls."""

    def test_there_and_back(self, offered, wire):
        offered.start()
        offered.start()
        assert offered.recv(False, None) is None
        assert offered.recv(True, 0.05) is None
        assert not offered.available()
        say(wire, "02 AA BB")
        assert offered.recv(True, 5) == b"\xaa\xbb"
        offered.send(b"\x01", None, None)
        assert wire.recv(5).data.hex() == "0101"
        offered.set_address(ECU)
        offered.send(b"\x02", int(TargetAddressType.Functional), None)
        assert wire.recv(5).arbitration_id == 0x7E8

    def test_a_stop_forgets_what_is_unread(self, offered, wire):
        offered.start()
        say(wire, "01 AA")
        assert offered.available()
        offered.stop()
        offered.stop()
        offered.start()
        assert not offered.available()

    def test_transmitting_until_it_is_stopped(self, offered, wire):
        offered.start()
        offered.send(bytes(20), None, None)
        assert offered.transmitting()
        assert wire.recv(5).data[0] == 0x10
        offered.stop_sending()
        offered.stop_receiving()
        assert not offered.transmitting()

    def test_before_a_start_it_is_refused(self, offered):
        with pytest.raises(BusError, match="Driver 'diag' is not started"):
            offered.send(b"\x01", None, None)

    def test_a_blocking_send_fails_with_what_went_wrong(self, channel):
        given = {"interface": "virtual", "channel": channel, "address": TESTER}
        driver = OfferedConnection("diag", {**given, "params": {**FILE, "blocking_send": True}})
        try:
            driver.start()
            with pytest.raises(IsoTpTransferError, match="no flow control came within 300 milliseconds"):
                driver.send(bytes(20), None, None)
            with pytest.raises(BusError, match="20 bytes were not through within"):
                driver.send(bytes(20), None, 0.05)
        finally:
            driver.close()


def test_without_a_bus_it_is_refused():
    with pytest.raises(ConfigurationError, match="diag: interface and channel are missing"):
        OfferedConnection("diag", {"address": TESTER})

"""What every backend must do when it is started, stopped, interrupted or given another address."""

import pytest

from CanLibrary.errors import BusError

STOPPED = "The sending of {} bytes on connection 'tester' was stopped before it was through."
BUSY = (
    "The address of connection 'tester' cannot change while a transfer runs; wait for it, or use Stop IsoTp "
    "Sending or Stop IsoTp Receiving."
)


@pytest.fixture
def tester(backend, tester_address):
    return backend.endpoint(tester_address)


@pytest.fixture
def half_sent(tester, partner):
    """A transfer of 100 bytes of which the partner has taken two consecutive frames and asks for no more."""
    transfer = tester.begin(bytes(100))
    assert partner.hear() == "10 64 00 00 00 00 00 00"
    partner.say("30 02 00")
    assert [partner.hear()[:2] for _ in range(2)] == ["21", "22"]
    return transfer


def take_the_rest(partner):
    """Let the other twelve consecutive frames of `half_sent` come, two by two as the first flow control said."""
    for _ in range(6):
        partner.say("30 02 00")
        partner.hear()
        partner.hear()


@pytest.fixture
def half_received(backend, tester, partner, eventually):
    """The first frame of 20 bytes, which the tester has acknowledged."""
    partner.say("10 14 01 02 03 04 05 06")
    assert partner.hear() == "30 08 00"
    if backend.tells_receptions:
        eventually(tester.transport.receiving)


class TestStartAndStop:
    def test_it_runs_from_start_to_stop(self, backend, tester_address):
        transport = backend.endpoint(tester_address, start=False).transport
        assert not transport.running
        transport.start()
        assert transport.running
        transport.start()
        assert transport.running
        transport.stop()
        assert not transport.running
        transport.stop()
        assert not transport.running

    def test_a_stop_before_the_start_is_fine(self, backend, tester_address, ecu_address):
        tester, ecu = backend.endpoint(tester_address, start=False), backend.endpoint(ecu_address, "ecu")
        tester.transport.stop()
        tester.transport.start()
        assert tester.send(b"\x01\x02") is None
        assert ecu.receive() == b"\x01\x02"

    def test_unread_payloads_survive_a_stop_and_a_start(
        self, backend, tester, ecu_address, payload, eventually
    ):
        ecu = backend.endpoint(ecu_address, "ecu")
        assert [ecu.send(payload(size)) for size in (3, 30)] == [None, None]
        eventually(lambda: tester.inbox.unread == 2)
        tester.transport.stop()
        assert tester.receive() == payload(3)
        tester.transport.start()
        assert ecu.send(payload(5)) is None
        assert [tester.receive(), tester.receive()] == [payload(30), payload(5)]

    def test_nothing_is_received_while_it_is_stopped(self, backend, tester_address, partner):
        bus = backend.node("shared")
        tester = backend.endpoint(tester_address, bus=bus)
        witness = backend.endpoint(tester_address, "witness", bus=bus, listen_mode=True)
        tester.transport.stop()
        partner.say("01 AA")
        assert witness.receive() == b"\xaa"
        tester.transport.start()
        partner.say("01 BB")
        assert tester.receive() == b"\xbb"
        assert tester.inbox.unread == 0

    def test_a_stop_abandons_what_is_being_sent(self, tester, partner, half_sent):
        tester.transport.stop()
        assert str(tester.end(half_sent)) == STOPPED.format(100)
        assert isinstance(half_sent.error, BusError)
        assert not tester.transport.transmitting()
        partner.say("30 00 00")
        tester.transport.start()
        tester.send(b"\x01")
        assert partner.hear() == "01 01"

    @pytest.mark.usefixtures("half_received")
    def test_a_stop_abandons_what_is_being_received(self, tester, partner):
        tester.transport.stop()
        assert not tester.transport.receiving()
        tester.transport.start()
        partner.say("02 BB BB")
        assert tester.receive() == b"\xbb\xbb"
        assert tester.inbox.take_problems() == []

    @pytest.mark.parametrize("times", [20])
    def test_many_starts_and_stops(self, backend, tester, ecu_address, payload, times):
        ecu = backend.endpoint(ecu_address, "ecu")
        for _ in range(times):
            tester.transport.stop()
            tester.transport.start()
            assert ecu.send(payload(20)) is None
            assert tester.receive() == payload(20)


class TestWhatRuns:
    def test_transmitting_is_true_from_the_send_to_the_end(self, tester, partner):
        assert not tester.transport.transmitting()
        transfer = tester.begin(bytes(8))
        assert tester.transport.transmitting()
        partner.hear()
        assert tester.transport.transmitting()
        partner.say("30 00 00")
        assert tester.end(transfer) is None
        assert not tester.transport.transmitting()

    def test_transmitting_is_true_while_one_waits_behind_another(self, tester, partner, half_sent):
        behind = tester.begin(b"\x01")
        take_the_rest(partner)
        assert tester.end(half_sent) is None
        assert tester.end(behind) is None
        assert not tester.transport.transmitting()

    @pytest.mark.usefixtures("half_received")
    def test_receiving_is_true_from_the_first_frame_to_the_last(self, tester, partner, eventually):
        assert tester.transport.receiving()
        partner.say("21 07 08 09 0A 0B 0C 0D")
        partner.say("22 0E 0F 10 11 12 13 14")
        assert tester.receive() == bytes(range(1, 21))
        eventually(lambda: not tester.transport.receiving())

    @pytest.mark.usefixtures("half_received")
    def test_receiving_does_not_count_as_transmitting(self, tester):
        assert not tester.transport.transmitting()


class TestStopSending:
    def test_it_abandons_the_transfer_and_what_waits_behind_it(self, tester, partner, half_sent):
        behind = tester.begin(bytes(9))
        tester.transport.stop_sending()
        assert not tester.transport.transmitting()
        assert str(tester.end(half_sent)) == STOPPED.format(100)
        assert str(tester.end(behind)) == STOPPED.format(9)
        partner.say("30 00 00")
        tester.begin(b"\x01")
        assert partner.hear() == "01 01"

    def test_nothing_to_abandon_is_fine(self, tester, partner):
        tester.transport.stop_sending()
        assert tester.send(b"\x01") is None
        assert partner.hear() == "01 01"
        tester.transport.stop()
        tester.transport.stop_sending()
        assert not tester.transport.transmitting()

    @pytest.mark.usefixtures("half_received")
    def test_what_is_being_received_goes_on(self, tester, partner):
        tester.transport.stop_sending()
        partner.say("21 07 08 09 0A 0B 0C 0D")
        partner.say("22 0E 0F 10 11 12 13 14")
        assert tester.receive() == bytes(range(1, 21))


class TestStopReceiving:
    @pytest.mark.usefixtures("half_received")
    def test_it_abandons_what_is_being_received(self, tester, partner):
        tester.transport.stop_receiving()
        assert not tester.transport.receiving()
        partner.say("01 BB")
        assert tester.receive() == b"\xbb"
        assert tester.inbox.take_problems() == []

    def test_unread_payloads_stay(self, tester, partner, eventually):
        partner.say("01 AA")
        partner.say("01 BB")
        eventually(lambda: tester.inbox.unread == 2)
        assert tester.receive() == b"\xaa"
        tester.transport.stop_receiving()
        assert tester.receive() == b"\xbb"

    def test_what_is_being_sent_goes_on(self, tester, partner, half_sent):
        tester.transport.stop_receiving()
        take_the_rest(partner)
        assert tester.end(half_sent) is None

    def test_nothing_to_abandon_is_fine(self, tester):
        tester.transport.stop_receiving()
        tester.transport.stop()
        tester.transport.stop_receiving()
        assert not tester.transport.receiving()


def is_set(end, address):
    """Set an address; the bus may still show what the kernel has received: keywords let it catch up before."""
    try:
        end.transport.set_address(address)
    except BusError as error:
        if "while a transfer runs" not in str(error):
            raise
        return False
    return True


class TestSetAddress:
    def test_both_sides_use_the_new_address(self, backend, tester, address, ecu_address, payload):
        old = backend.endpoint(ecu_address, "old")
        new = backend.endpoint(address(txid="0x7E9", rxid="0x7E1"), "new")
        tester.transport.set_address(address(txid="0x7E1", rxid="0x7E9"))
        assert str(tester.transport.address) == "Normal_11bits, txid 0x7E1, rxid 0x7E9"
        assert tester.send(payload(30)) is None
        assert new.receive() == payload(30)
        assert old.send(b"\xaa") is None
        assert new.send(payload(40)) is None
        assert tester.receive() == payload(40)
        assert tester.inbox.unread == old.inbox.unread == 0

    def test_to_another_mode_and_to_an_asymmetric_address(
        self, backend, tester, address, payload, eventually
    ):
        sides = [
            (
                address(addressing_mode="Mixed_11bits", txid="0x600", rxid="0x610", address_extension=1),
                address(addressing_mode="Mixed_11bits", txid="0x610", rxid="0x600", address_extension=1),
            ),
            (
                address(tx_addr={"txid": "0x18DA10F1"}, rx_addr={"rxid": "0x7E8"}),
                address(tx_addr={"txid": "0x7E8"}, rx_addr={"rxid": "0x18DA10F1"}),
            ),
        ]
        ecu = backend.endpoint(sides[0][1], "ecu")
        for ours, theirs in sides:
            eventually(lambda address=ours: is_set(tester, address))
            eventually(lambda address=theirs: is_set(ecu, address))
            assert tester.send(payload(20)) is None
            assert ecu.receive() == payload(20)
            assert ecu.send(payload(21)) is None
            assert tester.receive() == payload(21)

    def test_unread_payloads_stay(self, tester, partner, address, eventually):
        partner.say("01 AA")
        partner.say("01 BB")
        eventually(lambda: tester.inbox.unread == 2)
        assert tester.receive() == b"\xaa"
        tester.transport.set_address(address(txid="0x7E1", rxid="0x7E9"))
        assert tester.receive() == b"\xbb"

    def test_it_is_refused_while_something_is_being_sent(
        self, tester, partner, half_sent, address, tester_address
    ):
        with pytest.raises(BusError) as refused:
            tester.transport.set_address(address(txid="0x7E1", rxid="0x7E9"))
        assert str(refused.value) == BUSY
        assert tester.transport.address == tester_address
        take_the_rest(partner)
        assert tester.end(half_sent) is None

    @pytest.mark.usefixtures("half_received")
    def test_it_is_refused_while_something_is_being_received(self, tester, partner, address, tester_address):
        with pytest.raises(BusError) as refused:
            tester.transport.set_address(address(txid="0x7E1", rxid="0x7E9"))
        assert str(refused.value) == BUSY
        assert tester.transport.address == tester_address
        partner.say("21 07 08 09 0A 0B 0C 0D")
        partner.say("22 0E 0F 10 11 12 13 14")
        assert tester.receive() == bytes(range(1, 21))

    def test_before_the_start(self, backend, tester_address, address, partner):
        tester = backend.endpoint(tester_address, start=False)
        tester.transport.set_address(address(txid="0x7E0", rxid="0x7E9"))
        tester.transport.start()
        partner.say("01 AA")
        assert tester.send(b"\x01") is None
        assert partner.hear() == "01 01"
        assert tester.inbox.unread == 0

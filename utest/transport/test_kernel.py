"""What the kernel backend does in its own way, and that it and the Python backend are partners of each other."""

import subprocess
import threading
import time

import pytest

from CanLibrary.errors import BusError, ConfigurationError, IsoTpTransferError
from CanLibrary.transport.kernel import KernelTransport
from CanLibrary.transport.kernel_socket import check_there
from CanLibrary.transport.python import PythonTransport
from CanLibrary.types import IsoTpParams
from utest.transport.conftest import Endpoint
from utest.transport.test_contract_transfers import ADDRESSES, with_mode

pytestmark = pytest.mark.only_backend("kernel", "it is about the kernel's sockets")
OTHER = "vcan1"  # an interface that a test may take down
NOT_SENT = "The IsoTp frame of {} bytes on connection 'tester' was not sent: "


@pytest.fixture
def tester(backend, tester_address):
    return backend.endpoint(tester_address)


@pytest.fixture
def link():
    """Change the other interface, and put it back."""

    def change(*words):
        subprocess.run(["ip", "link", "set", OTHER, *words], check=True)

    yield change
    for words in (["down"], ["mtu", "72"], ["up"]):
        change(*words)


class TestStopping:
    @pytest.fixture
    def slow(self, tester, partner):
        """A transfer that would take 14 consecutive frames of 127 ms each."""
        transfer = tester.begin(bytes(100))
        partner.hear()
        partner.say("30 00 7F")
        partner.hear()
        return transfer

    def test_stop_sending_ends_what_is_on_its_way_at_once(self, tester, partner, slow):
        before = time.monotonic()
        tester.transport.stop_sending()
        assert time.monotonic() - before < 1
        assert isinstance(tester.end(slow), BusError)
        while partner.hears_nothing(0.01) is not True:
            pass
        assert partner.hears_nothing(0.5) is True
        assert tester.send(b"\x01") is None
        assert partner.hear() == "01 01"

    def test_stop_does_so_too(self, tester, partner, slow):
        tester.transport.stop()
        assert isinstance(slow.error, BusError)
        while partner.hears_nothing(0.01) is not True:
            pass
        assert partner.hears_nothing(0.5) is True

    def test_from_another_thread_it_ends_with_the_payload(self, tester, partner, slow):
        thread = threading.Thread(target=tester.transport.stop_sending)
        thread.start()
        thread.join(5)
        assert isinstance(slow.error, BusError)
        assert partner.hear()[0] == "2"  # a signal, which would end it, is prepared by the main thread only
        (closing,) = [each for each in threading.enumerate() if each.name == "CanLibrary closes"]
        closing.join(10)
        assert not closing.is_alive()

    def test_stop_receiving_is_refused_while_it_sends(self, tester, partner, slow, eventually):
        partner.say("10 14 01 02 03 04 05 06")
        eventually(tester.transport.receiving)
        with pytest.raises(BusError) as refused:
            tester.transport.stop_receiving()
        assert str(refused.value) == (
            "The kernel cannot stop receiving on connection 'tester' while it sends; wait for the transfer, or use "
            "Stop IsoTp Sending first."
        )
        tester.transport.stop_sending()
        assert isinstance(slow.error, BusError)
        assert str(tester.problem().error) == (
            "On connection 'tester': with the sending, the kernel also gave up an IsoTp frame that was in reception."
        )


class TestItsLimits:
    def test_a_payload_longer_than_max_frame_size_is_told(self, backend, tester_address, ecu_address):
        tester, ecu = (
            backend.endpoint(tester_address),
            backend.endpoint(ecu_address, "ecu", max_frame_size=20),
        )
        assert tester.send(bytes(21)) is None  # the kernel has room for it
        assert str(ecu.problem().error) == (
            "On connection 'ecu': An IsoTp frame from 0x7E0 is too long (21 bytes): max_frame_size=20 bytes; it was "
            "refused."
        )
        assert tester.send(bytes(20)) is None
        assert ecu.receive() == bytes(20)

    def test_more_bytes_than_it_sends(self, tester):
        with pytest.raises(ConfigurationError) as refused:
            tester.begin(bytes(66_001))
        assert str(refused.value) == (
            "66001 bytes are more than an IsoTp frame of the kernel has, 66000 bytes; use backend=python."
        )

    def test_an_overflow_of_the_partner(self, tester, partner):
        transfer = tester.begin(bytes(8))
        partner.hear()
        partner.say("32 00 00")
        error = tester.end(transfer)
        assert type(error) is IsoTpTransferError
        assert str(error) == NOT_SENT.format(8) + (
            "the partner answered with flow control 'overflow': it does not accept that many bytes."
        )

    def test_wait_frames_are_not_counted(self, tester, partner):
        transfer = tester.begin(bytes(8))
        partner.hear()
        for flow_control in ("31 00 00", "31 00 00", "31 00 00", "30 00 00"):
            partner.say(flow_control)
        assert tester.end(transfer) is None


class TestItsBus:
    def test_what_the_kernel_sends_is_not_received(self, backend, tester_address, ecu_address, payload):
        bus = backend.node()
        tester, ecu = backend.endpoint(tester_address, bus=bus), backend.endpoint(ecu_address, "ecu")
        assert tester.send(payload(20)) is None
        assert ecu.receive() == payload(20)
        assert ecu.send(payload(5)) is None
        assert tester.receive() == payload(5)
        bus.catch_up()
        with bus.traffic.changed:
            assert dict(bus.traffic.received_counts(0)) == {0x7E8: 2}  # a flow control and the answer

    def test_a_listener_is_told_of_a_payload_that_stays_half(self, backend, tester_address, partner):
        listener = backend.endpoint(tester_address, listen_mode=True)
        partner.say("10 0B 01 02 03 04 05 06")
        assert str(listener.problem().error) == (
            "On connection 'tester': The next consecutive frame from 0x7E8 did not come within 1 second (N_Cr): an "
            "IsoTp frame was lost half-way."
        )


class TestItsInterface:
    @pytest.fixture
    def on_other(self, backend, tester_address):
        made = []

        def make(**params):
            made.append(
                KernelTransport("tester", OTHER, backend.node(), tester_address, IsoTpParams(**params))
            )
            return Endpoint(made[-1])

        yield make
        for transport in made:
            transport.stop()

    def test_without_can_fd(self, on_other, link):
        link("down")
        link("mtu", "16")
        link("up")
        with pytest.raises(ConfigurationError) as refused:
            on_other(can_fd=True).transport.start()
        assert str(refused.value) == (
            "can_fd=True needs CAN FD on 'vcan1': take it down with 'sudo ip link set vcan1 down', give it 'mtu 72' "
            "(virtual) or 'fd on' (an adapter), and bring it up again."
        )

    def test_down(self, on_other, link):
        link("down")
        with pytest.raises(BusError) as refused:
            on_other().transport.start()
        assert str(refused.value) == "'vcan1' is down: bring it up with 'sudo ip link set vcan1 up'."

    def test_down_and_up_again(self, on_other, link):
        tester = on_other()
        tester.transport.start()
        link("down")
        assert str(tester.problem().error) == "Connection 'tester' could not use 'vcan1': Network is down."
        link("up")
        assert tester.send(b"\x01") is None

    def test_down_during_a_transfer(self, on_other, link):
        tester = on_other()
        tester.transport.start()
        transfer = tester.begin(bytes(8))
        link("down")
        assert str(tester.end(transfer)) == "Connection 'tester' could not use 'vcan1': Network is down."


@pytest.mark.usefixtures("backend")
class TestWhatIsThere:
    def refused(self, channel):
        with pytest.raises(BusError) as refused:
            check_there("diag", channel)
        return str(refused.value)

    def test_up(self):
        assert check_there("diag", OTHER) is None

    def test_down(self, link):
        link("down")
        assert self.refused(OTHER) == (
            "Connection 'diag' needs 'vcan1' up: 'sudo ip link set vcan1 up', or use backend=python."
        )

    def test_no_can_interface(self):
        assert self.refused("lo").startswith(
            "Connection 'diag' needs a CAN interface, and 'lo' is none (there are: "
        )

    @pytest.mark.parametrize("channel", ["0", "", "a_very_long_channel_name"])
    def test_no_name_of_an_interface(self, channel):
        assert self.refused(channel).startswith(
            f"Connection 'diag' needs the name of a network interface such as vcan0, not '{channel}' (there are: "
        )


class TestWithThePythonBackend:
    @pytest.fixture
    def both(self, backend):
        made = []

        def make(one, other, **params):
            made.append(PythonTransport("ecu", backend.node("ecu"), other, IsoTpParams(**params), 0.05))
            made[-1].start()
            return backend.endpoint(one, **params), Endpoint(made[-1])

        yield make
        for transport in made:
            transport.stop()

    def carries(self, one, other, payload, *sizes):
        for size in sizes:
            for sender, receiver in ((one, other), (other, one)):
                assert sender.send(payload(size)) is None
                assert receiver.receive() == payload(size)
        assert one.inbox.take_problems() == other.inbox.take_problems() == []

    def test_sizes(self, both, tester_address, ecu_address, payload):
        one, other = both(tester_address, ecu_address, max_frame_size=8200, blocksize=0)
        self.carries(one, other, payload, 1, 7, 8, 100, 4095, 4096, 8200)

    @pytest.mark.parametrize("length", [8, 12, 32, 64])
    def test_sizes_on_can_fd(self, both, tester_address, ecu_address, payload, length):
        one, other = both(tester_address, ecu_address, can_fd=True, tx_data_length=length)
        self.carries(one, other, payload, 1, 7, 8, length - 2, length - 1, 1000)

    @pytest.mark.parametrize("fd", [False, True])
    @pytest.mark.parametrize("mode", ADDRESSES)
    def test_addresses(self, both, address, payload, mode, fd):
        one, other = (address(**with_mode(mode.removesuffix("_small"), side)) for side in ADDRESSES[mode])
        self.carries(*both(one, other, can_fd=fd, tx_data_length=64 if fd else 8), payload, 3, 6, 7, 100)

    @pytest.mark.parametrize(
        "params",
        [
            {"tx_padding": 0xAA},
            {"stmin": 5},
            {"stmin": 0xF5, "blocksize": 0},
            {"blocksize": 1},
            {"blocksize": 255},
            {"override_receiver_stmin": 0.002, "stmin": 1},
        ],
        ids=str,
    )
    def test_parameters(self, both, tester_address, ecu_address, payload, params):
        self.carries(*both(tester_address, ecu_address, **params), payload, 5, 100)

    def test_override_receiver_stmin(self, backend, partner, address):
        fields = {"txid": "0x7E0", "rxid": "0x7E8"}
        for mode in ({}, {"addressing_mode": "Mixed_11bits", "address_extension": 0x99}):
            tester = backend.endpoint(address(**fields, **mode), override_receiver_stmin=0.05)
            tester.begin(bytes(20))
            partner.hear()
            partner.say("99 30 00 00" if mode else "30 00 00")
            first, second = partner.bus.recv(5), partner.bus.recv(5)
            assert 0.049 <= second.timestamp - first.timestamp < 1
            tester.transport.stop()

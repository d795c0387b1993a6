"""What every backend must carry: all sizes, all addresses, both directions, on a bus that others use too."""

import itertools
import threading

import can
import pytest

from CanLibrary.types import TargetAddressType

FIXED = {"addressing_mode": "NormalFixed_29bits", "target_address": 0xF1, "source_address": 0x10}
MIXED = {"addressing_mode": "Mixed_29bits", "target_address": 0xF1, "source_address": 0x10}
ADDRESSES = {
    "Normal_11bits": ({"txid": "0x7E0", "rxid": "0x7E8"}, {"txid": "0x7E8", "rxid": "0x7E0"}),
    "Normal_29bits": (
        {"txid": "0x18DA10F1", "rxid": "0x18DAF110"},
        {"txid": "0x18DAF110", "rxid": "0x18DA10F1"},
    ),
    "Normal_29bits_small": (
        {"txid": "0x00000123", "rxid": "0x00000124"},
        {"txid": "0x00000124", "rxid": "0x00000123"},
    ),
    "NormalFixed_29bits": (FIXED, FIXED | {"target_address": 0x10, "source_address": 0xF1}),
    "NormalFixed_29bits_own_ids": (
        FIXED | {"physical_id": "0x1ADA0000", "functional_id": "0x1ADB0000"},
        FIXED
        | {"physical_id": "0x1ADA0000", "functional_id": "0x1ADB0000"}
        | {"target_address": 0x10, "source_address": 0xF1},
    ),
    "Extended_11bits": (
        {"txid": "0x600", "rxid": "0x610", "target_address": 0x55, "source_address": 0xAA},
        {"txid": "0x610", "rxid": "0x600", "target_address": 0xAA, "source_address": 0x55},
    ),
    "Extended_29bits": (
        {"txid": "0x18000600", "rxid": "0x18000610", "target_address": 0x55, "source_address": 0xAA},
        {"txid": "0x18000610", "rxid": "0x18000600", "target_address": 0xAA, "source_address": 0x55},
    ),
    "Mixed_11bits": (
        {"txid": "0x600", "rxid": "0x610", "address_extension": 0x99},
        {"txid": "0x610", "rxid": "0x600", "address_extension": 0x99},
    ),
    "Mixed_29bits": (
        MIXED | {"address_extension": 0x99},
        MIXED | {"target_address": 0x10, "source_address": 0xF1, "address_extension": 0x99},
    ),
    "asymmetric": (
        {"tx_addr": {"txid": "0x7E0"}, "rx_addr": {"rxid": "0x18DAF110"}},
        {"tx_addr": {"txid": "0x18DAF110"}, "rx_addr": {"rxid": "0x7E0"}},
    ),
    "asymmetric_modes": (
        {
            "tx_addr": {"addressing_mode": "Extended_11bits", "txid": "0x600", "target_address": 0x55},
            "rx_addr": {"addressing_mode": "Mixed_11bits", "rxid": "0x610", "address_extension": 0x99},
        },
        {
            "tx_addr": {"addressing_mode": "Mixed_11bits", "txid": "0x610", "address_extension": 0x99},
            "rx_addr": {"addressing_mode": "Extended_11bits", "rxid": "0x600", "source_address": 0x55},
        },
    ),
}


def with_mode(name, fields):
    return {"addressing_mode": name, **fields} if name[:3] in ("Ext", "Mix") else fields


class TestTransfers:
    @pytest.mark.parametrize("size", [1, 2, 6, 7, 8, 13, 14, 62, 63, 4095])
    def test_sizes_on_classic_can(self, backend, tester_address, ecu_address, payload, size):
        tester, ecu = backend.pair(tester_address, ecu_address)
        assert tester.send(payload(size)) is None
        assert ecu.receive() == payload(size)

    @pytest.mark.parametrize("size", [4096, 8200])
    def test_more_than_a_first_frame_of_12_bits_can_say(
        self, backend, tester_address, ecu_address, payload, size
    ):
        tester, ecu = backend.pair(tester_address, ecu_address, max_frame_size=8200, blocksize=0)
        assert tester.send(payload(size)) is None
        assert ecu.receive() == payload(size)

    @pytest.mark.only_backend("python", "the kernel has room for 8200 bytes")
    def test_twenty_thousand_bytes(self, backend, tester_address, ecu_address, payload):
        tester, ecu = backend.pair(tester_address, ecu_address, max_frame_size=20_000, blocksize=0)
        assert tester.send(payload(20_000)) is None
        assert ecu.receive() == payload(20_000)

    @pytest.mark.parametrize("length", [8, 12, 16, 20, 24, 32, 48, 64])
    @pytest.mark.parametrize("size", [1, 7, 8, "fits", "does not fit", 500])
    def test_sizes_on_can_fd(self, backend, tester_address, ecu_address, payload, length, size):
        size = {"fits": length - 2, "does not fit": length - 1}.get(size, size)
        tester, ecu = backend.pair(tester_address, ecu_address, can_fd=True, tx_data_length=length)
        assert tester.send(payload(size)) is None
        assert ecu.receive() == payload(size)

    @pytest.mark.parametrize("size", [4095, 4096])
    def test_a_large_payload_on_can_fd(self, backend, tester_address, ecu_address, payload, size):
        tester, ecu = backend.pair(
            tester_address,
            ecu_address,
            can_fd=True,
            bitrate_switch=True,
            tx_data_length=64,
            max_frame_size=4096,
        )
        assert tester.send(payload(size)) is None
        assert ecu.receive() == payload(size)

    @pytest.mark.parametrize("mode", ADDRESSES)
    @pytest.mark.parametrize("fd", [False, True])
    def test_addresses_in_both_directions(self, backend, address, payload, mode, fd):
        one, other = (address(**with_mode(mode.removesuffix("_small"), side)) for side in ADDRESSES[mode])
        tester, ecu = backend.pair(one, other, can_fd=fd, tx_data_length=64 if fd else 8)
        for sender, receiver in ((tester, ecu), (ecu, tester)):
            for size in (3, 5, 6, 7, 100):
                assert sender.send(payload(size)) is None
                assert receiver.receive() == payload(size)

    def test_both_directions_at_once(self, backend, tester_address, ecu_address, payload):
        tester, ecu = backend.pair(tester_address, ecu_address)
        there, back = tester.begin(payload(1000)), ecu.begin(payload(1001))
        assert tester.end(there) is None
        assert ecu.end(back) is None
        assert (ecu.receive(), tester.receive()) == (payload(1000), payload(1001))

    def test_both_directions_at_once_with_a_separation_time(
        self, backend, tester_address, ecu_address, payload
    ):
        tester, ecu = backend.pair(tester_address, ecu_address, stmin=2, blocksize=3)
        there, back = tester.begin(payload(100)), ecu.begin(payload(101))
        assert tester.end(there) is None
        assert ecu.end(back) is None
        assert (ecu.receive(), tester.receive()) == (payload(100), payload(101))

    def test_a_hundred_in_a_row_without_a_loss(self, backend, tester_address, ecu_address, payload):
        tester, ecu = backend.pair(tester_address, ecu_address)
        for size in range(1, 101):
            assert tester.send(payload(size)) is None
            assert ecu.receive() == payload(size)

    def test_what_is_sent_at_once_arrives_in_order(self, backend, tester_address, ecu_address, payload):
        tester, ecu = backend.pair(tester_address, ecu_address)
        transfers = [tester.begin(payload(size)) for size in (100, 1, 50, 7, 8, 300, 2)]
        assert [tester.end(transfer) for transfer in transfers] == [None] * 7
        assert [len(ecu.receive()) for _ in transfers] == [100, 1, 50, 7, 8, 300, 2]

    def test_a_flood_of_other_messages_meanwhile(self, backend, tester_address, ecu_address, payload):
        tester, ecu = backend.pair(tester_address, ecu_address)
        flooding, enough = backend.raw_bus(), threading.Event()

        def flood():
            for number in itertools.count():
                flooding.send(can.Message(arbitration_id=number % 0x700, is_extended_id=bool(number & 1)))
                if enough.wait(0.0001):
                    return

        thread = threading.Thread(target=flood)
        thread.start()
        try:
            for size in (100, 1000, 4095):
                assert tester.send(payload(size)) is None
                assert ecu.receive() == payload(size)
        finally:
            enough.set()
            thread.join()
        assert tester.inbox.take_problems() == ecu.inbox.take_problems() == []

    def test_a_message_of_the_other_format_with_the_same_number_is_not_for_it(
        self, backend, tester_address, ecu_address
    ):
        tester, ecu = backend.pair(tester_address, ecu_address)
        other = backend.raw_bus()
        other.send(can.Message(arbitration_id=0x7E0, is_extended_id=True, data=b"\x01\xff"))
        other.send(can.Message(arbitration_id=0x7E0, is_extended_id=False, is_remote_frame=True, dlc=2))
        assert tester.send(b"\x01") is None
        assert ecu.receive() == b"\x01"
        assert ecu.inbox.unread == 0


class TestFunctional:
    @pytest.mark.parametrize("mode", ["NormalFixed_29bits", "Mixed_29bits"])
    def test_a_functional_single_frame_reaches_the_address(self, backend, address, mode):
        one, other = (address(**with_mode(mode, side)) for side in ADDRESSES[mode])
        tester, ecu = backend.pair(one, other)
        listening = backend.raw_bus()
        assert tester.send(b"\x3e\x80", TargetAddressType.Functional) is None
        assert ecu.receive() == b"\x3e\x80"
        functional = {"NormalFixed_29bits": 0x18DBF110, "Mixed_29bits": 0x18CDF110}[mode]
        assert listening.recv(5).arbitration_id == functional

    @pytest.mark.only_backend("python", "the connection refuses it before")
    @pytest.mark.parametrize(
        ("mode", "size", "length"),
        [("Normal_11bits", 8, 8), ("Mixed_11bits", 7, 8), ("Normal_11bits", 63, 64)],
    )
    def test_a_functional_request_of_several_frames_is_refused(self, backend, address, mode, size, length):
        tester = backend.endpoint(
            address(**with_mode(mode, ADDRESSES[mode][0])), can_fd=length > 8, tx_data_length=length
        )
        with pytest.raises(ValueError, match="Functional"):
            tester.begin(bytes(size), TargetAddressType.Functional)
        assert not tester.transport.transmitting()

    def test_eight_ecus_and_nine_testers_on_one_bus(self, backend, address, payload):
        testers_bus, ecus_bus = backend.node("testers"), backend.node("ecus")
        requests = backend.endpoint(address(txid="0x7DF", rxid="0x6FF"), "all", testers_bus)
        testers, ecus, hearing = [], [], []
        for number in range(8):
            tx, rx = f"0x{0x7E0 + number:X}", f"0x{0x7E8 + number:X}"
            testers.append(backend.endpoint(address(txid=tx, rxid=rx), f"tester {number}", testers_bus))
            ecus.append(backend.endpoint(address(txid=rx, rxid=tx), f"ecu {number}", ecus_bus))
            hearing.append(backend.endpoint(address(txid=rx, rxid="0x7DF"), f"hears {number}", ecus_bus))
        assert requests.send(b"\x22\xf1\x90", TargetAddressType.Functional) is None
        assert [ear.receive() for ear in hearing] == [b"\x22\xf1\x90"] * 8
        answers = [ecu.begin(payload(20 + number)) for number, ecu in enumerate(ecus)]
        assert [ecu.end(answer) for ecu, answer in zip(ecus, answers, strict=True)] == [None] * 8
        assert [tester.receive() for tester in testers] == [payload(20 + number) for number in range(8)]
        assert not any(end.inbox.unread for end in (*testers, *ecus, *hearing, requests))

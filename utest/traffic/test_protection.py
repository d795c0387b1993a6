"""Checksums against the values that are published for them, and against a second way to calculate them."""

import random
import sys

import pytest

from CanLibrary.errors import NotSupportedError
from CanLibrary.traffic.protection import protector
from CanLibrary.types import Payload
from CanLibrary.types.enums import ByteOrder, ChecksumKind, E2EMode
from CanLibrary.types.living import E2E, Checksum

Kind = ChecksumKind
DIGITS = b"123456789"
IDS = Payload(bytes(range(1, 17)))

# AUTOSAR's specification of CRC routines: the data of its tables of examples, and the results for our three CRCs.
TABLE = {
    "00 00 00 00": (0x59, 0x12, 0x84C0),
    "F2 01 83": (0x37, 0xC2, 0xD374),
    "0F AA 00 55": (0x79, 0xC6, 0x2023),
    "00 FF 55 11": (0xB8, 0x77, 0xB8F9),
    "33 22 55 AA BB CC DD EE FF": (0xCB, 0x11, 0xF53F),
    "92 6B 55": (0x8C, 0x33, 0x0745),
    "FF FF FF FF": (0x74, 0x6C, 0x1D0F),
}


def crc(data, width, polynomial, start, final):
    """Calculate a CRC bit by bit."""
    register, top = start, 1 << width - 1
    for byte in data:
        register ^= byte << width - 8
        for _ in range(8):
            register = (register << 1) ^ (polynomial if register & top else 0)
            register &= (1 << width) - 1
    return register ^ final


def checksum_of(kind, data):
    """Return what stands behind data that is covered completely."""
    size = kind.width // 8
    changed = bytearray(data) + bytes(size)
    checksum = Checksum(kind, len(data), 0, len(data) - 1, ByteOrder.Motorola)
    protector(checksum, len(changed))(changed)
    assert changed[: len(data)] == data
    return int.from_bytes(changed[len(data) :], "big")


class TestChecksums:
    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            (Kind.XOR, 0x31),
            (Kind.SUM, 0xDD),
            (Kind.CRC8_SAE_J1850, 0x4B),
            (Kind.CRC8_2F, 0xDF),
            (Kind.CRC16_CCITT, 0x29B1),
        ],
    )
    def test_the_check_value_of_the_catalogue(self, kind, expected):
        assert checksum_of(kind, DIGITS) == expected

    @pytest.mark.parametrize("text", TABLE)
    def test_the_table_of_autosar(self, text):
        kinds = (Kind.CRC8_SAE_J1850, Kind.CRC8_2F, Kind.CRC16_CCITT)
        assert tuple(checksum_of(kind, bytes.fromhex(text)) for kind in kinds) == TABLE[text]

    def test_random_data_bit_by_bit(self):
        choice = random.Random(1)
        for _ in range(200):
            data = choice.randbytes(choice.randint(1, 62))
            assert checksum_of(Kind.CRC8_SAE_J1850, data) == crc(data, 8, 0x1D, 0xFF, 0xFF)
            assert checksum_of(Kind.CRC8_2F, data) == crc(data, 8, 0x2F, 0xFF, 0xFF)
            assert checksum_of(Kind.CRC16_CCITT, data) == crc(data, 16, 0x1021, 0xFFFF, 0)

    def test_its_own_bytes_do_not_count(self):
        protect = protector(Checksum(Kind.SUM, 1), 4)
        for old in (0, 0xFF):
            data = bytearray([1, old, 2, 3])
            protect(data)
            assert data == bytes([1, 6, 2, 3])

    def test_the_byte_order_of_sixteen_bits(self):
        intel, motorola = bytearray(DIGITS + bytes(2)), bytearray(DIGITS + bytes(2))
        protector(Checksum(Kind.CRC16_CCITT, 9, 0, 8), 11)(intel)
        protector(Checksum(Kind.CRC16_CCITT, 9, 0, 8, ByteOrder.Motorola), 11)(motorola)
        assert (intel[9:].hex(), motorola[9:].hex()) == ("b129", "29b1")

    @pytest.mark.parametrize("kind", list(Kind))
    def test_every_bit_that_turns_is_seen(self, kind):
        choice = random.Random(2)
        for _ in range(10):
            length = choice.randint(4, 8)
            at = choice.randint(0, length - 2)
            protect = protector(Checksum(kind, at), length)
            data = bytearray(choice.randbytes(length))
            protect(data)
            for bit in range(length * 8):
                turned = bytearray(data)
                turned[bit // 8] ^= 1 << bit % 8
                right = bytearray(turned)
                protect(right)
                assert right != turned, (kind, data.hex(), bit)


class TestProfiles:
    @pytest.mark.parametrize(
        ("profile", "expected"),
        [
            (E2E(1, 0x123), "cc00000000000000"),
            (E2E(1, 0x123, mode=E2EMode.LOW), "ce00000000000000"),
            (E2E(1, 0x123, mode=E2EMode.NIBBLE), "2a10000000000000"),
            (E2E(2, data_id_list=IDS), "0e00000000000000"),
            (E2E(5, 0x1234), "1cca000000000000"),
        ],
    )
    def test_eight_zeros(self, profile, expected):
        data = bytearray(8)
        protector(profile, 8)(data)
        assert data.hex() == expected

    def test_profile_1_bit_by_bit(self):
        choice = random.Random(3)
        for _ in range(200):
            data, data_id = bytearray(choice.randbytes(8)), choice.randrange(1 << 16)
            mode, offset = choice.choice(list(E2EMode)), choice.randint(0, 6)
            data[offset + 1] = data[offset + 1] & 0xF0 | choice.randrange(15)
            sent = bytearray(data)
            protector(E2E(1, data_id, offset=offset, mode=mode), 8)(sent)
            low, high = data_id & 0xFF, data_id >> 8
            counter = data[offset + 1] & 0x0F
            if mode is E2EMode.NIBBLE:
                data[offset + 1] = (high & 0x0F) << 4 | counter
            covered = {
                E2EMode.BOTH: [low, high],
                E2EMode.ALTERNATING: [high if counter % 2 else low],
                E2EMode.LOW: [low],
                E2EMode.NIBBLE: [low, 0],
            }[mode]
            data[offset] = crc([*covered, *data[:offset], *data[offset + 1 :]], 8, 0x1D, 0, 0)
            assert sent == data, (mode, offset)

    def test_profile_2_bit_by_bit(self):
        choice = random.Random(4)
        for _ in range(100):
            data = bytearray(choice.randbytes(choice.randint(2, 8)))
            sent = bytearray(data)
            protector(E2E(2, data_id_list=IDS), len(data))(sent)
            data[0] = crc([*data[1:], IDS[data[1] & 0x0F]], 8, 0x2F, 0xFF, 0xFF)
            assert sent == data

    def test_profile_5_bit_by_bit(self):
        choice = random.Random(5)
        for _ in range(100):
            data, data_id = bytearray(choice.randbytes(12)), choice.randrange(1 << 16)
            offset = choice.randint(0, 9)
            sent = bytearray(data)
            protector(E2E(5, data_id, offset=offset), 12)(sent)
            covered = [*data[:offset], *data[offset + 2 :], data_id & 0xFF, data_id >> 8]
            data[offset : offset + 2] = crc(covered, 16, 0x1021, 0xFFFF, 0).to_bytes(2, "little")
            assert sent == data

    @pytest.mark.parametrize(
        "profile",
        [
            E2E(1, 0x123),
            E2E(1, 0x123, mode=E2EMode.NIBBLE, offset=2),
            E2E(2, data_id_list=IDS),
            E2E(5, 0x1234, offset=3),
        ],
    )
    def test_every_bit_that_turns_is_seen(self, profile):
        data = bytearray(b"\x01\x02\x03\x04\x05\x06\x07\x08")
        protect = protector(profile, 8)
        protect(data)
        for bit in range(64):
            turned = bytearray(data)
            turned[bit // 8] ^= 1 << bit % 8
            right = bytearray(turned)
            protect(right)
            assert right != turned, bit


class TestMissingPackage:
    @pytest.fixture(autouse=True)
    def no_package(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "e2e", None)

    @pytest.mark.parametrize(
        ("of", "what"),
        [
            (Checksum(Kind.CRC8_2F, 0), "A checksum of kind CRC8_2F"),
            (E2E(2, data_id_list=IDS), "E2E profile 2"),
        ],
    )
    def test_what_to_install(self, of, what):
        with pytest.raises(NotSupportedError) as refused:
            protector(of, 8)
        assert str(refused.value) == (
            f'{what} needs the package autosar-e2e; install it with: pip install "robotframework-canlibrary[e2e]".'
        )

    def test_sums_need_none(self):
        data = bytearray(b"\x00\x01\x02")
        protector(Checksum(Kind.XOR, 0), 3)(data)
        assert data[0] == 3

"""Bits of messages: known ones, and all kinds beside a reference that writes every bit down."""

import random

import pytest

from CanLibrary.traffic.bits import frame_bits
from CanLibrary.traffic.trace import BRS, ESI, EXTENDED, FD, REMOTE

FD_CODES = {
    length: code for code, length in enumerate((0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64))
}


def text(value, width):
    return f"{value:0{width}b}"


def crc_15(bits):
    register = 0
    for bit in bits:
        out = register >> 14
        register = (register << 1) & 0x7FFF
        if out != int(bit):
            register ^= 0x4599
    return text(register, 15)


def stuffed(bits, *, last):
    """Return the bits with stuff bits; none after the very last one where `last` is not set."""
    sent = ""
    for at, bit in enumerate(bits):
        sent += bit
        if (sent.endswith("00000") or sent.endswith("11111")) and (last or at < len(bits) - 1):
            sent += "10"[int(bit)]
    return sent


def reference(value, flags, dlc, data):
    """Return the bits at the nominal bit rate and at that of the data phase."""
    identifier = text(value, 29) if flags & EXTENDED else text(value, 11)
    remote = "1" if flags & REMOTE else "0"
    head = "0" + identifier[:11]
    head += "11" + identifier[11:] + remote if flags & EXTENDED else remote + "0"
    body = "".join(text(byte, 8) for byte in data)
    tail = "1" + "11" + "1111111" + "111"  # CRC delimiter, ACK and its delimiter, end of frame, intermission
    if not flags & FD:
        head += ("00" if flags & EXTENDED else "0") + text(dlc, 4)
        return len(stuffed(head + body + crc_15(head + body), last=True) + tail), 0
    until_brs = head + "10" + ("1" if flags & BRS else "0")
    rest = ("1" if flags & ESI else "0") + text(FD_CODES[dlc], 4) + body
    all_bits = len(stuffed(until_brs + rest, last=False))
    crc = "0000" + "0" * (17 if dlc <= 16 else 21)
    fixed = len([at for at in range(len(crc)) if at % 4 == 0])
    total = all_bits + fixed + len(crc) + len(tail)
    if not flags & BRS:
        return total, 0
    slow = len(stuffed(until_brs + "?", last=False)) - 1 + len(tail) - 1
    return slow, total - slow


def messages(count):
    draw = random.Random(5)
    for _ in range(count):
        flags = draw.choice((0, EXTENDED)) | draw.choice(
            (0, 0, REMOTE, FD, FD | BRS, FD | ESI, FD | BRS | ESI)
        )
        lengths = list(FD_CODES) if flags & FD else range(9)
        dlc = draw.choice(list(lengths))
        width = 29 if flags & EXTENDED else 11
        value = draw.choice((0, (1 << width) - 1, draw.getrandbits(width), 0x0F8 << (width - 11)))
        kinds = (
            bytes(dlc),
            b"\xff" * dlc,
            draw.randbytes(dlc),
            bytes(draw.choices(b"\x00\xff\xf8\x07\x1f\x80", k=dlc)),
        )
        yield value, flags, dlc, b"" if flags & REMOTE else draw.choice(kinds)


def test_all_kinds_are_as_the_reference_has_them():
    for message in messages(3000):
        assert frame_bits(*message) == reference(*message), message


@pytest.mark.parametrize(
    ("flags", "bits"),
    [
        # 34 dominant bits, the CRC among them: a stuff bit after each 5, and 13 bits that are never stuffed.
        (0, (34 + 6 + 13, 0)),
        # 14 dominant bits (2 stuff bits), FDF, 7 dominant bits (1), 6 + 4 + 17 bits of CRC field, 13 at the end.
        (FD, (14 + 2 + 1 + 7 + 1 + 27 + 13, 0)),
        # Up to BRS 17 bits (2 stuff bits), 12 at the end. ESI and DLC are 5 dominant bits, after which the first fixed
        # stuff bit comes and no other; 27 bits of CRC field and its delimiter.
        (FD | BRS, (17 + 2 + 12, 5 + 27 + 1)),
    ],
)
def test_messages_counted_by_hand(flags, bits):
    assert frame_bits(0x000, flags, 0, b"") == bits


def test_classic_messages_are_never_shorter_or_longer_than_they_can_be():
    for value, flags, dlc, data in messages(2000):
        if not flags & FD:
            stuffed_part = (54 if flags & EXTENDED else 34) + 8 * len(data)
            slow, fast = frame_bits(value, flags, dlc, data)
            assert 0 <= slow - 13 - stuffed_part <= (stuffed_part - 1) // 4
            assert not fast

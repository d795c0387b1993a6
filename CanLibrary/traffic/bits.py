"""How many bits a message takes on the wire, counted exactly: with its stuff bits, as ISO 11898-1 has them.

Stuff bits depend on every bit, and a trace has a million messages. So a byte costs one look into a table: what
was sent last (a bit, and how often in a row) and the byte give what is sent last then, and the stuff bits between.
"""

from __future__ import annotations

from functools import lru_cache

from CanLibrary.traffic.trace import BRS, ESI, EXTENDED, FD, REMOTE

_CRC_15 = 0x4599  # ISO 11898-1:2015, 10.4.2.6
_FD_LENGTHS = (8, 12, 16, 20, 24, 32, 48, 64)  # of the DLC values 8 to 15, 10.4.2.4
# 10.4.2.6 to 10.4.2.8 and 10.4.6.2: ACK slot, ACK delimiter, 7 bits of end of frame, 3 of intermission.
_END = 1 + 1 + 7 + 3
_CRC_DELIMITER = 1
# 10.4.2.6 and 10.5: the stuff count (4) and the CRC, with a fixed stuff bit before them and after each 4 bits.
_FD_CRC_17 = 6 + 4 + 17
_FD_CRC_21 = 7 + 4 + 21

# A state is the last bit and how often it came in a row, 1 to 5: bit × 5 + count - 1. A stuff bit comes after five
# equal bits, with the next bit: the fixed stuff bit of CAN FD may come in its place.
_STATES = range(10)
_FULL_ROWS = (4 << 8, 9 << 8)
_RECESSIVE_ONCE = 5  # where a message begins: its first bit, which is dominant, begins a row


def _after_bit(state: int, bit: int) -> tuple[int, int]:
    """Return the state after one more bit, and how many stuff bits came before it."""
    last, row, stuffed = state // 5, state % 5 + 1, 0
    if row == 5:
        last, row, stuffed = 1 - last, 1, 1
    return bit * 5 + (row if bit == last else 0), stuffed


def _after_bits(state: int, value: int, count: int) -> tuple[int, int]:
    """Return the state after the lowest bits of a value, highest first, and how many stuff bits came."""
    stuffed = 0
    for shift in range(count - 1, -1, -1):
        state, more = _after_bit(state, value >> shift & 1)
        stuffed += more
    return state, stuffed


def _crc_after_bits(crc: int, value: int, count: int) -> int:
    for shift in range(count - 1, -1, -1):
        feedback = (crc >> 14 ^ value >> shift) & 1
        crc = (crc << 1 & 0x7FFF) ^ (_CRC_15 if feedback else 0)
    return crc


Step = tuple[int, int]  # the next state, times 256, and the stuff bits on the way there


@lru_cache(maxsize=1)
def _tables() -> tuple[list[Step], list[Step], list[int]]:
    """Return what a byte does to a state (by state × 256 + byte), what the last 7 bits of a CRC do, and to the CRC."""

    def steps(count: int) -> list[Step]:
        after = (_after_bits(state, value, count) for state in _STATES for value in range(256))
        return [(state << 8, stuffed) for state, stuffed in after]

    return steps(8), steps(7), [_crc_after_bits(0, byte, 8) for byte in range(256)]


@lru_cache(maxsize=4096)
def _begun(value: int, kind: int, dlc: int) -> tuple[int, int, int, int, int, int]:
    """Return what is the same for all messages of an identifier, kind and length.

    The state (times 256) and the CRC after the control field, the stuff bits until then, how many of these come
    before the bit rate is switched, and the bits without stuff bits: at the nominal bit rate, and at the other.
    """
    extended, remote, fd = bool(kind & EXTENDED), bool(kind & REMOTE), bool(kind & FD)
    # 10.4.2.2 to 10.4.2.4: start of frame, identifier (with SRR and IDE between its parts), RTR or RRS …
    if extended:
        header, count = (value >> 18 << 2 | 0b11) << 18 | value & 0x3FFFF, 1 + 11 + 2 + 18
    else:
        header, count = value, 1 + 11
    header, count = header << 1 | remote, count + 1
    if not extended:
        header, count = header << 1, count + 1  # IDE
    if fd:
        header = header << 4 | 0b1000 | bool(kind & BRS) << 1 | bool(kind & ESI)  # FDF, res, BRS, ESI
        count, slow = count + 4, count + 3
    else:
        header, count = (header << 2, count + 2) if extended else (header << 1, count + 1)  # FDF (and r0)
        slow = count
    code = dlc if dlc <= 8 else 8 + next(at for at, length in enumerate(_FD_LENGTHS) if length >= dlc)
    _, stuffed_slow = _after_bits(_RECESSIVE_ONCE, header >> count - slow, slow)
    header, count = header << 4 | code, count + 4
    state, stuffed = _after_bits(_RECESSIVE_ONCE, header, count)
    if not fd:
        bits = count + (0 if remote else 8 * dlc) + 15 + _CRC_DELIMITER + _END
        return state << 8, _crc_after_bits(0, header, count), stuffed, 0, bits, 0
    bits = count + 8 * dlc + (_FD_CRC_17 if dlc <= 16 else _FD_CRC_21) + _CRC_DELIMITER + _END
    if not kind & BRS:
        return state << 8, 0, stuffed, stuffed, bits, 0
    # The bit rate is switched inside of BRS and back inside of the CRC delimiter, at their sample points: together
    # they take one bit time of each rate, so the whole BRS counts as slow and the whole delimiter as fast.
    return state << 8, 0, stuffed, stuffed_slow, slow + _END, bits - slow - _END


_KIND = EXTENDED | REMOTE | FD | BRS | ESI


def frame_bits(value: int, flags: int, dlc: int, data: bytes) -> tuple[int, int]:
    """Return how many bits a message takes: at the nominal bit rate, and at that of the data phase (with BRS).

    Args:
        value: The identifier.
        flags: The flags of its record in a trace.
        dlc: Its length in bytes.
        data: Its data.
    """
    stuffing, ending, crc_of = _tables()
    state, crc, stuffed, stuffed_slow, slow, fast = _begun(value, flags & _KIND, dlc)
    if flags & FD:  # 10.5: its stuff bits end with the data, and fixed ones follow
        for byte in data:
            state, more = stuffing[state + byte]
            stuffed += more
        if fast:
            return slow + stuffed_slow, fast + stuffed - stuffed_slow
        return slow + stuffed, 0
    for byte in data:
        state, more = stuffing[state + byte]
        stuffed += more
        crc = crc << 8 & 0x7FFF ^ crc_of[crc >> 7 ^ byte]
    state, more = stuffing[state + (crc >> 7)]
    state, more_still = ending[state + (crc & 0x7F)]
    # Five equal bits at the very end of the CRC are followed by a stuff bit too.
    return slow + stuffed + more + more_still + (state in _FULL_ROWS), 0

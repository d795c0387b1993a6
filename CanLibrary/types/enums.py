"""Choices that a tester types by name."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Literal


class AutoClose(Enum):
    """When buses and connections close by themselves.

    ``TEST``: what a test opened closes when the test ends, what a suite setup opened when the suite ends.
    ``SUITE``: everything closes when the suite that opened it ends.
    ``MANUAL``: only the close keywords close; what is still open at the end of the run is closed then.
    """

    TEST = "TEST"
    SUITE = "SUITE"
    MANUAL = "MANUAL"


class BusState(Enum):
    """State of a CAN controller, with python-can's names (ISO 11898-1: error active, error passive, bus off)."""

    ACTIVE = "ACTIVE"
    PASSIVE = "PASSIVE"
    ERROR = "ERROR"


class Direction(Enum):
    """Which messages of a trace are meant.

    ``Rx``: received. ``Tx``: sent by this library. ``ANY``: both.
    """

    RX = "Rx"
    TX = "Tx"
    ANY = "any"


class Expect(Enum):
    """What has to arrive of several messages that are waited for.

    ``ALL``: all of them, in whatever order. ``ANY``: one of them. ``IN_ORDER``: all of them, in the given order;
    others may come in between.
    """

    ALL = "ALL"
    ANY = "ANY"
    IN_ORDER = "IN_ORDER"


class Backend(Enum):
    """What runs ISO-TP.

    ``python``: can-isotp's stack on any bus. ``kernel``: the Linux kernel's ISO-TP socket.
    ``exported``: an ISO-TP driver that a Jumpstarter exporter offers.
    """

    python = "python"
    kernel = "kernel"
    exported = "exported"


class AddressingMode(IntEnum):
    """Addressing modes of ISO 15765-2, with can-isotp's names and numbers."""

    Normal_11bits = 0
    Normal_29bits = 1
    NormalFixed_29bits = 2
    Extended_11bits = 3
    Extended_29bits = 4
    Mixed_11bits = 5
    Mixed_29bits = 6


class Location(Enum):
    """Where the buses and connections of a file are.

    ``local``: on this computer, opened as the file describes them.
    ``exported``: at the Jumpstarter exporter of this shell, which opened them; its drivers have the same names.
    ``auto``: exported in a shell of Jumpstarter (where JUMPSTARTER_HOST is set), local elsewhere.
    """

    local = "local"
    exported = "exported"
    auto = "auto"


class TargetAddressType(IntEnum):
    """To whom a request goes: ``Physical`` to one partner, ``Functional`` to all (a single frame only)."""

    Physical = 0
    Functional = 1


class ByteOrder(Enum):
    """How a number of several bytes stands in the data, and which of its bits names its place.

    ``Intel``: the lowest byte first; named by its lowest bit. ``Motorola``: the highest byte first; named by its
    highest bit. Bits are counted as in DBC files.
    """

    Intel = "little"
    Motorola = "big"

    @property
    def of_bytes(self) -> Literal["little", "big"]:
        """The byte order as Python calls it."""
        return "little" if self is ByteOrder.Intel else "big"


class ChecksumKind(Enum):
    """Checksums that messages carry.

    ``XOR`` and ``SUM`` of the bytes; ``CRC8_SAE_J1850`` (polynomial 0x1D); ``CRC8_2F`` (0x2F, of AUTOSAR);
    ``CRC16_CCITT`` (0x1021, begins with 0xFFFF).
    """

    XOR = "XOR"
    SUM = "SUM"
    CRC8_SAE_J1850 = "CRC8_SAE_J1850"
    CRC8_2F = "CRC8_2F"
    CRC16_CCITT = "CRC16_CCITT"

    @property
    def width(self) -> int:
        """How many bits it has."""
        return 16 if self is ChecksumKind.CRC16_CCITT else 8


class E2EMode(Enum):
    """How E2E profile 1 covers the 16 bits of its data ID.

    ``BOTH``: both bytes. ``ALTERNATING``: the low one where the counter is even, else the high one. ``LOW``: the low
    one. ``NIBBLE``: the low one, and the low half of the high one is sent beside the counter.
    """

    BOTH = "BOTH"
    ALTERNATING = "ALTERNATING"
    LOW = "LOW"
    NIBBLE = "NIBBLE"

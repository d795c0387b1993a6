"""Choices that a tester types by name."""

from __future__ import annotations

from enum import Enum, IntEnum


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


class TargetAddressType(IntEnum):
    """To whom a request goes: ``Physical`` to one partner, ``Functional`` to all (a single frame only)."""

    Physical = 0
    Functional = 1

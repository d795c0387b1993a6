"""Faults of the transport layer that are played on purpose."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from CanLibrary.formatting import duration, plural

_KEPT = 100  # lines of what was played


class IsoTpFaultKind(Enum):
    """What goes wrong on purpose in an ISO-TP endpoint, with the terms of ISO 15765-2.

    Of what it sends: ``DROP``: a message is not sent. ``REPEAT``: it is sent twice. ``REORDER``: a consecutive frame
    changes places with the next one; the last of a block, which has none, is passed over. ``CORRUPT``: bits of one
    byte are inverted. ``LATE``: it comes after a delay, and what follows waits behind it.
    ``WRONG_SEQUENCE_NUMBER``: a consecutive frame has the number of the next one. ``LYING_LENGTH``: a first frame
    says another length. ``WRONG_PADDING``: a message is filled up with another byte, or filled up at all; one that is
    full is passed over.

    Of how it receives: ``WAIT``: it sends flow control 'wait', and then goes on. ``OVERFLOW``: it answers with flow
    control 'overflow' and gives the reception up. ``NEVER``: it sends no flow control and gives the reception up.

    Of how it obeys the partner's flow control: ``IGNORE_STMIN``: it sends without the separation time asked of it.
    ``IGNORE_BLOCKSIZE``: after the first flow control it waits for no other.
    """

    DROP = "DROP"
    REPEAT = "REPEAT"
    REORDER = "REORDER"
    CORRUPT = "CORRUPT"
    LATE = "LATE"
    WRONG_SEQUENCE_NUMBER = "WRONG_SEQUENCE_NUMBER"
    LYING_LENGTH = "LYING_LENGTH"
    WRONG_PADDING = "WRONG_PADDING"
    WAIT = "WAIT"
    OVERFLOW = "OVERFLOW"
    NEVER = "NEVER"
    IGNORE_STMIN = "IGNORE_STMIN"
    IGNORE_BLOCKSIZE = "IGNORE_BLOCKSIZE"


class IsoTpMessageKind(Enum):
    """What a message is in ISO-TP (N_PDU type, ISO 15765-2).

    ``SF``: single frame. ``FF``: first frame. ``CF``: consecutive frame. ``FC``: flow control. ``ANY``: any of them.
    """

    SF = "SF"
    FF = "FF"
    CF = "CF"
    FC = "FC"
    ANY = "ANY"


_Kind, _Any = IsoTpFaultKind, IsoTpMessageKind.ANY
# The messages that a fault is about, the default first; the arguments that only some faults have.
FAULT_MESSAGES = {
    **dict.fromkeys(_Kind, tuple(kind for kind in reversed(IsoTpMessageKind))),
    _Kind.LATE: (
        IsoTpMessageKind.FC,
        *(kind for kind in IsoTpMessageKind if kind is not IsoTpMessageKind.FC),
    ),
    _Kind.WRONG_PADDING: (_Any, IsoTpMessageKind.SF, IsoTpMessageKind.CF, IsoTpMessageKind.FC),
    **dict.fromkeys((_Kind.REORDER, _Kind.WRONG_SEQUENCE_NUMBER), (IsoTpMessageKind.CF,)),
    **dict.fromkeys((_Kind.LYING_LENGTH, _Kind.IGNORE_STMIN, _Kind.IGNORE_BLOCKSIZE), (IsoTpMessageKind.FF,)),
    **dict.fromkeys((_Kind.WAIT, _Kind.OVERFLOW, _Kind.NEVER), (IsoTpMessageKind.FC,)),
}
FAULT_ARGUMENTS = {
    "delay": (_Kind.LATE, _Kind.WAIT),
    "byte": (_Kind.CORRUPT,),
    "mask": (_Kind.CORRUPT,),
    "padding": (_Kind.WRONG_PADDING,),
    "size": (_Kind.LYING_LENGTH,),
}
_LATEST = 3600.0  # seconds
_MOST_SIZE = 0xFFFFFFFF


@dataclass(eq=False)
class IsoTpFault:
    """A fault that was set: what it is, and how often it was played.

    ``applied`` (how often it was really on the wire), ``is_over`` and ``played`` (what was done to which message,
    as text).
    """

    fault: IsoTpFaultKind
    message: IsoTpMessageKind
    number: int = 1
    count: int = 1
    delay: float = 0.0  # seconds
    byte: int | None = None
    mask: int = 0xFF
    padding: int | None = None
    size: int | None = None
    applied: int = 0
    is_over: bool = False
    played: list[str] = field(default_factory=list)
    seen: int = 0  # messages of its kind

    def __post_init__(self) -> None:
        allowed = FAULT_MESSAGES[self.fault]
        if self.message not in allowed:
            names = " or ".join(kind.name for kind in allowed)
            raise ValueError(f"{self.fault.name} is about {names}, not about {self.message.name}.")
        for name, value, low, high in (
            ("number", self.number, 1, None),
            ("count", self.count, 1, None),
            ("byte", self.byte, 0, 63),
            ("padding", self.padding, 0, 0xFF),
            ("size", self.size, 1, _MOST_SIZE),
        ):
            if value is not None and (value < low or (high is not None and value > high)):
                accepted = f"{low} to {high}" if high is not None else f"{low} or more"
                raise ValueError(f"{name}={value} is not possible: it is {accepted}.")
        if not 0 <= self.delay <= _LATEST:
            raise ValueError(f"delay={self.delay:g} is not possible: it is 0 to {_LATEST:g} seconds.")
        if not self.mask:
            raise ValueError("mask=00 changes nothing: give the bits that are to be inverted.")

    def note(self, what: str, times: int = 1) -> None:
        """Note that it was played."""
        self.applied += times
        if len(self.played) < _KEPT:
            self.played.append(what)

    @property
    def name(self) -> str:
        """What it is, as a sentence names it."""
        about = "" if self.message is _Any else f" of {self.message.name}"
        number = "" if self.number == 1 else f" number {self.number}"
        late = f" by {duration(self.delay)}" if self.fault is IsoTpFaultKind.LATE else ""
        return f"{self.fault.name}{about}{number}{late}"

    def __str__(self) -> str:
        return f"{self.name}: played {plural(self.applied, 'time')}{'' if self.is_over else ', not over'}"

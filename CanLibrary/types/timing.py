"""How ISO-TP looks in time, as somebody sees it who only listens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from CanLibrary.formatting import duration, id_text, plural
from CanLibrary.types.can_id import CanId
from CanLibrary.types.message import CanMessage

_SHOWN = 50  # transfers in the text


class Measured(NamedTuple):
    """One measurement, and the message with which it ended."""

    value: float
    message: CanMessage


# What a dataclass could do besides would cost each import of the library a millisecond.
@dataclass(eq=False)
class TimeSpread:
    """Times of one kind: ``minimum``, ``mean`` and ``maximum`` in seconds, and ``count``."""

    minimum: float
    mean: float
    maximum: float
    count: int

    @classmethod
    def of(cls, measured: Iterable[Measured]) -> TimeSpread | None:
        """Return the spread of some measurements, or None if there is none."""
        times = [single.value for single in measured]
        return cls(min(times), sum(times) / len(times), max(times), len(times)) if times else None

    def __str__(self) -> str:
        return f"{_text(self.minimum)} / {_text(self.mean)} / {_text(self.maximum)}"


# What a dataclass could do besides would cost each import of the library a millisecond.
@dataclass(eq=False)
class IsoTpTransferTiming:
    """The times of one IsoTp frame of several messages.

    ``id`` (of its sender), ``is_rx`` (True: the partner's side of the address sent it), ``size`` (bytes), ``began_at``
    and ``ended_at`` (monotonic seconds), ``problem`` (why it is not complete), ``n_bs`` and ``n_cr`` (``minimum``,
    ``mean``, ``maximum`` in seconds, ``count``; None where there was none), ``stmin`` (smallest gap between two
    consecutive frames of a block in seconds, or None), ``blocksize`` (most consecutive frames without a flow control),
    ``stmin_asked`` (seconds) and ``blocksize_asked`` (0: all at once) as the last flow control says them, or None, and
    ``waits`` (flow controls 'wait').
    """

    arbitration_id: int
    is_extended_id: bool
    is_rx: bool
    size: int
    began_at: float
    ended_at: float
    problem: str
    waits: int
    stmin_asked: float | None
    blocksize_asked: int | None
    n_bs_measured: tuple[Measured, ...]
    n_cr_measured: tuple[Measured, ...]
    gaps_measured: tuple[Measured, ...]
    blocks_measured: tuple[Measured, ...]
    waited_for: str  # what did not come any more: "flow control", "consecutive frame"
    waited: Measured | None  # for how long, and since which message

    @property
    def id(self) -> CanId:
        """The identifier of its sender."""
        return CanId(self.arbitration_id, self.is_extended_id)

    @property
    def is_complete(self) -> bool:
        """Whether the whole payload came."""
        return not self.problem

    @property
    def n_bs(self) -> TimeSpread | None:
        """From a first frame, or the last consecutive frame of a block, to the flow control."""
        return TimeSpread.of(self.n_bs_measured)

    @property
    def n_cr(self) -> TimeSpread | None:
        """From a flow control or consecutive frame to the next consecutive frame."""
        return TimeSpread.of(self.n_cr_measured)

    @property
    def stmin(self) -> float | None:
        """The smallest gap between two consecutive frames of a block, in seconds."""
        return min((gap.value for gap in self.gaps_measured), default=None)

    @property
    def blocksize(self) -> int | None:
        """The most consecutive frames without a flow control."""
        return max((int(block.value) for block in self.blocks_measured), default=None)

    def __str__(self) -> str:
        asked = ""
        if self.blocksize_asked is not None:
            asked = f" (asked: {self.blocksize_asked}, {_text(self.stmin_asked)})"
        problem = f", not complete: {self.problem}" if self.problem else ""
        return (
            f"{id_text(self.arbitration_id, self.is_extended_id)}  [{self.size}]  N_Bs {self.n_bs or '-'}, N_Cr "
            f"{self.n_cr or '-'}, blocksize {self.blocksize or '-'}, stmin {_text(self.stmin)}{asked}{problem}"
        )


# What a dataclass could do besides would cost each import of the library a millisecond.
@dataclass(eq=False)
class IsoTpTiming:
    """The times of all IsoTp frames of several messages in a part of a trace.

    ``transfers`` (a list, each with figures of its own), ``n_bs`` and ``n_cr`` (over all transfers: ``minimum``,
    ``mean``, ``maximum`` in seconds, ``count``; None where nothing was measured), ``stmin`` (smallest gap in seconds),
    ``blocksize`` (largest block), ``stmin_asked`` (largest, in seconds) and ``blocksize_asked`` (smallest that is not
    0; 0 if all were). ``n_as`` is always None: how long a message waits in its sender before it is on the bus, nobody
    sees from outside.
    """

    transfers: tuple[IsoTpTransferTiming, ...]
    n_as: None = (
        None  # ISO 15765-2:2016, 9.8.1: from the request to send to the confirmation, both inside the sender
    )

    @property
    def n_bs(self) -> TimeSpread | None:
        """From a first frame, or the last consecutive frame of a block, to the flow control."""
        return TimeSpread.of(single for transfer in self.transfers for single in transfer.n_bs_measured)

    @property
    def n_cr(self) -> TimeSpread | None:
        """From a flow control or consecutive frame to the next consecutive frame."""
        return TimeSpread.of(single for transfer in self.transfers for single in transfer.n_cr_measured)

    @property
    def stmin(self) -> float | None:
        """The smallest gap between two consecutive frames of a block, in seconds."""
        return min((each.stmin for each in self.transfers if each.stmin is not None), default=None)

    @property
    def blocksize(self) -> int | None:
        """The most consecutive frames without a flow control."""
        return max((each.blocksize for each in self.transfers if each.blocksize is not None), default=None)

    @property
    def stmin_asked(self) -> float | None:
        """The largest separation time that a flow control asked for, in seconds."""
        return max(
            (each.stmin_asked for each in self.transfers if each.stmin_asked is not None), default=None
        )

    @property
    def blocksize_asked(self) -> int | None:
        """The smallest block size that a flow control asked for; 0 if none limits it."""
        asked = [each.blocksize_asked for each in self.transfers if each.blocksize_asked is not None]
        return min(filter(None, asked), default=0) if asked else None

    def __str__(self) -> str:
        head = f"{plural(len(self.transfers), 'transfer')}, times are minimum / mean / maximum"
        more = len(self.transfers) - _SHOWN
        lines = [head, *map(str, self.transfers[:_SHOWN])]
        return "\n".join(lines + ([f"… and {plural(more, 'more transfer')}"] if more > 0 else []))


def _text(seconds: float | None) -> str:
    return (
        "-"
        if seconds is None
        else duration(round(seconds, 6)).replace("millisecond", "ms").replace("mss", "ms")
    )

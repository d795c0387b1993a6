"""How fast both sides of an ISO-TP address are, from the messages that passed (ISO 15765-2:2016, 9.8.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from CanLibrary.transport.observer import Observer, Stream
from CanLibrary.types import AnyIsoTpAddress, CanMessage, IsoTpTiming, IsoTpTransferTiming, Measured

_CONTINUE, _WAIT = 0, 1  # flow status, 9.6.5.2
_FLOW_CONTROL, _CONSECUTIVE = "flow control", "consecutive frame"


@dataclass
class _Transfer:
    """An IsoTp frame on its way."""

    stream: Stream
    size: int
    began: CanMessage
    last: CanMessage  # from which the next time counts
    awaits: str = _FLOW_CONTROL
    block: int = 0  # consecutive frames since the last flow control
    block_end: CanMessage | None = None
    waits: int = 0
    stmin: float | None = None
    blocksize: int | None = None
    n_bs: list[Measured] = field(default_factory=list)
    n_cr: list[Measured] = field(default_factory=list)
    gaps: list[Measured] = field(default_factory=list)
    blocks: list[Measured] = field(default_factory=list)

    def flow_control(self, message: CanMessage, pdu: Any) -> None:
        """Take a flow control of the receiver into account."""
        if self.awaits == _FLOW_CONTROL:  # N_Bs counts anew after each 'wait'
            self.n_bs.append(_since(self.last, message))
        self.last = message
        if pdu.flow_status == _WAIT:
            self.waits += 1
        elif pdu.flow_status == _CONTINUE:
            self.end_block()
            self.stmin, self.blocksize, self.awaits = pdu.stmin_sec, pdu.blocksize, _CONSECUTIVE

    def consecutive(self, message: CanMessage) -> None:
        """Take a consecutive frame of the sender into account."""
        self.n_cr.append(_since(self.last, message))
        if self.block and self.last is self.block_end:
            self.gaps.append(self.n_cr[-1])
        self.block += 1
        self.block_end = self.last = message
        self.awaits = _FLOW_CONTROL if self.block == self.blocksize else _CONSECUTIVE

    def end_block(self) -> None:
        """Note that a block is over."""
        if self.block_end is not None:
            self.blocks.append(Measured(self.block, self.block_end))
        self.block, self.block_end = 0, None

    def ended(self, at: float, problem: str = "", *, waiting: bool = False) -> IsoTpTransferTiming:
        """Return its times."""
        self.end_block()
        return IsoTpTransferTiming(
            self.began.arbitration_id,
            self.began.is_extended_id,
            self.stream.from_partner,
            self.size,
            self.began.received_at,
            at,
            problem,
            self.waits,
            self.stmin,
            self.blocksize,
            tuple(self.n_bs),
            tuple(self.n_cr),
            tuple(self.gaps),
            tuple(self.blocks),
            self.awaits if waiting else "",
            Measured(at - self.last.received_at, self.last) if waiting else None,
        )


class TimingObserver(Observer):
    """Follows the messages of an address and measures."""

    def __init__(self, address: AnyIsoTpAddress) -> None:
        super().__init__([address])
        self._transfers: dict[bool, _Transfer] = {}  # under way, by whether the partner sends it
        self._ended: list[IsoTpTransferTiming] = []

    def parsed(self, stream: Stream, message: CanMessage, pdu: Any, kind: str) -> None:
        """Measure, before the message counts."""
        side = stream.from_partner
        if kind == "FC":
            self._flow_control(not side, message, pdu)
        elif kind == "CF":
            self._next(stream, message, pdu)
        else:
            if (before := self._transfers.pop(side, None)) is not None:
                self._ended.append(before.ended(message.received_at, "a new one began", waiting=True))
            if kind == "FF":
                self._transfers[side] = _Transfer(stream, pdu.length or 0, message, message)

    def _flow_control(self, side: bool, message: CanMessage, pdu: Any) -> None:
        transfer = self._transfers.get(side)
        if transfer is None:
            return
        transfer.flow_control(message, pdu)
        if pdu.flow_status not in (_CONTINUE, _WAIT):
            self._end(side, message, "flow control 'overflow'")

    def _next(self, stream: Stream, message: CanMessage, pdu: Any) -> None:
        side = stream.from_partner
        transfer = self._transfers.get(side)
        if transfer is None or transfer.stream is not stream:
            return
        transfer.consecutive(message)
        if pdu.seqnum != stream.next_number:
            self._end(side, message, f"CF {pdu.seqnum} came instead of CF {stream.next_number}")
        elif len(stream.data) + len(pdu.data) >= stream.size:
            self._end(side, message)

    def _end(self, side: bool, message: CanMessage, problem: str = "") -> None:
        self._ended.append(self._transfers.pop(side).ended(message.received_at, problem))

    def timing(self, until: float, side: bool | None) -> IsoTpTiming:
        """Return what was measured.

        Args:
            until: The monotonic time at which the observation ended: what is on its way then waited till then.
            side: True for what the partner sent, False for the other side, None for both.
        """
        open_yet = [
            transfer.ended(until, "it was on its way at the end", waiting=True)
            for transfer in self._transfers.values()
        ]
        every = sorted(self._ended + open_yet, key=lambda transfer: transfer.began_at)
        return IsoTpTiming(tuple(single for single in every if side is None or single.is_rx is side))


def _since(before: CanMessage, message: CanMessage) -> Measured:
    return Measured(message.received_at - before.received_at, message)

"""An IsoTp frame as a trace shows it."""

from __future__ import annotations

from dataclasses import dataclass

from CanLibrary.formatting import hex_text, id_text
from CanLibrary.types.can_id import CanId
from CanLibrary.types.payload import Payload

_SHOWN = 64  # bytes


# What a dataclass could do besides would cost each import of the library a millisecond.
@dataclass(eq=False)
class IsoTpFrame:
    """One payload that was seen on a bus, complete or not.

    ``data`` (bytes: what came of it), ``size`` (bytes that its first message promised), ``is_complete``,
    ``problem`` (why it is not), ``id``, ``is_rx`` (True: it came from the partner's side of the address),
    ``messages`` (how many carried it, without flow control), ``began_at`` and ``received_at`` (monotonic seconds
    of its first and last message). Prints as ``0x7E8  [20]  62 F1 90 …``.
    """

    arbitration_id: int
    is_extended_id: bool
    data: Payload
    size: int
    is_rx: bool
    messages: int
    began_at: float
    received_at: float
    problem: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether the whole payload came."""
        return not self.problem

    @property
    def id(self) -> CanId:
        """The identifier that it came with."""
        return CanId(self.arbitration_id, self.is_extended_id)

    def __len__(self) -> int:
        return len(self.data)

    def __bool__(self) -> bool:
        return True

    def __bytes__(self) -> bytes:
        return bytes(self.data)

    def __str__(self) -> str:
        told = f"  not complete, {self.problem}" if self.problem else ""
        identifier = id_text(self.arbitration_id, self.is_extended_id)
        return f"{identifier}  [{self.size}]  {hex_text(self.data, _SHOWN)}{told}"

"""Marks: positions in the trace of a bus."""

from __future__ import annotations

from dataclasses import dataclass, field

from CanLibrary.types.message import CanMessage


@dataclass(frozen=True)
class CanMark:
    """A position in the trace of a bus, made by ``Set Can Mark`` and given to other keywords as ``since``.

    A message that was received or sent is a mark as well, just after itself. The word ``opened`` stands for the
    beginning of the trace.
    """

    bus: str
    position: int
    at: float  # monotonic seconds
    trace: object = field(repr=False, compare=False)

    def __str__(self) -> str:
        return f"mark at message {self.position} of bus '{self.bus}'"


OPENED = CanMark("", -1, 0.0, None)  # the beginning of whatever trace it is used on


def can_mark(value: object) -> CanMark:
    """Return a mark, or refuse what is none."""
    if isinstance(value, CanMark):
        return value
    if isinstance(value, CanMessage) and value.trace is not None:
        return CanMark(value.trace.name, value.position + 1, value.received_at, value.trace)
    if isinstance(value, str) and value.strip().lower() == "opened":
        return OPENED
    raise ValueError(
        f"{value!r} is no mark; give what Set Can Mark returned, a message that was received or sent, or opened."
    )

"""Marks: positions in the trace of a bus."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CanMark:
    """A position in the trace of a bus, made by ``Set Can Mark`` and given to waits as ``since``."""

    bus: str
    position: int
    at: float  # monotonic seconds
    trace: object = field(repr=False, compare=False)

    def __str__(self) -> str:
        return f"mark at message {self.position} of bus '{self.bus}'"


def can_mark(value: object) -> CanMark:
    """Return a mark, or refuse what is none."""
    if isinstance(value, CanMark):
        return value
    raise ValueError("since takes a mark that Set Can Mark returned.")

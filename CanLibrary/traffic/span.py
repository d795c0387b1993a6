"""Parts of a trace."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """A part of a trace: from a position to before another, and the monotonic times of its ends."""

    start: int
    stop: int
    of: str  # where it begins, as a sentence goes on: " since the test began"
    gone: int  # how many of its messages the trace keeps no longer
    began: float  # of what is kept
    ended: float

"""What came of a replay."""

from __future__ import annotations

from dataclasses import dataclass

from CanLibrary.formatting import duration, plural

LATE = 0.05  # seconds: what is later than this is worth a warning


@dataclass
class ReplayResult:
    """How a recording was sent again, so far or to its end.

    ``source``, ``messages`` (sent), ``loops`` (how often it was sent to its end), ``duration`` (seconds from the first
    to the last message sent), ``planned`` (what that should have been), ``drift`` (how late the last one was, in
    seconds), ``worst_lateness`` (of any message, in seconds), ``error_frames`` (of the recording; they cannot be sent),
    ``left_out`` (messages that filters, direction or channels left out) and ``is_complete``.
    """

    source: str
    messages: int
    loops: int
    duration: float
    planned: float
    drift: float
    worst_lateness: float
    error_frames: int
    left_out: int
    is_complete: bool

    @property
    def lateness(self) -> str:
        """What to warn about: messages that were sent much too late; empty where all were in time."""
        if max(self.drift, self.worst_lateness) <= LATE:
            return ""
        return (
            f"The replay of '{self.source}' was late: its last message by {_rounded(self.drift)}, another by "
            f"{_rounded(self.worst_lateness)}. This computer, or the driver, was too busy for its timing."
        )

    def __str__(self) -> str:
        over = "Replayed" if self.is_complete else "Replayed a part of"
        again = f", {self.loops} times" if self.loops > 1 else ""
        parts = [
            f"{over} '{self.source}'{again}: {plural(self.messages, 'message')} in {_rounded(self.duration)}, the last "
            f"one {_rounded(self.drift)} late, at worst {_rounded(self.worst_lateness)}."
        ]
        if self.error_frames or self.left_out:
            left_out = [f"{plural(self.error_frames, 'error frame')} (cannot be sent)"] * bool(
                self.error_frames
            )
            left_out += [f"{plural(self.left_out, 'message')} (not asked for)"] * bool(self.left_out)
            parts.append(f"Left out: {', '.join(left_out)}.")
        return " ".join(parts)


def _rounded(seconds: float) -> str:
    return duration(round(seconds, 4 if seconds < 1 else 3))

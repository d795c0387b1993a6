"""How regular a periodic message was."""

from __future__ import annotations

from dataclasses import dataclass

from CanLibrary.formatting import duration, plural


@dataclass
class PeriodicStatistics:
    """How often and how regularly a periodic message was sent; times in seconds.

    ``period`` (asked for), ``count`` (sent), ``misses`` (cycles left out because the computer was late by more than two
    periods), ``failed`` (sends that the driver refused), ``running``; of the gaps from one message to the next, since
    the period was last changed: ``gaps`` (how many), ``mean``, ``p99`` (99 of 100 are not longer), ``shortest`` and
    ``longest``; and of the differences to the period, without sign: ``mean_error``, ``p99_error`` and ``worst_error``.
    Those are None where there is no gap yet.
    """

    handle: str
    bus: str
    period: float
    count: int
    misses: int
    failed: int
    running: bool
    gaps: int = 0
    mean: float | None = None
    p99: float | None = None
    shortest: float | None = None
    longest: float | None = None
    mean_error: float | None = None
    p99_error: float | None = None
    worst_error: float | None = None

    def __str__(self) -> str:
        lines = [
            f"Periodic message '{self.handle}' on bus '{self.bus}', every {duration(round(self.period, 6))}: "
            f"{self.count} sent, {plural(self.misses, 'cycle')} left out, {plural(self.failed, 'send')} failed"
            f"{'' if self.running else ', ended'}."
        ]
        if self.gaps:
            lines += [
                f"Gaps: mean {_text(self.mean)}, p99 {_text(self.p99)}, shortest {_text(self.shortest)}, "
                f"longest {_text(self.longest)}.",
                f"Off the period: mean {_text(self.mean_error)}, p99 {_text(self.p99_error)}, "
                f"worst {_text(self.worst_error)}.",
            ]
        else:
            lines.append("No gap was measured yet: that takes two messages.")
        return "\n".join(lines)


def _text(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:.3f} ms"

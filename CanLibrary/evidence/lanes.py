"""Who sent when: the messages of an excerpt by identifier, their rhythm, and where they fell silent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from CanLibrary.evidence.excerpt import Excerpt
from CanLibrary.formatting import id_text

_FEWEST = 8  # gaps from which a rhythm can be told
_REGULAR = 0.7  # of the gaps have to be like the usual one
_LASTS = 0.05  # seconds; what is shorter, or came closer together, is a burst
_CLOSEST = 0.0005  # seconds from one to the next
_SILENT = 5  # times the usual gap: much longer than the jitter of a busy computer
_SHORTEST = 0.01  # seconds of a silence
_MARKED = 20  # silences of one lane, the longest


@dataclass
class Lane:
    """All messages of one identifier; or all error frames."""

    label: str
    order: tuple[bool, int, bool]  # error frames come last
    received: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    isotp: bool = False
    period: float = 0.0  # the usual gap in seconds; 0 where there is none
    silences: list[tuple[float, float]] = field(default_factory=list)
    stopped: float = 0.0  # for how many seconds it was silent at the end, if that is unusual

    @property
    def count(self) -> int:
        """How many messages it has."""
        return len(self.received) + len(self.sent)

    @property
    def error(self) -> bool:
        """Whether these are error frames."""
        return self.order[0]

    def find_rhythm(self, end: float) -> None:
        """Find the usual gap, and what is much longer, the end included; what came after the end does not count."""
        times = sorted(moment for moment in (*self.received, *self.sent) if moment <= end)
        gaps = [later - earlier for earlier, later in pairwise(times)]
        if len(gaps) < _FEWEST or times[-1] - times[0] < _LASTS:
            return
        usual = median(gaps)
        alike = sum(usual / 2 <= gap <= usual * 1.5 for gap in gaps)
        if usual < _CLOSEST or alike < _REGULAR * len(gaps):
            return
        self.period = usual
        pairs = pairwise([*times, end])
        silences = [pair for pair in pairs if _length(pair) > max(_SILENT * usual, _SHORTEST)]
        self.silences = sorted(sorted(silences, key=_length)[-_MARKED:])
        if silences and silences[-1][0] == times[-1]:
            self.stopped = _length(silences[-1])


def _length(silence: tuple[float, float]) -> float:
    return silence[1] - silence[0]


def lanes_of(excerpt: Excerpt) -> list[Lane]:
    """Return the lanes of an excerpt in the order of their identifiers."""
    found: dict[tuple[bool, int, bool], Lane] = {}
    for message, note in zip(excerpt.messages, _padded(excerpt), strict=True):
        value, extended, error = message.arbitration_id, message.is_extended_id, message.is_error_frame
        order = (True, 0, False) if error else (False, value, extended)
        lane = found.get(order)
        if lane is None:
            lane = found[order] = Lane("error frames" if error else id_text(value, extended), order)
        (lane.received if message.is_rx else lane.sent).append(message.received_at)
        lane.isotp = lane.isotp or bool(note)
    end = excerpt.ended if excerpt.failed_at is None else min(excerpt.failed_at, excerpt.ended)
    for lane in found.values():
        if not lane.error and not lane.isotp:  # a transfer is no rhythm, though its frames come like one
            lane.find_rhythm(end)
    return sorted(found.values(), key=lambda lane: lane.order)


def _padded(excerpt: Excerpt) -> Iterable[str]:
    return excerpt.notes or [""] * len(excerpt.messages)


def most_telling(lanes: Sequence[Lane], count: int) -> list[Lane]:
    """Return the lanes that say most about a failure, in the order in which they came.

    Error frames, what stopped, what fell silent, ISO-TP and what was sent go before what merely came often.
    """
    ranked = sorted(
        lanes,
        key=lambda lane: (
            lane.error,
            lane.stopped > 0,
            bool(lane.silences),
            lane.isotp,
            bool(lane.sent),
            lane.count,
        ),
        reverse=True,
    )
    chosen = {lane.order for lane in ranked[:count]}
    return [lane for lane in lanes if lane.order in chosen]

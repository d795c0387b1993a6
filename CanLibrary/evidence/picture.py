"""The picture of an excerpt: a lane for each identifier, a tick for each message, gaps and the moment of failure.

It is plain SVG inside of log.html, without scripts and without anything from elsewhere. Its colours are those of the
style (`style.py`), so that it follows log.html from light to dark.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from CanLibrary.evidence.excerpt import Excerpt
from CanLibrary.evidence.lanes import Lane, most_telling
from CanLibrary.formatting import duration, plural

MOST_LANES = 30
_WIDTH = 1000
_LEFT, _RIGHT = 158, 986  # of what is drawn; the labels stand before it
_TOP, _AXIS = 20, 22  # heights above and below the lanes
_TALL, _SMALL = 26, 18  # heights of a lane; small where there are many
_TICK = 2  # width
_LABEL_FITS = 66  # width from which a silence says how long it was
_STEPS = (1, 2, 5)
_GRID = 8  # lines at most
_NO_TIME = 1e-3  # seconds shown where everything happened at once
_AIR = 0.02  # of the time, before and after


class _Axis:
    """From monotonic time to the place in the picture."""

    def __init__(self, excerpt: Excerpt) -> None:
        first = excerpt.messages[0].received_at
        begin = first if excerpt.left_out or excerpt.gone else min(excerpt.began, first)
        end = max(excerpt.ended, excerpt.messages[-1].received_at, excerpt.failed_at or begin)
        end = max(end, begin + _NO_TIME)
        air = (end - begin) * _AIR
        self._zero = excerpt.began
        self._begin, self._end = begin - air, end + air
        self._scale = (_RIGHT - _LEFT) / (self._end - self._begin)

    def at(self, moment: float) -> int:
        return round(_LEFT + (moment - self._begin) * self._scale)

    def grid(self) -> Iterator[tuple[int, str]]:
        """Yield the places of round times and what stands there."""
        rough = (self._end - self._begin) / _GRID
        power = 10.0 ** math.floor(math.log10(rough))
        step = next((size * power for size in _STEPS if size * power >= rough * (1 - 1e-9)), 10 * power)
        unit, size = ("ms", 1e-3) if step < 0.1 else ("s", 1.0)
        digits = max(0, math.ceil(-math.log10(step / size) - 1e-9))
        number = math.ceil((self._begin - self._zero) / step)
        while (moment := self._zero + number * step) <= self._end:
            yield self.at(moment), f"{number * step / size:.{digits}f} {unit}"
            number += 1


def picture(excerpt: Excerpt, lanes: Sequence[Lane]) -> str:
    """Return the picture as SVG, with a sentence about what it leaves out; nothing where there is no message."""
    if not excerpt.messages:
        return ""
    shown = most_telling(lanes, MOST_LANES)
    axis = _Axis(excerpt)
    high = _TALL if len(shown) <= 12 else _SMALL
    bottom = _TOP + high * len(shown)
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {bottom + _AXIS}" role="img" '
        f'aria-label="{escape(_spoken(excerpt, lanes))}">',
        *_grid(axis, bottom),
        *(part for row, lane in enumerate(shown) for part in _lane(lane, axis, _TOP + high * row, high)),
        *_failure(excerpt, axis, bottom),
        _legend(),
        "</svg>",
    ]
    return "".join(parts) + _rest(lanes, shown)


def silence_sentence(lanes: Sequence[Lane], failed: bool) -> str:
    """Return which periodic messages stopped, as a sentence; nothing where none did."""
    stopped = sorted((lane for lane in lanes if lane.stopped), key=lambda lane: -lane.stopped)
    end = "before the failure" if failed else "before the end"
    said = [
        f"{lane.label} came every {_time(lane.period)} and stopped {_time(lane.stopped)} {end}"
        for lane in stopped[:5]
    ]
    if len(stopped) > 5:
        said.append(f"{len(stopped) - 5} more stopped as well")
    return "; ".join(said) + "." if said else ""


def _time(seconds: float) -> str:
    """Return a time as precise as it is worth: three digits."""
    return duration(float(f"{seconds:.3g}"))


def _spoken(excerpt: Excerpt, lanes: Sequence[Lane]) -> str:
    return (
        f"{plural(len(excerpt.messages), 'message')} of {plural(len(lanes), 'identifier')} on {excerpt.of_what} over "
        "time"
    )


def _grid(axis: _Axis, bottom: int) -> Iterator[str]:
    places = list(axis.grid())
    lines = "".join(f"M{x} {_TOP}V{bottom + 4}" for x, _ in places)
    yield f'<path class=g d="{lines}"/>'
    for x, text in places:
        yield f"<text class=a x={min(x, _RIGHT)} y={bottom + 17}>{text}</text>"


def _lane(lane: Lane, axis: _Axis, top: int, high: int) -> Iterator[str]:
    middle, tick = top + high / 2, high / 2 - 3
    yield f"<g><title>{escape(_about(lane))}</title>"
    yield f'<path class=b d="M{_LEFT} {middle:g}H{_RIGHT}"/>'
    for begin, end in lane.silences:
        yield from _silence(axis.at(begin) + _TICK, axis.at(end), top, high, end - begin)
    kind = "e" if lane.error else "r"
    for name, times, y in (
        (kind, lane.received, middle - tick / 2),
        ("t", lane.sent, middle + tick / 2),
    ):
        if times:
            yield f'<path class={name} stroke-width={tick:g} d="{ticks(map(axis.at, times), y)}"/>'
    yield (
        f"<text class=l x=2 y={middle + 4:g}>{escape(lane.label)}</text>"
        f"<text class=c x={_LEFT - 8} y={middle + 4:g}>×{lane.count}</text></g>"
    )


def ticks(places: Iterable[int], y: float) -> str:
    """Return a path of horizontal strokes, each as long as a tick is wide; those that touch become one."""
    strokes: list[list[int]] = []
    for place in places:
        if strokes and place <= strokes[-1][1]:
            strokes[-1][1] = max(strokes[-1][1], place + _TICK)
        else:
            strokes.append([place, place + _TICK])
    path: list[str] = []
    here = 0
    for begin, end in strokes:
        path.append(f"m{begin - here} 0h{end - begin}" if path else f"M{begin} {y:g}h{end - begin}")
        here = end
    return "".join(path)


def _silence(begin: int, end: int, top: int, high: int, seconds: float) -> Iterator[str]:
    width = max(end - begin, 3)
    yield f"<rect class=s x={begin} y={top + 2} width={width} height={high - 4} />"
    if width >= _LABEL_FITS:
        y = top + high / 2 + 4
        yield f"<text class=q x={begin + width / 2:g} y={y:g}>{_short(seconds)} silent</text>"


def _short(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def _about(lane: Lane) -> str:
    parts = [f"{lane.label}: {plural(len(lane.received), 'message')} received, {len(lane.sent)} sent"]
    if lane.period:
        parts.append(f"usually one every {_time(lane.period)}")
    if lane.stopped:
        parts.append(f"none in the last {_time(lane.stopped)}")
    return "; ".join(parts)


def _failure(excerpt: Excerpt, axis: _Axis, bottom: int) -> Iterator[str]:
    if excerpt.failed_at is None:
        return
    x = axis.at(excerpt.failed_at)
    side = "end" if x > _WIDTH / 2 else "start"
    yield f'<path class=f d="M{x} 6V{bottom + 4}"/>'
    yield (
        f"<text class=x text-anchor={side} x={x + (-5 if side == 'end' else 5)} y=14>"
        f"failed at {excerpt.failed_at - excerpt.began:.3f} s</text>"
    )


def _legend() -> str:
    return (
        f'<path class=r stroke-width=7 d="M{_LEFT} 9.5h2m3 0h2m3 0h2"/><text class=n x={_LEFT + 18} y=14>'
        f'received, above the line</text><path class=t stroke-width=7 d="M{_LEFT + 178} 9.5h2m3 0h2m3 0h2"/>'
        f"<text class=n x={_LEFT + 196} y=14>sent, below it</text>"
    )


def _rest(lanes: Sequence[Lane], shown: Sequence[Lane]) -> str:
    left = len(lanes) - len(shown)
    if not left:
        return ""
    count = sum(lane.count for lane in lanes) - sum(lane.count for lane in shown)
    return (
        f"<p>{plural(left, 'more identifier')} with {plural(count, 'message')} "
        f"{'is' if left == 1 else 'are'} in the table only.</p>"
    )

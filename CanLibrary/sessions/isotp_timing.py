"""How fast the sides of an ISO-TP address were, and the verdict about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from CanLibrary.errors import CanLibraryError
from CanLibrary.formatting import duration, plural
from CanLibrary.traffic import history
from CanLibrary.traffic.bus_traffic import BusTraffic
from CanLibrary.traffic.span import Span
from CanLibrary.types import AnyIsoTpAddress, Direction, IsoTpTiming, IsoTpTransferTiming, Measured

Transfers = list[IsoTpTransferTiming]
_ROUNDING = 1e-6  # seconds: what a difference of two times may be off


@dataclass(frozen=True)
class TimingLimits:
    """What is judged; None is not."""

    n_bs: float | None = None  # seconds, at most
    n_cr: float | None = None  # seconds, at most
    stmin: float | None = None  # seconds, at least
    blocksize: int | None = None  # at most


def measure(
    traffic: BusTraffic, address: AnyIsoTpAddress, span: Span, direction: Direction = Direction.ANY
) -> IsoTpTiming:
    """Return the times of the IsoTp frames of an address in a part of the trace."""
    from CanLibrary.transport.timing import TimingObserver

    observer = TimingObserver(address)
    for message in history.of_keys(traffic, observer.keys, span):
        observer.note(message)
    return observer.timing(span.ended, None if direction is Direction.ANY else direction is Direction.RX)


def judge(
    traffic: BusTraffic,
    address: AnyIsoTpAddress,
    span: Span,
    direction: Direction | None,
    limits: TimingLimits,
) -> None:
    """Fail where a limit was passed.

    Args:
        traffic: What passed on the bus.
        address: Whose messages are judged.
        span: The part of the trace.
        direction: Whose IsoTp frames; None: of each figure the part that is the partner's.
        limits: What is judged.
    """
    every = measure(traffic, address, span).transfers
    received = _of(every, direction or Direction.RX)  # its sender is answerable for gaps and blocks,
    sent = _of(every, direction or Direction.TX)  # its receiver for flow controls
    told = [
        *_too_long("N_Bs", "flow control", limits.n_bs, sent, lambda each: each.n_bs_measured, span),
        *_too_long("N_Cr", "consecutive frame", limits.n_cr, received, lambda each: each.n_cr_measured, span),
        *_too_short(limits.stmin, received, span),
        *_too_many(limits.blocksize, received, span),
    ]
    if told:
        raise AssertionError(f"On bus '{traffic.name}'{span.of}: {' '.join(told)}")


def _of(transfers: Iterable[IsoTpTransferTiming], direction: Direction) -> Transfers:
    received = direction is Direction.RX
    return [each for each in transfers if direction is Direction.ANY or each.is_rx is received]


def _too_long(
    name: str,
    what: str,
    limit: float | None,
    transfers: Transfers,
    measured: Callable[[IsoTpTransferTiming], tuple[Measured, ...]],
    span: Span,
) -> list[str]:
    if limit is None:
        return []
    times = [single for each in transfers for single in measured(each)]
    for each in transfers:
        if each.waited_for == what and each.waited is not None and each.waited.value > limit:
            return [
                f"{name} should be at most {duration(limit)}, but no {what} came within "
                f"{_shown(each.waited.value)} of {_where(each.waited, span)}."
            ]
    _check_measured(name, times, span)
    wrong = [single for single in times if single.value > limit + _ROUNDING]
    if not wrong:
        return []
    worst = max(wrong, key=lambda single: single.value)
    return [
        f"{name} should be at most {duration(limit)}, but was {_shown(worst.value)} at {_where(worst, span)}"
        f"{_count(wrong, times)}."
    ]


def _too_short(limit: float | None, transfers: Transfers, span: Span) -> list[str]:
    if limit is None:
        return []
    gaps = [single for each in transfers for single in each.gaps_measured]
    _check_measured("stmin", gaps, span)
    wrong = [single for single in gaps if single.value < limit - _ROUNDING]
    if not wrong:
        return []
    worst = min(wrong, key=lambda single: single.value)
    return [
        f"The gap between consecutive frames should be at least {duration(limit)}, but was {_shown(worst.value)} "
        f"before {_where(worst, span)}{_count(wrong, gaps)}."
    ]


def _too_many(limit: int | None, transfers: Transfers, span: Span) -> list[str]:
    if limit is None:
        return []
    blocks = [single for each in transfers for single in each.blocks_measured]
    _check_measured("blocksize", blocks, span)
    wrong = [single for single in blocks if single.value > limit]
    if not wrong:
        return []
    worst = max(wrong, key=lambda single: single.value)
    return [
        f"A block should have at most {plural(limit, 'consecutive frame')}, but had {int(worst.value)} at "
        f"{_where(worst, span)}{_count(wrong, blocks)}."
    ]


def _check_measured(name: str, measured: list[Measured], span: Span) -> None:
    if not measured:
        raise CanLibraryError(
            f"There is no verdict about {name}: nothing of it could be measured{span.of}, because no IsoTp frame of "
            "several messages passed that shows it. Look with Get IsoTp Timing; direction= and since= say what counts."
        )


def _where(measured: Measured, span: Span) -> str:
    moment = max(measured.message.received_at - span.began, 0.0)
    return f"{measured.message} (after {_shown(moment)})"


def _shown(seconds: float) -> str:
    return duration(round(seconds, 6))


def _count(wrong: list[Measured], every: list[Measured]) -> str:
    return f"; {len(wrong)} of {len(every)} were wrong" if len(wrong) > 1 else ""

"""Many periodic messages on a virtual bus: the scheduler beside python-can's `send_periodic`, in the same process.

python benchmarks/periodic.py                   5 seconds for each measurement, half a minute
python benchmarks/periodic.py --seconds 30      as long as what is promised speaks of
python benchmarks/periodic.py --all             smaller loads as well

What else runs on the machine makes both late: a run in which others took much of it says little. Gaps are taken where a
foreign node on the same channel receives: its queue notes the time at which the message was put into it. The first
second of each measurement does not count.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

# What is measured is the checkout that this file belongs to.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import can
from measure import machine, say

from CanLibrary.config import bus_description
from CanLibrary.sessions.bus_session import BusSession
from CanLibrary.sessions.interfaces import open_bus
from CanLibrary.sessions.periodic import PeriodicMessages
from CanLibrary.sessions.registry import Owner
from CanLibrary.types import build_message

JUDGED = "100 at 10 ms and 200 at 20 ms"
LOADS = {
    JUDGED: [(100, 0.01), (200, 0.02)],
    "100 at 10 ms": [(100, 0.01)],
    "200 at 20 ms": [(200, 0.02)],
}
_WARM_UP = 1.0  # seconds
_DATA = bytes(range(8))


class Noting:
    """Takes the place of a node's queue, and notes when each message came instead of keeping it."""

    def __init__(self, count: int) -> None:
        self.times = [array("d") for _ in range(count)]

    def put(self, message: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: ARG002
        self.times[message.arbitration_id].append(time.monotonic())


@dataclass
class Result:
    """What one measurement brought."""

    count: float  # messages, as part of the ideal
    mean: float  # of the gap error, seconds
    p99: float
    worst: float
    cpu: float  # seconds of the process for each second


@contextmanager
def _python_can(channel: str, periods: list[float]) -> Iterator[None]:
    bus = can.Bus(interface="virtual", channel=channel, ignore_config=True)
    tasks = [
        bus.send_periodic(can.Message(arbitration_id=number, data=_DATA, is_extended_id=False), period)
        for number, period in enumerate(periods)
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.stop()
        for task in tasks:
            task.thread.join()  # type: ignore[attr-defined]
        bus.shutdown()


@contextmanager
def _ours(channel: str, periods: list[float]) -> Iterator[None]:
    description = bus_description("bench", {"interface": "virtual", "channel": channel})
    session = BusSession(description, open_bus(description)[0], Owner())
    periodic = PeriodicMessages()
    for number, period in enumerate(periods):
        periodic.start(session, build_message(number, _DATA), period, None, None)
    try:
        yield
        session.check()
    finally:
        session.close()


def measure(
    sender: Callable[[str, list[float]], Any], load: list[tuple[int, float]], seconds: float
) -> Result:
    """Return how regularly the messages came that a sender sends for some seconds."""
    periods = [period for count, period in load for _ in range(count)]
    channel = f"bench-{time.monotonic_ns()}"
    node = can.Bus(interface="virtual", channel=channel, ignore_config=True)
    noting = Noting(len(periods))
    node.channel[node.channel.index(node.queue)] = noting
    node.queue = noting  # type: ignore[assignment]
    gc.collect()
    try:
        with sender(channel, periods):
            time.sleep(_WARM_UP)
            began, cpu = time.monotonic(), time.process_time()
            time.sleep(seconds)
            ended, cpu = time.monotonic(), time.process_time() - cpu
    finally:
        node.shutdown()
    count, errors = 0, array("d")
    for period, times in zip(periods, noting.times, strict=True):
        inside = [at for at in times if began <= at < ended]
        count += len(inside)
        errors.extend(abs(later - earlier - period) for earlier, later in pairwise(inside))
    ordered = sorted(errors)
    return Result(
        count / sum((ended - began) / period for period in periods),
        statistics.fmean(ordered),
        ordered[int(len(ordered) * 0.99)],
        ordered[-1],
        cpu / (ended - began),
    )


def _busy() -> float:
    """Return how many seconds all CPUs of the machine have been busy, or taken away from it; 0 where nobody says."""
    try:
        user, nice, system, _idle, _waiting, *rest = map(
            int, Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]
        )
    except OSError:
        return 0.0
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")


def _line(what: str, results: list[Result]) -> str:
    def middle(of: Callable[[Result], float]) -> float:
        return statistics.median(of(result) for result in results)

    return (
        f"{what:<12} count {middle(lambda each: each.count) * 100:8.3f} %   gap error: "
        f"mean {middle(lambda each: each.mean) * 1000:7.3f} ms, p99 {middle(lambda each: each.p99) * 1000:7.3f} ms, "
        f"worst {middle(lambda each: each.worst) * 1000:7.3f} ms   CPU {middle(lambda each: each.cpu) * 100:5.1f} %"
    )


def main() -> int:
    """Measure in turns and print the medians; return 1 where what is promised is not met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=5.0, help="seconds of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--all", action="store_true", help="smaller loads as well, which are not judged")
    arguments = parser.parse_args()
    missed = False
    for name, load in LOADS.items():
        if name != JUDGED and not arguments.all:
            continue
        busy, began, own = _busy(), time.monotonic(), time.process_time()
        ours: list[Result] = []
        theirs: list[Result] = []
        for number in range(arguments.rounds):
            say(f"{name}: round {number + 1} of {arguments.rounds}")
            theirs.append(measure(_python_can, load, arguments.seconds))
            ours.append(measure(_ours, load, arguments.seconds))
        ratio = statistics.median(our.p99 / their.p99 for our, their in zip(ours, theirs, strict=True))
        less = statistics.median(our.cpu / their.cpu for our, their in zip(ours, theirs, strict=True))
        off = statistics.median(abs(our.count - 1) for our in ours)
        print(f"{name}, medians of {arguments.rounds} rounds of {arguments.seconds:g} s")
        print(_line("  python-can", theirs))
        print(_line("  CanLibrary", ours))
        print(
            f"  p99 {ratio:.3f} × (limit 0.2), CPU {less:.2f} × (limit 1), count off by {off:.4%} (limit 0.1 %)"
        )
        others = _busy() - busy - (time.process_time() - own)
        if busy:
            print(f"  Others took {others / (time.monotonic() - began):.2f} CPUs meanwhile.")
        missed |= name == JUDGED and (ratio > 0.2 or less >= 1 or off > 0.001)
    print(machine())
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())

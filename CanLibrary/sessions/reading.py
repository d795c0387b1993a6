"""What a test asks about the traffic of an open bus: each question first waits for what has arrived already."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from CanLibrary.errors import BusError, ConfigurationError, joined
from CanLibrary.traffic import waits
from CanLibrary.traffic.bus_traffic import BusTraffic
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.waits import Window
from CanLibrary.types import OPENED, CanMark, CanMessage

_ROUNDING = 1e-6  # seconds: what lies at the very end of a recording is in its window


@dataclass(frozen=True)
class Span:
    """A part of a trace: from a position to before another."""

    start: int
    stop: int
    of: str  # where it begins, as a sentence goes on: " since the test began"
    gone: int = 0  # how many of its messages the trace keeps no longer
    began: float = 0.0  # monotonic times of both ends: silence there is time as well
    ended: float = 0.0


class Reading:
    """Receives from the mailbox of a bus and judges its traffic."""

    def __init__(
        self,
        traffic: BusTraffic,
        catch_up: Callable[[], bool],
        take_lost: Callable[[], list[Exception]] = list,
    ) -> None:
        self._traffic = traffic
        self._catch_up = catch_up
        self._take_lost = take_lost  # what the driver dropped: "none arrived" cannot be said then
        self._test_began: CanMark | None = None

    def receive(self, wanted: Matcher, limit: float, count: int = 1) -> list[CanMessage]:
        """Return the oldest unread matches, all or none, and wait for them as long as the limit says."""
        if not limit:  # what is there now, also if the receiver has not looked yet
            self._catch_up()
        with self._losses_told():
            return waits.receive(self._traffic, wanted, limit, count)

    def clear(self) -> int:
        """Drop all unread messages and return how many there were, with those that had to go before."""
        self._catch_up()
        with self._traffic.changed:
            return self._traffic.mailbox.take_lost() + self._traffic.mailbox.clear()

    def mark(self) -> CanMark:
        """Return a mark at the end of what has arrived.

        Raises:
            BusError: That end is not reached: what is old and what is new cannot be told apart.
        """
        if not self._catch_up():
            raise BusError(
                f"On bus '{self._traffic.name}' messages come faster than they can be read: what is old and what is "
                "new cannot be told apart. Receive less with Set Can Filters."
            )
        with self._traffic.changed:
            return self._mark_here()

    def begin_test(self) -> None:
        """Note that a test begins: what it asks of the past begins here."""
        with self._traffic.changed:
            self._test_began = self._mark_here()

    def end_test(self) -> None:
        """Note that no test runs any more."""
        self._test_began = None

    def _mark_here(self) -> CanMark:
        return CanMark(self._traffic.name, self._traffic.trace.end, time.monotonic(), self._traffic.trace)

    def span(self, since: CanMark | None = None, until: CanMark | None = None) -> Span:
        """Return the part of the trace between two marks, with all that has arrived.

        Args:
            since: Where it begins; where the running test began if None, or the whole trace.
            until: Where it ends; now if None.

        Raises:
            ConfigurationError: A mark is of another bus, or its messages are gone, or they stand the wrong way round.
        """
        self._catch_up()
        with self._traffic.changed:
            return self._span(since, until)

    def _span(self, since: CanMark | None, until: CanMark | None) -> Span:
        trace, began = self._traffic.trace, since or self._test_began
        first, last = self._times()
        if began is None or began is OPENED:
            start, of = 0, " since the bus was opened"
        else:
            if since:
                self._check_mark(began)
            start, first = began.position, began.at
            of = f" since the {began}" if since else " since the test began"
        if until is None or until is OPENED:
            stop = trace.end
        else:
            self._check_mark(until)
            stop, last = until.position, until.at
        if self._traffic.complete and start == 0:
            of = " in the recording"
        if stop < start:
            raise ConfigurationError(f"until={until} lies before since={since}: nothing can be between them.")
        if gone := max(trace.first - start, 0):
            first = trace.received_at(trace.first)
        return Span(start, stop, of, gone, first, max(first, last))

    def _times(self) -> tuple[float, float]:
        """Return the monotonic times at which the traffic began and ends."""
        trace = self._traffic.trace
        if not self._traffic.complete:
            return self._traffic.opened_at, time.monotonic()
        if trace.first == trace.end:
            return 0.0, 0.0
        return trace.received_at(trace.first), trace.received_at(trace.end - 1)

    def check_nothing_lost(self, question: str) -> None:
        """Refuse a verdict where the driver dropped messages meanwhile.

        Args:
            question: What cannot be said then, as the beginning of a sentence.
        """
        if lost := self._take_lost():
            raise BusError(f"{question} cannot be said. {joined(lost)}")

    def _check_mark(self, mark: CanMark) -> None:
        trace = self._traffic.trace
        if mark.trace is not trace:
            raise ConfigurationError(
                f"The {mark} is of another bus than '{self._traffic.name}', or of the time before it was opened again."
            )
        if mark.position < trace.first:
            raise ConfigurationError(f"The {mark} is too old: the trace keeps {trace.capacity} messages.")

    def window(self, mark: CanMark | None, within: float | None, default: float) -> Window:
        """Return what a wait judges.

        Args:
            mark: Where it begins; now if None.
            within: Seconds from there.
            default: Seconds that the wait goes on from now, where within is None.

        Raises:
            ConfigurationError: The mark is of another bus, or its messages are gone.
        """
        if self._traffic.complete:
            return self._recorded_window(mark, within)
        if mark is None:
            return _window(self.mark(), default if within is None else within, "")
        asked = time.monotonic()
        self._catch_up()  # part of the window is over: what arrived in it must be recorded
        if mark is OPENED:
            mark = CanMark(self._traffic.name, 0, self._traffic.opened_at, self._traffic.trace)
        self._check_mark(mark)
        passed = time.monotonic() - mark.at
        limit = passed + default if within is None else within
        return _window(mark, limit, " of the mark", still_open=asked < mark.at + limit)

    def _recorded_window(self, mark: CanMark | None, within: float | None) -> Window:
        """Return the window of a wait in a recording: without a mark from its beginning, without a time to its end."""
        trace = self._traffic.trace
        if mark is None or mark is OPENED:
            first = trace.received_at(0) if trace.end else 0.0
            mark, of = CanMark(self._traffic.name, 0, first, trace), " of the recording's beginning"
        else:
            self._check_mark(mark)
            of = " of the mark"
        if within is None:
            last = trace.received_at(trace.end - 1) if trace.end else 0.0
            within = max(last - mark.at, 0.0) + _ROUNDING
        return _window(mark, within, of, still_open=False)

    def wait_for(self, wanted: Matcher, window: Window, *, hand_out: bool = False) -> CanMessage:
        """Return the first match in the window, or fail."""
        with self._losses_told():
            return waits.wait_for(self._traffic, wanted, window, hand_out=hand_out)

    def should_not_arrive(self, wanted: Matcher, window: Window) -> None:
        """Wait for the window's end and fail if a match arrived in it."""
        if not window.within:
            raise ConfigurationError(
                "within=0 is not possible: nothing could arrive in no time; give a longer one."
            )
        waits.should_not_arrive(self._traffic, wanted, window)
        self.check_nothing_lost(f"Whether a {wanted} arrived {window}")

    @contextmanager
    def _losses_told(self) -> Iterator[None]:
        """Let a failure be none of the system under test where messages were lost meanwhile."""
        try:
            yield
        except AssertionError as failure:
            if lost := self._take_lost():
                raise BusError(f"{failure} {joined(lost)}") from failure
            raise


def _window(mark: CanMark, within: float, of: str, *, still_open: bool = True) -> Window:
    return Window(mark.position, mark.at, within, of, still_open)

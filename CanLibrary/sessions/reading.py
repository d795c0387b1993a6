"""What a test asks about the traffic of an open bus: each question first waits for what has arrived already."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from CanLibrary.errors import BusError, ConfigurationError, joined
from CanLibrary.formatting import duration
from CanLibrary.sessions import isotp_timing
from CanLibrary.sessions.isotp_timing import TimingLimits
from CanLibrary.traffic import history, waits
from CanLibrary.traffic.bus_traffic import BusTraffic
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.several import wait_for_several
from CanLibrary.traffic.span import Span
from CanLibrary.traffic.window import Window, check_filters
from CanLibrary.types import (
    OPENED,
    AnyIsoTpAddress,
    CanMark,
    CanMessage,
    Direction,
    Expect,
    IsoTpFrame,
    IsoTpTiming,
    Pattern,
    can_mark,
)

_ROUNDING = 1e-6  # seconds: what lies at the very end of a recording is in its window


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
            return self._ends()[1]

    def mark_at(self, seconds: float) -> CanMark:
        """Refuse: only a recording knows all its times already."""
        raise ConfigurationError(
            f"at={duration(seconds)} is for a recording of Open Can Trace; bus '{self._traffic.name}' is open, and its "
            "mark stands here and now: leave at= out."
        )

    def begin_test(self) -> None:
        """Note that a test begins: what it asks of the past begins here."""
        with self._traffic.changed:
            self._test_began = self._ends()[1]

    def end_test(self) -> None:
        """Note that no test runs any more."""
        self._test_began = None

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
        begin, end = self._ends()
        if since is OPENED or (since is None and self._test_began is None):
            of = " in the recording" if self._traffic.complete else " since the bus was opened"
        elif since is not None:
            self._check_mark(since)
            begin, of = since, f" since the {since}"
        else:
            begin, of = self._test_began or begin, " since the test began"
        if until is not None:
            if until is OPENED:
                raise ConfigurationError(
                    "until=opened is not possible: nothing is before the beginning of a trace."
                )
            self._check_mark(until)
            end, of = until, f"{of} until the {until}"
        before = end.position == begin.position and end.at < begin.at
        if end.position < begin.position or before:
            raise ConfigurationError(
                f"The {end} given as until= lies before the {begin}: nothing is between them."
            )
        began, gone = begin.at, max(min(self._traffic.trace.first, end.position) - begin.position, 0)
        if gone and end.position > self._traffic.trace.first:
            began = self._traffic.trace.received_at(self._traffic.trace.first)
        return Span(begin.position, end.position, of, gone, began, max(began, end.at))

    def _ends(self) -> tuple[CanMark, CanMark]:
        """Return marks at the beginning and at the end of the trace, with the lock held."""
        trace = self._traffic.trace
        began, ended = self._traffic.opened_at, time.monotonic()
        if self._traffic.complete:
            began, ended = (
                (trace.received_at(0), trace.received_at(trace.end - 1)) if trace.end else (0.0, 0.0)
            )
        return CanMark(trace.name, 0, began, trace), CanMark(trace.name, trace.end, ended, trace)

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
            raise ConfigurationError(
                f"The {mark} is too old: the trace keeps {trace.capacity} messages. Set one later, or use a larger "
                "trace_size."
            )

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
            mark = self._ends()[0]
        self._check_mark(mark)
        passed = time.monotonic() - mark.at
        limit = passed + default if within is None else within
        return _window(mark, limit, " of the mark", still_open=asked < mark.at + limit)

    def _recorded_window(self, mark: CanMark | None, within: float | None) -> Window:
        """Return the window of a wait in a recording: without a mark from its beginning, without a time to its end."""
        beginning, end = self._ends()
        if mark is None or mark is OPENED:
            mark, of = beginning, " of the recording's beginning"
        else:
            self._check_mark(mark)
            of = " of the mark"
        if within is None:
            within = max(end.at - mark.at, 0.0) + _ROUNDING
        return _window(mark, within, of, still_open=False)

    def wait_for(self, wanted: Matcher, window: Window, *, hand_out: bool = False) -> CanMessage:
        """Return the first match in the window, or fail."""
        with self._losses_told():
            return waits.wait_for(self._traffic, wanted, window, hand_out=hand_out)

    def wait_for_several(self, wanted: Sequence[Matcher], expect: Expect, window: Window) -> list[CanMessage]:
        """Return those that came of several messages in the window, or fail."""
        with self._losses_told():
            return wait_for_several(self._traffic, wanted, expect, window)

    def messages(self, wanted: Matcher, span: Span, direction: Direction) -> list[CanMessage]:
        """Return the matches in a part of the trace, oldest first."""
        self._check_heard(wanted, span, direction)
        return list(history.select(self._traffic, wanted, span, direction))

    def _check_heard(self, wanted: Matcher, span: Span, direction: Direction) -> None:
        if direction is not Direction.TX:
            check_filters(self._traffic, wanted, span.began)

    def isotp_frames(
        self, address: AnyIsoTpAddress, span: Span, pattern: Pattern, direction: Direction
    ) -> list[IsoTpFrame]:
        """Return the IsoTp frames of an address in a part of the trace, in the order in which they ended."""
        from CanLibrary.transport.observer import Observer

        observer = Observer([address])
        for message in history.of_keys(self._traffic, observer.keys, span):
            observer.note(message)
        observer.finish()
        return [
            frame
            for frame in observer.frames
            if direction is Direction.ANY or frame.is_rx is (direction is Direction.RX)
            if pattern.matches_all or (frame.is_complete and pattern.matches(frame.data))
        ]

    def isotp_timing(self, address: AnyIsoTpAddress, span: Span, direction: Direction) -> IsoTpTiming:
        """Return the times of the IsoTp frames of an address in a part of the trace."""
        return isotp_timing.measure(self._traffic, address, span, direction)

    def isotp_timing_should_be(
        self, address: AnyIsoTpAddress, span: Span, direction: Direction | None, limits: TimingLimits
    ) -> None:
        """Fail if a limit was passed in a part of the trace."""
        with self._losses_told():
            isotp_timing.judge(self._traffic, address, span, direction, limits)
        self.check_nothing_lost("How fast ISO-TP was")

    def last(self, wanted: Matcher, span: Span, direction: Direction) -> CanMessage:
        """Return the newest match in a part of the trace, or fail."""
        self._check_heard(wanted, span, direction)
        with self._losses_told():
            return history.last(self._traffic, wanted, span, direction)

    def count_should_be(
        self, wanted: Matcher, span: Span, direction: Direction, expected: int, tolerance: int
    ) -> None:
        """Fail if another number of matches is in a part of the trace."""
        self._check_heard(wanted, span, direction)
        history.count_should_be(self._traffic, wanted, span, direction, expected, tolerance)
        self.check_nothing_lost("How many there were")

    def response_time(self, request: CanMessage, wanted: Matcher, limit: float, patience: float) -> float:
        """Return how many seconds after a message the first match came, or fail if that is not below the limit.

        Args:
            request: A message that was recorded, on this bus or on another one.
            wanted: What the reply is.
            limit: Seconds.
            patience: Seconds from now to wait for a reply that is too late, to say how late it was.
        """
        asked = time.monotonic()
        self._catch_up()
        trace = self._traffic.trace
        if request.trace is trace:
            self._check_mark(can_mark(request))
            start = request.position + 1
        else:
            self._check_same_time(request)
            with self._traffic.changed:
                start = trace.position_at(request.received_at)
        end = self._ends()[1].at if self._traffic.complete else asked + patience
        worth = max(limit, end - request.received_at)
        window = Window(start, request.received_at, worth, " of it")
        with self._losses_told():
            return waits.response_time(self._traffic, wanted, str(request), window, limit)

    def _check_same_time(self, request: CanMessage) -> None:
        """Refuse to measure from a message of another bus whose time is not ours, or before we listened."""
        if request.trace.recorded is not self._traffic.complete:
            raise ConfigurationError(
                f"{request} and bus '{self._traffic.name}' have no time in common: one of them is a recording."
            )
        if not self._traffic.complete and request.received_at < self._traffic.opened_at:
            raise ConfigurationError(
                f"{request} passed before bus '{self._traffic.name}' was opened: whether it was answered there at "
                "once cannot be said."
            )

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
        """Let a failure be none of the system under test where messages were lost meanwhile, or the bus died.

        A network that is cut says so late: the driver is asked once more.
        """
        try:
            yield
        except AssertionError as failure:
            self._catch_up()
            if self._traffic.failure is not None:
                raise waits.died(self._traffic) from self._traffic.failure
            if lost := self._take_lost():
                raise BusError(f"{failure} {joined(lost)}") from failure
            raise


def _window(mark: CanMark, within: float, of: str, *, still_open: bool = True) -> Window:
    return Window(mark.position, mark.at, within, of, still_open)

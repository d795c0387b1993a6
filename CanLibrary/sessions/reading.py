"""What a test asks about the traffic of an open bus: each question first waits for what has arrived already."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from CanLibrary.errors import BusError, ConfigurationError, joined
from CanLibrary.traffic import waits
from CanLibrary.traffic.bus_traffic import BusTraffic
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.waits import Window
from CanLibrary.types import CanMark, CanMessage


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
            return CanMark(self._traffic.name, self._traffic.trace.end, time.monotonic(), self._traffic.trace)

    def window(self, mark: CanMark | None, within: float | None, default: float) -> Window:
        """Return what a wait judges.

        Args:
            mark: Where it begins; now if None.
            within: Seconds from there.
            default: Seconds that the wait goes on from now, where within is None.

        Raises:
            ConfigurationError: The mark is of another bus, or its messages are gone.
        """
        if mark is None:
            return _window(self.mark(), default if within is None else within, "")
        asked = time.monotonic()
        self._catch_up()  # part of the window is over: what arrived in it must be recorded
        trace = self._traffic.trace
        if mark.trace is not trace:
            raise ConfigurationError(
                f"The {mark} is of another bus than '{self._traffic.name}', or of the time before it was opened again."
            )
        if mark.position < trace.first:
            raise ConfigurationError(f"The {mark} is too old: the trace keeps {trace.capacity} messages.")
        passed = time.monotonic() - mark.at
        limit = passed + default if within is None else within
        return _window(mark, limit, " of the mark", still_open=asked < mark.at + limit)

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
        if lost := self._take_lost():
            raise BusError(f"Whether a {wanted} arrived {window} cannot be said. {joined(lost)}")

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

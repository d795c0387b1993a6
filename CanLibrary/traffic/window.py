"""What a wait judges, and when there is no verdict about it."""

from __future__ import annotations

from dataclasses import dataclass

from CanLibrary.errors import BusError, ConfigurationError
from CanLibrary.formatting import duration, plural
from CanLibrary.traffic.bus_traffic import BusTraffic
from CanLibrary.traffic.matching import Matcher
from CanLibrary.types import CanMessage

_ROUNDING = 1e-3  # seconds by which a window may go beyond the end of a recording


@dataclass(frozen=True)
class Window:
    """What a wait judges: from a position and its monotonic time on, for some seconds."""

    start: int
    began: float
    within: float
    of: str = ""  # what the time counts from, where that is not now
    still_open: bool = True  # whether it had not ended when it was asked for

    def __str__(self) -> str:
        return f"within {duration(round(self.within, 3))}{self.of}"

    @property
    def deadline(self) -> float:
        """The monotonic time at which the window ends."""
        return self.began + self.within


class Search:
    """Looks for a match in a window as messages come, and knows whether it has seen all of them."""

    def __init__(self, traffic: BusTraffic, matcher: Matcher, window: Window) -> None:
        check_filters(traffic, matcher, window.began)
        self._traffic, self._matcher, self._window = traffic, matcher, window
        self._looked_to = window.start
        self._gone = 0  # messages that went from the trace before they were looked at

    def look(self) -> tuple[int, CanMessage] | None:
        """Return position and message of the first match since the last look; with the lock held."""
        start = self.start_of_look()
        position = self._traffic.first_match(self._matcher, start)
        return None if position is None else (position, self._traffic.trace.message(position))

    def start_of_look(self) -> int:
        """Return where this look begins, and count what went since the last one; with the lock held."""
        trace = self._traffic.trace
        start, self._looked_to = self._looked_to, trace.end
        self._gone += max(trace.first - start, 0)
        return start

    def check(self) -> None:
        """Refuse to say that nothing came where that cannot be known; with the lock held.

        Raises:
            BusError: Messages went from the trace before anybody could look, or the recording ends too early.
        """
        if self._gone:
            capacity = self._traffic.trace.capacity
            raise BusError(
                f"{self._unknown} {plural(self._gone, 'message')} of that time went from the trace before they were "
                f"looked at, because it keeps {capacity}. Use a larger trace_size."
            )
        check_recorded(self._traffic, self._window.deadline, self._unknown)

    @property
    def _unknown(self) -> str:
        name = self._traffic.name
        return f"Whether a {self._matcher} arrived on bus '{name}' {self._window} cannot be said:"


def check_recorded(traffic: BusTraffic, deadline: float, unknown: str) -> None:
    """Refuse to say that nothing came after the end of a recording.

    Args:
        traffic: That of a recording or of an open bus.
        deadline: Until when nothing came, in the time of the trace.
        unknown: What cannot be said then, as the beginning of a sentence.
    """
    trace = traffic.trace
    if not traffic.complete or not trace.end:
        return
    missing = deadline - trace.received_at(trace.end - 1)
    if missing > _ROUNDING:
        raise BusError(
            f"{unknown} the recording ends {duration(round(missing, 3))} before that time is over."
        )


def check_filters(traffic: BusTraffic, matcher: Matcher, since: float | None = None) -> None:
    """Refuse to judge what the filters of a bus did not let through, now or since a monotonic time."""
    if matcher.key is None:
        return
    since = None if traffic.complete else since  # the times of a recording are no monotonic ones
    filters = traffic.mailbox.filters_against(matcher.key, since)
    if filters is None:
        return
    shown = ", ".join(map(str, filters))
    if traffic.mailbox.passes(matcher.key):
        raise ConfigurationError(
            f"The filters of bus '{traffic.name}' ({shown}) let no message {matcher.id} through in a part of that "
            "time, so there is no verdict about it; judge from a mark after Set Can Filters or Clear Can Filters."
        )
    raise ConfigurationError(
        f"The filters of bus '{traffic.name}' ({shown}) let no message {matcher.id} through, so there is no "
        "verdict about it; use Set Can Filters or Clear Can Filters."
    )

"""Statistics of a bus or recording, with its own bit rates where none are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from CanLibrary.sessions.progress import Progress
from CanLibrary.types import BusStatistics, CanMark

if TYPE_CHECKING:
    from CanLibrary.sessions.bus_session import BusSession


def measured_bus(
    session: BusSession,
    since: CanMark | None,
    until: CanMark | None,
    bitrate: int | None,
    data_bitrate: int | None,
) -> BusStatistics:
    """Return the statistics between two marks."""
    from CanLibrary.traffic.statistics import measured

    span = session.reading.span(since, until)
    description, progress = session.description, Progress("Counting messages")
    try:
        return measured(
            session.traffic,
            span,
            bitrate or description.bitrate,
            data_bitrate or description.data_bitrate,
            progress.show,
        )
    finally:
        progress.end()


def load_should_be_below(session: BusSession, statistics: BusStatistics, limit: float) -> None:
    """Fail if the bus was busy for too much of the time, or if that cannot be said."""
    from CanLibrary.traffic.statistics import load_should_be_below

    session.reading.check_nothing_lost(
        f"Whether the load of bus '{session.alias}'{statistics.of} was below {limit:g} %"
    )
    load_should_be_below(statistics, limit, session.traffic.trace.capacity)

"""Making the tasks of periodic messages, and what is kept of one that has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from CanLibrary.errors import ConfigurationError
from CanLibrary.traffic.periodic import PeriodicTask
from CanLibrary.types import CanMessage
from CanLibrary.types.periodic import PeriodicStatistics

if TYPE_CHECKING:
    from CanLibrary.sessions.bus_session import BusSession
    from CanLibrary.sessions.interface_task import InterfaceTask
    from CanLibrary.traffic.living import Living
    from CanLibrary.types.living import LivingData


@dataclass(frozen=True)
class Ended:
    """What is kept of a periodic message that has ended: neither its bus nor its trace."""

    sent: int
    statistics: PeriodicStatistics | None

    @classmethod
    def of(cls, task: PeriodicTask | InterfaceTask) -> Ended:
        """Return what is to be kept of a task."""
        return cls(task.sent, task.statistics() if isinstance(task, PeriodicTask) else None)


def by_scheduler(
    handle: str,
    session: BusSession,
    message: CanMessage,
    period: float,
    duration: float | None,
    offset: float,
    living: LivingData | None,
    send: Callable[[CanMessage], object] | None,
) -> PeriodicTask:
    """Return a task for the scheduler; what lives in its data is checked."""
    how: dict[str, Any] = {"send": send}
    if send is None:  # for the driver once, not each time; and the scheduler waits for nobody
        how = {"send": session.transmit, "prepare": session.for_driver}
    if living and message.is_remote_frame:
        raise ConfigurationError(
            "A remote message carries no data: nothing can live in it; leave remote out."
        )
    with refused():
        return PeriodicTask(
            handle,
            session.alias,
            message,
            period,
            duration,
            offset=offset,
            living=None if living is None else _living(living),
            **how,
        )


def by_interface_task(
    handle: str,
    session: BusSession,
    message: CanMessage,
    period: float,
    duration: float | None,
    offset: float,
    living: LivingData | None,
) -> InterfaceTask:
    """Return a periodic message that the interface sends by itself, and that runs already."""
    from CanLibrary.sessions.interface_task import InterfaceTask

    for name, given in (("offset", offset), ("data that lives in it", living)):
        if given:
            raise ConfigurationError(
                f"by_interface=True knows no {name}: the kernel begins at once and repeats the same data; leave "
                "by_interface out."
            )
    return InterfaceTask(handle, session, message, period, duration)


@contextmanager
def refused() -> Iterator[None]:
    """Let what living data refuses be a mistake of the test."""
    try:
        yield
    except ValueError as error:
        raise ConfigurationError(str(error)) from error


def _living(described: LivingData) -> Living:
    from CanLibrary.traffic.living import Living

    return Living(described)

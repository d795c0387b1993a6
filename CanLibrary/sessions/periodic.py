"""Periodic messages by handle, and what went wrong with them."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from CanLibrary.errors import BusError, ConfigurationError, NotSupportedError
from CanLibrary.formatting import duration as duration_text
from CanLibrary.formatting import plural, quoted
from CanLibrary.sessions.periodic_tasks import Ended, by_interface_task, by_scheduler, refused
from CanLibrary.traffic.periodic import PeriodicScheduler, PeriodicTask
from CanLibrary.types import CanMessage
from CanLibrary.types.periodic import PeriodicStatistics

if TYPE_CHECKING:
    from CanLibrary.sessions.bus_session import BusSession
    from CanLibrary.sessions.interface_task import InterfaceTask
    from CanLibrary.types.living import LivingData


class PeriodicMessages:
    """All periodic messages of a library instance."""

    def __init__(self) -> None:
        self._scheduler = PeriodicScheduler()
        self._kept: dict[str, _Kept] = {}
        self._ended: dict[str, Ended] = {}  # of those of which nothing else is kept
        self._numbers = count(1)

    def start(
        self,
        session: BusSession,
        message: CanMessage,
        period: float,
        duration: float | None,
        name: str | None,
        by_interface: bool = False,
        *,
        offset: float = 0.0,
        living: LivingData | None = None,
        send: Callable[[CanMessage], object] | None = None,
    ) -> str:
        """Start a periodic message and return its handle.

        Args:
            session: The bus on which it is sent, and which tells of sends that fail.
            message: What is sent.
            period: Seconds from one message to the next.
            duration: Seconds after which it ends; None for until it is stopped.
            name: Its handle; None for one that is made up.
            by_interface: Let the interface itself send it, not the scheduler.
            offset: Seconds until the first message.
            living: What changes in it with every send.
            send: How it is sent, for a simulated node; by the bus itself if None.
        """
        session.check_sends()
        for kept in list(self._kept.values()):
            if kept.is_over:
                self._let_go(kept)
        handle = name or f"periodic-{next(self._numbers)}"
        if handle in self._kept and self._kept[handle].task.running:
            raise ConfigurationError(
                f"Periodic message '{handle}' is running already; stop it or use another name."
            )
        task: PeriodicTask | InterfaceTask
        if by_interface:
            task = by_interface_task(handle, session, message, period, duration, offset, living)
        else:
            task = by_scheduler(handle, session, message, period, duration, offset, living, send)
        kept = self._kept[handle] = _Kept(self, task, session)
        self._ended.pop(handle, None)
        session.dependents.append(kept)
        session.background.append(kept.take_untold)
        if isinstance(task, PeriodicTask):
            self._scheduler.start(task)
        return handle

    def running(self, handle: str) -> PeriodicTask | InterfaceTask:
        """Return a running periodic message whose bus is fine, or refuse the handle."""
        if handle not in self._ended:
            kept = self._find(handle)
            kept.session.check()
            if kept.task.running:
                return kept.task
        raise ConfigurationError(f"Periodic message '{handle}' has ended; start it again.")

    def _find(self, handle: str) -> _Kept:
        if handle in self._kept:
            return self._kept[handle]
        known = [name for name, kept in self._kept.items() if kept.task.running]
        close = difflib.get_close_matches(handle, known, n=1)
        hint = f"; did you mean '{close[0]}'?" if close else "."
        running = f"running: {quoted(known)}" if known else "none is running"
        raise ConfigurationError(f"There is no periodic message '{handle}' ({running}){hint}")

    def stop(self, handle: str) -> int:
        """Stop a periodic message and return how often it was sent; twice is fine."""
        if handle in self._ended:
            return self._ended[handle].sent
        kept = self._find(handle)
        self._stop(kept.task)
        kept.session.check()
        return kept.task.sent

    def change_data(self, task: PeriodicTask | InterfaceTask, message: CanMessage) -> None:
        """Send other data from the next cycle on; what lives in it goes on."""
        if isinstance(task, PeriodicTask) and task.living and task.living.of.values:
            raise ConfigurationError(
                f"Periodic message '{task.name}' steps through its values; stop it and start it with others."
            )
        with refused():
            task.message = message

    def change_period(self, task: PeriodicTask | InterfaceTask, period: float) -> None:
        """Use another period from now on."""
        if isinstance(task, PeriodicTask):
            self._scheduler.change_period(task, period)
        else:
            task.change_period(period)

    def statistics(self, handle: str) -> PeriodicStatistics:
        """Return how regular a periodic message is, or was."""
        if handle in self._ended:
            end = self._ended[handle]
        else:
            kept = self._find(handle)
            kept.session.check()
            end = Ended.of(kept.task)
        if end.statistics is None:
            raise NotSupportedError(
                f"Periodic message '{handle}' is sent by the interface, which does not tell when: ask Get Bus "
                "Statistics for the gaps of its identifier."
            )
        return end.statistics

    def should_have_kept_its_cycle(self, handle: str, tolerance: float | None) -> PeriodicStatistics:
        """Fail if a gap was longer or shorter than the period by more than the tolerance.

        Args:
            handle: What names the periodic message.
            tolerance: Seconds; a tenth of the period if None.

        Raises:
            BusError: It was not sent twice yet: there is no gap.
        """
        figures = self.statistics(handle)
        if figures.worst_error is None:
            raise BusError(
                f"Whether periodic message '{handle}' kept its cycle cannot be said: it was sent "
                f"{plural(figures.count, 'time')}, and a gap takes two messages with the same period."
            )
        most = figures.period / 10 if tolerance is None else tolerance
        if figures.worst_error > most:
            raise AssertionError(
                f"Periodic message '{handle}' did not keep its cycle of {duration_text(figures.period)} ± "
                f"{duration_text(most)}: its worst gap was off by {duration_text(figures.worst_error)}.\n{figures}"
            )
        return figures

    def _stop(self, task: PeriodicTask | InterfaceTask) -> None:
        if isinstance(task, PeriodicTask):
            self._scheduler.stop(task)
        else:
            task.stop()

    def stop_all(self, session: BusSession | None = None) -> int:
        """Stop all periodic messages, of one bus or of all, and return how many ran."""
        running = [
            kept.task
            for kept in self._kept.values()
            if kept.task.running and (session is None or kept.session is session)
        ]
        for task in running:
            self._stop(task)
        return len(running)

    def end(self, kept: _Kept) -> None:
        """Stop a periodic message because its bus closes; the bus and its trace are not kept for its sake."""
        self._stop(kept.task)
        self._let_go(kept)

    def _let_go(self, kept: _Kept) -> None:
        if self._kept.get(kept.task.name) is kept:  # its name may have been taken again
            del self._kept[kept.task.name]
            self._ended[kept.task.name] = Ended.of(kept.task)
        kept.session.dependents.remove(kept)
        if kept.is_over:  # else the bus still has its error to tell
            kept.session.background.remove(kept.take_untold)


class _Kept:
    """A periodic message and its bus, for which it ends before the bus closes and has errors to tell."""

    def __init__(
        self, messages: PeriodicMessages, task: PeriodicTask | InterfaceTask, session: BusSession
    ) -> None:
        self.task = task
        self.session = session
        self.notices: list[str] = []
        self._messages = messages
        self._told = 0  # failed sends

    @property
    def is_over(self) -> bool:
        """Whether it neither runs nor has anything to tell."""
        return not self.task.running and self.task.failed == self._told

    def close(self) -> list[Exception]:
        self._messages.end(self)
        return []  # its errors are told through take_untold

    def take_untold(self) -> list[Exception]:
        failed, self._told = self.task.failed - self._told, self.task.failed
        if not failed:
            return []
        return [
            BusError(
                f"Periodic message '{self.task.name}' could not be sent {plural(failed, 'time')}: {self.task.error}"
            )
        ]

"""Periodic messages by handle, and what went wrong with them."""

from __future__ import annotations

import difflib
from itertools import count

from CanLibrary.errors import ConfigurationError
from CanLibrary.formatting import plural, quoted
from CanLibrary.sessions.bus_session import BusSession
from CanLibrary.traffic.periodic import PeriodicScheduler, PeriodicTask
from CanLibrary.types import CanMessage


class PeriodicMessages:
    """All periodic messages of a library instance."""

    def __init__(self) -> None:
        self._scheduler = PeriodicScheduler()
        self._tasks: dict[str, tuple[PeriodicTask, BusSession]] = {}
        self._numbers = count(1)

    def start(
        self,
        session: BusSession,
        message: CanMessage,
        period: float,
        duration: float | None,
        name: str | None,
    ) -> str:
        """Start a periodic message and return its handle."""
        handle = name or f"periodic-{next(self._numbers)}"
        if handle in self._tasks and self._tasks[handle][0].running:
            raise ConfigurationError(
                f"Periodic message '{handle}' is running already; stop it or use another name."
            )
        task = PeriodicTask(handle, session.alias, message, period, duration, session.send)
        self._tasks[handle] = (task, session)
        of_bus = _OfBus(self, task)
        session.dependents.append(of_bus)
        session.background.append(of_bus.take_untold)
        self._scheduler.start(task)
        return handle

    def get(self, handle: str) -> tuple[PeriodicTask, BusSession]:
        """Return a running or ended periodic message."""
        if handle in self._tasks:
            return self._tasks[handle]
        known = [name for name, (task, _) in self._tasks.items() if task.running]
        close = difflib.get_close_matches(handle, known, n=1)
        hint = f"; did you mean '{close[0]}'?" if close else "."
        running = f"running: {quoted(known)}" if known else "none is running"
        raise ConfigurationError(f"There is no periodic message '{handle}' ({running}){hint}")

    def stop(self, handle: str) -> int:
        """Stop a periodic message and return how often it was sent; twice is fine."""
        task, session = self.get(handle)
        self._scheduler.stop(task)
        if not session.closed:  # it ended with its bus, which told its errors
            session.check()
        return task.sent

    def change_period(self, task: PeriodicTask, period: float) -> None:
        """Use another period from now on."""
        self._scheduler.change_period(task, period)

    def stop_all(self, session: BusSession | None = None) -> int:
        """Stop all periodic messages, of one bus or of all, and return how many ran."""
        running = [
            task for task, bus in self._tasks.values() if task.running and (session is None or bus is session)
        ]
        for task in running:
            self._scheduler.stop(task)
        return len(running)

    def halt(self, task: PeriodicTask) -> None:
        """Stop one task."""
        self._scheduler.stop(task)


class _OfBus:
    """A periodic message as its bus sees it: it ends before the bus closes, and has errors to tell."""

    def __init__(self, messages: PeriodicMessages, task: PeriodicTask) -> None:
        self.notices: list[str] = []
        self._messages = messages
        self._task = task

    def close(self) -> list[str]:
        self._messages.halt(self._task)
        return []  # its errors are told through take_untold

    def take_untold(self) -> list[str]:
        task = self._task
        if task.error is None:
            return []
        failed, error, task.failed, task.error = task.failed, task.error, 0, None
        return [f"Periodic message '{task.name}' could not be sent {plural(failed, 'time')}: {error}"]

"""Periodic messages by handle, and what went wrong with them."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from CanLibrary.errors import BusError, ConfigurationError
from CanLibrary.formatting import plural, quoted
from CanLibrary.traffic.periodic import PeriodicScheduler, PeriodicTask
from CanLibrary.types import CanMessage
from CanLibrary.types.living import LivingData

if TYPE_CHECKING:
    from CanLibrary.sessions.bus_session import BusSession
    from CanLibrary.sessions.interface_task import InterfaceTask


class PeriodicMessages:
    """All periodic messages of a library instance."""

    def __init__(self) -> None:
        self._scheduler = PeriodicScheduler()
        self._kept: dict[str, _Kept] = {}
        self._ended: dict[str, int] = {}  # how often those were sent that nothing else is kept of
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
            from CanLibrary.sessions.interface_task import InterfaceTask

            task = InterfaceTask(handle, session, message, period, duration)
        else:
            send = send or functools.partial(session.send, in_order=False)  # the scheduler waits for nobody
            task = PeriodicTask(handle, session.alias, message, period, duration, send, offset)
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
            return self._ended[handle]
        kept = self._find(handle)
        self._stop(kept.task)
        kept.session.check()
        return kept.task.sent

    def change_period(self, task: PeriodicTask | InterfaceTask, period: float) -> None:
        """Use another period from now on."""
        if isinstance(task, PeriodicTask):
            self._scheduler.change_period(task, period)
        else:
            task.change_period(period)

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
            self._ended[kept.task.name] = kept.task.sent
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

"""Periodic messages: one thread for all of them, due times on the monotonic clock, without drift."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from CanLibrary.traffic.gaps import Gaps
from CanLibrary.types import CanMessage, Payload
from CanLibrary.types.periodic import PeriodicStatistics

if TYPE_CHECKING:
    from CanLibrary.traffic.living import Living

_ROUNDING = 1e-6  # seconds: what is due with the end of a duration is not sent


def _as_it_is(message: CanMessage) -> CanMessage:
    return message


class PeriodicTask:
    """One message that is sent again and again; data and period can change while it runs.

    Args:
        name: Its handle.
        bus: The alias of its bus.
        message: What is sent.
        period: Seconds from one message to the next.
        duration: Seconds after the first one in which it ends; None for never.
        send: Sends a message as `prepare` made it.
        offset: Seconds until the first message.
        living: What changes in the data with every send.
        prepare: Makes of a message what is sent, once for data that stays the same.
    """

    def __init__(
        self,
        name: str,
        bus: str,
        message: CanMessage,
        period: float,
        duration: float | None,
        send: Callable[[Any], object],
        *,
        offset: float = 0.0,
        living: Living | None = None,
        prepare: Callable[[CanMessage], Any] = _as_it_is,
    ) -> None:
        self.name = name
        self.bus = bus
        self.period = period
        self.starts_at = time.monotonic() + offset
        self.ends_at = None if duration is None else self.starts_at + duration
        self.living = living
        self.running = True
        self.last_due: float | None = None
        self.sent = 0
        self.misses = 0
        self.failed = 0
        self.error: Exception | None = None
        self.gaps = Gaps(period)
        self._send = send
        self._prepare = prepare
        self.message = message

    @property
    def message(self) -> CanMessage:
        """What is sent, without what lives in it; a new one goes out from the next cycle on."""
        return self._message

    @message.setter
    def message(self, message: CanMessage) -> None:
        if self.living:
            self.living.prepare(len(message.data))
            self._message = message
        else:
            self._message, self._prepared = message, self._prepare(message)

    def statistics(self) -> PeriodicStatistics:
        """Return how often and how regularly it was sent."""
        gaps, figures = self.gaps, {}
        if gaps.count:
            figures = {
                "mean": gaps.mean,
                "p99": gaps.gap_at(0.99),
                "shortest": gaps.shortest,
                "longest": gaps.longest,
                "mean_error": gaps.mean_error,
                "p99_error": gaps.error_at(0.99),
                "worst_error": gaps.worst_error,
            }
        return PeriodicStatistics(
            self.name,
            self.bus,
            self.period,
            self.sent,
            self.misses,
            self.failed,
            self.running,
            gaps.count,
            **figures,
        )

    def due_after(self, last: float) -> float:
        """Return when it is due next, at the latest when its time is over."""
        due = last + self.period
        return due if self.ends_at is None or due < self.ends_at - _ROUNDING else self.ends_at

    def send_once(self) -> None:
        """Send the message; an error is kept and the next cycle tries again."""
        try:
            if self.living is None:
                self._send(self._prepared)
            else:
                message = self._message
                self._send(self._prepare(_with_data(message, self.living.applied(message.data))))
                self.living.advance()
        except Exception as error:  # noqa: BLE001 - told by the next keyword on the bus (verdict rule 4)
            self.failed += 1
            self.error = error
        else:
            self.sent += 1
            self.gaps.note(time.monotonic())


def _with_data(message: CanMessage, data: bytes) -> CanMessage:
    return CanMessage(
        message.arbitration_id,
        message.is_extended_id,
        Payload.of(data),
        len(data),
        message.is_fd,
        message.bitrate_switch,
        is_rx=False,
    )


class PeriodicScheduler:
    """Sends all periodic messages of a library from one thread, which runs only while there are any.

    A thread for each message, as python-can has it, makes a hundred messages at 10 ms late by 10 ms;
    one thread with a heap of due times keeps them within a fraction of a millisecond.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.Lock())
        self._due: list[tuple[float, int, PeriodicTask]] = []
        self._order = count()  # breaks ties between equal due times
        self._thread: threading.Thread | None = None
        self._sending: PeriodicTask | None = None
        self._stopping = 0  # how many wait for the send that is on its way

    def start(self, task: PeriodicTask) -> None:
        """Send the first message after its offset, the next ones each period."""
        with self._changed:
            heapq.heappush(self._due, (task.starts_at, next(self._order), task))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="CanLibrary periodic", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def stop(self, task: PeriodicTask) -> None:
        """Send the message no more; when this returns, nothing of it is on its way."""
        with self._changed:
            task.running = False
            self._due = [entry for entry in self._due if entry[2] is not task]
            heapq.heapify(self._due)
            self._changed.notify_all()
            self._stopping += 1
            try:
                while self._sending is task:
                    self._changed.wait(0.1)
            finally:
                self._stopping -= 1

    def change_period(self, task: PeriodicTask, period: float) -> None:
        """Use another period, counted from the last due time on; the old one is not waited for."""
        with self._changed:
            task.period, task.gaps = period, Gaps(period)
            if (last := task.last_due) is not None:
                at = max(task.due_after(last), time.monotonic())  # no cycle was missed before there was one
                self._due = [(at if of is task else due, order, of) for due, order, of in self._due]
                heapq.heapify(self._due)
            self._changed.notify_all()

    def _run(self) -> None:
        while (task := self._next()) is not None:
            task.send_once()

    def _next(self) -> PeriodicTask | None:
        with self._changed:
            self._sending = None
            if self._stopping:
                self._changed.notify_all()
            while self._due:
                due, _, task = self._due[0]
                now = time.monotonic()
                if due > now:
                    self._changed.wait(due - now)
                elif task.ends_at is not None and due >= task.ends_at:
                    heapq.heappop(self._due)
                    task.running = False
                else:
                    # The next due time follows from the last one, not from now: no drift. What a stalled
                    # machine missed is left out but for one, a burst would be worse for the receiver.
                    missed = max(int((now - due) / task.period) - 1, 0)
                    task.misses += missed
                    task.last_due = due + missed * task.period
                    following = task.due_after(task.last_due)
                    heapq.heapreplace(self._due, (following, next(self._order), task))
                    self._sending = task
                    return task
            self._thread = None
            return None

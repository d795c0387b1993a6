"""Messages that the exporter sends by itself, again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import can
from can.broadcastmanager import ModifiableCyclicTaskABC, RestartableCyclicTaskABC

from CanLibrary.jumpstarter.messages import as_map

Call = Callable[..., Any]


class ExportedTask(ModifiableCyclicTaskABC, RestartableCyclicTaskABC):
    """One periodic message of the exporter.

    The published driver, and some interfaces, cannot change one: then a new one takes its place, after a gap.
    """

    def __init__(
        self,
        call: Call,
        messages: Sequence[can.Message],
        period: float,
        duration: float | None,
        autostart: bool,
        *,
        in_place: bool,
    ) -> None:
        super().__init__(messages, period)
        self._in_place = in_place
        self.duration = duration
        self._call = call
        self._started: str | None = None  # the exporter's name for the task
        self._make(autostart)

    def _make(self, autostart: bool) -> None:
        messages = [as_map(message) for message in self.messages]
        self._started = self._call("_send_periodic_internal", messages, self.period, self.duration, autostart)
        self._running = autostart

    def start(self) -> None:
        """Send from now on; again after a stop."""
        if self._running:
            return
        if self._started is None:
            self._make(True)
        else:
            self._call("_start_task", self._started)
            self._running = True

    def stop(self) -> None:
        """Send no more; a second time is fine."""
        started, self._started, self._running = self._started, None, False
        if started is not None:
            self._call("_stop_task", started)

    def modify_data(self, messages: Sequence[can.Message] | can.Message) -> None:
        """Send other data from now on; nothing of the old goes out after this."""
        changed = self._check_and_convert_messages(messages)
        self._check_modified_messages(changed)
        if self._change_in_place(changed):
            self.messages = changed
            return
        running = self._running
        self.stop()
        self.messages = changed
        self._make(running)

    def _change_in_place(self, messages: Sequence[can.Message]) -> bool:
        if self._started is None or not self._in_place:
            return False
        try:
            self._call("_change_task", self._started, [as_map(message) for message in messages])
        except NotImplementedError:
            self._in_place = False
        return self._in_place

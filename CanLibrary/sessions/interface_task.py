"""A periodic message that the interface sends by itself: on SocketCAN, the kernel's broadcast manager."""

from __future__ import annotations

import time
from typing import Any

from CanLibrary.errors import NotSupportedError, driver_errors
from CanLibrary.sessions.bus_session import BusSession
from CanLibrary.types import CanMessage


class InterfaceTask:
    """Has what a `PeriodicTask` has, but no thread sends it; what went out is seen on the bus."""

    def __init__(
        self, name: str, session: BusSession, message: CanMessage, period: float, duration: float | None
    ) -> None:
        from can.interfaces.socketcan import SocketcanBus

        if not isinstance(session.bus, SocketcanBus):
            raise NotSupportedError(
                "by_interface=True needs a bus on interface 'socketcan', whose kernel sends by itself and shows what "
                f"it sent; bus '{session.alias}' is none, leave by_interface out."
            )
        self.name = name
        self.bus = session.alias
        self.period = period
        self.ends_at = None if duration is None else time.monotonic() + duration
        # The kernel does not tell of a send that failed: such a message is missing among those sent.
        self.failed = 0
        self.error: Exception | None = None
        self._session = session
        self._message = message
        self._echo = session.traffic.by_kernel.expect(message)
        self._task: Any = None
        self._begin(duration)

    @property
    def sent(self) -> int:
        """How many messages the bus has shown."""
        return self._echo.count

    @property
    def running(self) -> bool:
        """Whether the kernel still sends it."""
        return self._task is not None and (self.ends_at is None or time.monotonic() < self.ends_at)

    @property
    def message(self) -> CanMessage:
        """What is sent; a new one goes out from the next cycle on, without a break."""
        return self._message

    @message.setter
    def message(self, message: CanMessage) -> None:
        self._session.traffic.by_kernel.expect(message, self._echo)
        with self._driver_errors():
            self._task.modify_data(self._session.for_driver(message))
        self._message = message

    def change_period(self, period: float) -> None:
        """Send with another period, from now on."""
        self.period = period
        self._end()
        self._begin(None if self.ends_at is None else self.ends_at - time.monotonic())

    def stop(self) -> None:
        """Send it no more; when this returns, all that went out is counted. A second time is fine."""
        self._end()
        if not self._session.closed and self._session.traffic.failure is None:
            self._session.catch_up()
        self._session.traffic.by_kernel.forget(self._echo)

    def _begin(self, duration: float | None) -> None:
        if duration is not None and duration < self.period:
            duration = self.period  # the kernel counts messages: at least one
        with self._driver_errors():
            self._task = self._session.bus.send_periodic(
                self._session.for_driver(self._message), self.period, duration
            )

    def _end(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            with self._driver_errors():
                task.stop()

    def _driver_errors(self) -> Any:
        return driver_errors(f"Periodic message '{self.name}' on bus '{self.bus}'")

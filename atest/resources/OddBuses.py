"""Bus objects from outside that do what the virtual bus never does: break down, refuse, report a state."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import can
from can.interfaces.virtual import VirtualBus
from robot.api.deco import keyword, library


class BreakingBus(VirtualBus):
    """Its receiving ends with an error, or its sending, when it is told so."""

    broken = False
    refuses = False
    refused = 0

    def _recv_internal(self, timeout: float | None) -> tuple[can.Message | None, bool]:
        if self.broken:
            raise can.CanOperationError("The cable was pulled")
        return super()._recv_internal(timeout)

    def send(self, msg: can.Message, timeout: float | None = None) -> None:
        if self.refuses:
            self.refused += 1
            raise can.CanOperationError("Transmit buffer full")
        super().send(msg, timeout)


class ReportingBus(VirtualBus):
    """Reports and sets a state, and has a transmit buffer."""

    _state = can.BusState.ACTIVE
    flushed = 0

    @property
    def state(self) -> can.BusState:
        return self._state

    @state.setter
    def state(self, new_state: can.BusState) -> None:
        if new_state is can.BusState.ERROR:
            raise ValueError("a controller is not sent into this state")
        self._state = new_state

    def flush_tx_buffer(self) -> None:
        self.flushed += 1


class SkewedBus(VirtualBus):
    """The clock of its controller jumps."""

    _times = (0.0, 1e12)

    def _recv_internal(self, timeout: float | None) -> tuple[can.Message | None, bool]:
        message, filtered = super()._recv_internal(timeout)
        if message is not None:
            message.timestamp, self._times = self._times[0], self._times[::-1]
        return message, filtered


class StuckBus(VirtualBus):
    """Its shutdown fails."""

    def shutdown(self) -> None:
        super().shutdown()
        raise can.CanOperationError("The driver did not let go")


@library(scope="GLOBAL", listener="SELF")
class OddBuses:
    """Keywords that make odd bus objects; they are shut down when the test ends."""

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self) -> None:
        self._made: list[can.BusABC] = []
        self._notifiers: list[can.Notifier] = []
        self._timers: list[threading.Timer] = []

    def end_test(self, _data: Any, _result: Any) -> None:
        for timer in self._timers:
            timer.cancel()
            timer.join()
        for notifier in self._notifiers:
            notifier.stop(timeout=5)
        for bus in self._made:
            VirtualBus.shutdown(bus)
        for kept in (self._timers, self._notifiers, self._made):
            kept.clear()

    @keyword
    def create_bus(self, kind: str = "VirtualBus", channel: int = 0) -> can.BusABC:
        """Returns a new bus object: VirtualBus, BreakingBus, ReportingBus, SkewedBus or StuckBus."""
        kinds = {cls.__name__: cls for cls in (VirtualBus, *VirtualBus.__subclasses__())}
        self._made.append(kinds[kind](channel=channel))
        return self._made[-1]

    @keyword
    def break_bus(self, bus: object, after: timedelta = timedelta()) -> None:
        """Lets a BreakingBus receive no more, now or later."""
        timer = threading.Timer(after.total_seconds(), setattr, (bus, "broken", True))
        self._timers.append(timer)
        timer.start()
        if not after:
            timer.join()

    @keyword
    def let_bus_refuse(self, bus: object, refuses: bool = True) -> None:
        """Lets a BreakingBus refuse to send, or send again."""
        bus.refuses = refuses  # type: ignore[attr-defined]

    @keyword
    def read_bus_with_notifier(self, bus: object) -> None:
        """Lets a python-can Notifier read a bus."""
        assert isinstance(bus, can.BusABC)
        self._notifiers.append(can.Notifier(bus, [], timeout=0.02))

    @keyword
    def threads_of(self, name: str, timeout: timedelta = timedelta(seconds=5), count: int = 0) -> list[str]:
        """Returns the names of running threads that contain a name; waits until there are at most so many."""
        deadline = time.monotonic() + timeout.total_seconds()
        while True:
            names = [thread.name for thread in threading.enumerate() if name in thread.name]
            if len(names) <= count or time.monotonic() > deadline:
                return names
            time.sleep(0.01)

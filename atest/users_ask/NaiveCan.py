"""What a bench often has instead of a library: python-can and a loop around `recv`.

The suites beside it run with it too, and each has to fail then: so they test what such a loop cannot do. It is
written as carefully as the many that are in use; what is wrong with it is the design.
"""

from __future__ import annotations

import re
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import can
from robot.api.deco import keyword, library


@library(scope="GLOBAL", listener="SELF")
class NaiveCan:
    """The keywords of CanLibrary that the suites use, on a receive loop."""

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, timeout: timedelta = timedelta(seconds=1)) -> None:
        self._timeout = timeout
        self._buses: dict[str, can.BusABC] = {}
        self._tasks: dict[int, Any] = {}
        self._log: Any = None

    def end_test(self, _data: Any, _result: Any) -> None:
        self.stop_can_log()
        for task in self._tasks.values():
            task.stop()
        for bus in self._buses.values():
            bus.shutdown()
        self._tasks.clear()
        self._buses.clear()

    @keyword
    def open_can_bus(self, alias: str, interface: str = "virtual", channel: int = 0) -> None:
        """Opens a bus."""
        self._buses[alias] = can.Bus(interface=interface, channel=channel, ignore_config=True)

    @property
    def _bus(self) -> can.BusABC:
        return next(reversed(self._buses.values()))

    def _next(self, until: float) -> can.Message | None:
        message = self._bus.recv(max(until - time.monotonic(), 0))
        if message is not None:
            message.timestamp = time.monotonic()
            if self._log:
                self._log(message)
        return message

    def _wait(self, identifier: str, data: str, within: timedelta | None) -> can.Message:
        until = time.monotonic() + (within or self._timeout).total_seconds()
        while message := self._next(until):
            if _matches(message, identifier, data):
                return message
        raise AssertionError("not received")

    @keyword
    def send_can_message(self, id: str, data: str = "") -> can.Message:
        """Sends a message."""
        message = can.Message(
            arbitration_id=int(id, 16), is_extended_id=False, data=bytes.fromhex(data), is_rx=False
        )
        self._bus.send(message)
        return message

    @keyword
    def receive_can_message(
        self, id: str = "*", data: str = "*", timeout: timedelta | None = None
    ) -> can.Message:
        """Returns the next match."""
        return self._wait(id, data, timeout)

    @keyword
    def set_can_mark(self) -> None:
        """Does nothing: there is no trace."""

    @keyword
    def wait_for_can_message(
        self, id: str = "*", data: str = "*", within: timedelta | None = None, **_mark: Any
    ) -> can.Message:
        """Returns the next match."""
        return self._wait(id, data, within)

    @keyword
    def exchange_can_message(
        self,
        id: str,
        data: str,
        reply_id: str = "*",
        reply_data: str = "*",
        within: timedelta | None = None,
    ) -> can.Message:
        """Sends a message and returns the next match."""
        self.send_can_message(id, data)
        return self._wait(reply_id, reply_data, within)

    @keyword
    def get_can_messages(self, id: str = "*", data: str = "*", **_options: Any) -> list[can.Message]:
        """Returns what lies in the queue."""
        found = []
        while message := self._next(0):
            if _matches(message, id, data):
                found.append(message)
        return found

    @keyword
    def can_message_count_should_be(
        self, count: int, id: str = "*", data: str = "*", **_options: Any
    ) -> None:
        """Counts what lies in the queue."""
        found = len(self.get_can_messages(id, data))
        if found != count:
            raise AssertionError(f"{found} != {count}")

    @keyword
    def get_bus_statistics(self, **_mark: Any) -> Any:
        """Measures the gaps between what it reads."""
        times: dict[str, list[float]] = {}
        for message in self.get_can_messages():
            times.setdefault(f"0x{message.arbitration_id:03X}", []).append(message.timestamp)
        gaps = {name: [after - before for before, after in pairwise(at)] for name, at in times.items()}
        return SimpleNamespace(
            ids={
                name: SimpleNamespace(
                    count=len(each) + 1, mean_gap=sum(each) / len(each), maximum_gap=max(each)
                )
                for name, each in gaps.items()
                if each
            }
        )

    @keyword
    def start_periodic_message(self, id: str, data: str, period: timedelta) -> int:
        """Sends a message again and again; the last one with an identifier counts."""
        message = can.Message(arbitration_id=int(id, 16), is_extended_id=False, data=bytes.fromhex(data))
        if message.arbitration_id in self._tasks:
            self._tasks[message.arbitration_id].stop()
        self._tasks[message.arbitration_id] = self._bus.send_periodic(message, period.total_seconds())
        return message.arbitration_id

    @keyword
    def stop_periodic_message(self, handle: int) -> None:
        """Stops sending."""
        self._tasks.pop(handle).stop()

    @keyword
    def bus_state_should_be(self, state: str) -> None:
        """Compares the state."""
        if self._bus.state.name != state:
            raise AssertionError(f"{self._bus.state.name} != {state}")

    @keyword
    def start_can_log(self, path: Path) -> None:
        """Writes what it reads."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._log = can.Logger(path)

    @keyword
    def stop_can_log(self) -> None:
        """Writes the rest and ends."""
        if self._log:
            if self._buses:
                self.get_can_messages()
            self._log.stop()
            self._log = None


def _matches(message: can.Message, identifier: str, data: str) -> bool:
    if identifier != "*" and message.arbitration_id != int(identifier, 16):
        return False
    digits = data.replace(" ", "").replace("*", ".*").replace("?", ".")
    return re.fullmatch(digits if data != "*" else ".*", message.data.hex().upper()) is not None

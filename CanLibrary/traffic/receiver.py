"""The one reader of a bus: a thread that hands everything to the bus's traffic and never dies in silence."""

from __future__ import annotations

import queue
import select
import threading
import time
from typing import Any

from CanLibrary.traffic.bus_traffic import BusTraffic

SLICE = 0.02  # seconds: how long one `recv` waits, so how soon a close or a question is noticed
_BLOCKED = 0.001  # seconds: a `recv` that came back without a message and sooner did not wait
_WAKING = 0.005  # seconds in which this thread notices that a message arrived: the turn of another thread
_WAITING_SLICE = 0.1  # seconds: a test time-out interrupts between two slices
_SETTLE = 0.02  # seconds: the longest a send waits for what lies in the driver's queue
_CATCH_UP = 2.0  # seconds: the longest a question waits for what lies in the driver's queue
_SILENT = 1.0  # seconds after which a driver that does not come back has no flood but a network that is cut
_SAYS_WHY = 10.0  # seconds in which it says so


class Receiver:
    """Reads a bus until it is stopped or the bus fails; a failure is kept for the next keyword.

    A thread of ours and not `can.Notifier`: a listener that raises ends the Notifier's thread in
    silence, removing a listener makes the next one miss a message, and a stop takes up to a second.
    """

    def __init__(self, bus: Any, traffic: BusTraffic) -> None:
        self._bus = bus
        self._traffic = traffic
        self._stop = threading.Event()
        self._asking = threading.Lock()
        self._asked = 0.0  # since when `recv` waits; 0 while something is being recorded
        self._quickest = 1.0  # seconds that the driver takes to say what it has
        self._marker: Any = None
        self._caught_up = threading.Event()
        self._handled = 0  # how many messages of a virtual bus were taken from its queue and recorded
        self._is_virtual = _is_virtual(bus)
        self._socket = getattr(bus, "socket", None) if _is_socketcan(bus) else None
        self._note_handled()
        self._thread = threading.Thread(
            target=self._run, name=f"CanLibrary bus '{traffic.name}'", daemon=True
        )

    def start(self) -> None:
        """Start reading."""
        self._thread.start()

    def stop(self) -> None:
        """Stop reading and wait for the thread's end; a second time is fine."""
        self._stop.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(5)

    def is_behind(self) -> bool:
        """Return whether something waits in the driver's queue, where it costs little to know: a few microseconds."""
        if self._is_virtual:
            return bool(self._bus.queue.unfinished_tasks != self._handled)
        return self._socket is not None and bool(select.select([self._socket], [], [], 0)[0])

    def settle(self) -> None:
        """Let what has arrived be recorded, where that is known at little cost; on a flooded bus not for long."""
        if self.is_behind():
            # The marker of a virtual bus comes by, whatever follows it; elsewhere only a quiet moment tells.
            self.catch_up(_CATCH_UP if self._is_virtual else _SETTLE)

    def _note_handled(self) -> None:
        # Nobody else takes from the queue, so what was put and is not there any more has been taken here.
        if self._is_virtual:
            with self._bus.queue.mutex:
                self._handled = self._bus.queue.unfinished_tasks - len(self._bus.queue.queue)

    def catch_up(self, longest: float = _CATCH_UP) -> bool:
        """Return when all that lay in the driver's queue at the call is recorded, as far as that can be known.

        False means that after so many seconds there was still more: it comes faster than it can be read.

        A driver takes a message over in the moment it arrives, but this thread may read it some milliseconds
        later. A question that begins in between would take an old message for a new one.
        """
        return self._pass_marker(longest) if self._is_virtual else self._wait_for_quiet(longest)

    def _wait_for_quiet(self, limit: float) -> bool:
        """Return when the thread found nothing more to read: it was told so, or its `recv` has to wait."""
        longest = (
            0.0  # of our own naps: where they take long, the reading thread may be kept from reading as well
        )
        with self._traffic.judging(time.monotonic(), strict=True) as judge:
            while self._thread.is_alive() and judge.position is None:
                waited = time.monotonic() - judge.deadline
                # A driver that is called over a network can take as long without waiting for a message.
                blocked = 0 < self._asked <= judge.deadline and self._quickest < _BLOCKED
                if blocked and waited > _WAKING and longest < _WAKING / 2:
                    return True
                if waited > limit and not self._driver_hangs():
                    return False
                nap = time.monotonic()
                self._stop.wait(_BLOCKED / 4)
                longest = max(longest, time.monotonic() - nap)
        return True

    def _driver_hangs(self) -> bool:
        asked = self._asked
        return bool(asked) and _SILENT < time.monotonic() - asked < _SAYS_WHY

    def _pass_marker(self, limit: float) -> bool:
        """Send a marker through the queue of a virtual bus, which is open to everybody in the process."""
        from can import Message

        passing: Any = self._bus.filters or [{}]  # python-can drops what passes no filter
        identifier, extended = passing[0].get("can_id", 0), passing[0].get("extended", True)
        with self._asking:
            self._caught_up.clear()
            self._marker = Message(arbitration_id=identifier, is_extended_id=extended)
            try:
                self._bus.queue.put_nowait(self._marker)
            except queue.Full:
                return False
            deadline = time.monotonic() + limit
            while self._thread.is_alive() and (left := deadline - time.monotonic()) > 0:
                if self._caught_up.wait(min(left, _WAITING_SLICE)):
                    return True
            return not self._thread.is_alive()

    def _run(self) -> None:
        recv, traffic, stopped, now = self._bus.recv, self._traffic, self._stop.is_set, time.monotonic
        longest = 0.0  # the first look does not wait: it shows how quick the driver is
        asked = now()
        try:
            while not stopped():
                wait = traffic.patience(asked, longest) if traffic.judges else longest
                self._asked = asked
                message = recv(wait)
                self._asked = 0.0
                returned = now()
                if traffic.judges:
                    traffic.looked(asked, returned, message is None)
                if not wait and message is None:  # one that lies here already says nothing about a network
                    self._quickest = min(self._quickest, returned - asked)
                longest = SLICE
                if message is None:
                    if returned - asked < min(_BLOCKED, wait):  # a driver that does not wait
                        self._stop.wait(_BLOCKED)
                    asked = now()
                    continue
                if message is self._marker:
                    self._note_handled()
                    self._caught_up.set()
                else:
                    traffic.received(message, returned)
                    self._handled += 1
                asked = returned  # a little too early is on the safe side, and a clock costs time
        except BaseException as error:  # noqa: BLE001
            # Whatever a driver raises: kept here, told by the next keyword (verdict rule 4).
            if not stopped():
                traffic.failed(error)


def _is_virtual(bus: Any) -> bool:
    from can.interfaces.virtual import VirtualBus

    return type(bus) is VirtualBus  # a class derived from it may do anything with a marker


def _is_socketcan(bus: Any) -> bool:
    return type(bus).__module__.startswith("can.interfaces.socketcan.")

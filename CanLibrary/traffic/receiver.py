"""The one reader of a bus: a thread that hands everything to the bus's traffic and never dies in silence."""

from __future__ import annotations

import threading
import time
from typing import Any

from CanLibrary.traffic.bus_traffic import BusTraffic

SLICE = 0.02  # seconds: how long one `recv` waits, so how soon a close or a question is noticed
_BLOCKED = 0.001  # seconds: a `recv` that took longer found the driver's queue empty


class Receiver:
    """Reads a bus until it is stopped or the bus fails; a failure is kept for the next keyword.

    A thread of ours and not `can.Notifier`: a listener that raises ends the Notifier's thread in
    silence, removing a listener makes the next one miss a message, and a stop takes up to a second.
    """

    def __init__(self, bus: Any, traffic: BusTraffic) -> None:
        self._bus = bus
        self._traffic = traffic
        self._stop = threading.Event()
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

    def _run(self) -> None:
        recv, traffic, stopped, now = self._bus.recv, self._traffic, self._stop.is_set, time.monotonic
        try:
            while not stopped():
                asked = now()
                message = recv(SLICE)
                returned = now()
                if message is None:
                    traffic.seen_quiet(returned)
                    if returned - asked < _BLOCKED:  # a driver that does not wait
                        self._stop.wait(_BLOCKED)
                    continue
                if returned - asked > _BLOCKED:
                    traffic.seen_quiet(returned)
                traffic.received(message, returned)
        except Exception as error:  # noqa: BLE001
            # Whatever a driver raises: kept here, told by the next keyword (verdict rule 4).
            if not stopped():
                traffic.failed(error)

"""The one reader of a bus for a client that streams."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import AsyncIterator

import can

from CanLibrary.exporter.opening import looked
from CanLibrary.formatting import plural
from CanLibrary.jumpstarter.batches import MOST, as_text, packed
from CanLibrary.sessions.overflow import Overflow

ROOM = 200_000  # messages kept for a network that is slow or stands still: some 15 MB
_LOOK = 0.005  # seconds: how soon it is known that there is nothing; so many looks cost 2 % of a core
_HEARTBEAT = 0.2  # seconds after which it is looked for losses where no message comes
_POLL = 0.001  # seconds
_LONGEST = 1.0  # seconds that a question waits on a bus where messages come without a pause


class Reading:
    """Reads a bus in a thread: while the network is slow nothing waits in its driver, which has little room."""

    def __init__(self, bus: can.BusABC, name: str) -> None:
        self.total = 0  # messages for the client
        self._bus, self._name = bus, name
        self._overflow = Overflow(bus, name)
        self._kept: deque[bytes] = deque()
        self._lost = self._told = 0
        self._failure: Exception | None = None
        self._look = self._empty_look = 0  # the number of the look that is under way, of the last one in vain
        self._asked = 0  # up to which look nobody has the time to wait
        self._ended = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._news, self._hungry = asyncio.Event(), False
        self._thread = threading.Thread(target=self._run, name=f"CanLibrary stream of '{name}'", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        bus, kept = self._bus, self._kept
        try:
            while not self._ended.is_set():
                self._look += 1
                asked = self._look <= self._asked
                message, empty = looked(bus, 0 if asked else _LOOK)
                if empty:
                    self._empty_look = self._look
                    continue
                if asked:
                    self._asked += 1
                if message is None:
                    continue
                if len(kept) < ROOM:
                    kept.append(packed(message))
                    self.total += 1
                    if self._hungry:
                        self._wake()
                else:
                    self._lost += 1
        except Exception as error:  # noqa: BLE001 - whatever a driver raises is the client's to know
            if not self._ended.is_set():
                self._failure = error
                self._wake()

    def _wake(self) -> None:
        self._hungry = False
        with contextlib.suppress(RuntimeError):  # the exporter ends
            self._loop.call_soon_threadsafe(self._news.set)

    async def batches(self) -> AsyncIterator[str | list[str]]:
        """Yield batches as text and, as lists, sentences about what was lost; ends with `end`."""
        while not self._ended.is_set():
            if lost := self._take_lost():
                yield lost
            if self._kept:
                count = min(len(self._kept), MOST)
                yield as_text(self._kept.popleft() for _ in range(count))
            elif self._failure is not None:
                raise self._failure
            else:
                await self._wait()

    async def _wait(self) -> None:
        self._news.clear()
        self._hungry = True  # before the look: what comes after it wakes
        if not self._kept and not self._ended.is_set() and self._failure is None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), _HEARTBEAT)

    def _take_lost(self) -> list[str]:
        told = [str(error) for error in self._overflow.take()]
        lost = self._lost  # counted in another thread, which only adds
        if lost > self._told:
            told.append(
                f"Bus '{self._name}' lost {plural(lost - self._told, 'message')}: they came faster than the network "
                f"took them, and {ROOM} waited already."
            )
        self._told = lost
        return told

    async def caught_up(self) -> int:
        """Return how many messages there were when a look that began after the call found no more."""
        before, until = self._look, time.monotonic() + _LONGEST
        self._asked = max(self._asked, before + 1)
        while self._empty_look <= before and self._failure is None and time.monotonic() < until:
            await asyncio.sleep(_POLL)
        return self.total

    def end(self) -> None:
        """Take nothing more from the bus; a second time is fine."""
        self._ended.set()
        self._wake()

    def join(self) -> None:
        """Return when the thread has ended."""
        self._thread.join(_LONGEST)

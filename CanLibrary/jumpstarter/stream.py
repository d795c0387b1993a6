"""Messages that a driver of CanLibrary.exporter receives: they stream in, in batches."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import can

from CanLibrary.formatting import plural
from CanLibrary.jumpstarter.batches import unpack
from CanLibrary.jumpstarter.drivers import upper
from CanLibrary.jumpstarter.problems import ExporterError, let_go, shut_down
from CanLibrary.jumpstarter.session import Session

ROOM = 100_000  # messages that wait here; for more the exporter waits, which has its own room
_PAUSE = 0.01  # seconds
_SLICE = 0.1  # seconds: a test's time-out interrupts between two slices
_LOOK = 1.0  # seconds that the exporter looks on a bus where messages come without a pause
_ON_THE_WAY = 5.0  # seconds for what the exporter has handed over to arrive


class Stream:
    """What a bus receives; a failure ends it, a loss does not."""

    def __init__(self, session: Session, driver: Any, channel: str) -> None:
        self.on_lost: Callable[[str], None] | None = None  # who wants to be told of a loss; else `recv` tells
        self._session, self._driver, self._channel = session, driver, channel
        self._changed = threading.Condition()
        self._received: deque[can.Message] = deque()
        self._count = 0  # messages that came
        self._lost: list[str] = []
        self._failure: Exception | None = None
        self._incoming = session.run(self._read, driver)

    async def _read(self, driver: Any) -> None:
        try:
            async for given in driver.streamingcall_async("received"):
                self._session.heard()
                if isinstance(given, str):
                    self._take(list(unpack(given, self._channel)))
                else:
                    self._note_lost(given)
                while len(self._received) > ROOM:
                    await asyncio.sleep(_PAUSE)
            raise ConnectionError("another client has opened this bus, and receives what comes")
        except Exception as error:  # noqa: BLE001 - whoever receives next is told
            failure = self._session.translated(error, "received")
            with self._changed:
                self._failure = failure
                self._changed.notify_all()
            let_go(error)

    def _take(self, messages: list[can.Message]) -> None:
        with self._changed:
            self._received.extend(messages)
            self._count += len(messages)
            self._changed.notify_all()

    def _note_lost(self, sentences: list[str]) -> None:
        with self._changed:
            if self.on_lost is None:
                self._lost += sentences
                self._changed.notify_all()
                return
        for sentence in sentences:
            self.on_lost(sentence)

    def recv(self, deadline: float | None) -> can.Message | None:
        """Return the next message; at a deadline that is over, only what the exporter has by now.

        Raises:
            ExporterError: The stream has ended; or, once for each loss, the exporter had no room for messages.
        """
        asked = False
        while True:
            with self._changed:
                if self._lost:
                    lost, self._lost = self._lost, []
                    raise ExporterError(f"The exporter's driver says: {' '.join(lost)}")
                if self._received:
                    return self._received.popleft()
                self._check()
                left = _SLICE if deadline is None else deadline - time.monotonic()
                if left > 0:
                    self._changed.wait(min(left, _SLICE))
                    asked = True  # it waited: this was no mere look
                    continue
            if asked:
                return None
            asked = True
            self._catch_up()

    def _catch_up(self) -> None:
        """Return when a message is here, or all that the exporter's bus holds now."""
        driver = self._driver  # before the look whether it is still there
        self._check()
        asked = self._session.begin(driver, "sync")
        asked.add_done_callback(self._notify)
        self._wait(asked.done)
        if self._received:
            asked.cancel()
            return
        there = int(self._session.finish(asked, "sync", takes=_LOOK))
        self._wait(lambda: self._count >= there)
        if not self._received and self._count < there:  # "nothing came" would be a lie
            raise ExporterError(
                f"{upper(self._session.target.where)} has {plural(there - self._count, 'message')} for "
                f"'{self._channel}' that did not arrive within {_ON_THE_WAY:g} seconds."
            )

    def _notify(self, _: concurrent.futures.Future[Any]) -> None:
        with self._changed:
            self._changed.notify_all()

    def _wait(self, condition: Callable[[], bool]) -> None:
        until = time.monotonic() + _ON_THE_WAY
        with self._changed:
            while not condition() and not self._received and time.monotonic() < until:
                self._check()
                self._changed.wait(_SLICE)

    def _check(self) -> None:
        self._session.check()
        if self._failure is not None:
            raise self._failure.with_traceback(None)

    def close(self) -> None:
        """End the stream."""
        self._incoming.cancel()
        let_go(self._failure)
        with self._changed:  # who still waits is told
            self._failure = self._failure or ExporterError(shut_down(self._channel))
            self._changed.notify_all()
        self._driver = None

"""Messages of a driver of CanLibrary.exporter, in batches: those received stream in, those sent go out together."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any

import can

from CanLibrary.jumpstarter.batches import MOST, as_text, packed, unpack
from CanLibrary.jumpstarter.problems import let_go
from CanLibrary.jumpstarter.session import Session

_SLICE = 0.1  # seconds: a test's time-out interrupts between two slices
_ON_THE_WAY = 1.0  # seconds for what the exporter has handed over to arrive
_END = 5.0  # seconds for the last batch to go out, and for the stream to end


class Stream:
    """Both ways of one bus; `failure` ends them."""

    def __init__(self, session: Session, driver: Any, channel: str) -> None:
        self._session, self._driver, self._channel = session, driver, channel
        self._changed = threading.Condition()
        self._received: deque[can.Message] = deque()
        self._count = 0  # messages that came
        self._waiting: list[bytes] = []  # messages to send, packed: their owner may change them
        self._sending = False
        self._refused: Exception | None = None
        self._failure: Exception | None = None
        self._incoming = session.run(self._read)

    # -- in -----------------------------------------------------------------------------------------

    async def _read(self) -> None:
        try:
            async for text in self._driver.streamingcall_async("received"):
                messages = list(unpack(text, self._channel))
                with self._changed:
                    self._received.extend(messages)
                    self._count += len(messages)
                    self._changed.notify_all()
                self._session.heard()
            raise ConnectionError("the exporter ended the stream of messages")
        except Exception as error:  # noqa: BLE001 - whoever receives next is told
            self._fail(self._session.translated(error, "received"))
            let_go(error)

    def _fail(self, failure: Exception) -> None:
        with self._changed:
            self._failure = self._failure or failure
            self._changed.notify_all()

    def recv(self, deadline: float | None) -> can.Message | None:
        """Return the next message; at a deadline that is over, only what the exporter has by now."""
        asked = False
        while True:
            with self._changed:
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
        """Return when all that the exporter's bus holds now is here."""
        there = int(self._session.call(self._driver, "sync", takes=_ON_THE_WAY))
        until = time.monotonic() + _ON_THE_WAY
        with self._changed:
            while self._count < there and self._failure is None and time.monotonic() < until:
                self._changed.wait(_SLICE)

    # -- out ----------------------------------------------------------------------------------------

    def send(self, message: can.Message) -> None:
        """Send a message, soon and in order; one that was refused before is told here."""
        with self._changed:
            self._raise()
            while len(self._waiting) >= MOST:
                self._changed.wait(_SLICE)
                self._raise()
            self._waiting.append(packed(message))
            if not self._sending:
                self._sending = True
                self._session.run(self._write)

    def flush(self) -> None:
        """Return when all is sent; fail if something was refused."""
        until = time.monotonic() + _END
        with self._changed:
            while self._sending and time.monotonic() < until:
                self._check()
                self._changed.wait(_SLICE)
            self._raise()

    def _check(self) -> None:
        self._session.check()
        if self._failure is not None:
            raise self._failure.with_traceback(None)

    def _raise(self) -> None:
        self._check()
        refused, self._refused = self._refused, None
        if refused is not None:
            raise refused

    async def _write(self) -> None:
        while True:
            with self._changed:
                batch, self._waiting = self._waiting, []
                self._sending = bool(batch)
                self._changed.notify_all()
            if not batch:
                return
            try:
                await self._driver.call_async("send_batch", as_text(batch))
                self._session.heard()
            except Exception as error:  # noqa: BLE001 - whoever sends next is told
                with self._changed:
                    self._refused = self._session.translated(error, "send")
                let_go(error)

    def close(self) -> None:
        """Let the last messages go out and end the stream."""
        try:
            if self._session.broken is None:
                self.flush()
        finally:
            self._incoming.cancel()
            self._driver = None
            let_go(self._failure)

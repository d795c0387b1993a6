"""Messages that a driver of CanLibrary.exporter sends: they go out in batches."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from itertools import islice
from typing import Any

import can

from CanLibrary.formatting import plural
from CanLibrary.jumpstarter.batches import MOST, as_text, packed, unpack
from CanLibrary.jumpstarter.problems import ExporterError, let_go, slow
from CanLibrary.jumpstarter.session import Session
from CanLibrary.types import message_from

_SLICE = 0.1  # seconds: a test's time-out interrupts between two slices
_TAKES = 7.0  # seconds for the answer to a batch; on a slow bus it comes before all of it is out


class Outgoing:
    """Sends for one bus, in order: with `send_batch` at once, with `send` soon."""

    def __init__(self, session: Session, driver: Any) -> None:
        self._session, self._driver = session, driver
        self._changed = threading.Condition()  # its lock may be taken twice
        self._waiting: list[bytes] = []  # packed: their owner may change them
        self._sending = False
        self._refused: Exception | None = None

    def send_batch(self, messages: Sequence[can.Message]) -> tuple[int, Exception | None]:
        """Send messages, and return how many are out and, if not all of them, why not the next one."""
        sent = 0
        try:
            self.flush()
            while sent < len(messages):
                text = as_text(packed(message) for message in islice(messages, sent, sent + MOST))
                count, refused = self._session.call(self._driver, "send_batch", text, takes=_TAKES)
                sent += int(count)
                if refused:
                    return sent, ExporterError(f"The exporter's driver says: {refused}.")
        except can.CanError as error:
            return sent, error
        return sent, None

    def send(self, message: can.Message) -> None:
        """Send a message together with others; one that was refused before is told here, and nothing followed it."""
        with self._changed:
            self._raise()
            while len(self._waiting) >= MOST:
                self._changed.wait(_SLICE)
                self._raise()
            self._waiting.append(packed(message))
            if not self._sending:
                self._sending = True
                self._session.run(self._write, self._driver)

    def flush(self) -> None:
        """Return when all is sent; fail if something was refused."""
        with self._changed:
            while self._sending:
                self._session.check()
                self._changed.wait(_SLICE)
            self._raise()

    def _raise(self) -> None:
        self._session.check()
        refused, self._refused = self._refused, None
        if refused is not None:
            raise refused

    async def _write(self, driver: Any) -> None:
        batch: list[bytes] = []
        try:
            while self._fill(batch):
                text = as_text(batch)
                answer = await asyncio.wait_for(driver.call_async("send_batch", text), _TAKES)
                self._session.heard()
                count, refused = int(answer[0]), answer[1]
                if refused:
                    self._refuse(refused, batch[count:])
                    batch = []
                else:
                    del batch[:count]
        except asyncio.TimeoutError:
            self._fail(ExporterError(slow(self._session.target, "send_batch", _TAKES)))
        except Exception as error:  # noqa: BLE001 - whoever sends next is told
            self._fail(self._session.translated(error, "send"))
            let_go(error)
        finally:
            with self._changed:
                self._sending = False
                self._changed.notify_all()

    def _fill(self, batch: list[bytes]) -> bool:
        """Let a batch have what waits, and return whether there is anything to send."""
        with self._changed:
            room = MOST - len(batch)
            batch += self._waiting[:room]
            del self._waiting[:room]
            self._sending = bool(batch)
            self._changed.notify_all()
        return bool(batch)

    def _refuse(self, why: str, left: list[bytes]) -> None:
        (message,) = unpack(as_text(left[:1]))
        with self._changed:
            behind = len(left) - 1 + len(self._waiting)
            more = f", nor {plural(behind, 'message')} behind it" if behind else ""
            self._fail(
                ExporterError(
                    f"The exporter's driver says: {why}; {message_from(message)} was not sent{more}."
                )
            )

    def _fail(self, error: Exception) -> None:
        """Keep why a message was not sent; what waits behind it must not go out as if nothing had been."""
        with self._changed:
            self._refused = error
            self._waiting.clear()

    def close(self) -> None:
        """Let the last messages go out."""
        try:
            if self._session.broken is None:
                self.flush()
        finally:
            self._driver = None

"""The driver of a CAN bus."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncGenerator
from dataclasses import field
from typing import Any

import can
from anyio import to_thread
from jumpstarter.driver import Driver, export
from jumpstarter_driver_can import driver as published
from pydantic.dataclasses import dataclass

from CanLibrary.exporter.opening import CONFIG, Plain, opened
from CanLibrary.jumpstarter.batches import MOST, as_text, packed, unpack
from CanLibrary.jumpstarter.session import OURS

_LOOK = 0.01  # seconds: how soon it is known that there is nothing
_HEARTBEAT = 0.2  # seconds after which a stream without messages looks whether anybody still wants it
_LONGEST = 1.0  # seconds to throw away what comes faster than it goes


@dataclass(kw_only=True, config=CONFIG)
class Can(published.Can):
    """A CAN bus on any interface of python-can."""

    interface: str
    channel: str | int | None = None
    bitrate: int | None = None
    fd: bool | None = None
    data_bitrate: int | None = None
    filters: Any = None
    options: Plain = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the bus as CanLibrary does, with all that the description says."""
        Driver.__post_init__(self)
        self.bus = opened(self)
        self._looked = threading.Condition()
        self._total = self._empty_looks = self._generation = 0
        self._reading = threading.Lock()

    @export
    async def received(self) -> AsyncGenerator[str, None]:
        """Yield what is received, in batches, until the client has enough."""
        client = self._generation
        while client == self._generation:
            if batch := await to_thread.run_sync(self._next_batch, client):
                yield as_text(packed(message) for message in batch)

    def _next_batch(self, client: int) -> list[can.Message]:
        """Wait a moment for a message, and take what is there with it; a client that is gone takes nothing more."""
        batch: list[can.Message] = []
        until = time.monotonic() + _HEARTBEAT
        with self._reading:
            while len(batch) < MOST and client == self._generation:
                message = self.bus.recv(0 if batch else _LOOK)
                with self._looked:
                    if message is not None:
                        batch.append(message)
                        self._total += 1
                        continue
                    self._empty_looks += 1
                    self._looked.notify_all()
                if batch or time.monotonic() > until:
                    break
        return batch

    @export
    def sync(self) -> int:
        """Return how many messages there were, when a look finds no more; it is for clients that stream."""
        with self._looked:
            before = self._empty_looks
            self._looked.wait_for(lambda: self._empty_looks > before, _LONGEST)
            return self._total

    @export
    def send_batch(self, messages: str) -> int:
        """Send messages in order and return how many."""
        sent = 0
        for message in unpack(messages):
            try:
                self.bus.send(message)
            except Exception as error:
                detail = str(error).rstrip(".") or type(error).__name__
                raise RuntimeError(
                    f"{detail}; {message} and what followed it at once was not sent"
                ) from error
            sent += 1
        return sent

    @export
    def throw_away(self) -> None:
        """Throw away what was received and nobody asked for, and count anew."""
        self._generation += 1  # a stream of the one before ends, and takes nothing more
        until = time.monotonic() + _LONGEST
        with self._reading:
            while self.bus.recv(0) is not None and time.monotonic() < until:
                pass
            self._total = 0

    def extra_labels(self) -> dict[str, str]:
        """Tell clients of ours that this driver can do more."""
        return {OURS: type(self).__name__}

    def close(self) -> None:
        """Shut the bus down."""
        self.bus.shutdown()
        super().close()

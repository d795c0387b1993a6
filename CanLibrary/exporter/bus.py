"""The driver of a CAN bus."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import nullcontext
from dataclasses import asdict, field
from typing import Any
from uuid import UUID

from can.broadcastmanager import ModifiableCyclicTaskABC
from jumpstarter.driver import Driver, export
from jumpstarter_driver_can import driver as published
from pydantic.dataclasses import dataclass

from CanLibrary.config import SEND_TIMEOUT
from CanLibrary.exporter.opening import CONFIG, Plain, looked, opened
from CanLibrary.exporter.reading import Reading
from CanLibrary.jumpstarter.batches import unpack
from CanLibrary.jumpstarter.bus import CAN_DO, RATE
from CanLibrary.jumpstarter.messages import from_map
from CanLibrary.jumpstarter.session import OURS
from CanLibrary.sessions.capabilities import capabilities

_TURN = 0.5  # seconds after which a batch on a slow bus is answered, with what is out until then
_POLL = 0.001  # seconds
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
        self._reading: Reading | None = None
        self._taking_over = threading.Lock()

    # -- for clients that stream --------------------------------------------------------------------

    @export
    async def received(self) -> AsyncGenerator[str | list[str], None]:
        """Yield what is received, in batches, until the client has enough or another one streams."""
        if self._reading is not None:
            self._reading.end()
        reading = self._reading = Reading(self.bus, str(self.channel))
        try:
            async for batch in reading.batches():
                yield batch
        finally:
            reading.end()

    @export
    async def sync(self) -> int:
        """Return how many messages there were for the stream, when a look finds no more."""
        until = time.monotonic() + _LONGEST
        while self._reading is None and time.monotonic() < until:  # the stream was asked for just now
            await asyncio.sleep(_POLL)
        return 0 if self._reading is None else await self._reading.caught_up()

    @export
    def throw_away(self) -> None:
        """Throw away what was received and nobody asked for; a stream of the client before ends."""
        with self._taking_over:
            self._end_reading()
            until = time.monotonic() + _LONGEST
            while not looked(self.bus, 0)[1] and time.monotonic() < until:
                pass

    def _end_reading(self) -> None:
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.end()
            reading.join()

    @export
    def send_batch(self, messages: str) -> list[Any]:
        """Send messages in order, and return how many and why the next one was refused, if it was."""
        sent, until = 0, time.monotonic() + _TURN
        for message in unpack(messages):
            if sent and time.monotonic() > until:
                break
            try:
                self.bus.send(message, SEND_TIMEOUT)
            except Exception as error:  # noqa: BLE001 - the client tells it
                return [sent, str(error).rstrip(".") or type(error).__name__]
            sent += 1
        return [sent, ""]

    @export
    def _change_task(self, uuid: str, messages: list[Any]) -> None:
        """Let a periodic message have other data, without a break; no old data goes out after this."""
        # The tasks are the published driver's own and there is no public way to them; its class is called Can, too.
        task = self.__tasks[UUID(uuid)]
        if not isinstance(task, ModifiableCyclicTaskABC):
            raise NotImplementedError
        task.modify_data([from_map(message, None) for message in messages])
        with getattr(task, "send_lock", nullcontext()):
            pass  # a thread of python-can that took the old data before is through with it

    # -- what every driver has ----------------------------------------------------------------------

    def extra_labels(self) -> dict[str, str]:
        """Tell clients of ours that this driver can do more, what its bus can do and how fast it is."""
        able = [name for name, value in asdict(capabilities(self.bus)).items() if value]
        rates = {"bitrate": self.bitrate, "data_bitrate": self.data_bitrate}
        told = {RATE + word: str(rate) for word, rate in rates.items() if rate is not None}
        return {OURS: type(self).__name__, CAN_DO: " ".join(able), **told}

    def close(self) -> None:
        """Shut the bus down."""
        self._end_reading()
        self.bus.shutdown()
        super().close()

"""Drivers for a Jumpstarter exporter: drop-ins for the published ones that take what the documentation says.

An exporter file names them as `type: CanLibrary.exporter.Can`, `IsoTpPython` or `IsoTpSocket`. The published
clients work with them. They take `bitrate`, `fd` and an address as a map, refuse what they do not know, close
what they opened, and tell the errors of ISO-TP.
"""

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
from jumpstarter_driver_can.common import IsoTpParams as PublishedParams
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from CanLibrary.config import ConnectionDescription, bus_description, connection_description
from CanLibrary.jumpstarter.batches import MOST, as_text, packed, unpack
from CanLibrary.jumpstarter.session import OURS
from CanLibrary.sessions.interfaces import open_bus
from CanLibrary.transport.addresses import isotp_address, isotp_params

_CONFIG = ConfigDict(arbitrary_types_allowed=True, extra="forbid")
_PLAIN = dict[str, Any]
_MOST_ERRORS = 100
_LOOK = 0.01  # seconds: how soon it is known that there is nothing
_HEARTBEAT = 0.2  # seconds after which a stream without messages looks whether anybody still wants it
_LONGEST = 1.0  # seconds to throw away what comes faster than it goes


def _open(driver: Any) -> can.BusABC:
    words = ("interface", "channel", "bitrate", "fd", "data_bitrate", "filters", "options")
    given = {word: getattr(driver, word, None) for word in words}
    bus, notices = open_bus(bus_description(type(driver).__name__, given))
    for notice in notices:
        driver.logger.warning(notice)
    return bus


def _description(driver: Any) -> ConnectionDescription:
    return connection_description(
        type(driver).__name__, {"address": driver.address, "params": driver.params or {}}
    )


@dataclass(kw_only=True, config=_CONFIG)
class Can(published.Can):
    """A CAN bus on any interface of python-can."""

    interface: str
    channel: str | int | None = None
    bitrate: int | None = None
    fd: bool | None = None
    data_bitrate: int | None = None
    filters: Any = None
    options: _PLAIN = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the bus as CanLibrary does, with all that the description says."""
        Driver.__post_init__(self)
        self.bus = _open(self)
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


@dataclass(kw_only=True, config=_CONFIG)
class IsoTpPython(published.IsoTpPython):
    """ISO-TP in Python, on any interface of python-can."""

    interface: str
    channel: str | int | None = None
    address: Any
    params: Any = None
    read_timeout: float = 0.05
    bitrate: int | None = None
    fd: bool | None = None
    data_bitrate: int | None = None
    options: _PLAIN = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the bus; the protocol begins with `start`."""
        import isotp

        Driver.__post_init__(self)
        description = _description(self)
        self.bus = _open(self)
        self.notifier = can.Notifier(self.bus, [], timeout=0.1)
        self._started, self._changing = False, threading.Lock()
        self._errors: list[list[str]] = []
        params = isotp_params(description.params) | {"blocking_send": description.params.blocking_send}
        self.stack = isotp.NotifierBasedCanStack(
            self.bus,
            self.notifier,
            address=isotp_address(description.address),
            error_handler=self._note,
            params=params,
            read_timeout=self.read_timeout,
        )

    def _note(self, error: Exception) -> None:
        if len(self._errors) < _MOST_ERRORS:
            self._errors.append([type(error).__name__, str(error)])

    @export
    def take_errors(self) -> list[list[str]]:
        """Return what the protocol met since the last call: can-isotp's names and texts."""
        errors, self._errors = self._errors, []
        return errors

    @export
    def receiving(self) -> bool:
        """Return whether a payload of several messages is on its way in."""
        return bool(self.stack.is_rx_active())

    @export
    def start(self) -> None:
        """Take part in the traffic; a second time is fine."""
        with self._changing:
            if not self._started:
                self.stack.start()
                self._started = True

    @export
    def stop(self) -> None:
        """Take no part any more; a second time is fine."""
        with self._changing:
            if self._started:
                self._started = False
                self.stack.stop()

    def extra_labels(self) -> dict[str, str]:
        """Tell clients of ours that this driver can do more."""
        return {OURS: type(self).__name__}

    def close(self) -> None:
        """Stop, and shut the bus down."""
        self.stop()
        self.notifier.stop()
        self.bus.shutdown()
        super().close()


@dataclass(kw_only=True, config=_CONFIG)
class IsoTpSocket(published.IsoTpSocket):
    """ISO-TP by the Linux kernel."""

    address: Any
    params: Any = None

    def __post_init__(self) -> None:
        """Check address and parameters; the socket opens with `start`."""
        Driver.__post_init__(self)
        description = _description(self)
        self.address = isotp_address(description.address)
        known = isotp_params(description.params)
        self.params = PublishedParams(
            **{name: value for name, value in known.items() if name in PublishedParams.model_fields}
        )

    def close(self) -> None:
        """Close the socket."""
        if self.sock is not None:
            self.stop()
        super().close()

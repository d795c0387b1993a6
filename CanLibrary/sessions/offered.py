"""An ISO-TP connection that an exporter's driver offers: it runs here like any other, and is worked from afar.

Clients of ours work it with orders, answered with all that happened since the last one. Those that are published
for Jumpstarter call its other methods, which do what the published drivers do.
"""

from __future__ import annotations

import base64
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from CanLibrary.config import connection_description
from CanLibrary.errors import BusError, CanLibraryError, ConfigurationError
from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.connection import Connection
from CanLibrary.sessions.connections import Connections
from CanLibrary.sessions.ownership import Ownership
from CanLibrary.transport.plain import plain_error, plain_params
from CanLibrary.transport.protocol import Transfer
from CanLibrary.types import AnyIsoTpAddress, AutoClose, Pattern, TargetAddressType

_CAPACITY = 10_000  # messages: nobody asks for the past here
_SLICE = 0.1  # seconds
_LONGEST = 1.0  # seconds that one look waits, whatever was asked for


class OfferedConnection:
    """One connection with a bus of its own; each client that joins begins with a fresh one."""

    def __init__(self, name: str, given: Mapping[str, Any]) -> None:
        """Open the bus; the protocol begins when it is started.

        Args:
            name: The driver, for sentences.
            given: What the exporter's file says.

        Raises:
            CanLibraryError: The file is wrong, or the bus cannot be opened.
        """
        described = connection_description(name, given)
        if described.node is None:
            raise ConfigurationError(
                f"{name}: interface and channel are missing; without them there is no bus."
            )
        ownership = Ownership(AutoClose.MANUAL)
        self._buses = Buses({name: described.node}, ownership, _CAPACITY)
        self._connections = Connections({}, self._buses, ownership)
        self._name, self._given = name, {**given, "params": plain_params(described.params)}
        self._backend, self._read_timeout = described.backend, described.read_timeout
        self._changing = threading.RLock()  # held while a client joins or orders something, but not by a look
        self._gathering = threading.Lock()
        self._client = 0  # how many joined: only the last one is served
        self.bus = self._buses.open(name, {})
        try:
            self._connection = self._open(name, described.address, {})
        except BaseException:
            self.close()
            raise

    def _open(self, alias: str, address: Any, params: Mapping[str, Any]) -> Connection:
        given = {
            "bus": self._name,
            "backend": self._backend,
            "read_timeout": self._read_timeout,
            "address": address,
            "params": {**self._given["params"], **params},
        }
        connection = self._connections.open(alias, given, start=False)
        self._events: deque[tuple[int, list[Any]]] = deque()  # what a client does not know yet, numbered
        self._happened = self._payloads = 0
        self._sending: dict[int, Transfer] = {}  # by the client's own numbers
        return connection

    def close(self) -> None:
        """Close the connection and its bus; twice is fine."""
        with self._changing:
            self._connections.registry.close_all()
            self._buses.registry.close_all()

    # -- for clients of ours ------------------------------------------------------------------------

    def order(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a client orders; the answer has its result and all events after `after`, or why it failed."""
        do = str(order["do"])
        try:
            if do == "join":
                return self._join(order)
            result: dict[str, Any] | None = None
            if do == "look":
                self._wait(order)
            else:
                with self._changing:
                    self._check(order)
                    result = self._orders()[do](order)
            return {**(result or {}), "events": self._events_for(order)}
        except (CanLibraryError, AssertionError, ValueError) as error:
            return {"failed": plain_error(error)}

    def _orders(self) -> dict[str, Callable[[Mapping[str, Any]], dict[str, Any] | None]]:
        return {
            "start": lambda _: self.start(),
            "stop": lambda _: self._stop(),
            "send": self._send,
            "stop sending": lambda _: self.stop_sending(),
            "stop receiving": lambda _: self.stop_receiving(),
            "catch up": lambda _: self.catch_up(),
            "is receiving": lambda _: {"receiving": self._connection.transport.receiving()},
            "set address": lambda order: self.set_address(self._address(order["address"])),
        }

    def _join(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Begin anew for a client: what others left, payloads too, is none of its business."""
        with self._changing:
            before = self._connection.transport
            with self._gathering:
                self._client += 1
                before.stop()
                self._connections.registry.close_all()
                self.bus.catch_up()
                try:
                    self._connection = self._open(str(order["alias"]), order["address"], order["params"])
                except BaseException:
                    self._connection = self._open(self._name, self._given["address"], {})
                    raise
            before.inbox.notify()  # who looks there has a look here
            return {"client": self._client, "params": plain_params(self._connection.transport.params)}

    def _check(self, order: Mapping[str, Any]) -> None:
        if order["client"] != self._client:
            raise BusError(
                f"another client works with the exporter's driver '{self._name}' now, which serves one at a time."
            )
        self.bus.check_open()

    def _wait(self, order: Mapping[str, Any]) -> None:
        self._check(order)
        transport = self._connection.transport
        inbox = transport.inbox

        def news() -> bool:
            return bool(
                not transport.running
                or inbox.unread
                or inbox.has_problems
                or self._happened > order["after"]
                or any(transfer.done for transfer in tuple(self._sending.values()))
                or self.bus.traffic.failure is not None
                or order["client"] != self._client
            )

        with inbox.changed:
            inbox.changed.wait_for(news, min(float(order["wait"]), _LONGEST))

    def _send(self, order: Mapping[str, Any]) -> dict[str, Any]:
        data = base64.b64decode(order["data"])
        with self._gathering:
            self._gather()
            before = self._payloads + self._connection.transport.receiving()
            transfer = self._connection.transport.send(data, TargetAddressType(order["target"]))
            self._sending[order["number"]] = transfer
        return {"before": before}

    def _stop(self) -> None:
        self.bus.catch_up()
        self._connection.transport.stop()

    def _events_for(self, order: Mapping[str, Any]) -> list[tuple[int, list[Any]]]:
        with self._gathering:
            self._check(order)
            while self._events and self._events[0][0] <= order["after"]:
                self._events.popleft()
            self._gather()
            return list(self._events)

    def _gather(self) -> None:
        """Number what happened, with the lock held."""
        inbox = self._connection.transport.inbox
        with inbox.changed:
            while (payload := inbox.take(Pattern.ANY.matches)) is not None:
                self._payloads += 1
                self._note("payload", base64.b64encode(payload).decode())
        for problem in inbox.take_problems():
            self._note("problem", problem.harmless, *plain_error(problem.error))
        for number, transfer in [(number, one) for number, one in self._sending.items() if one.done]:
            del self._sending[number]
            self._note("sent", number, *(plain_error(transfer.error) if transfer.error else ()))

    def _note(self, *event: Any) -> None:
        self._happened += 1
        self._events.append((self._happened, list(event)))

    def _address(self, given: Any) -> AnyIsoTpAddress:
        return connection_description(self._name, {"address": given}).address

    # -- for the published client ---------------------------------------------------------------------

    def start(self) -> None:
        """Take part in the traffic; a second time is fine."""
        self._connection.transport.start()

    def stop(self) -> None:
        """Take no part any more, and forget what is unread; a second time is fine."""
        self._connection.transport.stop()
        with self._gathering:
            self._gather()
            self._events.clear()

    def send(self, data: bytes, target: int | None, timeout: float | None) -> None:
        """Begin to send a payload; with `blocking_send` wait until it is through.

        Raises:
            IsoTpTransferError: It did not get through.
        """
        transport = self._connection.transport
        params, inbox = transport.params, transport.inbox
        to = params.default_target_address_type if target is None else TargetAddressType(target)
        if not transport.running:
            raise BusError(f"Driver '{self._name}' is not started.")
        transfer = transport.send(data, to)
        if not params.blocking_send:
            return
        with inbox.changed:
            if not inbox.changed.wait_for(lambda: transfer.done, timeout):
                raise BusError(f"{len(data)} bytes were not through within {timeout:g} seconds.")
        if transfer.error is not None:
            raise transfer.error

    def recv(self, block: bool, timeout: float | None) -> bytes | None:
        """Return the oldest payload, or None if none came in time."""
        inbox = self._connection.transport.inbox
        until = None if timeout is None else time.monotonic() + timeout
        if not block:
            self.catch_up()
        with inbox.changed:
            while True:
                if (payload := inbox.take(Pattern.ANY.matches)) is not None:
                    return payload
                left = _SLICE if until is None else until - time.monotonic()
                if not block or left <= 0 or not self._connection.transport.running:
                    return None
                inbox.changed.wait(min(left, _SLICE))

    def available(self) -> bool:
        """Return whether a payload waits."""
        self.catch_up()
        return self._connection.transport.inbox.unread > 0

    def transmitting(self) -> bool:
        """Return whether a payload is on its way out."""
        return self._connection.transport.transmitting()

    def set_address(self, address: AnyIsoTpAddress) -> None:
        """Use another address from now on; refused while something is on its way."""
        self.bus.catch_up()  # what came under the old address is not judged by the new one
        self._connection.transport.set_address(address)

    def stop_sending(self) -> None:
        """Abandon what is on its way out."""
        self._connection.transport.stop_sending()

    def stop_receiving(self) -> None:
        """Abandon what is on its way in."""
        self._connection.transport.stop_receiving()

    def catch_up(self) -> None:
        """Return when all that arrived before the call is worked on."""
        self.bus.catch_up()
        self._connection.transport.catch_up()

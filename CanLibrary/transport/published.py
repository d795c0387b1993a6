"""ISO-TP by the driver that is published for Jumpstarter, with one thread that receives and one that sends.

The exporter's driver keeps the timing and the protocol, and its parameters: a client cannot change those.
What it does not tell, a client cannot know: it keeps the errors of its protocol to itself.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

import can

from CanLibrary.errors import NotSupportedError, translated
from CanLibrary.transport.addresses import isotp_address, prefix_size
from CanLibrary.transport.inbox import Inbox, Problem
from CanLibrary.transport.problems import busy_address, stopped_sending
from CanLibrary.transport.protocol import Transfer
from CanLibrary.types import AnyIsoTpAddress, IsoTpParams, TargetAddressType

_LOOK = 0.1  # seconds that one call waits for a payload
_POLL = 0.005  # seconds between two questions whether a payload is through
_SETTLE = 0.25  # seconds until what is through is known to be
_PATIENCE = 6.0  # seconds to wait for a thread's end: an exporter that is gone is noticed sooner
_LONGEST = 60.0  # seconds that a driver with blocking_send may take for one payload


class PublishedTransport:
    """An ISO-TP endpoint on the other end of a Jumpstarter session."""

    def __init__(self, alias: str, client: Any, address: AnyIsoTpAddress, params: IsoTpParams) -> None:
        """Take a driver.

        Args:
            alias: The connection, for sentences.
            client: Jumpstarter's `IsoTpClient`.
            address: What the driver is to use. One that cannot change it is taken to have it.
            params: What the driver is taken to have; nothing here can change its own.

        Raises:
            NotSupportedError: The driver's reception could not be ended.
        """
        self._alias, self._client = alias, client
        self.address, self.params = address, params
        self.inbox = Inbox()
        self._outgoing: queue.SimpleQueue[tuple[Transfer, bytes, TargetAddressType] | None] = (
            queue.SimpleQueue()
        )
        self._under_way: list[Transfer] = []  # the oldest first
        self._receiving = (
            threading.Lock()
        )  # held by who takes payloads from the driver, so that they stay in order
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._begin_anew()
        self._give_address(address)

    def _begin_anew(self) -> None:
        """Let what another client left behind, a running protocol and payloads, be no business of ours."""
        try:
            self._client.available()
        except NotImplementedError as error:
            raise NotSupportedError(
                f"Connection '{self._alias}' could not be opened: the exporter's driver is the published IsoTpSocket, "
                "which waits for payloads without an end; use type CanLibrary.exporter.IsoTpSocket."
            ) from error
        with contextlib.suppress(can.CanOperationError):  # it was not started
            self._client.stop()
        self._throw_away()

    def _throw_away(self) -> None:
        while self._ask("asked for payloads", lambda: self._client.recv(False)) is not None:
            pass

    # -- operations, called by keywords -------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return bool(self._threads)

    def start(self) -> None:
        """Take part in the traffic; a second time is fine."""
        if self.running:
            return
        self._ask("started", self._client.start)
        self._ending.clear()
        self._threads = [
            threading.Thread(target=target, name=f"CanLibrary IsoTp '{self._alias}' {what}", daemon=True)
            for target, what in ((self._receive, "receives"), (self._send, "sends"))
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no part any more; unread payloads stay. A second time, or before a start, is fine."""
        if not self.running:
            return
        self._abandon()
        self._ending.set()
        self._outgoing.put(None)
        for thread in self._threads:
            thread.join(_PATIENCE)
        self._threads = []
        if not self.inbox.over:
            self._take_all()
            self._ask("stopped", self._client.stop)

    def send(self, data: bytes, target: TargetAddressType) -> Transfer:
        """Begin to send a payload and return at once; the inbox is notified when the transfer is done."""
        transfer = Transfer(len(data))
        self._under_way.append(transfer)
        self._outgoing.put((transfer, data, target))
        return transfer

    def transmitting(self) -> bool:
        """Return whether a payload is on its way out."""
        return bool(self._under_way)

    def receiving(self) -> bool:
        """Return False: the driver does not tell whether a payload of several messages is on its way in."""
        return False

    def set_address(self, address: AnyIsoTpAddress) -> None:
        """Use another address from now on; only while nothing is on its way."""
        if self._busy():
            raise busy_address(self._alias)
        self.catch_up()
        if not self._give_address(address):
            raise NotSupportedError(
                f"The exporter's driver of connection '{self._alias}' cannot change its address; its own file says it."
            )
        self.address = address

    def _busy(self) -> bool:
        """Return whether something is on its way, and not only not known yet to be through."""
        until = time.monotonic() + _SETTLE
        while self._under_way and time.monotonic() < until:
            if self._is_transmitting():
                return True
            self._ending.wait(_POLL)
        return bool(self._under_way)

    def _give_address(self, address: AnyIsoTpAddress) -> bool:
        try:
            self._ask("given its address", lambda: self._client.set_address(isotp_address(address)))
        except NotSupportedError:
            return False
        return True

    def stop_sending(self) -> None:
        """Abandon what is on its way out, and what waits behind it."""
        if self.running:
            self._abandon()

    def _abandon(self) -> None:
        under_way, self._under_way = self._under_way, []
        for transfer in under_way:
            transfer.error = stopped_sending(self._alias, transfer.size)
            transfer.done = True
        self.inbox.notify()
        if under_way and not self.inbox.over:
            self._ask("stopped sending", self._client.stop_sending)

    def stop_receiving(self) -> None:
        """Abandon what is on its way in."""
        if self.running:
            self._ask("stopped receiving", self._client.stop_receiving)

    def catch_up(self) -> None:
        """Return when all that the driver had received before the call is in the inbox."""
        if self.running:
            self._take_all()

    def _take_all(self) -> None:
        with self._receiving:
            while (payload := self._ask("asked for payloads", lambda: self._client.recv(False))) is not None:
                self.inbox.put(payload)

    def _ask(self, doing: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except NotImplementedError as error:
            raise NotSupportedError(
                f"Connection '{self._alias}' could not be {doing}: the exporter's driver cannot do that."
            ) from error
        except Exception as error:
            raise translated(f"Connection '{self._alias}' could not be {doing}", error) from error

    # -- the threads --------------------------------------------------------------------------------

    def _receive(self) -> None:
        while not self._ending.is_set():
            try:
                with self._receiving:
                    payload = self._client.recv(True, _LOOK)
                    if payload is not None:
                        self.inbox.put(payload)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next keyword tells it
                if not self._ending.is_set():
                    told = translated(f"Connection '{self._alias}' receives no more", error)
                    self.inbox.over = True
                    self.inbox.report(Problem(told))
                return

    def _send(self) -> None:
        while (item := self._outgoing.get()) is not None:
            transfer, data, target = item
            if transfer.done or transfer.error is not None:
                continue
            error: Exception | None = None
            transfer.proved = self._is_single_frame(data)
            try:
                self._client.send(data, int(target), _LONGEST if self.params.blocking_send else None)
                self._wait_until_through(transfer)
            except Exception as failed:  # noqa: BLE001 - whatever it is, it belongs to this transfer
                error = translated(f"Connection '{self._alias}' could not send {len(data)} bytes", failed)
            if transfer in self._under_way:
                transfer.error = error
                transfer.done = True
                self._under_way.remove(transfer)
                self.inbox.notify()

    def _is_single_frame(self, data: bytes) -> bool:
        return len(data) <= 7 - prefix_size(self.address)

    def _wait_until_through(self, transfer: Transfer) -> None:
        while transfer in self._under_way and self._is_transmitting():
            self._ending.wait(_POLL)

    def _is_transmitting(self) -> bool:
        return bool(self._client.transmitting())

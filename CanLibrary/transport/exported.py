"""ISO-TP by a driver of CanLibrary.exporter: the connection runs there, and a thread here asks what happens to it."""

from __future__ import annotations

import base64
import itertools
import threading
from collections.abc import Callable, Collection
from typing import Any

from CanLibrary.config import connection_description
from CanLibrary.errors import CanLibraryError, translated
from CanLibrary.transport.inbox import Inbox, Problem
from CanLibrary.transport.plain import error_from, plain_address, plain_params
from CanLibrary.transport.problems import stopped_sending
from CanLibrary.transport.protocol import Transfer
from CanLibrary.types import AnyIsoTpAddress, IsoTpParams, TargetAddressType

Ask = Callable[[dict[str, Any], float], dict[str, Any]]  # an order, and the seconds that it may take
_LOOK = 0.2  # seconds that the exporter waits for news at once
_SETTLING = 3.0  # seconds that a busy bus may take to be read
_PATIENCE = 6.0  # seconds to wait for the thread's end: an exporter that is gone is noticed sooner


class ExportedTransport:
    """An ISO-TP endpoint on the other end of a Jumpstarter session."""

    def __init__(
        self, alias: str, ask: Ask, address: AnyIsoTpAddress, params: IsoTpParams, given: Collection[str]
    ) -> None:
        """Take the driver over, in the state in which its file describes it.

        Args:
            alias: The connection, for sentences.
            ask: Gives an order to the driver and returns its answer.
            address: What the driver is to use.
            params: The parameters of the connection.
            given: The names of those that were given; for the others the driver's own file says them.
        """
        self._alias, self._ask = alias, ask
        self.address, self.params = address, params
        self.inbox = Inbox()
        self._taking = threading.Lock()  # held by who hands over events, so that they stay in order
        self._known = self._client = 0  # events that are handed over; who we are for the driver
        self._numbers = itertools.count(1)
        self._sending: dict[int, Transfer] = {}
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        ours = {name: value for name, value in plain_params(params).items() if name in given}
        joined = self._order("opened", "join", alias=alias, address=plain_address(address), params=ours)
        self._client = int(joined["client"])
        self.params = connection_description(alias, {"address": address, "params": joined["params"]}).params

    # -- operations, called by keywords -------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._thread is not None

    def start(self) -> None:
        """Take part in the traffic; a second time is fine."""
        if self.running:
            return
        self._order("started", "start")
        self._ending.clear()
        self._thread = threading.Thread(
            target=self._watch, name=f"CanLibrary IsoTp '{self._alias}'", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Take no part any more; unread payloads stay. A second time, or before a start, is fine."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._ending.set()
        try:
            if not self.inbox.over:
                self._order("stopped", "stop", takes=_SETTLING)
        finally:
            thread.join(_PATIENCE)
            self._abandon()

    def _abandon(self) -> None:
        """Let end what nobody tells of any more."""
        with self._taking:
            for number in list(self._sending):
                self._end(number, stopped_sending(self._alias, self._sending[number].size))
        self.inbox.notify()

    def send(self, data: bytes, target: TargetAddressType) -> Transfer:
        """Begin to send a payload and return at once; the inbox is notified when the transfer is done."""
        transfer, number = Transfer(len(data)), next(self._numbers)
        self._sending[number] = transfer
        payload = base64.b64encode(data).decode()
        try:
            answer = self._order("used to send", "send", number=number, data=payload, target=int(target))
        except BaseException:
            self._sending.pop(number, None)
            raise
        transfer.came_before = int(answer["before"])
        return transfer

    def transmitting(self) -> bool:
        """Return whether a payload is on its way out."""
        return bool(self._sending)

    def receiving(self) -> bool:
        """Return whether a payload of several messages is on its way in."""
        return self.running and bool(self._order("asked", "is receiving")["receiving"])

    def set_address(self, address: AnyIsoTpAddress) -> None:
        """Use another address from now on; refused while something is on its way."""
        self._order("given its address", "set address", takes=_SETTLING, address=plain_address(address))
        self.address = address

    def stop_sending(self) -> None:
        """Abandon what is on its way out, and what waits behind it."""
        if self.running:
            self._order("stopped sending", "stop sending")

    def stop_receiving(self) -> None:
        """Abandon what is on its way in."""
        if self.running:
            self._order("stopped receiving", "stop receiving")

    def catch_up(self) -> None:
        """Return when all that the exporter's bus had received before the call is in the inbox."""
        if self.running:
            self._order("asked", "catch up", takes=_SETTLING)

    # -- orders and events --------------------------------------------------------------------------

    def _order(self, doing: str, do: str, *, takes: float = 0.0, **more: Any) -> dict[str, Any]:
        order = {"do": do, "client": self._client, "after": self._known, **more}
        try:
            answer = self._ask(order, takes)
        except CanLibraryError:
            raise
        except Exception as error:
            raise translated(f"Connection '{self._alias}' could not be {doing}", error) from error
        if "failed" in answer:
            raise error_from(*answer["failed"])
        self._take(answer.get("events", ()))
        return answer

    def _watch(self) -> None:
        while not self._ending.is_set():
            try:
                self._order("watched", "look", takes=_LOOK, wait=_LOOK)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next keyword tells it
                if not self._ending.is_set():
                    self.inbox.over = True
                    cause = error.__cause__ or error
                    told = translated(f"Connection '{self._alias}' receives no more", cause)
                    self.inbox.report(Problem(told))
                return

    def _take(self, events: Any) -> None:
        """Hand over what is new: two answers that were under way at once have the same events."""
        with self._taking:
            for number, (kind, *details) in events:
                if number <= self._known:
                    continue
                self._known = number
                if kind == "payload":
                    self.inbox.put(base64.b64decode(details[0]))
                elif kind == "problem":
                    harmless, *error = details
                    self.inbox.report(Problem(error_from(*error), harmless))
                else:
                    ended, *error = details
                    self._end(ended, error_from(*error) if error else None)
        self.inbox.notify()

    def _end(self, number: int, error: Exception | None) -> None:
        transfer = self._sending.pop(number, None)
        if transfer is not None:
            transfer.error = error
            transfer.done = True

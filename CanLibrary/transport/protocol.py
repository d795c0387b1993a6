"""What every ISO-TP backend is: the same operations, so that one test class serves all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from CanLibrary.transport.inbox import Inbox
from CanLibrary.types import AnyIsoTpAddress, IsoTpParams, TargetAddressType


class MessagePort(Protocol):
    """What a backend that runs on a bus sees of it: it sends, and is handed what it subscribed to."""

    def transmit(self, message: Any) -> None:
        """Send a message of python-can."""

    @property
    def sends_in_batches(self) -> bool:
        """Whether messages that are sent together cost less than one by one."""

    def transmit_together(self, messages: Sequence[Any]) -> None:
        """Send messages of python-can in order; all are out when this returns."""

    def subscribe(self, keys: Iterable[int], handler: Callable[[Any], None]) -> None:
        """Hand every received message with one of these identifiers to the handler, as the driver gave it."""

    def unsubscribe(self, handler: Callable[[Any], None]) -> None:
        """Hand nothing more to the handler."""

    def claim(self, keys: Iterable[int]) -> None:
        """Take what the kernel sends with these identifiers for messages of this bus, until `release`."""

    def release(self, keys: Iterable[int]) -> None:
        """Take them for those of others again."""


class Transfer:
    """One payload on its way out."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.done = False
        self.error: Exception | None = None
        self.proved = True  # whether it would have failed if the partner had not taken it
        self.came_before = 0  # payloads that came before it began, where the inbox here cannot know


class Transport(Protocol):
    """An ISO-TP endpoint. What arrives, finished payloads and errors, goes into the inbox."""

    inbox: Inbox
    address: AnyIsoTpAddress
    params: IsoTpParams

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""

    def start(self) -> None:
        """Take part in the traffic; a second time is fine."""

    def stop(self) -> None:
        """Take no part any more; unread payloads stay. A second time, or before a start, is fine."""

    def send(self, data: bytes, target: TargetAddressType) -> Transfer:
        """Begin to send a payload and return at once; the inbox is notified when the transfer is done."""

    def transmitting(self) -> bool:
        """Return whether a payload is on its way out."""

    def receiving(self) -> bool:
        """Return whether a payload of several messages is on its way in."""

    def set_address(self, address: AnyIsoTpAddress) -> None:
        """Use another address from now on; only while nothing is on its way."""

    def stop_sending(self) -> None:
        """Abandon what is on its way out."""

    def stop_receiving(self) -> None:
        """Abandon what is on its way in."""

    def catch_up(self) -> None:
        """Return when all messages that the bus handed over before the call are worked on."""

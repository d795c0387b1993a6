"""One more participant on a bus that is open here: it works on any interface, and needs no adapter of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from CanLibrary.sessions.bus_session import BusSession
from CanLibrary.types import CanMessage

Handler = Callable[[Any], None]  # takes a message of python-can


class SimulatedNode:
    """Sends as somebody else than the tester, and hears the tester, the others on the bus and other simulated nodes.

    What it sends goes onto the bus, and is received by everybody on it: for the tester, too, it is a message that
    came. It is a `MessagePort`, so that ISO-TP runs on it as on a bus.
    """

    def __init__(self, session: BusSession) -> None:
        self.session = session
        self._changing = threading.Lock()
        self._handlers: dict[int, tuple[Handler, ...]] = {}
        self._all: tuple[Handler, ...] = ()

    def join(self) -> None:
        """Begin to hear what passes on the bus."""
        self.session.join(self)

    def leave(self) -> None:
        """Hear nothing more; twice is fine."""
        self.session.leave(self)

    def hear(self, key: int, message: Any) -> None:
        """Take a message of python-can and hand it to those who subscribed to it."""
        if not message.is_remote_frame and not message.is_error_frame:
            for handler in self._handlers.get(key, ()):
                handler(message)
        for handler in self._all:
            handler(message)

    def send(self, message: CanMessage) -> None:
        """Send a message of ours."""
        self.session.send_from(self, self.session.for_driver(message))

    def transmit(self, message: Any) -> None:
        """Send a message of python-can."""
        self.session.send_from(self, message)

    @property
    def sends_in_batches(self) -> bool:
        """Whether messages that are sent together cost less than one by one."""
        return self.session.sends_in_batches

    def transmit_together(self, messages: Sequence[Any]) -> None:
        """Send messages of python-can in order; all are out when this returns."""
        self.session.transmit_together(messages, self)

    def subscribe(self, keys: Iterable[int], handler: Handler) -> None:
        """Hand every message with one of these identifiers to the handler."""
        with self._changing:
            for key in keys:
                self._handlers[key] = (*self._handlers.get(key, ()), handler)

    def subscribe_to_all(self, handler: Handler) -> None:
        """Hand every message to the handler, remote messages and error frames too."""
        with self._changing:
            self._all = (*self._all, handler)

    def unsubscribe(self, handler: Handler) -> None:
        """Hand nothing more to the handler; one that is not subscribed is fine."""
        with self._changing:
            self._all = tuple(single for single in self._all if single != handler)
            for key, handlers in list(self._handlers.items()):
                self._handlers[key] = tuple(single for single in handlers if single != handler)

    def claim(self, keys: Iterable[int]) -> None:
        """Do nothing: no kernel sends for it."""

    def release(self, keys: Iterable[int]) -> None:
        """Do nothing."""

"""All that passes on one bus, under one lock: trace, mailbox, and who is told of what arrives."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from CanLibrary.config import DEFAULT_CAPACITY
from CanLibrary.traffic.echoes import Echo, Echoes, KernelEchoes
from CanLibrary.traffic.judge import Judge
from CanLibrary.traffic.mailbox import Mailbox
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.trace import BRS, ERROR, ESI, EXTENDED, FD, REMOTE, TX, Trace, key_of
from CanLibrary.types import CanFilters, CanMessage, Direction

_NEVER = 1 << 62  # a position that is never reached
Handler = Callable[[Any], None]  # takes a message of python-can


class Node(Protocol):
    """A simulated participant: it hears what passes on the bus, but for what it sends itself."""

    def hear(self, key: int, message: Any) -> None:
        """Take a message of python-can; called in the thread that received or sent it, so it returns at once."""


class BusTraffic:
    """The one place through which received and sent messages go, in order.

    Received messages go into the trace, then to the mailbox, to whoever waits and to the handlers of
    their identifier. Handlers run in the receiver's thread: they keep what they are given and return.
    """

    def __init__(
        self,
        name: str,
        *,
        capacity: int = DEFAULT_CAPACITY,
        own_messages: bool = False,
        echoes: Echo = Echo.MARKED,
    ) -> None:
        self.name = name
        self.trace = Trace(capacity, name)
        self.opened_at = time.monotonic()
        self.mailbox = Mailbox(self.trace)
        self._lock = threading.Lock()
        self.changed = threading.Condition(self._lock)
        self._wake_at = _NEVER  # the position of the record with which who waits is woken
        self.error_frames = 0
        self.failure: BaseException | None = None
        self.failure_told = False
        self.own_messages = own_messages  # the user wants to receive what is sent here
        self._echoes = Echoes(echoes, own_messages)
        self.by_kernel = KernelEchoes()
        self._handlers: dict[int, tuple[Handler, ...]] = {}
        self.delay: Callable[[], float] = float  # seconds that a message may take from the bus to here
        self.nodes: tuple[Node, ...] = ()  # simulated participants on this bus
        self._node_echoes = Echoes(echoes, own_messages)  # of what they send
        self.judges: tuple[Judge, ...] = ()  # who is to know of every look into the driver's queue

    @property
    def complete(self) -> bool:
        """Whether this is a recording: all that there is, is there."""
        return self.trace.recorded

    @complete.setter
    def complete(self, recorded: bool) -> None:
        self.trace.recorded = recorded

    # -- in -----------------------------------------------------------------------------------------

    def received(self, message: Any, now: float) -> None:
        """Record a python-can message that the bus handed out; called by the one receiver only."""
        key = key_of(message.arbitration_id, message.is_extended_id)
        special = message.is_fd or message.is_remote_frame or message.is_error_frame
        flags = flags_of(message) if special else EXTENDED if message.is_extended_id else 0
        nodes = self.nodes
        with self._lock:
            handlers, wanted = self._handlers.get(key), not flags & ERROR
            if nodes and self._node_echoes.is_own(key, message):
                return  # recorded when the node sent it
            if self._echoes.come and self._echoes.is_own(key, message):
                if not self.own_messages:
                    return  # recorded when it was sent
                flags |= TX
                nodes = ()  # they heard it then
            elif not message.is_rx and self.by_kernel and self.by_kernel.is_own(message):
                flags |= TX
                wanted = self.own_messages  # other ISO-TP sockets hear it all the same
            if flags & ERROR:
                self.error_frames += 1
            elif wanted and self.mailbox.filters and not self.mailbox.passes(key):
                if not handlers and not nodes:
                    return  # a filter that the driver did not apply
                wanted = False
            position = self.trace.append(key, message.data, flags, message.dlc, now, message.timestamp)
            self.mailbox.add(wanted)
            if position >= self.trace.full_at:
                self._make_room()
            if position >= self._wake_at:
                self._wake()
        if handlers and not flags & (ERROR | REMOTE):
            for handler in handlers:
                handler(message)
        for node in nodes:
            node.hear(key, message)

    def simulated(self, message: Any, now: float, timestamp: float, sender: Node) -> None:
        """Record what a simulated node has sent: for everybody else on the bus it is received."""
        key, flags = key_of(message.arbitration_id, message.is_extended_id), flags_of(message)
        with self._lock:
            handlers = self._handlers.get(key)
            position = self.trace.append(key, message.data, flags, message.dlc, now, timestamp)
            self.mailbox.add(not self.mailbox.filters or self.mailbox.passes(key))
            if position >= self.trace.full_at:
                self._make_room()
            if position >= self._wake_at:
                self._wake()
        if handlers and not flags & REMOTE:
            for handler in handlers:
                handler(message)
        self.tell_nodes(message, sender)

    def tell_nodes(self, message: Any, sender: Node | None = None) -> None:
        """Let the simulated nodes hear a message that this computer has sent."""
        for node in self.nodes:
            if node is not sender:
                node.hear(key_of(message.arbitration_id, message.is_extended_id), message)

    def expect_echo_of_node(self, message: Any, now: float) -> None:
        """Note what a simulated node is about to send: where the interface hands it back, that is no news."""
        if self._node_echoes.come:
            with self._lock:
                self._node_echoes.expect(
                    key_of(message.arbitration_id, message.is_extended_id), message.data, now
                )

    def wait(self, seconds: float, more: int = 1) -> None:
        """Wait until something happened, with the lock held.

        Args:
            seconds: The longest time.
            more: How many messages have to come before it is worth looking again; not so many that the trace
                could drop them meanwhile.
        """
        more = max(min(more, self.trace.capacity // 1000), 1)
        self._wake_at = min(self._wake_at, self.trace.end + more - 1)
        self.changed.wait(seconds)

    def _wake(self) -> None:
        # Each of those who wait says anew for what. Most of the time nobody waits: then this costs nothing.
        if self._wake_at != _NEVER:
            self._wake_at = _NEVER
            self.changed.notify_all()

    def patience(self, now: float, longest: float) -> float:
        """Return how many seconds the receiver may wait for a message, because of those who judge."""
        return min([longest, *(judge.patience(now) for judge in self.judges)])

    def looked(self, asked: float, returned: float, empty: bool) -> None:
        """Note a look into the driver's queue, before what it found is recorded."""
        with self.changed:
            for judge in self.judges:
                judge.looked(asked, returned, empty, self.trace.end)
            self._wake()

    def failed(self, error: BaseException) -> None:
        """Note that nothing will be received any more, and wake whoever waits."""
        with self._lock:
            self.failure = self.failure or error
            self._wake()

    # -- out ----------------------------------------------------------------------------------------

    def sending(self, message: Any, now: float, timestamp: float) -> int | None:
        """Record a message just before it is sent, so that no answer can stand before it."""
        flags = TX | EXTENDED if message.is_extended_id else TX
        if message.is_fd or message.is_remote_frame:
            flags |= flags_of(message)
        with self._lock:
            if self._echoes.come:
                self._echoes.expect(key_of(message.arbitration_id, message.is_extended_id), message.data, now)
            if self.own_messages:
                return None
            position = self.trace.append_sent(
                message.arbitration_id, message.data, flags, message.dlc, now, timestamp
            )
            self.mailbox.add(False)
            if position >= self.trace.full_at:
                self._make_room()
        return position

    def _make_room(self) -> None:
        if surplus := self.trace.surplus():
            self.trace.drop(surplus)
            self.mailbox.drop(surplus)

    def withdraw(self, position: int | None) -> None:
        """Take back a record whose message could not be sent."""
        if position is not None:
            with self.changed:
                self.trace.withdraw(position)

    # -- who listens --------------------------------------------------------------------------------

    def subscribe(self, keys: Iterable[int], handler: Handler) -> None:
        """Hand every message with one of these identifiers to the handler, from now on."""
        with self.changed:
            for key in keys:
                self._handlers[key] = (*self._handlers.get(key, ()), handler)

    def unsubscribe(self, handler: Handler) -> None:
        """Hand nothing more to the handler; one that is not subscribed is fine."""
        with self.changed:
            for key, handlers in list(self._handlers.items()):
                kept = tuple(single for single in handlers if single != handler)
                if kept:
                    self._handlers[key] = kept
                else:
                    del self._handlers[key]

    # -- questions ----------------------------------------------------------------------------------

    @contextmanager
    def judging(self, deadline: float, *, strict: bool = False) -> Iterator[Judge]:
        """Let the receiver find out what had arrived at a deadline, see `Judge`."""
        judge = Judge(deadline, strict=strict)
        with self.changed:
            self.judges = (*self.judges, judge)
        try:
            yield judge
        finally:
            with self.changed:
                self.judges = tuple(single for single in self.judges if single is not judge)

    def history(
        self, matcher: Matcher, start: int, stop: int, direction: Direction = Direction.RX
    ) -> Iterator[int]:
        """Yield the positions of matches between two positions, oldest first; only with the lock held."""
        for position in self.trace.history(matcher.key, start, stop, direction, own=self.own_messages):
            if not matcher.data_matches(self.trace.data(position)):
                continue
            if (
                not self.mailbox.filters
                or self.trace.is_sent(position)
                or self.mailbox.passes(self.trace.key(position))
            ):
                yield position

    def first_match(self, matcher: Matcher, start: int, stop: int | None = None) -> int | None:
        """Return the position of the first received match from start on, or None; only with the lock held."""
        for position in self.trace.positions(matcher.key, start, stop):
            if self._counts_as_received(position) and matcher.data_matches(self.trace.data(position)):
                return position
        return None

    def last_match(self, matcher: Matcher, start: int, stop: int) -> CanMessage | None:
        """Return the last received match between two positions, or None; only with the lock held."""
        for position in self.trace.positions_backwards(matcher.key, start, stop):
            if self._counts_as_received(position) and matcher.data_matches(self.trace.data(position)):
                return self.trace.message(position)
        return None

    def received_counts(self, start: int, stop: int | None = None) -> Counter[int]:
        """Return how many messages of each identifier were received since a position; with the lock held."""
        positions = self.trace.positions(None, start, stop)
        return Counter(
            self.trace.key(position) for position in positions if self._counts_as_received(position)
        )

    def _counts_as_received(self, position: int) -> bool:
        # A connection hears what the filters leave out for everybody else.
        return self.trace.is_traffic(position, own=self.own_messages) and (
            not self.mailbox.filters or self.mailbox.passes(self.trace.key(position))
        )

    def set_filters(self, filters: CanFilters | None) -> int:
        """Filter the mailbox, also what is unread already; return how many messages went."""
        with self.changed:
            return self.mailbox.apply_filters(filters)


def flags_of(message: Any) -> int:
    """Return the flags of a message of ours or of python-can, which have the same attributes."""
    flags = EXTENDED if message.is_extended_id else 0
    if message.is_fd:
        flags |= FD | (BRS if message.bitrate_switch else 0) | (ESI if message.error_state_indicator else 0)
    if message.is_remote_frame:
        flags |= REMOTE
    if message.is_error_frame:
        flags |= ERROR
    return flags

"""An open bus: its driver object, its one receiver, and what is sent on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, Protocol

from CanLibrary.config import DEFAULT_CAPACITY, SEND_TIMEOUT, BusDescription
from CanLibrary.errors import BusError, NotSupportedError, driver_errors, joined, translated
from CanLibrary.formatting import plural
from CanLibrary.sessions.batches import MOST, Batches
from CanLibrary.sessions.overflow import Overflow
from CanLibrary.sessions.reading import Reading
from CanLibrary.sessions.registry import Owner
from CanLibrary.sessions.turns import Turns
from CanLibrary.traffic.bus_traffic import BusTraffic, Handler, Node
from CanLibrary.traffic.echoes import Echo
from CanLibrary.traffic.receiver import Receiver
from CanLibrary.traffic.trace import id_of
from CanLibrary.traffic.waits import SLICE, died, lost_sentence
from CanLibrary.types import AnyIsoTpAddress, CanFilters, CanMessage, message_from
from CanLibrary.types.can_id import MAX_EXTENDED, MAX_STANDARD

# Seconds for which one of those who send may keep the others waiting; a lock for each message costs too much.
_TURN = 0.001


class Dependent(Protocol):
    """What works on a bus and must end before it."""

    notices: list[str]

    def close(self) -> list[Exception]:
        """End, and return what nobody was told."""


class BusSession:
    """One open bus, known by its alias."""

    def __init__(
        self,
        description: BusDescription,
        bus: Any,
        owner: Owner,
        *,
        capacity: int = DEFAULT_CAPACITY,
        shut_down: bool = True,
    ) -> None:
        import can

        from CanLibrary.sessions.capabilities import capabilities

        self.alias = description.alias
        self.description = description
        self.owner = owner
        self.bus = bus
        self.closed = False
        self._shut_down = shut_down
        self._message_type = can.Message
        self.classic_only = description.fd is False or _is_classic_socketcan(bus)
        self._sending = Turns()  # python-can's buses are not made for two senders at once
        self._listening: dict[Handler, set[int]] = {}
        self._filters = description.filters
        # Where python-can itself filters, a look into the driver's queue that brings nothing does not mean that the
        # queue is empty. Then only the traffic filters.
        self._filters_in_driver = bool(capabilities(bus).filters_in_hardware)
        self._driver_filters = bool(description.filters)
        self.dependents: list[Dependent] = []  # what works on this bus: it closes before the bus
        self.isotp_addresses: list[
            AnyIsoTpAddress
        ] = []  # of all connections on it, also of those that closed
        self.notices: list[str] = []  # what the keyword that opened the bus should warn about
        self.background: list[
            Callable[[], list[Exception]]
        ] = []  # who may have something to tell (verdict rule 4)
        own = description.options.get("receive_own_messages", getattr(bus, "receive_own_messages", False))
        self.traffic = BusTraffic(
            self.alias, capacity=capacity, own_messages=bool(own), echoes=_echo_kind(bus)
        )
        if hasattr(bus, "delay"):  # another computer's
            self.traffic.delay = lambda: bus.delay
        self._batches = Batches(bus, self.traffic)
        self._receiver = Receiver(bus, self.traffic)
        self._overflow = Overflow(bus, self.alias)
        self.reading = Reading(self.traffic, self.catch_up, self._overflow.take)
        if description.filters:
            self.traffic.set_filters(description.filters)
            if not self._filters_in_driver:
                bus.set_filters(None)
        self._receiver.start()

    # -- sending ------------------------------------------------------------------------------------

    def send(
        self, message: CanMessage, timeout: float = SEND_TIMEOUT, *, in_order: bool = True
    ) -> CanMessage:
        """Send a message; it stands in the trace before any answer to it can.

        Args:
            message: The message to send.
            timeout: Seconds until the driver must have taken it; how that is used depends on the interface.
            in_order: Let it stand after what had arrived before, too, where that can be known at little cost.

        Raises:
            BusError: The bus is closed or dead, or its driver refused the message.
        """
        self._check_fd(message)
        self.check_open()
        for_driver = self.for_driver(message)
        if in_order:
            self._receiver.settle()  # else what came before would look like an answer
        with self._sending:
            message.received_at, message.timestamp, message.position = self._send(for_driver, timeout)
        message.trace = self.traffic.trace
        return message

    def transmit(self, message: Any) -> None:
        """Send a message of python-can, as `send` does with one of ours."""
        self._check_fd(message)
        with self._sending:
            self._send(message, SEND_TIMEOUT)

    @property
    def sends_in_batches(self) -> bool:
        """Whether messages that are sent together cost less than one by one."""
        return self._batches.possible

    def transmit_together(self, messages: Sequence[Any], node: Node | None = None) -> None:
        """Send messages of python-can in order, also for a simulated node; all are out when this returns.

        Raises:
            BusError: The bus is closed or dead, or its driver refused a message; what follows it was not sent.
        """
        with self._sending:
            self.check_open()
            if node is None:
                sent, error = self._batches.send(messages)
            else:
                sent, error = self._batches.send_from(node, messages)
        if error is not None:
            raise self._refused(messages[sent], None, error) from error

    def _send_batch(self, messages: Sequence[Any]) -> tuple[int, BusError | None]:
        """Send messages in one piece, with the lock held; return how many are out and why not the next one."""
        batch = [self.for_driver(each) if isinstance(each, CanMessage) else each for each in messages]
        sent, error = self._batches.send(batch)
        if error is None:
            return sent, None
        refused = self._refused(batch[sent], None, error)
        refused.__cause__ = error
        return sent, refused

    def send_many(self, messages: Sequence[Any], gap: float = 0.0) -> int:
        """Send messages in order, as fast as the driver takes them or some seconds apart, and return how many.

        Args:
            messages: Messages of ours or, checked already, of python-can.
            gap: Seconds from one to the next.

        Raises:
            BusError: The bus is closed or dead, or its driver refused a message; says how many were sent.
        """
        if self.classic_only:
            for message in messages:  # before the first is sent
                self._check_fd(message)
        monotonic, record, send = time.monotonic, self.traffic.sending, self.bus.send
        remaining, sent, due = iter(messages), 0, monotonic()
        try:
            while sent < len(messages):
                while (left := due - monotonic()) > 0:
                    time.sleep(min(left, SLICE))  # in slices, so that a test time-out can interrupt
                due += gap
                with self._sending:
                    self.check_open()
                    if self._batches.possible:
                        count, refused = self._send_batch(list(islice(remaining, 1 if gap else MOST)))
                        sent += count
                        if refused is not None:
                            raise refused
                    turn_ends, wall_clock = monotonic() + _TURN, time.time() - monotonic()
                    single = () if self._batches.possible else remaining
                    for message in single:  # as `_send` does: a call for each message costs too much
                        if isinstance(message, CanMessage):
                            message = self.for_driver(message)  # noqa: PLW2901 - the same one for the driver
                        now = monotonic()
                        position = record(message, now, now + wall_clock)
                        try:
                            send(message, SEND_TIMEOUT)
                        except Exception as error:
                            raise self._refused(message, position, error) from error
                        if self.traffic.nodes:
                            self.traffic.tell_nodes(message)
                        sent += 1
                        if gap or now > turn_ends:
                            break
                self._sending.give_way()
        except BusError as error:
            raise BusError(f"{error} {plural(sent, 'message')} of {len(messages)} had been sent.") from error
        return len(messages)

    def _send(self, message: Any, timeout: float) -> tuple[float, float, int]:
        """Send a message of python-can, with the lock held, and return its times and its position in the trace."""
        self.check_open()
        now, timestamp = time.monotonic(), time.time()
        end = self.traffic.trace.end
        position = self.traffic.sending(message, now, timestamp)
        try:
            self.bus.send(message, timeout)
        except Exception as error:
            raise self._refused(message, position, error) from error
        if self.traffic.nodes:
            self.traffic.tell_nodes(message)
        # None: it will come back, and is recorded then, after all that was there.
        return now, timestamp, end - 1 if position is None else position

    def _refused(self, message: Any, position: int | None, error: Exception) -> BusError:
        """Take back the record of a message that the driver did not take, and return what to say."""
        self.traffic.withdraw(position)
        return translated(f"Bus '{self.alias}' could not send {message_from(message)}", error)

    def _check_fd(self, message: Any) -> None:
        if message.is_fd and self.classic_only:
            how = "with fd=False" if self.description.fd is False else "without fd=True"
            raise NotSupportedError(f"Bus '{self.alias}' was opened {how} and carries no CAN FD messages.")

    def for_driver(self, message: CanMessage) -> Any:
        """Return a message of ours as python-can's."""
        return self._message_type(
            0.0,
            message.arbitration_id,
            message.is_extended_id,
            message.is_remote_frame,
            dlc=message.dlc,
            data=message.data,
            is_fd=message.is_fd,
            is_rx=False,
            bitrate_switch=message.bitrate_switch,
        )

    def nobody_could_send(self) -> bool:
        """Return whether nobody is there who could have sent something, and nobody ever did."""
        from CanLibrary.sessions.capabilities import is_deserted

        if self.traffic.nodes or not is_deserted(self.bus):
            return False
        trace = self.traffic.trace
        with self.traffic.changed:
            return not any(trace.is_traffic(at, own=False) for at in trace.positions(None, trace.first))

    # -- simulated nodes ----------------------------------------------------------------------------

    def send_from(self, node: Node, message: Any) -> None:
        """Send a message of python-can for a simulated node: everybody else on this bus receives it.

        Raises:
            BusError: The bus is closed or dead, or its driver refused the message.
        """
        self._check_fd(message)
        with self._sending:
            self.check_open()
            now, timestamp = time.monotonic(), time.time()
            self.traffic.expect_echo_of_node(message, now)
            try:
                self.bus.send(message, SEND_TIMEOUT)
            except Exception as error:
                raise self._refused(message, None, error) from error
            self.traffic.simulated(message, now, timestamp, node)

    def join(self, node: Node) -> None:
        """Let a simulated node hear what passes on this bus."""
        self.traffic.nodes = (*self.traffic.nodes, node)
        self._apply_filters()

    def leave(self, node: Node) -> None:
        """Let it hear nothing more; twice is fine."""
        self.traffic.nodes = tuple(single for single in self.traffic.nodes if single is not node)
        if not self.closed:
            self._apply_filters()

    # -- listening ----------------------------------------------------------------------------------

    def subscribe(self, keys: Iterable[int], handler: Handler) -> None:
        """Hand every received message with one of these identifiers to the handler, filters or not."""
        self._listening[handler] = set(keys)
        self.traffic.subscribe(self._listening[handler], handler)
        self._apply_filters()

    def unsubscribe(self, handler: Handler) -> None:
        """Hand nothing more to the handler; one that is not subscribed is fine."""
        self.traffic.unsubscribe(handler)
        if self._listening.pop(handler, None) is not None and not self.closed:
            self._apply_filters()

    def claim(self, keys: Iterable[int]) -> None:
        """Take what the kernel sends with these identifiers for messages of this bus, until `release`."""
        self.traffic.by_kernel.claim(keys)

    def release(self, keys: Iterable[int]) -> None:
        """Take them for those of others again, when all that is on its way has arrived."""
        if not self.closed and self.traffic.failure is None:
            self.catch_up()
        self.traffic.by_kernel.release(keys)

    def set_filters(self, filters: CanFilters | None) -> int:
        """Receive only what passes, also of what is unread already; return how many messages went.

        The driver filters too, where it can. ISO-TP connections go on hearing their identifiers.
        """
        self.check_open()
        self.catch_up()
        self._filters = filters
        gone = self.traffic.set_filters(filters)
        self._apply_filters()
        return gone

    def _apply_filters(self) -> None:
        if not self._filters_in_driver or (self._filters is None and not self._driver_filters):
            return
        # A simulated node may want to hear what the test does not.
        filters = () if self.traffic.nodes else self._filters or ()
        wanted = [_driver_filter(single.id, single.mask, single.extended) for single in filters]
        if wanted:
            for key in sorted({key for keys in self._listening.values() for key in keys}):
                value, extended = id_of(key)
                wanted.append(_driver_filter(value, MAX_EXTENDED if extended else MAX_STANDARD, extended))
        self._driver_filters = bool(wanted)
        if type(self.bus).__module__.startswith("can.interfaces.systec"):
            return  # its acceptance registers are set wrongly for a single filter, so that nothing arrives
        with driver_errors(f"Bus '{self.alias}' could not set its filters"):
            self.bus.set_filters(wanted or None)

    def catch_up(self) -> bool:
        """Return when all that arrived before the call is recorded; False if it comes faster than it is read."""
        return self._receiver.catch_up()

    def settled_end(self) -> int:
        """Return the position before which no record will be withdrawn; only with the lock of the traffic held.

        A message stands in the trace before its driver has taken it. Only the newest of ours can be on its way, and
        only while somebody has the turn to send: who sends gives the turn back after a refused message is withdrawn.
        """
        trace = self.traffic.trace
        if (begins := self._batches.begins) is not None:
            return max(begins, trace.first)
        return trace.last_sent if self._sending.taken and trace.last_sent >= trace.first else trace.end

    def reported_state(self) -> Any:
        """Return python-can's state of the controller, or None where the interface does not report it."""
        from CanLibrary.sessions.capabilities import capabilities

        return self.bus.state if capabilities(self.bus).reports_state else None

    def check_live(self, otherwise: str) -> None:
        """Do nothing: a recording refuses here.

        Args:
            otherwise: How its sentence goes on after "Bus 'x' is a recording: ".
        """

    def check_sends(self) -> None:
        """Do nothing: a recording refuses here, before anything is started that sends later."""

    # -- life ---------------------------------------------------------------------------------------

    def check_open(self) -> None:
        """Refuse work on a bus that is closed or receives no more, and tell what went wrong meanwhile."""
        if self.closed:
            raise BusError(f"Bus '{self.alias}' is closed; open it again before use.")
        if self.traffic.failure is not None:
            raise died(self.traffic)

    def check(self) -> None:
        """Do `check_open`, and fail with what went wrong in the background since the last keyword (rule 4)."""
        self.check_open()
        if untold := self._overflow.take() + self._take_untold():
            raise joined(untold)

    def _take_untold(self) -> list[Exception]:
        return [error for source in self.background for error in source()]

    def close(self) -> list[Exception]:
        """Close what works on this bus, then the bus; return what nobody was told yet. Twice is fine."""
        if self.closed:
            return []
        untold: list[Exception] = []
        for dependent in reversed(list(self.dependents)):
            try:
                untold += dependent.close()
            except Exception as error:  # noqa: BLE001 - told with the rest; the bus must still close
                untold.append(error)
            self.notices += dependent.notices
        untold += self._take_untold()
        lost = self._overflow.take()
        if gone := self.traffic.mailbox.take_lost():
            lost.append(BusError(lost_sentence(self.traffic, gone)))
        elif gone := self.traffic.trace.first:
            self.notices.append(
                f"The trace of bus '{self.alias}' was full: the oldest {plural(gone, 'message')} are gone. A larger "
                "trace_size keeps more."
            )
        if self.traffic.mailbox.used:
            untold += lost
        else:  # nobody received from this bus: no verdict can have missed them
            self.notices += map(str, lost)
        if self.traffic.failure is not None and not self.traffic.failure_told:
            untold.append(died(self.traffic))
        self.closed = True
        self.traffic.failed(BusError("it was closed"))
        try:
            self._receiver.stop()
        finally:
            untold += self._shut_down_driver()
        return untold

    def _shut_down_driver(self) -> list[Exception]:
        try:
            if self._shut_down:
                self.bus.shutdown()
        except Exception as error:  # noqa: BLE001 - whatever a driver raises is told with the rest
            return [translated(f"Bus '{self.alias}' could not be closed", error)]
        return []


def _echo_kind(bus: Any) -> Echo:
    module = type(bus).__module__
    if module.startswith(("can.interfaces.socketcan.", "can.interfaces.virtual")):
        return Echo.NEVER
    return Echo.UNMARKED if module.startswith("can.interfaces.udp_multicast") else Echo.MARKED


def _is_classic_socketcan(bus: Any) -> bool:
    """Return whether the kernel refuses CAN FD messages on this bus, with a sentence that nobody understands."""
    return type(bus).__module__.startswith("can.interfaces.socketcan.") and bus.protocol.name == "CAN_20"


def _driver_filter(value: int, mask: int, extended: bool) -> dict[str, Any]:
    return {"can_id": value, "can_mask": mask, "extended": extended}

"""A simulated ECU: one thread that answers what it hears on a bus that is open here."""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from CanLibrary.config.ecus import EcuDescription, MessageRule, RequestRule
from CanLibrary.errors import BusError, CanLibraryError, driver_errors, translated
from CanLibrary.sessions.bus_session import BusSession
from CanLibrary.sessions.faults import SetFaults
from CanLibrary.sessions.registry import Owner
from CanLibrary.sessions.simulated_node import SimulatedNode
from CanLibrary.simulation.log import EcuEvent, EcuLog, Moment
from CanLibrary.simulation.rules import Rules
from CanLibrary.simulation.troubles import Troubles
from CanLibrary.traffic.trace import key_of
from CanLibrary.traffic.waits import SLICE
from CanLibrary.transport.protocol import Transfer
from CanLibrary.transport.python import PythonTransport
from CanLibrary.types import CanMessage, IsoTpParams, Payload, TargetAddressType

_PATIENCE = 5.0  # seconds to wait for a thread that hangs in its driver
_SETTLE = 1.0  # seconds to wait until it has worked on what came
_READ_TIMEOUT = 0.5  # seconds between two looks at the timers of ISO-TP where none of them runs
_NEGATIVE = 0x7F  # the service identifier of a negative response, ISO 14229-1
_PENDING = 0x78  # ISO 14229-1 table A.1: requestCorrectlyReceived-ResponsePending


class SimulatedEcu:
    """Answers by its rules, as one more participant on a bus, until it is stopped or the bus closes.

    Nothing waits in its thread: what is to come later, such as the response after "response pending", lies in a heap of
    due times, so that other requests are answered meanwhile.
    """

    def __init__(self, description: EcuDescription, session: BusSession, owner: Owner) -> None:
        self.name = description.name
        self.description = description
        self.session = session
        self.owner = owner
        self.stopped = False
        self.notices: list[str] = []
        self.periodic: list[str] = []  # handles of what it sends periodically
        self.end_periodic: Callable[[list[str]], list[Exception]] = lambda _handles: []
        self.node = SimulatedNode(session)
        self.log = EcuLog(session)
        self.troubles = Troubles(self.name)
        self.requests: Rules[RequestRule] = Rules(description.requests)
        self.messages: Rules[MessageRule] = Rules(description.messages)
        self.transport: PythonTransport | None = None
        self.functional: PythonTransport | None = None
        self.faults: SetFaults | None = None  # those that a test set on its ISO-TP
        self._heard: deque[tuple[Any, Moment]] = deque()  # messages that a rule may answer
        self._keys: frozenset[int] | None = frozenset()  # their identifiers; None for any
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self._responses: deque[tuple[Transfer, EcuEvent]] = deque()  # on their way
        self._busy = self._ending = False
        if description.address is not None:
            with driver_errors(f"Simulated ECU '{self.name}' could not be started"):
                self.transport = self._transport(description.address, description.params)
                self.faults = SetFaults(f"simulated ECU '{self.name}'", self.transport)
                if description.functional is not None:
                    # Functional requests are single frames (ISO 15765-2); nobody gets a flow control from here.
                    params = replace(description.params, listen_mode=True)
                    self.functional = self._transport(description.functional, params)
        self._thread = threading.Thread(target=self._run, name=f"CanLibrary ECU '{self.name}'", daemon=True)

    def _transport(self, address: Any, params: IsoTpParams) -> PythonTransport:
        transport = PythonTransport(self.name, self.node, address, params, _READ_TIMEOUT)
        transport.inbox.changed = self.log.changed  # one condition wakes the thread, whatever happened
        return transport

    @property
    def transports(self) -> list[PythonTransport]:
        """Its ISO-TP endpoints: physical, functional."""
        return [transport for transport in (self.transport, self.functional) if transport is not None]

    # -- life, in the thread of the keywords ----------------------------------------------------------

    def start(self) -> None:
        """Begin to hear and to answer."""
        self.rules_changed()
        self._thread.start()
        for transport in self.transports:
            transport.start()
        self.node.subscribe_to_all(self._hear)
        self.node.join()

    def close(self) -> list[Exception]:
        """Stop, and return what nobody was told; twice is fine."""
        if self.stopped:
            return []
        self.stopped = True
        untold = self.end_periodic(self.periodic)
        for step in (self.node.leave, self._end_thread, *(transport.stop for transport in self.transports)):
            try:
                step()
            except Exception as error:  # noqa: BLE001 - told with the rest; the others must still stop
                untold.append(error)
        for _, event in self._responses:
            event.note = "not through when the ECU was stopped"
        if self.faults is not None:
            self.notices += self.faults.never_played()
        self.notices += self.troubles.take_notices()
        untold += self.troubles.take_errors()
        if self in self.session.dependents:
            self.session.dependents.remove(self)
            self.session.background.remove(self.take_untold)
        return untold

    def _end_thread(self) -> None:
        if self._thread.is_alive():
            with self.log.changed:
                self._ending = True
                self.log.changed.notify_all()
            self._thread.join(_PATIENCE)
        self._look_at_transports()

    def take_untold(self) -> list[Exception]:
        """Return what went wrong and nobody was told; what the other side of a transfer did is a notice of the bus."""
        self.session.notices += self.troubles.take_notices()
        return self.troubles.take_errors()

    def rules_changed(self) -> None:
        """Note which messages may be answered."""
        ids = [rule.when.id.id for rule in self.messages.all]
        known = frozenset(key_of(one.value, one.extended) for one in ids if one is not None)
        self._keys = None if None in ids else known

    def settle(self) -> bool:
        """Return when all that had arrived before the call is heard, and False if that takes too long."""
        self.session.catch_up()
        for transport in self.transports:
            transport.catch_up()
        deadline = time.monotonic() + _SETTLE
        with self.log.changed:
            while self._busy or self._is_waiting():
                if (left := deadline - time.monotonic()) <= 0:
                    return False
                self.log.changed.wait(min(left, SLICE))
        return True

    # -- what arrives, in the thread that received or sent it -----------------------------------------

    def _hear(self, message: Any) -> None:
        keys = self._keys
        with self.log.changed:
            when = self.log.hear(message)
            wanted = keys is None or key_of(message.arbitration_id, message.is_extended_id) in keys
            if wanted and not message.is_error_frame:
                self._heard.append((message, when))
                self.log.changed.notify_all()

    # -- its thread -----------------------------------------------------------------------------------

    def _run(self) -> None:
        while self._wait():
            self._guarded(self._work)

    def _is_waiting(self) -> bool:
        return bool(self._heard) or any(transport.inbox.unread for transport in self.transports)

    def _wait(self) -> bool:
        """Wait until there is something to do; False at the end."""
        changed = self.log.changed
        with changed:
            while True:
                if self._ending and not self._is_waiting():  # what was heard before the end is still answered
                    break
                left = self._due[0][0] - time.monotonic() if self._due else None
                done = self._responses and self._responses[0][0].done
                problems = any(transport.inbox.has_problems for transport in self.transports)
                if (left is not None and left <= 0) or done or problems or self._is_waiting():
                    self._busy = True
                    return True
                if self._busy:
                    self._busy = False
                    changed.notify_all()  # who waits for it to settle
                changed.wait(left)
            self._busy = False
            return False

    def _work(self) -> None:
        self._look_at_transports()
        for transport in self.transports:
            while True:
                with self.log.changed:
                    payload = transport.inbox.take(lambda _payload: True)
                if payload is None:
                    break
                self._guarded(self._answer_request, payload, transport is self.functional)
        while self._heard:
            self._guarded(self._answer_message, *self._heard.popleft())
        while self._due and self._due[0][0] <= time.monotonic():
            self._guarded(heapq.heappop(self._due)[2])

    def _guarded(self, work: Callable[..., None], *arguments: Any) -> None:
        """Do something; whatever goes wrong is told by the next keyword (verdict rule 4), and the ECU goes on."""
        try:
            work(*arguments)
        except Exception as error:  # noqa: BLE001
            if not isinstance(error, CanLibraryError):
                error = translated("It could not answer", error)
            self.log.note("problem", note=str(error))
            self.troubles.add_error(error)

    def _later(self, seconds: float, work: Callable[[], None]) -> None:
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._numbers), work))

    def _answer_message(self, message: Any, when: Moment) -> None:
        data = bytes(message.data)
        key = key_of(message.arbitration_id, message.is_extended_id)

        def matches(rule: MessageRule) -> bool:
            wanted = rule.when.id.id
            right = wanted is None or key_of(wanted.value, wanted.extended) == key
            return right and rule.when.data.matches(data)

        if (rule := self.messages.take(matches)) is None:
            return
        self.log.note("message", when, message=_as_heard(message), note="" if rule.answers else "silence")
        if rule.answers and rule.delay:
            self._later(rule.delay, lambda: self._send_answers(rule))
        else:
            self._send_answers(rule)

    def _send_answers(self, rule: MessageRule) -> None:
        for answer in rule.answers:
            self.node.send(answer)
            self.log.note("answer", message=answer)

    def _answer_request(self, request: Payload, functional: bool) -> None:
        rule = self.requests.take(lambda rule: rule.request.matches(request))
        note = "unanswered" if rule is None else "" if rule.responses or rule.pending else "silence"
        self.log.note("request", data=request, functional=functional, note=note)
        if rule is None:
            return
        pending = Payload.of(bytes([_NEGATIVE, request[0], _PENDING]))
        at = rule.delay
        for _ in range(rule.pending):
            self._respond(at, pending)
            at += rule.pending_gap
        for response in rule.responses:
            self._respond(at, response)

    def _respond(self, seconds: float, response: Payload) -> None:
        if seconds:
            self._later(seconds, lambda: self._respond(0, response))
            return
        assert self.transport is not None
        event = self.log.note("response", data=response, note="on its way")
        self._responses.append((self.transport.send(response, TargetAddressType.Physical), event))

    def _look_at_transports(self) -> None:
        """Note what became of responses, and what ISO-TP met."""
        while self._responses and self._responses[0][0].done:
            transfer, event = self._responses.popleft()
            event.note = "" if transfer.error is None else self._sentence(transfer.error)
            if isinstance(transfer.error, BusError):
                self._guarded(_raise, transfer.error)
            elif transfer.error is not None:
                self.troubles.add_problem(event.note)
        for transport in self.transports:
            for problem in transport.inbox.take_problems():
                if isinstance(problem.error, BusError):
                    self._guarded(_raise, problem.error)
                else:
                    sentence = self._sentence(problem.error)
                    self.log.note("problem", note=sentence)
                    self.troubles.add_problem(sentence)

    def _sentence(self, error: Exception) -> str:
        """Return what ISO-TP says of a connection as it is said of an ECU, which is named in front of it."""
        name = f"connection '{self.name}'"
        return str(error).removeprefix(f"On {name}: ").replace(f" on {name}", "")


def _as_heard(message: Any) -> CanMessage:
    """Return a message of python-can as one of ours, whatever others sent."""
    data = Payload.of(message.data)
    kind = (message.is_fd, message.bitrate_switch, message.error_state_indicator, message.is_remote_frame)
    return CanMessage(message.arbitration_id, message.is_extended_id, data, message.dlc, *kind)


def _raise(error: Exception) -> None:
    raise error

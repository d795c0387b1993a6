"""A simulated ECU: one thread that answers what it hears on a bus that is open here."""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any

from CanLibrary.config.ecus import EcuDescription, MessageRule, RequestRule
from CanLibrary.errors import CanLibraryError, translated
from CanLibrary.sessions.bus_session import BusSession
from CanLibrary.sessions.faults import SetFaults
from CanLibrary.sessions.registry import Owner
from CanLibrary.sessions.simulated_node import SimulatedNode
from CanLibrary.simulation.isotp_end import IsoTpEnd
from CanLibrary.simulation.log import EcuLog, Moment
from CanLibrary.simulation.rules import Rules
from CanLibrary.simulation.troubles import Troubles
from CanLibrary.traffic.trace import key_of
from CanLibrary.traffic.waits import SLICE
from CanLibrary.types import CanMessage, Payload

_PATIENCE = 5.0  # seconds to wait for a thread that hangs in its driver
_SETTLE = 1.0  # seconds to wait until it has worked on what came
_NEGATIVE = 0x7F  # the service identifier of a negative response, ISO 14229-1
_PENDING = 0x78  # ISO 14229-1 table A.1: requestCorrectlyReceived-ResponsePending


class SimulatedEcu:
    """Answers by its rules, as one more participant on a bus, until it is stopped or the bus closes.

    Nothing waits in its thread: what is to come later, such as the response after "response pending", lies in a heap of
    due times, so that other requests are answered meanwhile.
    """

    def __init__(
        self,
        description: EcuDescription,
        session: BusSession,
        owner: Owner,
        before: SimulatedEcu | None = None,
    ) -> None:
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
        self.elsewhere_until = (
            0.0  # until when one of this name was on a bus whose log is not here; monotonic
        )
        self.stopped_at = 0.0  # monotonic
        if before is not None and before.session is session:  # for a test it is one ECU, also after a restart
            self.log, self.elsewhere_until = before.log, before.elsewhere_until
            self.log.begin_again()
        elif before is not None:
            self.elsewhere_until = before.stopped_at
        self.troubles = Troubles(self.name)
        self.requests: Rules[RequestRule] = Rules(description.requests)
        self.messages: Rules[MessageRule] = Rules(description.messages)
        self.isotp = IsoTpEnd(description, self.node, self.log, self.troubles)
        self._heard: deque[tuple[Any, Moment]] = deque()  # messages that a rule may answer
        self._keys: frozenset[int] | None = frozenset()  # their identifiers; None for any
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self._busy = self._ending = False
        self._thread = threading.Thread(target=self._run, name=f"CanLibrary ECU '{self.name}'", daemon=True)

    @property
    def faults(self) -> SetFaults | None:
        """The faults that a test set on its ISO-TP; None where it has none."""
        return self.isotp.faults

    # -- life, in the thread of the keywords ----------------------------------------------------------

    def start(self) -> None:
        """Begin to hear and to answer."""
        self.rules_changed()
        self._thread.start()
        for transport in self.isotp.transports:
            transport.start()
        self.node.subscribe_to_all(self._hear)
        self.node.join()

    def close(self) -> list[Exception]:
        """Stop, and return what nobody was told; twice is fine."""
        if self.stopped:
            return []
        self.stopped = True
        untold = self.end_periodic(self.periodic)
        stops = [transport.stop for transport in self.isotp.transports]
        for step in (self.node.leave, self._end_thread, *stops):
            try:
                step()
            except Exception as error:  # noqa: BLE001 - told with the rest; the others must still stop
                untold.append(error)
        self.isotp.abandon()
        self.stopped_at = time.monotonic()
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
        self.isotp.look()

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
        for transport in self.isotp.transports:
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
        return bool(self._heard) or self.isotp.has_requests

    def _wait(self) -> bool:
        """Wait until there is something to do; False at the end."""
        changed = self.log.changed
        with changed:
            while True:
                if self._ending and not self._is_waiting():  # what was heard before the end is still answered
                    break
                left = self._due[0][0] - time.monotonic() if self._due else None
                is_due = left is not None and left <= 0
                if is_due or self.isotp.has_news or self._is_waiting():
                    self._busy = True
                    return True
                if self._busy:
                    self._busy = False
                    changed.notify_all()  # who waits for it to settle
                changed.wait(left)
            self._busy = False
            return False

    def _work(self) -> None:
        self.isotp.look()
        for request, functional in self.isotp.take_requests():
            self._guarded(self._answer_request, request, functional)
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
            self._later(seconds, lambda: self.isotp.respond(response))
        else:
            self.isotp.respond(response)


def _as_heard(message: Any) -> CanMessage:
    """Return a message of python-can as one of ours, whatever others sent."""
    data = Payload.of(message.data)
    kind = (message.is_fd, message.bitrate_switch, message.error_state_indicator, message.is_remote_frame)
    return CanMessage(message.arbitration_id, message.is_extended_id, data, message.dlc, *kind)

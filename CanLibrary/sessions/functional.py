"""One request to all, and the answers of each."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from CanLibrary.errors import ConfigurationError
from CanLibrary.formatting import duration, hex_text, plural
from CanLibrary.sessions.bus_session import BusSession
from CanLibrary.sessions.progress import Progress
from CanLibrary.traffic.trace import key_of
from CanLibrary.traffic.waits import SLICE, died
from CanLibrary.transport.addresses import listening_keys
from CanLibrary.transport.functional import (
    AnswerObserver,
    flow_control,
    known_answers,
    physical_request,
    single_frame,
)
from CanLibrary.types import (
    AddressingMode,
    CanId,
    CanMessage,
    FunctionalAnswer,
    IsoTpAddress,
    IsoTpFrame,
    Pattern,
    Responder,
)

_NEGATIVE, _PENDING = 0x7F, 0x78  # ISO 14229-1: negative response, requestCorrectlyReceived-ResponsePending
_RESPONSE = 0x40  # ISO 14229-1: set in the service identifier of a positive response
_N_CR = 1.0  # seconds that a consecutive frame may take, ISO 15765-2:2016, 9.8.2


@dataclass(frozen=True)
class FunctionalRequest:
    """What is asked, and who is expected to answer."""

    data: bytes
    txid: CanId
    reply: Pattern | None  # by default what answers the service of the request
    responders: tuple[Responder, ...]  # that are known; none if there are no
    count: int | None  # of unknown ones that have to answer
    within: float  # seconds until the first message of an answer
    pending_within: float  # the same after a response pending
    fd: bool
    padding: int | None

    def is_answered_by(self, data: bytes) -> bool:
        """Return whether a payload is an answer to this, and not to something else that was asked."""
        if self.reply is not None:
            return self.reply.matches(data)
        service = self.data[0]
        if service & _RESPONSE:  # no request of ISO 14229-1 or ISO 15031-5: who knows what answers it
            return True
        return data[0] == service | _RESPONSE or data[:2] == bytes([_NEGATIVE, service])


class _Responding:
    """What one responder said since the request."""

    def __init__(self, who: Responder, deadline: float, pending_within: float) -> None:
        self.who = who
        self.observer = AnswerObserver(who.rxid)
        self.deadline = deadline  # of the first message of its answer
        self.last = 0.0  # when its last message came
        self.pending = 0
        self.answered = False
        self.said: list[str] = []  # what was no answer, or came too late
        self._is_wrong = False  # some of it came in time and was no answer
        self._pending_within = pending_within

    @property
    def waited_for_until(self) -> float:
        """The monotonic time until which there is a reason to wait for it."""
        if self.observer.receiving:
            return self.last + _N_CR
        return self.deadline

    @property
    def is_over_pending(self) -> bool:
        """Whether it is missing because nothing came in time after its response pending."""
        return bool(self.pending) and not self._is_wrong and not self.observer.receiving

    def add_pending(self, received_at: float) -> None:
        """Note a response pending: from now on there is another limit."""
        self.pending += 1
        self.deadline = received_at + self._pending_within

    def add_wrong(self, what: str) -> None:
        """Note what was no answer."""
        self._is_wrong = True
        self.said.append(what)

    def __str__(self) -> str:
        said = [f"said response pending {plural(self.pending, 'time')}"] if self.pending else []
        if self.is_over_pending:
            said.append(f"no answer within {duration(self._pending_within)} after its response pending")
        said += self.said
        if self.observer.receiving:
            said.append("its answer was not complete")
        return f"{self.who}" + (f" ({', '.join(said)})" if said else "")


class FunctionalExchange:
    """Sends a functional request on a bus and collects what is answered.

    The answers are read from the trace, from the request on: none can be missed, none from before counts. Each first
    frame is answered with one flow control that lets all the rest come, so that no thread is needed for a responder.
    """

    def __init__(self, session: BusSession, request: FunctionalRequest) -> None:
        self._session = session
        self._request = request
        self._message = single_frame(request.txid, request.data, fd=request.fd, padding=request.padding)
        who = request.responders or tuple(Responder(str(rxid), rxid) for rxid in known_answers(request.txid))
        if not who:
            raise ConfigurationError(
                f"Who answers {request.txid} is not known: ISO 15765-4 says it for 0x7DF and 0x18DB33F1. Name those "
                "who answer with responders=."
            )
        self._known = {key_of(single.rxid.value, single.rxid.extended): single for single in who}
        self._responding: dict[int, _Responding] = {}
        self._began = self._deadline = 0.0
        self.answers: list[FunctionalAnswer] = []

    def run(self) -> list[FunctionalAnswer]:
        """Return the answers in the order in which they were complete.

        Raises:
            AssertionError: Somebody who should answer did not, or not completely.
        """
        session, traffic = self._session, self._session.traffic
        session.check_sends()
        progress = Progress(
            f"Waiting for answers to {hex_text(self._request.data, 16)}", self._request.within
        )
        session.subscribe(self._known, self._hear)  # filters or not
        try:
            mark = session.reading.mark()
            served = self._served_keys()
            sent = session.send(self._message)
            looked = max(mark.position, sent.position + 1)
            self._began = sent.received_at
            self._deadline = self._began + self._request.within
            while True:
                with traffic.changed:
                    messages = self._new_messages(looked)
                    looked, now = traffic.trace.end, time.monotonic()
                    if not messages and traffic.failure is not None:
                        raise died(traffic)
                    if not messages and now < self._until():
                        traffic.wait(min(self._until() - now, SLICE))
                for message in messages:
                    self._take(message, served)
                if self._enough() or now >= self._until():
                    break
                progress.show()
        finally:
            progress.end()
            session.unsubscribe(self._hear)
        session.reading.check_nothing_lost("Who answered")
        self._judge()
        return self.answers

    def _hear(self, message: Any) -> None:
        """Do nothing with a message: it is in the trace."""

    def _new_messages(self, start: int) -> list[CanMessage]:
        """Return what came from the responders since a position, with the lock held."""
        trace = self._session.traffic.trace
        return [
            message
            for position in trace.positions(None, start)
            if trace.key(position) in self._known and trace.is_traffic(position, own=False)
            for message in [trace.message(position)]
            if not message.is_remote_frame
        ]

    def _served_keys(self) -> set[int]:
        """Return the identifiers to which an open connection answers with flow control already."""
        from CanLibrary.sessions.connection import Connection

        return {
            key
            for connection in self._session.dependents
            if isinstance(connection, Connection)
            and connection.transport.running
            and not connection.transport.params.listen_mode
            for key in listening_keys(connection.transport.address)
        }

    def _take(self, message: CanMessage, served: set[int]) -> None:
        key = key_of(message.arbitration_id, message.is_extended_id)
        responding = self._responding.get(key)
        if responding is None:
            responding = self._responding[key] = _Responding(
                self._known[key], self._deadline, self._request.pending_within
            )
            self._note_address(responding.who)
        responding.last = message.received_at
        ended = responding.observer.take(message)
        if responding.observer.wants_flow_control and key not in served:
            self._let_go_on(responding.who)
        for frame in ended:
            self._ended(responding, frame)

    def _note_address(self, who: Responder) -> None:
        """Let the bus know how to read its trace."""
        if (txid := _requests_to(who)) is not None:
            mode = AddressingMode.Normal_29bits if who.rxid.extended else AddressingMode.Normal_11bits
            address = IsoTpAddress(mode, txid=txid, rxid=who.rxid)
            if address not in self._session.isotp_addresses:
                self._session.isotp_addresses.append(address)

    def _let_go_on(self, who: Responder) -> None:
        txid = _requests_to(who)
        if txid is None:
            raise ConfigurationError(
                f"{who} answers with several messages and waits for a flow control, but its identifier is not known: "
                f"give it after that of its answers, as in responders={who.rxid} and a second identifier."
            )
        go_on = flow_control(txid, fd=self._request.fd, padding=self._request.padding)
        self._session.send(go_on, in_order=False)

    def _ended(self, responding: _Responding, frame: IsoTpFrame) -> None:
        data = frame.data
        if frame.problem:
            responding.add_wrong(f"its answer broke off: {frame.problem}")
        elif frame.began_at > responding.deadline:
            late = duration(round(frame.began_at - responding.deadline, 3))
            responding.said.append(f"its answer {hex_text(data, 16)} came {late} too late")
        elif data[0] == _NEGATIVE and data[1:3] == bytes([self._request.data[0], _PENDING]):
            responding.add_pending(frame.received_at)
        elif not self._request.is_answered_by(data):
            responding.add_wrong(f"it said {hex_text(data, 16)}")
        else:
            responding.answered = True
            times = (frame.began_at - self._began, frame.received_at - self._began)
            self.answers.append(
                FunctionalAnswer(responding.who.name, responding.who.rxid, data, *times, responding.pending)
            )

    def _until(self) -> float:
        waiting = [each.waited_for_until for each in self._responding.values() if not each.answered]
        return max([self._deadline, *waiting])

    def _enough(self) -> bool:
        answered = sum(each.answered for each in self._responding.values())
        if self._request.count is not None:
            return answered >= self._request.count
        return bool(self._request.responders) and answered == len(self._known)

    @property
    def unanswered(self) -> list[str]:
        """What those said who began to answer and did not, as a sentence goes on."""
        return [str(each) for each in self._responding.values() if not each.answered]

    def _judge(self) -> None:
        request, answered = self._request, self.answers
        if (request.count is None and not request.responders) or self._enough():
            return
        asked = f"'{hex_text(request.data, 16)}' ({request.txid}) on bus '{self._session.alias}'"
        in_time = f" within {duration(request.within)}"
        if request.count is not None:
            who = len({answer.rxid for answer in answered})
            parts = [f"Only {who} of {plural(request.count, 'responder')} answered {asked}{in_time}."]
            parts += _listed("Not an answer", self.unanswered)
        else:
            missing = [
                self._responding.get(key, single)
                for key, single in self._known.items()
                if key not in self._responding or not self._responding[key].answered
            ]
            if all(isinstance(who, _Responding) and who.is_over_pending for who in missing):
                in_time = ""  # each says the limit that it broke
            parts = [f"{_joined([str(who) for who in missing])} did not answer {asked}{in_time}."]
        parts += _listed("Answered", map(str, answered))
        raise AssertionError(" ".join(parts))


def _requests_to(who: Responder) -> CanId | None:
    return who.txid or physical_request(who.rxid)


def _joined(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _listed(what: str, items: Iterable[str]) -> list[str]:
    shown = "; ".join(items)
    return [f"{what}: {shown}."] if shown else []

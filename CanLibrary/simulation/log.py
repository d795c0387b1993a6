"""What a simulated ECU heard and answered."""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from CanLibrary.formatting import hex_text
from CanLibrary.sessions.bus_session import BusSession
from CanLibrary.traffic.bus_traffic import flags_of
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.span import Span
from CanLibrary.traffic.trace import Trace, key_of
from CanLibrary.types import CanMessage, Direction, Payload

_MOST_EVENTS = 10_000
_MOST_MESSAGES = 100_000
_SHOWN_BYTES = 32
Moment = tuple[float, int]  # monotonic seconds, and where the trace of the bus ended then


@dataclass
class EcuEvent:
    """Something that a simulated ECU heard, answered or met.

    ``kind`` is ``request`` or ``message`` (heard), ``response`` or ``answer`` (sent) or ``problem``; ``data`` is
    the payload of a request or response, ``message`` the message that was heard or answered; ``functional`` says
    whether a request came on the functional address, ``note`` what became of it (``unanswered``, ``silence``);
    ``time`` is in seconds since the ECU was started. Prints as ``0.012 s  request 22 F1 90``.
    """

    kind: str
    time: float
    data: Payload = field(default_factory=Payload)
    message: CanMessage | None = None
    functional: bool = False
    note: str = ""
    heard_at: float = field(default=0.0, repr=False)  # monotonic
    position: int = field(default=0, repr=False)  # where the trace of the bus ended then

    def __str__(self) -> str:
        what = str(self.message) if self.message else hex_text(self.data, _SHOWN_BYTES)
        notes = ["functional"] if self.functional else []
        notes += [self.note] if self.note else []
        parts = [f"{self.time:.3f} s ", self.kind, what, f"({', '.join(notes)})" if notes else ""]
        return " ".join(filter(None, parts))


class EcuLog:
    """Events, and all messages that the ECU heard; of both the newest are kept.

    `changed` guards it all, and is notified of events, and of messages while somebody waits for them.
    """

    def __init__(self, session: BusSession) -> None:
        self.changed = threading.Condition(threading.Lock())
        self.began = time.monotonic()
        self._traffic = session.traffic
        self._events: deque[EcuEvent] = deque(maxlen=_MOST_EVENTS)
        self._gone: EcuEvent | None = None  # the newest one that is kept no longer
        self._heard = Trace(_MOST_MESSAGES)
        self.waiting = 0  # who wants to know of messages

    def begin_again(self) -> None:
        """Note that the ECU was started again, and keep what it heard before."""
        self.began = time.monotonic()

    def note(self, kind: str, when: Moment | None = None, **fields: Any) -> EcuEvent:
        """Keep an event and return it, so that it can be said later what became of it.

        Args:
            kind: What it is, see `EcuEvent`.
            when: When that was; now if None.
            fields: What else there is to say.
        """
        heard_at, position = when or (time.monotonic(), self._traffic.trace.end)
        event = EcuEvent(kind, heard_at - self.began, heard_at=heard_at, position=position, **fields)
        with self.changed:
            if len(self._events) == _MOST_EVENTS:
                self._gone = self._events[0]
            self._events.append(event)
            self.changed.notify_all()
        return event

    def hear(self, message: Any) -> Moment:
        """Keep a message of python-can and return when that was; called with the lock held."""
        # Where the trace of the bus ends is kept in the place of the interface's time: what was recorded after a mark
        # is told by its position, as everywhere, and not by a time that is a little later than that of the record.
        heard, now, end = self._heard, time.monotonic(), self._traffic.trace.end
        key = key_of(message.arbitration_id, message.is_extended_id)
        position = heard.append(key, message.data, flags_of(message), message.dlc, now, end)
        if position >= heard.full_at:
            heard.drop(heard.surplus())
        if self.waiting:
            self.changed.notify_all()
        return now, end

    def events(self, span: Span) -> list[EcuEvent]:
        """Return the events since the beginning of a span; with the lock held."""
        return [event for event in self._events if self._is_in(event, span)]

    def _is_in(self, event: EcuEvent, span: Span) -> bool:
        if self._traffic.own_messages:  # a message comes into the trace after the ECU has heard it
            return event.heard_at >= span.began
        return event.position > span.start

    def _start(self, span: Span) -> int:
        """Return the position of the first message that was heard since the beginning of a span."""
        heard, positions = self._heard, range(self._heard.first, self._heard.end)
        if self._traffic.own_messages:
            return heard.position_at(span.began)
        return heard.first + bisect_right(positions, span.start, key=lambda at: int(heard.record(at)[1]))

    def count(self, wanted: Matcher, span: Span) -> int:
        """Return how many messages were heard that match; with the lock held."""
        heard = self._heard
        found = heard.history(wanted.key, self._start(span), heard.end, Direction.ANY)
        return sum(wanted.data_matches(heard.data(position)) for position in found)

    def identifiers(self, span: Span) -> Counter[int]:
        """Return how many messages of each identifier were heard; with the lock held."""
        heard = self._heard
        return Counter(
            heard.key(position)
            for position in heard.history(None, self._start(span), heard.end, Direction.ANY)
        )

    def is_whole(self, span: Span, *, messages: bool) -> bool:
        """Return whether all that was heard since the beginning of a span is kept; with the lock held."""
        if messages:
            return not self._heard.first or self._start(span) > self._heard.first
        return self._gone is None or not self._is_in(self._gone, span)

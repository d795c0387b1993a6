"""The verdicts about counters and checksums in what passed on a bus."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from CanLibrary.errors import BusError, ConfigurationError
from CanLibrary.formatting import plural
from CanLibrary.sessions.progress import Progress
from CanLibrary.traffic.history import select
from CanLibrary.traffic.living import number_in
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.protection import Protect, protector
from CanLibrary.traffic.window import check_filters
from CanLibrary.types import CanId, CanMark, CanMessage, Direction
from CanLibrary.types.bit_field import Counter
from CanLibrary.types.living import E2E, Checksum

if TYPE_CHECKING:
    from CanLibrary.sessions.bus_session import BusSession
    from CanLibrary.traffic.span import Span

_TOLD = 5  # mistakes in one sentence
_MOST_STEPS = 1000  # that are looked for where the range is no multiple of the step
_LONGEST = 64  # bytes of a message
_PASSED = {Direction.RX: "received", Direction.TX: "sent", Direction.ANY: "recorded"}


def counter_should_be_alive(
    session: BusSession,
    id: CanId,
    counter: Counter,
    tolerance: int,
    direction: Direction,
    since: CanMark | None,
    until: CanMark | None,
) -> int:
    """Fail unless the counter went on from each message to the next, and return how many messages were judged.

    Args:
        session: The bus.
        id: Identifier of the messages.
        counter: Where it stands, and how it counts.
        tolerance: How many messages may be missing from one to the next.
        direction: Which messages count.
        since: Where to begin; where the test began if None.
        until: Where to end; now if None.
    """
    if tolerance < 0 or tolerance > (counter.size - 1) // counter.step - 1:
        raise ConfigurationError(
            f"tolerance={tolerance} is not possible: it is 0 to {(counter.size - 1) // counter.step - 1} with this "
            "counter."
        )
    where, span = f"{id} on bus '{session.alias}'", session.reading.span(since, until)
    count, last, wrong = 0, None, _Mistakes(span)
    for message in _messages(session, id, span, direction, "the counter"):
        count += 1
        number = _number(counter, message)
        if isinstance(number, str):
            wrong.note(message, number)
            last = None
            continue
        if last is not None and (mistake := _step(counter, last, number, tolerance)):
            wrong.note(message, mistake)
        last = number
    if count < 2:
        raise AssertionError(
            f"{plural(count, 'message')} {where} {'was' if count == 1 else 'were'} {_PASSED[direction]}{span.of}: a "
            "counter that is alive takes at least 2."
        )
    if wrong.count:
        raise AssertionError(
            f"The counter of {where} is wrong {plural(wrong.count, 'time')} in {count} messages{span.of}: {wrong}."
        )
    return count


def checksum_should_be_valid(
    session: BusSession,
    id: CanId,
    checksum: Checksum | E2E,
    direction: Direction,
    since: CanMark | None,
    until: CanMark | None,
) -> int:
    """Fail unless every message carries the right checksum, and return how many there are.

    Args:
        session: The bus.
        id: Identifier of the messages.
        checksum: Which one, and where it stands.
        direction: Which messages count.
        since: Where to begin; where the test began if None.
        until: Where to end; now if None.
    """
    where, span = f"{id} on bus '{session.alias}'", session.reading.span(since, until)
    protect = functools.lru_cache(functools.partial(protector, checksum))
    protect(_LONGEST)  # a package that is missing is told before anything else
    count, wrong, first = 0, 0, ""
    for message in _messages(session, id, span, direction, "the checksum"):
        count += 1
        if mistake := _checksum_mistake(checksum, message, protect):
            wrong += 1
            first = first or f"{message} {_when(message, span)}: {mistake}"
    if not count:
        raise AssertionError(
            f"No message {where} was {_PASSED[direction]}{span.of}: no checksum can be valid."
        )
    if wrong:
        raise AssertionError(
            f"The {checksum.label} of {where} is wrong in {wrong} of {plural(count, 'message')}{span.of}, first in "
            f"{first}."
        )
    return count


def _messages(
    session: BusSession, id: CanId, span: Span, direction: Direction, what: str
) -> Iterator[CanMessage]:
    """Yield the messages of an identifier, and refuse at the end where some of them are not known."""
    if direction is not Direction.TX:
        check_filters(session.traffic, Matcher(id), span.began)
    progress = Progress("Judging messages")
    try:
        for message in select(session.traffic, Matcher(id), span, direction):
            progress.show()
            if not message.is_remote_frame:
                yield message
    finally:
        progress.end()
    question = f"Whether {what} of {id} on bus '{session.alias}'{span.of} is right"
    trace = session.traffic.trace
    if span.gone or span.start < min(trace.first, span.stop):  # some may have gone while they were looked at
        raise BusError(
            f"{question} cannot be said: {plural(trace.first - span.start, 'message')} of that time are gone, because "
            f"the trace keeps {trace.capacity}. Give a later since=, or a larger trace_size."
        )
    session.reading.check_nothing_lost(question)


class _Mistakes:
    """How many there are, and the first ones as a sentence says them."""

    def __init__(self, span: Span) -> None:
        self.count = 0
        self._span = span
        self._first: list[str] = []

    def note(self, message: CanMessage, mistake: str) -> None:
        self.count += 1
        if self.count <= _TOLD:
            self._first.append(f"{mistake} {_when(message, self._span)}")

    def __str__(self) -> str:
        more = [f"and {self.count - _TOLD} more"] if self.count > _TOLD else []
        return "; ".join(self._first + more)


def _number(counter: Counter, message: CanMessage) -> int | str:
    """Return the number in a message, or what is wrong with it."""
    if len(message.data) < counter.needs:
        return f"{message} is too short for a counter in {counter}"
    number = number_in(counter, message.data)
    if not counter.minimum <= number <= counter.highest:
        return f"{number} is not from {counter.minimum} to {counter.highest}"
    return number


def _step(counter: Counter, last: int, number: int, tolerance: int) -> str:
    """Return what is wrong with a step; empty where it is right."""
    if number == last:
        return f"it stayed {number}"
    distance = (number - last) % counter.size
    if distance == counter.step:
        return ""
    steps = _steps(counter, distance)
    if steps is None:
        return f"after {last} came {number}, which is no step of {counter.step}"
    return f"after {last} came {number} ({steps - 1} missing)" if steps - 1 > tolerance else ""


def _steps(counter: Counter, distance: int) -> int | None:
    """Return with how many steps the counter gets so far, over the end of its range too; None if it does not."""
    if not distance % counter.step:
        return distance // counter.step
    possible = range(2, min(counter.size, _MOST_STEPS))
    return next((steps for steps in possible if steps * counter.step % counter.size == distance), None)


def _checksum_mistake(
    checksum: Checksum | E2E, message: CanMessage, protect: Callable[[int], Protect]
) -> str:
    """Return what is wrong with the checksum of a message; empty where it is right."""
    data, field = message.data, checksum.field
    if len(data) < checksum.needs or (isinstance(checksum, Checksum) and not checksum.covered(len(data))):
        return "it is too short to carry one"
    changed = bytearray(data)
    protect(len(data))(changed)
    if (right := bytes(changed)) == bytes(data):
        return ""
    if number_in(field, right) == number_in(
        field, data
    ):  # a profile that keeps a part of its data ID elsewhere
        at = next(at for at, byte in enumerate(data) if byte != right[at])
        return f"byte {at} should be 0x{right[at]:02X}, but is 0x{data[at]:02X}: another data ID?"
    digits = field.width // 4
    return f"{field} should be 0x{number_in(field, right):0{digits}X}, but is 0x{number_in(field, data):0{digits}X}"


def _when(message: CanMessage, span: Span) -> str:
    """Return when it came, from the beginning of what is judged."""
    return f"at {max(message.received_at - span.began, 0.0):.3f} s"

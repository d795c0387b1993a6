"""Waiting for messages, and the verdicts: each failure says what was expected, where, and what came instead."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from CanLibrary.errors import BusError, translated
from CanLibrary.formatting import duration, plural
from CanLibrary.traffic.bus_traffic import BusTraffic
from CanLibrary.traffic.judge import Judge
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.sentences import others_sentence
from CanLibrary.traffic.window import Search, Window, check_filters
from CanLibrary.types import CanMessage

T = TypeVar("T")
SLICE = 0.1  # seconds: a test time-out interrupts between two slices
_SETTLE = 1.0  # seconds to wait for the receiver to have read all that arrived in time
_HANGS = 9.0  # seconds: the longest after that for a driver that does not come back at all
_CURE = " Give the wait a mark with since=, or use Exchange Can Message."
_LOOK_BACK = 10.0  # seconds before a wait in which a match is "shortly before"


def wait_until(
    traffic: BusTraffic,
    check: Callable[[], T | None],
    deadline: float,
    missing: Callable[[], int] = lambda: 1,
) -> T | None:
    """Return what the check returns as soon as that is not None, or None at the deadline.

    The check runs with the lock of the traffic held, whenever something has arrived; where it is known how
    many messages are missing, not for each of them.

    Raises:
        BusError: The bus died; the wait ends at once.
    """
    with traffic.changed:
        while True:
            if (result := check()) is not None:
                return result
            if traffic.failure is not None:
                raise died(traffic)
            remaining = deadline - time.monotonic()
            if remaining <= 0 or traffic.complete:
                return None
            traffic.wait(min(remaining, SLICE), missing())


def died(traffic: BusTraffic) -> BusError:
    """Return the error that tells that the receiver ended, with its cause."""
    assert traffic.failure is not None
    traffic.failure_told = True
    error = translated(f"Bus '{traffic.name}' receives no more", traffic.failure)
    error.__cause__ = traffic.failure
    return error


def lost_sentence(traffic: BusTraffic, lost: int) -> str:
    """Return what to say about unread messages that had to go."""
    return (
        f"Bus '{traffic.name}' lost {plural(lost, 'unread message')}, the oldest ones: the trace keeps "
        f"{traffic.trace.capacity} messages. Use Clear Received Messages before, or a larger trace_size."
    )


def receive(traffic: BusTraffic, matcher: Matcher, timeout: float, count: int = 1) -> list[CanMessage]:
    """Hand out the oldest unread matches; fewer than asked for are a failure and stay unread."""
    check_filters(traffic, matcher)
    with traffic.changed:
        traffic.mailbox.used = True
        if lost := traffic.mailbox.take_lost():
            raise BusError(lost_sentence(traffic, lost))
    taken: list[int] = []
    messages: list[CanMessage] = []  # kept at once: while more are awaited, the trace can drop the oldest

    def enough() -> bool | None:
        traffic.mailbox.take(matcher, taken, count)
        messages.extend(map(traffic.trace.message, taken[len(messages) :]))
        return len(taken) == count or None

    try:
        done = wait_until(traffic, enough, time.monotonic() + timeout, lambda: count - len(taken))
        with traffic.changed:
            if done:
                taken.clear()
                return messages
            if lost := traffic.mailbox.take_lost():
                raise BusError(lost_sentence(traffic, lost))
            others = traffic.mailbox.counts()  # before those that match are put back
            arrived = len(taken)
    finally:
        # A test time-out must not eat what was not handed out.
        with traffic.changed:
            traffic.mailbox.put_back(taken)
    limit = " in the recording" if traffic.complete else f" within {duration(timeout)}"
    if count == 1:
        raise AssertionError(
            f"No {matcher} arrived on bus '{traffic.name}'{limit}. "
            f"{others_sentence(traffic, matcher, others)}"
        )
    raise AssertionError(
        f"Only {arrived} of {count} messages{_of(matcher)} arrived on bus '{traffic.name}'"
        f"{limit}; they stay unread. {others_sentence(traffic, matcher, others)}"
    )


def wait_for(traffic: BusTraffic, matcher: Matcher, window: Window, *, hand_out: bool = False) -> CanMessage:
    """Return the first match that arrived in the window (verdict rules 2 and 6).

    Args:
        traffic: Where to look.
        matcher: What to look for.
        window: From where on and for how long.
        hand_out: Whether the match counts as read.
    """
    search = Search(traffic, matcher, window)
    found = wait_until(traffic, search.look, window.deadline)
    late, seen_to = "", None
    if found is not None:
        position, message = found
        if message.received_at <= window.deadline:
            if hand_out:
                with traffic.changed:
                    traffic.mailbox.mark_read(position)
            return message
        seen_to = position  # those that came too late are no news
        late = f" One arrived {duration(message.received_at - window.deadline)} too late."
    with traffic.changed:
        search.check()
        others = traffic.received_counts(window.start, seen_to)
        missed = before_sentence(traffic, matcher, window, "" if hand_out else _CURE)
    raise AssertionError(
        f"No {matcher} arrived on bus '{traffic.name}' {window}.{late}{missed} "
        f"{others_sentence(traffic, matcher, others, window.start)}"
    )


def should_not_arrive(traffic: BusTraffic, matcher: Matcher, window: Window) -> None:
    """Fail on the first match that arrives in the window (verdict rule 2)."""
    search = Search(traffic, matcher, window)
    with traffic.judging(window.deadline) as judge:
        found = wait_until(traffic, search.look, window.deadline)
        message = found[1] if found else None
        if message is None or message.received_at > window.deadline:
            # A window that had ended before anybody asked is judged by the times of the records alone.
            if not window.still_open:
                _check_not_delayed(traffic, matcher, window, message)
                message = None
            else:
                message = _settled_match(traffic, matcher, window, judge)
    if message is None:
        with traffic.changed:
            search.start_of_look()
            search.check()
    else:
        after = min(max(message.received_at - window.began, 0.0), window.within)
        raise AssertionError(
            f"Message {message} arrived on bus '{traffic.name}' after {duration(round(after, 3))}, "
            f"but no {matcher} should arrive {window}."
        )


def _check_not_delayed(
    traffic: BusTraffic, matcher: Matcher, window: Window, late: CanMessage | None
) -> None:
    """Refuse to say that nothing came where a match came so soon after the window that it may have been on its way."""
    delay = traffic.delay()
    if late is not None and late.received_at - window.deadline <= delay:
        raise BusError(
            f"Whether a {matcher} arrived on bus '{traffic.name}' {window} cannot be said: {late} was here "
            f"{duration(round(late.received_at - window.deadline, 3))} after that, and the way from its computer and "
            f"back takes up to {duration(round(delay, 3))}. Give it a longer time."
        )


def response_time(traffic: BusTraffic, matcher: Matcher, request: str, window: Window, limit: float) -> float:
    """Return how many seconds after the beginning of the window the first match came, or fail if that is too late.

    Args:
        traffic: Where the reply is expected.
        matcher: What the reply is.
        request: What it answers, for the sentence.
        window: Begins at the request, and lasts as long as it is worth waiting to say how late the reply was.
        limit: Seconds below which the time must be.
    """
    search = Search(traffic, matcher, window)
    found = wait_until(traffic, search.look, window.deadline)
    if found is None:
        with traffic.changed:
            search.check()
            others = traffic.received_counts(window.start)
        raise AssertionError(
            f"No {matcher} answered {request} on bus '{traffic.name}' {window}; the limit is {duration(limit)}. "
            f"{others_sentence(traffic, matcher, others, window.start)}"
        )
    elapsed = round(found[1].received_at - window.began, 6)  # the times of a file are no binary numbers
    if elapsed >= limit:
        raise AssertionError(
            f"{found[1]} answered {request} on bus '{traffic.name}' after {duration(elapsed)}; that should "
            f"be below {duration(limit)}."
        )
    return elapsed


def _settled_match(traffic: BusTraffic, matcher: Matcher, window: Window, judge: Judge) -> CanMessage | None:
    """Look again when the receiver has read all that was waiting in the driver at the deadline."""
    stop = wait_until(traffic, lambda: judge.position, time.monotonic() + _SETTLE)
    if stop is None and not judge.busy:  # a driver that hangs says why when it fails: its network may be cut
        stop = wait_until(traffic, lambda: judge.position, time.monotonic() + _HANGS)
    if stop is None:
        unknown = f"Whether a {matcher} arrived on bus '{traffic.name}' {window} cannot be said:"
        if judge.busy:
            raise BusError(f"{unknown} {duration(_SETTLE)} later messages still waited in its driver.")
        raise BusError(f"{unknown} its driver did not answer for {duration(_SETTLE + _HANGS)}.")
    with traffic.changed:
        position = traffic.first_match(matcher, window.start, stop)
        return None if position is None else traffic.trace.message(position)


def before_sentence(traffic: BusTraffic, matcher: Matcher, window: Window, cure: str = _CURE) -> str:
    """Return that a match arrived shortly before the window (verdict rule 2); only with the lock held."""
    found = traffic.last_match(matcher, traffic.trace.first, window.start)
    if found is None or window.began - found.received_at > _LOOK_BACK:
        return ""
    earlier = duration(round(window.began - found.received_at, 3))
    return f" A match arrived {earlier} before the wait began: {found}.{cure}"


def _of(matcher: Matcher) -> str:
    return str(matcher).removeprefix("message")

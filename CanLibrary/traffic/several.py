"""Waiting for several messages: for all of them, for one of them, or for all in a given order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import merge

from CanLibrary.formatting import duration, plural
from CanLibrary.traffic.bus_traffic import BusTraffic
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.sentences import seen_sentence
from CanLibrary.traffic.trace import id_of
from CanLibrary.traffic.waits import before_sentence, wait_until
from CanLibrary.traffic.window import Search, Window, check_filters
from CanLibrary.types import CanId, CanMessage, Expect


class Expected:
    """Which of the messages that are waited for have come; each stands for one of them only."""

    def __init__(self, matchers: Sequence[Matcher], expect: Expect) -> None:
        self.matchers = matchers
        self._expect = expect
        self.came: dict[int, CanMessage] = {}  # number of what was expected → what came
        self._in_vain: set[tuple[int, ...]] = set()  # what fits these finds no place

    @property
    def done(self) -> bool:
        """Whether enough has come."""
        return len(self.came) == (1 if self._expect is Expect.ANY else len(self.matchers))

    @property
    def missing(self) -> list[Matcher]:
        """What has not come yet."""
        return [matcher for number, matcher in enumerate(self.matchers) if number not in self.came]

    def take(self, message: CanMessage) -> None:
        """Take a message into account."""
        if self._expect is Expect.IN_ORDER:
            following = len(self.came)
            if _matches(self.matchers[following], message):
                self.came[following] = message
        else:
            fitting = [number for number, matcher in enumerate(self.matchers) if _matches(matcher, message)]
            # What finds no place once never does: places are not given back. Most messages of a busy bus are alike.
            if fitting and tuple(fitting) not in self._in_vain and not self._assign(message, set()):
                self._in_vain.add(tuple(fitting))

    def _assign(self, message: CanMessage, tried: set[int]) -> bool:
        # Where a message fits several, those that came before move to another that they fit as well: `0x100 01` and
        # `0x100` have both come when 01 and 02 have, in whatever order.
        for number, matcher in enumerate(self.matchers):
            if number in tried or not _matches(matcher, message):
                continue
            tried.add(number)
            if number not in self.came or self._assign(self.came[number], tried):
                self.came[number] = message
                return True
        return False


def wait_for_several(
    traffic: BusTraffic, matchers: Sequence[Matcher], expect: Expect, window: Window
) -> list[CanMessage]:
    """Return what came of the messages that are expected, in the order in which they were asked for.

    Raises:
        AssertionError: Not enough arrived in the window.
    """
    for matcher in matchers:
        check_filters(traffic, matcher, window.began)
    expected = Expected(matchers, expect)
    search = Search(traffic, matchers[0] if len(matchers) == 1 else Matcher(), window)

    def enough() -> bool | None:
        for position in _candidates(traffic, matchers, search.start_of_look(), traffic.trace.end):
            message = traffic.trace.message(position)
            if message.received_at > window.deadline:
                break
            expected.take(message)
            if expected.done:
                return True
        return None

    if wait_until(traffic, enough, window.deadline):
        return [expected.came[number] for number in sorted(expected.came)]
    with traffic.changed:
        search.check()
    raise AssertionError(_failure(traffic, expected, expect, window))


def _candidates(traffic: BusTraffic, matchers: Sequence[Matcher], start: int, stop: int) -> Iterator[int]:
    keys = {matcher.key for matcher in matchers}
    if None in keys:
        return traffic.history(Matcher(), start, stop)
    by_key = (traffic.history(Matcher(CanId(*id_of(key))), start, stop) for key in keys if key is not None)
    return merge(*by_key)


def _failure(traffic: BusTraffic, expected: Expected, expect: Expect, window: Window) -> str:
    missing, total = expected.missing, plural(len(expected.matchers), "message")
    names = ", ".join(map(_as_typed, missing))
    if expect is Expect.ANY:
        head = f"None of {total} arrived on bus '{traffic.name}' {window}: {names}."
    elif len(expected.matchers) == 1:
        head = f"The message {names} did not arrive on bus '{traffic.name}' {window}."
    else:
        order = " in this order" if expect is Expect.IN_ORDER else ""
        came = len(expected.came) or "None"
        head = f"{came} of {total} arrived on bus '{traffic.name}' {window}{order}; missing: {names}."
    with traffic.changed:
        early = _too_early(traffic, expected, window) if expect is Expect.IN_ORDER else ""
        told = early or next(filter(None, (before_sentence(traffic, one, window) for one in missing)), "")
    return f"{head}{told} {seen_sentence(traffic, window.start, {one.key for one in missing if one.key})}"


def _too_early(traffic: BusTraffic, expected: Expected, window: Window) -> str:
    """Return that the message which is missing next came, but before the one that it should follow."""
    if not expected.came:
        return ""
    following = expected.missing[0]
    before = expected.came[len(expected.came) - 1]
    found = traffic.last_match(following, window.start, before.position)
    if found is None:
        return ""
    earlier = duration(round(before.received_at - found.received_at, 6))
    return f" {found} came too early, {earlier} before {before}."


def _as_typed(matcher: Matcher) -> str:
    pattern = "" if matcher.pattern.matches_all else f" {matcher.pattern}"
    return f"{matcher.id or '*'}{pattern}"


def _matches(matcher: Matcher, message: CanMessage) -> bool:
    return (matcher.id is None or matcher.id == message.id) and matcher.data_matches(message.data)

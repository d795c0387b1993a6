"""What was received and not yet handed out: one flag for each record of the trace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.trace import Trace, id_of
from CanLibrary.types import CanFilters

_UNREAD = 1


class Mailbox:
    """Hands every received message out once, the oldest match first; the others stay unread.

    The flags lie side by side with the records of the trace, and each identifier has a cursor into the
    index of the trace, so that looking for one identifier costs the same however much else is unread.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._flags = bytearray()
        self._cursors: dict[int | None, int] = {}  # key (None: any) → position below which nothing is unread
        self.filters: CanFilters | None = None
        self.unread = 0
        self.lost = 0  # unread messages that went with the oldest records, since told last
        self.used = False  # whether anybody ever asked: a mailbox that nobody reads loses nothing

    def add(self, key: int, wanted: bool) -> None:
        """Note the newest record of the trace: unread if it is wanted here and passes the filters."""
        wanted = wanted and self.passes(key)
        self._flags.append(wanted)
        self.unread += wanted

    def passes(self, key: int) -> bool:
        """Return whether an identifier passes the filters."""
        if not self.filters:
            return True
        value, extended = id_of(key)
        return any(single.passes(value, extended) for single in self.filters)

    def drop(self, count: int) -> None:
        """Follow the trace, which forgets its oldest records."""
        gone = self._flags.count(_UNREAD, 0, count)
        del self._flags[:count]
        self.unread -= gone
        self.lost += gone

    def take(self, matcher: Matcher, start: int = 0) -> int | None:
        """Return the position of the oldest unread match, which is unread no longer, or None.

        Args:
            matcher: What is asked for.
            start: Where to look from, when it is known that there is no match before.
        """
        cursor = self._cursors.get(matcher.key, 0)
        oldest_unread = None
        for position in self._unread(matcher.key, max(start, cursor)):
            if oldest_unread is None:
                oldest_unread = position
            if matcher.data_matches(self._trace.data(position)):
                self._flags[position - self._trace.first] = 0
                self.unread -= 1
                break
        else:
            position = None
        if start <= cursor:
            self._cursors[matcher.key] = self._trace.end if oldest_unread is None else oldest_unread
        return position

    def mark_read(self, position: int) -> None:
        """Hand out a message by its position; one that is not unread is fine."""
        if position >= self._trace.first and self._flags[position - self._trace.first]:
            self._flags[position - self._trace.first] = 0
            self.unread -= 1

    def put_back(self, positions: list[int]) -> None:
        """Make messages unread again that were taken but not handed out."""
        for position in positions:
            if position >= self._trace.first:
                self._flags[position - self._trace.first] = _UNREAD
                self.unread += 1
            else:
                self.lost += 1
        if positions:
            self._cursors.clear()

    def _unread(self, key: int | None, start: int = 0) -> Iterator[int]:
        first, flags = self._trace.first, self._flags
        start = max(start, first)
        if key is not None:
            yield from (position for position in self._trace.positions(key, start) if flags[position - first])
            return
        at = flags.find(_UNREAD, start - first)
        while at >= 0:
            yield first + at
            at = flags.find(_UNREAD, at + 1)

    def take_lost(self) -> int:
        """Return how many unread messages were lost since told last; they count as told."""
        lost, self.lost = self.lost, 0
        return lost

    def clear(self) -> int:
        """Make everything read and return how many messages that were."""
        self.lost = 0
        return self._drop_unread(lambda _position: False)

    def apply_filters(self, filters: CanFilters | None) -> int:
        """Use these filters from now on, also on what is unread already; return how many messages went."""
        self.filters = filters or None
        if not filters:
            return 0
        return self._drop_unread(lambda position: self.passes(self._trace.key(position)))

    def _drop_unread(self, keep: Callable[[int], bool]) -> int:
        before = self.unread
        for position in self._unread(None):
            if not keep(position):
                self._flags[position - self._trace.first] = 0
                self.unread -= 1
        return before - self.unread

    def counts(self) -> Counter[int]:
        """Return how many messages of each identifier are unread."""
        return Counter(self._trace.key(position) for position in self._unread(None))

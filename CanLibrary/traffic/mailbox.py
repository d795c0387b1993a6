"""What was received and not yet handed out: one flag for each record of the trace."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator

from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.trace import Trace, id_of
from CanLibrary.types import CanFilters

_UNREAD = 1
_MOST_CURSORS = 1000


class Mailbox:
    """Hands every received message out once, the oldest match first; the others stay unread.

    The flags lie side by side with the records of the trace, the trace has an index by identifier, and there
    is a cursor for what was asked before: so looking for one identifier, or for one pattern again and again,
    costs the same however much else is unread.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._flags = bytearray()
        # Note whether the newest record of the trace is to be received. Called for every message of the bus.
        self.add: Callable[[bool], None] = self._flags.append
        # Identifier (None: any) and pattern → position below which no match is unread.
        self._cursors: dict[tuple[int | None, str], int] = {}
        self.filters: CanFilters | None = None
        self._changes: list[
            tuple[float, CanFilters | None]
        ] = []  # of the filters, with their monotonic times
        self.lost = 0  # unread messages that went with the oldest records, since told last
        self.used = False  # whether anybody ever asked: a mailbox that nobody reads loses nothing

    @property
    def unread(self) -> int:
        """How many messages are unread."""
        return self._flags.count(_UNREAD)

    def passes(self, key: int) -> bool:
        """Return whether an identifier passes the filters."""
        if not self.filters:
            return True
        return _passes(self.filters, key)

    def filters_against(self, key: int, since: float | None) -> CanFilters | None:
        """Return filters that do not let an identifier through: those of now, or at any time since a monotonic time."""
        if not self.passes(key):
            return self.filters
        earlier = () if since is None else self._filters_since(since)
        return next((filters for filters in earlier if not _passes(filters, key)), None)

    def filtered_since(self, since: float) -> bool:
        """Return whether there were any filters at a time since a monotonic time."""
        return any(True for _ in self._filters_since(since))

    def _filters_since(self, since: float) -> Iterator[CanFilters]:
        ends = [*(at for at, _ in self._changes[1:]), float("inf")]
        return (
            filters for (_, filters), end in zip(self._changes, ends, strict=False) if filters and end > since
        )

    def drop(self, count: int) -> None:
        """Follow the trace, which forgets its oldest records."""
        gone = self._flags.count(_UNREAD, 0, count)
        del self._flags[:count]
        self.lost += gone

    def take(self, matcher: Matcher, taken: list[int], count: int = 1) -> None:
        """Take the oldest unread matches until so many are taken.

        Args:
            matcher: What is asked for.
            taken: The list to put their positions into; each stands there before it counts as read, so that
                a test time-out, which can interrupt anywhere, leaves nothing that `put_back` does not know.
            count: How many there should be in the list.
        """
        asked, any_data = (matcher.key, matcher.text), (matcher.key, "*")
        first, flags, data, matches = self._trace.first, self._flags, self._trace.data, matcher.data_matches
        start = max(self._cursors.get(asked, 0), self._cursors.get(any_data, 0), first)
        for position in self._unread(matcher.key, start):
            if asked == any_data or matches(data(position)):
                taken.append(position)
                flags[position - first] = 0
                if len(taken) == count:
                    break
        if len(self._cursors) >= _MOST_CURSORS:
            self._cursors.clear()
        self._cursors[asked] = taken[-1] + 1 if len(taken) == count else self._trace.end

    def mark_read(self, position: int) -> None:
        """Hand out a message by its position; one that is not unread is fine."""
        if position >= self._trace.first:
            self._flags[position - self._trace.first] = 0

    def put_back(self, positions: list[int]) -> None:
        """Make messages unread again that were taken but not handed out."""
        for position in positions:
            if position >= self._trace.first:
                self._flags[position - self._trace.first] = _UNREAD
            else:
                self.lost += 1
        if positions:
            oldest = min(positions)
            self._cursors = {asked: min(at, oldest) for asked, at in self._cursors.items()}

    def _unread(self, key: int | None, start: int = 0) -> Iterator[int]:
        first, flags = self._trace.first, self._flags
        if key is not None:
            yield from (position for position in self._trace.positions(key, start) if flags[position - first])
            return
        at = flags.find(_UNREAD, max(start - first, 0))
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
        self._changes.append((time.monotonic(), self.filters))
        if not filters:
            return 0
        return self._drop_unread(lambda position: self.passes(self._trace.key(position)))

    def _drop_unread(self, keep: Callable[[int], bool]) -> int:
        dropped = 0
        for position in self._unread(None):
            if not keep(position):
                self._flags[position - self._trace.first] = 0
                dropped += 1
        return dropped

    def counts(self) -> Counter[int]:
        """Return how many messages of each identifier are unread."""
        return Counter(self._trace.key(position) for position in self._unread(None))


def _passes(filters: CanFilters, key: int) -> bool:
    value, extended = id_of(key)
    return any(single.passes(value, extended) for single in filters)

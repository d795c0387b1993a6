"""The ordered record of one bus: everything received and sent, packed, with an index by identifier.

A record is one `bytes` object (22 bytes and the data), so that a million of them fit into memory where
a million `can.Message` objects would not. Not locked: `BusTraffic` does that for all of its parts.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from heapq import merge

from CanLibrary.types import CanMessage, Direction, Payload

HEAD = struct.Struct("<ddIBB")  # received_at, timestamp, identifier, flags, dlc
_PACK = HEAD.pack
DATA_AT = HEAD.size
FLAGS_AT = 20

EXTENDED, REMOTE, ERROR, FD, BRS, ESI, TX, WITHDRAWN = (1 << bit for bit in range(8))
_NO_TRAFFIC = ERROR | WITHDRAWN
# What a message says in five attributes, by its flags: looked up, because every message is asked for it.
_KINDS = [
    (bool(flags & FD), bool(flags & BRS), bool(flags & ESI), bool(flags & REMOTE), bool(flags & ERROR))
    for flags in range(256)
]
_EXTENDED_KEY = 1 << 31


def key_of(value: int, extended: bool) -> int:
    """Return identifier and format as one integer, the key of the index."""
    return value | _EXTENDED_KEY if extended else value


def id_of(key: int) -> tuple[int, bool]:
    """Return identifier and format of a key."""
    return key & ~_EXTENDED_KEY, bool(key & _EXTENDED_KEY)


class Trace:
    """Records by position; a position stays valid as a mark, also when the oldest records are gone."""

    def __init__(self, capacity: int, name: str = "") -> None:
        self.capacity = capacity
        self.name = name  # of the bus, for marks
        self.recorded = False  # its times are those of a file, and nothing more will come
        self.first = 0  # position of the oldest record kept
        self._step = max(capacity // 16, 1)
        self.full_at = capacity + self._step - 1  # the position after which the oldest have to go
        self._records: list[bytes] = []
        self._by_key: dict[int, array[int]] = {}
        self._sent_by_key: dict[int, array[int]] = {}
        self._sent = array("q")  # positions of sent messages that are not in that index yet

    @property
    def end(self) -> int:
        """The position that the next record will have."""
        return self.first + len(self._records)

    @property
    def last_sent(self) -> int:
        """The position of the newest message that was recorded by its sender; -1 if there is none."""
        if self._sent:
            return self._sent[-1]
        return max((positions[-1] for positions in self._sent_by_key.values() if positions), default=-1)

    def append(
        self,
        key: int,
        data: bytes | bytearray,
        flags: int,
        dlc: int,
        received_at: float,
        timestamp: float,
    ) -> int:
        """Record a received message and return its position."""
        position = self.first + len(self._records)
        self._records.append(_PACK(received_at, timestamp, key & ~_EXTENDED_KEY, flags, dlc) + data)
        if not flags & ERROR:
            try:
                self._by_key[key].append(position)
            except KeyError:
                self._by_key[key] = array("q", (position,))
        return position

    def append_sent(
        self, value: int, data: bytes | bytearray, flags: int, dlc: int, sent_at: float, timestamp: float
    ) -> int:
        """Record a sent message and return its position; it comes into the index when somebody asks for it."""
        position = self.first + len(self._records)
        self._records.append(_PACK(sent_at, timestamp, value, flags, dlc) + data)
        self._sent.append(position)
        return position

    def withdraw(self, position: int) -> None:
        """Take a record back that turned out not to be traffic: a message whose sending failed."""
        at = position - self.first
        if at >= 0:
            record = bytearray(self._records[at])
            record[FLAGS_AT] |= WITHDRAWN
            self._records[at] = bytes(record)

    def surplus(self) -> int:
        """Return how many of the oldest records are to go; in large steps, because each costs a little."""
        return self._step if len(self._records) >= self.capacity + self._step else 0

    def drop(self, count: int) -> None:
        """Forget the oldest records."""
        del self._records[:count]
        self.first += count
        self.full_at += count
        del self._sent[: bisect_left(self._sent, self.first)]
        for index in (self._by_key, self._sent_by_key):
            for key, positions in list(index.items()):
                gone = bisect_left(positions, self.first)
                if gone == len(positions):
                    del index[key]
                elif gone:
                    del positions[:gone]

    def positions(self, key: int | None, start: int, stop: int | None = None) -> Iterator[int]:
        """Yield the positions from start to before stop, of one identifier or of all, in order."""
        stop = self.end if stop is None else stop
        if key is None:
            yield from range(max(start, self.first), stop)
        elif of_key := self._by_key.get(key):
            for at in range(bisect_left(of_key, start), len(of_key)):
                if (position := of_key[at]) >= stop:
                    return
                yield position

    def positions_backwards(self, key: int | None, start: int, stop: int) -> Iterator[int]:
        """Yield the positions from before stop down to start, of one identifier or of all."""
        if key is None:
            yield from range(stop - 1, max(start, self.first) - 1, -1)
        elif of_key := self._by_key.get(key):
            for at in range(bisect_left(of_key, stop) - 1, -1, -1):
                if (position := of_key[at]) < start:
                    return
                yield position

    def history(
        self, key: int | None, start: int, stop: int, direction: Direction, *, own: bool = False
    ) -> Iterator[int]:
        """Yield the positions of messages from start to before stop, of one identifier or of all, in order.

        Args:
            key: The identifier, or None for all.
            start: The first position.
            stop: The position after the last.
            direction: Received, sent, or any.
            own: Whether sent messages that came back count as received.
        """
        left_out, needed = _NO_TRAFFIC, 0
        if direction is Direction.TX:
            needed = TX
        elif direction is Direction.RX and not own:
            left_out |= TX
        for position in self._candidates(key, start, stop, direction):
            flags = self._records[position - self.first][FLAGS_AT]
            if not flags & left_out and flags & needed == needed:
                yield position

    def _candidates(self, key: int | None, start: int, stop: int, direction: Direction) -> Iterable[int]:
        if key is None or direction is Direction.RX:
            return self.positions(key, start, stop)
        for position in self._sent:
            of_key = self.key(position)
            self._sent_by_key.setdefault(of_key, array("q")).append(position)
        del self._sent[:]
        sent = self._sent_by_key.get(key, array("q"))
        return merge(
            self.positions(key, start, stop), sent[bisect_left(sent, start) : bisect_left(sent, stop)]
        )

    def reach(self, key: int | None, start: int, stop: int, most: int) -> int:
        """Return before which position a look from start on has to end, to see about so many messages at once."""
        if key is None:
            return min(start + most, stop)
        for of_key in filter(None, (self._by_key.get(key), self._sent_by_key.get(key))):
            if (at := bisect_left(of_key, start) + most) < len(of_key):
                stop = min(stop, of_key[at])
        return stop

    def reach_back(self, key: int | None, start: int, stop: int, most: int) -> int:
        """Return at which position a look from before stop down has to end, to see about so many messages."""
        if key is None:
            return max(stop - most, start)
        for of_key in filter(None, (self._by_key.get(key), self._sent_by_key.get(key))):
            if (at := bisect_left(of_key, stop) - most) > 0:
                start = max(start, of_key[at])
        return start

    def position_at(self, moment: float) -> int:
        """Return the position of the first record that is not older than a monotonic time."""
        at = bisect_left(self._records, moment, key=lambda record: float(HEAD.unpack_from(record)[0]))
        return self.first + at

    def packed(self, start: int, stop: int) -> list[bytes]:
        """Return records as they are packed, for who reads very many: `HEAD`, then the data."""
        return self._records[max(start - self.first, 0) : max(stop - self.first, 0)]

    def record(self, position: int) -> tuple[float, float, int, int, int, bytes]:
        """Return a record as it is kept: monotonic time, interface time, identifier, flags, dlc, data."""
        record = self._records[position - self.first]
        return (*HEAD.unpack_from(record), record[DATA_AT:])

    def is_traffic(self, position: int, *, own: bool) -> bool:
        """Return whether a record is a received message (or, with own, one of ours): no error frame."""
        left_out = _NO_TRAFFIC if own else _NO_TRAFFIC | TX
        return not self._records[position - self.first][FLAGS_AT] & left_out

    def is_sent(self, position: int) -> bool:
        """Return whether a record is a message of ours."""
        return bool(self._records[position - self.first][FLAGS_AT] & TX)

    def data(self, position: int) -> bytes:
        """Return the data of a record."""
        return self._records[position - self.first][DATA_AT:]

    def key(self, position: int) -> int:
        """Return the identifier of a record as a key of the index."""
        _, _, value, flags, _ = HEAD.unpack_from(self._records[position - self.first])
        return key_of(value, bool(flags & EXTENDED))

    def received_at(self, position: int) -> float:
        """Return the monotonic time of a record in seconds."""
        return float(HEAD.unpack_from(self._records[position - self.first])[0])

    def message(self, position: int, channel: str | int | None = None) -> CanMessage:
        """Return a record as a message."""
        record = self._records[position - self.first]
        received_at, timestamp, value, flags, dlc = HEAD.unpack_from(record)
        fd, bitrate_switch, error_state, remote, error = _KINDS[flags]
        return CanMessage(
            value,
            bool(flags & EXTENDED),
            Payload.of(record[DATA_AT:]),
            dlc,
            fd,
            bitrate_switch,
            error_state,
            remote,
            error,
            not flags & TX,
            timestamp,
            channel,
            received_at,
            position,
            self,
        )

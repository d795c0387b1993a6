"""The ordered record of one bus: everything received and sent, packed, with an index by identifier.

A record is one `bytes` object (22 bytes and the data), so that a million of them fit into memory where
a million `can.Message` objects would not. Not locked: `BusTraffic` does that for all of its parts.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterator

from CanLibrary.types import CanMessage, Payload

_HEAD = struct.Struct("<ddIBB")  # received_at, timestamp, identifier, flags, dlc
_PACK = _HEAD.pack
DATA_AT = _HEAD.size
_FLAGS_AT = 20

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

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.first = 0  # position of the oldest record kept
        self._step = max(capacity // 16, 1)
        self.full_at = capacity + self._step - 1  # the position after which the oldest have to go
        self._records: list[bytes] = []
        self._by_key: dict[int, array[int]] = {}

    @property
    def end(self) -> int:
        """The position that the next record will have."""
        return self.first + len(self._records)

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
        """Record a sent message and return its position; nobody looks for it by its identifier: no index."""
        records = self._records
        records.append(_PACK(sent_at, timestamp, value, flags, dlc) + data)
        return self.first + len(records) - 1

    def withdraw(self, position: int) -> None:
        """Take a record back that turned out not to be traffic: a message whose sending failed."""
        at = position - self.first
        if at >= 0:
            record = bytearray(self._records[at])
            record[_FLAGS_AT] |= WITHDRAWN
            self._records[at] = bytes(record)

    def surplus(self) -> int:
        """Return how many of the oldest records are to go; in large steps, because each costs a little."""
        return self._step if len(self._records) >= self.capacity + self._step else 0

    def drop(self, count: int) -> None:
        """Forget the oldest records."""
        del self._records[:count]
        self.first += count
        self.full_at += count
        for key, positions in list(self._by_key.items()):
            gone = bisect_left(positions, self.first)
            if gone == len(positions):
                del self._by_key[key]
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

    def is_traffic(self, position: int, *, own: bool) -> bool:
        """Return whether a record is a received message (or, with own, one of ours): no error frame."""
        left_out = _NO_TRAFFIC if own else _NO_TRAFFIC | TX
        return not self._records[position - self.first][_FLAGS_AT] & left_out

    def data(self, position: int) -> bytes:
        """Return the data of a record."""
        return self._records[position - self.first][DATA_AT:]

    def key(self, position: int) -> int:
        """Return the identifier of a record as a key of the index."""
        _, _, value, flags, _ = _HEAD.unpack_from(self._records[position - self.first])
        return key_of(value, bool(flags & EXTENDED))

    def received_at(self, position: int) -> float:
        """Return the monotonic time of a record in seconds."""
        return float(_HEAD.unpack_from(self._records[position - self.first])[0])

    def message(self, position: int, channel: str | int | None = None) -> CanMessage:
        """Return a record as a message."""
        record = self._records[position - self.first]
        received_at, timestamp, value, flags, dlc = _HEAD.unpack_from(record)
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
        )

"""Data that changes with each message: what it is next, and whether what came did so."""

from __future__ import annotations

from CanLibrary.traffic.protection import Protect, protector
from CanLibrary.types.bit_field import Counter, Field, Ramp
from CanLibrary.types.living import LivingData


class Number:
    """A field of the data that is a new number in each message."""

    def __init__(self, field: Counter | Ramp) -> None:
        self._field = field
        self.value = field.first if isinstance(field, Counter) else field.start
        self._length = 64
        self._order, self._shift, self._mask = field.placed(64)

    def write(self, data: bytes) -> bytes:
        """Return the data with the number in it."""
        if len(data) != self._length:
            self._length = len(data)
            self._order, self._shift, self._mask = self._field.placed(self._length)
        number = int.from_bytes(data, self._order) & ~self._mask | self.value << self._shift
        return number.to_bytes(self._length, self._order)

    def advance(self) -> None:
        """Go on to the next number."""
        self.value = self._field.after(self.value)


class Living:
    """The data of one periodic message, from send to send.

    It goes on only when a message was sent: where a send failed, the next cycle tries again with the same numbers, and
    whoever receives misses none.

    Raises:
        NotSupportedError: A package that it needs is missing.
    """

    def __init__(self, of: LivingData) -> None:
        self.of = of
        self._values, self._at = of.values, 0
        counter = of.e2e.counter if of.e2e else None
        self._numbers = [Number(field) for field in (of.ramp, of.counter, counter) if field]
        self._checksum = of.checksum or of.e2e
        self._protects: dict[int, Protect] = {}
        if self._checksum and of.values:
            self._protects[len(of.values[0])] = protector(self._checksum, len(of.values[0]))

    def prepare(self, length: int) -> None:
        """Find out whether it is possible with data of a length, before the first send."""
        self.of.check_length(length)
        if self._checksum and length not in self._protects:
            self._protects[length] = protector(self._checksum, length)

    def applied(self, data: bytes) -> bytes:
        """Return what the next message carries."""
        if self._values:
            data = self._values[self._at]
        for number in self._numbers:
            data = number.write(data)
        if self._checksum:
            changed = bytearray(data)
            self._protects[len(data)](changed)
            return bytes(changed)
        return data

    def advance(self) -> None:
        """Note that the message was sent."""
        if self._values:
            self._at = (self._at + 1) % len(self._values)
        for number in self._numbers:
            number.advance()


def number_in(field: Field, data: bytes) -> int:
    """Return the number that a field of the data holds."""
    order, shift, mask = field.placed(len(data))
    return (int.from_bytes(data, order) & mask) >> shift

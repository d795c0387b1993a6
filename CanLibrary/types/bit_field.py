"""Numbers in the data of a message: counters and ramps, and where they stand.

Bits are counted as DBC files do it: bit n is in byte n // 8, and bit 0 of a byte is its lowest. A field of several bits
is named by its lowest bit where the byte order is Intel, by its highest where it is Motorola.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from CanLibrary.types.enums import ByteOrder

LONGEST = 64  # bytes of a message
_WIDEST = 64  # bits of a number


def check_range(name: str, value: int | None, least: int, most: int) -> None:
    """Refuse a value outside of its range; None is not given."""
    if value is not None and not least <= value <= most:
        raise ValueError(f"{name}={value} is not possible: it is {least} to {most}.")


@dataclass(frozen=True)
class Field:
    """Some bits of the data that hold one number."""

    byte: int | None = None
    bit: int | None = None
    width: int = 8
    byte_order: ByteOrder = ByteOrder.Intel

    def __post_init__(self) -> None:
        if self.byte is None and self.bit is None:
            raise ValueError("Its place is missing: give byte or bit.")
        check_range("width", self.width, 1, _WIDEST)
        if self.byte is None:
            check_range("bit", self.bit, 0, LONGEST * 8 - 1)
        else:
            check_range("byte", self.byte, 0, LONGEST - 1)
            if self.bit is None and self.width > 8 and self.width % 8:
                raise ValueError(
                    f"width={self.width} at byte={self.byte} is ambiguous: give bit too, which says where in the byte "
                    "it begins."
                )
            if self.bit is not None and not 0 <= self.bit <= 7:
                raise ValueError(
                    f"bit={self.bit} is not possible beside byte: there it is 0 to 7, within that byte."
                )

    @functools.cached_property
    def bits(self) -> tuple[int, ...]:
        """Its bits, the lowest one first, counted through the data."""
        return tuple(self._places())

    def _places(self) -> Iterator[int]:
        if self.byte_order is ByteOrder.Intel:
            start = (self.byte or 0) * 8 + (self.bit or 0)
            yield from range(start, start + self.width)
            return
        highest = min(self.width, 8) - 1 if self.bit is None else self.bit
        start = (self.byte or 0) * 8 + highest
        # Downwards from its highest bit; in the next byte it goes on with the highest one.
        order = [bit + 8 * byte for byte in range(LONGEST + 8) for bit in range(7, -1, -1)]
        at = order.index(start)
        yield from reversed(order[at : at + self.width])

    @property
    def needs(self) -> int:
        """How many bytes the data has at least."""
        return max(self.bits) // 8 + 1

    @property
    def most(self) -> int:
        """The largest number that it holds."""
        return (1 << self.width) - 1

    def placed(self, length: int) -> tuple[Literal["little", "big"], int, int]:
        """Return as what integer data of a length is read, and the shift and mask of this field in it."""
        if self.byte_order is ByteOrder.Intel:
            shift = self.bits[0]
            return "little", shift, self.most << shift
        shift = (length - 1 - self.bits[0] // 8) * 8 + self.bits[0] % 8
        return "big", shift, self.most << shift

    def __str__(self) -> str:
        first, last = min(self.bits) // 8, max(self.bits) // 8
        return f"byte {first}" if first == last else f"bytes {first} to {last}"


@dataclass(frozen=True)
class Counter(Field):
    """A field that counts the messages."""

    start: int | None = None
    step: int = 1
    minimum: int = 0
    maximum: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("minimum", self.minimum, 0, self.most - 1)
        if self.maximum is not None:
            check_range("maximum", self.maximum, self.minimum + 1, self.most)
        if self.start is not None:
            check_range("start", self.start, self.minimum, self.highest)
        check_range("step", self.step, 1, self.highest - self.minimum)

    @property
    def highest(self) -> int:
        """The last number of its range."""
        return self.most if self.maximum is None else self.maximum

    @property
    def first(self) -> int:
        """The number of the first message."""
        return self.minimum if self.start is None else self.start

    @property
    def size(self) -> int:
        """How many numbers its range has."""
        return self.highest - self.minimum + 1

    def after(self, value: int) -> int:
        """Return the number that follows: beyond its range it goes on from the minimum."""
        return self.minimum + (value - self.minimum + self.step) % self.size


@dataclass(frozen=True)
class Ramp(Field):
    """A field that goes from one number to another and begins again."""

    start: int = 0
    end: int | None = None
    step: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("start", self.start, 0, self.most)
        check_range("end", self.last, 0, self.most)
        if self.start == self.last:
            raise ValueError(f"start and end are both {self.start}: a ramp goes from one to another.")
        check_range("step", self.step, 1, abs(self.last - self.start))

    @property
    def last(self) -> int:
        """The number that it does not go beyond."""
        return self.most if self.end is None else self.end

    def after(self, value: int) -> int:
        """Return the number that follows."""
        following = value + self.step if self.last > self.start else value - self.step
        return (
            following if min(self.start, self.last) <= following <= max(self.start, self.last) else self.start
        )

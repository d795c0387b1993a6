"""What changes in a periodic message with every send, and what is possible there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from CanLibrary.formatting import plural
from CanLibrary.types.bit_field import LONGEST, Counter, Field, Ramp, check_range
from CanLibrary.types.enums import ByteOrder, ChecksumKind, E2EMode
from CanLibrary.types.payload import Payload

_ID_LIST = 16  # bytes: a data ID for each value of the counter of profile 2


@dataclass(frozen=True)
class Checksum:
    """A checksum over the data, but for the bytes in which it stands itself."""

    kind: ChecksumKind
    byte: int
    first: int = 0
    last: int | None = None
    byte_order: ByteOrder = ByteOrder.Intel

    def __post_init__(self) -> None:
        check_range("byte", self.byte, 0, LONGEST - 1)
        check_range("first", self.first, 0, LONGEST - 1)
        if self.last is not None:
            check_range("last", self.last, self.first, LONGEST - 1)
        if not self.covered(LONGEST):
            raise ValueError(f"checksum covers no byte: {self.first} to {self.last} are its own.")

    @property
    def field(self) -> Field:
        """Where it stands."""
        return Field(byte=self.byte, width=self.kind.width, byte_order=self.byte_order)

    @property
    def label(self) -> str:
        """What it is called in sentences."""
        return f"{self.kind.name} checksum"

    @property
    def needs(self) -> int:
        """How many bytes the data has at least."""
        return max(self.field.needs, self.first + 1, 0 if self.last is None else self.last + 1)

    def covered(self, length: int) -> list[int]:
        """Return which bytes of data of a length it covers."""
        own = range(self.byte, self.field.needs)
        last = length - 1 if self.last is None else self.last
        return [at for at in range(self.first, last + 1) if at not in own]


@dataclass(frozen=True)
class E2E:
    """An AUTOSAR E2E profile: a checksum over data and data ID, with a counter."""

    profile: int
    data_id: int | None = None
    data_id_list: Payload | None = None
    offset: int = 0
    mode: E2EMode | None = None

    def __post_init__(self) -> None:
        if self.profile not in (1, 2, 5):
            raise ValueError(f"profile={self.profile} is not possible: it is 1, 2 or 5.")
        needed, other = ("data_id_list", "data_id") if self.profile == 2 else ("data_id", "data_id_list")
        if getattr(self, needed) is None:
            raise ValueError(f"{needed} is missing: profile {self.profile} needs it.")
        if getattr(self, other) is not None:
            raise ValueError(f"Profile {self.profile} has no {other}, but {needed}; leave {other} out.")
        if self.data_id is not None:
            check_range("data_id", self.data_id, 0, 0xFFFF)
        if self.data_id_list is not None and len(self.data_id_list) != _ID_LIST:
            raise ValueError(
                f"data_id_list has {plural(len(self.data_id_list), 'byte')}: it has 16, one for each counter."
            )
        if self.mode is not None and self.profile != 1:
            raise ValueError(f"Profile {self.profile} has no mode; leave mode out.")
        if self.profile == 2 and self.offset:
            raise ValueError("Profile 2 has no offset: its checksum is in byte 0; leave offset out.")
        check_range("offset", self.offset, 0, LONGEST - 3)

    @property
    def field(self) -> Field:
        """Where its checksum stands."""
        return Field(byte=self.offset, width=16 if self.profile == 5 else 8)

    @property
    def counter(self) -> Counter:
        """Its counter; that of profile 1 never gets 15."""
        if self.profile == 5:
            return Counter(byte=self.offset + 2, width=8)
        return Counter(byte=self.offset + 1, width=4, maximum=14 if self.profile == 1 else 15)

    @property
    def needs(self) -> int:
        """How many bytes the data has at least."""
        return self.counter.needs

    @property
    def bits(self) -> set[int]:
        """Which bits of the data it writes."""
        nibble = self.mode is E2EMode.NIBBLE
        return {*self.field.bits, *self.counter.bits, *(bit + 4 for bit in self.counter.bits if nibble)}

    @property
    def label(self) -> str:
        """What it is called in sentences."""
        return f"E2E profile {self.profile} checksum"


@dataclass(frozen=True)
class LivingData:
    """What changes in a periodic message with every send, in the order in which it is applied."""

    values: tuple[Payload, ...] = ()
    ramp: Ramp | None = None
    counter: Counter | None = None
    checksum: Checksum | None = None
    e2e: E2E | None = None

    def __post_init__(self) -> None:
        if self.checksum and self.e2e:
            raise ValueError("checksum and e2e exclude each other: an E2E profile has its own checksum.")
        if any(len(value) != len(self.values[0]) for value in self.values):
            raise ValueError("values are of different lengths; a message keeps its length.")
        taken: dict[int, str] = {}
        for name, bits in self._bits():
            for bit in bits:
                if bit in taken:
                    raise ValueError(
                        f"{taken[bit]} and {name} overlap: both use bit {bit % 8} of byte {bit // 8}."
                    )
            taken.update(dict.fromkeys(bits, name))

    def _bits(self) -> Iterator[tuple[str, set[int]]]:
        for name, field in (("ramp", self.ramp), ("counter", self.counter)):
            if field:
                yield name, set(field.bits)
        if self.checksum:
            yield "checksum", set(self.checksum.field.bits)
        if self.e2e:
            yield "e2e", self.e2e.bits

    def check_length(self, length: int) -> None:
        """Refuse data that is too short for it.

        Raises:
            ValueError: Something stands outside of the data.
        """
        if self.values and len(self.values[0]) != length:
            raise ValueError(
                f"The values have {plural(len(self.values[0]), 'byte')}, but the data has {length}; a message keeps "
                "its length."
            )
        for name in ("ramp", "counter", "checksum", "e2e"):
            part = getattr(self, name)
            if part and part.needs > length:
                raise ValueError(
                    f"{name} reaches byte {part.needs - 1}, but the data has {plural(length, 'byte')}; bytes "
                    "count from 0, give longer data."
                )
        if self.checksum and not self.checksum.covered(length):
            raise ValueError("checksum covers no byte: the data has no other than its own; give longer data.")

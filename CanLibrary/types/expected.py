"""A message to wait for, in one argument."""

from __future__ import annotations

from CanLibrary.types.can_id import CanIdPattern
from CanLibrary.types.message import CanMessage
from CanLibrary.types.payload import Pattern


class CanMessagePattern:
    """A message to wait for: its identifier, then, after a blank, a pattern for its data.

    ``0x7E8``, ``0x7E8 ?? 50 *`` or ``* 3E 00``. A message stands for one with its identifier and data.
    """

    __slots__ = ("data", "id")

    def __init__(self, value: object) -> None:
        self.id: CanIdPattern
        self.data: Pattern
        if isinstance(value, CanMessagePattern):
            self.id, self.data = value.id, value.data
        elif isinstance(value, CanMessage):
            self.id, self.data = CanIdPattern(value.id), Pattern(value.data)
        elif isinstance(value, str):
            identifier, _, data = value.strip().partition(" ")
            self.id, self.data = CanIdPattern(identifier), Pattern(data.strip() or "*")
        else:
            self.id, self.data = CanIdPattern(value), Pattern.ANY

    def __str__(self) -> str:
        return f"{self.id}" if self.data.matches_all else f"{self.id} {self.data}"

    __repr__ = __str__

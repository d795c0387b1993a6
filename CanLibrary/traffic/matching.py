"""Which messages a keyword asks for."""

from __future__ import annotations

from CanLibrary.traffic.trace import key_of
from CanLibrary.types import CanIdPattern, Pattern


class Matcher:
    """An identifier (or any) and a data pattern (or anything), and how both read in a sentence."""

    __slots__ = ("data_matches", "id", "key", "pattern", "text")

    def __init__(self, id: object = "*", pattern: object = "*", mask: bytes | None = None) -> None:
        self.id = CanIdPattern(id).id
        self.pattern = Pattern(pattern)
        if mask is not None:
            self.pattern = self.pattern.masked(mask)
        self.key = None if self.id is None else key_of(self.id.value, self.id.extended)
        self.data_matches = self.pattern.matches
        self.text = str(self.pattern)

    def __str__(self) -> str:
        identifier = f" {self.id}" if self.id else ""
        data = "" if self.pattern.matches_all else f" matching '{self.pattern}'"
        return f"message{identifier}{data}"

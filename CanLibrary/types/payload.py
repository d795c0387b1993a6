"""Data: how a tester writes bytes, and patterns that match them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from CanLibrary.formatting import hex_text, plural
from CanLibrary.types.can_id import named_argument

_SEPARATORS = re.compile(r"[\s:_-]+")


class Payload(bytes):
    """Bytes, written as hexadecimal pairs.

    Text is pairs of hexadecimal digits, with or without blanks, ``:``, ``-``, ``_`` or ``0x``:
    ``02 10 03``, ``021003``, ``0x02 0x10 0x03``. Bytes, bytearrays and lists of integers 0 to 255 are
    taken as they are. Empty text is no data. An odd number of digits in a group is refused, because a
    digit may have been lost. Where a keyword returns a payload it is ``bytes``.
    """

    def __new__(cls, value: object = b"") -> Payload:
        """Return the bytes that the text, bytes or list of integers stands for."""
        if isinstance(value, Payload):
            return value
        return super().__new__(cls, _to_bytes(value))

    @classmethod
    def of(cls, data: bytes | bytearray) -> Payload:
        """Return bytes as they are, for data that came from a bus: a quarter of the time of a check."""
        return bytes.__new__(cls, data)

    def __str__(self) -> str:
        return hex_text(self, limit=4095)

    def __repr__(self) -> str:
        return f"Payload('{self}')"


def _to_bytes(value: object) -> bytes:
    if isinstance(value, str):
        return bytes.fromhex("".join(_groups(value)))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, Iterable):
        return b"".join(_item(item) for item in value)
    raise ValueError(
        f"{value!r} is no data; write hexadecimal pairs as text, such as 02 10 03 (in YAML quote it: '02 10 03')."
    )


def _item(item: object) -> bytes:
    if isinstance(item, int) and not isinstance(item, bool):
        if not 0 <= item <= 255:
            raise ValueError(f"{item} does not fit into a byte (0 to 255).")
        return bytes([item])
    if isinstance(item, str):
        return bytes.fromhex("".join(_groups(item)))
    raise ValueError(f"{item!r} is no byte; a list of data holds integers from 0 to 255.")


def _groups(text: str, digits: str = "0-9A-Fa-f") -> list[str]:
    """Return the groups of whole pairs in a text; each group stands alone, so that a lost digit shows."""
    if named := named_argument(text):
        raise ValueError(named)
    groups = []
    for group in _SEPARATORS.split(text.strip()):
        bare = re.sub(r"^0[xX]", "", group)
        if not group:
            continue
        if wrong := re.search(rf"[^{digits}]", bare):
            raise ValueError(f"'{text}' is no hexadecimal data: '{wrong.group()}' is no hexadecimal digit.")
        if len(bare) % 2 or not bare:
            raise ValueError(
                f"'{text}' has an odd number of digits in '{group}'; write each byte as two digits."
            )
        groups.append(bare)
    return groups


class Pattern:
    """Data to wait for, written like a ``Payload`` with wildcards.

    ``?`` stands for any nibble (half a byte), ``*`` at the end for anything that may follow:
    ``?? 50 03 *``. Without ``*`` the length must be equal as well. ``*`` alone matches any data.
    Bytes and lists of integers match exactly.
    """

    __slots__ = ("_length", "_mask", "_open", "_text", "_value")

    ANY: ClassVar[Pattern]

    def __init__(self, value: object = "*") -> None:
        if isinstance(value, Pattern):
            self._set(value._value, value._mask, value._length, value._open, value._text)
        elif isinstance(value, str):
            self._parse(value)
        else:
            data = Payload(value)
            self._set(int.from_bytes(data, "big"), -1, len(data), False, str(data))

    def _set(self, value: int, mask: int, length: int, open_ended: bool, text: str) -> None:
        self._value, self._mask, self._length, self._open, self._text = value, mask, length, open_ended, text

    def _parse(self, text: str) -> None:
        body = text.strip()
        open_ended = body.endswith("*")
        body = body.removesuffix("*")
        if "*" in body:
            raise ValueError(
                f"'{text}' has '*' before the end; '*' stands only at the end, '?' for one nibble."
            )
        nibbles = "".join(_groups(body, "0-9A-Fa-f?"))
        value = int("0" + nibbles.replace("?", "0"), 16)
        mask = int("0" + re.sub("[0-9A-Fa-f]", "F", nibbles).replace("?", "0"), 16)
        spaced = " ".join(nibbles[at : at + 2] for at in range(0, len(nibbles), 2)).upper()
        shown = f"{spaced} *".strip() if open_ended else spaced
        self._set(value, mask, len(nibbles) // 2, open_ended, shown)

    def masked(self, mask: bytes) -> Pattern:
        """Return this pattern with a bit mask: only bits that are 1 in the mask are compared."""
        if len(mask) != self._length:
            raise ValueError(
                f"The mask '{hex_text(mask)}' has {plural(len(mask), 'byte')} but the data '{self}' has "
                f"{self._length}; give a mask byte for each data byte."
            )
        bits = int.from_bytes(mask, "big")
        masked = Pattern(self)
        text = f"{self} mask {hex_text(mask)}"
        masked._set(self._value & bits, self._mask & bits, self._length, self._open, text)
        return masked

    @property
    def matches_all(self) -> bool:
        """Whether any data at all matches."""
        return self._open and self._length == 0

    def matches(self, data: bytes | bytearray) -> bool:
        """Return whether the data matches."""
        size = len(data)
        if size != self._length and not (self._open and size > self._length):
            return False
        return int.from_bytes(data[: self._length], "big") & self._mask == self._value

    def __str__(self) -> str:
        return self._text

    __repr__ = __str__


Pattern.ANY = Pattern("*")

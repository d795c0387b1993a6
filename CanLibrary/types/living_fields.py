"""What changes in a periodic message, as keyword arguments: dictionaries with the words of the YAML file."""

from __future__ import annotations

from typing import TypedDict

from CanLibrary.types.enums import ByteOrder, ChecksumKind, E2EMode
from CanLibrary.types.payload import Payload


class CounterFields(TypedDict, total=False):
    """A counter: where it stands (``byte``, ``bit``, ``width``, ``byte_order``) and how it counts."""

    byte: int
    bit: int
    width: int
    byte_order: ByteOrder
    start: int
    step: int
    minimum: int
    maximum: int


class RampFields(TypedDict, total=False):
    """A value that goes from ``start`` to ``end`` by ``step``, and then begins again."""

    byte: int
    bit: int
    width: int
    byte_order: ByteOrder
    start: int
    end: int
    step: int


class ChecksumFields(TypedDict, total=False):
    """A checksum: its ``kind``, its ``byte``, and which bytes it covers (``first`` to ``last``; all by default)."""

    kind: ChecksumKind
    byte: int
    first: int
    last: int
    byte_order: ByteOrder


class E2EFields(TypedDict, total=False):
    """An AUTOSAR E2E profile, 1, 2 or 5, which has a counter and a checksum."""

    profile: int
    data_id: int
    data_id_list: Payload
    offset: int
    mode: E2EMode

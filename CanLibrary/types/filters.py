"""Filters: which messages a bus receives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from CanLibrary.errors import nearest
from CanLibrary.formatting import id_text
from CanLibrary.types.can_id import MAX_EXTENDED, MAX_STANDARD, CanId

_TRUTH = {"true": True, "yes": True, "on": True, "1": True}
_TRUTH |= {"false": False, "no": False, "off": False, "0": False}
_KEYS = ("id", "mask", "extended", "can_id", "can_mask")


@dataclass(frozen=True)
class CanFilter:
    """Lets a message pass whose identifier equals ``id`` in all bits that are 1 in ``mask``."""

    id: int
    mask: int
    extended: bool

    def passes(self, value: int, extended: bool) -> bool:
        """Return whether a message with this identifier passes."""
        return extended == self.extended and (value ^ self.id) & self.mask == 0

    def __str__(self) -> str:
        return f"{id_text(self.id, self.extended)}:{id_text(self.mask, self.extended)}"


class CanFilters(tuple[CanFilter, ...]):
    """One or more filters.

    An identifier (``0x7E8``: exactly that one), text ``0x700:0x7F0`` (identifier and mask, as candump
    writes filters), a dictionary with ``id`` and, if wanted, ``mask`` and ``extended`` (python-can's
    ``can_id`` and ``can_mask`` are understood too), or a list of these.
    """

    __slots__ = ()

    def __new__(cls, value: object = ()) -> CanFilters:
        """Return the filters that the value describes."""
        return super().__new__(cls, _filters(value))


def _filters(value: object) -> Iterable[CanFilter]:
    if isinstance(value, CanFilter):
        return [value]
    if isinstance(value, Mapping):
        return [_from_mapping(value)]
    if isinstance(value, str):
        identifier, colon, mask = value.partition(":")
        return [_filter(CanId(identifier), CanId(mask) if colon else None)]
    if isinstance(value, (int, CanId)):
        return [_filter(CanId(value), None)]
    if isinstance(value, Iterable):
        return [single for item in value for single in _filters(item)]
    raise ValueError(f"{value!r} is no filter; write 0x7E8, 0x700:0x7F0 or a dictionary with id and mask.")


def _from_mapping(value: Mapping[object, object]) -> CanFilter:
    for key in value:
        if key not in _KEYS:
            raise ValueError(
                f"A filter has no '{key}'{nearest(str(key), _KEYS[:3]) or '; it has id, mask, extended.'}"
            )
    identifier, mask = value.get("id", value.get("can_id")), value.get("mask", value.get("can_mask"))
    extended = value.get("extended")
    if identifier is None:
        raise ValueError("A filter needs an id.")
    if isinstance(extended, str):
        if (word := extended.strip().lower()) not in _TRUTH:
            raise ValueError(f"extended={extended!r} is not possible: extended is true or false.")
        extended = _TRUTH[word]
    can_id = CanId(identifier, None if extended is None else bool(extended))
    return _filter(can_id, None if mask is None else CanId(mask))


def _filter(can_id: CanId, mask: CanId | None) -> CanFilter:
    all_bits = MAX_EXTENDED if can_id.extended else MAX_STANDARD
    bits = all_bits if mask is None else mask.value
    if bits > all_bits:
        raise ValueError(f"The mask {mask} is wider than the 11 bits of the standard identifier {can_id}.")
    return CanFilter(can_id.value, bits, can_id.extended)

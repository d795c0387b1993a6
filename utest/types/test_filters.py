"""Filters: every way to write them, every refusal word by word, and what passes."""

import pytest

from CanLibrary.types import CanFilter, CanFilters, CanId


def refusal(value):
    with pytest.raises(ValueError, match=r"\.$|\?$") as refused:
        CanFilters(value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("0x7E8", ["0x7E8:0x7FF"]),
        (0x7E8, ["0x7E8:0x7FF"]),
        (CanId("0x00000123"), ["0x00000123:0x1FFFFFFF"]),
        ("0x700:0x7F0", ["0x700:0x7F0"]),
        ("0x18DA00F1:0x1FFF00FF", ["0x18DA00F1:0x1FFF00FF"]),
        ("0x18DA00F1:0x0FF", ["0x18DA00F1:0x000000FF"]),
        ({"id": "0x100"}, ["0x100:0x7FF"]),
        ({"id": "0x100", "mask": "0x700"}, ["0x100:0x700"]),
        ({"id": 0x100, "extended": True}, ["0x00000100:0x1FFFFFFF"]),
        ({"id": 0x100, "extended": "yes"}, ["0x00000100:0x1FFFFFFF"]),
        ({"id": 0x100, "extended": "False"}, ["0x100:0x7FF"]),
        ({"can_id": 0x100, "can_mask": 0x7FF, "extended": False}, ["0x100:0x7FF"]),
        (["0x100", {"id": "0x200"}, ["0x300:0x700"]], ["0x100:0x7FF", "0x200:0x7FF", "0x300:0x700"]),
        (CanFilters("0x100"), ["0x100:0x7FF"]),
        (CanFilter(1, 1, False), ["0x001:0x001"]),
        ((), []),
    ],
)
def test_many_ways_to_write_them(value, texts):
    assert [str(single) for single in CanFilters(value)] == texts


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("7DF", "'7DF' is hexadecimal without 0x: write 0x7DF."),
        ("0x100:700", "'700' can be read in two ways: write 0x700 (hexadecimal) or ${700} (decimal)."),
        (
            "0x100:0x00000FFF",
            "The mask 0x00000FFF is wider than the 11 bits of the standard identifier 0x100.",
        ),
        (
            {"id": 0x100, "mask": 0x800},
            "The mask 0x00000800 is wider than the 11 bits of the standard identifier 0x100.",
        ),
        ({"mask": "0x700"}, "A filter needs an id."),
        ({"id": "0x100", "maks": 1}, "A filter has no 'maks'; did you mean 'mask'?"),
        ({"id": "0x100", "colour": 1}, "A filter has no 'colour'; it has id, mask, extended."),
        (
            {"id": "0x00000123", "extended": False},
            "0x00000123 is written as an extended identifier (eight digits) but extended=False was given; write 0x123.",
        ),
        (
            {"id": "0x100", "extended": "perhaps"},
            "extended='perhaps' is not possible: extended is true or false.",
        ),
        (1.5, "1.5 is no filter; write 0x7E8, 0x700:0x7F0 or a dictionary with id and mask."),
        (None, "None is no filter; write 0x7E8, 0x700:0x7F0 or a dictionary with id and mask."),
        (True, "True is no identifier; write hexadecimal text such as 0x7E0."),
    ],
)
def test_refusals(value, sentence):
    assert refusal(value) == sentence


@pytest.mark.parametrize(
    ("filters", "passing", "others"),
    [
        ("0x7E8", [(0x7E8, False)], [(0x7E8, True), (0x7E9, False)]),
        ("0x700:0x700", [(0x700, False), (0x7FF, False)], [(0x6FF, False), (0x700, True)]),
        ("0x123:0x000", [(0, False), (0x7FF, False)], [(0, True)]),
        ("0x00000123:0x0FF", [(0x1FFFFF23, True), (0x23, True)], [(0x23, False), (0x24, True)]),
    ],
)
def test_what_passes(filters, passing, others):
    (single,) = CanFilters(filters)
    assert all(single.passes(*identifier) for identifier in passing)
    assert not any(single.passes(*identifier) for identifier in others)

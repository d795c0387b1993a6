"""The converters under Robot Framework's own conversion: a value arrives as its type, a refusal as our sentence."""

import typing

import pytest
from robot.api import TypeInfo

from CanLibrary import CanLibrary
from CanLibrary.types import (
    CONVERTERS,
    NOT_GIVEN,
    CanFilters,
    CanId,
    CanIdPattern,
    CanMark,
    CanMessage,
    Pattern,
    Payload,
    build_message,
)


def convert(value, hint):
    return TypeInfo.from_type_hint(hint).convert(value, "value", custom_converters=CONVERTERS)


def test_there_is_one_list_and_the_library_uses_it():
    assert CanLibrary.ROBOT_LIBRARY_CONVERTERS is CONVERTERS


@pytest.mark.parametrize(
    ("value", "hint", "text"),
    [
        ("0x7E0", CanId, "0x7E0"),
        (0x18DA10F1, CanId, "0x18DA10F1"),
        ("*", CanIdPattern, "*"),
        ("0x7E8", CanIdPattern, "0x7E8"),
        ("02 10 03", Payload, "02 10 03"),
        (b"\x02\x10", Payload, "02 10"),
        (bytearray(b"\x02"), Payload, "02"),
        ([2, 16], Payload, "02 10"),
        ("", Payload, ""),
        ("?? 50 *", Pattern, "?? 50 *"),
        (b"\x50", Pattern, "50"),
        ("123#DEADBEEF", CanMessage, "0x123  [4]  DE AD BE EF"),
        ("0x700:0x7F0", CanFilters, "(CanFilter(id=1792, mask=2032, extended=False),)"),
    ],
)
def test_a_value_arrives_as_its_type(value, hint, text):
    converted = convert(value, hint)
    assert type(converted) is hint
    assert str(converted) == text


@pytest.mark.parametrize(
    "value",
    [
        CanId("0x1"),
        CanIdPattern("*"),
        Payload("01"),
        Pattern("01"),
        CanFilters("0x1"),
        build_message("0x1"),
        CanMark("body", 0, 0.0, None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_of_the_type_already_stays(value):
    assert convert(value, type(value)) is value


@pytest.mark.parametrize(
    ("value", "hint", "sentence"),
    [
        ("7E0", CanId, "'7E0' can be read in two ways, hexadecimal 0x7E0 or the number 7: write 0x7E0."),
        (
            "291",
            CanIdPattern,
            "'291' can be read in two ways: write 0x291 (hexadecimal) or ${291} (decimal).",
        ),
        (
            "0x0123",
            CanId,
            "'0x0123' is ambiguous: write 0x123 for the standard identifier or 0x00000123 for the extended one.",
        ),
        ("021", Payload, "'021' has an odd number of digits in '021'; write each byte as two digits."),
        ([256], Payload, "256 does not fit into a byte (0 to 255)."),
        ("* 50", Pattern, "'* 50' has '*' before the end; '*' stands only at the end, '?' for one nibble."),
        ("7DF", CanFilters, "'7DF' is hexadecimal without 0x: write 0x7DF."),
        (
            "800#",
            CanMessage,
            "'0x800' is above 0x7FF, the largest standard identifier; an extended identifier has eight digits: "
            "0x00000800.",
        ),
        (
            "now",
            CanMark,
            "'now' is no mark; give what Set Can Mark returned, a message that was received or sent, or "
            "opened.",
        ),
    ],
)
def test_a_refusal_arrives_as_our_sentence(value, hint, sentence):
    with pytest.raises(ValueError, match="cannot be converted to") as refused:
        convert(value, hint)
    assert str(refused.value).endswith(f"cannot be converted to {hint.__name__}: {sentence}")


@pytest.mark.parametrize(
    "method", [name for name in dir(CanLibrary()) if name in CanLibrary().get_keyword_names()]
)
def test_no_keyword_hides_a_converter_in_a_union(method):
    """Robot Framework would hide the sentence behind "cannot be converted to CanId or None"."""
    hints = typing.get_type_hints(getattr(CanLibrary(), method))
    for name, hint in hints.items():
        if name != "return" and typing.get_origin(hint) is not list:  # the items of a list are converted
            assert not set(typing.get_args(hint)) & set(CONVERTERS), name


def test_not_given_is_false_and_says_so():
    assert not NOT_GIVEN
    assert (str(NOT_GIVEN), repr(NOT_GIVEN)) == ("not given", "not given")


def test_a_mark_prints_where_it_stands():
    assert str(CanMark("body", 7, 1.0, None)) == "mark at message 7 of bus 'body'"

"""Identifiers: every way to write one, and every refusal word by word."""

import pytest

from CanLibrary.types import CanId, CanIdPattern


def refusal(*args):
    with pytest.raises(ValueError, match=r"\.$") as refused:
        CanId(*args)
    return str(refused.value)


class TestText:
    @pytest.mark.parametrize(
        ("text", "value", "extended"),
        [
            ("0x0", 0, False),
            ("0x00", 0, False),
            ("0x1", 1, False),
            ("0x7E0", 0x7E0, False),
            ("0x7e0", 0x7E0, False),
            ("0X7E0", 0x7E0, False),
            ("  0x7E0 ", 0x7E0, False),
            ("0x7FF", 0x7FF, False),
            ("0x0800", 0x800, True),
            ("0x1234", 0x1234, True),
            ("0x12345", 0x12345, True),
            ("0x1234567", 0x1234567, True),
            ("0x00000000", 0, True),
            ("0x00000123", 0x123, True),
            ("0x18DA10F1", 0x18DA10F1, True),
            ("0x18DA_10F1", 0x18DA10F1, True),
            ("0x1FFFFFFF", 0x1FFFFFFF, True),
        ],
    )
    def test_it_is_read_as_candump_writes_it(self, text, value, extended):
        can_id = CanId(text)
        assert (can_id.value, can_id.extended, can_id.from_integer) == (value, extended, False)

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("7E0", "'7E0' can be read in two ways, hexadecimal 0x7E0 or the number 7: write 0x7E0."),
            ("7e8", "'7e8' can be read in two ways, hexadecimal 0x7E8 or the number 7e+08: write 0x7E8."),
            (
                "1E999",
                "'1E999' can be read in two ways, hexadecimal 0x1E999 or the number inf: write 0x1E999.",
            ),
            ("291", "'291' can be read in two ways: write 0x291 (hexadecimal) or ${291} (decimal)."),
            ("0", "'0' can be read in two ways: write 0x0 (hexadecimal) or ${0} (decimal)."),
            ("7DF", "'7DF' is hexadecimal without 0x: write 0x7DF."),
            ("18da10f1", "'18da10f1' is hexadecimal without 0x: write 0x18DA10F1."),
            ("7E0h", "'7E0h' is hexadecimal without 0x: write 0x7E0."),
            (
                "0x123h",
                "'0x123h' is no identifier; write hexadecimal text with 0x, such as 0x7E0 or 0x18DA10F1.",
            ),
            ("0x", "'0x' is no identifier; write hexadecimal text with 0x, such as 0x7E0 or 0x18DA10F1."),
            ("0x_", "'0x_' is no identifier; write hexadecimal text with 0x, such as 0x7E0 or 0x18DA10F1."),
            ("", "'' is no identifier; write hexadecimal text with 0x, such as 0x7E0 or 0x18DA10F1."),
            ("-0x1", "'-0x1' is no identifier; write hexadecimal text with 0x, such as 0x7E0 or 0x18DA10F1."),
            (
                "0x7 E0",
                "'0x7 E0' is no identifier; write hexadecimal text with 0x, such as 0x7E0 or 0x18DA10F1.",
            ),
            ("0x१२", "'0x१२' is no identifier; write hexadecimal text with 0x, such as 0x7E0 or 0x18DA10F1."),
            (
                "engine",
                "'engine' is no identifier; write hexadecimal text with 0x, such as 0x7E0 or 0x18DA10F1.",
            ),
            (
                "0x800",
                "'0x800' is above 0x7FF, the largest standard identifier; an extended identifier has eight digits: "
                "0x00000800.",
            ),
            (
                "0x0123",
                "'0x0123' is ambiguous: write 0x123 for the standard identifier or 0x00000123 for the extended one.",
            ),
            (
                "0x00007FF",
                "'0x00007FF' is ambiguous: write 0x7FF for the standard identifier or 0x000007FF for the extended one.",
            ),
            ("0x000000123", "'0x000000123' has 9 digits; an extended identifier has eight: 0x00000123."),
            ("0x20000000", "0x20000000 is outside the 29 bits of a CAN identifier (0x0 to 0x1FFFFFFF)."),
            ("0x123456789", "0x123456789 is outside the 29 bits of a CAN identifier (0x0 to 0x1FFFFFFF)."),
        ],
    )
    def test_refusals(self, text, sentence):
        assert refusal(text) == sentence


class TestInteger:
    @pytest.mark.parametrize(
        ("value", "extended"), [(0, False), (0x7E0, False), (0x7FF, False), (0x800, True), (0x1FFFFFFF, True)]
    )
    def test_it_is_taken_as_it_is(self, value, extended):
        can_id = CanId(value)
        assert (can_id.value, can_id.extended, can_id.from_integer) == (value, extended, True)

    @pytest.mark.parametrize(
        ("value", "sentence"),
        [
            (-1, "-1 is outside the 29 bits of a CAN identifier (0x0 to 0x1FFFFFFF)."),
            (0x20000000, "536870912 is outside the 29 bits of a CAN identifier (0x0 to 0x1FFFFFFF)."),
            (True, "True is no identifier; write hexadecimal text such as 0x7E0."),
            (2016.0, "2016.0 is no identifier; write hexadecimal text such as 0x7E0."),
            (None, "None is no identifier; write hexadecimal text such as 0x7E0."),
            (b"\x07\xe0", "b'\\x07\\xe0' is no identifier; write hexadecimal text such as 0x7E0."),
        ],
    )
    def test_refusals(self, value, sentence):
        assert refusal(value) == sentence


class TestExtended:
    @pytest.mark.parametrize(
        ("value", "extended", "text"),
        [
            (0x123, True, "0x00000123"),
            (0x123, False, "0x123"),
            (0x123, None, "0x123"),
            (0x800, True, "0x00000800"),
            ("0x123", False, "0x123"),
            ("0x123", True, "0x00000123"),
            ("0x00000123", True, "0x00000123"),
            (CanId(0x123), True, "0x00000123"),
            (CanId(0x123, True), False, "0x123"),
        ],
    )
    def test_it_overrules(self, value, extended, text):
        assert str(CanId(value, extended)) == text

    @pytest.mark.parametrize(
        ("value", "sentence"),
        [
            (
                0x800,
                "0x00000800 does not fit extended=False: a standard identifier has 11 bits (at most 0x7FF).",
            ),
            (
                "0x18DA10F1",
                "0x18DA10F1 does not fit extended=False: a standard identifier has 11 bits (at most 0x7FF).",
            ),
            (
                "0x00000123",
                "0x00000123 is written as an extended identifier (eight digits) but extended=False was given; write "
                "0x123.",
            ),
        ],
    )
    def test_refusals_of_false(self, value, sentence):
        assert refusal(value, False) == sentence


class TestValue:
    def test_equality_knows_the_format(self):
        assert CanId("0x123") == CanId(0x123)
        assert CanId("0x123") != CanId("0x00000123")
        assert CanId("0x123") != 0x123
        assert len({CanId("0x123"), CanId(0x123), CanId("0x00000123")}) == 2

    def test_it_is_an_index(self):
        assert f"{0x7E0:X}" == f"{CanId('0x7E0').__index__():X}"
        assert int(CanId("0x7E0")) == 0x7E0

    def test_it_prints_as_it_is_written(self):
        assert (str(CanId("0x7e0")), repr(CanId(0x800))) == ("0x7E0", "CanId('0x00000800')")


class TestPattern:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("*", "*"),
            (" * ", "*"),
            ("0x7E8", "0x7E8"),
            (0x123, "0x123"),
            (CanId(5), "0x005"),
            (CanIdPattern(5), "0x005"),
        ],
    )
    def test_one_or_any(self, value, text):
        assert str(CanIdPattern(value)) == text

    def test_without_a_value_it_is_any(self):
        assert CanIdPattern().id is CanIdPattern.ANY.id is None

    def test_extended_overrules(self):
        assert str(CanIdPattern(0x123, True)) == "0x00000123"
        assert str(CanIdPattern(CanIdPattern(0x123), True)) == "0x00000123"

    def test_what_is_no_identifier_is_refused_as_one(self):
        with pytest.raises(ValueError, match=r"^'7DF' is hexadecimal without 0x: write 0x7DF\.$"):
            CanIdPattern("7DF")

"""Data and patterns: every way to write them, every refusal word by word, and what matches."""

import random

import pytest

from CanLibrary.types import Pattern, Payload


def refusal(kind, value):
    with pytest.raises(ValueError, match=r"\.$|\)$") as refused:
        kind(value)
    return str(refused.value)


class TestData:
    @pytest.mark.parametrize(
        "value",
        [
            "02 10 03",
            "021003",
            "0210 03",
            " 02  10\t03\n",
            "02:10:03",
            "02-10-03",
            "02_10_03",
            "0x02 0x10 0x03",
            "0x021003",
            "0X02 10 0x03",
            b"\x02\x10\x03",
            bytearray(b"\x02\x10\x03"),
            memoryview(b"\x02\x10\x03"),
            [2, 16, 3],
            (2, 0x10, 3),
            ["02", "0x10", 3],
            ["0210", "03"],
            iter([2, 16, 3]),
            Payload("02 10 03"),
        ],
    )
    def test_many_ways_to_write_three_bytes(self, value):
        payload = Payload(value)
        assert payload == b"\x02\x10\x03"
        assert isinstance(payload, bytes)
        assert str(payload) == "02 10 03"

    @pytest.mark.parametrize("value", ["", "  ", b"", [], ()])
    def test_no_data(self, value):
        assert Payload(value) == b""

    def test_upper_and_lower_case(self):
        assert Payload("aB Cd") == b"\xab\xcd"

    @pytest.mark.parametrize(
        ("value", "sentence"),
        [
            ("2 10 03", "'2 10 03' has an odd number of digits in '2'; write each byte as two digits."),
            ("02 1 003", "'02 1 003' has an odd number of digits in '1'; write each byte as two digits."),
            ("0x2", "'0x2' has an odd number of digits in '0x2'; write each byte as two digits."),
            ("0x", "'0x' has an odd number of digits in '0x'; write each byte as two digits."),
            ("02 1G", "'02 1G' is no hexadecimal data: 'G' is no hexadecimal digit."),
            ("02,10", "'02,10' is no hexadecimal data: ',' is no hexadecimal digit."),
            ("02 ??", "'02 ??' is no hexadecimal data: '?' is no hexadecimal digit."),
            ("0x0x02", "'0x0x02' is no hexadecimal data: 'x' is no hexadecimal digit."),
            ("٣٣", "'٣٣' is no hexadecimal data: '٣' is no hexadecimal digit."),
            ([256], "256 does not fit into a byte (0 to 255)."),
            ([-1], "-1 does not fit into a byte (0 to 255)."),
            ([True], "True is no byte; a list of data holds integers from 0 to 255."),
            ([1.0], "1.0 is no byte; a list of data holds integers from 0 to 255."),
            ([None], "None is no byte; a list of data holds integers from 0 to 255."),
            (["1"], "'1' has an odd number of digits in '1'; write each byte as two digits."),
            (
                21003,
                "21003 is no data; write hexadecimal pairs as text, such as 02 10 03 (in YAML quote it: '02 10 03').",
            ),
            (
                None,
                "None is no data; write hexadecimal pairs as text, such as 02 10 03 (in YAML quote it: '02 10 03').",
            ),
        ],
    )
    def test_refusals(self, value, sentence):
        assert refusal(Payload, value) == sentence

    def test_it_prints_whole_up_to_4095_bytes(self):
        assert str(Payload(bytes(4095))) == " ".join(["00"] * 4095)
        assert str(Payload(bytes(4096))).endswith(" … (4096 bytes)")
        assert repr(Payload("02 10")) == "Payload('02 10')"


class TestPattern:
    @pytest.mark.parametrize(
        ("pattern", "matching", "others"),
        [
            ("02 10", ["02 10"], ["02 11", "02", "02 10 00", ""]),
            ("?? 50 03 *", ["06 50 03", "06 50 03 00", "FF 50 03 AA BB"], ["06 50", "06 51 03", "50 03"]),
            ("5? ?0", ["50 00", "5F F0"], ["60 00", "50 01"]),
            ("0x?0 0x0?", ["10 01"], ["11 01", "10 11"]),
            ("??", ["00", "FF"], ["", "00 00"]),
            ("*", ["", "00", "FF " * 64], []),
            ("", [""], ["00"]),
            ("02*", ["02", "02 01"], ["01", ""]),
            ("02 10*", ["02 10", "02 10 03"], ["02"]),
            ("ab CD", ["AB cd"], ["AB CE"]),
            (b"\x02\x00", ["02 00"], ["02", "02 00 00", "00 02"]),
            ([0, 1], ["00 01"], ["01"]),
            (b"", [""], ["00"]),
            (Payload("02"), ["02"], ["03"]),
            (Pattern("0? *"), ["01 02"], ["10"]),
        ],
    )
    def test_what_matches(self, pattern, matching, others):
        wanted = Pattern(pattern)
        assert all(wanted.matches(Payload(data)) for data in matching)
        assert not any(wanted.matches(Payload(data)) for data in others)

    def test_bytearrays_match_too(self):
        assert Pattern("02 *").matches(bytearray(b"\x02\x03"))

    @pytest.mark.parametrize("seed", range(5))
    def test_against_a_naive_comparison(self, seed):
        chance = random.Random(seed)
        for _ in range(300):
            nibbles = [chance.choice("0123?") for _ in range(2 * chance.randrange(4))]
            open_ended = chance.random() < 0.5
            data = bytes(chance.choice([0x00, 0x01, 0x10, 0x12, 0x33]) for _ in range(chance.randrange(5)))
            digits = data.hex()
            fits = len(digits) >= len(nibbles) if open_ended else len(digits) == len(nibbles)
            expected = fits and all(
                want in ("?", have) for want, have in zip(nibbles, digits[: len(nibbles)], strict=fits)
            )
            pairs = " ".join("".join(nibbles[at : at + 2]) for at in range(0, len(nibbles), 2))
            assert Pattern(f"{pairs}{'*' if open_ended else ''}").matches(data) is expected

    @pytest.mark.parametrize(
        ("pattern", "text"),
        [
            ("??50 03*", "?? 50 03 *"),
            ("*", "*"),
            ("", ""),
            ("0x5? ab", "5? AB"),
            (b"\x02\x10", "02 10"),
            ("  02   10 ", "02 10"),
        ],
    )
    def test_how_it_prints(self, pattern, text):
        assert str(Pattern(pattern)) == text

    @pytest.mark.parametrize(
        ("pattern", "everything"), [("*", True), (" * ", True), ("", False), ("?? *", False), ("??", False)]
    )
    def test_whether_it_matches_all(self, pattern, everything):
        assert Pattern(pattern).matches_all is everything

    @pytest.mark.parametrize(
        ("value", "sentence"),
        [
            ("* 50", "'* 50' has '*' before the end; '*' stands only at the end, '?' for one nibble."),
            ("50 **", "'50 **' has '*' before the end; '*' stands only at the end, '?' for one nibble."),
            ("5 *", "'5 ' has an odd number of digits in '5'; write each byte as two digits."),
            ("? 50", "'? 50' has an odd number of digits in '?'; write each byte as two digits."),
            ("5G", "'5G' is no hexadecimal data: 'G' is no hexadecimal digit."),
            ([300], "300 does not fit into a byte (0 to 255)."),
            (
                5,
                "5 is no data; write hexadecimal pairs as text, such as 02 10 03 (in YAML quote it: '02 10 03').",
            ),
        ],
    )
    def test_refusals(self, value, sentence):
        assert refusal(Pattern, value) == sentence


class TestMask:
    @pytest.mark.parametrize(
        ("pattern", "mask", "matching", "others"),
        [
            ("80 00", "80 00", ["80 00", "FF FF"], ["7F 00"]),
            ("80 00", "C0 0F", ["80 F0"], ["C0 00", "80 01"]),
            ("FF", "00", ["00", "FF"], ["", "00 00"]),
            ("FF", "0F", ["0F", "1F"], ["F0"]),
            ("1? *", "F0", ["1A 02", "10"], ["20"]),
            ("?1", "FF", ["01", "F1"], ["00"]),
        ],
    )
    def test_only_its_bits_are_compared(self, pattern, mask, matching, others):
        wanted = Pattern(pattern).masked(Payload(mask))
        assert all(wanted.matches(Payload(data)) for data in matching)
        assert not any(wanted.matches(Payload(data)) for data in others)

    def test_how_it_prints(self):
        assert str(Pattern("80 00 *").masked(b"\xf0\x0f")) == "80 00 * mask F0 0F"

    def test_the_pattern_itself_stays(self):
        pattern = Pattern("80")
        pattern.masked(b"\x00")
        assert not pattern.matches(b"\x00")

    @pytest.mark.parametrize(
        ("mask", "sentence"),
        [
            (
                b"\xf0",
                "The mask 'F0' has 1 byte but the data '80 00' has 2; give a mask byte for each data byte.",
            ),
            (
                b"\x01\x02\x03",
                "The mask '01 02 03' has 3 bytes but the data '80 00' has 2; give a mask byte for each data byte.",
            ),
        ],
    )
    def test_a_mask_of_another_length(self, mask, sentence):
        assert refusal(Pattern("80 00").masked, mask) == sentence

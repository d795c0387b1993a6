"""Single values: Robot Framework's conversion, with YAML's types respected."""

import time
from datetime import timedelta

import pytest

from CanLibrary.config.mistakes import Mistakes
from CanLibrary.config.values import OctalInt, cast_text, convert, find_octal
from CanLibrary.types import NOT_GIVEN, AddressingMode, CanFilters, CanId, Payload, TargetAddressType


def conversion(value, hint):
    mistakes = Mistakes("x.v")
    result = convert(value, hint, "v", mistakes)
    return result if not mistakes.found else mistakes.found[0].removeprefix("x.v: ")


@pytest.mark.parametrize(
    ("hint", "value", "converted"),
    [
        (int, 5, 5),
        (int, "0xCC", 0xCC),
        (int, "1 000", 1000),
        (int, "5e5", 500_000),
        (int, 2.0, 2),
        (float, 1, 1.0),
        (float, "0.5", 0.5),
        (bool, True, True),
        (bool, "off", False),
        (bool, "1", True),
        (bool, 0, False),
        (str, "x", "x"),
        (timedelta, 1.5, timedelta(seconds=1.5)),
        (timedelta, "2 minutes", timedelta(minutes=2)),
        (AddressingMode, "normal 11bits", AddressingMode.Normal_11bits),
        (AddressingMode, 3, AddressingMode.Extended_11bits),
        (TargetAddressType, "functional", TargetAddressType.Functional),
        (CanId, 0x7E0, CanId("0x7E0")),
        (CanFilters, ["0x7E8", 5], CanFilters(["0x7E8", 5])),
        (Payload, [2, 16, 3], b"\x02\x10\x03"),
    ],
)
def test_what_a_value_becomes(hint, value, converted):
    got = conversion(value, hint)
    assert got == converted
    assert isinstance(got, hint)


@pytest.mark.parametrize(
    "value", [True, 2.5, float("inf"), float("nan"), [5], {}, b"5", "", "x", "inf", "2.5", "1e+16"]
)
def test_what_is_no_integer(value):
    assert conversion(value, int) == f"v={value!r} is not possible: v is an integer."


@pytest.mark.parametrize("value", [2, -1, 0.0, "", "maybe", [True]])
def test_what_is_no_truth_value(value):
    assert conversion(value, bool) == f"v={value!r} is not possible: v is true or false."


@pytest.mark.parametrize("value", [True, "x", [1.5]])
def test_what_is_no_number(value):
    assert conversion(value, float) == f"v={value!r} is not possible: v is a number."


@pytest.mark.parametrize("value", [True, "x", 1e300, float("nan"), [1]])
def test_what_is_no_time(value):
    sentence = f"v={value!r} is not possible: v is a time such as 0.05 (seconds) or '50 ms'."
    assert conversion(value, timedelta) == sentence


@pytest.mark.parametrize("value", [5, True, 1.5])
def test_what_should_be_quoted(value):
    assert conversion(value, str) == f"v={value!r} is not possible: v is text; quote it: '{value}'."


@pytest.mark.parametrize("value", ["Physicl", 2, True])
def test_what_is_no_choice(value):
    hint = "; did you mean 'Physical'?" if value == "Physicl" else "."
    assert conversion(value, TargetAddressType) == (
        f"v={value!r} is not possible: v is one of Physical, Functional{hint}"
    )


def test_hexadecimal_digits_without_0x():
    assert conversion("cc", int) == "v='cc' is not possible: v is an integer; hexadecimal needs 0x: 0xCC."


def test_data_as_a_bare_number_should_be_quoted():
    # In YAML `data: 021003` is the number 8707.
    assert conversion(8707, Payload) == (
        "8707 is no data; write hexadecimal pairs as text, such as 02 10 03 (in YAML quote it: '02 10 03')."
    )


@pytest.mark.parametrize("value", ["9" * 1_000_000, "1e999999999", "1 0e999999999", "5e-999999999999"])
def test_an_endless_number_takes_no_time(value):
    # Robot Framework alone took 39 s for the first and all memory for the second.
    began = time.monotonic()
    convert(value, int, "v", Mistakes())
    assert time.monotonic() - began < 1


def test_a_mistake_returns_not_given():
    assert convert("x", int, "v", Mistakes()) is NOT_GIVEN


@pytest.mark.parametrize("value", [OctalInt("010"), [OctalInt("010")], {"id": [1, OctalInt("010")]}])
def test_an_integer_that_yaml_took_for_octal(value):
    assert find_octal(value) == 8
    sentence = "010 is octal in YAML and means 8; write 8, 10 or 0x10."
    assert conversion(value, CanFilters) == sentence
    assert conversion(value, int) == sentence


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("+1", 1),
        ("0x1F", 31),
        (".5", 0.5),
        ("1.5e3", 1500.0),
        ("TRUE", True),
        ("no", False),
        ("1.", "1."),
        ("1e3", "1e3"),
        ("10.0.0.1", "10.0.0.1"),
        ("²", "²"),
        ("", ""),
        ("9" * 41, "9" * 41),
    ],
)
def test_text_as_python_can_casts_it(text, value):
    got = cast_text(text)
    assert (type(got), got) == (type(value), value)


@pytest.mark.parametrize("text", ["1", "-1", "0123", "1.5", ".5e1", "True", "false", "can0", "1e3", "0.1.2"])
def test_the_cast_is_that_of_python_can(text):
    assert cast_text(text) == pytest.importorskip("can.util").cast_from_string(text)

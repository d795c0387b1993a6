"""What a keyword asks for, and how that reads."""

import pytest

from CanLibrary.traffic.matching import Matcher
from CanLibrary.types import CanIdPattern, Pattern


@pytest.mark.parametrize(
    ("matcher", "text"),
    [
        (Matcher(), "message"),
        (Matcher("0x7E8"), "message 0x7E8"),
        (Matcher("0x00000123"), "message 0x00000123"),
        (Matcher(0x123), "message 0x123"),
        (Matcher("*", "50 *"), "message matching '50 *'"),
        (Matcher("0x7E8", "?? 50 *"), "message 0x7E8 matching '?? 50 *'"),
        (Matcher("0x7E8", ""), "message 0x7E8 matching ''"),
        (Matcher("0x7E8", b"\x01\x02"), "message 0x7E8 matching '01 02'"),
        (Matcher("0x7E8", "80 00", b"\xf0\x00"), "message 0x7E8 matching '80 00 mask F0 00'"),
        (Matcher(CanIdPattern("0x7E8"), Pattern("*")), "message 0x7E8"),
    ],
)
def test_how_it_reads(matcher, text):
    assert str(matcher) == text


def test_a_mask_that_does_not_fit_the_data_is_refused():
    with pytest.raises(ValueError, match=r"give a mask byte for each data byte\.$") as refused:
        Matcher("0x7E8", "80 00", b"\xf0")
    assert str(refused.value) == (
        "The mask 'F0' has 1 byte but the data '80 00' has 2; give a mask byte for each data byte."
    )

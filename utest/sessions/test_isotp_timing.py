"""The verdict about the times of ISO-TP, sentence by sentence."""

import re

import can
import pytest

from CanLibrary.config import connection_description
from CanLibrary.errors import CanLibraryError
from CanLibrary.sessions.isotp_timing import TimingLimits, judge, measure
from CanLibrary.traffic.bus_traffic import BusTraffic
from CanLibrary.traffic.span import Span
from CanLibrary.types import Direction, message_from

ADDRESS = connection_description("observed", {"address": {"txid": "0x7E0", "rxid": "0x7E8"}}).address
SINCE = " since the test began"
# The partner takes 36 bytes, and sends 20.
TALK = (
    "0 7E0#1024000102030405",
    "3 7E8#300300",
    "10 7E0#2106070809101112",
    "15 7E0#2206070809101112",
    "22 7E0#2306070809101112",
    "30 7E8#300300",
    "31 7E0#2406070809101112",
    "33 7E0#250607080910",
    "40 7E8#1014000102030405",
    "41 7E0#300000",
    "46 7E8#2106070809101112",
    "58 7E8#2206070809101112",
)


def traffic(lines):
    made = BusTraffic("body")
    for line in lines:
        moment, text = line.split()
        message = message_from(text)
        made.received(
            can.Message(arbitration_id=message.arbitration_id, is_extended_id=False, data=message.data),
            float(moment) / 1000,
        )
    return made


def should_be(*lines, direction=None, ended=0.1, **limits):
    made = traffic(lines or TALK)
    span = Span(0, made.trace.end, SINCE, 0, 0.0, ended)
    judge(made, ADDRESS, span, direction, TimingLimits(**limits))


def fails(sentence, *lines, kind=AssertionError, **limits):
    with pytest.raises(kind, match=f"^{re.escape(sentence)}$"):
        should_be(*lines, **limits)


def test_within():
    should_be(n_bs=0.008, n_cr=0.012, stmin=0.012, blocksize=2)


def test_flow_control_of_the_partner():
    fails(
        "On bus 'body' since the test began: N_Bs should be at most 5 milliseconds, but was 8 milliseconds at "
        "0x7E8  [3]  30 03 00 (after 30 milliseconds).",
        n_bs=0.005,
    )


def test_consecutive_frames_of_the_partner():
    fails(
        "On bus 'body' since the test began: N_Cr should be at most 4 milliseconds, but was 12 milliseconds at "
        "0x7E8  [8]  22 06 07 08 09 10 11 12 (after 58 milliseconds); 2 of 2 were wrong.",
        n_cr=0.004,
    )


def test_gaps_of_the_partner():
    fails(
        "On bus 'body' since the test began: The gap between consecutive frames should be at least 20 milliseconds, "
        "but was 12 milliseconds before 0x7E8  [8]  22 06 07 08 09 10 11 12 (after 58 milliseconds).",
        stmin=0.02,
    )


def test_blocks_of_the_other_side():
    fails(
        "On bus 'body' since the test began: A block should have at most 2 consecutive frames, but had 3 at "
        "0x7E0  [8]  23 06 07 08 09 10 11 12 (after 22 milliseconds).",
        direction=Direction.TX,
        blocksize=2,
    )


def test_several_at_once():
    fails(
        "On bus 'body' since the test began: N_Bs should be at most 5 milliseconds, but was 8 milliseconds at "
        "0x7E8  [3]  30 03 00 (after 30 milliseconds). A block should have at most 1 consecutive frame, but had 2 at "
        "0x7E8  [8]  22 06 07 08 09 10 11 12 (after 58 milliseconds).",
        n_bs=0.005,
        blocksize=1,
    )


def test_our_own_flow_controls_are_not_judged_by_default():
    lines = (*TALK[:9], "940 7E0#300000")
    should_be(*lines, n_bs=0.008, ended=1)
    with pytest.raises(AssertionError, match="but was 900 milliseconds at 0x7E0"):
        should_be(*lines, n_bs=0.008, ended=1, direction=Direction.RX)


def test_both_directions():
    should_be(direction=Direction.ANY, n_bs=0.008)
    fails(
        "On bus 'body' since the test began: The gap between consecutive frames should be at least 5 milliseconds, "
        "but was 2 milliseconds before 0x7E0  [6]  25 06 07 08 09 10 (after 33 milliseconds).",
        direction=Direction.ANY,
        stmin=0.005,
    )


def test_a_flow_control_that_never_came():
    lines = ("0 7E0#1024000102030405",)
    fails(
        "On bus 'body' since the test began: N_Bs should be at most 50 milliseconds, but no flow control came within "
        "100 milliseconds of 0x7E0  [8]  10 24 00 01 02 03 04 05 (after 0 seconds).",
        *lines,
        n_bs=0.05,
    )
    # It is not late yet: no verdict.
    fails(nothing("N_Bs"), *lines, kind=CanLibraryError, n_bs=0.05, ended=0.02)


def test_a_consecutive_frame_that_never_came():
    fails(
        "On bus 'body' since the test began: N_Cr should be at most 50 milliseconds, but no consecutive frame came "
        "within 59 milliseconds of 0x7E0  [3]  30 00 00 (after 41 milliseconds).",
        *TALK[:10],
        n_cr=0.05,
    )


def nothing(name):
    return (
        f"There is no verdict about {name}: nothing of it could be measured since the test began, because no IsoTp "
        "frame of several messages passed that shows it. Look with Get IsoTp Timing; direction= and since= say what "
        "counts."
    )


@pytest.mark.parametrize(
    ("name", "limits"),
    [("N_Bs", {"n_bs": 1}), ("N_Cr", {"n_cr": 1}), ("stmin", {"stmin": 0}), ("blocksize", {"blocksize": 8})],
)
def test_nothing_to_judge(name, limits):
    fails(nothing(name), "0 7E0#0322F190", "1 7E8#0462F19001", kind=CanLibraryError, **limits)


def test_measured_in_one_direction():
    made = traffic(TALK)
    span = Span(0, made.trace.end, SINCE, 0, 0.0, 0.1)
    assert measure(made, ADDRESS, span, Direction.RX).blocksize == 2
    assert measure(made, ADDRESS, span, Direction.TX).blocksize == 3
    assert len(measure(made, ADDRESS, span).transfers) == 2

"""Lanes: who sent when, in which rhythm, and where it fell silent."""

import pytest

from CanLibrary.evidence.lanes import lanes_of, most_telling


def by_label(excerpt):
    return {lane.label: lane for lane in lanes_of(excerpt)}


def test_a_lane_for_each_identifier_and_one_for_error_frames(excerpt):
    shown = excerpt(
        "0 Rx 7E8#", "0.1 Rx error", "0.2 Tx 100#", "0.3 Rx 00000100#", "0.4 Rx 7E8#", "0.5 Tx 7E8#"
    )
    lanes = lanes_of(shown)
    assert [(lane.label, len(lane.received), len(lane.sent)) for lane in lanes] == [
        ("0x100", 0, 1),
        ("0x00000100", 1, 0),
        ("0x7E8", 2, 1),
        ("error frames", 1, 0),
    ]


def test_a_periodic_message_that_stopped(excerpt, periodic):
    lane = by_label(excerpt(*periodic("100#", 0.01, 0, 0.5), ended=2.0))["0x100"]
    assert lane.period == pytest.approx(0.01)
    assert lane.stopped == pytest.approx(1.51)
    assert lane.silences == [pytest.approx((5000.49, 5002.0))]


def test_a_gap_in_the_middle_is_a_silence_and_no_stop(excerpt, periodic):
    lines = [*periodic("100#", 0.01, 0, 0.3), *periodic("100#", 0.01, 0.6, 1.0)]
    lane = by_label(excerpt(*lines, ended=1.0))["0x100"]
    assert lane.silences == [pytest.approx((5000.29, 5000.6))]
    assert not lane.stopped


def test_one_that_goes_on_is_never_silent(excerpt, periodic):
    lane = by_label(excerpt(*periodic("100#", 0.01, 0, 1.0), ended=1.0))["0x100"]
    assert (lane.silences, lane.stopped) == ([], 0)


def test_messages_without_a_rhythm_are_never_silent(excerpt):
    times = (0, 0.01, 0.5, 0.51, 0.52, 0.9, 0.91, 1.7, 1.71, 2.9, 2.91)
    lane = by_label(excerpt(*(f"{time} Rx 100#" for time in times), ended=20.0))["0x100"]
    assert (lane.period, lane.silences, lane.stopped) == (0, [], 0)


def test_a_few_messages_are_no_rhythm(excerpt, periodic):
    assert not by_label(excerpt(*periodic("100#", 0.01, 0, 0.05), ended=5.0))["0x100"].period


def test_messages_that_came_at_once_are_no_rhythm(excerpt):
    assert not by_label(excerpt(*["0.1 Rx 100#"] * 20, ended=5.0))["0x100"].stopped


@pytest.mark.parametrize(
    ("gap", "count"), [(0.000_006, 2000), (0.0004, 2000), (0.001, 40)], ids=["memory", "500 kbit", "125 kbit"]
)
def test_a_burst_is_no_rhythm(excerpt, periodic, gap, count):
    lane = by_label(excerpt(*periodic("100#", gap, 0, gap * count), ended=5.0))["0x100"]
    assert (lane.period, lane.silences, lane.stopped) == (0, [], 0)


@pytest.mark.parametrize(("ended", "stopped"), [(0.208, 0), (0.2101, 0.0111)])
def test_a_few_milliseconds_are_no_silence(excerpt, periodic, ended, stopped):
    lane = by_label(excerpt(*periodic("100#", 0.001, 0, 0.2), ended=ended))["0x100"]
    assert lane.period == pytest.approx(0.001)
    assert lane.stopped == pytest.approx(stopped)


def test_a_transfer_is_no_rhythm(excerpt, periodic):
    lines = periodic("7E8#21", 0.005, 0, 0.1)
    lane = by_label(excerpt(*lines, notes=["CF 1"] * len(lines), ended=5.0))["0x7E8"]
    assert lane.isotp
    assert not lane.stopped


def test_silence_is_judged_up_to_the_failure(excerpt, periodic):
    lines = [*periodic("100#", 0.01, 0, 0.5), "3.0 Rx 100#"]
    lane = by_label(excerpt(*lines, failed_at=1.0, ended=3.0))["0x100"]
    assert lane.stopped == pytest.approx(0.51)
    assert lane.silences == [pytest.approx((5000.49, 5001.0))]


def test_the_most_telling_lanes_stay_in_order(excerpt, periodic, merged):
    steady = [periodic(f"{identifier:03X}#", 0.01, 0, 1.0) for identifier in range(0x200, 0x210)]
    lines = merged(
        *steady, periodic("2FF#", 0.01, 0, 0.5), ["0.3 Tx 7E0#"], ["0.4 Rx error"], ["0.5 Rx 050#"]
    )
    shown = most_telling(lanes_of(excerpt(*lines, ended=1.0)), 4)
    assert [lane.label for lane in shown] == ["0x200", "0x2FF", "0x7E0", "error frames"]


def test_what_stopped_says_more_than_what_paused(excerpt, periodic, merged):
    paused = [*periodic("100#", 0.01, 0, 0.3), *periodic("100#", 0.01, 0.6, 1.0)]
    shown = excerpt(*merged(paused, periodic("200#", 0.01, 0, 0.5)), ended=1.0)
    assert [lane.label for lane in most_telling(lanes_of(shown), 1)] == ["0x200"]

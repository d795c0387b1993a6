"""The picture of an excerpt."""

import re

import pytest

from CanLibrary.evidence.lanes import lanes_of
from CanLibrary.evidence.picture import MOST_LANES, picture, silence_sentence, ticks


def drawn(excerpt):
    return picture(excerpt, lanes_of(excerpt))


def places(path):
    """Return where the strokes of a path begin and how long they are."""
    here, found = 0, []
    for command, number in re.findall(r"([Mmh])(-?\d+)", path):
        here = int(number) if command == "M" else here + int(number)
        if command == "h":
            found.append((here - int(number), int(number)))
    return found


def path_of(svg, kind):
    return re.findall(
        rf'<path class={kind} stroke-width=[\d.]+ d="([^"]+)"', svg[svg.index("<g>") : svg.rindex("</g>")]
    )


def test_ticks_that_touch_become_one():
    assert places(ticks([10, 11, 12, 20, 20, 22, 40], 5)) == [(10, 4), (20, 4), (40, 2)]
    assert ticks([7], 9.5) == "M7 9.5h2"


def test_a_tick_for_each_message_at_its_time(excerpt):
    svg = drawn(excerpt("0 Rx 100#", "0.5 Rx 100#", "1.0 Rx 100#", ended=1.0))
    (path,) = path_of(svg, "r")
    (first, _), (second, _), (third, _) = places(path)
    assert second - first == pytest.approx(third - second, abs=1)
    assert first >= 158
    assert third <= 986


def test_sent_and_received_stand_on_two_sides_of_the_line(excerpt):
    svg = drawn(excerpt("0 Rx 100#", "0.5 Tx 100#", ended=1.0))
    line = float(re.search(r"<path class=b d=\"M\d+ ([\d.]+)H", svg)[1])
    heights = [float(path_of(svg, kind)[0].split()[1].split("h")[0]) for kind in "rt"]
    assert heights[0] < line < heights[1]


def test_labels_and_counts(excerpt):
    svg = drawn(excerpt("0 Rx 100#", "0.1 Tx 100#", "0.2 Rx 18DAF110#", "0.3 Rx error"))
    assert re.findall(r"<text class=l [^>]*>([^<]*)", svg) == ["0x100", "0x18DAF110", "error frames"]
    assert re.findall(r"<text class=c [^>]*>([^<]*)", svg) == ["×2", "×1", "×1"]


def test_a_message_that_stopped_jumps_to_the_eye(excerpt, periodic):
    shown = excerpt(*periodic("100#", 0.01, 0, 0.5), failed_at=1.0, ended=1.0)
    svg = drawn(shown)
    begin, width = map(float, re.search(r"<rect class=s x=(\d+) y=\d+ width=(\d+)", svg).groups())
    (failure,) = map(float, re.findall(r'<path class=f d="M(\d+) ', svg))
    assert begin + width == pytest.approx(failure, abs=1)
    assert width > 380
    assert "510 ms silent" in svg
    assert silence_sentence(lanes_of(shown), True) == (
        "0x100 came every 10 milliseconds and stopped 510 milliseconds before the failure."
    )
    assert silence_sentence(lanes_of(shown), False).endswith("before the end.")


def test_many_that_stopped_are_one_sentence(excerpt, periodic, merged):
    lines = merged(*(periodic(f"{0x100 + at:03X}#", 0.01, 0, 0.5 + at / 50) for at in range(7)))
    said = silence_sentence(lanes_of(excerpt(*lines, ended=2.0)), True)
    assert said.startswith(
        "0x100 came every 10 milliseconds and stopped 1.51 seconds before the failure; 0x101"
    )
    assert said.endswith("; 2 more stopped as well.")


def test_the_moment_of_failure_is_marked_only_where_there_is_one(excerpt):
    assert "class=f" not in drawn(excerpt("0 Rx 100#"))
    assert "failed at 0.250 s" in drawn(excerpt("0 Rx 100#", failed_at=0.25))


@pytest.mark.parametrize(
    ("ended", "labels"),
    [
        (0.0, ["0.0 ms", "0.2 ms", "0.4 ms", "0.6 ms", "0.8 ms", "1.0 ms"]),
        (0.05, ["0 ms", "10 ms", "20 ms", "30 ms", "40 ms", "50 ms"]),
        (1.0, ["0.0 s", "0.2 s", "0.4 s", "0.6 s", "0.8 s", "1.0 s"]),
        (100.0, ["0 s", "20 s", "40 s", "60 s", "80 s", "100 s"]),
    ],
)
def test_round_times_stand_below(excerpt, ended, labels):
    svg = drawn(excerpt("0 Rx 100#", ended=ended))
    assert re.findall(r"<text class=a [^>]*>([^<]*)", svg) == labels


def test_it_begins_with_the_test_or_where_messages_are_left_out(excerpt):
    whole, cut = (
        places(path_of(drawn(excerpt("9 Rx 100#", "10 Rx 100#", ended=10.0, left_out=count)), "r")[0])
        for count in (0, 5)
    )
    assert whole[0][0] > 880
    assert cut[0][0] < 180


def test_too_many_lanes_are_told(excerpt):
    lines = [f"{number / 100:.2f} Rx {0x100 + number:03X}#" for number in range(MOST_LANES + 12)]
    svg = drawn(excerpt(*lines))
    assert svg.count("<g>") == MOST_LANES
    assert svg.endswith("<p>12 more identifiers with 12 messages are in the table only.</p>")


def test_it_stays_small(excerpt, periodic, merged):
    lines = merged(*(periodic(f"{0x100 + at:03X}#", 0.01 + at / 1000, 0, 6) for at in range(30)))
    assert len(drawn(excerpt(*lines, ended=6.0))) < 100_000


def test_nothing_is_no_picture(excerpt):
    assert drawn(excerpt()) == ""

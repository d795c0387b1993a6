"""The table of an excerpt."""

import re

import pytest

from CanLibrary.evidence.table import ROWS, table


def rows(html):
    """Return the rows of the table as lists of cells, its head too."""
    found = re.findall(r"<tr[^>]*>(.*?)(?=<tr|</thead|</tbody)", html)
    return [re.split("<t[hd][^>]*>", row)[1:] for row in found]


def test_a_message_is_a_row(excerpt):
    html = table(excerpt("0.25 Rx 7E8#065003003201F4", "0.2615 Tx 18DA10F1#023E00", notes=("SF 6 bytes", "")))
    assert rows(html) == [
        ["No.", "Time s", "Delta s", "Dir", "Identifier", "Kind", "Len", "Data", "ISO-TP"],
        ["0", "0.250000", "", "Rx", "0x7E8", "", "7", "06 50 03 00 32 01 F4", "SF 6 bytes"],
        ["1", "0.261500", "0.011500", "Tx", "0x18DA10F1", "", "3", "02 3E 00", ""],
    ]


@pytest.mark.parametrize(
    ("text", "kind", "length", "data"),
    [
        ("123#R4", "remote", "4", ""),
        ("123##0AABB", "FD", "2", "AA BB"),
        ("123##1" + 12 * "00", "FD BRS", "12", " ".join(12 * ["00"])),
        ("error", "error", "0", ""),
        ("123#", "", "0", ""),
    ],
)
def test_kinds(excerpt, text, kind, length, data):
    assert rows(table(excerpt(f"0 Rx {text}")))[1][5:] == [kind, length, data]


def test_error_state_is_shown(excerpt):
    shown = excerpt("0 Rx 123##100")
    shown.messages[0].error_state_indicator = True
    assert rows(table(shown))[1][5] == "FD BRS ESI"


def test_sent_messages_and_error_frames_have_colours_of_their_own(excerpt):
    html = table(excerpt("0 Rx 100#", "0.1 Tx 100#", "0.2 Rx error"))
    assert re.findall(r"<tr( class=\w)?><td>(\d)", html) == [("", "0"), (" class=o", "1"), (" class=e", "2")]


def test_without_isotp_there_is_no_column_for_it(excerpt):
    assert "ISO-TP" not in table(excerpt("0 Rx 100#01"))


def test_what_isotp_says_is_escaped(excerpt):
    html = table(excerpt("0 Rx 100#01", notes=('<img src=x onerror="alert(1)">',)))
    assert "<img" not in html
    assert "&lt;img" in html


def test_parts_are_filled_from_the_newest_and_only_that_is_open(excerpt):
    count = 2 * ROWS + 7
    html = table(excerpt(*(f"{number / 1000:.3f} Rx 100#" for number in range(count))))
    parts = re.findall(r"<details( open)?><summary>(\d+) messages? from ([\d.]+) s to ([\d.]+) s", html)
    assert parts == [
        ("", "7", "0.000", "0.006"),
        ("", str(ROWS), "0.007", "0.506"),
        (" open", str(ROWS), "0.507", "1.006"),
    ]
    assert [cells[0] for cells in rows(html) if cells[0] != "No."] == [str(number) for number in range(count)]


def test_a_part_of_one_message(excerpt):
    assert "<summary>1 message at 0.032 s</summary>" in table(excerpt("0.032 Rx 100#"))


@pytest.mark.parametrize("count", [ROWS - 1, ROWS, ROWS + 1])
def test_no_part_is_empty(excerpt, count):
    html = table(excerpt(*(f"{number / 1000:.3f} Rx 100#" for number in range(count))))
    assert html.count("<td>0x100") == count
    assert html.count("<details") == html.count("<thead>") == (2 if count > ROWS else 1)


def test_long_data_gets_a_wider_column(excerpt):
    assert "<table class=n>" in table(excerpt("0 Rx 100#0011223344556677"))
    assert "<table class=w>" in table(excerpt("0 Rx 100#00", "0.1 Rx 100##0" + 12 * "00"))


@pytest.mark.parametrize(
    ("failed_at", "after"), [(-1, []), (0.15, ["0", "1"]), (0.1, ["0", "1"]), (5, ["0", "1", "2"])]
)
def test_a_line_stands_where_the_test_failed(excerpt, failed_at, after):
    html = table(excerpt("0 Rx 100#", "0.1 Rx 100#", "0.2 Rx 100#", failed_at=failed_at))
    before, line = html.split("<tr class=f><td colspan=8>failed at ")
    assert line.startswith(f"{failed_at:.6f} s")
    assert [cells[0] for cells in rows(before + "</tbody")[1:]] == after


def test_the_line_is_as_wide_as_the_table(excerpt):
    html = table(excerpt("0 Rx 100#", failed_at=1.0, notes=("SF",)))
    assert html.count("<th>") == 9
    assert "<tr class=f><td colspan=9>failed" in html


def test_nothing_is_no_table(excerpt):
    assert table(excerpt()) == ""

"""An excerpt as one message of log.html."""

import random
import re
import time
from html import unescape
from html.parser import HTMLParser

import pytest
from robot.utils import compress_text

from CanLibrary.evidence.excerpt import Excerpt
from CanLibrary.evidence.page import html, html_of_remarks
from CanLibrary.types import CanMessage, Payload


def said(page):
    """Return the paragraphs as plain text."""
    return [unescape(re.sub("<[^>]+>", "", text)) for text in re.findall("<p>(.*?)</p>", page)]


class Tags(HTMLParser):
    """Collects which elements with which attributes there are."""

    def __init__(self, page):
        super().__init__()
        self.names, self.attributes = set(), set()
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attributes}


def test_what_it_is(excerpt):
    page = html(excerpt("0 Rx 100#01", "0.5 Tx 7E0#0210"))
    assert said(page) == ["Bus 'body': 2 messages since the test began."]
    assert page.count("<svg") == page.count("<table") == page.count("<style>") == 1


def test_one_identifier(excerpt):
    page = html(excerpt("0 Rx 100#01", only="0x100", of_what="connection 'diag'"))
    assert said(page) == ["Connection 'diag': 1 message 0x100 since the test began."]


def test_time_of_the_day(excerpt):
    moment = time.mktime((2026, 11, 23, 5, 6, 7, 0, 0, -1)) + 0.1239
    page = html(excerpt("0 Rx 100#01", wall_clock=moment))
    assert said(page)[0].endswith("began. Time 0 is 2026-11-23 05:06:07.123.")


def test_what_is_left_out_and_gone(excerpt):
    page = html(excerpt("0 Rx 100#01", left_out=1, gone=20))
    assert said(page) == [
        "Bus 'body': the last 1 message since the test began. 1 older one is left out. 20 older ones are gone: "
        "the trace was full."
    ]


def test_nothing_passed(excerpt):
    page = html(excerpt(wall_clock=1.7e9, failed_at=1.0))
    assert said(page) == ["Bus 'body': no message was sent or received since the test began."]
    assert "<svg" not in page
    assert "<table" not in page


def test_remarks_and_what_stopped(excerpt, periodic):
    page = html(
        excerpt(*periodic("100#", 0.01, 0, 0.5), failed_at=1.0, remarks=["All of it: <a href=x.blf>x</a>"])
    )
    assert said(page)[1:] == [
        "0x100 came every 10 milliseconds and stopped 510 milliseconds before the failure.",
        "All of it: x",
    ]


def test_remarks_alone():
    assert said(html_of_remarks("bus 'body'", ["One.", "Two."])) == ["Bus 'body': One. Two."]
    assert html_of_remarks("bus 'body'", []) == ""


def test_names_are_escaped(excerpt):
    page = html(excerpt("0 Rx 100#01", of_what="bus '<script>alert(1)</script>'", since=" since <b>\"'&"))
    assert "script" not in Tags(page).names
    assert said(page)[0] == "Bus '<script>alert(1)</script>': 1 message since <b>\"'&."


def test_it_needs_no_script_and_nothing_from_elsewhere(excerpt):
    tags = Tags(html(excerpt("0 Rx 100#01", "0.1 Rx error", notes=("SF", ""), failed_at=0.2)))
    assert tags.names == {
        *("div", "style", "p", "b", "svg", "g", "path", "text", "title"),
        *("details", "summary", "table", "thead", "tbody", "tr", "th", "td"),
    }
    assert not {"src", "href", "onclick", "onload"} & tags.attributes


@pytest.mark.parametrize(("length", "largest"), [(8, 700_000), (64, 1_700_000)])
def test_ten_thousand_messages_stay_small_in_log_html(length, largest):
    """Random data, which nothing can compress; Robot Framework keeps texts compressed in log.html."""
    chance = random.Random(1)
    messages = [
        CanMessage(
            0x100 + chance.randrange(40),
            False,
            Payload.of(chance.randbytes(length)),
            length,
            is_fd=length > 8,
            received_at=position / 1000 + chance.random() / 1100,
            position=position,
        )
        for position in range(10_000)
    ]
    page = html(Excerpt("bus 'busy'", messages, ["CF 1"] * 10_000, "", 0.0, 10.0, failed_at=9.5))
    assert len(compress_text(page)) < largest

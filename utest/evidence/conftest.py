"""Excerpts from lines of text: `0.010 Rx 100#0102`, the time in seconds since the beginning."""

import pytest

from CanLibrary.evidence.excerpt import Excerpt
from CanLibrary.types import CanMessage, message_from

BEGAN = 5000.0  # monotonic seconds


def message(line, position=0):
    time, direction, text = line.split()
    made = CanMessage(0, False, is_error_frame=True) if text == "error" else message_from(text)
    made.is_rx = direction == "Rx"
    made.position, made.received_at = position, BEGAN + float(time)
    return made


@pytest.fixture
def excerpt():
    def make(*lines, **options):
        messages = [message(line, position) for position, line in enumerate(lines)]
        known = {
            "of_what": "bus 'body'",
            "since": " since the test began",
            "began": BEGAN,
            "ended": max([BEGAN + 1, *(each.received_at for each in messages)]),
            "notes": (),
        }
        for name in ("ended", "failed_at"):
            if name in options:
                options[name] += BEGAN
        return Excerpt(messages=messages, **{**known, **options})

    return make


@pytest.fixture
def periodic():
    def make(text, period, start, stop, direction="Rx"):
        return [
            f"{start + number * period:.6f} {direction} {text}"
            for number in range(round((stop - start) / period))
        ]

    return make


def in_order(*lines):
    return sorted((line for each in lines for line in each), key=lambda line: float(line.split()[0]))


@pytest.fixture
def merged():
    return in_order

"""Waiting for several messages: which of them count, in which order, and what a failure says."""

import itertools
import threading
import time

import pytest

from CanLibrary.errors import ConfigurationError
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.several import wait_for_several
from CanLibrary.traffic.waits import Window
from CanLibrary.types import CanFilters, CanMessagePattern, Expect


def wanted(*texts):
    return [Matcher(pattern.id, pattern.data) for pattern in map(CanMessagePattern, texts)]


def wait(traffic, expect, *texts, within=0.02, start=0):
    window = Window(start, time.monotonic(), within)
    return [str(message) for message in wait_for_several(traffic, wanted(*texts), expect, window)]


def failure(*args, **options):
    with pytest.raises(AssertionError) as failed:
        wait(*args, **options)
    return str(failed.value)


class TestAll:
    @pytest.mark.parametrize("order", list(itertools.permutations(["01", "02", "03"])))
    def test_in_whatever_order(self, traffic, message, order):
        traffic.arrives(*[message("0x100", data) for data in order])
        assert wait(traffic, Expect.ALL, "0x100 03", "0x100 01", "0x100") == [
            "0x100  [1]  03",
            "0x100  [1]  01",
            "0x100  [1]  02",
        ]

    def test_one_message_stands_for_one_only(self, traffic, message):
        traffic.arrives(message("0x100", "01"))
        assert failure(traffic, Expect.ALL, "0x100", "0x100 01") == (
            "1 of 2 messages arrived on bus 'body' within 20 milliseconds; missing: 0x100 01. "
            "On bus 'body' came 1 message: 0x100 ×1 (last 01)."
        )

    def test_it_waits_for_the_rest(self, traffic, message):
        traffic.arrives(message("0x100", "01"))
        threading.Timer(0.05, traffic.arrives, [message("0x300"), message("0x200", "02")]).start()
        came = wait(traffic, Expect.ALL, "0x200", "0x100", within=5)
        assert came == ["0x200  [1]  02", "0x100  [1]  01"]

    def test_nothing_came(self, traffic):
        assert failure(traffic, Expect.ALL, "0x100", "* 3E 00") == (
            "None of 2 messages arrived on bus 'body' within 20 milliseconds; missing: 0x100, * 3E 00. "
            "No message came on bus 'body' meanwhile."
        )

    def test_what_came_before_does_not_count(self, traffic, message):
        traffic.arrives(message("0x100", "01"), ago=1)
        told = failure(traffic, Expect.ALL, "0x100", start=1)
        assert " A match arrived 1 second before the wait began: 0x100  [1]  01. Give the wait a mark" in told

    def test_what_came_too_late_does_not_count(self, traffic, message):
        window = Window(0, time.monotonic() - 2, 1)
        traffic.arrives(message("0x100", "01"), ago=1.5)
        traffic.arrives(message("0x200", "02"), ago=0.5)
        with pytest.raises(AssertionError, match="missing: 0x200"):
            wait_for_several(traffic, wanted("0x100", "0x200"), Expect.ALL, window)


class TestAny:
    def test_the_first_that_comes(self, traffic, message):
        traffic.arrives(message("0x300"), message("0x200", "02"), message("0x100", "01"))
        assert wait(traffic, Expect.ANY, "0x100", "0x200") == ["0x200  [1]  02"]

    def test_none(self, traffic, message):
        traffic.arrives(message("0x300"))
        assert failure(traffic, Expect.ANY, "0x100", "0x200 01 *") == (
            "None of 2 messages arrived on bus 'body' within 20 milliseconds: 0x100, 0x200 01 *. "
            "On bus 'body' came 1 message: 0x300 ×1."
        )


class TestInOrder:
    def test_others_may_come_in_between(self, traffic, message):
        traffic.arrives(message("0x100"), message("0x300"), message("0x200"), message("0x100"))
        assert wait(traffic, Expect.IN_ORDER, "0x100", "0x200", "0x100") == [
            "0x100  [0]",
            "0x200  [0]",
            "0x100  [0]",
        ]

    def test_the_wrong_order(self, traffic, message):
        traffic.arrives(message("0x200", "02"), ago=0.25)
        traffic.arrives(message("0x100", "01"))
        told = failure(traffic, Expect.IN_ORDER, "0x100", "0x200", within=0.02)
        assert told.startswith(
            "1 of 2 messages arrived on bus 'body' within 20 milliseconds in this order; missing: 0x200. "
            "0x200  [1]  02 came too early, "
        )
        assert told.endswith(
            " before 0x100  [1]  01. On bus 'body' came 2 messages: 0x100 ×1, 0x200 ×1 (last 02)."
        )


def test_what_the_filters_hide_cannot_be_waited_for(traffic):
    traffic.set_filters(CanFilters([{"can_id": 0x200, "can_mask": 0x7FF}]))
    with pytest.raises(ConfigurationError, match="let no message 0x100 through"):
        wait(traffic, Expect.ALL, "0x200", "0x100")

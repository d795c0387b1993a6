"""What passed on a bus, asked for after the fact: selected, counted, judged."""

import time

import pytest

from CanLibrary.errors import BusError
from CanLibrary.traffic import history
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.span import Span
from CanLibrary.types import CanFilters, Direction

ANY = Matcher()


def span(traffic, start=0, stop=None):
    """The part of the trace from a position on, as a keyword asks for it."""
    first, end = traffic.trace.first, traffic.trace.end
    stop = end if stop is None else stop
    began = traffic.trace.received_at(max(start, first)) if end > max(start, first) else time.monotonic()
    return Span(start, stop, " since the test began", max(first - start, 0), began, time.monotonic())


def texts(messages):
    return [str(message) for message in messages]


class TestSelect:
    @pytest.fixture(autouse=True)
    def _traffic(self, traffic, message):
        traffic.arrives(message("0x100", "01"))
        traffic.sending(message("0x100", "02"))
        traffic.arrives(message("0x200", "03"), message(is_error_frame=True))
        traffic.sending(message("0x300", "04"))

    @pytest.mark.parametrize(
        ("identifier", "direction", "data"),
        [
            ("*", Direction.RX, ["01", "03"]),
            ("*", Direction.TX, ["02", "04"]),
            ("*", Direction.ANY, ["01", "02", "03", "04"]),
            ("0x100", Direction.RX, ["01"]),
            ("0x100", Direction.TX, ["02"]),
            ("0x100", Direction.ANY, ["01", "02"]),
            ("0x300", Direction.RX, []),
            ("0x300", Direction.ANY, ["04"]),
            ("0x400", Direction.ANY, []),
        ],
    )
    def test_by_identifier_and_direction(self, traffic, identifier, direction, data):
        found = history.select(traffic, Matcher(identifier), span(traffic), direction)
        assert [str(message.data) for message in found] == data

    def test_by_data_and_place(self, traffic):
        assert texts(history.select(traffic, Matcher("*", "0? *"), span(traffic, 1, 3), Direction.ANY)) == [
            "0x100  [1]  02",
            "0x200  [1]  03",
        ]

    def test_the_index_of_what_was_sent_grows_with_it(self, traffic, message):
        assert len(list(history.select(traffic, Matcher("0x300"), span(traffic), Direction.TX))) == 1
        traffic.sending(message("0x300", "05"))
        assert len(list(history.select(traffic, Matcher("0x300"), span(traffic), Direction.TX))) == 2

    def test_what_could_not_be_sent_is_no_part_of_it(self, traffic, message):
        traffic.withdraw(traffic.sending(message("0x300", "05")))
        assert texts(history.select(traffic, Matcher("0x300"), span(traffic), Direction.TX)) == [
            "0x300  [1]  04"
        ]

    def test_filters_hide_what_was_received_only(self, traffic):
        traffic.set_filters(CanFilters([{"can_id": 0x200, "can_mask": 0x7FF}]))
        assert texts(history.select(traffic, ANY, span(traffic), Direction.ANY)) == [
            "0x100  [1]  02",
            "0x200  [1]  03",
            "0x300  [1]  04",
        ]

    def test_own_messages_that_the_user_wants_to_receive_are_received(self, new_traffic, message):
        traffic = new_traffic(own_messages=True)
        echo = message("0x100", "01", is_rx=False)
        traffic.sending(echo)
        traffic.arrives(echo)
        for direction in Direction:
            assert texts(history.select(traffic, ANY, span(traffic), direction)) == ["0x100  [1]  01"]


class TestFullTrace:
    @pytest.fixture(autouse=True)
    def _traffic(self, new_traffic, message):
        self.traffic = new_traffic(capacity=100)
        for number in range(150):
            self.traffic.arrives(message("0x100" if number % 2 else "0x200", f"{number:02X}"))
            self.traffic.sending(message("0x300", f"{number:02X}"))

    def test_what_is_left_is_found(self):
        first = self.traffic.trace.first
        assert first == 198
        for identifier, step in (("0x100", 4), ("0x300", 2)):
            found = list(history.select(self.traffic, Matcher(identifier), span(self.traffic), Direction.ANY))
            assert [message.position for message in found] == list(range(found[0].position, 300, step))
            assert first <= found[0].position < first + step

    def test_a_count_of_what_is_gone_is_no_verdict(self):
        with pytest.raises(BusError) as refused:
            history.count_should_be(self.traffic, ANY, span(self.traffic), Direction.RX, 50, 0)
        assert str(refused.value) == (
            "How often a message was received on bus 'body' since the test began cannot be said: 198 messages of that "
            "time are gone, because the trace keeps 100. Give a later since=, or a larger trace_size."
        )

    def test_a_count_of_what_is_there(self):
        assert history.count_should_be(self.traffic, ANY, span(self.traffic, 250), Direction.RX, 25, 0) == 25


class TestLast:
    def test_the_newest(self, traffic, message):
        traffic.arrives(message("0x100", "01"), message("0x100", "02"), message("0x200", "03"))
        assert str(history.last(traffic, Matcher("0x100"), span(traffic), Direction.RX)) == "0x100  [1]  02"

    def test_it_is_found_however_far_back(self, traffic, message):
        traffic.arrives(message("0x100", "01"), *[message("0x200")] * 12000)
        assert str(history.last(traffic, Matcher("0x100"), span(traffic), Direction.RX)) == "0x100  [1]  01"

    def test_none_but_one_before(self, traffic, message):
        traffic.arrives(message("0x100", "01"), ago=3)
        traffic.arrives(message("0x200", "03"), ago=1)
        with pytest.raises(AssertionError) as failed:
            history.last(traffic, Matcher("0x100"), span(traffic, 1), Direction.RX)
        assert str(failed.value) == (
            "No message 0x100 was received on bus 'body' since the test began. One arrived 2 seconds before that: "
            "0x100  [1]  01; since=opened or a mark lets it count. 1 other did: 0x200 ×1."
        )


class TestCount:
    @pytest.fixture(autouse=True)
    def _traffic(self, traffic, message):
        traffic.arrives(message("0x100", "01"), message("0x100", "02"), message("0x200", "03"))

    @pytest.mark.parametrize(("expected", "tolerance"), [(2, 0), (3, 1), (1, 1), (0, 2)])
    def test_it_fits(self, traffic, expected, tolerance):
        counted = history.count_should_be(
            traffic, Matcher("0x100"), span(traffic), Direction.RX, expected, tolerance
        )
        assert counted == 2

    @pytest.mark.parametrize(
        ("identifier", "direction", "expected", "tolerance", "sentence"),
        [
            ("0x100", Direction.RX, 3, 0, "2 messages 0x100 were received {}, but 3 should have been."),
            ("0x100", Direction.RX, 5, 2, "2 messages 0x100 were received {}, but 5 ± 2 should have been."),
            ("0x200", Direction.RX, 0, 0, "1 message 0x200 was received {}, but 0 should have been."),
            (
                "0x100",
                Direction.TX,
                1,
                0,
                "0 messages 0x100 were sent {}, but 1 should have been. 3 others did: 0x200 ×1, 0x100 ×2 (last 02).",
            ),
            ("*", Direction.ANY, 4, 0, "3 messages were recorded {}, but 4 should have been."),
        ],
    )
    def test_it_does_not(self, traffic, identifier, direction, expected, tolerance, sentence):
        with pytest.raises(AssertionError) as failed:
            history.count_should_be(
                traffic, Matcher(identifier), span(traffic), direction, expected, tolerance
            )
        assert str(failed.value) == sentence.format("on bus 'body' since the test began")

"""Statistics of a trace: counts, gaps to the precision of the recording, and the load of the bus."""

import can
import pytest

from CanLibrary.errors import BusError, CanLibraryError
from CanLibrary.traffic.bits import frame_bits
from CanLibrary.traffic.span import Span
from CanLibrary.traffic.statistics import load_should_be_below, measured
from CanLibrary.traffic.trace import BRS, FD, TX
from CanLibrary.types import CanFilters

BEGAN = 1000.0  # a monotonic time


def span(traffic, seconds, start=0):
    gone = max(traffic.trace.first - start, 0)
    return Span(start, traffic.trace.end, " since the test began", gone, BEGAN, BEGAN + seconds)


def statistics(traffic, seconds, bitrate=500_000, data_bitrate=None):
    return measured(traffic, span(traffic, seconds), bitrate, data_bitrate)


class TestCounts:
    def test_messages_bytes_directions_and_error_frames(self, traffic, message):
        traffic.received(message("0x100", "01 02"), BEGAN)
        traffic.sending(message("0x200", "01"), BEGAN + 1)
        traffic.received(can.Message(is_error_frame=True), BEGAN + 1.5)
        traffic.withdraw(traffic.sending(message("0x300", "01 02 03"), BEGAN + 1.6))
        found = statistics(traffic, 2)
        assert (found.messages, found.received, found.sent, found.bytes) == (2, 1, 1, 3)
        assert (found.error_frames, found.dropped) == (1, 0)
        assert (found.messages_per_second, found.bytes_per_second) == (1.0, 1.5)
        assert list(found.ids) == ["0x100", "0x200"]

    def test_gaps_of_each_identifier(self, traffic, message):
        for at in (0.0, 0.010, 0.019, 0.031):
            traffic.received(message("0x100", f"{round(at * 1000):02}"), BEGAN + at)
            traffic.received(message("0x18DA10F1"), BEGAN + at)
        traffic.received(message("0x200"), BEGAN + 0.04)
        found = statistics(traffic, 0.1)
        single = found.ids["0x100"]
        assert single.minimum_gap == pytest.approx(0.009, abs=1e-9)
        assert single.mean_gap == pytest.approx(0.031 / 3, abs=1e-9)
        assert single.maximum_gap == pytest.approx(0.012, abs=1e-9)
        assert (single.count, bytes(single.last_data)) == (4, b"\x31")
        assert found.ids["0x18DA10F1"].count == 4
        once = found.ids["0x200"]
        assert (once.minimum_gap, once.mean_gap, once.maximum_gap) == (None, None, None)

    def test_what_the_full_trace_dropped_is_told(self, new_traffic, message):
        traffic = new_traffic(capacity=16)
        for number in range(20):
            traffic.received(message("0x100"), BEGAN + number)
        found = statistics(traffic, 20)
        assert (found.messages, found.dropped) == (20 - traffic.trace.first, traffic.trace.first)
        assert found.dropped > 0


class TestLoad:
    def test_every_bit_counts(self, traffic, message):
        for number in range(100):
            traffic.received(message("0x123", bytes(8)), BEGAN + number * 0.01)
        bits = frame_bits(0x123, 0, 8, bytes(8))[0]
        found = statistics(traffic, 2)
        assert found.bus_load == pytest.approx(100 * bits / 500_000 / 2 * 100)
        assert found.peak_load == pytest.approx(2 * found.bus_load)
        assert found.ids["0x123"].load == pytest.approx(found.bus_load)

    def test_the_data_of_can_fd_has_its_own_bit_rate(self, traffic, message):
        traffic.received(message("0x123", bytes(64), is_fd=True, bitrate_switch=True), BEGAN)
        slow, fast = frame_bits(0x123, FD | BRS, 64, bytes(64))
        found = statistics(traffic, 1, 500_000, 2_000_000)
        assert found.bus_load == pytest.approx((slow / 500_000 + fast / 2_000_000) * 100)

    def test_own_messages_load_the_bus_too(self, traffic, message):
        traffic.sending(message("0x123", "01"), BEGAN)
        bits = frame_bits(0x123, TX, 1, b"\x01")[0]
        assert statistics(traffic, 1).bus_load == pytest.approx(bits / 500_000 * 100)

    def test_unknown_bit_rates(self, traffic, message):
        traffic.received(message("0x123", bytes(64), is_fd=True, bitrate_switch=True), BEGAN)
        without = statistics(traffic, 1, None)
        assert (without.bus_load, without.peak_load, without.ids["0x123"].load) == (None, None, None)
        assert "Its load is not known: give its bit rate with bitrate=." in str(without)
        assert statistics(traffic, 1).unknown_load == (
            "CAN FD messages switched to a bit rate for data; give it with data_bitrate=."
        )

    def test_filters_leave_messages_out(self, traffic):
        traffic.set_filters(CanFilters("0x100"))
        found = statistics(traffic, 1)
        assert found.bus_load is None
        assert found.unknown_load == "its filters leave messages out; use Clear Can Filters."

    def test_no_full_second_has_no_peak(self, traffic, message):
        traffic.received(message("0x123"), BEGAN)
        assert statistics(traffic, 0.5).peak_load is None


class TestVerdict:
    def test_below(self, traffic, message):
        traffic.received(message("0x123"), BEGAN)
        load_should_be_below(statistics(traffic, 1), 1, 100)

    def test_above_names_the_busiest(self, traffic, message):
        for number in range(1000):
            traffic.received(message("0x100", bytes([number % 5] * 8)), BEGAN + number / 1000)
            if number % 2:
                traffic.received(message("0x200", "01"), BEGAN + number / 1000)
        found = statistics(traffic, 1)
        with pytest.raises(AssertionError) as caught:
            load_should_be_below(found, 20, 100)
        by_id = {name: f"{single.load:.1f} %" for name, single in found.ids.items()}
        assert str(caught.value) == (
            f"The load of bus 'body' was {found.bus_load:.1f} % in 1 second since the test began, but should be below "
            f"20 %. The busiest identifiers: 0x100 {by_id['0x100']}, 0x200 {by_id['0x200']}."
        )

    def test_exactly_the_limit_is_not_below(self, traffic, message):
        traffic.received(message("0x123"), BEGAN)
        found = statistics(traffic, 1)
        with pytest.raises(AssertionError):
            load_should_be_below(found, found.bus_load, 100)

    @pytest.mark.parametrize(
        ("seconds", "bitrate", "why"),
        [(1, None, "give its bit rate with bitrate=."), (0, 500_000, "no time has passed.")],
    )
    def test_no_verdict(self, traffic, message, seconds, bitrate, why):
        traffic.received(message("0x123"), BEGAN)
        with pytest.raises(CanLibraryError) as caught:
            load_should_be_below(statistics(traffic, seconds, bitrate), 30, 100)
        assert str(caught.value) == (
            "Whether the load of bus 'body' since the test began was below 30 % cannot be said: " + why
        )

    def test_no_verdict_where_messages_are_gone(self, new_traffic, message):
        traffic = new_traffic(capacity=16)
        for number in range(20):
            traffic.received(message("0x100"), BEGAN + number)
        with pytest.raises(BusError) as caught:
            load_should_be_below(statistics(traffic, 20), 30, 16)
        assert str(caught.value) == (
            "Whether the load of bus 'body' since the test began was below 30 % cannot be said: "
            f"{traffic.trace.first} messages of that time had to go, because the trace keeps 16. Give a later mark "
            "with since=, or use a larger trace_size."
        )


def test_the_text_is_a_table(traffic, message):
    traffic.received(message("0x100", "01"), BEGAN)
    traffic.received(message("0x100", "02"), BEGAN + 0.01)
    traffic.sending(message("0x200"), BEGAN + 0.5)
    assert str(statistics(traffic, 2)).splitlines() == [
        "Bus 'body' since the test began: 3 messages in 2 seconds, 2 received, 1 sent, 0 error frames.",
        "1.5 messages and 1.0 bytes per second. Bus load 0.017 %, 0.034 % in the busiest of its full seconds, at "
        "500000 bit/s.",
        "identifier  count  sent    gap min       mean        max      load  last data",
        "0x100           2     0  10.000 ms  10.000 ms  10.000 ms   0.012 %  02",
        "0x200           1     1                                   0.0051 %",
    ]


def test_receiving_goes_on_while_a_large_trace_is_counted(traffic, message):
    single = message("0x100", bytes(8))
    for number in range(50_000):
        traffic.received(single, BEGAN + number / 1000)
    shown = []

    def receive():
        traffic.received(single, BEGAN + 60)
        shown.append(traffic.trace.end)

    found = measured(traffic, span(traffic, 50), 500_000, None, receive)
    assert found.messages == 50_000  # what came meanwhile is not part of it
    assert len(shown) == 5

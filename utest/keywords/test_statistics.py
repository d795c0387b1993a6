"""The keywords for statistics and bus load, with real buses."""

import time
from datetime import timedelta

import can
import pytest

from CanLibrary import CanLibraryError
from CanLibrary.types import CanFilters, CanId, CanIdPattern, Payload


@pytest.fixture
def buses(library):
    """The tester has a bit rate, the ECU none."""
    library.close_can_bus("tester")

    def make(channel):
        library.open_can_bus("tester", channel=channel, bitrate=500_000)
        return library

    return make


def send(library, count, identifier="0x100", data="01 02 03 04", bus="ecu"):
    for _ in range(count):
        library.send_can_message(CanId(identifier), Payload(data), bus=bus)


class TestGet:
    def test_since_the_bus_was_opened_outside_of_a_test(self, buses, channel):
        library = buses(channel)
        send(library, 3)
        send(library, 2, "0x200", "01", bus="tester")
        found = library.get_bus_statistics()
        assert (found.bus, found.of) == ("tester", " since the bus was opened")
        assert (found.messages, found.received, found.sent, found.bytes) == (5, 3, 2, 14)
        assert (found.bitrate, found.data_bitrate) == (500_000, None)
        assert found.bus_load > 0
        assert found.ids["0x200"].sent == 2

    def test_between_two_marks(self, buses, channel):
        library = buses(channel)
        send(library, 3)
        began = library.set_can_mark()
        send(library, 2)
        ended = library.set_can_mark()
        send(library, 1)
        found = library.get_bus_statistics(since=began, until=ended)
        assert found.messages == 2
        assert found.duration == pytest.approx(ended.at - began.at)

    def test_silence_counts_as_time(self, buses, channel):
        library = buses(channel)
        mark = library.set_can_mark()
        time.sleep(0.05)
        assert library.get_bus_statistics(since=mark).duration >= 0.05

    def test_the_gaps_of_a_periodic_message(self, buses, channel):
        library = buses(channel)
        mark = library.set_can_mark()
        handle = library.start_periodic_message(
            CanId("0x100"), Payload("01"), period=timedelta(milliseconds=10), bus="ecu"
        )
        for _ in range(20):
            library.receive_can_message(CanIdPattern("0x100"), bus="tester")
        library.stop_periodic_message(handle)
        single = library.get_bus_statistics(since=mark).ids["0x100"]
        assert single.mean_gap == pytest.approx(0.010, rel=0.1)
        assert single.minimum_gap <= single.mean_gap <= single.maximum_gap

    def test_a_bit_rate_given_goes_before_that_of_the_bus(self, buses, channel):
        library = buses(channel)
        mark = library.set_can_mark()
        send(library, 3)
        until = library.set_can_mark()
        slow = library.get_bus_statistics(since=mark, until=until, bitrate=250_000)
        assert slow.bitrate == 250_000
        assert slow.bus_load == pytest.approx(
            2 * library.get_bus_statistics(since=mark, until=until).bus_load
        )

    def test_a_bus_without_a_bit_rate(self, buses, channel):
        library = buses(channel)
        send(library, 3)
        assert library.get_bus_statistics(bus="ecu").bus_load is None
        assert library.get_bus_statistics(bus="ecu", bitrate="500000").bus_load > 0

    def test_a_test_longer_than_the_trace(self, new_library, channel):
        library = new_library(trace_size=16, timeout=5)
        library.open_can_bus("tester", channel=channel)
        library.open_can_bus("ecu", channel=channel)
        library._buses.begin_test()
        send(library, 40)
        library.set_can_mark(bus="tester")
        found = library.get_bus_statistics(bus="tester")
        assert found.of == " since the test began"
        assert found.dropped == 40 - found.messages > 0

    @pytest.mark.parametrize("name", ["bitrate", "data_bitrate"])
    def test_a_bit_rate_of_nothing(self, library, name):
        with pytest.raises(
            CanLibraryError, match=f"^{name}=0 is not possible: a bit rate is above 0 bit/s.$"
        ):
            library.get_bus_statistics(**{name: 0})


class TestLoadShouldBeBelow:
    @pytest.mark.parametrize("limit", [90, "90", "90 %", "90%"])
    def test_below(self, buses, channel, limit):
        library = buses(channel)
        mark = library.set_can_mark()
        send(library, 1)
        time.sleep(0.01)
        library.bus_load_should_be_below(limit, since=mark)

    def test_above(self, buses, channel):
        library = buses(channel)
        mark = library.set_can_mark()
        send(library, 100)
        until = library.set_can_mark()
        load = library.get_bus_statistics(since=mark, until=until).bus_load
        with pytest.raises(AssertionError) as caught:
            library.bus_load_should_be_below(0.5, since=mark, until=until)
        assert f"was {load:.1f} % in" in str(caught.value)
        assert str(caught.value).endswith(
            f"should be below 0.5 %. The busiest identifiers: 0x100 {load:.1f} %."
        )

    def test_no_bit_rate(self, library):
        send(library, 1)
        with pytest.raises(CanLibraryError) as caught:
            library.bus_load_should_be_below(30)
        assert str(caught.value) == (
            "Whether the load of bus 'tester' since the bus was opened was below 30 % cannot be said: give its bit "
            "rate with bitrate=."
        )

    def test_filters(self, buses, channel):
        library = buses(channel)
        library.set_can_filters(CanFilters("0x100"))
        with pytest.raises(
            CanLibraryError, match=r"its filters leave messages out; use Clear Can Filters\.$"
        ):
            library.bus_load_should_be_below(30)

    def test_messages_that_the_driver_lost(self, buses, channel):
        library = buses(channel)
        reading = library._buses.registry.get("tester").reading
        reading._take_lost = lambda: [CanLibraryError("Bus 'tester' lost 3 messages.")]
        with pytest.raises(CanLibraryError) as caught:
            library.bus_load_should_be_below(30)
        assert str(caught.value) == (
            "Whether the load of bus 'tester' since the bus was opened was below 30 % cannot be said. Bus 'tester' "
            "lost 3 messages."
        )

    @pytest.mark.parametrize("limit", ["much", 0, "-3 %", "nan"])
    def test_what_is_no_limit(self, library, limit):
        with pytest.raises(CanLibraryError) as caught:
            library.bus_load_should_be_below(limit)
        assert (
            str(caught.value) == f"limit={limit} is not possible: write percent above 0, such as 30 or 30 %."
        )


def test_error_frames_of_a_foreign_node(library, raw_bus):
    partner = raw_bus()
    partner.send(can.Message(is_error_frame=True))
    library.set_can_mark()
    assert library.get_bus_statistics().error_frames == 1

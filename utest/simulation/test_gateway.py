"""Routing between two buses."""

import can
import pytest

from CanLibrary import CanLibrary, CanLibraryError, ConfigurationError


@pytest.fixture
def library(channel):
    with CanLibrary(timeout=5) as opened:
        for name in ("body", "chassis", "third"):
            opened.open_can_bus(name, channel=f"{channel}-{name}")
        yield opened


def received(library, bus, **wanted):
    return str(library.receive_can_message(bus=bus, **wanted))


def test_all_goes_unchanged(library):
    handle = library.start_can_gateway("body", "chassis")
    assert handle == "gateway-1"
    library.send_can_message("0x100", "01 02", bus="body")
    library.send_can_message("0x18DA10F1", "03" * 12, fd=True, bitrate_switch=True, bus="body")
    library.send_can_message("0x101", remote=True, dlc=4, bus="body")
    assert received(library, "chassis") == "0x100  [2]  01 02"
    assert received(library, "chassis") == "0x18DA10F1  [12]  FD BRS " + " 03" * 12
    assert received(library, "chassis") == "0x101  [4]  remote"
    assert library.stop_can_gateway(handle) == 3
    assert library.stop_can_gateway(handle) == 3


def test_it_routes_what_anybody_sends_and_everybody_receives_it(library, channel):
    theirs, there = (
        can.Bus(interface="virtual", channel=f"{channel}-{name}", ignore_config=True)
        for name in ("body", "chassis")
    )
    library.start_simulated_ecu("doors", bus="body")
    library.simulated_ecu_answers_message("doors", "0x100", "101#01")
    library.start_simulated_ecu("seat", bus="chassis")
    library.simulated_ecu_answers_message("seat", "0x101", "102#02")
    library.start_can_gateway("body", "chassis")
    try:
        theirs.send(can.Message(arbitration_id=0x100, is_extended_id=False))
        library.wait_for_can_messages("0x100", "0x101", "0x102", since="opened", bus="chassis")
        assert [there.recv(1).arbitration_id for _ in range(3)] == [0x100, 0x101, 0x102]
        library.can_message_should_not_arrive("0x102", within=0.1, bus="body")
    finally:
        theirs.shutdown()
        there.shutdown()


def test_a_map_of_identifiers(library):
    library.start_can_gateway("body", "chassis", ids="0x100=0x200, 0x101 = 0x18DA10F1")
    for identifier in ("0x102", "0x00000100", "0x101", "0x100"):
        library.send_can_message(identifier, "01", bus="body")
    assert received(library, "chassis") == "0x18DA10F1  [1]  01"
    assert received(library, "chassis") == "0x200  [1]  01"


def test_a_map_as_a_dictionary(library):
    library.start_can_gateway("body", "chassis", ids={0x100: "0x200"})
    library.send_can_message("0x100", "01", bus="body")
    assert received(library, "chassis") == "0x200  [1]  01"


def test_filters_are_about_the_identifiers_of_the_first_bus(library):
    library.start_can_gateway(
        "body", "chassis", ids="0x100=0x200, 0x110=0x210", filters="0x110:0x7F0", both_ways=True
    )
    library.send_can_messages(["100#01", "110#02"], bus="body")
    assert received(library, "chassis") == "0x210  [1]  02"
    library.send_can_messages(["200#01", "210#02"], bus="chassis")
    assert received(library, "body") == "0x110  [1]  02"


def test_both_ways_never_routes_back_what_it_has_routed(library):
    handle = library.start_can_gateway("body", "chassis", both_ways=True)
    library.send_can_message("0x100", "01", bus="body")
    library.send_can_message("0x200", "02", bus="chassis")
    assert received(library, "chassis") == "0x100  [1]  01"
    assert received(library, "body") == "0x200  [1]  02"
    library.can_message_should_not_arrive("0x100", within=0.1, bus="body")
    assert library.stop_can_gateway(handle) == 2


def test_with_own_messages_that_come_back(channel):
    with CanLibrary(timeout=5) as library:
        for name in ("body", "chassis"):
            library.open_can_bus(name, channel=f"{channel}-{name}", receive_own_messages=True)
        handle = library.start_can_gateway("body", "chassis", both_ways=True)
        library.send_can_message("0x100", "01", bus="body")
        assert received(library, "chassis") == "0x100  [1]  01"
        library.can_message_should_not_arrive("0x100", within=0.1, bus="chassis")
        assert library.stop_can_gateway(handle) == 1


def test_nothing_is_lost_of_what_was_sent_before_the_stop(library):
    handle = library.start_can_gateway("body", "chassis")
    library.send_can_messages([f"100#{number:04X}" for number in range(3000)], bus="body")
    assert library.stop_can_gateway(handle) == 3000
    messages = library.receive_can_messages(3000, bus="chassis")
    assert [int.from_bytes(message.data, "big") for message in messages] == list(range(3000))


TO_AND_FRO = "For both directions use one gateway with both_ways=True."


def refused(library, sentence, *buses, **options):
    with pytest.raises(CanLibraryError) as failure:
        library.start_can_gateway(*buses, **options)
    assert str(failure.value) == sentence


def test_loops_are_refused(library, channel):
    refused(library, "A gateway needs two buses, but from_bus and to_bus are both 'body'.", "body", "body")
    first = library.start_can_gateway("body", "chassis")
    path = "'body' → 'chassis' is routed already."
    loop = f"A gateway from 'chassis' to 'body' would close a loop: {path} {TO_AND_FRO}"
    refused(library, loop, "chassis", "body")
    library.start_can_gateway("chassis", "third")
    path = "'body' → 'chassis' → 'third' is routed already."
    refused(
        library,
        f"A gateway from 'third' to 'body' would close a loop: {path} {TO_AND_FRO}",
        "third",
        "body",
        both_ways=False,
    )
    library.open_can_bus("again", channel=f"{channel}-body")
    refused(
        library,
        f"Buses 'body' and 'again' are one network (virtual, channel {channel}-body): what is routed would come back "
        "and be routed again, without end.",
        "body",
        "again",
    )
    path = "'again' → 'chassis' → 'third' is routed already."
    refused(
        library,
        f"A gateway from 'third' to 'again' would close a loop: {path} {TO_AND_FRO}",
        "third",
        "again",
    )
    library.start_can_gateway("body", "third")  # no loop, if also a second way
    library.stop_can_gateway(first)


def test_both_ways_beside_one_way_is_a_loop(library):
    both = library.start_can_gateway("body", "chassis", both_ways=True)
    for buses in (("body", "chassis"), ("chassis", "body")):
        with pytest.raises(CanLibraryError, match="would close a loop"):
            library.start_can_gateway(*buses)
    library.stop_can_gateway(both)
    library.start_can_gateway("chassis", "body")
    with pytest.raises(CanLibraryError, match="would close a loop"):
        library.start_can_gateway("chassis", "body", both_ways=True)


WRONG = [
    ({"ids": "0x100"}, "ids=0x100 is not possible: write it as 0x100=0x200, 0x101=0x201."),
    ({"ids": "100=0x200"}, "'100' can be read in two ways: write 0x100"),
    (
        {"ids": "0x100=0x200, 0x100=0x300"},
        "ids names 0x100 twice, as 0x200 and as 0x300: a message becomes one other.",
    ),
    ({"ids": {}}, "ids is empty: nothing would be routed; leave it out to route all unchanged."),
    (
        {"ids": "0x100=0x200, 0x101=0x200", "both_ways": True},
        "both_ways=True needs a map that can be read backwards, but two of its identifiers become the same.",
    ),
    ({"name": "central"}, "Gateway 'central' is running already; stop it or use another name."),
]


@pytest.mark.parametrize(("options", "sentence"), WRONG)
def test_what_cannot_be_is_refused(library, options, sentence):
    library.start_can_gateway("chassis", "third", name="central")
    with pytest.raises(CanLibraryError) as failure:
        library.start_can_gateway("body", "chassis", **options)
    assert sentence in str(failure.value)


def test_one_that_does_not_run(library):
    with pytest.raises(CanLibraryError, match=r"There is no gateway 'central' \(none is running\)\."):
        library.stop_can_gateway("central")
    library.start_can_gateway("body", "chassis", name="central")
    with pytest.raises(
        CanLibraryError, match=r"no gateway 'centrl' \(running: 'central'\); did you mean 'central'"
    ):
        library.stop_can_gateway("centrl")


def test_what_cannot_be_routed_is_told_and_the_others_go_on(library, channel):
    library.open_can_bus("slow", channel=f"{channel}-slow", fd=False)
    handle = library.start_can_gateway("body", "slow", name="central")
    long = "01" * 12
    library.send_can_messages([f"100##0{long}", f"101##0{long}", "102#01"], bus="body")
    session = library.attributes["stop_can_gateway"].__self__._buses.registry.get("slow")
    session.reading.wait_for(*_first(session, "0x102"))
    sentence = "Gateway 'central' could not route 2 messages: Bus 'slow' was opened with fd=False and carries no CAN "
    with pytest.raises(CanLibraryError, match=sentence):
        library.send_can_message("0x103", bus="slow")
    assert library.stop_can_gateway(handle) == 1


def _first(session, identifier):
    from CanLibrary.traffic.matching import Matcher
    from CanLibrary.types import OPENED

    return Matcher(identifier), session.reading.window(OPENED, None, 5)


@pytest.mark.parametrize("bus", ["body", "chassis"])
def test_it_ends_with_one_of_its_buses(library, bus):
    library.start_can_gateway("body", "chassis", name="central")
    library.close_can_bus(bus)
    other = "chassis" if bus == "body" else "body"
    library.send_can_message("0x100", bus=other)
    library.open_can_bus("anew", channel="anew")
    library.start_can_gateway(other, "anew", name="central")


# -- the verdict ----------------------------------------------------------------------------------------


def routed(library, identifier="0x100", data="*", **options):
    options = {"from_bus": "body", "to_bus": "chassis", "within": 1, **options}
    return library.message_should_be_routed(identifier, data, **options)


def test_the_latency_is_returned(library):
    library.start_can_gateway("body", "chassis", ids="0x100=0x200")
    library.send_can_message("0x100", "01", bus="body")
    assert 0 < routed(library, routed_id="0x200") < 1
    assert 0 < routed(library, routed_id="0x200", routed_data="0?") < 1


def test_the_newest_one_counts(library):
    handle = library.start_can_gateway("body", "chassis")
    library.send_can_message("0x100", "01", bus="body")
    assert routed(library)
    library.stop_can_gateway(handle)
    library.send_can_message("0x100", "02", bus="body")
    assert routed(library, data="01")
    with pytest.raises(AssertionError) as failure:
        routed(library, within=0.05)
    assert str(failure.value) == (
        "Message 0x100  [1]  02 of bus 'body' was not routed to bus 'chassis' within 50 milliseconds: no message 0x100 "
        "matching '02' came there. Nothing else did."
    )


def test_what_came_before_does_not_count(library):
    library.start_simulated_ecu("partner", bus="chassis")
    library.simulated_ecu_answers_message("partner", "0x1", "200#01")
    library.exchange_can_message("0x1", reply_id="0x200", bus="chassis")
    library.send_can_message("0x100", "01", bus="body")
    with pytest.raises(AssertionError, match="was not routed to bus 'chassis' within 50 milliseconds"):
        routed(library, routed_id="0x200", within=0.05)


def test_what_the_tester_sends_itself_was_not_routed(library):
    library.send_can_message("0x100", "01", bus="body")
    library.send_can_message("0x100", "01", bus="chassis")
    with pytest.raises(AssertionError, match=r"came there\. Nothing else did\."):
        routed(library, within=0.05)


def test_too_late_says_how_late(library, channel):
    library.send_can_message("0x100", "01", bus="body")
    partner = can.Bus(interface="virtual", channel=f"{channel}-chassis", ignore_config=True)
    library.can_message_should_not_arrive("0x100", within=0.05, bus="chassis")
    partner.send(can.Message(arbitration_id=0x100, is_extended_id=False, data=[1]))
    with pytest.raises(
        AssertionError, match=r"was routed to bus 'chassis' after .* milliseconds; it should be within"
    ):
        routed(library, within=0.01)
    partner.shutdown()


def test_there_must_have_been_one(library):
    with pytest.raises(AssertionError, match="No message 0x100 was recorded on bus 'body' since the bus was"):
        routed(library)
    mark = library.set_can_mark(bus="body")
    library.send_can_message("0x100", bus="body")
    with pytest.raises(AssertionError, match="was not routed"):
        routed(library, since=mark, within=0.01)


def test_one_bus_is_no_route(library):
    with pytest.raises(CanLibraryError, match="from_bus and to_bus are both 'body'"):
        routed(library, to_bus="body")


def test_two_recordings_are_judged_by_the_times_of_their_files(library, tmp_path):
    for name, line in (("there", "(9.5) can0 100#01 R"), ("here", "(9.53) can0 200#01 R")):
        (tmp_path / f"{name}.log").write_text(f"{line}\n")
        library.open_can_trace(tmp_path / f"{name}.log", name)
    buses = {"from_bus": "there", "to_bus": "here", "routed_id": "0x200"}
    assert routed(library, within=0.05, **buses) == pytest.approx(0.03)
    with pytest.raises(
        AssertionError, match="was routed to bus 'here' after 30 milliseconds; it should be within 20"
    ):
        routed(library, within=0.02, **buses)
    with pytest.raises(
        CanLibraryError, match="'there' and 'body' one is a recording: their times have nothing to do"
    ):
        routed(library, **{**buses, "to_bus": "body"})
    with pytest.raises(CanLibraryError, match="'there' is a recording: a gateway routes between open buses"):
        library.start_can_gateway("there", "body")


def test_what_passed_before_the_other_bus_was_opened_is_not_judged(library, channel):
    library.open_can_bus("first", channel=f"{channel}-1")
    library.send_can_message("0x100", bus="first")
    library.open_can_bus("late", channel=f"{channel}-2")
    with pytest.raises(ConfigurationError) as refused:
        routed(library, from_bus="first", to_bus="late")
    assert str(refused.value) == (
        "0x100  [0] passed on bus 'first' before bus 'late' was opened: whether it was routed there cannot be said."
    )

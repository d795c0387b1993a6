"""The verdicts about counters and checksums where nobody can know, and from Python."""

import sys
from datetime import timedelta

import pytest

from CanLibrary import CanLibraryError
from CanLibrary.types import CanId, CanMessages, Direction, Payload

ID = CanId("0x1A0")
COUNTER = {"byte": 1, "width": 4}


def send(library, *texts, bus="ecu"):
    library.send_can_messages(CanMessages(texts), bus=bus)
    library.set_can_mark()


def refusal(kind, call, *args, **named):
    with pytest.raises(kind) as refused:
        call(*args, **named)
    return str(refused.value)


def test_from_python_with_plain_values(library):
    send(library, "1A0#0101", "1A0#0202")
    assert library.message_counter_should_be_alive("0x1A0", counter=COUNTER) == 2
    assert library.message_checksum_should_be_valid(ID, checksum={"kind": "SUM", "byte": 0}) == 2


def test_messages_of_the_past_that_are_gone_are_no_verdict(new_library, channel):
    library = new_library(timeout=5, trace_size=10)
    library.open_can_bus("ecu", channel=channel)
    library.open_can_bus("tester", channel=channel)
    send(library, *(f"1A0#00{number % 16:02X}" for number in range(40)))
    gone = "of that time are gone, because the trace keeps 10. Give a later since=, or a larger trace_size."
    for keyword, described, what in (
        (library.message_counter_should_be_alive, {"counter": COUNTER}, "the counter"),
        (library.message_checksum_should_be_valid, {"checksum": {"kind": "XOR", "byte": 0}}, "the checksum"),
    ):
        said = refusal(CanLibraryError, keyword, ID, **described)
        assert said.startswith(
            f"Whether {what} of 0x1A0 on bus 'tester' since the bus was opened is right cannot be said: "
        )
        assert said.endswith(gone)


def test_a_package_that_is_missing_is_told_at_the_keyword(library, monkeypatch):
    monkeypatch.setitem(sys.modules, "e2e", None)
    told = 'needs the package autosar-e2e; install it with: pip install "robotframework-canlibrary[e2e]".'
    assert (
        refusal(
            CanLibraryError, library.message_checksum_should_be_valid, ID, e2e={"profile": 1, "data_id": 1}
        )
        == f"E2E profile 1 {told}"
    )
    assert (
        refusal(
            CanLibraryError,
            library.start_periodic_message,
            ID,
            Payload("00 00 00"),
            period=timedelta(seconds=1),
            checksum={"kind": "CRC16_CCITT", "byte": 0},
        )
        == f"A checksum of kind CRC16_CCITT {told}"
    )
    assert library.stop_all_periodic_messages() == 0


def test_own_messages_and_remote_messages(library):
    send(library, "1A0#0001", "1A0#R2", "1A0#0002")
    assert library.message_counter_should_be_alive(ID, counter=COUNTER) == 2
    assert refusal(
        AssertionError, library.message_counter_should_be_alive, ID, counter=COUNTER, direction=Direction.TX
    ).startswith("0 messages 0x1A0 on bus 'tester' were sent since")


@pytest.mark.parametrize("tolerance", [-1, 15])
def test_a_tolerance_that_is_none(library, tolerance):
    assert (
        refusal(
            CanLibraryError, library.message_counter_should_be_alive, ID, counter=COUNTER, tolerance=tolerance
        )
        == f"tolerance={tolerance} is not possible: it is 0 to 14 with this counter."
    )


def test_a_step_over_an_end_that_is_no_multiple_of_it(library):
    counter = {"byte": 0, "width": 4, "maximum": 9, "step": 3}
    send(library, "1A0#05", "1A0#08", "1A0#01", "1A0#00")
    said = refusal(AssertionError, library.message_counter_should_be_alive, ID, counter=counter)
    assert "is wrong 1 time in 4 messages" in said
    assert "after 1 came 0 (2 missing) at " in said


def test_many_mistakes_are_shortened(library):
    send(library, *(["1A0#0001"] * 9))
    said = refusal(AssertionError, library.message_counter_should_be_alive, ID, counter=COUNTER)
    assert "is wrong 8 times in 9 messages" in said
    assert said.count("it stayed 1") == 5
    assert said.endswith("; and 3 more.")


def test_as_many_as_the_tolerance_may_be_missing(library):
    send(library, "1A0#0001", "1A0#0004")
    assert library.message_counter_should_be_alive(ID, counter=COUNTER, tolerance=2) == 2
    said = refusal(AssertionError, library.message_counter_should_be_alive, ID, counter=COUNTER, tolerance=1)
    assert "after 1 came 4 (2 missing) at " in said


def test_a_recording_is_judged_too(library, tmp_path):
    send(library, "1A0#0101", "1A0#0202", "1A0#0404")
    library.save_can_trace(tmp_path / "drive.blf", since="opened")
    library.open_can_trace(tmp_path / "drive.blf", "drive")
    assert library.message_checksum_should_be_valid(ID, checksum={"kind": "XOR", "byte": 0}, bus="drive") == 3
    said = refusal(AssertionError, library.message_counter_should_be_alive, ID, counter=COUNTER, bus="drive")
    assert said.startswith(
        "The counter of 0x1A0 on bus 'drive' is wrong 1 time in 3 messages in the recording: after 2 came 4 (1 missing)"
    )


class TestNoVerdict:
    """What filters hid is not judged, and a description that covers nothing is none."""

    @pytest.mark.parametrize("cleared", [False, True])
    def test_filters(self, library, cleared):
        library.set_can_filters("0x7FF")
        send(library, "1A0#0155")
        if cleared:
            library.clear_can_filters()
        for judge in (
            lambda: library.message_counter_should_be_alive(ID, counter=COUNTER),
            lambda: library.message_checksum_should_be_valid(ID, checksum={"kind": "XOR", "byte": 1}),
        ):
            assert refusal(CanLibraryError, judge).startswith(
                "The filters of bus 'tester' (0x7FF:0x7FF) let no message 0x1A0 through"
            )

    def test_a_checksum_of_nothing(self, library):
        send(library, "1A0#0000")
        checksum = {"kind": "XOR", "byte": 1, "first": 1, "last": 1}
        assert refusal(CanLibraryError, library.message_checksum_should_be_valid, ID, checksum=checksum) == (
            "checksum: checksum covers no byte: 1 to 1 are its own."
        )

    def test_another_data_id_beside_the_checksum(self, library, eventually):
        e2e = {"profile": 1, "data_id": 0x1234, "mode": "NIBBLE"}
        library.start_periodic_message(ID, "00 00 12 34", period=10, e2e=e2e, name="own")
        sent = eventually(lambda: library.get_can_messages(ID, direction="Tx"))[0]
        library.stop_periodic_message("own")
        send(library, f"1A0#{sent.data[0]:02X}{sent.data[1] ^ 0x10:02X}1234")
        said = refusal(AssertionError, library.message_checksum_should_be_valid, ID, e2e=e2e)
        assert said.endswith(
            f"byte 1 should be 0x{sent.data[1]:02X}, but is 0x{sent.data[1] ^ 0x10:02X}: another data ID?."
        )

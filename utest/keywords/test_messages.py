"""Sending and receiving from Python, with plain values."""

import time
from datetime import timedelta

import can
import pytest

from CanLibrary import CanLibraryError, ConfigurationError
from CanLibrary.types import build_message


def refusal(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return str(refused.value)


class TestSend:
    @pytest.mark.parametrize(
        ("arguments", "options", "text"),
        [
            (("0x7E0", "02 10 03"), {}, "0x7E0  [3]  02 10 03"),
            ((0x7E0, [2, 16]), {}, "0x7E0  [2]  02 10"),
            ((0x7E0,), {"extended": True}, "0x000007E0  [0]"),
            (
                ("0x123", bytes(12)),
                {"fd": True, "bitrate_switch": True},
                "0x123  [12]  FD BRS" + "  " + "00 " * 11 + "00",
            ),
            (("0x123",), {"remote": True, "dlc": 4}, "0x123  [4]  remote"),
        ],
    )
    def test_it_returns_the_message_as_sent(self, library, arguments, options, text):
        sent = library.send_can_message(*arguments, **options)
        assert str(sent) == text
        assert sent.timestamp > 1.6e9
        assert str(library.receive_can_message(bus="ecu")) == text

    @pytest.mark.parametrize("timeout", [0.5, 1, "500 ms", timedelta(seconds=1)])
    def test_the_time_out_in_many_forms(self, library, timeout):
        assert str(library.send_can_message("0x1", timeout=timeout)) == "0x001  [0]"

    def test_a_message_that_is_not_possible(self, library):
        assert refusal(ConfigurationError, library.send_can_message, "0x123", bytes(9)) == (
            "9 data bytes are too many: classic CAN carries at most 8; shorten the data or send it with fd=True."
        )

    def test_with_its_own_messages_received_it_has_a_time_too(self, library, channel):
        library.open_can_bus("own", channel=channel, receive_own_messages=True)
        assert library.send_can_message("0x1").timestamp > 1.6e9
        assert library.receive_can_message(bus="own").is_rx is False


class TestSendMany:
    def test_text_and_messages(self, library):
        sent = ["123#DEADBEEF", build_message("0x7E0", "01"), can.Message(arbitration_id=0x18DA10F1)]
        assert library.send_can_messages(sent) == 3
        received = library.receive_can_messages(3, bus="ecu")
        assert [str(message) for message in received] == [
            "0x123  [4]  DE AD BE EF",
            "0x7E0  [1]  01",
            "0x18DA10F1  [0]",
        ]

    def test_what_was_received_can_be_sent_on(self, library):
        library.send_can_messages(["123#01", "123##1" + "00" * 12, "123#R4"])
        received = library.receive_can_messages(3, bus="ecu")
        assert library.send_can_messages(received, bus="ecu") == 3
        back = library.receive_can_messages(3)
        assert [str(message) for message in back] == [str(message) for message in received]
        assert all(message.is_rx for message in [*received, *back])

    @pytest.mark.parametrize("gap", [0.01, "10 ms", timedelta(milliseconds=10)])
    def test_some_time_apart(self, library, gap):
        began = time.monotonic()
        assert library.send_can_messages(["123#"] * 6, gap=gap) == 6
        assert time.monotonic() - began >= 0.05
        assert len(library.receive_can_messages(6, bus="ecu")) == 6

    def test_one_that_is_not_possible_and_none_is_sent(self, library):
        told = refusal(ConfigurationError, library.send_can_messages, ["123#01", "7FFF#"])
        assert told.startswith(
            "Message 2: '7FFF#' is no candump text; write 123#DEADBEEF (standard, three digits)"
        )
        assert refusal(AssertionError, library.receive_can_message, timeout=0, bus="ecu").startswith(
            "No message"
        )

    def test_an_error_frame_is_not_sent(self, library):
        assert refusal(ConfigurationError, library.send_can_messages, [can.Message(is_error_frame=True)]) == (
            "Message 1: An error frame is what a controller reports; it is no message that can be sent."
        )


class TestReceive:
    def test_by_identifier_and_pattern(self, library):
        library.send_can_messages(["100#01", "7E8#025003", "7E8#037F1012", "00000100#02"])
        assert str(library.receive_can_message("0x7E8", "?? 7F *", bus="ecu")) == "0x7E8  [4]  03 7F 10 12"
        assert str(library.receive_can_message("0x00000100", bus="ecu")) == "0x00000100  [1]  02"
        assert str(library.receive_can_message(bus="ecu")) == "0x100  [1]  01"

    def test_by_a_mask(self, library):
        library.send_can_messages(["100#4F01", "100#5F02"])
        received = library.receive_can_message("0x100", "50 00", mask="F0 00", bus="ecu")
        assert str(received) == "0x100  [2]  5F 02"

    @pytest.mark.parametrize("timeout", [0, 0.0, 0.01, "10 ms", timedelta(milliseconds=10)])
    def test_the_time_out_in_many_forms(self, library, timeout):
        told = refusal(AssertionError, library.receive_can_message, timeout=timeout, bus="ecu")
        shown = "10 milliseconds" if timeout else "0 seconds"
        assert told == f"No message arrived on bus 'ecu' within {shown}. Nothing else did."

    def test_the_time_out_of_the_import(self, new_library, channel):
        library = new_library(timeout="20 ms")
        library.open_can_bus("body", channel=channel)
        assert "within 20 milliseconds" in refusal(AssertionError, library.receive_can_message)

    def test_without_a_time_out_what_was_just_sent_is_there(self, library):
        for number in range(100):
            library.send_can_message("0x100", [number])
            assert library.receive_can_message(timeout=0, bus="ecu").data == bytes([number])

    @pytest.mark.parametrize("count", [0, -1])
    def test_a_count_that_is_none(self, library, count):
        assert refusal(ConfigurationError, library.receive_can_messages, count) == (
            f"count={count} is not possible: receive at least 1 message."
        )

    def test_clear_says_how_many(self, library):
        library.send_can_messages(["100#"] * 5)
        assert library.clear_received_messages(bus="ecu") == 5
        assert library.clear_received_messages(bus="ecu") == 0

    def test_lost_messages_are_told_once(self, new_library, channel):
        library = new_library(trace_size=10)
        library.open_can_bus("ecu", channel=channel)
        library.open_can_bus("tester", channel=channel)
        library.send_can_messages(["100#"] * 25)
        assert refusal(CanLibraryError, library.receive_can_message, timeout=0, bus="ecu") == (
            "Bus 'ecu' lost 15 unread messages, the oldest ones: the trace keeps 10 messages. Use Clear Received "
            "Messages before, or a larger trace_size."
        )
        assert len(library.receive_can_messages(10, bus="ecu")) == 10


def test_what_had_arrived_stands_before_what_is_sent_then(library, channel):
    """Else a message that came before a request looks like its answer."""
    with can.Bus(interface="virtual", channel=channel, ignore_config=True) as partner:
        for number in range(100):
            for _ in range(20):
                partner.send(can.Message(arbitration_id=0x7E8, is_extended_id=False))
            sent = library.send_can_message("0x7E0", [number])
            received = library.get_can_messages("0x7E8", since="opened", until=sent)
            assert len(received) == 20 * (number + 1)

"""Waits, marks and exchanges from Python, with plain values."""

import threading
from datetime import timedelta

import can
import pytest

from CanLibrary import ConfigurationError


def refusal(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return str(refused.value)


def message(identifier, data=b""):
    return can.Message(arbitration_id=identifier, is_extended_id=False, data=data)


class TestWait:
    def test_what_came_before_does_not_count_and_what_comes_is_found(self, library):
        library.send_can_message("0x100", "01")
        threading.Timer(0.05, library.send_can_message, ["0x100", "02"]).start()
        assert str(library.wait_for_can_message("0x100", bus="ecu")) == "0x100  [1]  02"
        assert len(library.receive_can_messages(2, bus="ecu")) == 2

    @pytest.mark.parametrize("within", [0.02, "20 ms", timedelta(milliseconds=20)])
    def test_the_time_in_many_forms(self, library, within):
        assert refusal(AssertionError, library.wait_for_can_message, "0x100", within=within) == (
            "No message 0x100 arrived on bus 'tester' within 20 milliseconds. Nothing else did."
        )
        library.can_message_should_not_arrive("0x100", within=within)

    @pytest.mark.parametrize("company", [False, True])
    def test_silence_where_nobody_could_speak_is_no_proof(
        self, new_library, channel, raw_bus, caplog, company
    ):
        library = new_library()
        library.open_can_bus("body", channel=channel)
        if company:
            raw_bus()
        library.send_can_message("0x100")
        library.can_message_should_not_arrive(within=0.02)
        told = (
            "Nobody but this library is on the virtual bus 'body': that nothing arrived says nothing about a system "
            "under test. Its bus is opened with Open Can Bus or described in config."
        )
        assert caplog.messages == ([] if company else [told])

    def test_silence_of_a_simulated_ecu_or_after_a_partner_left(self, new_library, channel, raw_bus, caplog):
        library = new_library()
        library.open_can_bus("body", channel=channel)
        partner = raw_bus()
        partner.send(message(0x100))
        partner.shutdown()
        library.wait_for_can_message("0x100", since="opened")
        library.can_message_should_not_arrive("0x200", within=0.02)
        library.open_can_bus("quiet", channel=f"{channel} 2")
        library.start_simulated_ecu("engine", txid=0x7E8, rxid=0x7E0)
        library.can_message_should_not_arrive("0x200", within=0.02)
        assert caplog.messages == []

    def test_should_not_arrive(self, library):
        threading.Timer(0.05, library.send_can_message, ["0x100", "02"]).start()
        told = refusal(AssertionError, library.can_message_should_not_arrive, "0x100", within=5, bus="ecu")
        assert told.startswith("Message 0x100  [1]  02 arrived on bus 'ecu' after ")

    def test_what_just_came_does_not_count(self, library):
        for number in range(50):
            library.send_can_message("0x100", [number])
            library.can_message_should_not_arrive("0x100", within=0.001, bus="ecu")


class TestMark:
    def test_waits_judge_from_it_on(self, library):
        library.send_can_message("0x100", "01")
        mark = library.set_can_mark(bus="ecu")
        library.send_can_message("0x100", "02")
        assert str(library.wait_for_can_message("0x100", since=mark, bus="ecu")) == "0x100  [1]  02"
        told = refusal(
            AssertionError, library.can_message_should_not_arrive, "0x100", since=mark, within=5, bus="ecu"
        )
        assert told.startswith("Message 0x100  [1]  02 arrived on bus 'ecu' after ")

    def test_of_another_bus(self, library):
        mark = library.set_can_mark(bus="ecu")
        assert refusal(ConfigurationError, library.wait_for_can_message, since=mark, bus="tester") == (
            "The mark at message 0 of bus 'ecu' is of another bus than 'tester', or of the time before it was opened "
            "again."
        )

    def test_of_before_the_bus_was_opened_again(self, library, channel):
        mark = library.set_can_mark()
        library.close_can_bus("tester")
        library.open_can_bus("tester", channel=channel)
        assert refusal(ConfigurationError, library.can_message_should_not_arrive, since=mark) == (
            "The mark at message 0 of bus 'tester' is of another bus than 'tester', or of the time before it was "
            "opened again."
        )

    def test_that_is_too_old(self, new_library, channel):
        library = new_library(trace_size=10)
        library.open_can_bus("ecu", channel=channel)
        mark = library.set_can_mark()
        library.open_can_bus("tester", channel=channel)
        library.send_can_messages(["100#"] * 20)
        told = refusal(ConfigurationError, library.wait_for_can_message, since=mark, bus="ecu")
        assert told.startswith("The mark at message 0 of bus 'ecu' is too old: the trace keeps 10 messages")

    def test_what_is_no_mark(self, library):
        assert refusal(ConfigurationError, library.wait_for_can_message, since="start") == (
            "'start' is no mark; give what Set Can Mark returned, a message that was received or sent, or opened."
        )


class TestExchange:
    def test_a_reply_inside_of_the_send_is_not_missed(self, library, answering):
        answering(lambda request: message(0x7E8, request.data))
        for number in range(50):
            reply = library.exchange_can_message("0x7E0", [number], reply_id="0x7E8")
            assert reply.data == bytes([number])
        assert refusal(AssertionError, library.receive_can_message, timeout=0).startswith(
            "No message arrived"
        )

    def test_a_reply_that_came_before_does_not_count(self, library, answering):
        bus = answering(lambda _request: message(0x100))
        bus.arrived.put(message(0x7E8, b"\x02\x50\x03"))
        told = refusal(
            AssertionError,
            library.exchange_can_message,
            "0x7E0",
            reply_id="0x7E8",
            reply_data="?? 50 *",
            within=0.05,
        )
        assert told.startswith(
            "No message 0x7E8 matching '?? 50 *' arrived on bus 'quick' within 50 milliseconds. A match arrived "
        )
        assert told.endswith(" 1 other did: 0x100 ×1.")
        assert str(library.receive_can_message("0x7E8", timeout=0)) == "0x7E8  [3]  02 50 03"

    def test_by_data_and_mask(self, library, answering):
        answering(lambda _request: message(0x7E8, b"\x02\x5f"))
        reply = library.exchange_can_message("0x7E0", reply_data="02 50", reply_mask="FF F0")
        assert str(reply) == "0x7E8  [2]  02 5F"

    @pytest.mark.parametrize(
        "options", [{}, {"reply_id": "*"}, {"reply_data": "*"}, {"reply_id": "*", "reply_data": "*"}]
    )
    def test_without_a_word_about_the_reply_it_is_refused_and_nothing_sent(self, library, options):
        assert refusal(ConfigurationError, library.exchange_can_message, "0x7E0", **options) == (
            "Say which message is the reply with reply_id= or reply_data=; any message at all is no verdict."
        )
        assert refusal(AssertionError, library.receive_can_message, timeout=0, bus="ecu").startswith(
            "No message"
        )

    def test_own_request_is_no_reply(self, library):
        told = refusal(
            AssertionError, library.exchange_can_message, "0x7E0", "01", reply_id="0x7E0", within=0.05
        )
        assert told == "No message 0x7E0 arrived on bus 'tester' within 50 milliseconds. Nothing else did."

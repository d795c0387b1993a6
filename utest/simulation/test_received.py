"""The verdict about what a simulated ECU has received."""

import threading
import time

import can
import pytest

from CanLibrary import CanLibraryError
from CanLibrary.simulation import log as ecu_log


def fails(library, sentence, *arguments, **named):
    with pytest.raises(AssertionError) as failure:
        library.simulated_ecu_should_have_received("engine", *arguments, **named)
    assert str(failure.value) == f"Simulated ECU 'engine' on bus 'body' {sentence}"


def test_requests_are_counted(tester):
    tester.simulated_ecu_answers_request("engine", "3E 00", "7E 00")
    for _ in range(2):
        tester.exchange_isotp_frame("3E 00")
    tester.send_isotp_frame("85 02")
    assert tester.simulated_ecu_should_have_received("engine", "3E *") == 2
    assert tester.simulated_ecu_should_have_received("engine", "3E 00", count=2) == 2
    assert tester.simulated_ecu_should_have_received("engine", "85 02", count=1) == 1
    assert tester.simulated_ecu_should_have_received("engine", "22 *", count=0) == 0
    others = "It received 3 requests: 3E 00 ×2, 85 02 ×1."
    of = "since the bus was opened"
    fails(tester, f"received no request '22 *' {of}. {others}", "22 *")
    fails(tester, f"received no request '22 *' {of}. {others}", "22 *", count=1)
    fails(tester, f"received request '3E 00' twice {of}; it should be once. {others}", "3E 00", count=1)
    fails(tester, f"received request '3E 00' twice {of}; it should be 3 times. {others}", "3E 00", count=3)
    fails(tester, f"received request '85 02' once {of}, but it should not. {others}", "85 02", count=0)


def test_messages_are_counted_whoever_sent_them(library, ecu, raw_bus):  # noqa: ARG001
    library.start_simulated_ecu("doors")
    library.simulated_ecu_answers_message("doors", "0x100 01", "101#01")
    library.simulated_ecu_answers_message("engine", "0x101", "102#01")
    library.exchange_can_message("0x100", "01", reply_id="0x102")
    raw_bus().send(can.Message(arbitration_id=0x103, is_extended_id=False, data=[3]))
    library.wait_for_can_message("0x103", since="opened")
    for message in ("0x100 01", "0x101", "0x103 0?"):
        assert library.simulated_ecu_should_have_received("engine", message=message, count=1) == 1
    seen = "It received 3 messages: 0x100 ×1, 0x101 ×1, 0x103 ×1."
    fails(
        library, f"received no message 0x102 since the bus was opened. {seen}", message="0x102"
    )  # its own answer


def test_nothing_at_all(library, ecu):  # noqa: ARG001
    fails(library, "received no request since the bus was opened. It received no request at all.", "*")
    fails(
        library,
        "received no message 0x123 matching '01 *' since the bus was opened. It received no message at all.",
        message="0x123 01 *",
    )


def test_it_can_be_waited_for(tester):
    later = threading.Timer(0.1, tester.send_can_message, ("0x7E0", "02 3E 80"))
    later.start()
    assert tester.simulated_ecu_should_have_received("engine", "3E 80", within=5) == 1
    later.join()
    later = threading.Timer(0.1, tester.send_can_message, ("0x123", "01"))
    later.start()
    assert tester.simulated_ecu_should_have_received("engine", message="0x123", count=1, within=0.5) == 1
    later.join()
    text = "received no request '85 *' since the bus was opened until 50 milliseconds later. "
    fails(tester, f"{text}It received 1 request: 3E 80 ×1.", "85 *", within=0.05)


def test_that_none_comes_fails_as_soon_as_one_does(tester):
    later = threading.Timer(0.05, tester.send_can_message, ("0x7E0", "02 3E 80"))
    later.start()
    text = "received request '3E 80' once since the bus was opened, but it should not. "
    began = time.monotonic()
    fails(tester, f"{text}It received 1 request: 3E 80 ×1.", "3E 80", count=0, within=5)
    assert time.monotonic() - began < 4
    later.join()


def test_exactly_so_often_is_only_known_at_the_end_of_the_time(tester):
    later = threading.Timer(0.05, tester.send_can_messages, (["123#01", "123#02"],))
    later.start()
    began = time.monotonic()
    assert tester.simulated_ecu_should_have_received("engine", message="0x123", count=2, within=0.4) == 2
    assert time.monotonic() - began >= 0.4
    later.join()
    of = "since the bus was opened"
    text = f"received message 0x123 twice {of} until 50 milliseconds later; it should be 3 times. "
    fails(
        tester,
        f"{text}It received 2 messages: 0x123 ×2.",
        message="0x123",
        count=3,
        within=0.05,
    )
    later = threading.Timer(0.1, tester.send_can_message, ("0x123", "03"))
    later.start()
    text = f"received message 0x123 3 times {of}; it should be twice. It received 3 messages: 0x123 ×3."
    began = time.monotonic()
    fails(tester, text, message="0x123", count=2, within=5)
    assert time.monotonic() - began < 4
    later.join()


def test_it_counts_since_a_mark_or_a_message(tester):
    tester.simulated_ecu_answers_request("engine", "3E 00", "7E 00")
    tester.exchange_isotp_frame("3E 00")
    tester.send_can_message("0x123", "01")
    mark = tester.set_can_mark()
    assert tester.simulated_ecu_should_have_received("engine", "3E 00", count=0, since=mark) == 0
    assert tester.simulated_ecu_should_have_received("engine", message="0x123", count=0, since=mark) == 0
    tester.exchange_isotp_frame("3E 00")
    message = tester.send_can_message("0x123", "02")
    assert tester.simulated_ecu_should_have_received("engine", "3E 00", count=1, since=mark) == 1
    assert tester.simulated_ecu_should_have_received("engine", message="0x123", count=1, since=mark) == 1
    assert tester.simulated_ecu_should_have_received("engine", message="0x123", count=0, since=message) == 0
    assert tester.simulated_ecu_should_have_received("engine", "3E 00", count=2, since="opened") == 2


def test_with_own_messages_that_come_back(library, channel):
    library.open_can_bus("echo", channel=channel, receive_own_messages=True)
    library.start_simulated_ecu("doors", bus="echo")
    mark = library.set_can_mark(bus="echo")
    library.send_can_message("0x123", "01", bus="echo")
    assert library.simulated_ecu_should_have_received("doors", message="0x123", count=1, since=mark) == 1
    library.simulated_ecu_answers_message("doors", "0x124")
    mark = library.set_can_mark(bus="echo")
    library.send_can_message("0x124", "01", bus="echo")
    later = library.set_can_mark(bus="echo")
    assert len(library.get_simulated_ecu_log("doors", since=mark)) == 1
    assert library.get_simulated_ecu_log("doors", since=later) == []


def test_one_that_has_stopped_can_still_be_asked(tester):
    tester.send_isotp_frame("85 02")
    tester.simulated_ecu_should_have_received("engine", "85 02")
    tester.stop_simulated_ecu("engine")
    assert tester.simulated_ecu_should_have_received("engine", "85 02", count=1) == 1
    tester.close_can_bus("body")
    assert tester.simulated_ecu_should_have_received("engine", "85 02", count=1) == 1
    assert len(tester.get_simulated_ecu_log("engine")) == 1


@pytest.mark.parametrize("arguments", [{}, {"request": "3E 00", "message": "0x123"}])
def test_one_thing_is_asked_for(library, ecu, arguments):  # noqa: ARG001
    with pytest.raises(
        CanLibraryError, match="Say what it should have received: a request such as 22 F1 90, or"
    ):
        library.simulated_ecu_should_have_received("engine", **arguments)


def test_no_verdict_where_its_log_was_full(library, monkeypatch):
    monkeypatch.setattr(ecu_log, "_MOST_MESSAGES", 10)
    monkeypatch.setattr(ecu_log, "_MOST_EVENTS", 5)
    library.start_simulated_ecu("doors")
    library.simulated_ecu_answers_message("doors", "0x123")
    library.send_can_message("0x100")
    library.send_can_messages(["123#01"] * 30)
    mark = library.set_can_mark()
    library.send_can_message("0x200")
    assert library.simulated_ecu_should_have_received("doors", message="0x123") == 9
    with pytest.raises(
        CanLibraryError, match=r"how often it received a message 0x100 since .* cannot be said, its log"
    ):
        library.simulated_ecu_should_have_received("doors", message="0x100", count=0)
    with pytest.raises(CanLibraryError, match="cannot be said"):
        library.simulated_ecu_should_have_received("doors", message="0x123", count=30)
    assert library.simulated_ecu_should_have_received("doors", message="0x200", count=1, since=mark) == 1
    assert len(library.get_simulated_ecu_log("doors")) == 5


def test_what_the_tester_broke_is_a_warning_and_in_the_log(tester, log):
    tester.send_can_message("0x7E0", "21 00 11 22")
    tester.simulated_ecu_answers_request("engine", "3E 00", "7E 00")
    tester.exchange_isotp_frame("3E 00")
    assert any("problem" in line for line in log())
    tester.simulated_ecu_should_have_received("engine", "3E 00")


def test_a_response_that_does_not_get_through_says_why(library, log):
    library.start_simulated_ecu("engine", txid="0x7E8", rxid="0x7E0", rx_flowcontrol_timeout=50)
    library.simulated_ecu_answers_request("engine", "22 *", "62 " + "11 " * 20)
    library.send_can_message("0x7E0", "03 22 F1 90")
    library.receive_can_message("0x7E8", "10 15 *")
    ecu = library.attributes["get_simulated_ecus"].__self__._ecus.running["engine"]
    with ecu.log.changed:
        assert ecu.log.changed.wait_for(lambda: not ecu.isotp.is_responding, 5)
    response = log()[-1]
    assert "no flow control" in response.lower(), response


def test_one_that_was_started_again_keeps_what_it_received(library, ecu, log):  # noqa: ARG001
    library.simulated_ecu_answers_message("engine", "0x300")
    library.send_can_message("0x200", "01")
    library.send_can_message("0x300")
    library.stop_simulated_ecu("engine")
    library.send_can_message("0x200", "02")  # nobody hears it
    mark = library.set_can_mark()
    library.start_simulated_ecu("engine", txid="0x7E8", rxid="0x7E0")
    library.send_can_message("0x201")
    seen = "It received 3 messages: 0x200 ×1, 0x300 ×1, 0x201 ×1."
    of = "since the bus was opened"
    fails(
        library,
        f"received message 0x200 once {of}, but it should not. {seen}",
        message="0x200",
        count=0,
        since="opened",
    )
    fails(library, f"received no message 0x599 {of}. {seen}", message="0x599")
    assert library.simulated_ecu_should_have_received("engine", message="0x200") == 1
    assert library.simulated_ecu_should_have_received("engine", message="0x200", count=0, since=mark) == 0
    assert len(log()) == 1


def test_one_that_was_on_another_bus_is_asked_only_since_then(library, ecu, channel):  # noqa: ARG001
    library.open_can_bus("other", channel=f"{channel}-other")
    library.send_can_message("0x200", "01", bus="body")
    library.stop_simulated_ecu("engine")
    library.start_simulated_ecu("engine", bus="other")
    sentence = (
        "Simulated ECU 'engine' was on another bus before it was started on bus 'other'; "
        "what it received there does not count here: ask with since= a mark that was set after that start."
    )
    for since in ({}, {"since": "opened"}):
        with pytest.raises(CanLibraryError) as refused:
            library.simulated_ecu_should_have_received("engine", message="0x200", count=0, **since)
        assert str(refused.value) == sentence
    mark = library.set_can_mark(bus="other")
    assert library.simulated_ecu_should_have_received("engine", message="0x200", count=0, since=mark) == 0


def test_one_of_a_bus_that_was_closed_meanwhile_is_asked_since_it_was_opened(library, ecu, channel):  # noqa: ARG001
    library.close_can_bus("body")
    library.open_can_bus("body", channel=channel)
    library.start_simulated_ecu("engine")
    library.send_can_message("0x200")
    assert library.simulated_ecu_should_have_received("engine", message="0x200", count=1) == 1

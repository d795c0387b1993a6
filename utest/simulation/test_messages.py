"""How a simulated ECU answers messages."""

import time

import can
import pytest

from CanLibrary import CanLibraryError


@pytest.fixture
def doors(library):
    library.start_simulated_ecu("doors")
    return library


def test_a_message_is_answered(doors, log, eventually):
    doors.simulated_ecu_answers_message("doors", "0x123 01 *", "124#0200")
    assert str(doors.exchange_can_message("0x123", "01 FF", reply_id="0x124")) == "0x124  [2]  02 00"
    doors.send_can_message("0x123", "02 FF")
    eventually(lambda: log("doors") == ["message 0x123  [2]  01 FF", "answer 0x124  [2]  02 00"])


def test_several_answers_come_in_order_after_the_delay(doors):
    doors.simulated_ecu_answers_message("doors", "0x123", "124#01", "00000125#02", "126##1AABB", delay=0.05)
    began = time.monotonic()
    doors.send_can_message("0x123")
    first = doors.receive_can_message()
    assert time.monotonic() - began >= 0.05
    rest = [str(doors.receive_can_message()) for _ in range(2)]
    assert [str(first), *rest] == ["0x124  [1]  01", "0x00000125  [1]  02", "0x126  [2]  FD BRS  AA BB"]


def test_it_answers_only_so_often(doors, log, eventually):
    doors.simulated_ecu_answers_message("doors", "0x123", "124#01", count=2)
    for _ in range(4):
        doors.send_can_message("0x123")
    doors.receive_can_messages(2, id="0x124")
    doors.can_message_should_not_arrive("0x124", within=0.1)
    eventually(lambda: log("doors").count("answer 0x124  [1]  01") == 2)


def test_silence_goes_before_an_answer(doors, log, eventually):
    doors.simulated_ecu_answers_message("doors", "0x123", "124#01")
    doors.simulated_ecu_answers_message("doors", "0x123 FF")
    doors.send_can_message("0x123", "FF")
    doors.exchange_can_message("0x123", "01", reply_id="0x124")
    eventually(lambda: log("doors")[0] == "message 0x123  [1]  FF (silence)")


def test_standard_and_extended_identifiers_are_two(doors):
    doors.simulated_ecu_answers_message("doors", "0x00000123", "124#01")
    doors.send_can_message("0x123")
    doors.can_message_should_not_arrive("0x124", within=0.1)
    doors.exchange_can_message("0x00000123", reply_id="0x124")


def test_any_message_and_a_remote_one(doors):
    doors.simulated_ecu_answers_message("doors", "* 01", "124#01")
    doors.simulated_ecu_answers_message("doors", "0x200", "200#FF")
    doors.exchange_can_message("0x5A5", "01", reply_id="0x124")
    doors.send_can_message("0x200", remote=True)
    doors.receive_can_message("0x200", "FF")


def test_simulated_ecus_answer_each_other_and_others(doors, raw_bus):
    doors.start_simulated_ecu("lamp")
    doors.simulated_ecu_answers_message("doors", "0x100", "101#01")
    doors.simulated_ecu_answers_message("lamp", "0x101", "102#02")
    partner = raw_bus()
    partner.send(can.Message(arbitration_id=0x100, is_extended_id=False))
    doors.wait_for_can_messages("0x100", "0x101", "0x102", since="opened")
    assert [partner.recv(1).arbitration_id for _ in range(2)] == [0x101, 0x102]


def test_filters_of_the_tester_do_not_make_it_deaf(doors, raw_bus):
    doors.simulated_ecu_answers_message("doors", "0x100", "101#01")
    doors.set_can_filters("0x101")
    raw_bus().send(can.Message(arbitration_id=0x100, is_extended_id=False))
    doors.receive_can_message("0x101")


def test_an_answer_that_is_no_message_is_refused(doors):
    with pytest.raises(CanLibraryError, match="'0x124 01' is no candump text; write 123#DEADBEEF"):
        doors.simulated_ecu_answers_message("doors", "0x123", "0x124 01")


def test_what_cannot_be_sent_is_told_by_the_next_keyword_and_by_the_log(library, channel, log):
    library.open_can_bus("slow", channel=f"{channel}-slow", fd=False)
    library.start_simulated_ecu("doors", bus="slow")
    library.simulated_ecu_answers_message("doors", "0x123", "124##0AABB")
    library.send_can_message("0x123")
    ecu = library.attributes["get_simulated_ecus"].__self__._ecus.running["doors"]
    assert ecu.settle()
    sentence = "Simulated ECU 'doors': Bus 'slow' was opened with fd=False and carries no CAN FD messages."
    with pytest.raises(CanLibraryError) as failure:
        library.send_can_message("0x124")
    assert str(failure.value) == sentence
    library.simulated_ecu_answers_message("doors", "0x123", "124#AABB")
    library.exchange_can_message("0x123", reply_id="0x124")
    assert "problem" in log("doors")[1]

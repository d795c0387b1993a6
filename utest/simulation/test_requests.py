"""How a simulated ECU answers ISO-TP requests."""

import time

import pytest

from CanLibrary import CanLibraryError

VIN = "62 F1 90 57 42 41 31 32 33 34 35 36 37 38 39 30 31 32 33 34"


def test_a_request_is_answered(tester, log, eventually):
    tester.simulated_ecu_answers_request("engine", "22 F1 90", VIN)
    assert str(tester.exchange_isotp_frame("22 F1 90")) == VIN
    eventually(lambda: log() == ["request 22 F1 90", f"response {VIN}"])


def test_several_responses_come_in_order(tester):
    tester.simulated_ecu_answers_request("engine", "19 *", "59 01", VIN, "59 03")
    tester.send_isotp_frame("19 02")
    assert [str(tester.receive_isotp_frame()) for _ in range(3)] == ["59 01", VIN, "59 03"]


def test_silence_and_an_unknown_request_get_no_answer(tester, log, eventually):
    tester.simulated_ecu_answers_request("engine", "3E 80")
    mark = tester.set_can_mark()
    tester.send_isotp_frame("3E 80")
    tester.send_isotp_frame("85 02")
    tester.simulated_ecu_should_have_received("engine", "85 02", within=5)
    eventually(lambda: log() == ["request 3E 80 (silence)", "request 85 02 (unanswered)"])
    tester.can_message_should_not_arrive("0x7E8", within=0.1, since=mark)


def test_pending_comes_first_as_often_as_it_is_asked_for(tester):
    tester.simulated_ecu_answers_request("engine", "31 01 *", "71 01 00", pending=2, pending_gap=0.05)
    began = time.monotonic()
    tester.send_isotp_frame("31 01 02 03")
    assert [str(tester.receive_isotp_frame()) for _ in range(3)] == ["7F 31 78", "7F 31 78", "71 01 00"]
    assert time.monotonic() - began >= 0.1


def test_pending_without_a_response_is_possible(tester):
    tester.simulated_ecu_answers_request("engine", "31 *", pending=1)
    assert str(tester.exchange_isotp_frame("31 01")) == "7F 31 78"
    tester.can_message_should_not_arrive("0x7E8", within=0.1)


def test_others_are_answered_while_one_is_pending_or_late(tester):
    tester.simulated_ecu_answers_request("engine", "31 *", "71 01", delay=0.2)
    tester.simulated_ecu_answers_request("engine", "3E 00", "7E 00")
    tester.send_isotp_frame("31 01")
    assert str(tester.exchange_isotp_frame("3E 00")) == "7E 00"
    assert str(tester.receive_isotp_frame()) == "71 01"


def test_a_response_goes_out_as_it_is_given(tester):
    tester.simulated_ecu_answers_request("engine", "22 F1 90", "62 F1")
    assert str(tester.exchange_isotp_frame("22 F1 90")) == "62 F1"


def test_a_functional_request_is_answered_physically(tester, log, eventually):
    tester.simulated_ecu_answers_request("engine", "22 *", VIN)
    tester.send_can_message("0x7DF", "03 22 F1 90")
    assert str(tester.receive_isotp_frame()) == VIN
    eventually(lambda: log() == ["request 22 F1 90 (functional)", f"response {VIN}"])


def test_nobody_gets_a_flow_control_for_a_functional_request(tester):
    begun = tester.send_can_message("0x7DF", "10 14 22 F1 90 00 00 00")
    tester.can_message_should_not_arrive("0x7E8", within=0.1, since=begun)


@pytest.mark.parametrize(
    ("ecu_address", "tester_address", "functional"),
    [
        ({"txid": "0x18DAF110", "rxid": "0x18DA10F1", "functional_id": "0x18DB33F1"}, None, "0x18DB33F1"),
        (
            {
                "addressing_mode": "Extended_11bits",
                "txid": "0x7E8",
                "rxid": "0x7E0",
                "target_address": 0xF1,
                "source_address": 0x10,
                "functional_id": "0x7DF",
            },
            {
                "addressing_mode": "Extended_11bits",
                "txid": "0x7E0",
                "rxid": "0x7E8",
                "target_address": 0x10,
                "source_address": 0xF1,
            },
            "0x7DF",
        ),
        (
            {
                "addressing_mode": "NormalFixed_29bits",
                "target_address": 0xF1,
                "source_address": 0x10,
                "functional_id": "0x18DB33F1",
            },
            {"addressing_mode": "NormalFixed_29bits", "target_address": 0x10, "source_address": 0xF1},
            "0x18DB33F1",
        ),
        (
            {
                "addressing_mode": "Mixed_11bits",
                "txid": "0x7E8",
                "rxid": "0x7E0",
                "address_extension": 0x55,
                "functional_id": "0x7DF",
            },
            {
                "addressing_mode": "Mixed_11bits",
                "txid": "0x7E0",
                "rxid": "0x7E8",
                "address_extension": 0x55,
            },
            "0x7DF",
        ),
    ],
    ids=["normal 29 bits", "extended", "fixed", "mixed"],
)
def test_every_addressing_mode_has_both_addresses(library, ecu_address, tester_address, functional):
    library.start_simulated_ecu("engine", **ecu_address)
    library.simulated_ecu_answers_request("engine", "22 F1 90", VIN)
    other_way = {"txid": ecu_address.get("rxid"), "rxid": ecu_address.get("txid")}
    library.open_isotp_connection("diag", **(tester_address or other_way))
    assert str(library.exchange_isotp_frame("22 F1 90")) == VIN
    prefix = {"Extended_11bits": "10 ", "Mixed_11bits": "55 "}.get(ecu_address.get("addressing_mode"), "")
    library.send_can_message(functional, f"{prefix}03 22 F1 90")
    assert str(library.receive_isotp_frame()) == VIN


def test_can_fd(channel, library):
    library.open_can_bus("fast", channel=f"{channel}-fd", fd=True)
    library.start_simulated_ecu("engine", txid="0x7E8", rxid="0x7E0", can_fd=True, tx_data_length=64)
    library.simulated_ecu_answers_request("engine", "22 *", "62 " + "11 " * 200)
    library.open_isotp_connection("diag", txid="0x7E0", rxid="0x7E8", can_fd=True)
    assert len(library.exchange_isotp_frame("22 F1 90")) == 201
    assert library.receive_can_message("0x7E8").is_fd


REFUSED = [
    ({"txid": "0x7E8", "rxid": "0x7E0", "functional_id": "0x7E0"}, "functional_id and rxid are both 0x7E0"),
    ({"txid": "0x7E8"}, "Normal_11bits addressing needs 'rxid'"),
    ({"functional_id": "0x7DF"}, "Normal_11bits addressing needs 'txid' and 'rxid'"),
    ({"txid": "0x7E8", "rxid": "0x7E0", "stmin": 200}, "stmin=200 is not possible"),
]


@pytest.mark.parametrize(("given", "sentence"), REFUSED)
def test_what_cannot_be_is_refused(library, given, sentence):
    with pytest.raises(CanLibraryError, match=sentence):
        library.start_simulated_ecu("engine", **given)
    assert library.get_simulated_ecus() == []


def test_can_fd_needs_a_bus_that_carries_it(library, channel):
    library.open_can_bus("slow", channel=f"{channel}-slow", fd=False)
    with pytest.raises(CanLibraryError, match="has can_fd=True, but bus 'slow' was opened with fd=False"):
        library.start_simulated_ecu("engine", txid="0x7E8", rxid="0x7E0", can_fd=True)


RULES = [
    ({"request": "22 F1 9"}, "'22 F1 9' has an odd number of digits in '9'"),
    ({"responses": [""]}, "an IsoTp frame carries at least one byte; leave the response out for silence"),
    ({"count": 0}, "count=0 is not possible: it is 1 or more"),
    ({"pending": -1}, "pending=-1 is not possible: it is 0 or more"),
    ({"delay": -1}, "delay=-1 is not possible: a time is 0 seconds or more"),
]


@pytest.mark.parametrize(("given", "sentence"), RULES)
def test_a_rule_that_cannot_be_is_refused(tester, given, sentence):
    request, responses = given.pop("request", "22 *"), given.pop("responses", ["62"])
    with pytest.raises(CanLibraryError, match=sentence):
        tester.simulated_ecu_answers_request("engine", request, *responses, **given)


def test_requests_need_an_address(library):
    library.start_simulated_ecu("doors")
    with pytest.raises(CanLibraryError, match=r"has no ISO-TP address: start it with txid= and rxid=\."):
        library.simulated_ecu_answers_request("doors", "22 *", "62")

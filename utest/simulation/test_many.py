"""Many simulated ECUs on one bus, and what hostile traffic does to them."""

import random
import threading

import can

ECUS = 8
ROUNDS = 50


def payload(round_number, ecu):
    """Return a response of nine messages that no other ECU gives in no other round."""
    return bytes([0x62, *round_number.to_bytes(2, "big"), ecu]) + bytes(
        (round_number * 7 + ecu * 31 + at) & 0xFF for at in range(60)
    )


def test_eight_ecus_answer_one_functional_request_each_to_its_tester(library):
    for number in range(ECUS):
        library.start_simulated_ecu(
            f"ecu{number}", txid=0x7E8 + number, rxid=0x7E0 + number, functional_id=0x7DF
        )
        library.open_isotp_connection(f"tester{number}", txid=0x7E0 + number, rxid=0x7E8 + number)
    library.open_isotp_connection("everybody", txid=0x7DF, rxid=0x6FF)
    for round_number in range(ROUNDS):
        request = bytes([0x22]) + round_number.to_bytes(2, "big")
        for number in range(ECUS):
            library.simulated_ecu_answers_request(f"ecu{number}", request, payload(round_number, number))
        library.send_isotp_frame(request, connection="everybody")
        for number in range(ECUS):
            assert library.receive_isotp_frame(connection=f"tester{number}") == payload(round_number, number)
    for number in range(ECUS):
        library.simulated_ecu_should_have_received(f"ecu{number}", "22 *", count=ROUNDS)
        assert not library.is_isotp_frame_available(connection=f"tester{number}")


def test_hostile_messages_neither_stop_it_nor_pile_up(ecu, tester, raw_bus, eventually):
    tester.simulated_ecu_answers_request("engine", "22 F1 90", "62 F1 90 " + "11 " * 50)
    tester.simulated_ecu_answers_message("engine", "0x123 01 *", "124#01")
    tester.close_isotp_connection("diag")
    running = threading.active_count()
    chance, partner = random.Random(6), raw_bus()
    identifiers = (0x7E0, 0x7DF, 0x123, 0x700)
    for _ in range(20_000):
        partner.send(
            can.Message(
                arbitration_id=chance.choice(identifiers),
                is_extended_id=chance.random() < 0.05,
                is_remote_frame=False,
                data=chance.randbytes(chance.randrange(9)),
            )
        )
    assert threading.active_count() == running
    eventually(ecu.settle, within=20)
    assert len(ecu._heard) == 0
    assert len(ecu._due) == 0
    tester.open_isotp_connection("diag", txid="0x7E0", rxid="0x7E8")
    assert str(tester.exchange_isotp_frame("22 F1 90", reply="62 *")).startswith("62 F1 90 11")

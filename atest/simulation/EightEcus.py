"""Eight simulated ECUs and nine testers on one bus: rounds of one functional request and eight long answers."""

from __future__ import annotations

from typing import Any

from robot.api import logger
from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn

ECUS = range(8)


def response(number: int, ecu: int) -> bytes:
    """Return a response of nine messages that no other ECU gives in no other round."""
    head = bytes([0x62, *number.to_bytes(2, "big"), ecu])
    return head + bytes((number * 7 + ecu * 31 + at) & 0xFF for at in range(60))


@library(scope="SUITE")
class EightEcus:
    """Works on the running CanLibrary."""

    @property
    def can(self) -> Any:
        return BuiltIn().get_library_instance("CanLibrary")

    @keyword
    def start_eight_ecus_and_nine_testers(self) -> None:
        """Starts ECUs at 0x7E0/0x7E8 … 0x7E7/0x7EF and 0x7DF, a tester for each, and one that asks all."""
        for ecu in ECUS:
            self.can.start_simulated_ecu(f"ecu{ecu}", txid=0x7E8 + ecu, rxid=0x7E0 + ecu, functional_id=0x7DF)
            self.can.open_isotp_connection(f"tester{ecu}", txid=0x7E0 + ecu, rxid=0x7E8 + ecu)
        self.can.open_isotp_connection("everybody", txid=0x7DF, rxid=0x6FF)

    @keyword
    def ask_all_of_them(self, rounds: int) -> None:
        """Asks all at once, again and again; fails unless each tester gets the answer of its ECU in this round."""
        for number in range(rounds):
            request = bytes([0x22]) + number.to_bytes(2, "big")
            for ecu in ECUS:
                self.can.simulated_ecu_answers_request(f"ecu{ecu}", request, response(number, ecu))
            self.can.send_isotp_frame(request, connection="everybody")
            for ecu in ECUS:
                payload = self.can.receive_isotp_frame(connection=f"tester{ecu}")
                if payload != response(number, ecu):
                    raise AssertionError(f"Round {number}: tester {ecu} got {payload.hex(' ')}.")
        for ecu in ECUS:
            self.can.simulated_ecu_should_have_received(f"ecu{ecu}", "22 *", count=rounds)
            if self.can.is_isotp_frame_available(connection=f"tester{ecu}"):
                raise AssertionError(f"Tester {ecu} got one answer too many.")
        logger.info(f"{rounds * len(ECUS)} answers, each with its tester.")

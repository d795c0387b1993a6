"""The library of the generated suites: a clock, raw python-can beside the keywords, and an empty keyword."""

from __future__ import annotations

import gc
import json
import os
import threading
import time
from pathlib import Path

import can
from robot.api.deco import library

from CanLibrary.types import CONVERTERS, CanId, Payload


@library(scope="GLOBAL", converters=CONVERTERS, auto_keywords=True)
class robot_peer:
    def __init__(self) -> None:
        self._times: dict[str, list[float]] = {}
        self._messages: list[can.Message] = []

    # -- the clock ----------------------------------------------------------------------------------

    def begin(self) -> None:
        gc.collect()
        self._begun = time.perf_counter()

    def end(self, label: str, count: int) -> None:
        self._note(label, time.perf_counter() - self._begun, count)

    def _note(self, label: str, seconds: float, count: int) -> None:
        self._times.setdefault(label, []).append(seconds / count)

    def write_results(self) -> None:
        Path(os.environ["RESULTS"]).write_text(json.dumps(self._times), "utf-8")

    # -- the peers of one keyword -------------------------------------------------------------------

    def empty(self, id: CanId, data: Payload) -> None:
        """Do nothing with two arguments that were converted."""

    def raw_send(self, id: CanId, data: Payload) -> None:
        self._raw.send(can.Message(arbitration_id=id.value, is_extended_id=id.extended, data=data))

    # -- the peers of many messages -----------------------------------------------------------------

    def open_raw_buses(self, ours: int, raw: int) -> None:
        """Open the partner of the library's bus, and a raw bus with a partner of its own."""
        self._partner, self._raw, self._raw_partner = (
            can.Bus(interface="virtual", channel=channel, ignore_config=True) for channel in (ours, raw, raw)
        )

    def close_raw_buses(self) -> None:
        for bus in (self._partner, self._raw, self._raw_partner):
            bus.shutdown()

    def drain_raw_buses(self) -> None:
        """Empty the queues of those who never read."""
        for bus in (self._partner, self._raw, self._raw_partner):
            while bus.recv(0) is not None:
                pass

    def make_messages(self, count: int) -> list[can.Message]:
        self._messages = [
            can.Message(arbitration_id=0x123, is_extended_id=False, data=number.to_bytes(8, "big"))
            for number in range(count)
        ]
        return self._messages

    def make_texts(self, count: int) -> list[str]:
        return [f"123#{number:016X}" for number in range(count)]

    def send_raw(self, label: str) -> None:
        self.begin()
        for message in self._messages:
            self._raw.send(message)
        self.end(label, len(self._messages))

    def let_partner_send(self) -> None:
        """Send from another thread, while somebody receives."""
        self._start_sending(self._partner)

    def _start_sending(self, bus: can.BusABC) -> None:
        threading.Thread(target=self._send, args=(bus,), daemon=True).start()

    def _send(self, bus: can.BusABC) -> None:
        for message in self._messages:
            bus.send(message)

    def fill_mailbox(self, last: CanId) -> None:
        """Send all and then one with an identifier of its own, which tells that all are there."""
        self._send(self._partner)
        self._partner.send(can.Message(arbitration_id=last.value, is_extended_id=last.extended))

    def receive_raw(self, label: str) -> None:
        self.begin()
        self._start_sending(self._raw_partner)
        self._receive()
        self.end(label, len(self._messages))

    def receive_raw_queue(self, label: str) -> None:
        self._send(self._raw_partner)
        self.begin()
        self._receive()
        self.end(label, len(self._messages))

    def _receive(self) -> None:
        received = []
        while len(received) < len(self._messages):
            message = self._raw.recv(60)
            assert message is not None
            received.append(message)

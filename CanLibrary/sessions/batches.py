"""Messages that go out together, where an exporter takes them so: a call for each costs milliseconds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from CanLibrary.traffic.bus_traffic import BusTraffic, Node

MOST = 250  # messages in one piece: while they go out, others who send on the bus wait for 20 milliseconds


class Batches:
    """Sends many messages on one bus; who calls has the turn to send."""

    def __init__(self, bus: Any, traffic: BusTraffic) -> None:
        self._bus, self._traffic = bus, traffic
        self.possible = bool(getattr(bus, "sends_in_batches", False))
        self.begins: int | None = None  # the position of the first record of a batch that is under way

    def send(self, messages: Sequence[Any]) -> tuple[int, Exception | None]:
        """Send messages of python-can in order; they stand in the trace before any answer to them can.

        Returns:
            How many are out and, if not all of them, why not the next one; only those stay in the trace.
        """
        now, timestamp = time.monotonic(), time.time()
        self.begins = self._traffic.trace.end
        try:
            positions = [self._traffic.sending(message, now, timestamp) for message in messages]
            sent, error = self._bus.send_batch(messages)
            for position in positions[sent:]:
                self._traffic.withdraw(position)
        finally:
            self.begins = None
        if self._traffic.nodes:
            for message in messages[:sent]:
                self._traffic.tell_nodes(message)
        return sent, error

    def send_from(self, node: Node, messages: Sequence[Any]) -> tuple[int, Exception | None]:
        """Do the same for a simulated node: everybody else on this bus receives them."""
        now, timestamp = time.monotonic(), time.time()
        for message in messages:
            self._traffic.expect_echo_of_node(message, now)
        sent, error = self._bus.send_batch(messages)
        for message in messages[:sent]:
            self._traffic.simulated(message, now, timestamp, node)
        return sent, error

"""The ISO-TP of a simulated ECU: where requests come in, and responses on their way out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from CanLibrary.config.ecus import EcuDescription
from CanLibrary.errors import BusError, driver_errors
from CanLibrary.sessions.faults import SetFaults
from CanLibrary.sessions.simulated_node import SimulatedNode
from CanLibrary.simulation.log import EcuEvent, EcuLog
from CanLibrary.simulation.troubles import Troubles
from CanLibrary.transport.protocol import Transfer
from CanLibrary.transport.python import PythonTransport
from CanLibrary.types import IsoTpParams, Payload, TargetAddressType

_READ_TIMEOUT = 0.5  # seconds between two looks at the timers of ISO-TP where none of them runs


class IsoTpEnd:
    """A physical address, and beside it perhaps a functional one, which only listens."""

    def __init__(
        self, description: EcuDescription, node: SimulatedNode, log: EcuLog, troubles: Troubles
    ) -> None:
        self._name = description.name
        self._node = node
        self._log = log
        self._troubles = troubles
        self._responses: deque[tuple[Transfer, EcuEvent]] = deque()  # on their way
        self.physical: PythonTransport | None = None
        self.functional: PythonTransport | None = None
        self.faults: SetFaults | None = None  # those that a test set
        if description.address is not None:
            with driver_errors(f"Simulated ECU '{self._name}' could not be started"):
                self.physical = self._transport(description.address, description.params)
                self.faults = SetFaults(f"simulated ECU '{self._name}'", self.physical)
                if description.functional is not None:
                    # Functional requests are single frames (ISO 15765-2); nobody gets a flow control from here.
                    params = replace(description.params, listen_mode=True)
                    self.functional = self._transport(description.functional, params)

    def _transport(self, address: Any, params: IsoTpParams) -> PythonTransport:
        transport = PythonTransport(self._name, self._node, address, params, _READ_TIMEOUT)
        transport.inbox.changed = self._log.changed  # one condition wakes the ECU, whatever happened
        return transport

    @property
    def transports(self) -> list[PythonTransport]:
        """Those that there are: physical, functional."""
        return [transport for transport in (self.physical, self.functional) if transport is not None]

    @property
    def has_requests(self) -> bool:
        """Whether a request waits."""
        return any(transport.inbox.unread for transport in self.transports)

    @property
    def has_news(self) -> bool:
        """Whether there is something for `look`."""
        done = bool(self._responses) and self._responses[0][0].done
        return done or any(transport.inbox.has_problems for transport in self.transports)

    @property
    def is_responding(self) -> bool:
        """Whether a response is on its way."""
        return bool(self._responses)

    def take_requests(self) -> Iterator[tuple[Payload, bool]]:
        """Yield the requests that wait, and whether they came on the functional address."""
        for transport in self.transports:
            while True:
                with self._log.changed:
                    payload = transport.inbox.take(lambda _payload: True)
                if payload is None:
                    break
                yield payload, transport is self.functional

    def respond(self, response: Payload) -> None:
        """Begin to send a response."""
        assert self.physical is not None
        event = self._log.note("response", data=response, note="on its way")
        self._responses.append((self.physical.send(response, TargetAddressType.Physical), event))

    def look(self) -> None:
        """Note what became of responses, and what ISO-TP met."""
        while self._responses and self._responses[0][0].done:
            transfer, event = self._responses.popleft()
            event.note = "" if transfer.error is None else self._sentence(transfer.error)
            if isinstance(transfer.error, BusError):
                self._troubles.add_error(transfer.error)
            elif transfer.error is not None:
                self._troubles.add_problem(event.note)
        for transport in self.transports:
            for problem in transport.inbox.take_problems():
                sentence = self._sentence(problem.error)
                self._log.note("problem", note=sentence)
                if isinstance(problem.error, BusError):
                    self._troubles.add_error(problem.error)
                else:
                    self._troubles.add_problem(sentence)

    def _sentence(self, error: Exception) -> str:
        """Return what ISO-TP says of a connection as it is said of an ECU, which is named in front of it."""
        name = f"connection '{self._name}'"
        return str(error).removeprefix(f"On {name}: ").replace(f" on {name}", "")

    def abandon(self) -> None:
        """Note that responses on their way do not get through any more."""
        for _, event in self._responses:
            event.note = "not through when the ECU was stopped"
        self._responses.clear()

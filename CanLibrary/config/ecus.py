"""Frozen descriptions of simulated ECUs: what a YAML file or a keyword asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from CanLibrary.types import (
    AnyIsoTpAddress,
    CanMessage,
    CanMessagePattern,
    IsoTpParams,
    Pattern,
    Payload,
)

PENDING_GAP = 0.05  # seconds from one "response pending" to the next, and from the last to the response


@dataclass(frozen=True)
class RequestRule:
    """How an ISO-TP request is answered; no responses are silence."""

    request: Pattern
    responses: tuple[Payload, ...] = ()
    delay: float = 0.0  # seconds until the first of what it answers
    pending: int = 0  # how often it says first that the response is pending
    pending_gap: float = PENDING_GAP
    count: int | None = None  # how often the rule counts; None for always

    @property
    def pattern(self) -> str:
        """What is answered, as text; of two rules with the same one the later counts."""
        return str(self.request)


@dataclass(frozen=True)
class MessageRule:
    """How a message is answered; no answers are silence."""

    when: CanMessagePattern
    answers: tuple[CanMessage, ...] = ()
    delay: float = 0.0
    count: int | None = None

    @property
    def pattern(self) -> str:
        """What is answered, as text; of two rules with the same one the later counts."""
        return str(self.when)


@dataclass(frozen=True)
class CyclicMessage:
    """A message that an ECU sends each period."""

    name: str  # its handle, as a periodic message
    message: CanMessage
    period: float
    living: Any = None  # counter, checksum and the like


@dataclass(frozen=True)
class EcuDescription:
    """A simulated ECU to start, on a bus known by its alias or on the current one."""

    name: str
    bus: str | None = None
    address: AnyIsoTpAddress | None = None
    functional: AnyIsoTpAddress | None = None  # on which it hears functional requests
    params: IsoTpParams = field(default_factory=IsoTpParams)
    requests: tuple[RequestRule, ...] = ()
    messages: tuple[MessageRule, ...] = ()
    cyclic: tuple[CyclicMessage, ...] = ()

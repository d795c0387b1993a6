"""Functional requests: who is expected to answer, and what answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from CanLibrary.formatting import duration, hex_text, plural
from CanLibrary.types.can_id import CanId
from CanLibrary.types.payload import Payload

_SHOWN = 64  # bytes of an answer in the text


@dataclass(frozen=True)
class Responder:
    """Somebody who answers: a name, the identifier of the answers, and that of flow controls to it if it is known."""

    name: str
    rxid: CanId
    txid: CanId | None = None

    def __str__(self) -> str:
        return f"{self.rxid}" if self.name == str(self.rxid) else f"'{self.name}' ({self.rxid})"


class Responders(tuple[Responder, ...]):
    """Who should answer a functional request: a dictionary of names, or a list.

    Each is the identifier of its answers, such as ``0x7E8``, or two identifiers, ``0x7E8 0x7E0``: that of its answers
    and that of physical requests to it. The second is needed only where ISO 15765-4 does not say it and the answer has
    several messages.
    """

    __slots__ = ()

    def __new__(cls, value: object = ()) -> Responders:
        """Return the responders that the value describes."""
        if isinstance(value, Responders):
            return value
        if isinstance(value, Mapping):
            found = [_responder(item, str(name)) for name, item in value.items()]
        elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
            found = [_responder(item, "") for item in value]
        else:
            found = [_responder(value, "")]
        if not found:
            raise ValueError("There is nobody in the list of responders; leave it out if nobody is known.")
        for at, responder in enumerate(found):
            if any(responder.rxid == other.rxid for other in found[:at]):
                raise ValueError(
                    f"{responder.rxid} stands twice among the responders: answers could not be told apart."
                )
        return super().__new__(cls, found)


def _responder(value: object, name: str) -> Responder:
    given = value.replace(",", " ").split() if isinstance(value, str) else value
    if isinstance(given, Iterable):
        ids = [CanId(single) for single in given]
        if not 1 <= len(ids) <= 2:
            raise ValueError(
                f"{value!r} is no responder; give the identifier of its answers, and with a blank that of requests to "
                "it: 0x7E8 0x7E0."
            )
        if len(ids) == 2 and (ids[0] == ids[1] or ids[0].extended != ids[1].extended):
            raise ValueError(f"{ids[0]} and {ids[1]} are no pair: they must differ, and be of one format.")
    else:
        ids = [CanId(given)]
    return Responder(name or str(ids[0]), *ids)


# What a dataclass could do besides would cost each import of the library a millisecond.
@dataclass(eq=False)
class FunctionalAnswer:
    """The answer of one ECU to a functional request.

    ``name`` (as it was given, else its identifier as text), ``rxid`` (the identifier of its answers), ``data`` (bytes),
    ``after`` (seconds from the request to the first message of the answer), ``complete_after`` (seconds to its last
    message) and ``pending`` (how often it said response pending before).
    """

    name: str
    rxid: CanId
    data: Payload
    after: float
    complete_after: float
    pending: int = 0

    def __bytes__(self) -> bytes:
        return bytes(self.data)

    def __str__(self) -> str:
        who = f"{self.rxid}" if self.name == str(self.rxid) else f"{self.name} {self.rxid}"
        pending = f", {plural(self.pending, 'response')} pending before" if self.pending else ""
        return (
            f"{who}  [{len(self.data)}]  {hex_text(self.data, _SHOWN)}  "
            f"(after {duration(round(self.after, 6))}{pending})"
        )

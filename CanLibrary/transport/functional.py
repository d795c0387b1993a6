"""Functional requests on the wire: a single frame to all, and what each of those who answer needs (ISO 15765-4)."""

from __future__ import annotations

from typing import Any

from CanLibrary.errors import ConfigurationError
from CanLibrary.formatting import plural
from CanLibrary.traffic.trace import key_of
from CanLibrary.transport.observer import Observer, Stream
from CanLibrary.types import AddressingMode, CanId, CanMessage, IsoTpAddress, IsoTpFrame, build_message
from CanLibrary.types.message import FD_LENGTHS

FUNCTIONAL_11BITS = CanId("0x7DF")
_ANSWERS_11BITS = range(0x7E8, 0x7F0)  # of ECU 1 to 8, whose requests have 8 less
_FUNCTIONAL_29BITS, _PHYSICAL_29BITS = 0x18DB, 0x18DA  # then the byte of the target, then that of the source
_SHORT = 7  # bytes of a single frame whose length stands in its first byte
_PADDING = 0xCC


def single_frame(txid: CanId, data: bytes, *, fd: bool, padding: int | None) -> CanMessage:
    """Return a payload as the single frame of a functional request.

    Raises:
        ConfigurationError: It does not fit into one.
    """
    most = FD_LENGTHS[-1] - 2 if fd else _SHORT
    if not data:
        raise ConfigurationError("An IsoTp frame carries at least one byte; give some data.")
    if len(data) > most:
        raise ConfigurationError(
            f"{len(data)} bytes do not fit into a functional request: it is a single frame of at most "
            f"{plural(most, 'byte')} (ISO 15765-2)."
        )
    head = bytes([len(data)]) if len(data) <= _SHORT else bytes([0, len(data)])
    return _message(txid, head + data, fd=fd, padding=padding)


def flow_control(txid: CanId, *, fd: bool, padding: int | None) -> CanMessage:
    """Return the flow control with which a responder sends all the rest: no block size, no separation time."""
    return _message(txid, b"\x30\x00\x00", fd=fd, padding=padding)


def _message(txid: CanId, data: bytes, *, fd: bool, padding: int | None) -> CanMessage:
    length = next(length for length in FD_LENGTHS if length >= len(data))
    if padding is not None:
        length = max(length, FD_LENGTHS[8])
    fill = _PADDING if padding is None else padding
    return build_message(txid, data + bytes([fill]) * (length - len(data)), fd=fd)


def known_answers(txid: CanId) -> list[CanId]:
    """Return the identifiers of all that may answer a functional request, by ISO 15765-4; none if it does not say."""
    if txid == FUNCTIONAL_11BITS:
        return [CanId(value, False) for value in _ANSWERS_11BITS]
    if txid.extended and txid.value >> 16 == _FUNCTIONAL_29BITS:
        tester = txid.value & 0xFF
        return [CanId(_PHYSICAL_29BITS << 16 | tester << 8 | ecu, True) for ecu in range(0x100)]
    return []


def physical_request(rxid: CanId) -> CanId | None:
    """Return the identifier of physical requests to who answers with an identifier, or None if that is not known."""
    if not rxid.extended and rxid.value in _ANSWERS_11BITS:
        return CanId(rxid.value - 8, False)
    if rxid.extended and rxid.value >> 16 == _PHYSICAL_29BITS:
        tester, ecu = rxid.value >> 8 & 0xFF, rxid.value & 0xFF
        return CanId(_PHYSICAL_29BITS << 16 | ecu << 8 | tester, True)
    return None


class AnswerObserver(Observer):
    """Puts the answers of one responder together, and knows when it waits for a flow control."""

    def __init__(self, rxid: CanId) -> None:
        mode = AddressingMode.Normal_29bits if rxid.extended else AddressingMode.Normal_11bits
        other = CanId(
            rxid.value ^ 1, rxid.extended
        )  # an address has two sides; nothing of this one is handed in
        super().__init__([IsoTpAddress(mode, txid=other, rxid=rxid)])
        self.wants_flow_control = False
        self._stream = self._streams[key_of(rxid.value, rxid.extended)][0]

    @property
    def receiving(self) -> bool:
        """Whether an answer of several messages is on its way."""
        return self._stream.began is not None

    def parsed(self, stream: Stream, message: CanMessage, pdu: Any, kind: str) -> None:  # noqa: ARG002
        """Note a first frame."""
        self.wants_flow_control = kind == "FF"

    def take(self, message: CanMessage) -> list[IsoTpFrame]:
        """Take a message into account and return what ended with it."""
        self.wants_flow_control = False
        self.note(message)
        ended, self.frames = self.frames, []
        return ended

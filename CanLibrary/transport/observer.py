"""ISO-TP as somebody sees it who only listens: what each message is, and the payloads that come together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from CanLibrary.formatting import duration, hex_text, id_text, plural
from CanLibrary.traffic.trace import id_of, key_of
from CanLibrary.transport.addresses import isotp_address, listening_keys, rx_address, sending_keys, tx_address
from CanLibrary.types import AnyIsoTpAddress, CanMessage, IsoTpFrame, Payload

_FLOW_STATUS = ("continue", "wait", "overflow")  # ISO 15765-2:2016, 9.6.5.2
_SHOWN = 32  # bytes of a payload beside its last message
_KINDS = ("SF", "FF", "CF", "FC")


@dataclass
class Stream:
    """What one side of an address sends with one identifier."""

    key: int
    from_partner: bool
    address: Any  # can-isotp's, of the receiving side
    prefix: bytes  # of the sending side
    prefix_size: int
    size: int = 0
    data: bytearray = field(default_factory=bytearray)
    next_number: int = 0
    began: CanMessage | None = None
    messages: int = 0

    def carries(self, message: CanMessage) -> bool:
        """Return whether a message with this identifier is of this address: its first byte may decide."""
        if self.from_partner:
            return bool(self.address.is_for_me(message))
        return message.data.startswith(self.prefix)

    def end(self, last: CanMessage, problem: str = "") -> IsoTpFrame:
        """Return the payload that is under way as it is now, and have none under way."""
        value, extended = id_of(self.key)
        assert self.began is not None
        frame = IsoTpFrame(
            value,
            extended,
            Payload.of(self.data),
            self.size,
            self.from_partner,
            self.messages,
            self.began.received_at,
            last.received_at,
            problem,
        )
        self.began = None
        return frame


class Observer:
    """Follows the messages of some addresses, in the order of a trace."""

    def __init__(self, addresses: Iterable[AnyIsoTpAddress]) -> None:
        self.frames: list[IsoTpFrame] = []  # what came together, or broke off, in that order
        self._streams: dict[int, list[Stream]] = {}
        for address in addresses:
            receiving, sending = isotp_address(rx_address(address)), isotp_address(tx_address(address))
            for key in sending_keys(address):
                prefix = sending.get_tx_payload_prefix()
                self._add(Stream(key, False, None, prefix, len(prefix)))
            for key in listening_keys(address):
                self._add(Stream(key, True, receiving, b"", receiving.get_rx_prefix_size()))

    def _add(self, stream: Stream) -> None:
        self._streams.setdefault(stream.key, []).append(stream)

    @property
    def keys(self) -> set[int]:
        """The identifiers that it follows, as keys of the trace."""
        return set(self._streams)

    def note(self, message: CanMessage) -> str:
        """Take a message into account and return what it is in ISO-TP, or nothing."""
        if message.is_remote_frame or message.is_error_frame:
            return ""
        key = key_of(message.arbitration_id, message.is_extended_id)
        for stream in self._streams.get(key, ()):
            if stream.carries(message):
                return self._note(stream, message)
        return ""

    def finish(self) -> None:
        """Note that no more messages come: what is under way is not complete."""
        for stream in (single for streams in self._streams.values() for single in streams):
            if stream.began is not None:
                self.frames.append(stream.end(stream.began, _missing(stream)))

    def parsed(self, stream: Stream, message: CanMessage, pdu: Any, kind: str) -> None:
        """Look at a message before it counts: nothing here, for who wants to know more."""

    def _note(self, stream: Stream, message: CanMessage) -> str:
        from isotp.protocol import PDU

        try:
            pdu = PDU(message, stream.prefix_size)  # type: ignore[arg-type]  # it reads the data only
        except ValueError as error:
            return f"no valid ISO-TP message: {str(error).rstrip('.')}"
        kind = _KINDS[pdu.type]
        self.parsed(stream, message, pdu, kind)
        if kind == "FC":
            assert pdu.flow_status is not None
            assert pdu.stmin_sec is not None
            gap = duration(pdu.stmin_sec) if pdu.stmin_sec else "0"
            return f"FC {_FLOW_STATUS[pdu.flow_status]}, blocksize {pdu.blocksize}, stmin {gap}"
        if kind == "CF":
            return self._consecutive(stream, message, pdu)
        interrupted = ""
        if stream.began is not None:
            interrupted = f" (ends one of which {_missing(stream)})"
            self.frames.append(stream.end(message, f"a new one began: {_missing(stream)}"))
        stream.began, stream.messages, stream.next_number = message, 1, 1
        stream.size, stream.data = pdu.length or 0, bytearray(pdu.data)
        if kind == "FF":
            return f"FF {plural(stream.size, 'byte')}{interrupted}"
        return f"SF {self._complete(stream, message)}{interrupted}"

    def _consecutive(self, stream: Stream, message: CanMessage, pdu: Any) -> str:
        if stream.began is None:
            return f"CF {pdu.seqnum} of no IsoTp frame"
        stream.messages += 1
        expected = stream.next_number
        if pdu.seqnum != expected:
            self.frames.append(stream.end(message, f"CF {pdu.seqnum} came instead of CF {expected}"))
            return f"CF {pdu.seqnum} instead of CF {expected}"
        stream.next_number = (expected + 1) & 0xF
        stream.data += pdu.data[: stream.size - len(stream.data)]
        if len(stream.data) < stream.size:
            return f"CF {expected}"
        return f"CF {expected}: {self._complete(stream, message)}"

    def _complete(self, stream: Stream, message: CanMessage) -> str:
        frame = stream.end(message)
        self.frames.append(frame)
        shown = hex_text(frame.data, _SHOWN)  # says how many there are where it leaves some out
        return shown if len(frame.data) > _SHOWN else f"{plural(len(frame.data), 'byte')}: {shown}"


def _missing(stream: Stream) -> str:
    return f"{stream.size - len(stream.data)} of {plural(stream.size, 'byte')} are missing"


def annotate(messages: Iterable[CanMessage], addresses: Iterable[AnyIsoTpAddress]) -> list[str]:
    """Return for each message what it is in ISO-TP (`SF 3 bytes: 22 F1 90`, `FC continue, …`), or an empty text."""
    observer = Observer(addresses)
    return [observer.note(message) for message in messages]


def pair_text(address: AnyIsoTpAddress) -> str:
    """Return both sides of an address as a sentence names them: `0x7E0 → 0x7E8`."""
    sent, received = (
        " or ".join(id_text(*id_of(key)) for key in sorted(keys))
        for keys in (sending_keys(address), listening_keys(address))
    )
    return f"{sent} → {received}"

"""Faults on purpose: what an endpoint of can-isotp sends and hears is changed between the protocol and the bus."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from CanLibrary.formatting import duration, hex_text, id_text
from CanLibrary.types import IsoTpFault, IsoTpFaultKind, IsoTpMessageKind
from CanLibrary.types.message import FD_LENGTHS

_Kind, _Message = IsoTpFaultKind, IsoTpMessageKind
_N_PCI = (_Message.SF, _Message.FF, _Message.CF, _Message.FC)  # ISO 15765-2:2016, 9.6.1
_WAIT, _OVERFLOW = 0x31, 0x32  # flow control, 9.6.5
_SHORT_SIZE = 0xFFF  # the longest IsoTp frame whose length stands in 12 bits, 9.6.3
_LIE = 64  # bytes by which a length lies: more than any consecutive frame carries


class Faults:
    """The faults of one endpoint. All but `interrupt` and `resume` runs in the thread of that endpoint."""

    def __init__(self, layer: Any, send: Callable[[Any], None], padding: int | None) -> None:
        self._layer = layer
        self._send = send  # a message of python-can
        self._padding = padding
        self._waiting: list[IsoTpFault] = []
        self._ignoring: list[IsoTpFault] = []  # of the IsoTp frame that is being sent, or was sent last
        self._continued = False  # its sender got a flow control already
        self._held: Any = None  # what goes out after the next message
        self._left: int | None = None  # bytes of it that no message carried yet, where they are known
        self._at_once = threading.Event()

    @property
    def active(self) -> bool:
        """Whether there is anything to do."""
        return bool(self._waiting or self._ignoring or self._held is not None)

    @property
    def waiting(self) -> list[IsoTpFault]:
        """Those that are not over."""
        return list(self._waiting)

    def add(self, fault: IsoTpFault) -> None:
        """Play a fault from now on."""
        if not self.active:
            self._left = None
        self._waiting.append(fault)

    def clear(self) -> None:
        """Play none any more."""
        left, self._waiting, self._ignoring = self._waiting, [], []
        for fault in left:
            fault.is_over = True
        self._release()

    def forget(self) -> None:
        """Forget what belongs to the transfers of before: the endpoint stopped."""
        self._ignoring, self._held, self._left = [], None, None

    def interrupt(self) -> None:
        """Let nothing be late any more; called from any thread."""
        self._at_once.set()

    def resume(self) -> None:
        """Let things be late again."""
        self._at_once.clear()

    # -- out ----------------------------------------------------------------------------------------

    def transmit(self, message: Any) -> None:
        """Send a message of the endpoint, or what the faults make of it."""
        at = len(self._layer.address.get_tx_payload_prefix())
        kind = _N_PCI[message.data[at] >> 4]
        padding: int | None = self._note(kind, message, at)
        if kind in (_Message.SF, _Message.FF):  # a swap does not reach into the next IsoTp frame
            self._ignoring, self._continued, self._held = [], False, None
        held = self._held
        outgoing = [message]
        for fault in list(self._waiting):
            if fault.message not in (_Message.ANY, kind):
                continue
            fault.seen += 1
            if fault.seen >= fault.number:
                outgoing = self._play(fault, kind, outgoing, at, padding)
        for single in outgoing:
            self._send(single)
        if held is not None:
            self._release()

    def _note(self, kind: IsoTpMessageKind, message: Any, at: int) -> int | None:
        """Keep count of what is left of the IsoTp frame, and return how many bytes of the message are padding."""
        data, room = message.data, len(message.data) - at - 1
        if kind is _Message.FC:
            return room - 2
        if kind is _Message.SF:
            self._left = None
            return int(room - data[at] if data[at] else room - 1 - data[at + 1])
        if kind is _Message.FF:
            size, start = _first_frame_size(data, at)
            self._left = size - (len(data) - start)
            return 0
        if self._left is None:  # the fault was set in the middle of it
            return None
        padding, self._left = max(room - self._left, 0), max(self._left - room, 0)
        return padding

    def _play(
        self, fault: IsoTpFault, kind: IsoTpMessageKind, outgoing: list[Any], at: int, padding: int | None
    ) -> list[Any]:
        """Return what goes out instead of a message, or in the order of another one."""
        if not outgoing:
            return outgoing  # another fault dropped it
        message, shown = outgoing[0], _shown(outgoing[0])
        if fault.fault in (_Kind.DROP, _Kind.NEVER, _Kind.REORDER):
            return [] if self._withhold(fault, message) else outgoing
        if fault.fault in (_Kind.IGNORE_STMIN, _Kind.IGNORE_BLOCKSIZE):
            self._ignoring.append(fault)
            if fault.seen >= fault.number + fault.count - 1:
                self._end(fault)
        elif fault.fault is _Kind.WAIT:
            self._wait_before(fault, message, at)
        elif fault.fault is _Kind.LATE:
            self._played(fault, f"{shown} was sent {duration(fault.delay)} late")
            self._pause(fault.delay)
        elif fault.fault is _Kind.REPEAT:
            self._played(fault, f"{shown} was sent twice")
            return [*outgoing, message]
        elif self._change(fault, kind, message, at, padding):
            self._played(fault, f"{_shown(message)} was sent instead of {shown}")
        return outgoing

    def _withhold(self, fault: IsoTpFault, message: Any) -> bool:
        """Return whether a message is not sent, or not yet."""
        if fault.fault is _Kind.REORDER:
            if self._held is not None or not self._layer.is_tx_transmitting_cf():
                return False  # it is part of a swap, or no other one follows before the next flow control
            self._held = message
            self._played(fault, f"{_shown(message)} was sent after the next one")
            return True
        if fault.fault is _Kind.NEVER:
            self._layer.stop_receiving()
        self._played(fault, f"{_shown(message)} was not sent")
        return True

    def _change(
        self, fault: IsoTpFault, kind: IsoTpMessageKind, message: Any, at: int, padding: int | None
    ) -> bool:
        """Change the data of a message, and return whether it is another one now."""
        before, data = bytes(message.data), message.data
        if fault.fault is _Kind.OVERFLOW:
            data[at] = _OVERFLOW
            self._layer.stop_receiving()  # 9.6.5.2: who says so takes no more of it
        elif fault.fault is _Kind.CORRUPT:
            byte = _first_data_byte(kind, data, at) if fault.byte is None else fault.byte
            if byte < len(data):
                data[byte] ^= fault.mask
        elif fault.fault is _Kind.WRONG_SEQUENCE_NUMBER:
            data[at] = 0x20 | ((data[at] + 1) & 0xF)
        elif fault.fault is _Kind.LYING_LENGTH:
            _lie(data, at, fault.size)
        elif padding is not None and fault.fault is _Kind.WRONG_PADDING:
            used, full = len(data) - padding, next(size for size in FD_LENGTHS if size >= max(len(data), 8))
            if (other := fault.padding) is None:
                other = 0xFF if self._padding == 0 else 0
            message.data = data[:used] + bytes([other]) * (full - used)
            message.dlc = full
        return bytes(message.data) != before

    def _wait_before(self, fault: IsoTpFault, message: Any, at: int) -> None:
        go_on = message.data[at]
        message.data[at] = _WAIT
        for _ in range(fault.count):
            self._send(_copy(message))
            fault.note(f"{_shown(message)} was sent before the flow control")
            self._pause(fault.delay)
        message.data[at] = go_on
        self._end(fault)

    def _pause(self, seconds: float) -> None:
        """Wait; what can-isotp counts from this message on counts from its end."""
        self._at_once.wait(seconds)
        for timer in (self._layer.timer_rx_cf, self._layer.timer_rx_fc):
            if not timer.is_stopped():
                timer.start()

    def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._send(held)

    def _played(self, fault: IsoTpFault, what: str) -> None:
        fault.note(what)
        if fault.applied >= fault.count:
            self._end(fault)

    def _end(self, fault: IsoTpFault) -> None:
        self._waiting.remove(fault)
        fault.is_over = True

    # -- in -----------------------------------------------------------------------------------------

    def heard(self, message: Any) -> Any:
        """Return what the endpoint hears of a message of can-isotp, or None if it ignores that."""
        if not self._ignoring or not self._layer.address.is_for_me(message):
            return message
        at = self._layer.address.get_rx_prefix_size()
        data = bytearray(message.data)
        if len(data) < at + 3 or data[at] >> 4 != _N_PCI.index(_Message.FC):
            return message
        asked = hex_text(data)
        for fault in self._ignoring:
            if fault.fault is _Kind.IGNORE_STMIN:
                if data[at + 2]:
                    data[at + 2] = 0
                    fault.note(f"The separation time of the flow control {asked} was ignored")
            elif self._continued:
                return None  # its sender is past waiting
            elif data[at + 1]:
                data[at + 1] = 0
                fault.note(f"The block size of the flow control {asked} was ignored")
        self._continued |= data[at] & 0xF == 0
        message.data = bytes(data)
        return message


def _first_frame_size(data: bytes | bytearray, at: int) -> tuple[int, int]:
    """Return the length in a first frame and where its data begins."""
    if size := (data[at] & 0xF) << 8 | data[at + 1]:
        return size, at + 2
    return int.from_bytes(data[at + 2 : at + 6], "big"), at + 6


def _lie(data: bytearray, at: int, size: int | None) -> None:
    told, start = _first_frame_size(data, at)
    most = 0xFFFFFFFF if start == at + 6 else _SHORT_SIZE
    if size is None:
        size = told + _LIE if told + _LIE <= most else told - _LIE
    size = min(size, most)
    if most == _SHORT_SIZE:
        data[at : at + 2] = (0x1000 | size).to_bytes(2, "big")
    else:
        data[at + 2 : at + 6] = size.to_bytes(4, "big")


def _first_data_byte(kind: IsoTpMessageKind, data: bytes | bytearray, at: int) -> int:
    if kind is _Message.FF:
        return _first_frame_size(data, at)[1]
    return at + (2 if kind is _Message.SF and not data[at] else 1)


def _copy(message: Any) -> Any:
    other = message.__copy__()
    other.data = bytearray(message.data)
    return other


def _shown(message: Any) -> str:
    return f"{id_text(message.arbitration_id, message.is_extended_id)} {hex_text(message.data)}"

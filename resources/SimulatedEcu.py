"""A simulated ECU for the example suite: it answers diagnostic requests as a real one would.

It runs in a thread of its own on its own CanLibrary, used from Python, and is a node of its own on the
virtual bus. Copy it and change `_answers` to simulate another partner.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

from CanLibrary import CanLibrary

DEFAULT_SESSION = 0x01
EXTENDED_SESSION = 0x03


class SimulatedEcu:
    """Answers requests of ISO 14229 (UDS) in the background until it is stopped."""

    ROBOT_LIBRARY_SCOPE = "SUITE"

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._failure: Exception | None = None
        self._session = DEFAULT_SESSION
        self._data = {0xF190: b"WBA12345678901234", 0x0102: b"\x00"}

    def start_simulated_ecu(self, channel: str, rxid: str = "0x7E0", txid: str = "0x7E8") -> None:
        """Opens a node on a channel of the virtual interface and answers there until it is stopped.

        Args:
            channel: Channel of the virtual interface.
            rxid: Identifier of the requests.
            txid: Identifier of the answers.
        """
        can = CanLibrary()
        can.open_can_bus("ecu", interface="virtual", channel=channel)
        can.open_isotp_connection("ecu", txid=txid, rxid=rxid, bus="ecu", tx_padding=0xAA)
        self._stopped.clear()
        self._thread = threading.Thread(target=self._run, args=(can,), daemon=True)
        self._thread.start()

    def stop_simulated_ecu(self) -> None:
        """Stops the ECU, and fails with what went wrong in it."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self, can: CanLibrary) -> None:
        try:
            with can:
                while not self._stopped.is_set():
                    if can.is_isotp_frame_available():
                        for answer in self._answers(can.receive_isotp_frame()):
                            can.send_isotp_frame(answer)
                    else:
                        self._stopped.wait(0.005)
        except Exception as error:  # noqa: BLE001 - a thread has nobody to raise to: the stop keyword tells it
            self._failure = error

    def _answers(self, request: bytes) -> Iterator[bytes]:
        service, parameter = request[0], request[1] & 0x7F
        silent = bool(request[1] & 0x80)  # suppressPosRspMsgIndicationBit
        if service == 0x10 and parameter in (DEFAULT_SESSION, EXTENDED_SESSION):
            self._session = parameter
            yield bytes([0x50, parameter, 0x00, 0x32, 0x01, 0xF4])
        elif service == 0x10:
            yield bytes([0x7F, service, 0x12])
        elif service == 0x3E:
            if not silent:
                yield bytes([0x7E, parameter])
        elif service in (0x22, 0x2E):
            yield self._data_answer(service, request)
        elif service == 0x31:  # a routine that takes its time
            yield bytes([0x7F, service, 0x78])
            yield bytes([0x71]) + request[1:4]
        else:
            yield bytes([0x7F, service, 0x11])

    def _data_answer(self, service: int, request: bytes) -> bytes:
        identifier = int.from_bytes(request[1:3], "big")
        if identifier not in self._data:
            return bytes([0x7F, service, 0x31])
        if service == 0x22:
            return b"\x62" + request[1:3] + self._data[identifier]
        if self._session != EXTENDED_SESSION:
            return bytes([0x7F, service, 0x7F])
        self._data[identifier] = request[3:]
        return b"\x6e" + request[1:3]

"""An ISO-TP partner from outside: can-isotp's own stack on a raw python-can bus of its own."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

import can
import isotp
from robot.api.deco import keyword, library

PATIENCE = timedelta(seconds=5)
Data = str | bytes


def _bytes(data: Data) -> bytes:
    return bytes.fromhex(data) if isinstance(data, str) else bytes(data)


def _address(mode: str, fields: dict[str, Any]) -> isotp.Address:
    return isotp.Address(isotp.AddressingMode[mode], **fields)


class Node:
    """One raw bus with one stack: it records payloads and errors, and answers by rules."""

    def __init__(self, channel: int, address: Any, params: dict[str, Any]) -> None:
        self.payloads: list[bytes] = []
        self.errors: list[str] = []
        self.changed = threading.Condition()
        self.rules: list[tuple[str, tuple[bytes, ...], float]] = []
        self._bus = can.Bus(interface="virtual", channel=channel, ignore_config=True)
        self._notifier = can.Notifier(self._bus, [], timeout=0.02)
        self.stack = isotp.NotifierBasedCanStack(
            self._bus, self._notifier, address=address, params=params, error_handler=self._on_error
        )
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="foreign ISO-TP partner")
        self.stack.start()
        self._thread.start()

    def _on_error(self, error: Exception) -> None:
        with self.changed:
            self.errors.append(type(error).__name__)
            self.changed.notify_all()

    def _run(self) -> None:
        while not self._closing.is_set():
            payload = self.stack.recv(block=True, timeout=0.05)
            if payload is None:
                continue
            text = payload.hex().upper()
            with self.changed:
                self.payloads.append(bytes(payload))
                self.changed.notify_all()
            for pattern, replies, delay in self.rules:
                if fnmatchcase(text, pattern) and not self._closing.wait(delay):
                    for reply in replies:
                        self.stack.send(reply)

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        self.stack.stop()
        self._notifier.stop(timeout=5)
        self._bus.shutdown()


class NotingWaitFunc:
    """Waits and notes for how long."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.times.append(seconds)
        time.sleep(seconds)


@library(scope="GLOBAL", listener="SELF")
class IsoTpPartner:
    """Keywords of foreign ISO-TP nodes on a virtual channel; they are gone when the test ends."""

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}

    def end_test(self, _data: Any, _result: Any) -> None:
        for node in self._nodes.values():
            node.close()
        self._nodes.clear()

    @keyword("Open IsoTp Partner")
    def open_isotp_partner(
        self,
        name: str = "ecu",
        *,
        txid: int | None = 0x7E8,
        rxid: int | None = 0x7E0,
        mode: str = "Normal_11bits",
        address: dict[str, Any] | None = None,
        channel: int = 0,
        **params: Any,
    ) -> None:
        """Opens a foreign ISO-TP node; ``address`` holds the other fields of its address."""
        ids = {"txid": txid, "rxid": rxid} if address is None else {}
        self._nodes[name] = Node(channel, _address(mode, {**ids, **(address or {})}), params)

    @keyword("Open Asymmetric IsoTp Partner")
    def open_asymmetric_isotp_partner(
        self, tx_mode: str, tx_address: dict[str, Any], rx_mode: str, rx_address: dict[str, Any]
    ) -> None:
        """Opens a foreign ISO-TP node that sends and receives with different addressing modes."""
        sending = _address(tx_mode, {**tx_address, "tx_only": True})
        receiving = _address(rx_mode, {**rx_address, "rx_only": True})
        self._nodes["ecu"] = Node(0, isotp.AsymmetricAddress(sending, receiving), {})

    @keyword("IsoTp Partner Sends")
    def isotp_partner_sends(self, data: Data, *, functional: bool = False, name: str = "ecu") -> None:
        """Sends a payload and returns at once."""
        target = isotp.TargetAddressType.Functional if functional else isotp.TargetAddressType.Physical
        self._nodes[name].stack.send(_bytes(data), target)

    @keyword("IsoTp Partner Answers")
    def isotp_partner_answers(
        self, request: str, *replies: Data, after: timedelta = timedelta(), name: str = "ecu"
    ) -> None:
        """Answers each payload that matches the request, a glob pattern such as ``22F1*``."""
        answers = tuple(_bytes(reply) for reply in replies)
        self._nodes[name].rules.append((request, answers, after.total_seconds()))

    @keyword("IsoTp Partner Should Receive")
    def isotp_partner_should_receive(
        self, *payloads: Data, timeout: timedelta = PATIENCE, name: str = "ecu"
    ) -> None:
        """Fails unless the partner received exactly these payloads since it was opened."""
        node, wanted = self._nodes[name], [_bytes(data) for data in payloads]
        with node.changed:
            node.changed.wait_for(lambda: len(node.payloads) >= len(wanted), timeout.total_seconds())
            if node.payloads != wanted:
                raise AssertionError(f"Received {node.payloads}, not {wanted}; errors: {node.errors}.")

    @keyword("IsoTp Partner Should Meet")
    def isotp_partner_should_meet(self, error: str, *, name: str = "ecu") -> None:
        """Fails unless the partner's stack met an error of this class."""
        node = self._nodes[name]
        with node.changed:
            node.changed.wait_for(lambda: error in node.errors, PATIENCE.total_seconds())
            if error not in node.errors:
                raise AssertionError(f"The partner met {node.errors or 'no error'}, not {error}.")

    @keyword("IsoTp Partner Forgets")
    def isotp_partner_forgets(self, *, name: str = "ecu") -> None:
        """Forgets the payloads and errors of before."""
        node = self._nodes[name]
        with node.changed:
            node.payloads.clear()
            node.errors.clear()

    @keyword
    def get_noting_wait_func(self) -> NotingWaitFunc:
        """Returns a function for the parameter wait_func; its ``times`` are what it was asked to wait."""
        return NotingWaitFunc()

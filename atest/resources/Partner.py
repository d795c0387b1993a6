"""A partner from outside: raw python-can, so that CanLibrary is not only tested against itself."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

import can
from robot.api.deco import keyword, library

_CANDUMP = re.compile(r"([0-9A-F]{3}|[0-9A-F]{8})#(?:(R)(\d*)|#([0-9A-F])([0-9A-F]*)|([0-9A-F]*))")
PATIENCE = timedelta(seconds=5)


def as_message(text: str) -> can.Message:
    """Return candump text as a message: 123#11, 00000123#11, 123#R4, 123##1AABB."""
    match = _CANDUMP.fullmatch(text.upper())
    if match is None:
        raise ValueError(f"'{text}' is no candump text.")
    digits, remote, dlc, flags, fd_data, data = match.groups()
    return can.Message(
        arbitration_id=int(digits, 16),
        is_extended_id=len(digits) == 8,
        is_remote_frame=bool(remote),
        dlc=int(dlc or 0) if remote else None,
        data=None if remote else bytes.fromhex(fd_data or data or ""),
        is_fd=flags is not None,
        bitrate_switch=bool(int(flags or "0", 16) & 1),
        check=True,
    )


def as_text(message: can.Message) -> str:
    """Return a message as candump text."""
    identifier = (
        f"{message.arbitration_id:08X}" if message.is_extended_id else f"{message.arbitration_id:03X}"
    )
    if message.is_remote_frame:
        return f"{identifier}#R{message.dlc or ''}"
    marker = f"##{int(message.bitrate_switch)}" if message.is_fd else "#"
    return f"{identifier}{marker}{message.data.hex().upper()}"


class Node:
    """One raw bus: it records what it hears, answers by rules and sends later if asked."""

    def __init__(self, channel: int) -> None:
        self.bus = can.Bus(interface="virtual", channel=channel, ignore_config=True)
        self.heard: list[can.Message] = []
        self.changed = threading.Condition()
        self.rules: list[tuple[str, tuple[str, ...], float]] = []
        self._later: list[threading.Timer] = []
        self._closing = threading.Event()
        self._marker = can.Message()
        self._caught_up = threading.Event()
        self._notifier = can.Notifier(self.bus, [self._hear], timeout=0.02)

    def _hear(self, message: can.Message) -> None:
        if message is self._marker:
            self._caught_up.set()
            return
        with self.changed:
            self.heard.append(message)
            self.changed.notify_all()
        for pattern, replies, delay in self.rules:
            if fnmatchcase(as_text(message), pattern):
                self.send(replies, delay)

    def send(self, messages: tuple[str, ...], delay: float = 0.0, gap: float = 0.0) -> None:
        if delay:
            timer = threading.Timer(delay, self.send, (messages, 0.0, gap))
            self._later.append(timer)
            timer.start()
            return
        for at, text in enumerate(messages):
            if gap and at and self._closing.wait(gap):
                return
            self.bus.send(as_message(text))

    def catch_up(self) -> None:
        """Return when all is heard that was sent before the call: a marker goes through the same queue."""
        self._caught_up.clear()
        self.bus.queue.put(self._marker)
        assert self._caught_up.wait(PATIENCE.total_seconds())

    def wait(self, check: Callable[[list[can.Message]], bool], timeout: float) -> list[can.Message]:
        with self.changed:
            self.changed.wait_for(lambda: check(self.heard), timeout)
            return list(self.heard)

    def close(self) -> None:
        self.rules.clear()
        self._closing.set()
        for timer in self._later:
            timer.cancel()
            timer.join()
        self._notifier.stop(timeout=5)
        self.bus.shutdown()


@library(scope="GLOBAL", listener="SELF")
class Partner:
    """Keywords of a foreign node on a virtual channel; it is gone when the test ends.

    Messages are candump text: ``123#11 22`` without the blank, ``00000123#11`` extended, ``123#R4`` remote,
    ``123##0AABB`` CAN FD, ``123##1AABB`` CAN FD with bit rate switch.
    """

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self) -> None:
        self._nodes: dict[int, Node] = {}

    def end_test(self, _data: Any, _result: Any) -> None:
        for node in self._nodes.values():
            node.close()
        self._nodes.clear()

    def _node(self, channel: int | None) -> Node:
        return self._nodes[next(iter(self._nodes)) if channel is None else channel]

    @keyword
    def open_partner(self, channel: int = 0) -> None:
        """Opens a foreign node on a virtual channel."""
        self._nodes[channel] = Node(channel)

    @keyword
    def partner_sends(
        self,
        *messages: str,
        after: timedelta = timedelta(),
        gap: timedelta = timedelta(),
        channel: int | None = None,
    ) -> None:
        """Sends messages; with ``after`` it returns at once and they come later."""
        self._node(channel).send(messages, after.total_seconds(), gap.total_seconds())

    @keyword
    def partner_sends_error_frame(self) -> None:
        """Sends an error frame."""
        self._node(None).bus.send(can.Message(is_error_frame=True, is_extended_id=False))

    @keyword
    def partner_answers(
        self, request: str, *replies: str, after: timedelta = timedelta(), channel: int | None = None
    ) -> None:
        """Answers each message that matches the request, a glob pattern such as ``7E0#0210*``."""
        self._node(channel).rules.append((request, replies, after.total_seconds()))

    @keyword
    def partner_should_hear(
        self, *messages: str, timeout: timedelta = PATIENCE, channel: int | None = None
    ) -> None:
        """Fails unless the partner heard exactly these messages since it was opened or last asked to forget."""
        node = self._node(channel)
        heard = node.wait(lambda heard: len(heard) >= len(messages), timeout.total_seconds())
        texts = [as_text(message) for message in heard]
        if texts != list(messages):
            raise AssertionError(f"The partner should have heard {list(messages)} but heard {texts}.")

    @keyword
    def partner_hears(
        self,
        count: int,
        pattern: str = "*",
        timeout: timedelta = PATIENCE,
        channel: int | None = None,
    ) -> list[can.Message]:
        """Waits until the partner heard so many messages that match and returns all of those."""

        def matching(heard: list[can.Message]) -> list[can.Message]:
            return [message for message in heard if fnmatchcase(as_text(message), pattern)]

        node = self._node(channel)
        found = matching(node.wait(lambda heard: len(matching(heard)) >= count, timeout.total_seconds()))
        if len(found) < count:
            raise AssertionError(f"The partner heard {len(found)} of {count} messages matching {pattern}.")
        return found

    @keyword
    def partner_should_hear_nothing(
        self, pattern: str = "*", within: timedelta = timedelta(milliseconds=200)
    ) -> None:
        """Fails if the partner heard a message that matches, or hears one within the time."""
        node = self._node(None)
        node.catch_up()
        heard = node.wait(
            lambda heard: any(fnmatchcase(as_text(message), pattern) for message in heard),
            within.total_seconds(),
        )
        texts = [as_text(message) for message in heard if fnmatchcase(as_text(message), pattern)]
        if texts:
            raise AssertionError(f"The partner should hear nothing but heard {texts}.")

    @keyword
    def partner_forgets(self) -> None:
        """Forgets what was heard so far."""
        node = self._node(None)
        node.catch_up()
        node.heard.clear()

"""The queue of a connection's thread, and those of can-isotp, replaced by what keeps its things where they belong."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from CanLibrary.transport.inbox import Inbox


class Command:
    """Something that the thread of a connection is to do between two messages; nothing means its end."""

    __slots__ = ("run",)

    def __init__(self, run: Callable[[], None] | None) -> None:
        self.run = run


def run_in_thread(
    action: Callable[[], None], hand_over: Callable[[Command], None], running: Callable[[], bool]
) -> None:
    """Run an action in the thread of a connection, between two steps of its work, or here if that has ended.

    Raises:
        Exception: What the action raised.
    """
    if not running():
        action()
        return
    done = threading.Event()
    failure: list[Exception] = []

    def run() -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001
            failure.append(error)  # raised below, in the thread of the keyword
        finally:
            done.set()

    hand_over(Command(run))
    while not done.wait(0.1):
        if not running():
            return
    if failure:
        raise failure[0]


class Incoming:
    """What waits for the thread of a connection: received messages of python-can, commands, a wake-up."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.put = self._queue.put
        self._waking = False
        self._command: Command | None = None
        self._following = 0

    def wake(self) -> None:
        """Wake the thread; one wake-up is enough for all that is to be sent then."""
        if not self._waking:
            self._waking = True
            self.put(None)

    def get(self, timeout: float) -> Any:
        """Return the oldest message or command, or None after a wake-up or the time-out."""
        item, self._command = self._command, None
        try:
            if item is None:
                item = self._queue.get(timeout=timeout) if timeout else self._queue.get_nowait()
        except queue.Empty:
            return None
        if item is None:
            self._waking = False  # before the thread looks at what is to be sent
        return item

    def begin_turn(self) -> None:
        """Let `following` return what waits now, and not what comes meanwhile: sending must have its turn too."""
        self._following = 0 if self._command else self._queue.qsize()

    def following(self) -> Any:
        """Return the next message of the turn, or None; a command ends the turn and comes next."""
        while self._following > 0:
            self._following -= 1
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return None
            if item is None:
                self._waking = False
            elif isinstance(item, Command):
                self._command, self._following = item, 0
            else:
                return item
        return None


class RequestQueue:
    """Notes each request before can-isotp can work on it, as its `tx_queue`: all that it is asked for."""

    def __init__(self, note: Callable[[Any], None]) -> None:
        self._requests: deque[Any] = deque()
        self._note = note

    def put(self, request: Any) -> None:
        """Take in a request."""
        self._note(request)
        self._requests.append(request)

    def get(self) -> Any:
        """Return the oldest request."""
        try:
            return self._requests.popleft()
        except IndexError:
            raise queue.Empty from None

    get_nowait = get

    def empty(self) -> bool:
        """Return whether there is no request."""
        return not self._requests

    def full(self) -> bool:
        """There is room for any number of requests."""
        return False


class PayloadBytes:
    """The bytes of a request, as its `generator`: can-isotp's own gives them out one by one, which takes time."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def total_length(self) -> int:
        """Return how many bytes the request has."""
        return len(self._data)

    def remaining_size(self) -> int:
        """Return how many bytes were not consumed yet."""
        return len(self._data) - self._at

    def depleted(self) -> bool:
        """Return whether all bytes were consumed."""
        return self._at >= len(self._data)

    def consume(self, size: int, enforce_exact: bool = True) -> bytearray:  # noqa: ARG002 - it never has too few
        """Return the next bytes."""
        data = bytearray(self._data[self._at : self._at + size])
        self._at += len(data)
        return data


class PayloadQueue:
    """Takes finished payloads from can-isotp straight into the inbox, as its `rx_queue`."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def put(self, payload: bytearray) -> None:
        """Keep a payload."""
        self._inbox.put(bytes(payload))

    def empty(self) -> bool:
        """Nothing stays here, so that no reset of can-isotp can throw payloads away."""
        return True

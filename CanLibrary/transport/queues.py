"""The two queues of can-isotp, replaced by what takes its requests and payloads where they belong."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

from CanLibrary.transport.inbox import Inbox


class RequestQueue(queue.Queue[Any]):
    """Notes each request before can-isotp can work on it, as its `tx_queue`."""

    def __init__(self, note: Callable[[Any], None]) -> None:
        super().__init__()
        self._note = note

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Take in a request."""
        self._note(item)
        super().put(item, block, timeout)


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

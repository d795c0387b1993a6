"""Whether an exporter is still there: a network that is cut says nothing, and who waits for a message does not ask."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

BEAT = 0.5  # seconds between two questions
# Beats without a sign of life; counted, because a computer that slept must not blame the exporter. A link that
# stalls for a second or two is none that is cut.
PATIENCE = 5


async def until_silent(stub: Any, signs: Callable[[], int], answered: Callable[[Any, float], None]) -> None:
    """Ask the exporter again and again for its status; return when it says nothing any more.

    Args:
        stub: The exporter's service.
        signs: How many signs of life came otherwise: a link that is full of messages delays the answer.
        answered: Is given each answer, and how many seconds it took.

    Raises:
        grpc.aio.AioRpcError: The exporter is gone, or cannot tell its status, which is a sign of life too.
    """
    from jumpstarter_protocol import jumpstarter_pb2

    while True:
        began = time.monotonic()
        asked = asyncio.ensure_future(_answer(stub.GetStatus(jumpstarter_pb2.GetStatusRequest())))
        try:
            missed, before = 0, signs()
            while not (await asyncio.wait({asked}, timeout=BEAT))[0]:
                missed, before = (missed + 1 if signs() == before else 0), signs()
                if missed >= PATIENCE:
                    return
            answered(asked.result(), time.monotonic() - began)
        finally:
            asked.cancel()  # without effect on one that is done
        await asyncio.sleep(BEAT)


async def _answer(call: Any) -> Any:
    return await call

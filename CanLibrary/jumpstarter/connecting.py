"""The connection with an exporter: a task that holds it open in the thread of a session."""

from __future__ import annotations

import asyncio
import base64
import concurrent.futures
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from typing import Any

from CanLibrary.jumpstarter.target import Target, certificates

_END = 5.0  # seconds for it to close
# A session that follows another one must not wait for, or fail with, what that one met at the same address.
_OPTIONS = {"grpc.use_local_subchannel_pool": 1}


async def serve(
    target: Target,
    portal: Any,
    connected: concurrent.futures.Future[Any],
    ended: asyncio.Event,
    watch: Callable[[Any], Coroutine[Any, Any, None]],
) -> None:
    """Connect, and stay so until the end.

    Args:
        target: The exporter.
        portal: The thread in which this runs.
        connected: Is given Jumpstarter's client of all drivers, or what went wrong.
        ended: When to end.
        watch: What looks after the exporter's service meanwhile.
    """
    from jumpstarter.client.client import client_from_path
    from jumpstarter.config.tls import TLSConfigV1Alpha1

    try:
        with ExitStack() as stack:
            async with AsyncExitStack() as connection:
                ca = base64.b64encode(certificates(target)).decode()
                with _quiet():
                    # Nothing is allowed: the exporter names classes to import, and what it offers is known without.
                    opening = client_from_path(
                        target.address,
                        portal,
                        stack,
                        allow=[],
                        unsafe=False,
                        tls_config=TLSConfigV1Alpha1(ca=ca),
                        grpc_options=_OPTIONS,
                        insecure=target.insecure,
                        passphrase=target.passphrase,
                    )
                    root = await connection.enter_async_context(opening)
                watching = asyncio.create_task(watch(root.stub))
                connected.set_result(root)
                await ended.wait()
                watching.cancel()
                with suppress(asyncio.CancelledError):
                    await watching
    except BaseException as error:
        if not connected.done():
            connected.set_exception(error)
            return
        raise


def end(serving: concurrent.futures.Future[Any], ended: asyncio.Event, portal: Any) -> None:
    """Let the task end, and wait for it."""
    if not serving.done():
        portal.call(ended.set)
        concurrent.futures.wait([serving], _END)
        serving.cancel()


@contextmanager
def _quiet() -> Iterator[None]:
    """Let Jumpstarter not warn that the classes of clients are missing, which nobody wants here."""
    log = logging.getLogger("jumpstarter.client.client")

    def nothing(_: logging.LogRecord) -> bool:
        return False

    log.addFilter(nothing)
    try:
        yield
    finally:
        log.removeFilter(nothing)

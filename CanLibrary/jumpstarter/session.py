"""One session with an exporter, shared by all who work with it: a thread that runs Jumpstarter's client."""

from __future__ import annotations

import asyncio
import base64
import concurrent.futures
import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from CanLibrary.errors import ConfigurationError, NotSupportedError, nearest
from CanLibrary.formatting import quoted
from CanLibrary.jumpstarter.problems import ExporterError, call_error, connect_error, let_go
from CanLibrary.jumpstarter.target import Target, certificates

MISSING = (
    "The Python package jumpstarter is missing; install it with "
    "'pip install \"robotframework-canlibrary[jumpstarter]\"', on Python 3.11 or later."
)
CLIENT = "jumpstarter.dev/client"
# On the drivers of CanLibrary.exporter, which can do more. The published ones are never asked for what they do not
# have: their base class trips over such a call.
OURS = "canlibrary/driver"
_SLICE = 0.1  # seconds: a test's time-out interrupts between two slices
_CONNECT = 10.0  # seconds
_ANSWER = 5.0  # seconds beyond what a call itself takes; a network that is cut says nothing


def why_missing() -> str:
    """Return what to install; an empty text if nothing is missing."""
    from importlib.util import find_spec

    there = find_spec("jumpstarter") is not None and find_spec("jumpstarter_driver_can") is not None
    return "" if there else MISSING


class Session:
    """An open session. Drivers are known by their names, those in composites as `parent.child`."""

    def __init__(self, target: Target) -> None:
        if missing := why_missing():
            raise NotSupportedError(missing)
        from anyio.from_thread import start_blocking_portal

        self.target = target
        self.users = 0
        self.broken: ExporterError | None = None  # set once: the connection does not come back by itself
        self._stack = ExitStack()
        try:
            self.portal = self._stack.enter_context(start_blocking_portal())
            self.root = self._connect()
        except BaseException as error:
            self._stack.close()
            let_go(error)
            gc.collect()
            raise

    def _connect(self) -> Any:
        connected: concurrent.futures.Future[Any] = concurrent.futures.Future()
        self._ended = self.portal.call(asyncio.Event)
        serving = self.portal.start_task_soon(self._serve, connected)
        self._stack.callback(_end_task, serving, self._ended, self.portal)
        try:
            with _quiet():
                return _result(connected, _CONNECT)
        except TimeoutError as error:
            serving.cancel()
            raise connect_error(self.target, error) from error
        except (ConfigurationError, NotSupportedError):
            raise
        except Exception as error:
            raise connect_error(self.target, error) from error

    async def _serve(self, connected: concurrent.futures.Future[Any]) -> None:
        from jumpstarter.client.client import client_from_path
        from jumpstarter.config.tls import TLSConfigV1Alpha1

        target = self.target
        try:
            with ExitStack() as stack:
                ca = base64.b64encode(certificates(target)).decode()
                # Nothing is allowed: the exporter names classes to import, and what it offers is known without.
                async with client_from_path(
                    target.address,
                    self.portal,
                    stack,
                    allow=[],
                    unsafe=False,
                    tls_config=TLSConfigV1Alpha1(ca=ca),
                    insecure=target.insecure,
                    passphrase=target.passphrase,
                ) as root:
                    connected.set_result(root)
                    await self._ended.wait()
        except BaseException as error:
            if not connected.done():
                connected.set_exception(error)
                return
            raise

    # -- drivers ------------------------------------------------------------------------------------

    def drivers(self) -> dict[str, Any]:
        """Return Jumpstarter's clients of all drivers, by their dotted names."""
        self.check()
        return dict(_walk(self.root, ""))

    def find(self, name: str, wanted: Callable[[str], bool], kind: str) -> Any:
        """Return Jumpstarter's client of a driver.

        Args:
            name: Its dotted name.
            wanted: Whether a client class, by its path, is of the right kind.
            kind: What that kind is called.

        Raises:
            ConfigurationError: There is none of that name and kind.
        """
        drivers = self.drivers()
        fitting = [other for other, driver in drivers.items() if wanted(driver.labels[CLIENT])]
        there_is = f"its {kind} drivers are {quoted(fitting)}." if fitting else f"it has no {kind} driver."
        if name not in drivers:
            raise ConfigurationError(
                f"{_upper(self.target.where)} has no driver '{name}'{nearest(name, fitting) or f'; {there_is}'}"
            )
        if name not in fitting:
            raise ConfigurationError(
                f"Driver '{name}' of {self.target.where} is no {kind} driver but has the client "
                f"'{drivers[name].labels[CLIENT]}'; {there_is}"
            )
        return drivers[name]

    # -- calls --------------------------------------------------------------------------------------

    def call(self, driver: Any, method: str, *arguments: Any, takes: float = 0.0) -> Any:
        """Call a method of a driver and return its result.

        Args:
            driver: Jumpstarter's client of it.
            method: Its exported method.
            arguments: What goes with it.
            takes: Seconds that the driver may take for it.

        Raises:
            NotImplementedError: The driver cannot do it.
            ExporterError: The exporter is gone or says nothing, or the driver failed.
        """
        return self.finish(self.begin(driver, method, *arguments), method, takes)

    def begin(self, driver: Any, method: str, *arguments: Any) -> concurrent.futures.Future[Any]:
        """Begin a call and return what `finish` wants."""
        self.check()
        return self._start(driver.call_async, method, *arguments)

    def run(self, function: Callable[..., Any], *arguments: Any) -> concurrent.futures.Future[Any]:
        """Let an async function run in the thread of the session."""
        self.check()
        return self._start(function, *arguments)

    def _start(self, function: Callable[..., Any], *arguments: Any) -> concurrent.futures.Future[Any]:
        try:
            started: concurrent.futures.Future[Any] = self.portal.start_task_soon(function, *arguments)
        except RuntimeError as error:  # the thread has ended
            raise ExporterError(f"The session with {self.target.where} is closed.") from error
        return started

    def finish(self, future: concurrent.futures.Future[Any], method: str, takes: float = 0.0) -> Any:
        """Wait for the result of a call that was begun."""
        try:
            return _result(future, takes + _ANSWER)
        except TimeoutError as error:
            raise self.lost(f"it did not answer within {_ANSWER:g} seconds") from error
        except concurrent.futures.CancelledError as error:
            raise ExporterError(f"The session with {self.target.where} was closed during a call.") from error
        except Exception as error:
            raise self.translated(error, method) from error

    def translated(self, error: BaseException, method: str) -> Exception:
        """Return the sentence for an error of a call, and keep it if nothing works any more."""
        told = call_error(self.target, error, method)
        if isinstance(told, ExporterError) and told.gone:
            self.broken = self.broken or told
        return told

    def lost(self, why: str) -> ExporterError:
        """Return the sentence for an exporter that is gone, and keep it."""
        self.broken = self.broken or ExporterError(f"{_upper(self.target.where)} is gone: {why}.", gone=True)
        return self.broken

    def check(self) -> None:
        """Refuse work on a session whose exporter is gone."""
        if self.broken is not None:
            raise ExporterError(str(self.broken), gone=True) from self.broken

    def close(self) -> None:
        """End the session and its thread; twice is fine."""
        self._stack.close()
        # gRPC's own thread ends with the last channel, which sits in reference cycles.
        self.root = None
        let_go(self.broken)
        gc.collect()


def _walk(parent: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, child in parent.children.items():
        yield f"{prefix}{name}", child
        yield from _walk(child, f"{prefix}{name}.")


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _end_task(serving: concurrent.futures.Future[Any], ended: asyncio.Event, portal: Any) -> None:
    if not serving.done():
        portal.call(ended.set)
        concurrent.futures.wait([serving], _ANSWER)
        serving.cancel()


def _result(future: concurrent.futures.Future[Any], longest: float) -> Any:
    """Return a result, waiting in slices; what is not waited for any longer is cancelled."""
    deadline = time.monotonic() + longest
    try:
        while True:
            left = deadline - time.monotonic()
            done, _ = concurrent.futures.wait([future], max(min(left, _SLICE), 0.0))
            if done:
                return future.result()
            if left <= 0:
                raise TimeoutError
    finally:
        future.cancel()  # without effect on one that is done


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


_open: dict[Target, Session] = {}
_opening = threading.Lock()


def join(target: Target) -> Session:
    """Return the session with an exporter, a new one where there is none that works; `leave` it in the end."""
    with _opening:
        session = _open.get(target)
        if session is None or session.broken is not None:
            session = _open[target] = Session(target)
        session.users += 1
        return session


def leave(session: Session) -> None:
    """Note that one user is done; the last one closes the session."""
    with _opening:
        session.users -= 1
        if session.users:
            return
        if _open.get(session.target) is session:
            del _open[session.target]
    session.close()

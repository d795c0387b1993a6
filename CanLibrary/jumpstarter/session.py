"""One session with an exporter, shared by all who work with it: a thread that runs Jumpstarter's client."""

from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from CanLibrary.errors import ConfigurationError, NotSupportedError
from CanLibrary.jumpstarter.connecting import end, serve
from CanLibrary.jumpstarter.drivers import drivers_of, find_driver, let_drivers_go
from CanLibrary.jumpstarter.heartbeat import BEAT, PATIENCE, until_silent
from CanLibrary.jumpstarter.lease import has_ended, note_status
from CanLibrary.jumpstarter.problems import (
    ExporterError,
    call_error,
    gone,
    lease_over,
    let_go,
    slow,
)
from CanLibrary.jumpstarter.target import Target
from CanLibrary.jumpstarter.unreachable import connect_error

MISSING = (
    "The Python package jumpstarter is missing; install it with "
    "'pip install \"robotframework-canlibrary[jumpstarter]\"', on Python 3.11 or later."
)
# On the drivers of CanLibrary.exporter, which can do more. The published ones are never asked for what they do not
# have: their base class trips over such a call.
OURS = "canlibrary/driver"
_SLICE = 0.1  # seconds: a test's time-out interrupts between two slices
_CONNECT = 10.0  # seconds
_ANSWER = 5.0  # seconds beyond what a call itself takes, for a driver that hangs


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
        self._broken: str | None = None  # set once: the connection does not come back by itself
        self._signs = 0  # of life
        self._round_trips: deque[float] = deque(maxlen=20)  # seconds, the last ones
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
        ended = self.portal.call(asyncio.Event)
        serving = self.portal.start_task_soon(serve, self.target, self.portal, connected, ended, self._watch)
        self._stack.callback(end, serving, ended, self.portal)
        try:
            return _result(connected, _CONNECT)
        except TimeoutError as error:
            serving.cancel()
            raise connect_error(self.target, error, _CONNECT) from error
        except (ConfigurationError, NotSupportedError):
            raise
        except Exception as error:
            told = connect_error(self.target, error, _CONNECT)
            let_go(error)
            raise told from error

    async def _watch(self, stub: Any) -> None:
        while self._broken is None:
            try:
                await until_silent(stub, lambda: self._signs, self._note_answer)
                self.lost(f"it has said nothing for {BEAT * PATIENCE:g} seconds")
            except Exception as error:  # noqa: BLE001 - who waits or asks next is told
                self.translated(error, "GetStatus")  # which one that cannot tell its status has answered, too
                let_go(error)
                await asyncio.sleep(BEAT)

    def _note_answer(self, told: Any, seconds: float) -> None:
        self._round_trips.append(seconds)
        note_status(self.target, told)

    @property
    def round_trip(self) -> float:
        """Seconds that the way to the exporter and back took lately, at most."""
        return max(tuple(self._round_trips), default=0.0)

    def heard(self) -> None:
        """Note a sign of life."""
        self._signs += 1

    # -- drivers ------------------------------------------------------------------------------------

    def drivers(self) -> dict[str, Any]:
        """Return Jumpstarter's clients of all drivers, by their dotted names."""
        self.check()
        return drivers_of(self.root)

    def find(self, name: str, wanted: Callable[[str], bool], kind: str) -> Any:
        """Return Jumpstarter's client of a driver, as `find_driver` does."""
        self.check()
        return find_driver(self.root, self.target, name, wanted, kind)

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
            result = _result(future, takes + _ANSWER, self.check)
        except ExporterError:
            raise
        except TimeoutError:
            raise ExporterError(slow(self.target, method, takes + _ANSWER)) from None
        except concurrent.futures.CancelledError as error:
            raise ExporterError(f"The session with {self.target.where} was closed during a call.") from error
        except Exception as error:
            told = self.translated(error, method)
            let_go(error)
            raise told from error
        self.heard()
        return result

    def translated(self, error: BaseException, method: str) -> Exception:
        """Return the sentence for an error of a call, and keep it if nothing works any more."""
        told = call_error(self.target, error, method)
        if isinstance(told, ExporterError) and told.gone:
            return self._end(str(told))
        return told

    def lost(self, why: str) -> ExporterError:
        """Return the sentence for an exporter that is gone, and keep it."""
        return self._end(gone(self.target, why))

    def _end(self, sentence: str) -> ExporterError:
        # Only the words are kept: an error that was raised holds the frames of those who met it.
        self._broken = self._broken or sentence
        return ExporterError(self.broken or sentence, gone=True)

    @property
    def broken(self) -> str | None:
        """Why nothing works any more, or None."""
        return lease_over(self.target) if has_ended(self.target.lease) else self._broken

    def check(self) -> None:
        """Refuse work on a session whose exporter is gone."""
        if (broken := self.broken) is not None:
            raise ExporterError(broken, gone=True)

    def close(self) -> None:
        """End the session and its thread; twice is fine."""
        self._stack.close()
        # gRPC's own thread ends with the last channel, which sits in reference cycles.
        if self.root is not None:
            let_drivers_go(self.root)
            self.root = None
        gc.collect()


def _result(
    future: concurrent.futures.Future[Any], longest: float, check: Callable[[], None] | None = None
) -> Any:
    """Return a result, waiting in slices; what is not waited for any longer is cancelled."""
    deadline = time.monotonic() + longest
    try:
        while True:
            left = deadline - time.monotonic()
            done, _ = concurrent.futures.wait([future], max(min(left, _SLICE), 0.0))
            if done:
                return future.result()
            if check is not None:
                check()
            if left <= 0:
                raise TimeoutError
    finally:
        future.cancel()  # without effect on one that is done


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

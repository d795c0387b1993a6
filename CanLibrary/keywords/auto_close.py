"""Closes what a test or suite opened when it ends, and shows in log.html what passed before a failure."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from robot.api import logger
from robot.api.interfaces import ListenerV3

from CanLibrary.keywords.support import tell
from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.connections import Connections
from CanLibrary.sessions.failure_evidence import FailureEvidence
from CanLibrary.sessions.ownership import Ownership
from CanLibrary.sessions.registry import Owner
from CanLibrary.types import AutoClose


class Simulated(Protocol):
    """What takes part in the traffic of open buses: simulated ECUs, gateways."""

    notices: list[str]

    def close_all(self, owned: Callable[[Owner], bool]) -> list[Exception]:
        """End all of some owners and return what nobody was told."""


class AutoCloser(ListenerV3):
    """A listener component: PythonLibCore registers it by itself."""

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(
        self,
        ownership: Ownership,
        buses: Buses,
        connections: Connections,
        simulated: Sequence[Simulated],
        evidence: FailureEvidence,
    ) -> None:
        self._ownership = ownership
        self._buses = buses
        self._connections = connections
        self._simulated = simulated
        self._evidence = evidence

    def start_suite(self, data: Any, _result: Any) -> None:
        """Note the suite that runs, and let the end of a lease fail its keywords and not end the run."""
        if os.environ.get("JMP_LEASE"):
            from CanLibrary.jumpstarter.lease import listen_for_the_end

            listen_for_the_end()
        self._ownership.suites.append(data.full_name)
        self._evidence.begin(" since the suite began", data.name)

    def end_suite(self, data: Any, _result: Any) -> None:
        """Close what the suite opened, unless auto_close=MANUAL."""
        self._finish_evidence()
        if self._ownership.auto_close is not AutoClose.MANUAL:
            # No suite: a keyword imported the library, which saw no start of the suite.
            self._close(lambda owner: owner.suite in (data.full_name, ""))
        if self._ownership.suites and self._ownership.suites[-1] == data.full_name:
            self._ownership.suites.pop()
        self._evidence.begin(f" since suite '{data.name}' ended", data.name)

    def start_test(self, data: Any, _result: Any) -> None:
        """Note the test that runs."""
        self._ownership.test = data.name
        self._buses.begin_test()
        self._evidence.begin(
            " since the test began", data.parent.name, data.name, until="the end of the test"
        )

    def end_test(self, data: Any, _result: Any) -> None:
        """Close what the test opened, with auto_close=TEST."""
        self._finish_evidence()
        if self._ownership.auto_close is AutoClose.TEST:
            self._close(lambda owner: bool(owner.test))
        self._ownership.test = ""
        self._buses.end_test()
        self._evidence.begin(" since the last test ended", data.parent.name)

    def end_body_item(self, _data: Any, result: Any) -> None:
        """Show what passed, where the part of a test that fails is one that nothing can catch any more.

        In `end_test` it would be too late: Robot Framework 7.0 has closed the test in output.xml then.
        """
        if result.failed:
            self._show_evidence(result)

    def _show_evidence(self, item: Any) -> None:
        from robot.result import TestCase, TestSuite  # type: ignore[import-untyped]

        if isinstance(item.parent, (TestCase, TestSuite)):
            try:
                for html in self._evidence.excerpts(_failed_at(item), *_directories()):
                    logger.write(html, html=True)
            except Exception as error:  # noqa: BLE001 - a verdict never changes for it, but it is told
                logger.warn(f"What passed before the failure could not be shown: {error}")
            tell(self._evidence)

    def _finish_evidence(self) -> None:
        self._evidence.finish()
        tell(self._evidence)

    def close(self) -> None:
        """Close what is still open at the end of the run, however it ends."""
        self._finish_evidence()
        self._close(lambda _owner: True)

    def _close(self, owned: Callable[[Owner], bool]) -> None:
        untold = self._connections.registry.close_all(owned)
        for simulated in self._simulated:  # after the connections: a transfer still needs its partner
            untold += simulated.close_all(owned)
        untold += self._buses.registry.close_all(owned)
        self._buses.forget(owned)
        for told in (self._connections.registry, *self._simulated, self._buses.registry):
            tell(told)
        for error in untold:
            logger.warn(str(error))


def _failed_at(item: Any) -> float:
    """Return when it failed, in monotonic seconds; teardowns of keywords may have run since."""
    now = time.monotonic()
    # What failed last made the parent fail: what failed before it was caught or tried again.
    while failed := [part for part in getattr(item, "body", ()) if getattr(part, "failed", False)]:
        item = failed[-1]
    return now if item.end_time is None else min(now, _monotonic(item.end_time.timestamp()))


def _monotonic(wall_clock: float) -> float:
    """Return a time of the wall clock in monotonic seconds."""

    def read_both() -> tuple[float, float]:
        before, wall = time.monotonic(), time.time()
        return time.monotonic() - before, before - wall

    # A busy computer may stop between the two readings: the quickest of some tells the difference.
    return wall_clock + min(read_both() for _ in range(5))[1]


def _directories() -> tuple[Path, Path]:
    """Return the output directory and that of log.html."""
    from robot.libraries.BuiltIn import BuiltIn

    output = Path(str(BuiltIn().get_variable_value("${OUTPUT DIR}")))
    log = str(BuiltIn().get_variable_value("${LOG FILE}"))
    return output, output if log == "NONE" else Path(log).parent

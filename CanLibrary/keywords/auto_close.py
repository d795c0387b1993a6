"""Closes what a test or suite opened when it ends, also after a failure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from robot.api import logger
from robot.api.interfaces import ListenerV3

from CanLibrary.keywords.support import tell
from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.connections import Connections
from CanLibrary.sessions.ownership import Ownership
from CanLibrary.sessions.registry import Owner
from CanLibrary.types import AutoClose


class AutoCloser(ListenerV3):
    """A listener component: PythonLibCore registers it by itself."""

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, ownership: Ownership, buses: Buses, connections: Connections) -> None:
        self._ownership = ownership
        self._buses = buses
        self._connections = connections

    def start_suite(self, data: Any, _result: Any) -> None:
        """Note the suite that runs."""
        self._ownership.suites.append(data.full_name)

    def end_suite(self, data: Any, _result: Any) -> None:
        """Close what the suite opened, unless auto_close=MANUAL."""
        if self._ownership.auto_close is not AutoClose.MANUAL:
            # No suite: a keyword imported the library, which saw no start of the suite.
            self._close(lambda owner: owner.suite in (data.full_name, ""))
        if self._ownership.suites and self._ownership.suites[-1] == data.full_name:
            self._ownership.suites.pop()

    def start_test(self, data: Any, _result: Any) -> None:
        """Note the test that runs."""
        self._ownership.test = data.name
        self._buses.begin_test()

    def end_test(self, _data: Any, _result: Any) -> None:
        """Close what the test opened, with auto_close=TEST."""
        if self._ownership.auto_close is AutoClose.TEST:
            self._close(lambda owner: bool(owner.test))
        self._ownership.test = ""
        self._buses.end_test()

    def close(self) -> None:
        """Close what is still open at the end of the run, however it ends."""
        self._close(lambda _owner: True)

    def _close(self, owned: Callable[[Owner], bool]) -> None:
        untold = self._connections.registry.close_all(owned) + self._buses.registry.close_all(owned)
        self._buses.forget(owned)
        tell(self._connections.registry)
        tell(self._buses.registry)
        for error in untold:
            logger.warn(str(error))

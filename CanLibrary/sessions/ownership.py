"""Who is running now, so that what opens has an owner and closes with it."""

from __future__ import annotations

from CanLibrary.sessions.registry import Owner
from CanLibrary.types import AutoClose


class Ownership:
    """The suites and the test that run; kept up to date by the auto-close listener."""

    def __init__(self, auto_close: AutoClose = AutoClose.TEST) -> None:
        self.auto_close = auto_close
        self.suites: list[str] = []
        self.test = ""

    @property
    def suite_owner(self) -> Owner:
        """The running suite: it owns what an import describes and a first use opens."""
        return Owner(self.suites[-1] if self.suites else "")

    @property
    def owner(self) -> Owner:
        """The running test, or the suite while its setup or teardown runs."""
        if self.test and self.auto_close is AutoClose.TEST:
            return Owner(self.suites[-1] if self.suites else "", self.test)
        return self.suite_owner

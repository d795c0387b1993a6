"""A listener that tells which threads and virtual buses a suite, or the whole run, left behind."""

from __future__ import annotations

import gc
import sys
import threading
from typing import Any


class Leftovers:
    """Prints lines that begin with `[ ERROR ]`, which `run.py` counts as a failure.

    Looks after each suite, which is too early where a parent suite keeps something open, and at the end.
    """

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, *when: str) -> None:
        self._before = "the start"
        self._each_suite = "end" not in when

    def start_suite(self, data: Any, _result: Any) -> None:
        if data.tests:
            if self._each_suite:
                self._tell()
            self._before = data.longname

    def close(self) -> None:
        gc.collect()  # a bus that was forgotten says so when it is collected
        self._tell()

    def _tell(self) -> None:
        for what in leftovers():
            print(f"[ ERROR ] After {self._before}: {what}", file=sys.__stderr__, flush=True)


def leftovers() -> list[str]:
    """Return what is still there: threads beside the main one, and nodes on virtual channels."""
    threads = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    left = [f"thread '{thread.name}' runs." for thread in threads]
    virtual = sys.modules.get("can.interfaces.virtual")
    for channel, nodes in (virtual.channels if virtual else {}).items():
        if nodes:
            left.append(f"{len(nodes)} open on virtual channel {channel!r}.")
    return left

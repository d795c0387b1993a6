"""The lease that 'jmp shell' took: when it ends, 'jmp shell' sends its command a hangup."""

from __future__ import annotations

import signal
import threading
from typing import Any

from CanLibrary.jumpstarter.target import Target, lease_of_this_shell

_ended: set[str] = set()


def listen_for_the_end() -> None:
    """Note the hangup of a shell with a lease, which would end Python at once, and a run without its report.

    A second one does what it always did, and so does the first where somebody else listens or there is no lease.
    """
    hangup = getattr(signal, "SIGHUP", None)  # not on Windows
    if (
        hangup is not None
        and lease_of_this_shell() is not None
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(hangup) is signal.SIG_DFL
    ):
        signal.signal(hangup, _note)


def _note(number: int, _frame: Any) -> None:
    signal.signal(number, signal.SIG_DFL)
    note_end(lease_of_this_shell())


def note_status(target: Target, response: Any) -> None:
    """Note the end of a lease that the exporter's status tells: what follows a lease has begun."""
    from jumpstarter.common import ExporterStatus

    over = (ExporterStatus.AFTER_LEASE_HOOK, ExporterStatus.AVAILABLE)
    if response.status in over:
        note_end(target.lease)


def note_end(lease: str | None) -> None:
    """Note that a lease has ended."""
    if lease is not None:
        _ended.add(lease)


def has_ended(lease: str | None) -> bool:
    """Return whether a lease is known to have ended."""
    return lease in _ended

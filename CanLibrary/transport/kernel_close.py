"""Closing a kernel socket that still sends."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable
from socket import socket

_STEP = 0.02  # seconds between two looks


def close_now(sockets: Iterable[socket]) -> None:
    """Close sockets, and what they still send ends.

    The kernel ends a payload that is on its way out before it closes its socket, which can take as long as
    the partner likes; a signal makes it give up at once. Only Python's main thread may prepare for one: from
    another thread, where nobody called `prepare`, the closing goes on in the background until the payload is
    through or has failed.
    """
    closer = threading.Thread(target=_close, args=(list(sockets),), name="CanLibrary closes", daemon=True)
    closer.start()
    closer.join(_STEP)
    before = signal.getsignal(signal.SIGURG)  # by default a signal that does nothing at all
    ours = before in (signal.SIG_DFL, signal.SIG_IGN)
    if not closer.is_alive() or (ours and threading.current_thread() is not threading.main_thread()):
        return
    if ours:
        prepare()
    try:
        while closer.is_alive() and closer.ident is not None:
            signal.pthread_kill(closer.ident, signal.SIGURG)
            closer.join(_STEP)
    finally:
        if ours:
            signal.signal(signal.SIGURG, before)


def prepare() -> None:
    """Let `close_now` interrupt the kernel from any thread from now on, if this is the main thread."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGURG, lambda _number, _frame: None)


def _close(sockets: list[socket]) -> None:
    for each in sockets:
        each.close()

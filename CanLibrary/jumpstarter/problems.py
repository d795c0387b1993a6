"""What Jumpstarter and gRPC raise, as sentences for a tester."""

from __future__ import annotations

import re
import traceback
from typing import Any

from can import CanOperationError

from CanLibrary.jumpstarter.target import Target


class ExporterError(CanOperationError):
    """An exporter or its driver failed; `gone` means that nothing will work in this session any more."""

    def __init__(self, sentence: str, *, gone: bool = False) -> None:
        super().__init__(sentence)
        self.gone = gone


# How gRPC says that the connection broke; "Stream removed" comes with UNKNOWN.
GONE = ("UNAVAILABLE", "CANCELLED")
_PREFIX = re.compile(r"^DriverCall '\w+' failed with gRPC [A-Z_]+: ")


def call_error(target: Target, error: BaseException, method: str) -> Exception:
    """Return the sentence for a call that failed."""
    code, detail = code_of(error)
    name = type(error).__name__
    if isinstance(error, NotImplementedError):
        return NotImplementedError(f"The exporter's driver cannot do '{method.strip('_')}'.")
    if name == "ExporterNotReady":
        return ExporterError(
            f"The exporter at '{target.address}' is not ready{or_lease(target)}: {detail}.", gone=True
        )
    if code in GONE or "Stream removed" in detail:
        return ExporterError(gone(target, short(detail) or "the connection broke"), gone=True)
    return ExporterError(f"The exporter's driver says: {detail.rstrip('.') or name}.")


def gone(target: Target, why: str) -> str:
    """Return the sentence for an exporter that is gone."""
    return f"The exporter at '{target.address}' is gone{or_lease(target)}: {why}."


def lease_over(target: Target) -> str:
    """Return the sentence for a lease that has ended."""
    return (
        f"The lease '{target.lease}' has ended; run this in a new 'jmp shell', with a longer --duration if it took "
        "longer."
    )


def shut_down(channel: str) -> str:
    """Return the sentence for a bus that was left."""
    return f"The bus of the exporter's driver '{channel}' is shut down."


def slow(target: Target, method: str, seconds: float) -> str:
    """Return the sentence for a driver that does not answer, of an exporter that does."""
    return f"The driver of {target.where} did not answer '{method.strip('_')}' within {seconds:g} seconds."


def let_go(error: BaseException | None) -> None:
    """Let an error and its causes hold nothing but their words: gRPC's thread lives while a channel is known."""
    if error is not None:
        traceback.clear_frames(error.__traceback__)
        let_go(error.__cause__)
        if error.__context__ is not error.__cause__:
            let_go(error.__context__)


def or_lease(target: Target) -> str:
    """Return the other cause of a connection that is gone, where there is a lease."""
    return f", or the lease '{target.lease}' has ended" if target.lease else ""


def code_of(error: BaseException) -> tuple[str, str]:
    """Return gRPC's code for an error or its cause, and what it says."""
    detail = _PREFIX.sub("", str(getattr(error, "message", error)))
    for one in (error, error.__cause__):
        code: Any = getattr(one, "code", None)
        if callable(code):
            return str(code().name), str(one.details() or detail)  # type: ignore[union-attr]
    return "", detail


def short(detail: str) -> str:
    """Return what gRPC says without its addresses and repeated names."""
    return detail.rsplit(": ", 1)[-1].rstrip(".").strip()

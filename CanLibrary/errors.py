"""The library's own errors, and the one place where driver errors become ours.

A verdict about the system under test is an `AssertionError`. Everything that says that the test,
the bench or the configuration is wrong is a `CanLibraryError`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

_TOLD = 3  # errors in one sentence


class CanLibraryError(Exception):
    """The test, the bench or the configuration is wrong; the message is one sentence for a tester."""

    ROBOT_SUPPRESS_NAME = True


class ConfigurationError(CanLibraryError):
    """An import argument, a keyword argument or an entry of a YAML file is wrong."""


class BusError(CanLibraryError):
    """A bus could not be opened, died, or refused an operation."""


class NotSupportedError(CanLibraryError):
    """The interface or backend cannot do what was asked."""


class IsoTpTransferError(AssertionError):
    """An ISO-TP transfer failed on the wire: what the partner did or did not do, in our sentence."""

    ROBOT_SUPPRESS_NAME = True


@contextmanager
def driver_errors(doing: str) -> Iterator[None]:
    """Translate whatever a driver raises into one `BusError` sentence, its cause kept.

    Args:
        doing: What was being done, as the beginning of the sentence: `Bus 'body' could not be opened`.
    """
    try:
        yield
    except (CanLibraryError, AssertionError):
        raise
    except Exception as error:
        raise translated(doing, error) from error


def translated(doing: str, error: BaseException) -> BusError:
    """Return the `BusError` sentence for a driver's error; drivers raise anything, not only `CanError`."""
    detail = str(error).strip().rstrip(".") or type(error).__name__
    return BusError(f"{doing}: {detail}.")


def joined(errors: Sequence[Exception]) -> Exception:
    """Return one error for all: a verdict if one of them is about the system under test."""
    if len(errors) == 1:
        return errors[0]
    sentences = [str(error) for error in errors[:_TOLD]]
    if more := len(errors) - _TOLD if len(errors) > _TOLD else 0:
        sentences.append(f"{more} more problem{'' if more == 1 else 's'} followed.")
    verdict = any(isinstance(error, AssertionError) for error in errors)
    one = (IsoTpTransferError if verdict else CanLibraryError)(" ".join(sentences))
    one.__cause__ = errors[0]
    return one


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the choice that is spelt most like the word, or an empty text."""
    by_lower = {choice.lower(): choice for choice in choices}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return f"; did you mean '{by_lower[close[0]]}'?" if close else ""

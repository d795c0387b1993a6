"""What a simulated ECU met and nobody was told yet."""

from __future__ import annotations

import threading

from CanLibrary.errors import BusError, CanLibraryError, joined
from CanLibrary.formatting import plural

_MOST_ERRORS = 20  # a flood is told by its beginning and its size


class Troubles:
    """Errors of the bench, which fail the next keyword, and problems of ISO-TP, which are warned of.

    What a tester does to a transfer, often on purpose, is no verdict about the tester: it is in the log of the ECU, and
    a warning says so.
    """

    def __init__(self, name: str) -> None:
        self._whose = f"Simulated ECU '{name}'"
        self._lock = threading.Lock()
        self._errors: list[Exception] = []
        self._more = 0
        self._problem = ""
        self._problems = 0

    def add_error(self, error: Exception) -> None:
        """Keep an error."""
        with self._lock:
            if len(self._errors) < _MOST_ERRORS:
                self._errors.append(error)
            else:
                self._more += 1

    def add_problem(self, sentence: str) -> None:
        """Keep a problem: the first one, and how many there were."""
        with self._lock:
            self._problem = self._problem if self._problems else sentence
            self._problems += 1

    def take_notices(self) -> list[str]:
        """Return a sentence about the problems, if there are any; they count as told."""
        with self._lock:
            problems, self._problems = self._problems, 0
            more = f" {plural(problems - 1, 'more problem')} followed." if problems > 1 else ""
            return [f"{self._whose}: {self._problem}{more}"] if problems else []

    def take_errors(self) -> list[Exception]:
        """Return one error for all, if there are any; they count as told."""
        with self._lock:
            errors, self._errors = self._errors, []
            more, self._more = self._more, 0
        if not errors:
            return []
        if more:
            errors.append(CanLibraryError(f"{plural(more, 'more problem')} followed."))
        error = BusError(f"{self._whose}: {joined(errors)}")
        error.__cause__ = errors[0]
        return [error]

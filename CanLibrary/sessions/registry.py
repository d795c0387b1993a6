"""What is open, by alias: the current one, its owner, and sentences for aliases that are not open."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from CanLibrary.errors import CanLibraryError, ConfigurationError, nearest
from CanLibrary.formatting import quoted


@dataclass(frozen=True)
class Owner:
    """Who opened something: a test, or a suite (its setup, or a first use of what an import describes)."""

    suite: str = ""
    test: str = ""


class Closable(Protocol):
    """Something open: it has an alias and an owner, and closing it twice is fine."""

    alias: str
    owner: Owner
    closed: bool
    notices: list[str]

    def close(self) -> list[Exception]:
        """Close it and return what nobody was told, as sentences."""


S = TypeVar("S", bound=Closable)


class Registry(Generic[S]):
    """Sessions of one kind by alias, in the order in which they were opened."""

    def __init__(
        self, noun: str, open_keyword: str, described: Iterable[str], open_described: Callable[[str], S]
    ) -> None:
        self._noun = noun
        self._open_keyword = open_keyword
        self.described = list(described)
        self._open_described = open_described
        self._sessions: dict[str, S] = {}  # the closed ones too: their aliases are known
        self._current: str | None = None
        # Is told of a closed session whose alias is taken again.
        self.replaced: Callable[[S], object] = lambda _session: None
        self.notices: list[str] = []  # what sessions noticed and nobody was warned about before they closed

    @property
    def open(self) -> dict[str, S]:
        """What is open, oldest first."""
        return {alias: session for alias, session in self._sessions.items() if not session.closed}

    @property
    def known(self) -> list[S]:
        """What was opened, the closed ones too, oldest first."""
        return list(self._sessions.values())

    @property
    def current(self) -> str | None:
        """The alias of the current session: the one switched to or opened last that is still open."""
        if self._current not in self.open:
            self._current = next(reversed(self.open), None)
        return self._current

    def add(self, session: S) -> None:
        """Take in what was opened; it becomes the current one."""
        if (before := self._sessions.pop(session.alias, None)) is not None:
            self.replaced(before)
        self._sessions[session.alias] = session
        self._current = session.alias

    def check_free(self, alias: str) -> None:
        """Refuse an alias that is open already."""
        if alias in self.open:
            raise ConfigurationError(
                f"{self._noun.capitalize()} '{alias}' is already open; close it first or use another alias."
            )

    def get(self, alias: str | None) -> S:
        """Return the session of an alias or, without one, the current one; what is described opens now."""
        name = alias if alias is not None else self.current
        if name is None:
            name = self.only_described()
        session = self._sessions.get(name)
        if session is None or session.closed:
            if name not in self.described:
                raise self._not_open(name)
            current = self.current
            session = self._open_described(name)
            self.add(session)
            if current is not None:  # a first use by name does not switch
                self._current = current
        return session

    def only_described(self) -> str:
        """Return the one alias that is described, for a keyword that names none."""
        if len(self.described) == 1:
            return self.described[0]
        if self.described:
            raise ConfigurationError(
                f"Which {self._noun}? The configuration describes {quoted(self.described)}; "
                f"name it with {self._noun}=."
            )
        raise CanLibraryError(f"No {self._noun} is open; open one with {self._open_keyword}.")

    def switch(self, alias: str) -> str | None:
        """Make an alias the current one and return the previous one."""
        previous = self.current
        self.get(alias)
        self._current = alias
        return previous

    def close(self, alias: str | None) -> list[Exception]:
        """Close a session, the current one without an alias, and return what nobody was told.

        Closing what was open before, or is only described, is fine.
        """
        name = alias if alias is not None else self.current
        if name is None:
            return []
        session = self._sessions.get(name)
        if session is None and name not in self.described:
            raise self._not_open(name)
        return self._close(session) if session and not session.closed else []

    def close_all(self, owned: Callable[[Owner], bool] = lambda _owner: True) -> list[Exception]:
        """Close all sessions (of some owners), the newest first; one failing close does not stop the others."""
        untold: list[Exception] = []
        for session in reversed(list(self.open.values())):
            if owned(session.owner) and not session.closed:
                try:
                    untold += self._close(session)
                except Exception as error:  # noqa: BLE001 - told with the rest; the other sessions must still close
                    untold.append(error)
        return untold

    def _close(self, session: S) -> list[Exception]:
        try:
            return session.close()
        finally:
            self.notices += session.notices

    def _not_open(self, alias: str) -> ConfigurationError:
        if alias in self._sessions:
            return ConfigurationError(
                f"{self._noun.capitalize()} '{alias}' was closed; open it again before use."
            )
        parts = [f"open: {quoted(self.open)}"] if self.open else [f"no {self._noun} is"]
        if closed := [name for name in self.described if name not in self.open]:
            parts.append(f"described: {quoted(closed)}")
        hint = nearest(alias, [*self.open, *self.described]) or "."
        return ConfigurationError(
            f"{self._noun.capitalize()} '{alias}' is not open ({'; '.join(parts)}){hint}"
        )

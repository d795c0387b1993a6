"""What a simulated ECU answers: rules, the latest first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class _Rule(Protocol):
    @property
    def pattern(self) -> str:
        """What is answered, as text."""

    @property
    def count(self) -> int | None:
        """How often the rule counts; None for always."""


R = TypeVar("R", bound=_Rule)


class Rules(Generic[R]):
    """Rules in the order in which they count: a later one goes before an earlier one.

    One that counts only so often is gone after that, and the earlier ones count again.
    """

    def __init__(self, rules: tuple[R, ...] = ()) -> None:
        self._changing = threading.Lock()
        self._rules: list[tuple[R, list[int]]] = []  # with how often each counts still, empty for always
        for rule in rules:
            self.add(rule)

    def add(self, rule: R) -> None:
        """Let a rule count, before all that there are."""
        left = [] if rule.count is None else [rule.count]
        with self._changing:
            kept = self._rules
            if not left:  # those that answer the same could never count again
                kept = [known for known in kept if known[0].pattern != rule.pattern]
            self._rules = [(rule, left), *kept]

    def take(self, matches: Callable[[R], bool]) -> R | None:
        """Return the first rule that matches, and count it; None if there is none."""
        with self._changing:
            for entry in self._rules:
                rule, left = entry
                if not matches(rule):
                    continue
                if left:
                    left[0] -= 1
                    if not left[0]:
                        self._rules = [known for known in self._rules if known is not entry]
                return rule
        return None

    @property
    def all(self) -> list[R]:
        """The rules that count, the latest first."""
        return [rule for rule, _ in self._rules]

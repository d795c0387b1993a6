"""What is wrong in a configuration: every mistake is one sentence behind its dotted path."""

from __future__ import annotations

import re
from collections.abc import Iterable

from CanLibrary.errors import ConfigurationError, nearest

_LONGEST = 500  # characters; a sentence stays readable whatever value it quotes
_LONGEST_STEP = 60  # of a path, so that a hostile key does not push the sentence out of sight
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Mistakes:
    """Collects mistakes, so that a check can tell all of them and an import only the first.

    Args:
        where: The dotted path, such as `export.diag.config`. Without one, as for keyword arguments, the
            sentences stand alone.
    """

    def __init__(self, where: str = "") -> None:
        self.found: list[str] = []
        self._where = where
        self._name = ""

    @property
    def in_file(self) -> bool:
        """Whether it is about a file, not about arguments."""
        return bool(self._where)

    def at(self, name: object) -> Mistakes:
        """Return the collector of a part: one step down the path, the same list."""
        step = str(name)[:_LONGEST_STEP]
        part = Mistakes(f"{self._where}.{step}" if self._where else "")
        part.found, part._name = self.found, step
        return part

    def add(self, sentence: str, *, names_it: bool = False) -> None:
        """Add a mistake of this part.

        Args:
            sentence: What is wrong and what to do.
            names_it: The sentence says itself which argument is meant, also without the path.
        """
        before = self._where or ("" if names_it else self._name)
        self.found.append(one_line(f"{before}: {sentence}" if before else sentence))

    def unknown(self, key: object, noun: str, choices: Iterable[str], hint: str = "") -> None:
        """Add a key that is not known, with the one that is spelt most like it, or with all there are.

        Args:
            key: The unknown key.
            noun: What the keys are: key, parameter, field.
            choices: The known ones.
            hint: What to do where the key is meant as written; empty for nothing.
        """
        known = list(choices)
        if not isinstance(key, str):
            self.add(f"the {noun} {key!r} is no text; quote it.")
            return
        cure = nearest(key, known) or f"; there is {', '.join(known)}."
        if self._where:
            self.at(key).add(f"unknown {noun}{cure}{hint}")
        else:
            self.add(f"Unknown {noun} '{key}'{cure}", names_it=True)

    def raise_first(self) -> None:
        """Raise a `ConfigurationError` with the first mistake, if there is one."""
        if self.found:
            raise ConfigurationError(self.found[0])


def one_line(text: str) -> str:
    """Return a text that prints as one line of bearable length on every console."""
    # A quoted value may hold line ends, terminal codes or half a surrogate pair, which no console can encode.
    plain = _CONTROL.sub(" ", text).encode("utf-8", "backslashreplace").decode("utf-8")
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]} …"

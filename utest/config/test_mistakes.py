"""How mistakes are collected and said."""

import pytest

from CanLibrary.config.mistakes import Mistakes
from CanLibrary.errors import ConfigurationError


def test_a_mistake_stands_behind_its_path():
    mistakes = Mistakes("export.diag")
    mistakes.at("config").at("bus").add("no such bus.")
    mistakes.add("wrong.")
    assert mistakes.found == ["export.diag.config.bus: no such bus.", "export.diag: wrong."]


def test_without_a_path_the_sentence_stands_alone_or_behind_its_name():
    mistakes = Mistakes()
    mistakes.at("params").at("stmin").add("too long.")
    mistakes.at("params").at("stmin").add("stmin=300 is too long.", names_it=True)
    mistakes.add("wrong.")
    assert mistakes.found == ["stmin: too long.", "stmin=300 is too long.", "wrong."]


def test_the_first_one_is_raised():
    mistakes = Mistakes()
    mistakes.raise_first()
    mistakes.add("first.")
    mistakes.add("second.")
    with pytest.raises(ConfigurationError, match=r"\Afirst\.\Z"):
        mistakes.raise_first()


def test_a_sentence_prints_on_every_console_as_one_line():
    mistakes = Mistakes("export")
    mistakes.add("'a\nb\x1b[2J\u2028c' is \ud800.")
    assert mistakes.found == ["export: 'a b [2J c' is \\ud800."]


def test_a_hostile_key_or_value_does_not_hide_the_sentence():
    mistakes = Mistakes("export")
    mistakes.at("k" * 10_000).add("wrong: " + "v" * 10_000)
    assert mistakes.found[0].startswith(f"export.{'k' * 60}: wrong: vvv")
    assert len(mistakes.found[0]) == 502

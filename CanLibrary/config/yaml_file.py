"""A YAML file → plain values. Whatever the file holds, the answer is values or one sentence.

This module imports yaml, so it is imported itself only when a file is read.
"""

from __future__ import annotations

import os
import re
import stat
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from CanLibrary.config.mistakes import one_line
from CanLibrary.config.values import OctalInt
from CanLibrary.errors import ConfigurationError

LARGEST_FILE = 1_000_000  # bytes; a bench has a few thousand
MOST_NODES = 20_000  # aliases written out, so that nobody downstream meets a billion laughs
DEEPEST = 40  # levels, aliases written out, far from Python's recursion limit

_TAG = "tag:yaml.org,2002:"


class _Refused(Exception):
    """What is wrong with the file, as the end of the sentence that begins with its path."""


def read_yaml(path: str | os.PathLike[str]) -> Any:
    """Return the values of a YAML file.

    Args:
        path: The file, shown in the sentence as it is given.

    Returns:
        Maps, lists, text, numbers, truth values and None.

    Raises:
        ConfigurationError: The file cannot be read or is no YAML that can be trusted.
    """
    try:
        return _parse(_text(path))
    except _Refused as error:
        raise ConfigurationError(one_line(f"{os.fspath(path)}: {error}")) from error.__cause__


def _text(path: str | os.PathLike[str]) -> str:
    try:
        content = _content(path)
    except FileNotFoundError as error:
        raise _Refused("there is no such file.") from error
    except PermissionError as error:
        raise _Refused("it may not be read (permission denied).") from error
    except OSError as error:
        raise _Refused(f"{error.strerror}.") from error
    except ValueError as error:  # os.stat says it of a NUL
        raise _Refused("this is no path of a file.") from error
    if len(content) > LARGEST_FILE:
        raise _Refused("it is larger than 1 MB, which no bench is.")
    if b"\0" in content:
        raise _Refused("it is no text: it contains NUL bytes.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _Refused(f"line {line}: it is not UTF-8 text; save it as UTF-8.") from error
    if not text.strip():
        raise _Refused("it is empty; a bench begins with export:.")
    return text


def _content(path: str | os.PathLike[str]) -> bytes:
    # A pipe or a device could keep the reader waiting for ever, or never end.
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        raise _Refused("it is a directory, not a file.")
    if not stat.S_ISREG(mode):
        raise _Refused("it is a device or a pipe, not a file.")
    with open(path, "rb") as file:
        return file.read(LARGEST_FILE + 1)


def _parse(text: str) -> Any:
    loader = None
    try:
        loader = _Loader(text)
        return loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        raise _at(error.problem_mark or error.context_mark, _sentence(error)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        problem = f"the character 0x{error.character:02X} is not allowed in YAML."
        raise _Refused(f"line {line}, column {column}: {problem}") from error
    # PyYAML raises it bare for "\U00110000" in double quotes and for an endless version number.
    except ValueError as error:
        mark = loader.get_mark() if loader else None
        raise _at(mark, "an escape or a number here stands for nothing.") from error


def _at(mark: Any, problem: str) -> _Refused:
    return _Refused(f"line {mark.line + 1}, column {mark.column + 1}: {problem}" if mark else problem)


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader with limits and without surprises, among them a key that is there twice."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = self._deepest = self._nodes = 0
        self._composed: dict[int, tuple[int, int]] = {}  # id of a node → nodes and levels below it

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        """Compose a node within the limits; an alias counts as what it stands for."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        is_alias = isinstance(event, yaml.AliasEvent)
        nodes_before, deepest_before = self._nodes, self._deepest
        self._depth += 1
        self._nodes += 1
        self._deepest = self._depth
        self._check_limits(event)
        node = super().compose_node(parent, index)
        if is_alias:
            if id(node) not in self._composed:
                raise _at(event.start_mark, "an alias (*) contains itself.")
            nodes, levels = self._composed[id(node)]
            self._nodes += nodes
            self._deepest += levels
            self._check_limits(event)
        else:
            self._composed[id(node)] = (self._nodes - nodes_before, self._deepest - self._depth)
        self._depth -= 1
        self._deepest = max(self._deepest, deepest_before)
        return node

    def _check_limits(self, event: Any) -> None:
        if self._deepest > DEEPEST:
            raise _at(event.start_mark, f"this is nested more than {DEEPEST} levels deep.")
        if self._nodes > MOST_NODES:
            raise _at(event.start_mark, f"there are more than {MOST_NODES} values, aliases (*) written out.")

    def compose_mapping_node(self, anchor: Any) -> MappingNode:
        """Compose a map; PyYAML would take the last of two equal keys in silence."""
        node = super().compose_mapping_node(anchor)
        lines: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            if not isinstance(key, ScalarNode):
                continue
            name = (key.tag, key.value)
            if name in lines:
                first = f"first on line {lines[name]}"
                raise _at(key.start_mark, f"the key '{key.value}' is there twice ({first}).")
            lines[name] = key.start_mark.line + 1
        return node


def _integer(loader: _Loader, node: ScalarNode) -> Any:
    text = loader.construct_scalar(node)
    # 12:30 would be 750, to the base of 60; and no number that is meant has more than 40 digits.
    if ":" in text or len(text) > 40:
        return text
    digits = text.replace("_", "").lstrip("+-")
    if re.fullmatch("0[0-7]+", digits) and int(digits, 8) != int(digits, 16):
        return OctalInt(text)
    return _or_text(loader.construct_yaml_int, node)


def _float(loader: _Loader, node: ScalarNode) -> Any:
    text = loader.construct_scalar(node)
    return text if ":" in text else _or_text(loader.construct_yaml_float, node)


def _truth(loader: _Loader, node: ScalarNode) -> Any:
    return _or_text(loader.construct_yaml_bool, node)


def _or_text(construct: Any, node: ScalarNode) -> Any:
    try:
        return construct(node)
    # What PyYAML's constructors raise for 0x_ and for `!!int ''` or `!!bool maybe`.
    except (ValueError, IndexError, KeyError):
        return node.value


for _name, _constructor in (
    ("int", _integer),
    ("float", _float),
    ("bool", _truth),
    ("timestamp", yaml.SafeLoader.construct_yaml_str),  # 2024-99-99 would raise a bare ValueError
    ("value", yaml.SafeLoader.construct_yaml_str),  # a lonely =
):
    _Loader.add_constructor(_TAG + _name, _constructor)


def _sentence(error: yaml.MarkedYAMLError) -> str:
    """Return what is wrong without quoting names from the file: some of them may be tokens."""
    problem = error.problem or error.context or "this is no YAML"
    if code := re.search(r"tag 'tag:yaml\.org,2002:(python/[\w./:]*)'", problem):
        return f"the tag !!{code.group(1)} would run Python code; a bench holds plain values."
    for part, sentence in _SENTENCES.items():
        if part in problem:
            return sentence
    return re.sub(r"(alias|anchor|handle) '[^']*'", r"\1", problem).rstrip(".") + "."


# What PyYAML says in the words of a parser → what a tester can do about it.
_SENTENCES = {
    "constructor for the tag": "unknown tag; a bench holds plain values, so quote text that begins with '!'.",
    r"'\t'": "a tab stands where YAML wants blanks.",
    "found another document": "a second document begins here; a bench is one document.",
    "mapping values are not allowed": "a second ':' on the line; quote the text, or check the indentation.",
    "could not find expected ':'": "a key has no ':' behind it.",
    "unexpected end of stream": "a quotation mark is not closed.",
    "expected <block end>": "this does not line up with what stands above; check the indentation.",
    "<stream end>": "the file ends before a bracket is closed.",
    r"'\x00'": "the file ends in the middle of a value.",
    "that cannot start any token": "no text may begin with this character; quote the text.",
}

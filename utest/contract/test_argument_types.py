"""The types of arguments: those that Robot Framework would convert to something else without a word are not used."""

import inspect
import typing
from pathlib import Path
from types import UnionType

import pytest

import CanLibrary
from CanLibrary.types import CONVERTERS, CanId, CanIdPattern, CanMessage, Pattern, Payload

PACKAGE = Path(CanLibrary.__file__).parent
IDENTIFIERS = {"id", "txid", "rxid", "reply_id", "physical_id", "functional_id", "routed_id"}
DATA = {"data", "mask", "reply", "reply_data", "reply_mask", "request", "responses", "routed_data"}
NOT_CONVERTED = {"wait_func"}  # a Python function, given as a variable


def hints(function):
    """Return the types of the arguments of a keyword."""
    found = typing.get_type_hints(function)
    found.pop("return")
    return found


def members(hint):
    """Yield a type and, within unions, its members."""
    if isinstance(hint, UnionType) or typing.get_origin(hint) is typing.Union:
        for member in typing.get_args(hint):
            yield from members(member)
    else:
        yield hint


def test_hints_resolve(keywords, keyword_name):
    parameters = [
        parameter for parameter in inspect.signature(keywords[keyword_name]).parameters if parameter != "self"
    ]
    assert list(hints(keywords[keyword_name])) == parameters


def test_identifiers_and_data_have_types_of_their_own(keywords, keyword_name):
    # `int` makes 7 of 7E0, `bytes` makes eight characters of '02 10 03'.
    for argument, hint in hints(keywords[keyword_name]).items():
        kinds = set(members(hint))
        assert not kinds & {bytes, bytearray}, argument
        if argument in IDENTIFIERS:
            assert kinds <= {CanId, CanIdPattern}, argument
        if argument in DATA:
            assert kinds <= {Payload, Pattern, CanMessage}, argument
        assert argument in IDENTIFIERS or not kinds & {CanId, CanIdPattern}, f"add {argument} to IDENTIFIERS"
        assert argument in DATA or not kinds & {Payload, Pattern}, f"add {argument} to DATA"


def test_no_union_with_a_converted_type(keywords, keyword_name):
    # With `str | Payload` the converter is never called; with `Payload | None` its sentence is lost, hence NOT_GIVEN.
    for argument, hint in hints(keywords[keyword_name]).items():
        kinds = list(members(hint))
        assert len(kinds) == 1 or not set(kinds) & set(CONVERTERS), argument


def test_every_type_is_converted(libdoc, keyword_name):
    keyword = next(keyword for keyword in libdoc("RAW")["keywords"] if keyword["name"] == keyword_name)
    for argument in keyword["args"]:
        if argument["type"] and argument["name"] not in NOT_CONVERTED:
            kinds = argument["type"]["nested"] if argument["type"]["union"] else [argument["type"]]
            assert all(kind["typedoc"] or kind["name"] == "object" for kind in kinds), argument["repr"]


WITH_KEYWORDS = [path for path in PACKAGE.glob("keywords/*.py") if "@keyword" in path.read_text("utf-8")]


@pytest.mark.parametrize("path", [*WITH_KEYWORDS, PACKAGE / "library.py"], ids=lambda path: path.name)
def test_no_type_is_imported_for_the_type_checker_only(path):
    # Robot Framework then cannot resolve the hints and converts nothing at all, without a word.
    assert "TYPE_CHECKING" not in path.read_text(encoding="utf-8")


def test_no_keyword_is_async(keywords, keyword_name):
    # Its errors would pass by whoever wraps it.
    assert not inspect.iscoroutinefunction(keywords[keyword_name])

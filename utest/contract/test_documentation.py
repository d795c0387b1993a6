"""The page of keywords: everything said, in one form, and no link leads nowhere."""

import inspect
import re

import pytest

from CanLibrary import CanLibrary

SECTION = re.compile(r"(Args|Returns|Raises|Example):")
PRESENT_TENSE = re.compile(r"[A-Z][a-z]+s ")  # Opens, Returns, Fails …
KINDS = {"AssertionError", "CanLibraryError"}


def sections(function):
    """Return a docstring cut into its sections; the text before the first one is the section ''."""
    cut, name = {"": []}, ""
    for line in inspect.getdoc(function).splitlines():
        if match := SECTION.fullmatch(line):
            name = match.group(1)
            assert name not in cut, f"{name} stands twice"
            cut[name] = []
        else:
            cut[name].append(line)
    return cut


def entries(lines):
    """Return the entries `name: text` of a section, with their further lines."""
    found = {}
    for line in filter(str.strip, lines):
        if match := re.match(r" {4}(\w+): (.*)", line):
            name = match.group(1)
            found[name] = match.group(2)
        else:
            assert line.startswith(" " * 8), f"neither an entry nor a further line: {line!r}"
            found[name] += " " + line.strip()
    return found


def arguments(function):
    return [name for name in inspect.signature(function).parameters if name != "self"]


def check_arguments(function):
    documented = entries(sections(function).get("Args", []))
    assert list(documented) == arguments(function)
    for name, text in documented.items():
        assert text.endswith("."), f"{name}: {text}"
        assert re.match("[A-Z`]|python", text), f"{name}: {text}"


def test_keyword_is_described(keywords, keyword_name):
    function = keywords[keyword_name]
    first, *further = sections(function)[""]
    assert PRESENT_TENSE.match(first)
    assert first.endswith(".")
    assert not further or not further[0], "an empty line ends the first sentence"
    check_arguments(function)


def test_import_is_described():
    check_arguments(CanLibrary.__init__)


def test_results_and_failures_are_described(keywords, keyword_name):
    function = keywords[keyword_name]
    said = sections(function)
    returns = inspect.signature(function).return_annotation
    if returns in (None, "None"):
        assert "Returns" not in said
    else:
        assert "Returns" in said or re.search(r"\b[Rr]eturns\b", said[""][0])
    failures = entries(said.get("Raises", []))
    assert set(failures) <= KINDS
    assert all(text.endswith(".") for text in failures.values())
    if keyword_name.endswith(("Should Be", "Should Not Arrive")) or re.match(
        "Receive|Wait(?! For Can Replay)|Exchange", keyword_name
    ):
        assert "AssertionError" in failures


def test_keyword_has_an_example(keywords, keyword_name):
    example = sections(keywords[keyword_name])["Example"]
    assert example
    assert all(line.startswith("| ") for line in example)
    assert f"`{keyword_name}`" in "\n".join(example)


def test_examples_are_robot_code(keywords, python, tmp_path):
    suite = ["*** Settings ***", "Library    CanLibrary", "", "*** Test Cases ***"]
    for name, function in keywords.items():
        rows = (line.removeprefix("| ").replace("`", "") for line in sections(function)["Example"])
        suite += [name, *(f"    {row}" for row in rows)]
    (tmp_path / "examples.robot").write_text("\n".join(suite) + "\n", encoding="utf-8")
    options = ["--dryrun", "--output", "NONE", "--log", "NONE", "--report", "NONE"]
    run = python("-m", "robot", *options, str(tmp_path))
    assert f"{len(keywords)} tests, {len(keywords)} passed, 0 failed" in run.stdout, run.stdout


def documents(spec):
    """Yield every piece of documentation on the page with the place where it stands."""
    yield "introduction", spec["doc"]
    for keyword in [*spec["inits"], *spec["keywords"]]:
        yield keyword["name"], keyword["doc"]
        yield from ((f"{keyword['name']} {arg['name']}", arg.get("doc", "")) for arg in keyword["args"])
        yield f"{keyword['name']} Returns", keyword.get("returnDoc", "")
        yield from ((f"{keyword['name']} {kind}", doc) for kind, doc in keyword.get("raises", {}).items())
    for typedoc in spec["typedocs"]:
        yield typedoc["name"], typedoc["doc"]


def test_every_link_leads_somewhere(libdoc):
    # What libdoc has no target for it shows in italics, without a word.
    dead = [
        f"{place}: {target}"
        for place, doc in documents(libdoc("HTML"))
        for target in re.findall(r'<span class="name">(.*?)</span>', doc)
    ]
    assert dead == []


def test_links_are_found_by_this_test(libdoc):
    linked = dict(documents(libdoc("HTML")))["Can Message Should Not Arrive"]
    assert '<a href="#Can%20Message%20Should%20Not%20Arrive"' in linked


def test_every_argument_is_typed(libdoc):
    untyped = [
        f"{keyword['name']}: {argument['name']}"
        for keyword in [*libdoc("RAW")["inits"], *libdoc("RAW")["keywords"]]
        for argument in keyword["args"]
        if argument["type"] is None and not argument["kind"].endswith("_MARKER")
    ]
    assert untyped == []


@pytest.mark.parametrize(
    "name",
    [
        "CanId",
        "CanIdPattern",
        "CanFilters",
        "CanMark",
        "CanMessage",
        "CanMessagePattern",
        "Pattern",
        "Payload",
    ],
)
def test_type_says_what_a_tester_writes(libdoc, name):
    import CanLibrary.types

    typedoc = next(typedoc for typedoc in libdoc("RAW")["typedocs"] if typedoc["name"] == name)
    assert typedoc["doc"] == inspect.getdoc(getattr(CanLibrary.types, name))
    assert typedoc["type"] == "Custom"


def test_choices_are_described(libdoc):
    choices = {t["name"]: t["doc"] for t in libdoc("RAW")["typedocs"] if t["type"] in ("Enum", "TypedDict")}
    assert sorted(choices) == [
        "AddressingMode",
        "AutoClose",
        "Backend",
        "BusState",
        "ChecksumFields",
        "CounterFields",
        "Direction",
        "E2EFields",
        "Expect",
        "IsoTpAddressFields",
        "IsoTpFaultKind",
        "IsoTpMessageKind",
        "Location",
        "RampFields",
        "TargetAddressType",
    ]
    assert all(doc.strip().endswith(".") for doc in choices.values()), choices


def test_introduction_has_its_sections(libdoc):
    assert re.findall("^= (.*) =$", libdoc("RAW")["doc"], flags=re.MULTILINE)
    assert libdoc("RAW")["docFormat"] == "ROBOT"
    assert libdoc("RAW")["scope"] == "GLOBAL"

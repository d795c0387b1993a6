"""Builds docs/CanLibrary.html, the page of all keywords, with Robot Framework's libdoc.

    python docs/build.py            writes the page
    python docs/build.py --check    fails if the page does not say what the code says

It needs Robot Framework 7.5 or newer, which shows `Args:`, `Returns:` and `Raises:` as tables.
"""

from __future__ import annotations

import html
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from robot import version
from robot.libdoc import libdoc

HERE = Path(__file__).resolve().parent
PAGE = HERE / "CanLibrary.html"
SOURCES = HERE.parent / "CanLibrary"


def main(arguments: list[str]) -> int:
    """Build or check the page and return the exit code."""
    if tuple(int(part) for part in re.findall(r"\d+", version.VERSION)[:2]) < (7, 5):
        print(f"Robot Framework {version.VERSION} cannot build the page as it should be; use 7.5 or newer.")
        return 1
    sys.path.insert(0, str(HERE.parent))  # the page describes this checkout, whatever is installed
    page = built()
    if arguments == ["--check"]:
        return check(page)
    PAGE.write_text(page, encoding="utf-8", newline="\n")
    print(PAGE)
    return 0


def built() -> str:
    """Return the page without line numbers and the places on this machine: nobody reads them there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "CanLibrary.html"
        libdoc("CanLibrary", str(path), quiet=True)
        page = path.read_text(encoding="utf-8")
    page = page.replace(str(SOURCES), "CanLibrary")
    page = re.sub(r' \(Python [^()"]*\)', "", page, count=1)
    return re.sub(r'"lineno": \d+', '"lineno": -1', page)


def check(page: str) -> int:
    """Return 0 if the page in docs/ says the same as this one, apart from the time."""
    if not PAGE.exists():
        print(f"{PAGE} is missing; python docs/build.py writes it.")
        return 1
    here, there = (list(facts(text)) for text in (page, PAGE.read_text(encoding="utf-8")))
    changed = [f"+ {fact}" for fact in here if fact not in there]
    changed += [f"- {fact}" for fact in there if fact not in here]
    if changed or here != there:
        print("docs/CanLibrary.html is not what the code says; python docs/build.py writes it again:")
        print("\n".join(fact[:200] for fact in changed[:20]) or "the order changed")
        return 1
    print(f"docs/CanLibrary.html says what the code says ({len(here)} facts).")
    return 0


def facts(page: str) -> Iterator[str]:
    """Yield what a page says about the library, apart from how this libdoc's version marks it up."""
    start = page.index("libdoc = ") + len("libdoc = ")
    data, _ = json.JSONDecoder().raw_decode(page, start)
    yield f"{data['name']} {data['version']} {data['scope']}"
    for block in re.split("</(?:h[1-6]|li|p|pre|tr)>", data["doc"]):
        yield f"Introduction: {plain(block)}"
    for keyword in [*data["inits"], *data["keywords"]]:
        yield f"{keyword['name']}: {plain(keyword['doc'])}"
        for argument in keyword["args"]:
            yield f"{keyword['name']}: {argument['repr']}: {plain(argument['doc'])}"
        yield f"{keyword['name']}: Returns {plain(keyword['returnDoc'])}"
        for kind, doc in keyword["raises"].items():
            yield f"{keyword['name']}: Raises {kind} {plain(doc)}"
    for typedoc in data["typedocs"]:
        if typedoc["type"] != "Standard":  # those are Robot Framework's own words
            members = [member["name"] for member in typedoc.get("members", [])]
            yield f"{typedoc['name']}: {plain(typedoc['doc'])} {members}"


def plain(doc: Any) -> str:
    """Return the words of a piece of HTML."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", str(doc))).split())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

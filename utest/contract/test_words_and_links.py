"""What people read: links lead somewhere, commands are what CI runs, nothing unfinished ships."""

import re
from pathlib import Path

import pytest

import CanLibrary

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
SHIPPED = [
    path
    for pattern in (
        "README.md",
        "pyproject.toml",
        "CanLibrary/**/*",
        "resources/**/*",
        "docs/**/*.md",
        "docs/*.py",
    )
    for path in sorted(ROOT.glob(pattern))
    if path.is_file() and "__pycache__" not in path.parts
]
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|TBD|HACK)\b")
PLACES = re.compile(r"(?<![\w.])(/work/|/home/|/root/|/tmp/|/Users/|[A-Z]:\\Users)")


def name(path):
    return path.relative_to(ROOT).as_posix()


def prose(path):
    """Return a page without its code."""
    text = re.sub(r"^( *)```.*?^\1```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(path):
    """Return the anchors of the headings of a page, as the usual forges make them."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.*?)\s*$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, anchor = target.partition("#")
        path = (page.parent / place).resolve() if place else page
        found = path.exists() and path.is_relative_to(ROOT)
        if not found or (anchor and path.suffix == ".md" and anchor not in anchors(path)):
            dead.append(target)
    assert dead == []


def test_every_page_is_reached_from_the_readme():
    reached, to_read = set(), [ROOT / "README.md"]
    while to_read:
        page = to_read.pop()
        reached.add(page)
        links = (
            page.parent / target.partition("#")[0] for target in re.findall(r"\]\(([^)\s:]+)\)", prose(page))
        )
        pages = {link.resolve() / "README.md" if link.is_dir() else link.resolve() for link in links}
        to_read += [link for link in pages if link.suffix == ".md" and link.exists() and link not in reached]
    assert [name(page) for page in PAGES if page not in reached] == []


@pytest.mark.parametrize("path", SHIPPED, ids=name)
def test_nothing_unfinished_and_no_place_of_one_machine(path):
    text = path.read_text(encoding="utf-8")
    assert UNFINISHED.findall(text) == []
    assert PLACES.findall(text) == []


@pytest.mark.parametrize("word", ["quickstart", "pytest"])
def test_readme_has_one_line_for_each_command_that_ci_runs(word):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(rf"^```sh\n(python3 -m venv .*{word}.*)\n```$", readme, flags=re.MULTILINE)
    assert len(commands) == 1


def test_changelog_tells_about_this_version():
    changelog = (ROOT / "docs" / "changelog.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[?v?([0-9][\w.]*)", changelog, flags=re.MULTILINE)
    assert newest
    assert newest.group(1) == CanLibrary.__version__


def test_ci_finds_the_oldest_version_of_each_dependency():
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    dependencies = re.search(r"^dependencies = \[\n(.*?)^\]", settings, re.DOTALL | re.MULTILINE).group(1)
    assert all(re.fullmatch(r' *"[A-Za-z-]+>=[\d.]+",', line) for line in dependencies.splitlines())

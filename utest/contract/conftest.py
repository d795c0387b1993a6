"""The public surface: the keywords, and what libdoc says about them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from CanLibrary import CanLibrary

ROOT = Path(__file__).parents[2]


def _run(*arguments, cwd=ROOT):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def _shown(name):
    """Return the name of a keyword as Robot Framework shows it."""
    return name if " " in name else name.replace("_", " ").title()


def pytest_generate_tests(metafunc):
    """Run a test that has the argument `keyword_name` for each keyword."""
    if "keyword_name" in metafunc.fixturenames:
        metafunc.parametrize("keyword_name", sorted(_shown(name) for name in CanLibrary().keywords))


@pytest.fixture(scope="session")
def root():
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def python():
    """Run this Python with arguments, the package of this checkout importable."""
    return _run


@pytest.fixture(scope="session")
def keywords():
    """The functions behind the keywords, by the names of the keywords."""
    return {_shown(name): function for name, function in sorted(CanLibrary().keywords.items())}


@pytest.fixture(scope="session")
def libdoc(tmp_path_factory):
    """What libdoc says, with documentation as it was written (RAW) or as HTML."""
    made = {}

    def spec(markup):
        if markup not in made:
            path = tmp_path_factory.mktemp("libdoc") / f"{markup}.json"
            run = _run("-m", "robot.libdoc", "-f", "JSON", "-s", markup, "CanLibrary", str(path))
            assert run.returncode == 0, run.stdout + run.stderr
            made[markup] = json.loads(path.read_text(encoding="utf-8"))
        return made[markup]

    return spec

"""The distribution: what is in it, and that its version is the same everywhere."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import CanLibrary

ROOT = Path(__file__).parents[2]
SOURCES = ("CanLibrary", "pyproject.toml", "README.md", "LICENSE")
NO_NETWORK = re.compile(
    r"NewConnectionError|ProxyError|name resolution|No matching distribution found for setuptools"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built apart from the checkout so that nothing old in build/ gets into it."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / name)
    run = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(target), str(source)],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        timeout=300,
    )
    if run.returncode and NO_NETWORK.search(run.stdout):
        pytest.skip("pip cannot reach a package index to fetch setuptools, so no wheel can be built here")
    assert run.returncode == 0, run.stdout
    (path,) = target.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


def metadata(wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(wheel.read(name).decode())


def test_wheel_holds_the_package_and_nothing_else(wheel):
    files = {name for name in wheel.namelist() if ".dist-info/" not in name}
    package = ROOT / "CanLibrary"
    there = {path.relative_to(ROOT).as_posix() for path in package.rglob("*.py")} | {"CanLibrary/py.typed"}
    assert sorted(files ^ there) == []


def test_wheel_carries_its_licence_and_readme(wheel):
    assert [name for name in wheel.namelist() if name.endswith("licenses/LICENSE")]
    assert metadata(wheel)["License-Expression"] == "Apache-2.0"
    assert metadata(wheel).get_payload().startswith("# ")


def test_version_is_the_same_everywhere(wheel, libdoc):
    version = CanLibrary.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert version == CanLibrary.CanLibrary.ROBOT_LIBRARY_VERSION
    assert metadata(wheel)["Version"] == version
    assert libdoc("RAW")["version"] == version


def test_wheel_asks_for_what_the_package_imports(wheel):
    runtime = {
        re.match(r"[\w-]+", requirement).group().lower()
        for requirement in metadata(wheel).get_all("Requires-Dist")
        if "extra ==" not in requirement
    }
    assert runtime == {
        "robotframework",
        "robotframework-pythonlibcore",
        "python-can",
        "can-isotp",
        "pyyaml",
    }


def test_wheel_works_alone(wheel, tmp_path):
    # The checkout is not importable here: a package that the wheel lacks would be missed in a run from the checkout.
    wheel.extractall(tmp_path)
    code = "import CanLibrary; print(CanLibrary.__file__); print(len(CanLibrary.CanLibrary().get_keyword_names()))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    where, count = run.stdout.split("\n")[:2]
    assert Path(where).is_relative_to(tmp_path)
    assert int(count) == len(CanLibrary.CanLibrary().get_keyword_names())

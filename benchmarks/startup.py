"""Import and construction, in fresh processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import Limit, Row, interleaved

ROOT = str(Path(__file__).resolve().parent.parent)
# In a fresh process, timed there: the start of the interpreter takes longer and differs more than what is measured.
# `robot` has imported robot.run before it imports the first library: that part is Robot Framework's own.
TIMED = """\
import time
begun = time.perf_counter()
import robot.{module}
between = time.perf_counter()
from CanLibrary import CanLibrary
CanLibrary()
print((between - begun) * 1000, (time.perf_counter() - between) * 1000)
"""
SUITE = "*** Settings ***\nLibrary    {library}\n\n*** Test Cases ***\nNothing\n    No Operation\n"


def rows(rounds: int) -> list[Row]:
    """Return the rows: import and construct, and a run of `robot` with one empty test."""
    rounds = max(rounds, 15)
    with tempfile.TemporaryDirectory() as folder:
        # An installed package has its byte code; here it lies where no checkout is touched.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder, "PYTHONPATH": ROOT}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def process(*arguments: str) -> str:
            command = [sys.executable, *arguments]
            done = subprocess.run(command, check=True, env=environment, cwd=folder, capture_output=True)
            return done.stdout.decode()

        def imported(module: str, kept: list[float]) -> float:
            theirs, ours = map(float, process("-c", TIMED.format(module=module)).split())
            kept.append(theirs)
            return ours

        def run(library: str) -> float:
            suite = Path(folder, f"{library}.robot")
            suite.write_text(SUITE.format(library=library), "utf-8")
            begun = time.perf_counter()
            process("-m", "robot", "--output", "NONE", "--report", "NONE", "--log", "NONE", str(suite))
            return (time.perf_counter() - begun) * 1000

        framework: dict[str, list[float]] = {"run": [], "api": []}
        after_run, after_api, empty_run, our_run = interleaved(
            rounds,
            lambda: imported("run", framework["run"]),
            lambda: imported("api", framework["api"]),
            lambda: run("String"),
            lambda: run("CanLibrary"),
        )
    limit, ours = Limit(60), "import + construct"
    alone, api = framework["run"][1:], framework["api"][1:]  # without the round that does not count
    return [
        Row(f"{ours}, after robot.run", "", "ms", after_run, [], limit, difference=True),
        Row("the same", "import robot.run", "ms", after_run, alone),
        Row(f"{ours}, after robot.api", "", "ms", after_api, [], limit, difference=True),
        Row("the same", "import robot.api", "ms", after_api, api),
        Row("robot run of one empty test", "with library String", "ms", our_run, empty_run, difference=True),
    ]

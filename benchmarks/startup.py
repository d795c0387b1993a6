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
# `robot` has imported robot.run before it imports the first library: that part is Robot Framework's own.
RUN = "import robot.run"
API = "import robot.api"
OURS = "from CanLibrary import CanLibrary; CanLibrary()"
SUITE = "*** Settings ***\nLibrary    {library}\n\n*** Test Cases ***\nNothing\n    No Operation\n"


def rows(rounds: int) -> list[Row]:
    """Return the rows: import and construct, and a run of `robot` with one empty test."""
    rounds = max(rounds, 15)
    with tempfile.TemporaryDirectory() as folder:
        # An installed package has its byte code; here it lies where no checkout is touched.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder, "PYTHONPATH": ROOT}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def process(*arguments: str) -> float:
            begun = time.perf_counter()
            subprocess.run(
                [sys.executable, *arguments],
                check=True,
                env=environment,
                cwd=folder,
                stdout=subprocess.DEVNULL,
            )
            return (time.perf_counter() - begun) * 1000

        def run(library: str) -> float:
            suite = Path(folder, f"{library}.robot")
            suite.write_text(SUITE.format(library=library), "utf-8")
            return process("-m", "robot", "--output", "NONE", "--report", "NONE", "--log", "NONE", str(suite))

        alone, with_ours, api, api_ours, empty_run, our_run = interleaved(
            rounds,
            lambda: process("-c", RUN),
            lambda: process("-c", f"{RUN}; {OURS}"),
            lambda: process("-c", API),
            lambda: process("-c", f"{API}; {OURS}"),
            lambda: run("String"),
            lambda: run("CanLibrary"),
        )
    limit, ours = Limit(60), "import + construct"
    return [
        Row(f"{ours}, after robot.run", "import robot.run", "ms", with_ours, alone, limit, difference=True),
        Row(f"{ours}, after robot.api", "import robot.api", "ms", api_ours, api, limit, difference=True),
        Row("robot run of one empty test", "with library String", "ms", our_run, empty_run, difference=True),
    ]

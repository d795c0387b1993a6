"""Runs a generated suite and returns what its helper measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SETTINGS = f"""\
*** Settings ***
Library    CanLibrary
Library    {HERE / "robot_peer.py"}
Suite Teardown    Write Results

"""


def measured(suite: str) -> dict[str, list[float]]:
    """Return seconds per call or message by label, one for each round; the first round does not count.

    The run writes its output.xml as any run does, no log and no report.
    """
    with tempfile.TemporaryDirectory() as folder:
        file, results = Path(folder, "suite.robot"), Path(folder, "results.json")
        file.write_text(SETTINGS + suite, "utf-8")
        environment = {**os.environ, "PYTHONPATH": str(HERE.parent), "RESULTS": str(results)}
        command = [sys.executable, "-m", "robot", "--console", "quiet", "--outputdir", folder]
        command += ["--log", "NONE", "--report", "NONE", str(file)]
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        if done.returncode:
            output = Path(folder, "output.xml").read_text("utf-8")
            raise RuntimeError(f"The generated suite failed: {done.stderr}\n{output[-3000:]}")
        return {label: times[1:] for label, times in json.loads(results.read_text("utf-8")).items()}

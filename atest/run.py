"""Runs the acceptance suites with the Python that runs this, and checks that they leave nothing behind.

    python atest/run.py [options of robot] [suites]

Where no suite is given, everything runs but what needs a Linux kernel with CAN: kernel/run.py is for that.
The report is in results/atest.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from robot.errors import DataError, Information
from robot.run import RobotFramework

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "results" / "atest"
# What python-can, can-isotp, Python and Robot Framework print when something was left or went wrong unseen.
SUSPICIOUS = re.compile(
    r"not properly shut down|Exception (in thread|ignored)|Traceback|Fatal Python|ResourceWarning|\[ ERROR \]"
)
SUMMARY = re.compile(r"^\d+ tests?, (\d+) passed, (\d+) failed", re.MULTILINE)


def main(arguments: list[str]) -> int:
    if not names_suites(arguments):
        arguments = [*arguments, "--exclude", "kernel", str(HERE)]
    command = [sys.executable, "-W", "default::ResourceWarning", "-m", "robot", "--outputdir", str(RESULTS)]
    command += ["--listener", str(HERE / "resources" / "Leftovers.py"), *arguments]
    console = run(command)
    passed, failed = map(int, (SUMMARY.findall(console) or [("0", "1")])[-1])
    if suspicious := [line for line in console.splitlines() if SUSPICIOUS.search(line)]:
        print("The run left something behind or printed what it should not:", *suspicious, sep="\n  ")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return min(failed, 250)


def names_suites(arguments: list[str]) -> bool:
    """Return whether there is anything among the arguments that is no option and no value of one."""
    try:
        RobotFramework().parse_arguments(arguments)
    except (DataError, Information):
        return False
    return True


def run(command: list[str]) -> str:
    """Run the command, show what it prints, and return it."""
    sources = os.pathsep.join(filter(None, [str(HERE.parent), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": sources, "PYTHONUNBUFFERED": "1"}
    printed = []
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            printed.append(line)
    return "".join(printed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Runs the message and ISO-TP suites again and again while all cores are kept busy: no verdict may change.

    python atest/soak.py [runs] [suites]

200 runs of atest/messages and atest/isotp where nothing is given. Prints each run that fails with its tests.
"""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PARALLEL = 4  # runs at a time: the suites mostly wait
HERE = Path(__file__).resolve().parent


def main(runs: int = 200, *suites: str) -> int:
    paths = list(suites) or [str(HERE / "messages"), str(HERE / "isotp")]
    burners = [multiprocessing.Process(target=burn, daemon=True) for _ in range(multiprocessing.cpu_count())]
    for burner in burners:
        burner.start()
    failed = 0
    try:
        with ThreadPoolExecutor(PARALLEL) as pool:
            runs_done = pool.map(lambda number: passes(number, paths), range(1, runs + 1))
            for number, passed in enumerate(runs_done, 1):
                failed += not passed
                if sys.stdout.isatty() or number % 20 == 0:
                    print(f"{number} of {runs} runs, {failed} failed", flush=True)
    finally:
        for burner in burners:
            burner.kill()
    print(f"{runs - failed} passed, {failed} failed")
    return min(failed, 1)


def burn() -> None:
    while True:
        pass


def passes(number: int, paths: list[str]) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "robot", "--console", "quiet", "--outputdir", folder]
        command += ["--log", "NONE", "--report", "NONE", *paths]
        done = subprocess.run(command, cwd=HERE.parent, check=False, capture_output=True, text=True)
        if done.returncode:
            tell(number, Path(folder) / "output.xml", done.stderr)
    return done.returncode == 0


def tell(number: int, output: Path, errors: str) -> None:
    from robot.api import ExecutionResult

    print(f"Run {number}: {errors.strip()}", flush=True)
    if output.exists():
        for test in ExecutionResult(output).suite.all_tests:
            if not test.passed:
                print(f"  {test.full_name}: {test.message}", flush=True)


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(int(given[0]) if given else 200, *given[1:]))

"""What the README promises: a suite that runs."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_suite_in_the_readme_runs(tmp_path):
    (block,) = re.findall(r"```robotframework\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    suite = tmp_path / "readme.robot"
    suite.write_text(block)
    command = [
        sys.executable,
        "-m",
        "robot",
        "--outputdir",
        str(tmp_path),
        "--pythonpath",
        str(ROOT),
        str(suite),
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "1 test, 1 passed, 0 failed" in run.stdout, run.stdout + run.stderr

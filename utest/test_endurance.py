"""A short and slow run of the endurance benchmark: nothing is lost while the traces are full and questions go on."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).resolve().parent.parent / "benchmarks" / "endurance.py"


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="it measures memory as Linux tells it")
def test_nothing_is_lost():
    command = [sys.executable, str(SCRIPT), "--seconds", "5", "--rate", "2000"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("lost or out of order: 0;") == 2
    assert "failures: 0" in done.stdout

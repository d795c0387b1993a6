"""Text that a type refuses stays refused: Robot Framework tries the type of an argument's default as well."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

SUITE = """\
*** Settings ***
Library    CanLibrary

*** Test Cases ***
Refused
    {step}
"""
SENTENCE = (
    "ValueError: Argument 'data' got value '021' that cannot be converted to Payload: "
    "'021' has an odd number of digits in '021'; write each byte as two digits."
)


@pytest.mark.parametrize(
    "step",
    [
        "Send Can Message    0x7E0    021",
        "Exchange Can Message    0x7E0    021    reply_id=0x7E8",
        "Start Periodic Message    0x7E0    021    period=10 ms",
        "Send IsoTp Frame    021",
    ],
)
def test_an_odd_digit_is_never_taken_for_ascii(tmp_path, step):
    suite = tmp_path / "refused.robot"
    suite.write_text(SUITE.format(step=step))
    options = ["--pythonpath", str(ROOT), "--output", "NONE", "--log", "NONE", "--report", "NONE"]
    command = [sys.executable, "-m", "robot", *options, str(suite)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert SENTENCE in run.stdout, run.stdout + run.stderr

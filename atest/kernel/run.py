"""Runs the kernel tests on a Linux kernel with CAN: this computer's, or one in a virtual machine.

    python atest/kernel/run.py [options] [-- command ...]

Without a command: the unit tests marked `kernel` and the robot suites of this folder. The virtual machine has this
computer's files, all of them; what it writes there is forgotten, but for results/kernel.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import parts
import places
from robot.rebot import rebot_cli

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RESULTS = ROOT / "results" / "kernel"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "canlibrary" / "kernel"
UNIT_TESTS = [path for path in ("utest/transport", "utest/kernel") if (ROOT / path).exists()]

# Everything runs in one boot, because each costs a minute; a new line here is all that a new kind of test needs.
PYTEST = ["python", "-m", "pytest", "-p", "no:cacheprovider", "-m", "kernel", "--durations=5"]
ROBOT = ["python", "-m", "robot", "--log", "NONE", "--report", "NONE"]
COMMANDS = [
    [*PYTEST, "--junitxml", str(RESULTS / "pytest.xml"), *UNIT_TESTS],
    [*ROBOT, "--output", str(RESULTS / "output.xml"), "atest/kernel"],
]

JOB = """\
echo "{begin}"
uname -r >{results}/release
cd {root} || exit
export PATH={python}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/tmp
export PYTHONPATH={root} PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONNOUSERSITE=1
made=
trap 'for bus in $made; do ip link del $bus; done' EXIT
ip link set lo up
for bus in vcan0 vcan1; do
    [ -e /sys/class/net/$bus ] || {{ ip link add dev $bus type vcan && made="$made $bus"; }}
    [ "$(cat /sys/class/net/$bus/mtu)" = 72 ] || ip link set $bus down mtu 72
    ip link set $bus up
done
"""
JOB_COMMAND = """\
echo; echo {title}
( {command} )
echo $? >>{results}/codes
"""


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what is being run is ended too
    options = parse()
    commands = [shlex.join(command) for command in COMMANDS]
    only = options.shell_command or shlex.join(options.command)
    write_job([only] if only else commands)
    try:
        if options.install:
            parts.install_programs()
        if places.host_has_vcan() and not options.machine:
            ended = places.run_on_host(RESULTS, options.seconds)
        else:
            ended = places.run_in_machine(RESULTS, options.cache, options.seconds)
    except parts.MissingPart as missing:
        print(missing)
        return 1
    codes = [int(code) for code in read("codes").split()]
    if only:
        return codes[0] if codes else 1
    passed, failed, skipped = counts()
    if not ended or len(codes) != len(commands) or (any(codes) and not failed):
        failed += 1
    print(f"Kernel {read('release') or 'none'}: {passed} passed, {failed} failed, {skipped} skipped")
    return int(failed > 0 or skipped > 0 or passed == 0)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs the kernel tests on a Linux kernel with CAN.")
    parser.add_argument("--seconds", type=float, default=720, help="time for everything (720)")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the kernel is kept")
    parser.add_argument(
        "--machine", action="store_true", help="use the virtual machine even if this kernel has CAN"
    )
    parser.add_argument(
        "--install", action="store_true", help="install what the virtual machine needs in any case"
    )
    parser.add_argument("--shell-command", default="", help="run only this line of a shell")
    parser.add_argument("command", nargs="*", help="run only this command, after --")
    return parser.parse_args()


def write_job(commands: list[str]) -> None:
    """Empty the folder of results and put the shell script into it that does all the work."""
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    place = {"root": shlex.quote(str(ROOT)), "results": shlex.quote(str(RESULTS))}
    job = JOB.format(begin=places.BEGIN, python=shlex.quote(str(Path(sys.executable).parent)), **place)
    for command in commands:
        job += JOB_COMMAND.format(title=shlex.quote(f"== {command}"), command=command, **place)
    (RESULTS / "job.sh").write_text(job, encoding="utf-8")


def counts() -> tuple[int, int, int]:
    """Return how many tests passed, failed and were skipped, by the files that pytest and robot wrote."""
    passed = failed = skipped = 0
    if (RESULTS / "pytest.xml").exists():
        for suite in ET.parse(RESULTS / "pytest.xml").iter("testsuite"):
            bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            left = int(suite.get("skipped", 0))
            passed += int(suite.get("tests", 0)) - bad - left
            failed += bad
            skipped += left
    if (RESULTS / "output.xml").exists():
        # Made here, because an emulated processor takes long over it.
        rebot_cli(["--outputdir", str(RESULTS), str(RESULTS / "output.xml")], exit=False)
        for stat in ET.parse(RESULTS / "output.xml").iterfind("statistics/total/stat"):
            passed += int(stat.get("pass", 0))
            failed += int(stat.get("fail", 0))
            skipped += int(stat.get("skip", 0))
    return passed, failed, skipped


def read(name: str) -> str:
    path = RESULTS / name
    return path.read_text("utf-8").strip() if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())

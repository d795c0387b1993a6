"""Runs the kernel tests on a Linux kernel with CAN: this computer's, or one in a virtual machine.

    python atest/kernel/run.py [options] [-- command ...]

Without a command: the unit tests marked `kernel` and the robot suites of this folder. The virtual machine has this
computer's files, all of them; what it writes there is forgotten, but for the folder of results (`$results`).
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
UNIT_TESTS = " ".join(path for path in ("utest/transport", "utest/kernel") if (ROOT / path).exists())

# Lines of a shell. All run in one boot, because a boot costs up to a minute.
COMMANDS = (
    f'python -m pytest -p no:cacheprovider -m kernel --junitxml "$results/pytest.xml" {UNIT_TESTS}',
    'python -m robot --output "$results/output.xml" --log NONE --report NONE atest/kernel',
)

JOB = """\
echo "{begin}"
results={results}
uname -r >"$results/release"
cd {root} || exit
export results PATH={python}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/tmp
export PYTHONPATH={root} PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONNOUSERSITE=1
made=
trap 'for bus in $made; do ip link del $bus; done' EXIT
trap 'exit 143' TERM
ip link set lo up
for bus in vcan0 vcan1; do
    [ -e /sys/class/net/$bus ] || {{ ip link add dev $bus type vcan && made="$made $bus"; }}
    [ "$(cat /sys/class/net/$bus/mtu)" = 72 ] || {{ ip link set $bus down; ip link set $bus mtu 72; }}
    ip link set $bus up
done
"""
JOB_COMMAND = """\
echo; echo {title}
( {command} )
echo $? >>"$results/codes"
"""


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM):  # so that what is being run is ended too
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    options = parse()
    results = options.results.resolve()
    only = options.shell_command or shlex.join(options.command)
    commands = (only,) if only else COMMANDS
    write_job(results, commands)
    try:
        if options.install:
            parts.install_programs()
        if places.host_has_vcan() and not options.machine:
            ended = places.run_on_host(results, options.seconds)
        else:
            ended = places.run_in_machine(results, options.cache, options.seconds)
    except parts.MissingPart as missing:
        print(missing)
        return 1
    codes = [int(code) for code in read(results / "codes").split()]
    if only:
        return codes[0] if codes else 1
    passed, failed, skipped = counts(results)
    if not ended or len(codes) != len(commands) or (any(codes) and not failed):
        failed += 1
    print(
        f"Kernel {read(results / 'release') or 'none'}: {passed} passed, {failed} failed, {skipped} skipped"
    )
    return int(failed > 0 or skipped > 0 or passed == 0)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs the kernel tests on a Linux kernel with CAN.")
    option = parser.add_argument
    option("--seconds", type=float, default=720, help="time for everything (720)")
    option(
        "--results", type=Path, default=RESULTS, help="folder for the results; it is emptied (results/kernel)"
    )
    option("--cache", type=Path, default=CACHE, help="where the kernel is kept (~/.cache/canlibrary/kernel)")
    option("--machine", action="store_true", help="use the virtual machine even if this kernel has CAN")
    option("--install", action="store_true", help="install what the virtual machine needs in any case")
    option("--shell-command", default="", help="run only this line of a shell")
    option("command", nargs="*", help="run only this command, after --")
    return parser.parse_args()


def write_job(results: Path, commands: tuple[str, ...]) -> None:
    """Empty the folder of results and put the shell script into it that does all the work."""
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    values = {"results": results, "root": ROOT, "python": Path(sys.executable).parent}
    quoted = {name: shlex.quote(str(value)) for name, value in values.items()}
    job = JOB.format(begin=places.BEGIN, **quoted)
    for command in commands:
        job += JOB_COMMAND.format(title=shlex.quote(f"== {command}"), command=command)
    (results / "job.sh").write_text(job, encoding="utf-8")


def counts(results: Path) -> tuple[int, int, int]:
    """Return how many tests passed, failed and were skipped, by the files that pytest and robot wrote."""
    passed = failed = skipped = 0
    if (results / "pytest.xml").exists():
        for suite in ET.parse(results / "pytest.xml").iter("testsuite"):
            bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            left = int(suite.get("skipped", 0))
            passed += int(suite.get("tests", 0)) - bad - left
            failed += bad
            skipped += left
    if (results / "output.xml").exists():
        # Made here, because an emulated processor takes long over it.
        rebot_cli(["--outputdir", str(results), str(results / "output.xml")], exit=False)
        for stat in ET.parse(results / "output.xml").iterfind("statistics/total/stat"):
            passed += int(stat.get("pass", 0))
            failed += int(stat.get("fail", 0))
            skipped += int(stat.get("skip", 0))
    return passed, failed, skipped


def read(path: Path) -> str:
    return path.read_text("utf-8").strip() if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())

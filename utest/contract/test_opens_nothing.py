"""Importing, constructing, libdoc and a dry run open nothing, start no thread and import no driver."""

import pytest

# Either no driver can be imported at all, or it is there already and every way to use it raises.
NO_DRIVER = """
class NoDriver:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("can", "isotp"):
            raise AssertionError(f"{name} was imported")

sys.meta_path.insert(0, NoDriver())
"""
NO_USE = """
import can, isotp

can.Bus = can.BusABC.__init__ = can.Notifier.__init__ = refuse("can was used")
isotp.TransportLayerLogic.__init__ = refuse("isotp was used")
"""
TRAPS = """
import socket, sys, threading

def refuse(what):
    def refusing(*args, **kwargs):
        raise AssertionError(what)
    return refusing

{drivers}
threading.Thread.start = refuse("a thread was started")
socket.socket.__init__ = refuse("a socket was opened")
"""
REPORT = """
print(f"drivers: {sorted({'can', 'isotp'} & set(sys.modules))}, threads: {threading.active_count()}")
"""
SUITE = """
*** Settings ***
Library    CanLibrary    {arguments}

*** Test Cases ***
Everything
    Open Can Bus    body    interface=socketcan    channel=can0
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Send Can Message    0x7E0    02 10 03
    ${{reply}}=    Exchange IsoTp Frame    22 F1 90    reply=62 F1 90 *
    Start Periodic Message    0x100    period=10 ms
    Bus State Should Be    ACTIVE
    List Can Interfaces
"""
IMPORTS = [
    {},
    {"config": "resources/bench.yaml"},
    {"interface": "virtual", "channel": "1"},
    {"interface": "socketcan", "channel": "can0", "bitrate": "500000"},
    {"interface": "no such thing"},
    {"config": "no such file.yaml"},
]

drivers = pytest.mark.parametrize("drivers", [NO_DRIVER, NO_USE], ids=["no driver", "no use of a driver"])


def check(run, drivers):
    """Check that a run under the traps went well and that they were there."""
    assert run.returncode == 0, run.stdout + run.stderr
    there = [] if drivers is NO_DRIVER else ["can", "isotp"]
    assert run.stdout.splitlines()[-1] == f"drivers: {there}, threads: 1"


@drivers
def test_importing_and_constructing(python, drivers):
    code = (
        "from CanLibrary import CanLibrary\n"
        f"count = sum(len(CanLibrary(**arguments).get_keyword_names()) > 40 for arguments in {IMPORTS})\n"
        f"assert count == {len(IMPORTS)}"
    )
    check(python("-c", TRAPS.format(drivers=drivers) + code + REPORT), drivers)


@drivers
def test_libdoc(python, drivers, tmp_path):
    page = tmp_path / "page.html"
    code = f"import robot.libdoc\nrobot.libdoc.libdoc('CanLibrary', {str(page)!r}, quiet=True)"
    check(python("-c", TRAPS.format(drivers=drivers) + code + REPORT), drivers)
    assert "Open Can Bus" in page.read_text(encoding="utf-8")


@drivers
def test_dry_run(python, drivers, tmp_path):
    for number, arguments in enumerate(IMPORTS):
        cells = "    ".join(f"{name}={value}" for name, value in arguments.items())
        (tmp_path / f"suite{number}.robot").write_text(SUITE.format(arguments=cells), encoding="utf-8")
    options = "dryrun=True, output=None, log=None, report=None"
    code = f"import robot\nfailed = robot.run({str(tmp_path)!r}, {options})\nassert not failed"
    run = python("-c", TRAPS.format(drivers=drivers) + code + REPORT)
    check(run, drivers)
    assert f"{len(IMPORTS)} tests, {len(IMPORTS)} passed, 0 failed" in run.stdout


@drivers
def test_the_traps_shut(python, drivers):
    code = "from CanLibrary import CanLibrary\nCanLibrary().open_can_bus()"
    run = python("-c", TRAPS.format(drivers=drivers) + code + REPORT)
    assert run.returncode == 1
    assert ("can was imported" if drivers is NO_DRIVER else "can was used") in run.stderr


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("threading.Thread(target=print).start()", "a thread was started"),
        ("socket.socket()", "a socket was opened"),
    ],
)
def test_the_other_traps_shut(python, code, what):
    run = python("-c", TRAPS.format(drivers=NO_DRIVER) + code + REPORT)
    assert run.returncode == 1
    assert what in run.stderr

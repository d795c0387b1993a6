"""The command line: `python -m CanLibrary interfaces` and `python -m CanLibrary check FILE...`."""
# ruff: noqa: ARG001  (a fixture is asked for what it does, not for what it returns)

import io
import subprocess
import sys
import threading
import time
import types

import can
import pytest
from can.interfaces import BACKENDS

import CanLibrary
from CanLibrary import __main__ as command_line
from CanLibrary.__main__ import main

GOOD = """
export:
  body: {type: Can, config: {interface: virtual, channel: 1, bitrate: 500000, fd: true}}
  chassis: {type: Can, config: {interface: virtual, channel: 2}}
  diag: {type: IsoTpPython, config: {bus: body, address: {txid: 0x7E0, rxid: 0x7E8}}}
  power: {type: jumpstarter_driver_power.driver.MockPower}
"""


class Gadget(can.BusABC):
    """A plugin's bus that finds two channels."""

    def __init__(self, channel, can_filters=None):
        super().__init__(channel, can_filters)

    def send(self, msg, timeout=None):
        raise NotImplementedError

    @staticmethod
    def _detect_available_configs():
        return [
            {"interface": "gadget", "channel": 0, "serial": 42},
            {"interface": "gadget", "channel": 1, "serial": 42},
        ]


@pytest.fixture
def only_gadget(monkeypatch):
    """Leave the virtual interface and a plugin with channels, and hand out the plugin's class."""

    class Own(Gadget):
        pass

    module = types.ModuleType("gadget_module")
    module.Gadget = Own
    monkeypatch.setitem(sys.modules, "gadget_module", module)
    for name in list(BACKENDS):
        if name != "virtual":
            monkeypatch.delitem(BACKENDS, name)
    monkeypatch.setitem(BACKENDS, "gadget", ("gadget_module", "Gadget"))
    return Own


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """Write a file into the current directory, so that sentences do not depend on where the tests run."""
    monkeypatch.chdir(tmp_path)

    def write(text, name="bench.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write


def test_it_runs_as_a_module_and_tells_its_version():
    done = subprocess.run(
        [sys.executable, "-m", "CanLibrary", "--version"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == f"CanLibrary {CanLibrary.__version__}\n"


def test_a_command_is_needed(capsys):
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2
    assert "the following arguments are required: command" in capsys.readouterr().err


# interfaces


def test_interfaces_are_a_table_and_what_to_know_about_them(only_gadget, capsys):
    assert main(["interfaces"]) == 0
    assert capsys.readouterr().out == (
        "interface  installed  can do\n"
        "gadget     yes        classic CAN, finds its channels\n"
        "virtual    yes        CAN FD, finds its channels\n"
        "\n"
        "gadget: Whether its driver is there shows when a bus is opened.\n"
    )


def test_an_interface_that_is_missing_says_what_to_install(only_gadget, monkeypatch, capsys):
    monkeypatch.setitem(BACKENDS, "gadget", ("no_such_gadget_module", "Gadget"))
    assert main(["interfaces"]) == 0
    out = capsys.readouterr().out
    assert "gadget     no         not known here\n" in out
    assert "gadget: Its module cannot be imported: No module named 'no_such_gadget_module'.\n" in out


def test_all_interfaces_of_python_can_are_in_the_table(capsys):
    assert main(["interfaces"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1 : lines.index("")]] == sorted(BACKENDS)


@pytest.mark.usefixtures("only_gadget")
def test_channels_are_those_that_the_drivers_find(capsys):
    assert main(["interfaces", "--channels"]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("opened.\n\ngadget: channel=0, serial=42\ngadget: channel=1, serial=42\n")
    assert err == ""  # no terminal, no progress


def test_an_interface_without_channels_and_one_that_fails_say_so(only_gadget, capsys):
    only_gadget._detect_available_configs = staticmethod(list)
    main(["interfaces", "--channels"])
    assert capsys.readouterr().out.endswith("\n\ngadget: no channel found\n")

    def fail():
        raise OSError("the driver is busy")

    only_gadget._detect_available_configs = staticmethod(fail)
    main(["interfaces", "--channels"])
    assert capsys.readouterr().out.endswith("\n\ngadget: cannot look for its channels: the driver is busy.\n")


def test_a_driver_that_hangs_does_not_hold_up_the_others(only_gadget, capsys, monkeypatch):
    class Slow(Gadget):
        @staticmethod
        def _detect_available_configs():
            release.wait(30)
            return []

    release = threading.Event()
    sys.modules["gadget_module"].Slow = Slow
    monkeypatch.setitem(BACKENDS, "slow", ("gadget_module", "Slow"))
    started = time.monotonic()
    main(["interfaces", "--channels", "--timeout", "0.2"])
    release.set()
    assert time.monotonic() - started < 10
    assert capsys.readouterr().out.endswith(
        "gadget: channel=0, serial=42\ngadget: channel=1, serial=42\nslow: no answer within 200 milliseconds\n"
    )


def test_a_terminal_shows_the_progress_in_one_line_that_goes_away(only_gadget, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    def slow():
        time.sleep(0.12)
        return []

    only_gadget._detect_available_configs = staticmethod(slow)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    main(["interfaces", "--channels"])
    assert terminal.getvalue().startswith("\r\033[KLooking for channels: 0 of 1 interface, 0 s\r")
    assert terminal.getvalue().endswith("\r\033[K")
    assert "\n" not in terminal.getvalue()


def test_where_nothing_can_look_for_channels_that_is_said(monkeypatch, capsys):
    for name in list(BACKENDS):
        if name != "virtual":
            monkeypatch.delitem(BACKENDS, name)
    main(["interfaces", "--channels"])
    assert capsys.readouterr().out.endswith("\n\nNo installed interface can look for its channels.\n")


# check


def test_a_bench_without_mistakes_says_what_it_holds(bench, capsys):
    assert main(["check", bench(GOOD)]) == 0
    assert capsys.readouterr().out == "bench.yaml: 2 buses, 1 connection\n"


def test_one_bus_is_one_bus(bench, capsys):
    assert main(["check", bench("export: {body: {type: Can, config: {interface: virtual}}}")]) == 0
    assert capsys.readouterr().out == "bench.yaml: 1 bus, 0 connections\n"


def test_every_mistake_is_told_with_its_path(bench, capsys):
    file = bench(GOOD.replace("bitrate: 500000", "bitrate: fast").replace("txid: 0x7E0", "txit: 0x7E0"))
    assert main(["check", file]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["bench.yaml", "export.body.config.bitrate"],
        ["bench.yaml", "export.diag.config.address.txit"],
    ]


def test_what_only_the_interface_knows_is_checked_too(bench, capsys):
    text = """
export:
  body: {type: Can, config: {interface: virtual, rx_queue_sise: 4}}
  rack:
    children:
      inner: {type: Can, config: {interface: virtul}}
  diag: {type: IsoTpPython, config: {interface: cantact, channel: 0, fd: true, address: {txid: 0x7E0, rxid: 0x7E8}}}
"""
    assert main(["check", bench(text)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "bench.yaml: export.body.config: Interface 'virtual' has no option 'rx_queue_sise'; "
        "did you mean 'rx_queue_size'?"
    )
    assert lines[1].startswith(
        "bench.yaml: export.rack.children.inner.config: Interface 'virtul' is unknown; did you mean 'virtual'? "
    )
    assert lines[2:] == [
        "bench.yaml: export.diag.config: Interface 'cantact' has no CAN FD; leave fd and data_bitrate out."
    ]


def test_what_is_no_mistake_but_good_to_know_is_a_note(bench, capsys):
    file = bench(
        "export: {body: {type: Can, config: {interface: socketcan, channel: can7, bitrate: 250000}}}"
    )
    assert main(["check", file]) == 0
    assert capsys.readouterr().out == (
        "bench.yaml: 1 bus, 0 connections\n"
        "bench.yaml: note: export.body.config: Interface 'socketcan' does not set the bit rate, the system does: "
        "'ip link set can7 type can bitrate 250000'.\n"
    )


def test_one_bad_file_among_several_makes_the_exit_code(bench, capsys):
    assert main(["check", bench("export: 5", "bad.yaml"), bench(GOOD)]) == 1
    bad, good = capsys.readouterr().out.splitlines()
    assert bad.startswith("bad.yaml: export: ")
    assert good == "bench.yaml: 2 buses, 1 connection"


def test_nothing_is_opened_by_a_check(bench, monkeypatch):
    monkeypatch.setattr(can, "Bus", None)
    assert main(["check", bench(GOOD)]) == 0


def test_channels_that_nobody_connects_are_not_looked_for():
    assert set(command_line._NOTHING_TO_FIND) <= set(BACKENDS)

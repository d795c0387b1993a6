"""`python -m CanLibrary`: what CAN interfaces are here, and whether bench files are right."""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

from CanLibrary.config import Bench, BusDescription, read_bench
from CanLibrary.errors import CanLibraryError
from CanLibrary.formatting import duration, plural
from CanLibrary.sessions.capabilities import Interface, list_interfaces, load
from CanLibrary.sessions.drivers import driver_log
from CanLibrary.sessions.interfaces import bus_arguments
from CanLibrary.version import __version__

# These answer with channels that exist only once somebody opens them.
_NOTHING_TO_FIND = ("virtual", "udp_multicast")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    options = _parser().parse_args(arguments)
    if options.command == "check":
        return max(_check(file) for file in options.files)
    return _interfaces(options.channels, options.timeout)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m CanLibrary", description=__doc__)
    parser.add_argument("--version", action="version", version=f"CanLibrary {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    interfaces = commands.add_parser("interfaces", help="list the CAN interfaces and what they can do")
    interfaces.add_argument("--channels", action="store_true", help="also look for connected channels")
    interfaces.add_argument(
        "--timeout",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="look no longer than this (default: 10)",
    )
    check = commands.add_parser("check", help="check bench files (YAML) and name every mistake")
    check.add_argument("files", nargs="+", metavar="FILE")
    return parser


def _interfaces(channels: bool, timeout: float) -> int:
    interfaces = list_interfaces()
    width = max(len(name) for name in ["interface", *(interface.name for interface in interfaces)])
    print(f"{'interface':{width}}  installed  can do")
    for interface in interfaces:
        print(f"{interface.name:{width}}  {'yes' if interface.installed else 'no':9}  {interface.can_do}")
    print()
    for interface in interfaces:
        if interface.reason:
            print(f"{interface.name}: {interface.reason}")
    if channels:
        print()
        _channels(interfaces, timeout)
    return 0


def _channels(interfaces: list[Interface], timeout: float) -> None:
    names = [
        interface.name
        for interface in interfaces
        if interface.installed and interface.detects_channels and interface.name not in _NOTHING_TO_FIND
    ]
    if not names:
        print("No installed interface can look for its channels.")
        return
    found = _find_channels(names, timeout)
    for name in names:
        answer = found.get(name, f"no answer within {duration(timeout)}")
        for line in answer if isinstance(answer, list) else [answer]:
            print(f"{name}: {line}")


def _find_channels(names: list[str], timeout: float) -> dict[str, list[str] | str]:
    """Return the channels of each interface, or why it cannot tell; a slow one is left out.

    Each interface is asked in a thread of its own that nobody waits for: python-can's own
    `detect_available_configs` has no limit before 4.6 and keeps the program from ending when a driver hangs.
    """
    found: dict[str, list[str] | str] = {}
    classes = {name: load(name)[0] for name in names}

    def ask(name: str) -> None:
        found[name] = _ask(classes[name])

    with driver_log():
        for name in names:
            threading.Thread(target=ask, args=(name,), daemon=True).start()
        started = time.monotonic()
        for waited in _progress(started, timeout):
            if len(found) == len(names):
                break
            _show(f"Looking for channels: {len(found)} of {plural(len(names), 'interface')}, {waited:.0f} s")
        _show("")
    return dict(found)


def _ask(bus_class: Any) -> list[str] | str:
    try:
        configurations = bus_class._detect_available_configs()  # python-can's hook for authors of interfaces
    except Exception as error:  # noqa: BLE001  told in the place of the channels
        return f"cannot look for its channels: {str(error).rstrip('.') or type(error).__name__}."
    return [_channel(configuration) for configuration in configurations] or "no channel found"


def _channel(configuration: dict[str, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in configuration.items() if key != "interface")


def _progress(started: float, timeout: float) -> Iterator[float]:
    while (waited := time.monotonic() - started) < timeout:
        yield waited
        time.sleep(0.05)


def _show(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _check(file: str) -> int:
    bench, mistakes = read_bench(file)
    notices: list[str] = []
    for path, description in _described_buses(bench):
        try:
            notices += [f"{file}: note: {path}: {notice}" for notice in bus_arguments(description)[1]]
        except CanLibraryError as error:
            mistakes.append(f"{file}: {path}: {error}")
    if mistakes:
        print(*mistakes, sep="\n")
        return 1
    buses = "1 bus" if len(bench.buses) == 1 else f"{len(bench.buses)} buses"
    ecus = f", {plural(len(bench.ecus), 'simulated ECU')}" if bench.ecus else ""
    print(f"{file}: {buses}, {plural(len(bench.connections), 'connection')}{ecus}", *notices, sep="\n")
    return 0


def _described_buses(bench: Bench) -> Iterator[tuple[str, BusDescription]]:
    nodes = {alias: connection.node for alias, connection in bench.connections.items()}
    for alias, description in (*bench.buses.items(), *nodes.items()):
        if description is not None:
            # An entry within a composite has the alias `parent.child`.
            yield f"export.{alias.replace('.', '.children.')}.config", description


if __name__ == "__main__":
    sys.exit(main())

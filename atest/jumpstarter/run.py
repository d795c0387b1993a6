"""Runs one suite, without a changed line, on a local bus and through real Jumpstarter exporters.

    python atest/jumpstarter/run.py [--results FOLDER]

On this computer's virtual bus, through an exporter on a unix socket, with our drivers and with the published one, and
through one behind TLS with a passphrase, on the loopback interface. A second suite is wrong in each of its tests: all
of them must fail, as their documentation says, with the trace in log.html. It needs the extra `jumpstarter` and the
package jumpstarter-cli; where they are missing, the reason is printed and only the local runs count.
"""

from __future__ import annotations

import argparse
import contextlib
import fnmatch
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from robot.api import ExecutionResult

HERE = Path(__file__).resolve().parent
SUITE, WRONG, BENCH = (
    HERE / "_suites" / name for name in ("anywhere.robot", "must_fail.robot", "bench.yaml")
)
SUMMARY = re.compile(r"^\d+ tests?, (\d+) passed, (\d+) failed", re.MULTILINE)
LONGEST = 300  # seconds for one run
PASSPHRASE = "a passphrase of the test"
PUBLISHED = {"TESTER": "published tester", "ECU": "published ecu"}
Environment = dict[str, str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, default=HERE.parents[1] / "results" / "jumpstarter")
    results = parser.parse_args().results
    passed = failed = 0
    for p, f in runs(results):
        passed, failed = passed + p, failed + f
    print(f"{passed} passed, {failed} failed")
    return min(failed, 250)


def runs(results: Path) -> Iterator[tuple[int, int]]:
    print("== On a local virtual bus", flush=True)
    yield run([], results / "local", "local")
    print("== Where location=auto finds no exporter", flush=True)
    yield run([], results / "auto", "auto")
    print("== What must fail, on a local virtual bus", flush=True)
    yield run_wrong([], results / "local_wrong", "local")
    jmp = shutil.which("jmp", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if jmp is None:
        print("Not run: jumpstarter-cli is missing; pip install -e '.[jumpstarter]' jumpstarter-cli.")
        return
    local_exporter = [jmp, "shell", "--exporter-config", str(BENCH), "--"]
    print("== Through an exporter on a unix socket", flush=True)
    yield run(local_exporter, results / "unix", "auto", WHERE="jumpstarter")
    print("== Through the published driver of an exporter on a unix socket", flush=True)
    yield run(local_exporter, results / "published", "exported", WHERE="jumpstarter", **PUBLISHED)
    print("== In a shell of Jumpstarter, but on a local bus", flush=True)
    yield run(local_exporter, results / "shell", "local")
    print("== What must fail, through an exporter on a unix socket", flush=True)
    yield run_wrong(local_exporter, results / "unix_wrong", "exported")
    if shutil.which("openssl") is None:
        print("Not run: openssl, which makes the certificate, is missing.")
        return
    print("== Through an exporter behind TLS, with a passphrase", flush=True)
    with tls_exporter(jmp) as (address, certificate):
        shell = [jmp, "shell", "--tls-grpc", address, "--passphrase", PASSPHRASE, "--"]
        roots = {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": certificate}  # gRPC's own way to trust a certificate
        yield run(shell, results / "tls", "exported", roots, WHERE="jumpstarter")
    if any(PASSPHRASE in file.read_text(errors="replace") for file in (results / "tls").glob("*.*ml")):
        print("The passphrase stands in the report.")
        yield 0, 1


def run(
    shell: list[str], results: Path, location: str, more: Environment | None = None, **variables: str
) -> tuple[int, int]:
    """Run the suite and return how many tests passed and failed."""
    printed = robot(shell, results, SUITE, more or {}, LOCATION=location, **variables)
    print(printed)
    passed, failed = map(int, (SUMMARY.findall(printed) or [("0", "1")])[-1])
    return passed, failed


def run_wrong(shell: list[str], results: Path, location: str) -> tuple[int, int]:
    """Run the suite that is wrong; a test passes here if it fails as its documentation says and shows the trace."""
    printed = robot(shell, results, WRONG, {}, LOCATION=location)
    output = results / "output.xml"
    if not output.exists():
        print(printed)
        return 0, 1
    tests = ExecutionResult(str(output)).suite.tests
    passed = 0
    for test in tests:
        as_wanted = not test.passed and fnmatch.fnmatchcase(test.message, " ".join(test.doc.split()))
        shown = any("class=can-trace" in message for message in messages(test))
        passed += as_wanted and shown
        print(f"{test.name}: {'fails as it must' if as_wanted and shown else 'WRONG'}")
        if not as_wanted:
            print(f"  {test.status} {test.message}\n  but wanted: {test.doc}")
        elif not shown:
            print("  log.html does not show the trace.")
    return passed, len(tests) - passed or int(not tests)


def messages(item: Any) -> Iterator[str]:
    """Return all log messages of a test or keyword."""
    parts = [
        *item.body,
        *(part for part in (getattr(item, "setup", None), getattr(item, "teardown", None)) if part),
    ]
    for part in parts:
        if part.type == "MESSAGE":
            yield part.message
        else:
            yield from messages(part)


def robot(shell: list[str], results: Path, suite: Path, more: Environment, **variables: str) -> str:
    """Run a suite and return what was printed."""
    shutil.rmtree(results, ignore_errors=True)
    command = [*shell, sys.executable, "-m", "robot", "--outputdir", str(results), "--loglevel", "TRACE"]
    for name, value in variables.items():
        command += ["--variable", f"{name}:{value}"]
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("JMP_", "JUMPSTARTER_"))
    }
    done = subprocess.run(
        [*command, str(suite)],
        env={**environment, **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    return done.stdout


@contextlib.contextmanager
def tls_exporter(jmp: str) -> Iterator[tuple[str, str]]:
    """Start an exporter on a free port; yields its address and the file of its certificate."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        certificate, key = f"{folder}/cert.pem", f"{folder}/key.pem"
        subprocess.run(
            [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ],
            check=True,
            capture_output=True,
        )  # fmt: skip
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        exporter = subprocess.Popen(
            [
                jmp, "run", "--exporter-config", str(BENCH), "--tls-grpc-listener", f"127.0.0.1:{port}",
                "--tls-cert", certificate, "--tls-key", key, "--passphrase", PASSPHRASE,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(port, exporter)
            yield f"127.0.0.1:{port}", certificate
        finally:
            exporter.terminate()
            try:
                exporter.wait(10)
            except subprocess.TimeoutExpired:
                exporter.kill()
                exporter.wait()


def wait_for(port: int, exporter: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if exporter.poll() is not None or time.monotonic() > deadline:
                sys.exit("The exporter did not start.")
            time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())

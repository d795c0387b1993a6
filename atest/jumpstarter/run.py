"""Runs one suite, without a changed line, on a local bus and through real Jumpstarter exporters.

    python atest/jumpstarter/run.py [--results FOLDER]

Three times: on this computer's virtual bus, through an exporter on a unix socket, and through one behind TLS with
a passphrase, on the loopback interface. It needs the extra `jumpstarter` and the package jumpstarter-cli; where
they are missing, the reason is printed and only the local run counts.
"""

from __future__ import annotations

import argparse
import contextlib
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

HERE = Path(__file__).resolve().parent
SUITE, BENCH = HERE / "_suites" / "anywhere.robot", HERE / "_suites" / "bench.yaml"
SUMMARY = re.compile(r"^\d+ tests?, (\d+) passed, (\d+) failed", re.MULTILINE)
LONGEST = 300  # seconds for one run
PASSPHRASE = "a passphrase of the test"


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
    jmp = shutil.which("jmp", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if jmp is None:
        print("Not run: jumpstarter-cli is missing; pip install -e '.[jumpstarter]' jumpstarter-cli.")
        return
    print("== Through an exporter on a unix socket", flush=True)
    yield run([jmp, "shell", "--exporter-config", str(BENCH), "--"], results / "unix", "auto")
    if shutil.which("openssl") is None:
        print("Not run: openssl, which makes the certificate, is missing.")
        return
    print("== Through an exporter behind TLS, with a passphrase", flush=True)
    with tls_exporter(jmp) as (address, certificate):
        shell = [jmp, "shell", "--tls-grpc", address, "--passphrase", PASSPHRASE, "--"]
        roots = {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": certificate}  # gRPC's own way to trust a certificate
        yield run(shell, results / "tls", "exported", roots)
    if any(PASSPHRASE in file.read_text(errors="replace") for file in (results / "tls").glob("*.*ml")):
        print("The passphrase stands in the report.")
        yield 0, 1


def run(
    shell: list[str], results: Path, location: str, more: dict[str, str] | None = None
) -> tuple[int, int]:
    command = [*shell, sys.executable, "-m", "robot", "--outputdir", str(results), "--loglevel", "TRACE"]
    command += ["--variable", f"LOCATION:{location}", str(SUITE)]
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("JMP_", "JUMPSTARTER_"))
    }
    done = subprocess.run(
        command,
        env={**environment, **(more or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    print(done.stdout)
    passed, failed = map(int, (SUMMARY.findall(done.stdout) or [("0", "1")])[-1])
    return passed, failed


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

"""Real exporters for the rows of exported buses; JUMPSTARTER_HOST names them, as in `jmp shell`."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

EXPORTER = """\
apiVersion: jumpstarter.dev/v1alpha1
kind: ExporterConfig
metadata: {namespace: default, name: bench}
endpoint: ""
token: ""
export:
  published: {type: jumpstarter_driver_can.driver.Can, config: {interface: virtual, channel: 1}}
  partner: {type: jumpstarter_driver_can.driver.Can, config: {interface: virtual, channel: 1}}
  helper: {type: CanLibrary.exporter.Can, config: {interface: virtual, channel: 1}}
  ours: {type: CanLibrary.exporter.Can, config: {interface: virtual, channel: 2}}
  far: {type: CanLibrary.exporter.Can, config: {interface: virtual, channel: 2}}
"""
PASSPHRASE = "open sesame"
LONGEST = 30.0  # seconds for one to start


def why_not() -> str:
    """Return what is missing, or nothing."""
    from CanLibrary.jumpstarter.session import why_missing

    if missing := why_missing():
        return missing
    return "" if command() else "The command jmp is missing; install it with 'pip install jumpstarter-cli'."


def command() -> str | None:
    """Return where the command jmp is."""
    folders = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    return shutil.which("jmp", path=os.pathsep.join(folders))


@contextlib.contextmanager
def exporter() -> Iterator[None]:
    """Start an exporter on a unix socket."""
    told = "import os, sys; print(os.environ['JUMPSTARTER_HOST'], flush=True); sys.stdin.read()"
    with (
        bench() as file,
        started("shell", "--exporter-config", file, "--", sys.executable, "-c", told) as shell,
    ):
        assert shell.stdout is not None
        with environment(JUMPSTARTER_HOST=shell.stdout.readline().strip()):
            yield


@contextlib.contextmanager
def tls_exporter() -> Iterator[None]:
    """Start an exporter on the loopback interface, behind TLS and a passphrase."""
    with bench() as file, socket.create_server(("127.0.0.1", 0)) as free:
        certificate, key = str(Path(file).with_name("cert.pem")), str(Path(file).with_name("key.pem"))
        make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
        make += " -addext subjectAltName=IP:127.0.0.1"
        subprocess.run([*make.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
        address = f"127.0.0.1:{free.getsockname()[1]}"
        free.close()
        how = ["--tls-grpc-listener", address, "--tls-cert", certificate, "--tls-key", key]
        access = {"JMP_GRPC_PASSPHRASE": PASSPHRASE, "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": certificate}
        with started("run", "--exporter-config", file, *how, "--passphrase", PASSPHRASE) as process:
            wait_for(address, process)
            with environment(JUMPSTARTER_HOST=address, **access):
                yield


@contextlib.contextmanager
def bench() -> Iterator[str]:
    """Write the exporters' file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "exporter.yaml")
        file.write_text(EXPORTER)
        yield str(file)


@contextlib.contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run jmp, with the library of this checkout."""
    process = subprocess.Popen(
        [str(command()), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        yield process
    finally:
        if arguments[0] == "run":
            process.terminate()
        process.communicate()  # the end of its input ends a shell


@contextlib.contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Set variables as jmp shell does; also the one that lets the published client be imported."""
    given = {**variables, "JMP_DRIVERS_ALLOW": "UNSAFE"}
    os.environ.update(given)
    try:
        yield
    finally:
        for name in given:
            del os.environ[name]


def wait_for(address: str, process: subprocess.Popen[str]) -> None:
    """Return when somebody listens."""
    host, port = address.split(":")
    deadline = time.monotonic() + LONGEST
    while True:
        try:
            socket.create_connection((host, int(port)), 1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("The exporter did not start.") from None
            time.sleep(0.1)

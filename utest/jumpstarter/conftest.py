"""Real exporters, on unix sockets and on loopback, each started and ended by the tests."""

import contextlib
import gc
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from CanLibrary import CanLibrary
from CanLibrary.jumpstarter.session import why_missing

PASSPHRASE = "open sesame, please"
EXPORTER = """\
apiVersion: jumpstarter.dev/v1alpha1
kind: ExporterConfig
metadata: {namespace: default, name: bench}
endpoint: ""
token: ""
export:
  can:
    type: jumpstarter_driver_can.driver.Can
    config: {interface: virtual, channel: 7}
  ecu:
    type: jumpstarter_driver_can.driver.Can
    config: {interface: virtual, channel: 7}
  ours:
    children:
      can:
        type: CanLibrary.exporter.Can
        config: {interface: virtual, channel: 70}
      ecu:
        type: CanLibrary.exporter.Can
        config: {interface: virtual, channel: 70}
  narrow:
    children:
      can:
        type: CanLibrary.exporter.Can
        config: {interface: virtual, channel: 71}
      deaf:
        type: CanLibrary.exporter.Can
        config: {interface: virtual, channel: 71, options: {rx_queue_size: 3}}
  rack:
    children:
      body:
        type: jumpstarter_driver_can.driver.Can
        config: {interface: virtual, channel: 8}
      chassis:
        type: jumpstarter_driver_can.driver.Can
        config: {interface: virtual, channel: 8}
  wire:
    type: CanLibrary.exporter.Can
    config: {interface: virtual, channel: 9, bitrate: 500000, fd: true}
  tester:
    type: CanLibrary.exporter.IsoTpPython
    config:
      interface: virtual
      channel: 9
      address: {txid: 0x7E0, rxid: 0x7E8}
      params: {rx_flowcontrol_timeout: 300}
  server:
    type: CanLibrary.exporter.IsoTpPython
    config: {interface: virtual, channel: 9, address: {txid: 0x7E8, rxid: 0x7E0}}
"""


def jmp():
    """Return the path of Jumpstarter's command, or skip."""
    if missing := why_missing():
        pytest.skip(missing)
    beside = Path(sys.executable).with_name("jmp")
    command = str(beside) if beside.exists() else shutil.which("jmp")
    if command is None:
        pytest.skip("The command jmp is missing; install it with 'pip install jumpstarter-cli'.")
    return command


class Exporter:
    """`jmp shell` with a local exporter, whose command waits until the test ends it."""

    def __init__(self, config, **environment):
        # The command of the shell tells where the socket is and ends with its standard input.
        told = "import os, sys; print(os.environ['JUMPSTARTER_HOST'], flush=True); sys.stdin.read()"
        self._process = subprocess.Popen(
            [jmp(), "shell", "--exporter-config", str(config), "--", sys.executable, "-c", told],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **environment},
        )
        self.host = self._process.stdout.readline().strip()
        assert self.host, "The exporter did not start."

    def kill(self):
        self._process.kill()
        self._end()

    def close(self):
        if self._process.poll() is None:
            self._process.stdin.close()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._end()

    def _end(self):
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            stream.close()


class TlsExporter:
    """`jmp run` behind TLS, with a passphrase."""

    def __init__(self, config, folder):
        self.address = f"127.0.0.1:{free_port()}"
        self.ca_file, key = make_certificate(folder)
        self.passphrase_file = folder / "passphrase"
        self.passphrase_file.write_text(f"{PASSPHRASE}\n")
        self._process = subprocess.Popen(
            [
                jmp(), "run", "--exporter-config", str(config), "--tls-grpc-listener", self.address,
                "--tls-cert", str(self.ca_file), "--tls-key", str(key), "--passphrase", PASSPHRASE,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._wait()

    def _wait(self):
        host, port = self.address.split(":")
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection((host, int(port)), 1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, "The exporter did not start."
                assert self._process.poll() is None, "The exporter ended."
                time.sleep(0.1)

    def close(self):
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def make_certificate(folder):
    """Return the files of a certificate for 127.0.0.1 and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is missing.")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return certificate, key


@pytest.fixture(scope="session")
def exporter_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("bench") / "exporter.yaml"
    path.write_text(EXPORTER)
    return path


@pytest.fixture(scope="session")
def shared_exporter(exporter_file):
    exporter = Exporter(exporter_file)
    yield exporter
    exporter.close()


@pytest.fixture(scope="session")
def tls_exporter(exporter_file, tmp_path_factory):
    exporter = TlsExporter(exporter_file, tmp_path_factory.mktemp("tls"))
    yield exporter
    exporter.close()


@pytest.fixture
def exporter(shared_exporter, monkeypatch):
    """The exporter that JUMPSTARTER_HOST names during the test."""
    monkeypatch.setenv("JUMPSTARTER_HOST", shared_exporter.host)
    return shared_exporter


@pytest.fixture
def new_exporter(exporter_file):
    """Start exporters that belong to the test alone."""
    exporters = []

    def make():
        exporters.append(Exporter(exporter_file))
        return exporters[-1]

    yield make
    for exporter in exporters:
        exporter.close()


@pytest.fixture
def mortal_exporter(new_exporter, monkeypatch):
    """An exporter that the test may kill."""
    exporter = new_exporter()
    monkeypatch.setenv("JUMPSTARTER_HOST", exporter.host)
    return exporter


@pytest.fixture
def library():
    """A library as Python code uses it."""
    opened = CanLibrary()
    yield opened
    try:
        opened.close_all_isotp_connections()
    finally:
        opened.close_all_can_buses()


@pytest.fixture
def open_bus():
    """Open buses of the interface that the test is about; they are shut down with it."""
    import can

    buses = []

    def make(channel="can", **options):
        buses.append(can.Bus(interface="jumpstarter", channel=channel, ignore_config=True, **options))
        return buses[-1]

    yield make
    for bus in buses:
        bus.shutdown()


@pytest.fixture(params=["published", "ours"])
def either(request, open_bus):
    """Open buses of the published driver, or of ours, which streams."""

    def make(channel="can", **options):
        ours = request.param == "ours" and channel in ("can", "ecu")
        return open_bus(f"ours.{channel}" if ours else channel, **options)

    return make


@pytest.fixture
def pair(either):
    """Two buses of one exporter that hear each other."""
    return either("can"), either("ecu")


@pytest.fixture(autouse=True)
def no_thread_left():
    """As everywhere, but gRPC's thread ends with the last channel, and that may sit in a cycle of references."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 2
    while (left := set(threading.enumerate()) - before) and time.monotonic() < deadline:
        time.sleep(0.002)
        if all("_poll_wrapper" in thread.name for thread in left):
            gc.collect()
    assert not left, f"Threads left behind: {sorted(thread.name for thread in left)}"


@pytest.fixture
def serve(monkeypatch):
    """Serve drivers from this process, so that a test can change what is behind them; JUMPSTARTER_HOST names them."""
    if missing := why_missing():
        pytest.skip(missing)
    import grpc.aio
    from anyio.from_thread import start_blocking_portal
    from jumpstarter.common import ExporterStatus
    from jumpstarter.exporter import Session
    from jumpstarter_driver_composite.driver import Composite

    async def channel():
        return grpc.aio.insecure_channel("unix:/nowhere")

    with contextlib.ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        opened = portal.call(channel)  # gRPC's one thread lives as long as it
        stack.callback(portal.call, opened.close)

        def start(**drivers):
            session = stack.enter_context(Session(root_device=Composite(children=drivers)))
            path = stack.enter_context(session.serve_unix())
            session.update_status(ExporterStatus.LEASE_READY)
            monkeypatch.setenv("JUMPSTARTER_HOST", str(path))

        yield start
    gc.collect()  # errors of drivers hold what holds gRPC's thread

"""A lease that ends: `jmp run`, `jmp shell` and Robot Framework are real, controller and router are a stand-in."""

import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from xml.etree import ElementTree as ET

import pytest

from CanLibrary.jumpstarter import lease as lease_module
from CanLibrary.jumpstarter.lease import has_ended, listen_for_the_end
from CanLibrary.jumpstarter.target import find_target
from utest.jumpstarter.conftest import free_port, jmp, make_certificate
from utest.jumpstarter.outages import children_of

SUITE = """\
*** Settings ***
Library         CanLibrary
Suite Setup     Open Can Bus    body    interface=jumpstarter    channel=body

*** Test Cases ***
The Lease Ends In The Middle Of A Wait
    Log To Console    WAITING
    Wait For Can Message    0x123    within=50 s

After The Lease
    Open Can Bus    body    interface=jumpstarter    channel=body
"""
EXPORT = """\
export:
  body:
    type: CanLibrary.exporter.Can
    config: {interface: virtual, channel: 5}
"""
OVER = (
    "The lease 'noon' has ended; run this in a new 'jmp shell', with a longer --duration if it took longer."
)


def token():
    """Return what looks like a controller's token; nobody checks it."""
    parts = ({"alg": "none"}, {"iss": "utest", "exp": int(time.time()) + 3600}, {})
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    )


class Lab:
    """A controller, and an exporter that is registered there."""

    def __init__(self, folder):
        self._jmp = jmp()
        self.folder, self._started = folder, []
        self.address = f"127.0.0.1:{free_port()}"

    def begin(self, seconds):
        """Let a lease last so many seconds."""
        certificate, key = make_certificate(self.folder)
        self._ca = base64.b64encode(certificate.read_bytes()).decode()
        script = os.path.join(os.path.dirname(__file__), "controller.py")
        self.controller = self.start(
            [sys.executable, script, self.address, str(certificate), str(key), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.controller.stdout.readline() == "ready\n"
        self.start([self._jmp, "run", "--exporter-config", str(self.config("Exporter", "bench", EXPORT))])

    def config(self, kind, name, more):
        path = self.folder / f"{kind}.yaml"
        path.write_text(
            f"apiVersion: jumpstarter.dev/v1alpha1\nkind: {kind}Config\nmetadata: {{namespace: lab, name: {name}}}\n"
            f"endpoint: {self.address}\ntoken: {token()}\ntls: {{ca: {self._ca}}}\n{more}"
        )
        return path

    def start(self, command, **streams):
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, **streams}
        self._started.append(subprocess.Popen(command, text=True, stderr=subprocess.STDOUT, **streams))
        return self._started[-1]

    def robot(self):
        """Run the suite in a shell with a lease; returns when it waits."""
        suite = self.folder / "suite.robot"
        suite.write_text(SUITE)
        client = self.config("Client", "tester", "drivers: {allow: [], unsafe: true}\n")
        shell = [self._jmp, "shell", "--client-config", str(client), "--selector", "board=body", "--"]
        robot = [sys.executable, "-m", "robot", "--outputdir", str(self.folder / "results"), str(suite)]
        running = self.start([*shell, *robot], stdout=subprocess.PIPE)
        seen = []
        for line in running.stdout:
            seen.append(line)
            if "WAITING" in line:
                return running
        raise AssertionError("".join(seen))

    def messages(self, running):
        """Return what the tests said, when the shell has ended."""
        running.stdout.read()
        running.wait(30)
        output = ET.parse(self.folder / "results" / "output.xml")
        return [test.find("status").text for test in output.iter("test")]

    def close(self):
        for process in reversed(self._started):
            for pid in (*children_of(process.pid), process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()


@pytest.fixture
def lab(tmp_path):
    labs = []

    def make(seconds):
        labs.append(Lab(tmp_path))
        labs[-1].begin(seconds)
        return labs[-1]

    yield make
    for one in labs:
        one.close()


@pytest.mark.slow
class TestLeaseThatEnds:
    def test_when_its_time_is_over_the_tests_say_so_and_the_report_is_written(self, lab):
        bench = lab(seconds=25)
        first, second = bench.messages(bench.robot())
        assert first == f"Bus 'body' receives no more: {OVER}"
        assert second == f"Bus 'body' could not be opened on interface 'jumpstarter' channel 'body': {OVER}"

    def test_when_somebody_ends_it_the_sentence_names_it(self, lab):
        bench = lab(seconds=600)
        running = bench.robot()
        bench.controller.stdin.write("\n")
        bench.controller.stdin.flush()
        first, second = bench.messages(running)
        assert "or the lease 'noon' has ended: " in first
        assert "or the lease 'noon' has ended: " in second


@pytest.fixture
def hangup(monkeypatch):
    """Keep what this process does with a hangup."""
    before = signal.getsignal(signal.SIGHUP)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    monkeypatch.setattr(lease_module, "_ended", set())
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hangup")
@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no hangup.")
class TestHangup:
    def test_it_ends_the_lease_and_a_second_one_does_what_it_did(self, monkeypatch):
        monkeypatch.setenv("JMP_LEASE", "noon")
        listen_for_the_end()
        listen_for_the_end()
        assert not has_ended("noon")
        os.kill(os.getpid(), signal.SIGHUP)
        assert has_ended("noon")
        assert not has_ended("other")
        assert not has_ended(None)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL

    @pytest.mark.parametrize("lease", ["", "direct"])
    def test_without_a_lease_nobody_listens(self, monkeypatch, lease):
        monkeypatch.setenv("JMP_LEASE", lease)
        listen_for_the_end()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL

    def test_where_somebody_else_listens_it_is_left_to_him(self, monkeypatch):
        monkeypatch.setenv("JMP_LEASE", "noon")
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        listen_for_the_end()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


@pytest.mark.parametrize(("said", "lease"), [("noon", "noon"), ("direct", None), ("", None)])
def test_the_lease_of_this_shell(monkeypatch, said, lease):
    monkeypatch.setenv("JUMPSTARTER_HOST", "/run/socket")
    monkeypatch.setenv("JMP_LEASE", said)
    assert find_target().lease == lease

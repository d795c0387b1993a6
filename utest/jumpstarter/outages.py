"""What goes wrong on purpose: exporters on the loopback interface that are killed, and a network that fails."""

import contextlib
import os
import queue
import signal
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path

from utest.jumpstarter.conftest import free_port, jmp

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: a close sends RST


def children_of(pid):
    """Return the processes that a process has started, which `jmp run` serves in."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


class LoopbackExporter:
    """`jmp run` without TLS, always on the same port; it can be killed and started again."""

    def __init__(self, config):
        self._config, self.address = config, f"127.0.0.1:{free_port()}"
        self._process = None
        self.start()

    @property
    def access(self):
        return {"address": self.address, "insecure": True}

    def start(self):
        self._process = subprocess.Popen(
            [
                jmp(), "run", "--exporter-config", str(self._config),
                "--tls-grpc-listener", self.address, "--tls-grpc-insecure",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        host, port = self.address.split(":")
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection((host, int(port)), 1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, "The exporter did not start."
                assert self._process.poll() is None, "The exporter ended."
                time.sleep(0.05)

    def kill(self):
        """Kill it, and the process of its own in which it serves."""
        for pid in (*children_of(self._process.pid), self._process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def close(self):
        if self._process.poll() is None:
            self.kill()


class Proxy:
    """A network between two ends, which delays, falls silent, or breaks."""

    def __init__(self, address):
        host, port = address.split(":")
        self._server = (host, int(port))
        self.delay = 0.0
        self._flows = threading.Event()
        self._flows.set()
        self._sockets, self._threads = [], []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._start(self._accept)

    def fall_silent(self):
        """Forward nothing any more, and close nothing."""
        self._flows.clear()

    def go_on(self):
        self._flows.set()

    def reset(self):
        """Break all connections."""
        for end in self._sockets:
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.reset()
        self._flows.set()
        for thread in self._threads:
            thread.join(10)

    def _start(self, target, *arguments):
        self._threads.append(threading.Thread(target=target, args=arguments, daemon=True))
        self._threads[-1].start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._server, 5)
            server.settimeout(None)
            self._sockets += [client, server]
            for one, other in ((client, server), (server, client)):
                under_way = queue.Queue()
                self._start(self._read, one, under_way)
                self._start(self._write, other, under_way)

    def _read(self, end, under_way):
        data = b"there is some"
        while data:
            try:
                data = end.recv(65536)
            except OSError:
                data = b""
            under_way.put((time.monotonic() + self.delay, data))

    def _write(self, end, under_way):
        while True:
            due, data = under_way.get()
            time.sleep(max(due - time.monotonic(), 0))
            self._flows.wait()
            try:
                if not data:
                    end.shutdown(socket.SHUT_RDWR)
                    return
                end.sendall(data)
            except OSError:
                return

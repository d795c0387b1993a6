"""can-utils as a foreign partner, and what the kernel says about its CAN interfaces."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import can

# Since Linux 6.0 the kernel says with a flag of its own, 4, that a frame is one of CAN FD.
FDF = re.compile("##([0-9A-F])")
SNIFFED = re.compile(r"(?P<id>[0-9A-F]{3,8})\s+\[\d+\]\s+(?P<data>[0-9A-F ]+)")
PATIENCE = 30  # seconds: on an emulated processor everything takes long


class CanUtils:
    """Runs candump, cansend and ip, and ends what still runs when a test ends."""

    ROBOT_LIBRARY_SCOPE = "TEST"
    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self) -> None:
        self.ROBOT_LIBRARY_LISTENER = self
        self._running: list[subprocess.Popen[str]] = []

    def end_test(self, _data: Any, _result: Any) -> None:
        for process in self._running:
            process.kill()
            process.communicate()

    def cansend(self, *frames: str, channel: str = "vcan0") -> None:
        """Send frames, each as cansend takes it: 123#DEADBEEF."""
        for frame in frames:
            run("cansend", channel, frame)

    def start_candump(self, count: int, channel: str = "vcan0") -> subprocess.Popen[str]:
        """Start a candump that ends after so many frames, and return when it listens."""
        before = len(kernel_listens("all"))
        process = self.start("candump", "-L", "-n", str(count), channel)
        deadline = time.monotonic() + PATIENCE
        while len(kernel_listens("all")) == before:
            assert process.poll() is None, f"candump ended: {process.communicate()}"
            assert time.monotonic() < deadline, "candump does not listen."
            time.sleep(0.01)
        return process

    def candump_saw(self, process: subprocess.Popen[str]) -> list[str]:
        """Return the frames that a candump saw, as it writes them, without time and channel."""
        printed, complaints = process.communicate(timeout=PATIENCE)
        assert not complaints, complaints
        return [
            FDF.sub(lambda flags: f"##{int(flags[1], 16) & 3}", line.split()[2])
            for line in printed.splitlines()
        ]

    def as_candump(self, messages: list[Any]) -> list[str]:
        """Return messages as candump writes them."""
        written = []
        for message in messages:
            identifier = f"{message.arbitration_id:0{8 if message.is_extended_id else 3}X}"
            flags = message.bitrate_switch + 2 * message.error_state_indicator
            data = f"#{flags}" if message.is_fd else ""
            data += f"R{message.dlc or ''}" if message.is_remote_frame else bytes(message.data).hex().upper()
            written.append(f"{identifier}#{data}")
        return written

    def start_isotprecv(
        self, tx: str, rx: str, *options: str, channel: str = "vcan0"
    ) -> subprocess.Popen[str]:
        """Start a receiver of one payload that sends flow controls with `tx`, and return when it listens."""
        return self._start_isotp("isotprecv", "-s", tx, "-d", rx, *options, channel)

    def isotprecv_received(self, process: subprocess.Popen[str]) -> bytes:
        """Return the payload that a receiver got."""
        printed, complaints = process.communicate(timeout=PATIENCE)
        assert not complaints, complaints
        return bytes.fromhex(printed)

    def isotpsend(self, tx: str, rx: str, payload: bytes, *options: str, channel: str = "vcan0") -> None:
        """Begin to send a payload with `tx`; `rx` is where the flow controls come from."""
        process = self.start("isotpsend", "-s", tx, "-d", rx, *options, channel)
        assert process.stdin is not None
        process.stdin.write(payload.hex(" ") + "\n")
        process.stdin.close()
        process.stdin = None

    def start_isotpsniffer(self, one: str, other: str, channel: str = "vcan0") -> subprocess.Popen[str]:
        """Start a witness of the payloads between two identifiers, and return when it listens."""
        return self._start_isotp("isotpsniffer", "-s", one, "-d", other, "-f", "1", channel, listeners=2)

    def isotpsniffer_saw(self, process: subprocess.Popen[str], count: int) -> list[str]:
        """Return so many payloads that a witness saw, with the identifier of each: 7E0: 3E 00."""
        assert process.stdout is not None
        seen = []
        while len(seen) < count:
            if match := SNIFFED.search(process.stdout.readline()):
                seen.append(f"{match['id']}: {match['data'].strip()}")
        return seen

    def _start_isotp(self, *command: str, listeners: int = 1) -> subprocess.Popen[str]:
        before = len(isotp_listeners())
        process = self.start(*command)
        deadline = time.monotonic() + PATIENCE
        while len(isotp_listeners()) < before + listeners:
            assert process.poll() is None, f"{command[0]} ended: {process.communicate()}"
            assert time.monotonic() < deadline, f"{command[0]} does not listen."
            time.sleep(0.01)
        return process

    def run_cangen(self, *options: str, seconds: float = PATIENCE, channel: str = "vcan0") -> int:
        """Run cangen with these options for some seconds at most; return how many frames the interface counted."""
        before = frames_on(channel)
        process = self.start("cangen", channel, *options)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return frames_on(channel) - before

    def start_flood(self, seconds: int, frame: str, channel: str = "vcan0") -> None:
        """Send 0x100 as fast as possible for some seconds, and one frame in the middle of it."""
        flood = f"timeout {seconds} cangen {channel} -g 0 -i -I 100"
        self.start("sh", "-c", f"{flood} & sleep {seconds / 2}; cansend {channel} '{frame}'; wait")

    def start_late_partner(self, hears: str, says: str, first: str, *after: str) -> None:
        """Say a first frame, and the others as soon as a request (a single frame) was heard."""
        bus = can.Bus(interface="socketcan", channel="vcan0", ignore_config=True)

        def say(data: str) -> None:
            message = can.Message(
                arbitration_id=int(says, 16), is_extended_id=False, data=bytes.fromhex(data)
            )
            bus.send(message)

        def wait_and_say() -> None:
            with bus:
                while (heard := bus.recv(PATIENCE)) is not None:
                    if heard.arbitration_id == int(hears, 16) and heard.data[0] >> 4 == 0:
                        for data in after:
                            say(data)
                        return

        say(first)
        threading.Thread(target=wait_and_say).start()

    def switch_interface(self, channel: str, state: str, after: float = 0.0) -> None:
        """Switch an interface up or down, some seconds later if so wanted."""
        if after:
            self.start("sh", "-c", f"sleep {after}; ip link set {channel} {state}")
        else:
            run("ip", "link", "set", channel, state)

    def kernel_filters(self) -> list[str]:
        """Return the filters of raw sockets that the kernel keeps, as identifier:mask."""
        return [":".join(line.split()[1:3]) for line in kernel_listens("fil")]

    def start(self, *command: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, bufsize=1)
        self._running.append(process)
        return process


def frames_on(channel: str) -> int:
    """Return how many frames an interface has received since it was made."""
    return int(Path(f"/sys/class/net/{channel}/statistics/rx_packets").read_text())


def kernel_listens(name: str) -> list[str]:
    """Return the entries of one of the kernel's lists of those who listen."""
    return [line for line in _listening(name) if line.split()[-1:] == ["raw"]]


def isotp_listeners() -> list[str]:
    """Return the kernel's entries of ISO-TP sockets that receive."""
    return [line for line in _listening("sff", "eff", "fil") if line.split()[-1:] == ["isotp"]]


def _listening(*names: str) -> list[str]:
    return [line for name in names for line in Path(f"/proc/net/can/rcvlist_{name}").read_text().splitlines()]


def run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr or done.stdout}"

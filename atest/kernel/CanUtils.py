"""can-utils as a foreign partner, and what the kernel says about its CAN interfaces."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path
from typing import Any

# Since Linux 6.0 the kernel says with a flag of its own, 4, that a frame is one of CAN FD.
FDF = re.compile("##([0-9A-F])")
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
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._running.append(process)
        return process


def frames_on(channel: str) -> int:
    """Return how many frames an interface has received since it was made."""
    return int(Path(f"/sys/class/net/{channel}/statistics/rx_packets").read_text())


def kernel_listens(name: str) -> list[str]:
    """Return the entries of one of the kernel's lists of those who listen."""
    lines = Path(f"/proc/net/can/rcvlist_{name}").read_text().splitlines()
    return [line for line in lines if line.split()[-1:] == ["raw"]]


def run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr or done.stdout}"

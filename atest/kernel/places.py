"""Where the kernel tests can run: on this computer, if it has virtual CAN buses, or in a virtual machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import parts

BEGIN = "== Virtual CAN buses"  # the first line of the job; what comes before it is the boot
MEMORY, CORES = 2048, 2


def host_has_vcan() -> bool:
    """Return whether a virtual CAN bus can be had here, and be switched off and on, which only root may do."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        return False
    if Path("/sys/class/net/vcan0").exists():
        return True
    trial = "vcan-trial"
    made = subprocess.run(
        ["ip", "link", "add", "dev", trial, "type", "vcan"], check=False, capture_output=True
    )
    if made.returncode == 0:
        subprocess.run(["ip", "link", "del", trial], check=False, capture_output=True)
    return made.returncode == 0


def run_on_host(results: Path, seconds: float) -> bool:
    """Run the job here; return whether it came to its end in time."""
    parts.install_programs(("candump", "ip"))
    return _watch(["/bin/sh", str(results / "job.sh")], results / "console.log", seconds)


def run_in_machine(results: Path, cache: Path, seconds: float) -> bool:
    """Boot the virtual machine and run the job in it; return whether it came to its end in time."""
    parts.install_programs()
    kernel = parts.kernel(cache)
    parts.initramfs(kernel, results / "initramfs", results=results, seconds=round(seconds))
    command = ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max"]
    command += ["-smp", str(CORES), "-m", str(MEMORY), "-nic", "none", "-no-reboot"]
    command += ["-display", "none", "-monitor", "none", "-serial", "stdio"]
    command += ["-kernel", str(kernel / "vmlinuz"), "-initrd", str(results / "initramfs")]
    command += ["-append", "console=ttyS0 quiet panic=-1"]
    command += ["-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"]
    command += ["-virtfs", f"local,path={results},mount_tag=results,security_model=none"]
    try:
        return _watch(command, results / "console.log", seconds)
    finally:
        (results / "initramfs").unlink()


def _watch(command: list[str], log: Path, seconds: float) -> bool:
    """Run a command, keep what it prints, show it from the job's first line on, and let no process survive."""
    late = threading.Event()
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        ) as process,
    ):

        def end() -> None:
            late.set()
            _kill(process)

        timer = threading.Timer(seconds, end)
        timer.start()
        begun = False
        try:
            assert process.stdout is not None
            for line in process.stdout:
                kept.write(line)
                kept.flush()
                begun = begun or line.startswith(BEGIN)
                if begun:
                    print(line, end="", flush=True)
        finally:
            timer.cancel()
            _kill(process)
    if not begun:
        print(log.read_text("utf-8"))
    if late.is_set():
        print(f"It did not end within {seconds:g} seconds.")
    return begun and not late.is_set()


def _kill(process: subprocess.Popen[str]) -> None:
    """End the process and all that it started; first gently, because the job removes the buses that it made."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        os.killpg(process.pid, signal.SIGKILL)

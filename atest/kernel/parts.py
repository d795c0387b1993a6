"""What the virtual machine is made of: the programs, a Debian kernel with CAN, and an initramfs."""

from __future__ import annotations

import lzma
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = {
    "qemu-system-x86_64": "qemu-system-x86",
    "busybox": "busybox-static",
    "candump": "can-utils",
    "ip": "iproute2",
}
METAPACKAGE = "linux-image-amd64"  # not the cloud flavour, which has no CAN
MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay")
CAN_MODULES = ("can", "can-raw", "can-bcm", "can-isotp", "can-gw", "can-dev", "vcan")


class MissingPart(Exception):
    """Something that the kernel tests need is not here and cannot be fetched."""


def install_programs(programs: tuple[str, ...] = tuple(PACKAGES)) -> None:
    """Install the programs that are missing, or say which packages have them."""
    packages = [PACKAGES[program] for program in programs if not shutil.which(program)]
    if not packages:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise MissingPart(
            f"The kernel tests need {' '.join(packages)}: install these packages, or run this as root."
        )
    print(f"Installing {' '.join(packages)}", flush=True)
    _quietly("apt-get", "update")
    _quietly("apt-get", "install", "-y", "--no-install-recommends", *packages)


def kernel(cache: Path) -> Path:
    """Return a folder with `vmlinuz` and `modules`; the kernel is downloaded if the cache does not have it."""
    package = _kernel_package()
    if package is None:
        kept = sorted(cache.glob("linux-image-*/vmlinuz"))
        if not kept:
            raise MissingPart(
                f"The kernel tests need the kernel of Debian's package {METAPACKAGE}, which apt-get does not offer."
            )
        return kept[-1].parent
    folder = cache / package
    if not (folder / "vmlinuz").exists():
        cache.mkdir(parents=True, exist_ok=True)
        _download(package, folder)
    return folder


def initramfs(kernel_folder: Path, target: Path, **settings: object) -> None:
    """Write the initramfs: busybox, the modules in the order of loading, and init.sh with its settings."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        (root / "bin").mkdir()
        shutil.copy(shutil.which("busybox") or "busybox", root / "bin")
        shutil.copytree(kernel_folder / "modules", root / "modules")
        shutil.copy(HERE / "init.sh", root / "init")
        (root / "init").chmod(0o755)
        lines = [f"{name}={shlex.quote(str(value))}\n" for name, value in settings.items()]
        (root / "settings").write_text("".join(lines))
        names = sorted(str(path.relative_to(root)) for path in root.rglob("*"))
        packed = subprocess.run(
            ["busybox", "cpio", "-o", "-H", "newc"],
            cwd=root,
            input="\n".join(names).encode(),
            check=True,
            capture_output=True,
        )
    target.write_bytes(packed.stdout)


def _kernel_package() -> str | None:
    if not shutil.which("apt-get"):
        return None
    for refresh in (False, True):
        if refresh and os.geteuid() == 0:
            _quietly("apt-get", "update")
        answer = subprocess.run(
            ["apt-cache", "depends", METAPACKAGE], check=False, capture_output=True, text=True
        )
        if found := re.search(r"Depends: (linux-image-\S+)", answer.stdout):
            return found.group(1)
    return None


def _download(package: str, folder: Path) -> None:
    print(f"Downloading {package}", flush=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        temp = Path(temporary)
        # As root apt-get downloads as another user, who may not write here.
        sandbox = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
        _quietly("apt-get", *sandbox, "download", package, cwd=temp)
        (archive,) = temp.glob("*.deb")
        _quietly("dpkg", "-x", str(archive), str(temp / "all"))
        ready = temp / "ready"
        (ready / "modules").mkdir(parents=True)
        _collect_modules(temp / "all", ready / "modules")
        (vmlinuz,) = temp.glob("all/boot/vmlinuz-*")
        shutil.copy(vmlinuz, ready / "vmlinuz")
        shutil.rmtree(folder, ignore_errors=True)
        ready.rename(folder)


def _collect_modules(unpacked: Path, target: Path) -> None:
    """Copy the modules and what they depend on, and write the order in which they can be loaded."""
    there = {_plain(path.name): path for path in unpacked.rglob("*.ko*")}
    order: list[str] = []

    def take(name: str) -> None:
        if name in order or name not in there:  # what is not there is built in
            return
        path = there[name]
        # busybox's insmod does not unpack on every system.
        module = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        for needed in _dependencies(module):
            take(needed)
        order.append(name)
        (target / name).write_bytes(module)

    for name in MODULES + CAN_MODULES:
        take(_plain(name))
    (target / "order").write_text("\n".join(order) + "\n")


def _dependencies(module: bytes) -> list[str]:
    # The package has no modules.dep: depmod writes it where a kernel is installed.
    found = re.search(rb"\0depends=([^\0]*)\0", module)
    return [_plain(name) for name in found.group(1).decode().split(",") if name] if found else []


def _plain(name: str) -> str:
    return name.partition(".ko")[0].replace("-", "_")


def _quietly(*command: str, cwd: Path | None = None) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, cwd=cwd, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        raise MissingPart(f"'{' '.join(command)}' failed: {(done.stderr or done.stdout).strip()}")

"""Where an exporter is, and how to get in."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from CanLibrary.errors import ConfigurationError

HOST = "JUMPSTARTER_HOST"
LEASE = "JMP_LEASE"
_PASSPHRASE = "JMP_GRPC_PASSPHRASE"
_INSECURE = ("JMP_GRPC_INSECURE", "JUMPSTARTER_GRPC_INSECURE")


@dataclass(frozen=True)
class Target:
    """An exporter: the path of its socket or `host:port`. The passphrase is shown nowhere."""

    address: str
    ca_file: str | None = None
    insecure: bool = False
    passphrase: str | None = field(default=None, repr=False)
    lease: str | None = None

    @property
    def where(self) -> str:
        """The exporter in a sentence."""
        return f"the exporter at '{self.address}'"


def find_target(
    address: str | None = None,
    ca_file: str | os.PathLike[str] | None = None,
    insecure: bool = False,
    passphrase_file: str | os.PathLike[str] | None = None,
) -> Target:
    """Return the exporter that the options name, or else the one of this shell.

    Raises:
        ConfigurationError: There is none, or a file cannot be read.
    """
    if address is None:
        if any((ca_file, insecure, passphrase_file)):
            raise ConfigurationError(
                "ca_file, insecure and passphrase_file belong to an exporter that address=host:port names."
            )
        return _of_this_shell()
    passphrase = None
    if passphrase_file is not None:
        passphrase = _read(passphrase_file, "passphrase_file").decode("utf-8").strip()
        if not passphrase:
            raise ConfigurationError(f"passphrase_file={os.fspath(passphrase_file)} is empty.")
    if ca_file is not None:
        _read(ca_file, "ca_file")
    return Target(str(address), None if ca_file is None else os.fspath(ca_file), insecure, passphrase)


def _of_this_shell() -> Target:
    address = os.environ.get(HOST)
    if not address:
        raise ConfigurationError(
            f"There is no exporter: {HOST} is not set. Run this in 'jmp shell', such as "
            "'jmp shell --exporter-config bench.yaml -- robot …', or name the exporter with address=host:port."
        )
    return Target(
        address,
        insecure=any(os.environ.get(name) == "1" for name in _INSECURE),
        passphrase=os.environ.get(_PASSPHRASE) or None,
        lease=os.environ.get(LEASE) or None,
    )


def certificates(target: Target) -> bytes:
    """Return the certificates that the exporter's own is checked by; empty for those of the system."""
    return b"" if target.ca_file is None else _read(target.ca_file, "ca_file")


def _read(path: Any, option: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"{option}={os.fspath(path)} cannot be read: {error.strerror or error}."
        ) from error

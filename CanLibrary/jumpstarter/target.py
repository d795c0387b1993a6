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
_NO_LEASE = "direct"  # what JMP_LEASE says in 'jmp shell --tls-grpc'
_PORTS = 65536
_INSECURE = ("JMP_GRPC_INSECURE", "JUMPSTARTER_GRPC_INSECURE")


@dataclass(frozen=True)
class Target:
    """An exporter: the path of its socket or `host:port`. The passphrase is shown nowhere."""

    address: str
    ca_file: str | None = None
    insecure: bool = False
    passphrase: str | None = field(default=None, repr=False)
    lease: str | None = None
    of_this_shell: bool = False  # and not named by options

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
    where = _checked(str(address), "address")
    passphrase = None
    if passphrase_file is not None:
        origin = f"passphrase_file={os.fspath(passphrase_file)}"
        passphrase = _sendable(_read(passphrase_file, "passphrase_file").strip(), origin)
        if not passphrase:
            raise ConfigurationError(f"{origin} is empty.")
    target = Target(where, None if ca_file is None else os.fspath(ca_file), insecure, passphrase)
    _check_certificates(target)
    return target


def _of_this_shell() -> Target:
    address = os.environ.get(HOST)
    if not address:
        raise ConfigurationError(
            f"There is no exporter: {HOST} is not set. Run this in 'jmp shell', such as "
            "'jmp shell --exporter-config bench.yaml -- robot …', or name the exporter with address=host:port."
        )
    return Target(
        _checked(address, HOST),
        insecure=any(os.environ.get(name) == "1" for name in _INSECURE),
        passphrase=_sendable(os.environ.get(_PASSPHRASE, "").encode("utf-8", "surrogatepass"), _PASSPHRASE)
        or None,
        lease=lease_of_this_shell(),
        of_this_shell=True,
    )


def lease_of_this_shell() -> str | None:
    """Return the name of the lease that 'jmp shell' took; None if it took none."""
    lease = os.environ.get(LEASE)
    return None if lease in ("", _NO_LEASE) else lease


def _checked(address: str, origin: str) -> str:
    """Return an address that Jumpstarter can take: what is no `host:port` is the path of a socket to it."""
    scheme, is_url, _ = address.partition("://")
    if is_url:
        raise ConfigurationError(f"{origin}={address} is a URL; write host:port, without {scheme}://.")
    host, _, port = address.rpartition(":")
    is_port = port.isascii() and port.isdigit() and 0 < int(port) < _PORTS
    if not (host and is_port) and not os.path.isabs(address):
        raise ConfigurationError(f"{origin}={address} is neither host:port nor the whole path of a socket.")
    return address


def _sendable(passphrase: bytes, origin: str) -> str:
    """Return a passphrase that can travel; what gRPC says about another would hold it."""
    if not passphrase.isascii() or not passphrase.decode().isprintable():
        raise ConfigurationError(
            f"{origin} is no passphrase of an exporter: those are one line of printable ASCII characters."
        )
    return passphrase.decode()


def _check_certificates(target: Target) -> None:
    import ssl

    if target.ca_file is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(
                cadata=certificates(target).decode("ascii")
            )
        except (ssl.SSLError, ValueError) as error:
            raise ConfigurationError(f"ca_file={target.ca_file} holds no certificates (PEM).") from error


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

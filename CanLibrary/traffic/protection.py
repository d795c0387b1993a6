"""Checksums of messages, and AUTOSAR's E2E profiles through the package autosar-e2e: the one place that imports it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from CanLibrary.errors import NotSupportedError
from CanLibrary.types.enums import ChecksumKind, E2EMode
from CanLibrary.types.living import E2E, Checksum

Protect = Callable[[bytearray], None]  # writes the checksum into the data


def protector(of: Checksum | E2E, length: int) -> Protect:
    """Return what writes the checksum into data of a length; the counter stands in it already.

    Raises:
        NotSupportedError: The package that it needs is missing.
    """
    return _profile(of, length) if isinstance(of, E2E) else _checksum(of, length)


def _checksum(of: Checksum, length: int) -> Protect:
    covered = of.covered(length)
    calculate, size, order = _calculation(of.kind), of.kind.width // 8, of.byte_order.of_bytes
    at, end = of.byte, of.byte + size
    if covered == list(range(covered[0], covered[-1] + 1)):
        first, last = covered[0], covered[-1] + 1

        def protect(data: bytearray) -> None:
            data[at:end] = calculate(bytes(data[first:last])).to_bytes(size, order)

        return protect

    def protect_around(data: bytearray) -> None:
        data[at:end] = calculate(bytes(data[one] for one in covered)).to_bytes(size, order)

    return protect_around


def _calculation(kind: ChecksumKind) -> Callable[[bytes], int]:
    if kind is ChecksumKind.XOR:
        return lambda data: functools.reduce(int.__xor__, data, 0)
    if kind is ChecksumKind.SUM:
        return lambda data: sum(data) & 0xFF
    crc = _package(f"A checksum of kind {kind.name}").crc
    calculate: Callable[[bytes], int] = {
        ChecksumKind.CRC8_SAE_J1850: crc.calculate_crc8,
        ChecksumKind.CRC8_2F: crc.calculate_crc8_h2f,
        ChecksumKind.CRC16_CCITT: crc.calculate_crc16,
    }[kind]
    return calculate


def _profile(of: E2E, length: int) -> Protect:
    package = _package(f"E2E profile {of.profile}")
    # The counter is ours: it goes on where the data is changed, and does not where a send fails.
    options: dict[str, Any] = {"length": length, "increment_counter": False}
    if of.profile == 1:
        modes = {
            E2EMode.BOTH: package.p01.E2E_P01_DATAID_BOTH,
            E2EMode.ALTERNATING: package.p01.E2E_P01_DATAID_ALT,
            E2EMode.LOW: package.p01.E2E_P01_DATAID_LOW,
            E2EMode.NIBBLE: package.p01.E2E_P01_DATAID_NIBBLE,
        }
        mode = modes[of.mode or E2EMode.BOTH]
        return functools.partial(
            _protect, package.p01.e2e_p01_protect, of.data_id, offset=of.offset, data_id_mode=mode, **options
        )
    if of.profile == 2:
        return functools.partial(
            _protect, package.p02.e2e_p02_protect, bytes(of.data_id_list or b""), **options
        )
    return functools.partial(_protect, package.p05.e2e_p05_protect, of.data_id, offset=of.offset, **options)


def _protect(protect: Callable[..., None], identity: Any, data: bytearray, **options: Any) -> None:
    protect(data, identity, **options)


def _package(what: str) -> Any:
    try:
        import e2e
        import e2e.crc
        import e2e.p01
        import e2e.p02
        import e2e.p05
    except ImportError as error:
        raise NotSupportedError(
            f"{what} needs the package autosar-e2e; install it with: pip install "
            '"robotframework-canlibrary[e2e]".'
        ) from error
    return e2e

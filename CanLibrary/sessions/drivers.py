"""What each of python-can's interfaces needs on this computer, and whether it is there.

Importing an interface's module proves little: most of them import without their driver and fail only when
a bus is opened. Each of them keeps a handle of its vendor's library or Python package: that is looked at.
"""

from __future__ import annotations

import importlib
import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class _Driver:
    """What an interface needs. `handles` are `module:name` in can.interfaces, empty while it is missing."""

    missing: str = ""
    handles: tuple[str, ...] = ()
    windows_only: bool = False
    check: Callable[[], str] | None = None
    unknown: str = ""


_ENOUGH = 10  # sentences of one driver


@contextmanager
def driver_log() -> Iterator[list[str]]:
    """Collect what drivers log as a warning or worse, each text once, instead of letting it out.

    python-can logs the lack of a driver when the module is imported and repeats in its log what it raises,
    socketcand logs 250,000 attempts to connect in ten seconds. Robot Framework would show all of it.
    """
    said: list[str] = []
    handler = _Collector(said)
    loggers = [logging.getLogger(name) for name in ("can", "seeedbus")]  # seeedstudio's name for its own
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    try:
        yield said
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.propagate = propagate


class _Collector(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if text not in self._said and len(self._said) < _ENOUGH:
            self._said.append(text)


def why_missing(interface: str, import_error: str = "") -> str:
    """Return why an interface cannot be used here and what to install; an empty text if nothing is missing.

    Args:
        interface: One of python-can's interfaces or of a plugin.
        import_error: What its module said when it was imported.
    """
    driver = _DRIVERS.get(interface)
    if driver is None:
        return import_error and f"Its module cannot be imported: {import_error}."
    if driver.windows_only and os.name != "nt":
        return "This interface works on Windows only."
    if import_error or (driver.handles and not any(map(_is_there, driver.handles))):
        return driver.missing or f"Its module cannot be imported: {import_error}."
    return driver.check() if driver.check else ""


def what_is_unknown(interface: str) -> str:
    """Return what cannot be known of an interface before a bus is opened; an empty text if all is known."""
    driver = _DRIVERS.get(interface)
    return driver.unknown if driver else "Whether its driver is there shows when a bus is opened."


def _is_there(handle: str) -> bool:
    module, _, name = handle.partition(":")
    # A name that a later python-can does not have any more proves nothing: then opening a bus tells.
    return bool(getattr(importlib.import_module(f"can.interfaces.{module}"), name, True))


def _socketcan() -> str:
    if sys.platform != "linux":
        return "This interface works on Linux only."
    try:
        socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW).close()
    except (OSError, AttributeError):
        return (
            "This Linux kernel has no CAN support; load it with 'modprobe can_raw' "
            "(for a container, on its host)."
        )
    return ""


def _pcan() -> str:
    from can.interfaces.pcan.basic import PCANBasic

    try:
        PCANBasic()  # type: ignore[no-untyped-call, unused-ignore]  # only loads the library
    except OSError:
        return "PEAK's PCAN-Basic library was not found; install the PEAK driver from peak-system.com."
    return ""


def _usb2can() -> str:
    from can.exceptions import CanInterfaceNotImplementedError
    from can.interfaces.usb2can.usb2canabstractionlayer import Usb2CanAbstractionLayer

    try:
        Usb2CanAbstractionLayer()  # only loads the library
    except CanInterfaceNotImplementedError:
        return "usb2can.dll was not found; install the 8devices driver or name the file with the option dll."
    return ""


def _libusb() -> str:
    from usb.backend import libusb0, libusb1, openusb  # type: ignore[import-untyped, import-not-found, unused-ignore]

    if any(backend.get_backend() for backend in (libusb1, libusb0, openusb)):
        return ""
    return "libusb was not found; install it, for instance with 'apt install libusb-1.0-0'."


def _jumpstarter() -> str:
    from CanLibrary.jumpstarter.session import why_missing as extra_missing

    return extra_missing()


def _package(package: str, extra: str) -> str:
    return f"The Python package {package} is missing; install it with 'pip install \"python-can[{extra}]\"'."


_DRIVERS = {
    "canalystii": _Driver(_package("canalystii", "canalystii"), check=_libusb),
    "cantact": _Driver(_package("cantact", "cantact"), ("cantact:cantact",)),
    "etas": _Driver("ETAS BOA was not found; install ETAS BOA V2 from etas.com.", windows_only=True),
    "gs_usb": _Driver(_package("gs-usb", "gs-usb"), check=_libusb),
    "iscan": _Driver("The isCAN driver was not found; install it from thorsis.com.", ("iscan:iscan",)),
    "ixxat": _Driver(
        "The IXXAT VCI library was not found; install the IXXAT VCI driver from ixxat.com.",
        ("ixxat.canlib_vcinpl:_canlib", "ixxat.canlib_vcinpl2:_canlib"),
        windows_only=True,
    ),
    "jumpstarter": _Driver(
        check=_jumpstarter, unknown="Whether its exporter answers shows when a bus is opened."
    ),
    "kvaser": _Driver(
        "Kvaser's CANlib was not found; install the Kvaser driver (on Linux: linuxcan) from kvaser.com.",
        ("kvaser.canlib:__canlib",),
    ),
    "neousys": _Driver(
        "The Neousys WDT_DIO library was not found; install the Neousys CAN driver.",
        ("neousys.neousys:NEOUSYS_CANLIB",),
    ),
    "neovi": _Driver(
        _package("python-ics", "neovi"),
        ("ics_neovi.neovi_bus:ics",),
        unknown="Whether Intrepid's own library is there shows when a bus is opened.",
    ),
    "nican": _Driver(
        "The NI-CAN driver was not found; install it from ni.com and use a 32-bit Python.",
        ("nican:nican",),
        windows_only=True,
    ),
    "nixnet": _Driver(
        _package("nixnet", "nixnet"),
        ("nixnet:nixnet",),
        windows_only=True,
        unknown="Whether the NI-XNET driver is there shows when a bus is opened.",
    ),
    "pcan": _Driver(check=_pcan),
    "robotell": _Driver(_package("pyserial", "serial"), ("robotell:serial",)),
    "seeedstudio": _Driver(_package("pyserial", "seeedstudio"), ("seeedstudio.seeedstudio:serial",)),
    "serial": _Driver(_package("pyserial", "serial"), ("serial.serial_can:serial",)),
    "slcan": _Driver(_package("pyserial", "serial"), ("slcan:serial",)),
    "socketcan": _Driver(check=_socketcan),
    "socketcand": _Driver(unknown="Whether its server answers shows when a bus is opened."),
    "systec": _Driver(
        "The SYSTEC library was not found; install the USB-CANmodul driver from systec-electronic.com.",
        ("systec.ucan:_UCAN_INITIALIZED",),
        windows_only=True,
    ),
    "udp_multicast": _Driver(_package("msgpack", "multicast"), ("udp_multicast.utils:msgpack",)),
    "usb2can": _Driver(_package("pywin32", "pywin32"), windows_only=True, check=_usb2can),
    "vector": _Driver(
        "Vector's XL Driver Library was not found; install the Vector driver and the XL Driver Library from "
        "vector.com.",
        ("vector.canlib:xldriver",),
        windows_only=True,
    ),
    "virtual": _Driver(),
}

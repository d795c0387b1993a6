"""The Linux kernel's ISO-TP socket: what it needs, what it can honour, and how it is made.

The socket has no option for what is refused here. Facts: linux/can/isotp.h and net/can/isotp.c.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import sys
from pathlib import Path
from typing import Any

from CanLibrary.errors import BusError, ConfigurationError, NotSupportedError, nearest, translated
from CanLibrary.formatting import quoted
from CanLibrary.transport.addresses import isotp_address
from CanLibrary.types import AnyIsoTpAddress, IsoTpParams, TargetAddressType

TIMEOUT = 1.0  # seconds: N_Bs and N_Cr, fixed in the kernel
_MOST_BYTES = 66_000  # payload of a kernel that does not say (6.1); newer ones have a parameter of the module
_MOST_BYTES_SAID = Path("/sys/module/can_isotp/parameters/max_pdu_size")
_SINGLE_FRAME_ONLY = 0x800  # CAN_ISOTP_SF_BROADCAST, which can-isotp has no name for: no receiving identifier
_BITRATE_SWITCH = 0x01  # CANFD_BRS
_LONGEST_STMIN = 0xFFFFFFFF  # nanoseconds
_CANNOT = (
    "tx_data_min_length",
    "rx_flowcontrol_timeout",
    "rx_consecutive_frame_timeout",
    "rate_limit_enable",
    "rate_limit_max_bitrate",
    "rate_limit_window_size",
    "logger_name",
    "wait_func",
)
_INSTEAD = "or use backend=python"
_NETWORK = Path("/sys/class/net")
_CAN_KIND = "280"  # ARPHRD_CAN
_UP = 1  # IFF_UP


def most_bytes() -> int:
    """Return how many bytes an IsoTp frame of the kernel has at most."""
    try:
        return int(_MOST_BYTES_SAID.read_text())
    except (OSError, ValueError):
        return _MOST_BYTES


def check_there(alias: str, channel: str) -> None:
    """Refuse a connection where the system, the kernel's module or the network interface is missing."""
    begin = f"Connection '{alias}' needs"
    if not hasattr(socket, "CAN_ISOTP"):
        raise NotSupportedError(
            f"{begin} the ISO-TP socket of the Linux kernel, which {sys.platform} does not have; use backend=python."
        )
    try:
        socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_ISOTP).close()
    except OSError as error:
        if error.errno not in (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.EPROTOTYPE):
            raise translated(
                f"Connection '{alias}' could not open the kernel's ISO-TP socket", error
            ) from error
        raise NotSupportedError(
            f"{begin} the kernel's module can-isotp, which is not loaded (Linux 5.10 and later have it): "
            f"'sudo modprobe can-isotp' (for a container, on its host), {_INSTEAD}."
        ) from error
    kind, flags = (_read(_NETWORK / channel / name) for name in ("type", "flags"))
    if kind == _CAN_KIND and int(flags, 16) & _UP:
        return
    if kind == _CAN_KIND:
        raise BusError(f"{begin} '{channel}' up: 'sudo ip link set {channel} up', {_INSTEAD}.")
    there = [name for _, name in socket.if_nameindex() if _read(_NETWORK / name / "type") == _CAN_KIND]
    if kind:
        raise BusError(f"{begin} a CAN interface, and '{channel}' is none{_those(there)}.")
    if not re.fullmatch(r"[A-Za-z][\w.-]{0,14}", channel):
        raise BusError(
            f"{begin} the name of a network interface such as vcan0, not '{channel}'{_those(there)}."
        )
    close = nearest(channel, there)
    raise BusError(
        f"{begin} the network interface '{channel}', which is not there{f'{close} Make' if close else '; make'} a "
        f"virtual one with 'sudo ip link add dev {channel} type vcan' and 'sudo ip link set {channel} up', "
        f"{_INSTEAD}."
    )


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _those(there: list[str]) -> str:
    return f" (there are: {quoted(there)})" if there else ""


def check_params(alias: str, params: IsoTpParams) -> None:
    """Refuse the parameters that the kernel cannot honour, by name, unless they have their default values."""
    default = IsoTpParams()
    refused = [name for name in _CANNOT if getattr(params, name) != getattr(default, name)]
    if refused:
        shown = [f"{name}={getattr(params, name)}" for name in refused]
        raise NotSupportedError(
            f"Connection '{alias}': the kernel cannot honour {', '.join(shown)}; "
            f"leave {'it' if len(refused) == 1 else 'them'} out, {_INSTEAD}."
        )
    if params.max_frame_size > most_bytes():
        raise NotSupportedError(
            f"Connection '{alias}': max_frame_size={params.max_frame_size} is more than the kernel accepts, "
            f"{most_bytes()} bytes; say less, {_INSTEAD}."
        )
    if (params.override_receiver_stmin or 0) * 1e9 > _LONGEST_STMIN:
        raise NotSupportedError(
            f"Connection '{alias}': override_receiver_stmin={params.override_receiver_stmin:g} is more than the kernel "
            f"can wait, 4.29 seconds; say less, {_INSTEAD}."
        )


def check_address(alias: str, address: AnyIsoTpAddress) -> None:
    """Refuse an address that one socket cannot have."""
    known = isotp_address(address)
    if known.requires_tx_extension_byte() != known.requires_rx_extension_byte():
        raise NotSupportedError(
            f"Connection '{alias}': the kernel cannot use an address byte in one direction only ({address}); "
            "use backend=python."
        )


class Sockets:
    """The sockets of one endpoint: `main`, and those of the functional identifiers where these differ.

    A socket has one identifier for each direction. What is sent to all (functional) with an identifier of
    its own goes out by `to_all`, what is received so comes in by `from_all`, which never answers.
    """

    def __init__(self, channel: str, address: AnyIsoTpAddress, params: IsoTpParams) -> None:
        self._channel, self._params = channel, params
        self._address = isotp_address(address)
        physical, functional = TargetAddressType.Physical, TargetAddressType.Functional
        rx, tx = self._rx(physical), self._tx(physical)
        self._open: list[socket.socket] = []
        try:
            self.main = self._socket(rx, tx, listen=params.listen_mode)
            self.to_all = self.main
            if self._tx(functional) != tx and not params.listen_mode:
                self.to_all = self._socket(0, self._tx(functional), broadcast=True)
            self.from_all = None
            if self._rx(functional) != rx:
                self.from_all = self._socket(self._rx(functional), tx, listen=True)
        except BaseException:
            self.close()
            raise

    @property
    def receiving(self) -> list[socket.socket]:
        """Those that can receive."""
        return [self.main] if self.from_all is None else [self.main, self.from_all]

    def __iter__(self) -> Any:
        return iter(self._open)

    def close(self) -> None:
        """Close all; the kernel first sends what it has begun to send."""
        for each in self._open:
            each.close()

    def _rx(self, target: TargetAddressType) -> int:
        import isotp

        value = self._address.get_rx_arbitration_id(isotp.TargetAddressType(int(target)))
        return int(value) | (socket.CAN_EFF_FLAG if self._address.is_rx_29bits() else 0)

    def _tx(self, target: TargetAddressType) -> int:
        import isotp

        value = self._address.get_tx_arbitration_id(isotp.TargetAddressType(int(target)))
        return int(value) | (socket.CAN_EFF_FLAG if self._address.is_tx_29bits() else 0)

    def _socket(self, rx: int, tx: int, *, listen: bool = False, broadcast: bool = False) -> socket.socket:
        import isotp

        flags, params = isotp.socket.flags, self._params
        made = isotp.socket()
        real = made.real_socket()
        self._open.append(real)
        stmin = params.override_receiver_stmin
        extended = self._address.requires_tx_extension_byte()
        made.set_opts(
            optflag=(flags.LISTEN_MODE if listen else 0) | (_SINGLE_FRAME_ONLY if broadcast else 0),
            ext_address=self._address.get_tx_extension_byte() if extended else None,
            rx_ext_address=self._address.get_rx_extension_byte() if extended else None,
            txpad=params.tx_padding,
            tx_stmin=None if stmin is None else round(stmin * 1e9),
        )
        made.set_fc_opts(bs=params.blocksize, stmin=params.stmin, wftmax=params.wftmax)
        if params.can_fd:
            made.set_ll_opts(
                mtu=isotp.socket.LinkLayerProtocol.CAN_FD,
                tx_dl=params.tx_data_length,
                tx_flags=_BITRATE_SWITCH if params.bitrate_switch else 0,
            )
        try:
            # Not by can-isotp's bind, which forgets override_receiver_stmin where the address has a byte.
            real.bind((self._channel, rx, tx))
        except OSError as error:
            if error.errno == errno.EINVAL and params.can_fd:
                raise ConfigurationError(
                    f"can_fd=True needs CAN FD on '{self._channel}': take it down with 'sudo ip link set "
                    f"{self._channel} down', give it 'mtu 72' (virtual) or 'fd on' (an adapter), and bring it up again."
                ) from error
            raise
        if down := real.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            if down == errno.ENETDOWN:
                raise BusError(
                    f"'{self._channel}' is down: bring it up with 'sudo ip link set {self._channel} up'."
                )
            raise OSError(down, os.strerror(down))
        real.setblocking(False)
        return real

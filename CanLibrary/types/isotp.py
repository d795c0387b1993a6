"""ISO-TP addresses and parameters: what is possible, checked once for keywords, import and YAML."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict

from CanLibrary.formatting import quoted
from CanLibrary.types.can_id import CanId
from CanLibrary.types.enums import AddressingMode, TargetAddressType
from CanLibrary.types.message import FD_LENGTHS

Mode = AddressingMode
TX_LENGTHS = tuple(length for length in FD_LENGTHS if length >= 8)
MIN_LENGTHS = tuple(length for length in FD_LENGTHS if length >= 1)
MAX_FRAME = 0xFFFFFFFF  # the 32 bit length of a first frame with escape sequence, ISO 15765-2:2016 9.6.3


def _between(low: int, high: int, unit: str = "") -> Callable[[Any], str]:
    return lambda value: "" if low <= value <= high else f"is {low} to {high}{unit}"


def _one_of(choices: tuple[int, ...]) -> Callable[[Any], str]:
    return lambda value: "" if value in choices else f"is one of {', '.join(map(str, choices))}"


def _seconds(value: float) -> str:
    return "" if math.isfinite(value) and value > 0 else "is a time above 0 seconds"


def _stmin(value: int) -> str:
    possible = 0 <= value <= 0x7F or 0xF1 <= value <= 0xF9
    return "" if possible else "is 0 to 127 (milliseconds) or 0xF1 to 0xF9 (100 to 900 microseconds)"


def _parameter(default: Any, check: Callable[[Any], str] | None, meaning: str) -> Any:
    return dataclasses.field(default=default, metadata={"check": check, "meaning": meaning})


@dataclass(frozen=True)
class IsoTpParams:
    """The parameters of an ISO-TP connection, with can-isotp's names (ISO 15765-2)."""

    stmin: int = _parameter(
        0, _stmin, "separation time asked of the sender: 0–127 ms, 0xF1–0xF9 = 100–900 µs (9.6.5.4)"
    )
    blocksize: int = _parameter(
        8, _between(0, 255), "consecutive frames until the next flow control; 0: never again"
    )
    tx_data_length: int = _parameter(
        8, _one_of(TX_LENGTHS), "longest message sent, in bytes; above 8 needs can_fd"
    )
    tx_data_min_length: int | None = _parameter(
        None, _one_of(MIN_LENGTHS), "shortest message sent, padded with tx_padding or 0xCC"
    )
    override_receiver_stmin: float | None = _parameter(
        None,
        lambda value: "" if math.isfinite(value) and value >= 0 else "is a time from 0 seconds",
        "seconds between consecutive frames, whatever the receiver asks",
    )
    rx_flowcontrol_timeout: int = _parameter(
        1000, _between(0, 3_600_000, " milliseconds"), "milliseconds to wait for a flow control (N_Bs)"
    )
    rx_consecutive_frame_timeout: int = _parameter(
        1000,
        _between(0, 3_600_000, " milliseconds"),
        "milliseconds to wait for the next consecutive frame (N_Cr)",
    )
    tx_padding: int | None = _parameter(None, _between(0, 0xFF), "byte that fills a message up")
    wftmax: int = _parameter(0, _between(0, 255), "flow control wait frames tolerated; 0: none")
    max_frame_size: int = _parameter(
        4095, _between(1, MAX_FRAME, " bytes"), "largest payload accepted on reception"
    )
    can_fd: bool = _parameter(False, None, "send CAN FD messages")
    bitrate_switch: bool = _parameter(False, None, "CAN FD bit rate switch; needs can_fd")
    default_target_address_type: TargetAddressType = _parameter(
        TargetAddressType.Physical, None, "0 physical, 1 functional"
    )
    rate_limit_enable: bool = _parameter(False, None, "limit the sending rate")
    rate_limit_max_bitrate: int = _parameter(10_000_000, _between(1, 10**12, " bit/s"), "bit/s when limited")
    rate_limit_window_size: float = _parameter(0.2, _seconds, "seconds over which the rate is measured")
    listen_mode: bool = _parameter(False, None, "receive only: never send, not even flow control")
    blocking_send: bool = _parameter(False, None, "a send returns when the payload is through, or fails")
    logger_name: str = _parameter("isotp", None, "name of the Python logger that can-isotp writes to")
    wait_func: Callable[[float], None] | None = _parameter(
        None,
        None,
        "Python function that waits the given seconds between consecutive frames; none: the connection does",
    )

    def __post_init__(self) -> None:
        for parameter in dataclasses.fields(self):
            check_parameter(parameter.name, getattr(self, parameter.name))
        if self.tx_data_length > 8 and not self.can_fd:
            raise ValueError(
                f"tx_data_length={self.tx_data_length} needs can_fd=True: classic CAN carries 8 bytes."
            )
        if self.bitrate_switch and not self.can_fd:
            raise ValueError("bitrate_switch=True needs can_fd=True: classic CAN has one bit rate.")
        if (self.tx_data_min_length or 0) > self.tx_data_length:
            raise ValueError(
                f"tx_data_min_length={self.tx_data_min_length} is above tx_data_length={self.tx_data_length}."
            )
        if self.rate_limit_max_bitrate * self.rate_limit_window_size < (self.tx_data_length * 8):
            raise ValueError(
                "rate_limit_max_bitrate × rate_limit_window_size is less than one message; allow more bits or time."
            )


def check_parameter(name: str, value: Any) -> None:
    """Refuse a value outside the range of the parameter; the type was converted before."""
    parameter = IsoTpParams.__dataclass_fields__[name]
    check = parameter.metadata["check"]
    if check and not (value is None and parameter.default is None) and (accepted := check(value)):
        raise ValueError(f"{name}={value} is not possible: {name} {accepted}.")


class IsoTpAddressFields(TypedDict, total=False):
    """One direction of an asymmetric address: an addressing mode and the fields that it needs."""

    addressing_mode: AddressingMode
    txid: CanId
    rxid: CanId
    target_address: int
    source_address: int
    physical_id: CanId
    functional_id: CanId
    address_extension: int
    rx_only: bool
    tx_only: bool


# mode → fields that sending needs, fields that receiving needs, fields that may be given as well
ADDRESS_FIELDS: dict[AddressingMode, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    Mode.Normal_11bits: (("txid",), ("rxid",), ()),
    Mode.Normal_29bits: (("txid",), ("rxid",), ()),
    Mode.NormalFixed_29bits: (
        ("target_address", "source_address"),
        ("target_address", "source_address"),
        ("physical_id", "functional_id"),
    ),
    Mode.Extended_11bits: (("txid", "target_address"), ("rxid", "source_address"), ()),
    Mode.Extended_29bits: (("txid", "target_address"), ("rxid", "source_address"), ()),
    Mode.Mixed_11bits: (("txid", "address_extension"), ("rxid", "address_extension"), ()),
    Mode.Mixed_29bits: (
        ("target_address", "source_address", "address_extension"),
        ("target_address", "source_address", "address_extension"),
        ("physical_id", "functional_id"),
    ),
}
# Modes whose identifiers are made of the two addresses.
_BY_ADDRESSES = (Mode.NormalFixed_29bits, Mode.Mixed_29bits)
_NAMES = (
    "txid",
    "rxid",
    "target_address",
    "source_address",
    "physical_id",
    "functional_id",
    "address_extension",
)


@dataclass(frozen=True)
class IsoTpAddress:
    """An ISO-TP address (N_AI, ISO 15765-2 clause 9.4): a mode and the fields that it needs."""

    addressing_mode: AddressingMode | None = None
    txid: CanId | None = None
    rxid: CanId | None = None
    target_address: int | None = None
    source_address: int | None = None
    physical_id: CanId | None = None
    functional_id: CanId | None = None
    address_extension: int | None = None
    rx_only: bool = False
    tx_only: bool = False

    def __post_init__(self) -> None:
        if self.rx_only and self.tx_only:
            raise ValueError("An address cannot be rx_only and tx_only at once.")
        if self.addressing_mode is None:
            object.__setattr__(self, "addressing_mode", self._inferred_mode())
        self._check_fields()
        self._check_ids()

    @property
    def mode(self) -> AddressingMode:
        """The addressing mode, given or inferred from the identifiers."""
        assert self.addressing_mode is not None
        return self.addressing_mode

    @property
    def is_29bits(self) -> bool:
        """Whether the messages have extended identifiers."""
        return self.mode.name.endswith("29bits")

    def _inferred_mode(self) -> AddressingMode:
        written = [can_id for can_id in (self.txid, self.rxid) if can_id is not None]
        formats = {can_id.extended for can_id in written}
        if len(formats) > 1:
            raise ValueError(
                f"txid {self.txid} and rxid {self.rxid} are of different formats; "
                "if both are extended say addressing_mode=Normal_29bits, else give tx_addr and rx_addr."
            )
        return Mode.Normal_29bits if True in formats else Mode.Normal_11bits

    def _check_fields(self) -> None:
        for_tx, for_rx, optional = ADDRESS_FIELDS[self.mode]
        needed = set(() if self.rx_only else for_tx) | set(() if self.tx_only else for_rx)
        given = {name for name in _NAMES if getattr(self, name) is not None}
        if missing := [name for name in _NAMES if name in needed - given]:
            raise ValueError(f"{self.mode.name} addressing needs {quoted(missing)}.")
        if unused := [name for name in _NAMES if name in given - set(for_tx) - set(for_rx) - set(optional)]:
            users = [
                mode.name
                for mode in Mode
                if unused[0] in {*ADDRESS_FIELDS[mode][0], *ADDRESS_FIELDS[mode][1], *ADDRESS_FIELDS[mode][2]}
            ]
            raise ValueError(
                f"{self.mode.name} addressing does not use {quoted(unused)}; "
                f"set addressing_mode to one that does: {', '.join(users)}."
            )

    def _check_ids(self) -> None:
        for name in ("target_address", "source_address", "address_extension"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 0xFF:
                raise ValueError(f"{name}={value} is not possible: it is one byte, 0x00 to 0xFF.")
        for name in ("txid", "rxid", "physical_id", "functional_id"):
            can_id = getattr(self, name)
            if can_id is None:
                continue
            if can_id.extended != self.is_29bits:
                try:
                    if not can_id.from_integer:
                        raise ValueError
                    object.__setattr__(self, name, CanId(can_id, self.is_29bits))
                except ValueError:
                    raise ValueError(
                        f"{name} {can_id} is {'an extended' if can_id.extended else 'a standard'} identifier, "
                        f"but {self.mode.name} addressing uses {29 if self.is_29bits else 11} bits."
                    ) from None
        if self.txid is not None and self.txid == self.rxid:
            raise ValueError(
                f"txid and rxid are both {self.txid}; they must differ, or each side hears itself."
            )
        both_ways = not (self.rx_only or self.tx_only)
        if both_ways and self.mode in _BY_ADDRESSES and self.target_address == self.source_address:
            raise ValueError(
                f"target_address and source_address are both 0x{self.source_address:02X}; they must differ, or each "
                "side hears itself."
            )

    def __str__(self) -> str:
        parts = [
            f"{name} {value if isinstance(value, CanId) else f'0x{value:02X}'}"
            for name in _NAMES
            if (value := getattr(self, name)) is not None
        ]
        return f"{self.mode.name}, {', '.join(parts)}"


@dataclass(frozen=True)
class AsymmetricIsoTpAddress:
    """Independent addresses for sending and receiving, as can-isotp's ``AsymmetricAddress``."""

    tx_addr: IsoTpAddress
    rx_addr: IsoTpAddress

    def __post_init__(self) -> None:
        object.__setattr__(self, "tx_addr", dataclasses.replace(self.tx_addr, tx_only=True, rx_only=False))
        object.__setattr__(self, "rx_addr", dataclasses.replace(self.rx_addr, rx_only=True, tx_only=False))
        sent, heard = self.tx_addr, self.rx_addr
        # Extended and mixed addressing tell messages with one identifier apart by their first byte.
        sent_as = (sent.mode, sent.txid, sent.target_address, sent.address_extension)
        if sent.txid is not None and sent_as == (
            heard.mode,
            heard.rxid,
            heard.source_address,
            heard.address_extension,
        ):
            raise ValueError(
                f"The txid of tx_addr and the rxid of rx_addr are both {self.tx_addr.txid}; they must differ, or each "
                "side hears itself."
            )

    def __str__(self) -> str:
        return f"tx ({self.tx_addr}), rx ({self.rx_addr})"


AnyIsoTpAddress = IsoTpAddress | AsymmetricIsoTpAddress

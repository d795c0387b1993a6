"""Our addresses and parameters as can-isotp's, and the identifiers that an address listens to."""

from __future__ import annotations

import dataclasses
from typing import Any

from CanLibrary.traffic.trace import key_of
from CanLibrary.types import (
    AddressingMode,
    AnyIsoTpAddress,
    AsymmetricIsoTpAddress,
    CanId,
    IsoTpAddress,
    IsoTpParams,
)
from CanLibrary.types.isotp import ADDRESS_FIELDS


def isotp_address(address: AnyIsoTpAddress) -> Any:
    """Return can-isotp's object for an address."""
    import isotp

    if isinstance(address, AsymmetricIsoTpAddress):
        return isotp.AsymmetricAddress(isotp_address(address.tx_addr), isotp_address(address.rx_addr))
    fields = {
        field.name: None if value is None else int(value)
        for field in dataclasses.fields(address)
        if field.name not in ("addressing_mode", "rx_only", "tx_only")
        for value in [getattr(address, field.name)]
    }
    return isotp.Address(
        isotp.AddressingMode(int(address.mode)), rx_only=address.rx_only, tx_only=address.tx_only, **fields
    )


def our_address(address: Any) -> AnyIsoTpAddress:
    """Return the address that an object of can-isotp is."""
    import isotp

    if isinstance(address, isotp.AsymmetricAddress):
        return AsymmetricIsoTpAddress(_our_side(address.tx_addr), _our_side(address.rx_addr))
    return _our_side(address)


def _our_side(address: Any) -> IsoTpAddress:
    mode = AddressingMode(address._addressing_mode.value)  # it has no public attributes
    fields: dict[str, Any] = {}
    for name in {name for names in ADDRESS_FIELDS[mode] for name in names}:
        value = getattr(address, name, getattr(address, f"_{name}", None))
        if value is not None:
            fields[name] = CanId(value, mode.name.endswith("29bits")) if name.endswith("id") else value
    return IsoTpAddress(mode, rx_only=address._rx_only, tx_only=address._tx_only, **fields)


def isotp_params(params: IsoTpParams) -> dict[str, Any]:
    """Return the parameters as can-isotp takes them."""
    given = {field.name: getattr(params, field.name) for field in dataclasses.fields(params)}
    given["default_target_address_type"] = int(params.default_target_address_type)
    given["blocking_send"] = (
        False  # the connection waits itself, in slices that a test time-out can interrupt
    )
    if given["wait_func"] is None:
        del given["wait_func"]
    return given


def rx_address(address: AnyIsoTpAddress) -> IsoTpAddress:
    """Return the receiving side of an address."""
    return address.rx_addr if isinstance(address, AsymmetricIsoTpAddress) else address


def tx_address(address: AnyIsoTpAddress) -> IsoTpAddress:
    """Return the sending side of an address."""
    return address.tx_addr if isinstance(address, AsymmetricIsoTpAddress) else address


def listening_keys(address: AnyIsoTpAddress) -> set[int]:
    """Return the identifiers that an address receives, physical and functional, as keys of the trace."""
    import isotp

    receiving = rx_address(address)
    known = isotp_address(receiving)
    return {
        key_of(known.get_rx_arbitration_id(target), receiving.is_29bits) for target in isotp.TargetAddressType
    }


def sending_id(address: AnyIsoTpAddress) -> tuple[int, bool]:
    """Return the identifier of physical requests and whether it is extended."""
    import isotp

    sending = tx_address(address)
    known = isotp_address(sending)
    return known.get_tx_arbitration_id(isotp.TargetAddressType.Physical), sending.is_29bits


def sending_keys(address: AnyIsoTpAddress) -> set[int]:
    """Return the identifiers that an address sends with, physical and functional, as keys of the trace."""
    import isotp

    sending = tx_address(address)
    known = isotp_address(sending)
    return {
        key_of(known.get_tx_arbitration_id(target), sending.is_29bits) for target in isotp.TargetAddressType
    }


def prefix_size(address: AnyIsoTpAddress) -> int:
    """Return how many bytes of each message sent the address takes (extended and mixed addressing: one)."""
    return len(isotp_address(tx_address(address)).get_tx_payload_prefix())

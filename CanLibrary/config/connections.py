"""An ISO-TP connection: from names and values to its frozen description."""

from __future__ import annotations

import dataclasses
import functools
import typing
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from CanLibrary.config.buses import BUS_KEYS, read_bus
from CanLibrary.config.descriptions import BusDescription, ConnectionDescription
from CanLibrary.config.mistakes import Mistakes
from CanLibrary.config.values import convert
from CanLibrary.formatting import quoted
from CanLibrary.types import (
    NOT_GIVEN,
    AnyIsoTpAddress,
    AsymmetricIsoTpAddress,
    Backend,
    IsoTpAddress,
    IsoTpParams,
    check_parameter,
)

CONNECTION_KEYS = ("bus", *BUS_KEYS, "address", "params", "backend", "read_timeout")
KERNEL_INTERFACE = "socketcan"  # the kernel's ISO-TP socket runs on its network interfaces only
EXPORTED_INTERFACE = "jumpstarter"
_TYPES: dict[str, type] = {"bus": str, "backend": Backend, "read_timeout": timedelta}
_SIDES = ("tx_addr", "rx_addr")
_Made = TypeVar("_Made")


def connection_description(alias: str, given: Mapping[str, Any], where: str = "") -> ConnectionDescription:
    """Return the description of an ISO-TP connection.

    Args:
        alias: The name that the connection is known by.
        given: `address` (a map of the fields of an address, or of `tx_addr` and `rx_addr`, or an address),
            `params` (a map, or parameters), `backend`, `read_timeout`, and `bus`, the alias of a bus to
            share, or else `interface`, `channel`, `bitrate`, `fd`, `data_bitrate`, `filters` and a map
            `options` for a node of its own. With none of these the connection shares the current bus.
            None means not given.
        where: The dotted path of `given` in a file; empty for keyword arguments.

    Returns:
        The description.

    Raises:
        ConfigurationError: The first thing that is wrong, in one sentence.
    """
    mistakes = Mistakes(where)
    description = read_connection(alias, given, mistakes)
    mistakes.raise_first()
    assert description is not None
    return description


def read_connection(alias: str, given: Mapping[Any, Any], mistakes: Mistakes) -> ConnectionDescription | None:
    """Return the description of a connection, or add every mistake in it and return None."""
    before = len(mistakes.found)
    present = {key: value for key, value in given.items() if value is not None}
    for key in present:
        if key not in CONNECTION_KEYS:
            mistakes.unknown(key, "key", CONNECTION_KEYS, " What is for the interface goes under options.")
    values: dict[str, Any] = {}
    for key, target in _TYPES.items():
        if key in present:
            values[key] = convert(present[key], target, key, mistakes.at(key))
    if isinstance(pause := values.get("read_timeout"), timedelta):
        values["read_timeout"] = _above_zero(pause.total_seconds(), mistakes.at("read_timeout"))
    values["params"] = read_params(present.get("params", {}), mistakes.at("params"))
    values["given"] = frozenset(_names(present.get("params", {})))
    values["address"] = _address(present, mistakes)
    values["node"] = _node(alias, present, values, mistakes)
    return ConnectionDescription(alias=alias, **values) if len(mistakes.found) == before else None


def _names(given: object) -> Iterable[str]:
    """Return the names of the parameters that are given; a whole set of them gives all."""
    if isinstance(given, IsoTpParams):
        return (field.name for field in dataclasses.fields(given))
    return (
        [str(name) for name, value in given.items() if value is not None]
        if isinstance(given, Mapping)
        else ()
    )


def read_params(given: object, mistakes: Mistakes) -> IsoTpParams | None:
    """Return the parameters, or add every mistake in them and return None."""
    if isinstance(given, IsoTpParams):
        return given
    if not isinstance(given, Mapping):
        mistakes.add("params are a map, such as {stmin: 5, blocksize: 8}.", names_it=True)
        return None
    before = len(mistakes.found)
    values = _fields(given, IsoTpParams, "parameter", mistakes)
    for name, value in values.items():
        _refused(functools.partial(check_parameter, name, value), mistakes.at(name))
    # Rules between parameters say something only where each of them is fine.
    return _refused(lambda: IsoTpParams(**values), mistakes) if len(mistakes.found) == before else None


def read_address(given: object, mistakes: Mistakes) -> AnyIsoTpAddress | None:
    """Return the address, symmetric or not, or add every mistake in it and return None."""
    if isinstance(given, (IsoTpAddress, AsymmetricIsoTpAddress)):
        return given
    if not isinstance(given, Mapping):
        mistakes.add("an address is a map, such as {txid: 0x7E0, rxid: 0x7E8}.", names_it=True)
        return None
    if not any(side in given for side in _SIDES):
        return _one_address(given, {}, mistakes)
    for key in given:
        if key not in _SIDES:
            mistakes.unknown(key, "field", _SIDES)
    for missing in (side for side in _SIDES if given.get(side) is None):
        mistakes.add(f"{missing} is missing: an asymmetric address has tx_addr and rx_addr.", names_it=True)
        return None
    sent, received = (_side(side, given.get(side), mistakes.at(side)) for side in _SIDES)
    if not sent or not received:
        return None
    return _refused(functools.partial(AsymmetricIsoTpAddress, sent, received), mistakes)


def _side(side: str, given: object, mistakes: Mistakes) -> IsoTpAddress | None:
    if isinstance(given, IsoTpAddress):
        return given
    if isinstance(given, Mapping):
        return _one_address(given, {f"{side[:2]}_only": True}, mistakes)
    mistakes.add(f"{side} is a map of the fields of an address.", names_it=True)
    return None


def _one_address(
    given: Mapping[Any, Any], direction: dict[str, bool], mistakes: Mistakes
) -> IsoTpAddress | None:
    before = len(mistakes.found)
    values: dict[str, Any] = direction | _fields(given, IsoTpAddress, "field", mistakes)
    return _refused(lambda: IsoTpAddress(**values), mistakes) if len(mistakes.found) == before else None


def _address(present: Mapping[Any, Any], mistakes: Mistakes) -> AnyIsoTpAddress | None:
    if "address" in present:
        return read_address(present["address"], mistakes.at("address"))
    missing = (
        "address is missing; write address: {txid: 0x7E0, rxid: 0x7E8}."
        if mistakes.in_file
        else "txid and rxid are missing; give both, such as txid=0x7E0 and rxid=0x7E8."
    )
    mistakes.at("address").add(missing, names_it=True)
    return None


def _fields(given: Mapping[Any, Any], target: type, noun: str, mistakes: Mistakes) -> dict[str, Any]:
    """Return the given fields of a dataclass, converted as its type hints say."""
    hints = typing.get_type_hints(target)
    values = {}
    for key, value in given.items():
        if key not in hints:
            mistakes.unknown(key, noun, hints)
        elif value is None:
            continue
        elif key == "wait_func":
            if callable(value):
                values[key] = value
            else:
                mistakes.at(key).add(
                    "wait_func is a Python function: only Python code can give it.", names_it=True
                )
        elif (converted := convert(value, _plain_type(hints[key]), key, mistakes.at(key))) is not NOT_GIVEN:
            values[key] = converted
    return values


def _plain_type(hint: Any) -> type:
    """Return int for `int | None`: None is not given, and no value to convert to."""
    parts: tuple[type, ...] = typing.get_args(hint) or (hint,)
    return next(part for part in parts if part is not type(None))


def _refused(make: Callable[[], _Made], mistakes: Mistakes) -> _Made | None:
    """Return what the function makes, or add the sentence with which a type refuses."""
    try:
        return make()
    except ValueError as error:
        mistakes.add(str(error), names_it=True)
        return None


def _above_zero(seconds: float, mistakes: Mistakes) -> float:
    if seconds <= 0:
        mistakes.add(
            f"read_timeout={seconds:g} is not possible: read_timeout is a time above 0 seconds.",
            names_it=True,
        )
    return seconds


def _node(
    alias: str, present: Mapping[Any, Any], values: Mapping[str, Any], mistakes: Mistakes
) -> BusDescription | None:
    """Return the bus that is for this connection alone, or None where it shares one."""
    given = {key: present[key] for key in BUS_KEYS if key in present}
    if values.get("backend") is Backend.exported and not _check_exported_node(
        alias, given, present, mistakes
    ):
        return None
    if not given:
        return None
    if "bus" in present:
        mistakes.at("bus").add(
            f"bus and {quoted(given)} exclude each other: share a bus by its alias, or give the connection "
            "a node of its own with interface and channel.",
            names_it=True,
        )
        return None
    if "interface" not in given and "channel" not in given:
        mistakes.at(next(iter(given))).add(
            f"for {quoted(given)} the connection needs a node of its own: give interface and channel too.",
            names_it=True,
        )
        return None
    if values.get("backend") is Backend.kernel:
        _check_kernel_node(given, mistakes)
    node = read_bus(alias, given, mistakes)
    if node is None or values["params"] is None or not values["params"].can_fd or node.fd:
        return node
    if node.fd is False:
        mistakes.at("fd").add("fd=False cannot carry the can_fd=True of params.", names_it=True)
    return dataclasses.replace(node, fd=True)


def _check_exported_node(
    alias: str, given: dict[str, Any], present: Mapping[Any, Any], mistakes: Mistakes
) -> bool:
    if "bus" in present:
        mistakes.at("bus").add(
            "the backend exported works on the exporter's own bus; leave bus out.", names_it=True
        )
    if given.setdefault("interface", EXPORTED_INTERFACE) != EXPORTED_INTERFACE:
        mistakes.at("interface").add(
            f"the backend exported has interface '{EXPORTED_INTERFACE}' only; leave interface out.",
            names_it=True,
        )
        return False
    given.setdefault("channel", alias)  # the exporter's name for the driver
    return "bus" not in present


def _check_kernel_node(given: dict[str, Any], mistakes: Mistakes) -> None:
    if given.setdefault("interface", KERNEL_INTERFACE) != KERNEL_INTERFACE:
        mistakes.at("interface").add(
            f"the kernel backend runs on interface '{KERNEL_INTERFACE}' only; leave interface out.",
            names_it=True,
        )
    if not isinstance(given.get("channel"), str):
        mistakes.at("channel").add(
            "the kernel backend needs the name of a network interface as channel, such as vcan0.",
            names_it=True,
        )

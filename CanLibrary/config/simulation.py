"""Simulated ECUs: from names and values to their frozen descriptions."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from CanLibrary.config.connections import read_address, read_params
from CanLibrary.config.ecu_rules import (
    named_messages,
    present_keys,
    read_cyclic,
    read_message,
    read_request,
    refused,
)
from CanLibrary.config.ecus import EcuDescription
from CanLibrary.config.mistakes import Mistakes
from CanLibrary.config.values import convert, shown
from CanLibrary.errors import nearest
from CanLibrary.formatting import quoted
from CanLibrary.types import (
    NOT_GIVEN,
    AddressingMode,
    AnyIsoTpAddress,
    AsymmetricIsoTpAddress,
    CanId,
    IsoTpAddress,
)

_ECU_KEYS = ("bus", "isotp", "requests", "messages", "cyclic")
_ADDRESS_KEYS = (
    "txid",
    "rxid",
    "addressing_mode",
    "target_address",
    "source_address",
    "physical_id",
    "address_extension",
    "tx_addr",
    "rx_addr",
)
_ISOTP_KEYS = (*_ADDRESS_KEYS, "functional_id", "params")
# Modes in which a functional request is told by its identifier alone.
_PLAIN = (AddressingMode.Normal_11bits, AddressingMode.Normal_29bits, AddressingMode.NormalFixed_29bits)


def ecu_description(name: str, given: Mapping[str, Any]) -> EcuDescription:
    """Return the description of a simulated ECU.

    Args:
        name: The name that it is known by.
        given: `bus`, `isotp` (fields of an address, `functional_id`, `params`), `requests`, `messages`, `cyclic`.

    Raises:
        ConfigurationError: The first thing that is wrong, in one sentence.
    """
    mistakes = Mistakes()
    description = _ecu(name, given, mistakes)
    mistakes.raise_first()
    return description


def read_simulation(given: object, buses: Iterable[str], mistakes: Mistakes) -> dict[str, EcuDescription]:
    """Return the simulated ECUs of a file by name, and add every mistake in them.

    Args:
        given: What stands under `simulation`.
        buses: The aliases of the buses in the file.
        mistakes: The collector of `simulation`.
    """
    if not isinstance(given, Mapping):
        mistakes.add("no map; it holds a name for each simulated ECU.")
        return {}
    known, ecus = list(buses), {}
    for name, fields in given.items():
        here = mistakes.at(name)
        if not isinstance(name, str) or not name.strip():
            here.add(f"the name {name!r} is no text or empty; quote it.")
        elif not isinstance(fields, Mapping):
            here.add(f"no map; a simulated ECU has {', '.join(_ECU_KEYS)}.")
        else:
            before = len(mistakes.found)
            description = _ecu(name, fields, here)
            if description.bus is not None and description.bus not in known:
                there_is = f"; there is {quoted(known)}." if known else "; the file has no entry of type Can."
                here.at("bus").add(
                    f"no bus '{description.bus}' in this file{nearest(description.bus, known) or there_is}"
                )
            if len(mistakes.found) == before:
                ecus[name] = description
    return ecus


def _ecu(name: str, given: Mapping[Any, Any], mistakes: Mistakes) -> EcuDescription:
    """Return what could be read of an ECU, and add every mistake."""
    present = present_keys(given, _ECU_KEYS, mistakes)
    values: dict[str, Any] = {"name": name}
    if "bus" in present:
        bus = convert(present["bus"], str, "bus", mistakes.at("bus"))
        values["bus"] = None if bus is NOT_GIVEN else bus
    if "isotp" in present:
        values |= _isotp(present["isotp"], mistakes.at("isotp"))
    elif present.get("requests"):
        mistakes.at("requests").add("requests need isotp: {txid: 0x7E8, rxid: 0x7E0}.", names_it=True)
    for key, read in (("requests", read_request), ("messages", read_message), ("cyclic", read_cyclic)):
        rules = (read(*entry) for entry in _entries(present.get(key), mistakes.at(key)))
        values[key] = tuple(rule for rule in rules if rule is not None)
    values["cyclic"] = named_messages(name, values["cyclic"], mistakes.at("cyclic"))
    return EcuDescription(**values)


def _entries(given: object, mistakes: Mistakes) -> Iterable[tuple[Mapping[Any, Any], Mistakes]]:
    """Return the entries of a list of maps, each with its collector."""
    if given is None:
        return
    if not isinstance(given, list | tuple):
        mistakes.add("no list; begin each entry with '- '.")
        return
    for number, entry in enumerate(given):
        here = mistakes.at(number)
        if isinstance(entry, Mapping):
            yield entry, here
        else:
            here.add(f"no map but {shown(entry)}.")


# -- ISO-TP ---------------------------------------------------------------------------------------------


def _isotp(given: object, mistakes: Mistakes) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        mistakes.add("no map; write it such as {txid: 0x7E8, rxid: 0x7E0}.")
        return {}
    present = present_keys(given, _ISOTP_KEYS, mistakes)
    address = read_address({key: present[key] for key in _ADDRESS_KEYS if key in present}, mistakes)
    values: dict[str, Any] = {"address": address}
    if "params" in present:
        values["params"] = read_params(present["params"], mistakes.at("params"))
    if "functional_id" in present:
        here = mistakes.at("functional_id")
        functional_id = convert(present["functional_id"], CanId, "functional_id", here)
        if address is not None and functional_id is not NOT_GIVEN:
            values["functional"] = refused(lambda: functional_address(address, functional_id), here)
    return values


def functional_address(address: AnyIsoTpAddress, functional_id: CanId) -> AsymmetricIsoTpAddress:
    """Return the address on which an ECU hears functional requests.

    Args:
        address: Its physical address.
        functional_id: The whole identifier of functional requests.

    Raises:
        ValueError: Its addressing mode does not tell them by an identifier, or it is that of physical requests.
    """
    both = address if isinstance(address, AsymmetricIsoTpAddress) else None
    sent, heard = (both.tx_addr, both.rx_addr) if both else (address, address)
    assert isinstance(sent, IsoTpAddress)
    assert isinstance(heard, IsoTpAddress)
    if heard.mode is AddressingMode.Mixed_29bits:
        raise ValueError(
            "Mixed_29bits addressing has functional requests of its own; leave functional_id out."
        )
    if functional_id == heard.rxid:
        raise ValueError(f"functional_id and rxid are both {functional_id}; they must differ.")
    if heard.mode in _PLAIN:
        normal = AddressingMode.Normal_29bits if functional_id.extended else AddressingMode.Normal_11bits
        received = IsoTpAddress(normal, rxid=functional_id, rx_only=True)
    else:
        received = dataclasses.replace(
            heard, rxid=functional_id, txid=None, target_address=None, rx_only=True
        )
    return AsymmetricIsoTpAddress(sent, received)

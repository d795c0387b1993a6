"""A bench file → descriptions of its buses and connections, and the list of what is wrong in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from CanLibrary.config.buses import read_bus
from CanLibrary.config.connections import KERNEL_INTERFACE, read_connection
from CanLibrary.config.descriptions import Bench, BusDescription, ConnectionDescription
from CanLibrary.config.mistakes import Mistakes
from CanLibrary.errors import ConfigurationError, nearest
from CanLibrary.formatting import quoted
from CanLibrary.types import Backend

_PREFIXES = ("jumpstarter_driver_can.driver.", "jumpstarter_driver_can.", "CanLibrary.exporter.", "")
_BUS = "Can"
_BACKENDS = {"IsoTpPython": Backend.python, "IsoTpSocket": Backend.kernel}
_TYPES = (_BUS, *_BACKENDS)
_ENTRY_KEYS = ("type", "config", "children", "description", "methods_description")
_INTERFACE_MISSING = "interface is missing; write interface: virtual, socketcan, pcan, vector …"


def load_bench(path: str | os.PathLike[str]) -> Bench:
    """Return the buses, connections and simulated ECUs that a YAML file describes.

    Args:
        path: The file: one map with `export:`, in the shape of a Jumpstarter exporter configuration.
            Entries of other types are left alone. Beside it `simulation:` may hold simulated ECUs.

    Returns:
        The descriptions by alias.

    Raises:
        ConfigurationError: The first thing that is wrong, and how many more there are.
    """
    bench, mistakes = read_bench(path)
    if not mistakes:
        return bench
    more = f" (and {len(mistakes) - 1} more: python -m CanLibrary check {os.fspath(path)} shows all)"
    raise ConfigurationError(mistakes[0] + (more if len(mistakes) > 1 else ""))


def find_mistakes(path: str | os.PathLike[str]) -> list[str]:
    """Return every mistake in a YAML file, each one line that begins with the path; none if it is fine."""
    return read_bench(path)[1]


@dataclass(frozen=True)
class _Entry:
    """An entry of one of our types, not yet looked into."""

    alias: str
    kind: str
    fields: Mapping[Any, Any]
    mistakes: Mistakes


def read_bench(path: str | os.PathLike[str]) -> tuple[Bench, list[str]]:
    """Return what is fine in a YAML file, and every mistake in it."""
    from CanLibrary.config.yaml_file import read_yaml

    try:
        document = read_yaml(path)
    except ConfigurationError as error:
        return Bench(), [str(error)]
    mistakes = Mistakes("export")
    buses: dict[str, BusDescription] = {}
    connections: dict[str, ConnectionDescription] = {}
    entries = {}
    for entry in _entries(_export(document, mistakes), "", mistakes):
        if entry.alias in entries:
            entry.mistakes.add(f"the alias '{entry.alias}' is there twice.")
        entries[entry.alias] = entry
    for entry in entries.values():
        if (config := _config(entry)) is None:
            continue
        if entry.kind == _BUS:
            if bus := _bus(entry, config):
                buses[entry.alias] = bus
            continue
        _check_bus_name(entry, config.get("bus"), entries)
        if connection := _connection(entry, config):
            connections[entry.alias] = connection
    for connection in connections.values():
        if connection.bus in buses:
            _check_shared(connection, buses[connection.bus], entries[connection.alias].mistakes.at("config"))
    if not entries and not mistakes.found:
        mistakes.add(f"no entry is of type {', '.join(_TYPES)}.")
    ecus, in_simulation = {}, Mistakes("simulation")
    if isinstance(document, Mapping) and "simulation" in document:
        from CanLibrary.config.simulation import read_simulation

        names = [entry.alias for entry in entries.values() if entry.kind == _BUS]
        ecus = read_simulation(document["simulation"], names, in_simulation)
    found = mistakes.found + in_simulation.found
    return Bench(buses, connections, ecus), [f"{os.fspath(path)}: {sentence}" for sentence in found]


def _export(document: object, mistakes: Mistakes) -> Mapping[Any, Any]:
    if not isinstance(document, Mapping):
        mistakes.add("missing; a bench is a map that begins with export:.")
        return {}
    if "export" not in document:
        close = [key for key in document if isinstance(key, str) and nearest(key, ["export"])]
        mistakes.add(f"missing{f'; the file has {quoted(close)}' if close else ''}.")
        return {}
    export = document["export"]
    if not isinstance(export, Mapping):
        mistakes.add("no map; it holds an alias for each bus and connection.")
        return {}
    return export


def _entries(entries: Mapping[Any, Any], prefix: str, mistakes: Mistakes) -> Iterator[_Entry]:
    """Return our entries, those within composite entries with the alias `parent.child`."""
    for name, fields in entries.items():
        alias, here = f"{prefix}{name}", mistakes.at(name)
        if not isinstance(fields, Mapping):
            here.add("no map; an entry has type and config.")
            continue
        kind = _kind(fields, here)
        if kind and not (isinstance(name, str) and name.strip()):
            here.add(f"the alias {name!r} is no text or empty; quote it.")
        elif kind:
            yield _Entry(alias, kind, fields, here)
        if isinstance(children := fields.get("children"), Mapping):
            yield from _entries(children, f"{alias}.", here.at("children"))


def _kind(fields: Mapping[Any, Any], mistakes: Mistakes) -> str:
    """Return which of our types an entry has; empty for another type, which is nobody's business here."""
    written = fields.get("type")
    if written is None:
        # A Jumpstarter composite has only children, a reference to another entry only ref.
        if "children" not in fields and "ref" not in fields:
            mistakes.at("type").add(f"missing; it is {', '.join(_TYPES)}, or another driver's.")
        return ""
    if not isinstance(written, str):
        mistakes.at("type").add(f"no text; it is {', '.join(_TYPES)}, or another driver's.")
        return ""
    name = next(written.removeprefix(prefix) for prefix in _PREFIXES if written.startswith(prefix))
    if name in _TYPES:
        return name
    if "." not in name and (near := nearest(name, _TYPES)):
        mistakes.at("type").add(f"unknown type{near}")
    return ""


def _config(entry: _Entry) -> dict[Any, Any] | None:
    for key in entry.fields:
        if key not in _ENTRY_KEYS:
            entry.mistakes.unknown(key, "key", _ENTRY_KEYS)
    config = entry.fields.get("config")
    if config is None:
        return {}
    if not isinstance(config, Mapping):
        entry.mistakes.at("config").add("no map; write it such as {interface: virtual, channel: 1}.")
        return None
    return dict(config)


def _bus(entry: _Entry, config: dict[Any, Any]) -> BusDescription | None:
    mistakes = entry.mistakes.at("config")
    if config.get("interface") is None:
        mistakes.at("interface").add(_INTERFACE_MISSING)
    return read_bus(entry.alias, config, mistakes)


def _connection(entry: _Entry, config: dict[Any, Any]) -> ConnectionDescription | None:
    mistakes, backend = entry.mistakes.at("config"), _BACKENDS[entry.kind]
    if config.get("backend") is None:
        config["backend"] = backend.name
    if config.get("bus") is None:
        if backend is Backend.kernel and config.get("channel") is None:
            mistakes.at("channel").add(f"{entry.kind} needs a channel such as vcan0, or the alias of a bus.")
            return None
        if (
            backend is Backend.python
            and config.get("channel") is not None
            and config.get("interface") is None
        ):
            mistakes.at("interface").add(_INTERFACE_MISSING)
    connection = read_connection(entry.alias, config, mistakes)
    if connection and connection.backend is not backend:
        mistakes.at("backend").add(f"{entry.kind} is the {backend.name} backend; leave backend out.")
        return None
    return connection


def _check_bus_name(entry: _Entry, name: object, entries: Mapping[str, _Entry]) -> None:
    buses = [alias for alias, other in entries.items() if other.kind == _BUS]
    if not isinstance(name, str) or name in buses:
        return
    mistakes = entry.mistakes.at("config").at("bus")
    if name in entries:
        mistakes.add(f"'{name}' is a connection, not a bus.")
        return
    there_is = f"; there is {quoted(buses)}." if buses else "; the file has no entry of type Can."
    mistakes.add(f"no bus '{name}' in this file{nearest(name, buses) or there_is}")


def _check_shared(connection: ConnectionDescription, bus: BusDescription, mistakes: Mistakes) -> None:
    """Check what a connection needs of the bus that it shares, which may stand further down in the file."""
    if connection.backend is Backend.kernel and bus.interface != KERNEL_INTERFACE:
        mistakes.at("bus").add(
            f"the kernel backend needs a bus on interface '{KERNEL_INTERFACE}', but '{bus.alias}' is on "
            f"'{bus.interface}'; use type IsoTpPython."
        )
    if connection.params.can_fd and bus.fd is False:
        mistakes.at("params").at("can_fd").add(f"can_fd=True needs fd: true on bus '{bus.alias}'.")

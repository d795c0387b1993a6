"""Opening, finding and closing buses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from CanLibrary.config import DEFAULT_ALIAS, BusDescription, bus_description
from CanLibrary.errors import BusError, ConfigurationError, nearest
from CanLibrary.formatting import quoted
from CanLibrary.sessions.ownership import Ownership
from CanLibrary.sessions.registry import Owner, Registry

if TYPE_CHECKING:  # what opens a bus is imported when one opens: an import of the library should cost little
    from CanLibrary.sessions.bus_session import BusSession


class Buses:
    """All buses of a library instance, by alias."""

    def __init__(self, described: Mapping[str, BusDescription], ownership: Ownership, capacity: int) -> None:
        self._descriptions = dict(described)
        self._ownership = ownership
        self._capacity = capacity
        self._implicit = not described
        self._explicit_owners: set[Owner] = set()
        if self._implicit:
            self._descriptions[DEFAULT_ALIAS] = BusDescription(DEFAULT_ALIAS, channel=0)
        self.registry: Registry[BusSession] = Registry(
            "bus", "Open Can Bus", self._descriptions, self._open_described
        )

    def begin_test(self) -> None:
        """Note that a test begins: what it asks of the past of an open bus begins now."""
        for session in self.registry.open.values():
            session.reading.begin_test()

    def end_test(self) -> None:
        """Note that no test runs any more."""
        for session in self.registry.open.values():
            session.reading.end_test()

    def forget(self, owned: Callable[[Owner], bool]) -> None:
        """Note the end of tests or suites: what they opened themselves counts no longer."""
        self._explicit_owners = {owner for owner in self._explicit_owners if not owned(owner)}
        self._allow_implicit()

    def _allow_implicit(self) -> None:
        # Where no configuration says anything, a first use opens a virtual bus; but not in a test or suite
        # that opened a bus itself: after its close, nothing may seem to work on a bus that nobody meant.
        if self._implicit:
            self.registry.described[:] = [] if self._explicit_owners else [DEFAULT_ALIAS]

    def _opened_explicitly(self, session: BusSession) -> None:
        if session.alias != DEFAULT_ALIAS:
            self._explicit_owners.add(session.owner)
            self._allow_implicit()

    def open(self, alias: str | None, given: Mapping[str, Any]) -> BusSession:
        """Open a bus: what was described under the alias, with what is given now on top."""
        name = alias or (self.registry.only_described() if self.registry.described else DEFAULT_ALIAS)
        untold = self._close_dead(name)
        self.registry.check_free(name)
        if name not in self._descriptions and not self._implicit and "interface" not in given:
            raise ConfigurationError(
                f"Bus '{name}' is not described (described: {quoted(self._descriptions)})"
                f"{nearest(name, self._descriptions) or '; to open another bus give interface=.'}"
            )
        description = self._described_with(name, given)
        session = self._open(description, self._ownership.owner)
        session.notices += map(str, untold)
        self._opened_explicitly(session)
        return session

    def _close_dead(self, alias: str) -> list[Exception]:
        """Close a bus that died, so that it can be opened again; return what nobody was told."""
        known = self.registry.open.get(alias)
        return [] if known is None or known.traffic.failure is None else self.registry.close(alias)

    def use(self, bus: Any, alias: str, shut_down: bool) -> BusSession:
        """Work on a bus object that somebody else opened."""
        import can

        if not isinstance(bus, can.BusABC):
            raise BusError(
                f"{bus!r} is no python-can bus; give an object whose class derives from can.BusABC."
            )
        untold = self._close_dead(alias)
        self.registry.check_free(alias)
        for known in self.registry.open.values():
            if known.bus is bus:
                raise BusError(
                    f"The bus object for '{alias}' is open already as bus '{known.alias}'; two readers take each "
                    "other's messages."
                )
        find_notifiers = getattr(can.Notifier, "find_instances", None)  # since python-can 4.6
        if find_notifiers is not None and any(not notifier.stopped for notifier in find_notifiers(bus)):
            raise BusError(
                f"The bus object for '{alias}' is read by a Notifier already; two readers take each other's messages."
            )
        interface = type(bus).__name__
        description = BusDescription(alias, interface, getattr(bus, "channel_info", None))
        from CanLibrary.sessions.bus_session import BusSession

        session = BusSession(
            description, bus, self._ownership.owner, capacity=self._capacity, shut_down=shut_down
        )
        session.notices += map(str, untold)
        self.registry.add(session)
        self._opened_explicitly(session)
        return session

    def open_recording(
        self,
        path: Path,
        alias: str | None,
        *,
        channel: str | int | None = None,
        own_messages: bool = False,
        bitrate: int | None = None,
        data_bitrate: int | None = None,
    ) -> BusSession:
        """Open a trace file, to be asked like a bus."""
        from CanLibrary.files.reading import TraceFile
        from CanLibrary.sessions.recording import RecordedBus, alias_for

        file = TraceFile(path)
        name = alias_for(path, alias)
        untold = self._close_dead(name)
        self.registry.check_free(name)
        description = BusDescription(name, channel=channel, bitrate=bitrate, data_bitrate=data_bitrate)
        session = RecordedBus(description, file, self._ownership.owner, own_messages=own_messages)
        session.notices += map(str, untold)
        self.registry.add(session)
        self._opened_explicitly(session)
        return session

    def open_node(self, description: BusDescription, owner: Owner) -> BusSession:
        """Open a bus that belongs to one connection and is not known by an alias."""
        return self._session(description, owner)

    def _open_described(self, alias: str) -> BusSession:
        return self._session(self._descriptions[alias], self._ownership.suite_owner)

    def _open(self, description: BusDescription, owner: Owner) -> BusSession:
        session = self._session(description, owner)
        self.registry.add(session)
        return session

    def _session(self, description: BusDescription, owner: Owner) -> BusSession:
        from CanLibrary.sessions.bus_session import BusSession
        from CanLibrary.sessions.interfaces import open_bus

        bus, notices = open_bus(description)
        session = BusSession(description, bus, owner, capacity=self._capacity)
        session.notices += notices
        return session

    def _described_with(self, alias: str, given: Mapping[str, Any]) -> BusDescription:
        new = bus_description(alias, given)
        known = self._descriptions.get(alias)
        if known is None or "interface" in given:
            return new
        named = ("channel", "bitrate", "fd", "data_bitrate", "filters")
        changes = {name: getattr(new, name) for name in named if given.get(name) is not None}
        return replace(known, options={**known.options, **new.options}, **changes)

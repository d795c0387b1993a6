"""Starting, finding and stopping gateways; loops are refused."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from CanLibrary.errors import ConfigurationError, nearest
from CanLibrary.formatting import quoted
from CanLibrary.sessions.ownership import Ownership
from CanLibrary.sessions.registry import Owner

if TYPE_CHECKING:  # imported when a gateway starts: an import of the library should cost little
    from CanLibrary.sessions.bus_session import BusSession
    from CanLibrary.simulation.gateway import Gateway, Routing

_BY_CHANNEL = (
    "virtual",
    "socketcan",
    "udp_multicast",
)  # interfaces whose channel alone says which network it is


class Gateways:
    """All gateways of a library instance, by name."""

    def __init__(self, ownership: Ownership) -> None:
        self._ownership = ownership
        self._gateways: dict[str, Gateway] = {}
        self._numbers = count(1)
        self.notices: list[str] = []

    @property
    def running(self) -> dict[str, Gateway]:
        """Those that run, oldest first."""
        return {name: gateway for name, gateway in self._gateways.items() if not gateway.stopped}

    def start(self, name: str | None, source: BusSession, target: BusSession, routing: Routing) -> str:
        """Start a gateway and return its name."""
        from CanLibrary.simulation.gateway import Gateway

        if name in self.running:
            raise ConfigurationError(f"Gateway '{name}' is running already; stop it or use another name.")
        for session in (source, target):
            session.check_live("a gateway routes between open buses.")
        _check_two_networks(source, target)
        ways = [(source, target), (target, source)] if routing.both_ways else [(source, target)]
        for begin, end in ways:
            if path := self._path(end, begin):
                steps = " → ".join(f"'{session.alias}'" for session in path)
                raise ConfigurationError(
                    f"A gateway from '{begin.alias}' to '{end.alias}' would close a loop: {steps} is routed already. "
                    "For both directions use one gateway with both_ways=True."
                )
        gateway = Gateway(
            name or f"gateway-{next(self._numbers)}", source, target, routing, self._ownership.owner
        )
        try:
            gateway.start()
        except BaseException:
            gateway.close()
            raise
        self._gateways[gateway.name] = gateway
        return gateway.name

    def _path(self, begin: BusSession, end: BusSession) -> list[BusSession]:
        """Return the buses over which messages go from one to another; empty if they do not."""
        paths = [[begin]]
        seen = [_network(begin)]
        for path in paths:
            if _network(path[-1]) == _network(end):
                return path
            for gateway in self.running.values():
                for source, target in _ways(gateway):
                    if _network(source) == _network(path[-1]) and _network(target) not in seen:
                        seen.append(_network(target))
                        paths.append([*path, target])
        return []

    def stop(self, name: str) -> tuple[int, list[Exception]]:
        """Stop a gateway and return how many messages it has routed, and what nobody was told; twice is fine."""
        if name not in self._gateways:
            running = f"running: {quoted(self.running)}" if self.running else "none is running"
            raise ConfigurationError(
                f"There is no gateway '{name}' ({running}){nearest(name, self._gateways) or '.'}"
            )
        untold = self._gateways[name].close()
        return self._gateways[name].routed, untold

    def close_all(self, owned: Callable[[Owner], bool] = lambda _owner: True) -> list[Exception]:
        """Stop all (of some owners) and return what nobody was told."""
        untold: list[Exception] = []
        for gateway in reversed(list(self.running.values())):
            if owned(gateway.owner):
                untold += gateway.close()
        return untold


def _ways(gateway: Gateway) -> list[tuple[BusSession, BusSession]]:
    there = (gateway.source, gateway.target)
    return [there, (gateway.target, gateway.source)] if gateway.both_ways else [there]


def _check_two_networks(source: BusSession, target: BusSession) -> None:
    if source is target:
        raise ConfigurationError(
            f"A gateway needs two buses, but from_bus and to_bus are both '{source.alias}'."
        )
    if _network(source) == _network(target):
        place = f"{source.description.interface}, channel {source.description.channel}"
        raise ConfigurationError(
            f"Buses '{source.alias}' and '{target.alias}' are one network ({place}): what is routed would come back "
            "and be routed again, without end."
        )


def _network(session: BusSession) -> object:
    """Return what two buses on one network have in common."""
    description = session.description
    if description.channel is None:  # the driver knows which
        return id(session)
    # Elsewhere a serial number, or where a server is, can tell two networks with the same channel apart.
    options = {} if description.interface in _BY_CHANNEL else description.options
    return description.interface, description.channel, repr(sorted(options.items()))

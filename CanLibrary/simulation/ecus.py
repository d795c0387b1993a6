"""Starting, finding and stopping simulated ECUs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from CanLibrary.errors import ConfigurationError, nearest
from CanLibrary.formatting import quoted
from CanLibrary.sessions.ownership import Ownership
from CanLibrary.sessions.periodic import PeriodicMessages
from CanLibrary.sessions.registry import Owner

if TYPE_CHECKING:  # imported when an ECU starts: an import of the library should cost little
    from CanLibrary.config.ecus import EcuDescription
    from CanLibrary.sessions.bus_session import BusSession
    from CanLibrary.simulation.ecu import SimulatedEcu

# Parts of a period by which the first message is later for each message: multiples of the golden ratio lie apart from
# each other however many there are, also where one period is a multiple of another.
_GOLDEN = 0.618034


class SimulatedEcus:
    """All simulated ECUs of a library instance, by name."""

    def __init__(
        self, described: Mapping[str, EcuDescription], ownership: Ownership, periodic: PeriodicMessages
    ) -> None:
        self.described = dict(described)
        self._ownership = ownership
        self._periodic = periodic
        self._ecus: dict[str, SimulatedEcu] = {}
        self.notices: list[str] = []  # of those that stopped

    @property
    def running(self) -> dict[str, SimulatedEcu]:
        """Those that run, oldest first."""
        return {name: ecu for name, ecu in self._ecus.items() if not ecu.stopped}

    def description(self, name: str, given: Mapping[str, Any]) -> EcuDescription:
        """Return what was described under the name, with what is given now on top.

        Args:
            name: The name of the ECU.
            given: `bus`, and `isotp` with the fields of its address, `functional_id` and `params`.
        """
        from CanLibrary.config.simulation import ecu_description

        if not name.strip():
            raise ConfigurationError("A simulated ECU needs a name.")
        if name in self.running:
            raise ConfigurationError(
                f"Simulated ECU '{name}' is running already; stop it first or use another name."
            )
        known = self.described.get(name)
        if known is None:
            if not given and self.described:
                hint = nearest(name, self.described)
                if hint:
                    raise ConfigurationError(f"Simulated ECU '{name}' is not described{hint}")
            return ecu_description(name, given)
        isotp = dict(given.get("isotp", {}))
        params = isotp.get("params", {})
        if not isotp:
            return replace(known, bus=given.get("bus", known.bus))
        if set(isotp) == {"params"}:  # checked beside some address: parameters need one
            isotp |= {"txid": 1, "rxid": 2}
            changed = ecu_description(name, {"isotp": isotp})
            address, functional = known.address, known.functional
        else:
            changed = ecu_description(name, {"isotp": isotp})
            address, functional = changed.address, changed.functional
        merged = replace(known.params, **{key: getattr(changed.params, key) for key in params})
        return replace(
            known, bus=given.get("bus", known.bus), address=address, functional=functional, params=merged
        )

    def start(self, description: EcuDescription, session: BusSession) -> SimulatedEcu:
        """Start a simulated ECU on a bus."""
        from CanLibrary.simulation.ecu import SimulatedEcu

        name = description.name
        session.check_live("no simulated ECU can work on it; name an open bus with bus=.")
        if description.params.can_fd and session.classic_only:
            how = "with fd=False" if session.description.fd is False else "without fd=True"
            raise ConfigurationError(
                f"Simulated ECU '{name}' has can_fd=True, but bus '{session.alias}' was opened {how}."
            )
        ecu = SimulatedEcu(description, session, self._ownership.owner, self._ecus.get(name))
        ecu.end_periodic = self._end_periodic
        session.dependents.append(ecu)
        session.background.append(ecu.take_untold)
        try:
            ecu.start()
            self._start_cyclic(ecu)
        except BaseException:
            ecu.close()
            raise
        self._ecus[name] = ecu
        return ecu

    def _start_cyclic(self, ecu: SimulatedEcu) -> None:
        """Start its cyclic messages, spread over their periods so that they do not leave in one burst."""
        for number, single in enumerate(ecu.description.cyclic):
            handle = self._periodic.start(
                ecu.session,
                single.message,
                single.period,
                None,
                single.name,
                offset=single.period * (number * _GOLDEN % 1),
                living=single.living,
                send=ecu.node.send,
            )
            ecu.periodic.append(handle)

    def _end_periodic(self, handles: list[str]) -> list[Exception]:
        untold: list[Exception] = []
        for handle in handles:
            try:
                self._periodic.stop(handle)
            except Exception as error:  # noqa: BLE001 - told with the rest; the others must still stop
                untold.append(error)
        return untold

    def get(self, name: str) -> SimulatedEcu:
        """Return a simulated ECU that was started, also one that has stopped since.

        Raises:
            ConfigurationError: There was none of this name.
        """
        if name in self._ecus:
            return self._ecus[name]
        running = self.running
        parts = [f"running: {quoted(running)}"] if running else ["none is running"]
        if waiting := [known for known in self.described if known not in running]:
            parts.append(f"described: {quoted(waiting)}")
        hint = "; start it with Start Simulated Ecu."
        if name not in self.described:
            hint = nearest(name, [*running, *self.described]) or hint
        raise ConfigurationError(f"Simulated ECU '{name}' is not running ({'; '.join(parts)}){hint}")

    def get_running(self, name: str) -> SimulatedEcu:
        """Return a simulated ECU that runs.

        Raises:
            ConfigurationError: There is none of this name.
        """
        ecu = self.get(name)
        if ecu.stopped:
            raise ConfigurationError(f"Simulated ECU '{name}' was stopped; start it again.")
        return ecu

    def stop(self, name: str) -> list[Exception]:
        """Stop one and return what nobody was told; twice is fine."""
        return self._stop(self.get(name))

    def _stop(self, ecu: SimulatedEcu) -> list[Exception]:
        untold = ecu.close()
        self.notices += ecu.notices
        ecu.notices = []
        return untold

    def close_all(self, owned: Callable[[Owner], bool] = lambda _owner: True) -> list[Exception]:
        """Stop all (of some owners), the newest first, and return what nobody was told."""
        untold: list[Exception] = []
        for ecu in reversed(list(self.running.values())):
            if owned(ecu.owner):
                untold += self._stop(ecu)
        return untold

"""Opening, asking and closing buses."""

from typing import Any

from robot.api.deco import keyword

from CanLibrary.keywords.support import converted, tell, tell_closed
from CanLibrary.sessions.buses import Buses
from CanLibrary.types import NOT_GIVEN, CanFilters


class BusKeywords:
    """Keywords for buses."""

    def __init__(self, buses: Buses) -> None:
        self._buses = buses

    @keyword
    def open_can_bus(
        self,
        alias: str | None = None,
        *,
        interface: str | None = None,
        channel: str | int | None = None,
        bitrate: int | None = None,
        fd: bool | None = None,
        data_bitrate: int | None = None,
        filters: CanFilters = NOT_GIVEN,
        **options: Any,
    ) -> str:
        """Opens a bus, makes it the current one and returns its alias.

        Without arguments it opens the bus that the import or the YAML file describes; where nothing is
        said, the virtual bus. What is given here goes before what is described under the alias.

        Args:
            alias: The name by which other keywords know the bus.
            interface: python-can's name of the interface: ``virtual``, ``socketcan``, ``pcan``, ``vector``,
                ``kvaser`` … (see `List Can Interfaces`). ``virtual`` by default.
            channel: What the interface calls its channel: ``0``, ``vcan0``, ``PCAN_USBBUS1``.
            bitrate: Nominal bit rate in bit/s, such as 500000.
            fd: Open for CAN FD.
            data_bitrate: Bit rate of the data phase in bit/s (CAN FD).
            filters: What to receive, see `Set Can Filters`; everything by default.
            options: Any other option of the interface, by its python-can name. An unknown one is refused.

        Raises:
            CanLibraryError: The alias is open already, an option is unknown, or the driver refuses.

        Example:
        | `Open Can Bus`    body    interface=virtual    channel=1
        | `Open Can Bus`    partner    interface=virtual    channel=1    receive_own_messages=True
        | `Close Can Bus`    partner
        """
        given = {
            "interface": interface,
            "channel": channel,
            "bitrate": bitrate,
            "fd": fd,
            "data_bitrate": data_bitrate,
            "filters": None if filters is NOT_GIVEN else filters,
            **options,
        }
        session = self._buses.open(alias, {name: value for name, value in given.items() if value is not None})
        tell(session)
        return session.alias

    @keyword
    def use_existing_can_bus(self, bus: object, alias: str = "existing", *, shut_down: bool = False) -> str:
        """Works on a bus object that was opened elsewhere, makes it the current one and returns its alias.

        Args:
            bus: Any object whose class derives from python-can's ``BusABC``. Nobody else may read from it.
            alias: The name by which other keywords know the bus.
            shut_down: Shut the bus object down when it is closed here; by default it stays open.

        Raises:
            CanLibraryError: It is no such object, or a ``Notifier`` reads it already.

        Example:
        | ${object}=    Evaluate    can.Bus(interface="virtual", channel="lab", ignore_config=True)    modules=can
        | `Use Existing Can Bus`    ${object}    lab    shut_down=True
        """
        session = self._buses.use(bus, alias, converted(shut_down, bool, "shut_down"))
        tell(session)
        return session.alias

    @keyword
    def switch_can_bus(self, alias: str) -> str | None:
        """Makes a bus the current one and returns the alias of the previous one, or None.

        Args:
            alias: Alias of the bus; one that is only described is opened.

        Raises:
            CanLibraryError: No such bus is open; the error names those that are.

        Example:
        | `Open Can Bus`    body    channel=1
        | `Open Can Bus`    chassis    channel=2
        | ${previous}=    `Switch Can Bus`    body
        | Should Be Equal    ${previous}    chassis
        """
        return self._buses.registry.switch(alias)

    @keyword
    def close_can_bus(self, alias: str | None = None) -> None:
        """Closes a bus and the connections and periodic messages on it; closing twice is fine.

        Args:
            alias: Alias of the bus; the current one by default.

        Raises:
            CanLibraryError: There never was such a bus, or something went wrong on it that no keyword told.

        Example:
        | `Open Can Bus`    body    channel=1
        | `Close Can Bus`    body
        """
        tell_closed(self._buses.registry, self._buses.registry.close(alias))

    @keyword
    def close_all_can_buses(self) -> None:
        """Closes all buses and the connections and periodic messages on them.

        Raises:
            CanLibraryError: Something went wrong on one of them that no keyword told. All are closed.

        Example:
        | `Close All Can Buses`
        """
        tell_closed(self._buses.registry, self._buses.registry.close_all())

    @keyword
    def get_can_buses(self) -> list[dict[str, Any]]:
        """Returns what is open: a list of dictionaries.

        Returns:
            For each bus ``alias``, ``interface``, ``channel``, ``state`` (python-can's, None where the
            interface does not report it), ``owner`` (the test or suite with which it closes) and
            ``current``.

        Example:
        | `Open Can Bus`    body    channel=1
        | ${buses}=    `Get Can Buses`
        | Should Be Equal    ${buses}[-1][alias]    body
        """
        return [
            {
                "alias": session.alias,
                "interface": session.description.interface,
                "channel": session.description.channel,
                "state": session.reported_state(),
                "owner": session.owner.test or session.owner.suite,
                "current": session.alias == self._buses.registry.current,
            }
            for session in self._buses.registry.open.values()
        ]

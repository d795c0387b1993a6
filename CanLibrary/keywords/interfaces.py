"""What the interface of a bus can tell and do: state, protocol, filters, transmit buffer."""

from typing import Any

from robot.api import logger
from robot.api.deco import keyword

from CanLibrary.errors import ConfigurationError, NotSupportedError, driver_errors
from CanLibrary.formatting import quoted
from CanLibrary.keywords.support import bus_of, controller_of, converted
from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.capabilities import Interface, capabilities, list_interfaces, set_state
from CanLibrary.types import BusState, CanFilters


class InterfaceKeywords:
    """Keywords for what the interface of a bus can tell and do."""

    def __init__(self, buses: Buses) -> None:
        self._buses = buses

    @keyword
    def get_channel_info(self, *, bus: str | None = None) -> str:
        """Returns the driver's own description of the channel.

        Args:
            bus: Alias of the bus; the current one by default.

        Example:
        | ${info}=    `Get Channel Info`
        | Log    ${info}
        """
        session = bus_of(self._buses, bus)
        info = getattr(session.bus, "channel_info", None)
        if info is None:
            raise self._cannot(session.description.interface, "describe its channel")
        return str(info)

    @keyword
    def get_can_protocol(self, *, bus: str | None = None) -> Any:
        """Returns the protocol of the bus, python-can's ``CanProtocol``.

        ``CAN_20``, ``CAN_FD``, ``CAN_FD_NON_ISO`` or ``CAN_XL``.

        Args:
            bus: Alias of the bus; the current one by default.

        Example:
        | ${protocol}=    `Get Can Protocol`
        | Should Be Equal    ${protocol.name}    CAN_20
        """
        return bus_of(self._buses, bus).bus.protocol

    @keyword
    def get_bus_state(self, *, bus: str | None = None) -> Any:
        """Returns the state of the CAN controller, python-can's ``BusState``: ACTIVE, PASSIVE or ERROR.

        Most interfaces do not report a state, and python-can then returns ACTIVE always (python-can #736);
        a warning says so. For a verdict use `Bus State Should Be`.

        Args:
            bus: Alias of the bus; the current one by default.

        Example:
        | ${state}=    `Get Bus State`
        | Should Be Equal    ${state.name}    ACTIVE
        """
        session = controller_of(self._buses, bus)
        reports_state = capabilities(session.bus).reports_state
        if reports_state is None:
            logger.warn(
                f"Whether the state of bus '{session.alias}' is measured is not known: the exporter's driver does not "
                "tell, and ACTIVE is python-can's constant on most interfaces."
            )
        elif not reports_state:
            logger.warn(
                f"The interface '{session.description.interface}' does not report the state of bus "
                f"'{session.alias}': ACTIVE is python-can's constant, not a measurement."
            )
        with driver_errors(f"The state of bus '{session.alias}' cannot be read"):
            return session.bus.state

    @keyword
    def set_bus_state(self, state: BusState, *, bus: str | None = None) -> None:
        """Sets the state of the CAN controller.

        Args:
            state: ``ACTIVE`` (takes part in the traffic) or ``PASSIVE`` (listens only), as the interface can.
            bus: Alias of the bus; the current one by default.

        Raises:
            CanLibraryError: The interface cannot set its state, or not this one.

        Example:
        | Run Keyword And Expect Error    The interface 'virtual' cannot *
        | ...    `Set Bus State`    PASSIVE
        """
        state = converted(state, BusState, "state")
        session = controller_of(self._buses, bus)
        if not capabilities(session.bus).sets_state:
            raise self._cannot(session.description.interface, "set its state")
        with driver_errors(f"The state of bus '{session.alias}' cannot be set to {state.name}"):
            set_state(session.bus, state.name)

    @keyword
    def bus_state_should_be(self, state: BusState, *, bus: str | None = None) -> None:
        """Fails unless the CAN controller is in this state.

        Args:
            state: ``ACTIVE``, ``PASSIVE`` or ``ERROR``.
            bus: Alias of the bus; the current one by default.

        Raises:
            AssertionError: The state is another one.
            CanLibraryError: The interface does not report a state: a constant is no verdict.

        Example:
        | Run Keyword And Expect Error    The interface 'virtual' cannot report its state*
        | ...    `Bus State Should Be`    ACTIVE
        """
        state = converted(state, BusState, "state")
        session = controller_of(self._buses, bus)
        reports_state = capabilities(session.bus).reports_state
        if reports_state is None:
            raise NotSupportedError(
                f"Whether the state of bus '{session.alias}' is measured is not known, so there is no verdict about "
                "it: the exporter's driver does not tell; CanLibrary.exporter.Can does."
            )
        if not reports_state:
            raise self._cannot(
                session.description.interface, "report its state, so there is no verdict about it"
            )
        with driver_errors(f"The state of bus '{session.alias}' cannot be read"):
            reported = session.bus.state
        if reported is None:  # etas while bus-off
            raise self._cannot(session.description.interface, "report its state just now")
        actual = reported.name
        if actual != state.name:
            raise AssertionError(f"Bus '{session.alias}' should be {state.name} but is {actual}.")

    @keyword
    def flush_tx_buffer(self, *, bus: str | None = None) -> None:
        """Discards messages that wait in the transmit buffer of the interface.

        Args:
            bus: Alias of the bus; the current one by default.

        Raises:
            CanLibraryError: The interface cannot do that.

        Example:
        | Run Keyword And Expect Error    The interface 'virtual' cannot flush its transmit buffer.
        | ...    `Flush Tx Buffer`
        """
        session = controller_of(self._buses, bus)
        if not capabilities(session.bus).flushes_tx_buffer:
            raise self._cannot(session.description.interface, "flush its transmit buffer")
        with driver_errors(f"The transmit buffer of bus '{session.alias}' cannot be flushed"):
            session.bus.flush_tx_buffer()

    @keyword
    def set_can_filters(self, *filters: CanFilters, bus: str | None = None) -> int:
        """Receives only messages that pass a filter; returns how many unread messages it dropped.

        The filters also apply to what is already unread. ISO-TP connections on the bus go on hearing
        their identifiers.

        Args:
            filters: Identifiers (``0x7E8``), identifiers with a mask (``0x700:0x7F0``), dictionaries with
                ``id``, ``mask`` and ``extended``, or a list of these. At least one.
            bus: Alias of the bus; the current one by default.

        Example:
        | `Set Can Filters`    0x7E8    0x700:0x7F0
        """
        wanted = converted(filters, CanFilters, "filters")
        if not wanted:
            raise ConfigurationError("Give at least one filter; Clear Can Filters lets everything pass.")
        return bus_of(self._buses, bus).set_filters(wanted)

    @keyword
    def clear_can_filters(self, *, bus: str | None = None) -> None:
        """Receives everything again.

        Args:
            bus: Alias of the bus; the current one by default.

        Example:
        | `Set Can Filters`    0x7E8
        | `Clear Can Filters`
        """
        bus_of(self._buses, bus).set_filters(None)

    @keyword
    def list_can_interfaces(self) -> list[Interface]:
        """Returns python-can's interfaces: name, whether it is installed, and what it can do.

        Returns:
            Objects with ``name``, ``installed``, ``reason`` (why it cannot be used), ``fd``,
            ``reports_state``, ``sets_state``, ``flushes_tx_buffer``, ``cyclic_sending``,
            ``filters_in_hardware``, ``detects_channels`` and ``options``.

        Example:
        | ${interfaces}=    `List Can Interfaces`
        | Log Many    @{interfaces}
        """
        interfaces = list_interfaces()
        usable = [interface.name for interface in interfaces if interface.installed]
        logger.info(f"Usable here: {quoted(usable)}.")
        return interfaces

    def _cannot(self, interface: str, what: str) -> NotSupportedError:
        return NotSupportedError(f"The interface '{interface}' cannot {what}.")

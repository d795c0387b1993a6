"""Opening, asking and closing ISO-TP connections."""

import difflib
import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from robot.api.deco import keyword

from CanLibrary.config import connection_description
from CanLibrary.errors import ConfigurationError
from CanLibrary.keywords.support import connection_of, converted, given_values, tell, tell_closed
from CanLibrary.sessions.connections import Connections
from CanLibrary.types import (
    NOT_GIVEN,
    AddressingMode,
    Backend,
    CanId,
    IsoTpAddressFields,
    TargetAddressType,
)


class ConnectionKeywords:
    """Keywords for ISO-TP connections."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @keyword("Open IsoTp Connection")
    def open_isotp_connection(
        self,
        alias: str | None = None,
        *,
        txid: CanId = NOT_GIVEN,
        rxid: CanId = NOT_GIVEN,
        addressing_mode: AddressingMode = NOT_GIVEN,
        target_address: int | None = None,
        source_address: int | None = None,
        physical_id: CanId = NOT_GIVEN,
        functional_id: CanId = NOT_GIVEN,
        address_extension: int | None = None,
        tx_addr: IsoTpAddressFields = NOT_GIVEN,
        rx_addr: IsoTpAddressFields = NOT_GIVEN,
        backend: Backend = NOT_GIVEN,
        bus: str | None = None,
        interface: str | None = None,
        channel: str | int | None = None,
        bitrate: int | None = None,
        fd: bool | None = None,
        data_bitrate: int | None = None,
        read_timeout: timedelta | None = None,
        start: bool = True,
        stmin: int | None = None,
        blocksize: int | None = None,
        tx_data_length: int | None = None,
        tx_data_min_length: int | None = None,
        override_receiver_stmin: float | None = None,
        rx_flowcontrol_timeout: int | None = None,
        rx_consecutive_frame_timeout: int | None = None,
        tx_padding: int | None = None,
        wftmax: int | None = None,
        max_frame_size: int | None = None,
        can_fd: bool | None = None,
        bitrate_switch: bool | None = None,
        default_target_address_type: TargetAddressType = NOT_GIVEN,
        rate_limit_enable: bool | None = None,
        rate_limit_max_bitrate: int | None = None,
        rate_limit_window_size: float | None = None,
        listen_mode: bool | None = None,
        blocking_send: bool | None = None,
        logger_name: str | None = None,
        wait_func: Callable[[float], None] | None = None,
        **options: Any,
    ) -> str:
        """Opens an ISO-TP connection (ISO 15765-2), makes it the current one and returns its alias.

        It shares the open bus named by ``bus`` (the current one by default), or has a node of its own
        if ``interface`` or ``channel`` is given. Without an address it opens the connection that the YAML
        file describes; what is given here goes before what is described under the alias. For the
        addressing modes and the defaults of all parameters see `ISO-TP`.

        Args:
            alias: The name by which other keywords know the connection; ``isotp`` by default.
            txid: Identifier that it sends with.
            rxid: Identifier that it listens to.
            addressing_mode: By default ``Normal_11bits`` or ``Normal_29bits``, as the identifiers are.
            target_address: N_TA, one byte, for fixed, extended and mixed (29 bits) addressing.
            source_address: N_SA, one byte, for fixed, extended and mixed (29 bits) addressing.
            physical_id: Bits 28–16 of physical requests in fixed and mixed (29 bits) addressing.
            functional_id: Bits 28–16 of functional requests in fixed and mixed (29 bits) addressing.
            address_extension: N_AE, one byte, for mixed addressing.
            tx_addr: Sending side of an asymmetric address, a dictionary of the fields above.
            rx_addr: Receiving side of an asymmetric address, a dictionary of the fields above.
            backend: ``python`` (default) runs can-isotp on any bus, ``kernel`` the ISO-TP socket of the Linux
                kernel on a network interface; it refuses what it cannot honour, see `ISO-TP`. ``exported`` works with
                the driver of a Jumpstarter exporter whose name is ``channel``, by default the alias.
            bus: Alias of the bus to share.
            interface: Interface for a node of its own.
            channel: Channel for a node of its own.
            bitrate: Nominal bit rate of its own node in bit/s.
            fd: Open its own node for CAN FD; follows ``can_fd`` by default.
            data_bitrate: Bit rate of the data phase of its own node in bit/s.
            read_timeout: How often the connection looks at its timers when nothing arrives; 50 ms by default.
            start: Start at once; with False `Start IsoTp` does it.
            stmin: Separation time asked of the sender: 0–127 ms, 0xF1–0xF9 = 100–900 µs. Default 0.
            blocksize: Consecutive frames until the next flow control, 0–255; 0: never again. Default 8.
            tx_data_length: Longest message sent: 8, or with ``can_fd`` 12, 16, 20, 24, 32, 48, 64. Default 8.
            tx_data_min_length: Shortest message sent, padded; 1–8, 12 … 64. Default none.
            override_receiver_stmin: Seconds between consecutive frames, whatever the receiver asks.
            rx_flowcontrol_timeout: Milliseconds to wait for a flow control (N_Bs). Default 1000.
            rx_consecutive_frame_timeout: Milliseconds to wait for a consecutive frame (N_Cr). Default 1000.
            tx_padding: Padding byte, 0–0xFF. Default none.
            wftmax: Flow control wait frames tolerated, 0–255. Default 0.
            max_frame_size: Largest payload accepted on reception, in bytes. Default 4095.
            can_fd: Send CAN FD messages. Default False.
            bitrate_switch: CAN FD bit rate switch; needs ``can_fd``. Default False.
            default_target_address_type: ``Physical`` (default) or ``Functional``.
            rate_limit_enable: Limit the sending rate. Default False.
            rate_limit_max_bitrate: Bit/s when limited. Default 10000000.
            rate_limit_window_size: Seconds over which the rate is measured. Default 0.2.
            listen_mode: Receive only, never send, not even flow control. Default False.
            blocking_send: A send returns when the payload is through, or fails. Default False.
            logger_name: Name of the Python logger that can-isotp writes to. Default ``isotp``.
            wait_func: Python function that waits between consecutive frames. Default none: the connection waits.
            options: Options of the interface of its own node, by their python-can names; with the backend ``exported``
                those of the interface ``jumpstarter``: where the exporter is.

        Raises:
            CanLibraryError: An address or parameter is not possible, or the bus cannot be opened.

        Example:
        | `Open IsoTp Connection`    diag    txid=0x7E0    rxid=0x7E8    tx_padding=0xCC
        | `Open IsoTp Connection`    ecu    txid=0x7E8    rxid=0x7E0    interface=virtual    channel=0
        """
        exported = backend in (Backend.exported, Backend.exported.value)
        _check_options(options, own_node=exported or interface is not None or channel is not None)
        address = given_values(
            txid=txid,
            rxid=rxid,
            addressing_mode=addressing_mode,
            target_address=target_address,
            source_address=source_address,
            physical_id=physical_id,
            functional_id=functional_id,
            address_extension=address_extension,
            tx_addr=tx_addr,
            rx_addr=rx_addr,
        )
        params = given_values(
            stmin=stmin,
            blocksize=blocksize,
            tx_data_length=tx_data_length,
            tx_data_min_length=tx_data_min_length,
            override_receiver_stmin=override_receiver_stmin,
            rx_flowcontrol_timeout=rx_flowcontrol_timeout,
            rx_consecutive_frame_timeout=rx_consecutive_frame_timeout,
            tx_padding=tx_padding,
            wftmax=wftmax,
            max_frame_size=max_frame_size,
            can_fd=can_fd,
            bitrate_switch=bitrate_switch,
            default_target_address_type=default_target_address_type,
            rate_limit_enable=rate_limit_enable,
            rate_limit_max_bitrate=rate_limit_max_bitrate,
            rate_limit_window_size=rate_limit_window_size,
            listen_mode=listen_mode,
            blocking_send=blocking_send,
            logger_name=logger_name,
            wait_func=wait_func,
        )
        description = given_values(
            address=address or None,
            params=params or None,
            backend=backend,
            bus=bus,
            interface=interface,
            channel=channel,
            bitrate=bitrate,
            fd=fd,
            data_bitrate=data_bitrate,
            options=options or None,
            read_timeout=read_timeout,
        )
        connection = self._connections.open(alias, description, start=converted(start, bool, "start"))
        tell(connection)
        return connection.alias

    @keyword("Switch IsoTp Connection")
    def switch_isotp_connection(self, alias: str) -> str | None:
        """Makes a connection the current one and returns the alias of the previous one, or None.

        Args:
            alias: Alias of the connection; one that is only described is opened.

        Raises:
            CanLibraryError: No such connection is open; the error names those that are.

        Example:
        | `Open IsoTp Connection`    engine    txid=0x7E0    rxid=0x7E8
        | `Open IsoTp Connection`    gearbox    txid=0x7E1    rxid=0x7E9
        | `Switch IsoTp Connection`    engine
        """
        return self._connections.registry.switch(alias)

    @keyword("Close IsoTp Connection")
    def close_isotp_connection(self, alias: str | None = None) -> None:
        """Closes a connection, and a node of its own; closing twice is fine.

        A send that is still on its way gets the time to end first, so that its error is not lost.

        Args:
            alias: Alias of the connection; the current one by default.

        Raises:
            AssertionError: A payload did not get through, or one was lost, and no keyword told.
            CanLibraryError: There never was such a connection.

        Example:
        | `Open IsoTp Connection`    diag    txid=0x7E0    rxid=0x7E8
        | `Close IsoTp Connection`    diag
        """
        tell_closed(self._connections.registry, self._connections.registry.close(alias))

    @keyword("Close All IsoTp Connections")
    def close_all_isotp_connections(self) -> None:
        """Closes all connections; their buses stay open.

        Raises:
            AssertionError: Something went wrong on one of them that no keyword told. All are closed.

        Example:
        | `Close All IsoTp Connections`
        """
        tell_closed(self._connections.registry, self._connections.registry.close_all())

    @keyword("Get IsoTp Connections")
    def get_isotp_connections(self) -> list[dict[str, Any]]:
        """Returns what is open: a list of dictionaries.

        Returns:
            For each connection ``alias``, ``bus``, ``address``, ``backend``, ``running``, ``unread``
            (payloads), ``owner`` (the test or suite with which it closes) and ``current``.

        Example:
        | `Open IsoTp Connection`    diag    txid=0x7E0    rxid=0x7E8
        | ${connections}=    `Get IsoTp Connections`
        | Should Be Equal    ${connections}[0][alias]    diag
        """
        return [
            {
                "alias": connection.alias,
                "bus": connection.bus.alias,
                "address": str(connection.transport.address),
                "backend": connection.description.backend.value,
                "running": connection.transport.running,
                "unread": connection.transport.inbox.unread,
                "owner": connection.owner.test or connection.owner.suite,
                "current": connection.alias == self._connections.registry.current,
            }
            for connection in self._connections.registry.open.values()
        ]

    @keyword("Set IsoTp Address")
    def set_isotp_address(
        self,
        txid: CanId = NOT_GIVEN,
        rxid: CanId = NOT_GIVEN,
        *,
        addressing_mode: AddressingMode = NOT_GIVEN,
        target_address: int | None = None,
        source_address: int | None = None,
        physical_id: CanId = NOT_GIVEN,
        functional_id: CanId = NOT_GIVEN,
        address_extension: int | None = None,
        tx_addr: IsoTpAddressFields = NOT_GIVEN,
        rx_addr: IsoTpAddressFields = NOT_GIVEN,
        connection: str | None = None,
    ) -> None:
        """Gives a connection another address; unread payloads stay.

        Args:
            txid: Identifier that it sends with.
            rxid: Identifier that it listens to.
            addressing_mode: By default ``Normal_11bits`` or ``Normal_29bits``, as the identifiers are.
            target_address: N_TA, one byte.
            source_address: N_SA, one byte.
            physical_id: Bits 28–16 of physical requests in fixed and mixed (29 bits) addressing.
            functional_id: Bits 28–16 of functional requests in fixed and mixed (29 bits) addressing.
            address_extension: N_AE, one byte.
            tx_addr: Sending side of an asymmetric address, a dictionary of the fields above.
            rx_addr: Receiving side of an asymmetric address, a dictionary of the fields above.
            connection: Alias of the connection; the current one by default.

        Raises:
            CanLibraryError: A transfer is running, or the address is not possible.

        Example:
        | `Open IsoTp Connection`    diag    txid=0x7E0    rxid=0x7E8
        | `Set IsoTp Address`    0x7E1    0x7E9
        """
        address = given_values(
            txid=txid,
            rxid=rxid,
            addressing_mode=addressing_mode,
            target_address=target_address,
            source_address=source_address,
            physical_id=physical_id,
            functional_id=functional_id,
            address_extension=address_extension,
            tx_addr=tx_addr,
            rx_addr=rx_addr,
        )
        session = connection_of(self._connections, connection)
        session.set_address(connection_description(session.alias, {"address": address}).address)


# A typing error that a driver might swallow: so close to an argument that no interface has an option of that name.
_TYPING_ERROR = 0.85


def _check_options(options: dict[str, Any], *, own_node: bool) -> None:
    """Refuse what is neither an argument nor can be an option, because there is no interface that it is for."""
    for name in options:
        arguments = inspect.signature(ConnectionKeywords.open_isotp_connection).parameters
        close = difflib.get_close_matches(
            name.lower(), arguments, n=1, cutoff=_TYPING_ERROR if own_node else 0.6
        )
        if close or not own_node:
            hint = (
                f"did you mean '{close[0]}'?" if close else "an option of an interface needs interface= too."
            )
            raise ConfigurationError(f"Open IsoTp Connection has no argument '{name}'; {hint}")

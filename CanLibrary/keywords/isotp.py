"""Sending and receiving IsoTp frames."""

from datetime import timedelta

from robot.api import logger
from robot.api.deco import keyword

from CanLibrary.formatting import hex_text, plural
from CanLibrary.keywords.support import connection_of, converted, seconds, tell
from CanLibrary.sessions.connections import Connections
from CanLibrary.types import NOT_GIVEN, Pattern, Payload, TargetAddressType

_SHOWN = 256  # bytes of a payload in the log


class IsoTpKeywords:
    """Keywords for IsoTp frames."""

    def __init__(self, connections: Connections, timeout: float) -> None:
        self._connections = connections
        self._timeout = timeout

    @keyword("Send IsoTp Frame")
    def send_isotp_frame(
        self,
        data: Payload,
        *,
        target_address_type: TargetAddressType = NOT_GIVEN,
        timeout: timedelta | None = None,
        connection: str | None = None,
    ) -> None:
        """Sends a payload.

        With ``blocking_send=False``, the default of a connection, it returns at once, and an error is told
        by the next keyword on the connection, at the latest when it closes. With ``blocking_send=True``, or
        if a time-out is given here, it returns when the payload is through.

        Args:
            data: The payload, at least one byte.
            target_address_type: ``Physical`` or ``Functional`` (a single frame only); the connection's
                ``default_target_address_type`` by default.
            timeout: Wait this long at most until the payload is through, then abandon it.
            connection: Alias of the connection; the current one by default.

        Raises:
            AssertionError: The partner did not take the payload (no flow control, overflow …).
            CanLibraryError: The payload is not possible, or the connection cannot send.

        Example:
        | `Send IsoTp Frame`    22 F1 90
        | `Send IsoTp Frame`    3E 80    target_address_type=Functional
        """
        payload = converted(data, Payload, "data")
        target = None
        if target_address_type not in (None, NOT_GIVEN):
            target = converted(target_address_type, TargetAddressType, "target_address_type")
        session = connection_of(self._connections, connection)
        session.send(payload, target, None if timeout is None else seconds(timeout, 0))

    @keyword("Receive IsoTp Frame")
    def receive_isotp_frame(
        self,
        data: Pattern = Pattern.ANY,
        *,
        timeout: timedelta | None = None,
        connection: str | None = None,
    ) -> Payload:
        """Returns the oldest unread payload, and waits for one if there is none.

        Args:
            data: Pattern that the payload must match, such as ``62 F1 90 *``; the others stay unread.
            timeout: How long to wait; by default the ``timeout`` of the import, 1 second.
            connection: Alias of the connection; the current one by default.

        Returns:
            The payload as ``bytes``.

        Raises:
            AssertionError: None arrived in time, or one was lost half-way; the failure tells what the link
                saw instead.

        Example:
        | ${payload}=    `Receive IsoTp Frame`    62 F1 90 *    timeout=2 s
        | Should Be Equal    ${payload[3:]}    ${{b'WBA'}}
        """
        pattern = converted(data, Pattern, "data")
        session = connection_of(self._connections, connection)
        payload = session.receive(pattern, seconds(timeout, self._timeout))
        tell(session)
        _log(f"Received on connection '{session.alias}'", payload)
        return payload

    @keyword("Exchange IsoTp Frame")
    def exchange_isotp_frame(
        self,
        data: Payload,
        *,
        reply: Pattern = Pattern.ANY,
        timeout: timedelta | None = None,
        connection: str | None = None,
    ) -> Payload:
        """Sends a request and returns the reply.

        A payload that came before the request never counts as the reply and stays unread.

        Args:
            data: The request, at least one byte.
            reply: Pattern of the reply, such as ``62 F1 90 *``. Other payloads, a response pending for
                example, are passed over and stay unread; the failure shows them.
            timeout: How long to wait for the reply; by default the ``timeout`` of the import, 1 second.
            connection: Alias of the connection; the current one by default.

        Returns:
            The reply as ``bytes``.

        Raises:
            AssertionError: No reply arrived in time, or the request did not get through.

        Example:
        | ${reply}=    `Exchange IsoTp Frame`    22 F1 90    reply=62 F1 90 *
        | Should Be Equal    ${reply[3:]}    ${{b'WBA'}}
        """
        request, pattern = converted(data, Payload, "data"), converted(reply, Pattern, "reply")
        session = connection_of(self._connections, connection)
        payload = session.exchange(request, pattern, seconds(timeout, self._timeout))
        tell(session)
        _log(f"Reply on connection '{session.alias}'", payload)
        return payload

    @keyword("Is IsoTp Frame Available")
    def is_isotp_frame_available(self, *, connection: str | None = None) -> bool:
        """Returns True if a payload is unread.

        Args:
            connection: Alias of the connection; the current one by default.

        Example:
        | ${available}=    `Is IsoTp Frame Available`
        | Should Not Be True    ${available}
        """
        return connection_of(self._connections, connection).available

    @keyword("Is IsoTp Transmitting")
    def is_isotp_transmitting(self, *, connection: str | None = None) -> bool:
        """Returns True while a payload is on its way out.

        Args:
            connection: Alias of the connection; the current one by default.

        Example:
        | ${transmitting}=    `Is IsoTp Transmitting`
        | Should Not Be True    ${transmitting}
        """
        return connection_of(self._connections, connection).transmitting

    @keyword("Start IsoTp")
    def start_isotp(self, *, connection: str | None = None) -> None:
        """Starts a connection that was opened with ``start=False`` or stopped; a second time is fine.

        Args:
            connection: Alias of the connection; the current one by default.

        Example:
        | `Open IsoTp Connection`    diag    txid=0x7E0    rxid=0x7E8    start=False
        | `Start IsoTp`
        """
        connection_of(self._connections, connection).start()

    @keyword("Stop IsoTp")
    def stop_isotp(self, *, connection: str | None = None) -> None:
        """Stops a connection: it sends and receives no more. Unread payloads stay.

        Stopping before a start, or twice, is fine. A send that was not through is abandoned with a warning.

        Args:
            connection: Alias of the connection; the current one by default.

        Example:
        | `Stop IsoTp`
        | `Start IsoTp`
        """
        session = connection_of(self._connections, connection)
        session.stop()
        tell(session)

    @keyword("Stop IsoTp Sending")
    def stop_isotp_sending(self, *, connection: str | None = None) -> None:
        """Abandons what the connection is sending, with a warning; nothing sending is fine.

        Args:
            connection: Alias of the connection; the current one by default.

        Example:
        | `Stop IsoTp Sending`
        """
        session = connection_of(self._connections, connection)
        session.stop_sending()
        tell(session)

    @keyword("Stop IsoTp Receiving")
    def stop_isotp_receiving(self, *, connection: str | None = None) -> None:
        """Abandons what the connection is receiving; unread payloads stay, nothing receiving is fine.

        Args:
            connection: Alias of the connection; the current one by default.

        Example:
        | `Stop IsoTp Receiving`
        """
        connection_of(self._connections, connection).stop_receiving()


def _log(what: str, payload: Payload) -> None:
    text = hex_text(payload, _SHOWN)
    logger.info(
        f"{what}: {text}." if len(payload) > _SHOWN else f"{what}: {text} ({plural(len(payload), 'byte')})."
    )

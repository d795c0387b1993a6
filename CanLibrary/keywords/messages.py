"""Sending and receiving messages."""

from datetime import timedelta

from robot.api import logger
from robot.api.deco import keyword

from CanLibrary.config import SEND_TIMEOUT
from CanLibrary.errors import ConfigurationError
from CanLibrary.keywords.support import NO_DATA, bus_of, checked_message, converted, matcher, seconds
from CanLibrary.sessions.buses import Buses
from CanLibrary.types import (
    NOT_GIVEN,
    CanId,
    CanIdPattern,
    CanMessage,
    CanMessages,
    Pattern,
    Payload,
)


class MessageKeywords:
    """Keywords for messages."""

    def __init__(self, buses: Buses, timeout: float) -> None:
        self._buses = buses
        self._timeout = timeout

    @keyword
    def send_can_message(
        self,
        id: CanId,
        data: Payload = NO_DATA,
        *,
        extended: bool | None = None,
        fd: bool = False,
        bitrate_switch: bool = False,
        remote: bool = False,
        dlc: int | None = None,
        timeout: timedelta = timedelta(seconds=SEND_TIMEOUT),
        bus: str | None = None,
    ) -> CanMessage:
        """Sends one message and returns it as sent.

        Args:
            id: Identifier such as ``0x7E0`` or ``0x18DA10F1``.
            data: Up to 8 bytes, with ``fd=True`` 0 to 8, 12, 16, 20, 24, 32, 48 or 64 bytes.
            extended: Makes an integer identifier extended (True) or standard (False).
            fd: Send a CAN FD message.
            bitrate_switch: Send its data at the higher bit rate; needs ``fd=True``.
            remote: Send a remote message, which carries no data.
            dlc: Length that a remote message asks for, 0 to 8 bytes; 0 by default.
            timeout: How long the driver may take, when its transmit buffer is full for example; some
                interfaces do not heed it.
            bus: Alias of the bus; the current one by default.

        Returns:
            The message, with the time at which it was sent.

        Raises:
            CanLibraryError: The message is not possible, or the driver refused it.

        Example:
        | `Send Can Message`    0x7E0    02 10 03
        | `Send Can Message`    0x18DA10F1    02 3E 00
        | `Send Can Message`    0x123    ${{bytes(12)}}    fd=True    bitrate_switch=True
        | `Send Can Message`    0x123    remote=True    dlc=8
        """
        message = checked_message(
            id, data, extended=extended, fd=fd, bitrate_switch=bitrate_switch, remote=remote, dlc=dlc
        )
        return bus_of(self._buses, bus).send(message, seconds(timeout, SEND_TIMEOUT))

    @keyword
    def send_can_messages(
        self,
        messages: CanMessages,
        *,
        gap: timedelta | None = None,
        bus: str | None = None,
    ) -> int:
        """Sends many messages in order and returns how many.

        Args:
            messages: A list of messages, or of text as candump writes it: ``123#DEADBEEF`` (three digits:
                standard), ``00000123#11`` (eight digits: extended), ``123#R4`` (remote),
                ``123##1AABB`` (CAN FD, flag 1: bit rate switch).
            gap: Time from one message to the next; none by default.
            bus: Alias of the bus; the current one by default.

        Raises:
            CanLibraryError: A message is not possible (then none is sent), or the driver refused one; the
                error says how many were sent.

        Example:
        | ${messages}=    Create List    123#DEADBEEF    456#0102
        | `Send Can Messages`    ${messages}    gap=10 ms
        """
        checked = converted(messages, CanMessages, "messages")
        session = bus_of(self._buses, bus)
        return session.send_many(checked, seconds(gap, 0.0, "gap"))

    @keyword
    def receive_can_message(
        self,
        id: CanIdPattern = CanIdPattern.ANY,
        data: Pattern = Pattern.ANY,
        *,
        mask: Payload = NOT_GIVEN,
        timeout: timedelta | None = None,
        bus: str | None = None,
    ) -> CanMessage:
        """Returns the oldest unread message that matches, and waits for one if there is none.

        Every message is handed out once; those that do not match stay unread.

        Args:
            id: Identifier, or ``*`` for any.
            data: Pattern such as ``?? 50 *``; ``*`` for any data.
            mask: Compare only the bits that are 1 here; as many bytes as the data pattern has.
            timeout: How long to wait; by default the ``timeout`` of the import, 1 second.
            bus: Alias of the bus; the current one by default.

        Raises:
            AssertionError: No match arrived in time; the failure says what else is unread.

        Example:
        | ${message}=    `Receive Can Message`    0x7E8    ?? 50 *    timeout=2 s
        | Should Be Equal As Integers    ${message.data[2]}    3
        """
        session = bus_of(self._buses, bus)
        wanted = matcher(id, data, mask)
        message = session.reading.receive(wanted, seconds(timeout, self._timeout))[0]
        logger.info(f"Received {message} on bus '{session.alias}'.")
        return message

    @keyword
    def receive_can_messages(
        self,
        count: int,
        *,
        id: CanIdPattern = CanIdPattern.ANY,
        data: Pattern = Pattern.ANY,
        mask: Payload = NOT_GIVEN,
        timeout: timedelta | None = None,
        bus: str | None = None,
    ) -> list[CanMessage]:
        """Returns the oldest unread messages that match, as many as asked for.

        Args:
            count: How many messages, at least 1.
            id: Identifier, or ``*`` for any.
            data: Pattern such as ``?? 50 *``; ``*`` for any data.
            mask: Compare only the bits that are 1 here; as many bytes as the data pattern has.
            timeout: How long to wait for all of them; by default the ``timeout`` of the import, 1 second.
            bus: Alias of the bus; the current one by default.

        Returns:
            A list of messages, oldest first.

        Raises:
            AssertionError: Fewer arrived in time; those that did stay unread.

        Example:
        | ${messages}=    `Receive Can Messages`    3    id=0x100
        | Length Should Be    ${messages}    3
        """
        count = converted(count, int, "count")
        if count < 1:
            raise ConfigurationError(f"count={count} is not possible: receive at least 1 message.")
        session = bus_of(self._buses, bus)
        wanted = matcher(id, data, mask)
        return session.reading.receive(wanted, seconds(timeout, self._timeout), count)

    @keyword
    def clear_received_messages(self, *, bus: str | None = None) -> int:
        """Drops all unread messages and returns how many there were, with those that had to go before.

        Args:
            bus: Alias of the bus; the current one by default.

        Example:
        | ${dropped}=    `Clear Received Messages`
        | Log    ${dropped} messages were unread.
        """
        return bus_of(self._buses, bus).reading.clear()

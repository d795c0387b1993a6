"""Judging what passes on a bus: from now on, from a mark on, or as the reply to a message."""

from datetime import timedelta

from robot.api import logger
from robot.api.deco import keyword

from CanLibrary.errors import ConfigurationError
from CanLibrary.keywords.support import NO_DATA, bus_of, checked_message, matcher, seconds, since_within
from CanLibrary.sessions.buses import Buses
from CanLibrary.types import NOT_GIVEN, CanId, CanIdPattern, CanMark, CanMessage, Pattern, Payload


class WaitKeywords:
    """Keywords that wait for messages and judge them."""

    def __init__(self, buses: Buses, timeout: float) -> None:
        self._buses = buses
        self._timeout = timeout

    @keyword
    def set_can_mark(self, *, at: timedelta | None = None, bus: str | None = None) -> CanMark:
        """Returns a mark: the position in the trace of the bus at which the next message will stand.

        Args:
            at: Only on a recording of `Open Can Trace`, and needed there: how long after its first message.
            bus: Alias of the bus; the current one by default.

        Returns:
            A mark for the arguments ``since`` and ``until`` of keywords that wait, count or show what was recorded.

        Example:
        | ${mark}=    `Set Can Mark`
        | `Send Can Message`    0x7E0    02 10 03
        | `Wait For Can Message`    0x7E8    since=${mark}
        """
        reading = bus_of(self._buses, bus).reading
        return reading.mark() if at is None else reading.mark_at(seconds(at, 0.0, "at"))

    @keyword
    def wait_for_can_message(
        self,
        id: CanIdPattern = CanIdPattern.ANY,
        data: Pattern = Pattern.ANY,
        *,
        mask: Payload = NOT_GIVEN,
        within: timedelta | None = None,
        since: CanMark = NOT_GIVEN,
        bus: str | None = None,
    ) -> CanMessage:
        """Returns the first match that arrives from now on, or from a mark on.

        An older message never satisfies the wait, and the match stays unread for `Receive Can Message`.

        Args:
            id: Identifier, or ``*`` for any.
            data: Pattern such as ``?? 50 *``; ``*`` for any data.
            mask: Compare only the bits that are 1 here; as many bytes as the data pattern has.
            within: How long after now, or after the mark; by default it goes on for the ``timeout`` of the
                import, 1 second, from now.
            since: A mark from `Set Can Mark`, a message (then after it), or ``opened``; now by default.
            bus: Alias of the bus; the current one by default.

        Raises:
            AssertionError: No match arrived in time; the failure says what else did, and whether a match
                came shortly before.

        Example:
        | `Wait For Can Message`    0x100    within=200 ms
        """
        session = bus_of(self._buses, bus)
        window = session.reading.window(*since_within(since, within), self._timeout)
        message = session.reading.wait_for(matcher(id, data, mask), window)
        logger.info(f"{message} arrived on bus '{session.alias}'.")
        return message

    @keyword
    def can_message_should_not_arrive(
        self,
        id: CanIdPattern = CanIdPattern.ANY,
        data: Pattern = Pattern.ANY,
        *,
        mask: Payload = NOT_GIVEN,
        within: timedelta | None = None,
        since: CanMark = NOT_GIVEN,
        bus: str | None = None,
    ) -> None:
        """Fails on the first match that arrives from now on, or from a mark on.

        It warns where nobody could have sent one: on a virtual bus that nobody else has opened.

        Args:
            id: Identifier, or ``*`` for any.
            data: Pattern such as ``?? 50 *``; ``*`` for any data.
            mask: Compare only the bits that are 1 here; as many bytes as the data pattern has.
            within: How long after now, or after the mark; by default it goes on for the ``timeout`` of the
                import, 1 second, from now.
            since: A mark from `Set Can Mark`, a message (then after it), or ``opened``; now by default.
            bus: Alias of the bus; the current one by default.

        Raises:
            AssertionError: A match arrived.
            CanLibraryError: The bus died, so that nobody can know.

        Example:
        | `Can Message Should Not Arrive`    0x7E8    ?? 7F *    within=500 ms
        """
        session = bus_of(self._buses, bus)
        window = session.reading.window(*since_within(since, within), self._timeout)
        session.reading.should_not_arrive(matcher(id, data, mask), window)
        if session.nobody_could_send():
            logger.warn(
                f"Nobody but this library is on the virtual bus '{session.alias}': that nothing arrived says nothing "
                "about a system under test. Its bus is opened with Open Can Bus or described in config."
            )

    @keyword
    def exchange_can_message(
        self,
        id: CanId,
        data: Payload = NO_DATA,
        *,
        reply_id: CanIdPattern = CanIdPattern.ANY,
        reply_data: Pattern = Pattern.ANY,
        reply_mask: Payload = NOT_GIVEN,
        within: timedelta | None = None,
        extended: bool | None = None,
        fd: bool = False,
        bitrate_switch: bool = False,
        remote: bool = False,
        dlc: int | None = None,
        bus: str | None = None,
    ) -> CanMessage:
        """Sends a message and returns the reply.

        It listens before it sends: a fast reply is never missed, and a message that came before never
        counts. The reply counts as read.

        Args:
            id: Identifier of the request.
            data: Data of the request.
            reply_id: Identifier of the reply, or ``*`` for any; say at least this or ``reply_data``.
            reply_data: Pattern of the reply such as ``?? 50 *``.
            reply_mask: Compare only the bits that are 1 here; as many bytes as ``reply_data`` has.
            within: How long to wait for the reply; by default the ``timeout`` of the import, 1 second.
            extended: Makes an integer identifier of the request extended (True) or standard (False).
            fd: Send a CAN FD message.
            bitrate_switch: Send its data at the higher bit rate; needs ``fd=True``.
            remote: Send a remote message, which carries no data.
            dlc: Length that a remote message asks for, 0 to 8 bytes; 0 by default.
            bus: Alias of the bus; the current one by default.

        Raises:
            AssertionError: No reply arrived in time; the failure says what else did.

        Example:
        | ${reply}=    `Exchange Can Message`    0x7E0    02 10 03    reply_id=0x7E8    reply_data=?? 50 *
        | Should Be Equal As Integers    ${reply.data[1]}    ${0x50}
        """
        wanted = matcher(reply_id, reply_data, reply_mask)
        if wanted.key is None and wanted.pattern.matches_all:
            raise ConfigurationError(
                "Say which message is the reply with reply_id= or reply_data=; any message at all is no verdict."
            )
        message = checked_message(
            id, data, extended=extended, fd=fd, bitrate_switch=bitrate_switch, remote=remote, dlc=dlc
        )
        session = bus_of(self._buses, bus)
        window = session.reading.window(*since_within(NOT_GIVEN, within), self._timeout)
        session.send(message)
        reply = session.reading.wait_for(wanted, window, hand_out=True)
        logger.info(f"Reply {reply} on bus '{session.alias}'.")
        return reply

"""What passed on a bus: asked for after the fact, and judged."""

from datetime import timedelta

from robot.api import logger
from robot.api.deco import keyword

from CanLibrary.errors import ConfigurationError
from CanLibrary.formatting import duration, plural
from CanLibrary.keywords.support import (
    bus_of,
    converted,
    given_mark,
    log_list,
    matcher,
    recorded_bus,
    seconds,
    since_within,
    tell_gone,
)
from CanLibrary.sessions.buses import Buses
from CanLibrary.traffic.matching import Matcher
from CanLibrary.types import (
    NOT_GIVEN,
    CanIdPattern,
    CanMark,
    CanMessage,
    CanMessagePattern,
    Direction,
    Expect,
    Pattern,
    Payload,
)


class HistoryKeywords:
    """Keywords that ask for what was recorded."""

    def __init__(self, buses: Buses, timeout: float) -> None:
        self._buses = buses
        self._timeout = timeout

    @keyword
    def get_can_messages(
        self,
        id: CanIdPattern = CanIdPattern.ANY,
        data: Pattern = Pattern.ANY,
        *,
        mask: Payload = NOT_GIVEN,
        direction: Direction = Direction.RX,
        since: CanMark = NOT_GIVEN,
        until: CanMark = NOT_GIVEN,
        bus: str | None = None,
    ) -> list[CanMessage]:
        """Returns all matches that were recorded, oldest first, and waits for none.

        What is unread stays unread.

        Args:
            id: Identifier, or ``*`` for any.
            data: Pattern such as ``?? 50 *``; ``*`` for any data.
            mask: Compare only the bits that are 1 here; as many bytes as the data pattern has.
            direction: ``Rx`` for what was received, ``Tx`` for what was sent by this library, ``ANY`` for both.
            since: Where to begin: a mark, after a message, or ``opened`` for the whole trace; by default where the
                running test began.
            until: Where to end: a mark, or a message, which still counts; now by default.
            bus: Alias of the bus; the current one by default. One that died is asked as well, with a warning.

        Returns:
            A list of messages, empty if there is no match.

        Raises:
            CanLibraryError: The mark is of another bus, or so old that its messages are gone.

        Example:
        | `Send Can Message`    0x3A0    01 00
        | ${sent}=    `Get Can Messages`    0x3A0    direction=Tx
        | Length Should Be    ${sent}    1
        """
        session = recorded_bus(self._buses, bus)
        reading, name = session.reading, session.alias
        wanted, asked = matcher(id, data, mask), converted(direction, Direction, "direction")
        span = reading.span(given_mark(since), given_mark(until, "until"))
        messages = reading.messages(wanted, span, asked)
        tell_gone(span, name)
        log_list(
            f"{plural(len(messages), 'match', 'matches')} for {wanted} on bus '{name}'{span.of}.", messages
        )
        return messages

    @keyword
    def get_last_can_message(
        self,
        id: CanIdPattern = CanIdPattern.ANY,
        data: Pattern = Pattern.ANY,
        *,
        mask: Payload = NOT_GIVEN,
        direction: Direction = Direction.RX,
        since: CanMark = NOT_GIVEN,
        bus: str | None = None,
    ) -> CanMessage:
        """Returns the newest match that was recorded, and waits for none.

        Args:
            id: Identifier, or ``*`` for any.
            data: Pattern such as ``?? 50 *``; ``*`` for any data.
            mask: Compare only the bits that are 1 here; as many bytes as the data pattern has.
            direction: ``Rx`` for what was received, ``Tx`` for what was sent by this library, ``ANY`` for both.
            since: Where to begin: a mark, after a message, or ``opened`` for the whole trace; by default where the
                running test began.
            bus: Alias of the bus; the current one by default.

        Raises:
            AssertionError: There is no match; the failure says whether one came earlier.

        Example:
        | `Send Can Message`    0x3A0    01 00
        | ${message}=    `Get Last Can Message`    0x3A0    direction=Tx
        """
        session = bus_of(self._buses, bus)
        reading, name = session.reading, session.alias
        wanted, asked = matcher(id, data, mask), converted(direction, Direction, "direction")
        message = reading.last(wanted, reading.span(given_mark(since)), asked)
        logger.info(f"Last on bus '{name}': {message}")
        return message

    @keyword
    def can_message_count_should_be(
        self,
        count: int,
        id: CanIdPattern = CanIdPattern.ANY,
        data: Pattern = Pattern.ANY,
        *,
        tolerance: int = 0,
        mask: Payload = NOT_GIVEN,
        direction: Direction = Direction.RX,
        since: CanMark = NOT_GIVEN,
        until: CanMark = NOT_GIVEN,
        bus: str | None = None,
    ) -> None:
        """Fails unless so many matches were recorded; it waits for none.

        Args:
            count: How many there should be, from 0.
            id: Identifier, or ``*`` for any.
            data: Pattern such as ``?? 50 *``; ``*`` for any data.
            tolerance: How many more or less are fine.
            mask: Compare only the bits that are 1 here; as many bytes as the data pattern has.
            direction: ``Rx`` for what was received, ``Tx`` for what was sent by this library, ``ANY`` for both.
            since: Where to begin: a mark, after a message, or ``opened`` for the whole trace; by default where the
                running test began.
            until: Where to end: a mark or a message; now by default.
            bus: Alias of the bus; the current one by default.

        Raises:
            AssertionError: There are more or fewer.
            CanLibraryError: The trace does not keep all of what should be counted, so that nobody can know.

        Example:
        | `Send Can Message`    0x3A0    01 00
        | `Can Message Count Should Be`    1    0x3A0    direction=Tx
        """
        expected, margin = converted(count, int, "count"), converted(tolerance, int, "tolerance")
        for value, argument in ((expected, "count"), (margin, "tolerance")):
            if value < 0:
                raise ConfigurationError(f"{argument}={value} is not possible: it is 0 or more.")
        reading = bus_of(self._buses, bus).reading
        wanted, asked = matcher(id, data, mask), converted(direction, Direction, "direction")
        span = reading.span(given_mark(since), given_mark(until, "until"))
        reading.count_should_be(wanted, span, asked, expected, margin)

    @keyword
    def wait_for_can_messages(
        self,
        *messages: CanMessagePattern,
        expect: Expect = Expect.ALL,
        within: timedelta | None = None,
        since: CanMark = NOT_GIVEN,
        bus: str | None = None,
    ) -> list[CanMessage]:
        """Returns several messages that arrive from now on, or from a mark on.

        One message that arrives stands for one that is expected only. All of them stay unread.

        Args:
            messages: What is expected, one argument each: an identifier or ``*``, then, after one blank, a pattern
                for the data if not any will do.
            expect: ``ALL`` in whatever order, ``ANY`` one of them, or all of them ``IN_ORDER``; others may come in
                between.
            within: How long after now, or after the mark; by default it goes on for the ``timeout`` of the
                import, 1 second, from now.
            since: A mark from `Set Can Mark`, a message, or ``opened``; now by default.
            bus: Alias of the bus; the current one by default.

        Returns:
            The messages that came, in the order in which they were asked for.

        Raises:
            AssertionError: Not enough arrived in time; the failure says which are missing.

        Example:
        | `Wait For Can Messages`    0x100    0x7E8 ?? 50 *    expect=ALL
        """
        if not messages:
            raise ConfigurationError("Say which messages are expected, such as 0x100 or 0x7E8 ?? 50 *.")
        patterns = [converted(message, CanMessagePattern, "messages") for message in messages]
        asked = converted(expect, Expect, "expect")
        session = bus_of(self._buses, bus)
        reading, name = session.reading, session.alias
        window = reading.window(*since_within(since, within), self._timeout)
        wanted = [Matcher(pattern.id, pattern.data) for pattern in patterns]
        came = reading.wait_for_several(wanted, asked, window)
        log_list(f"Arrived on bus '{name}':", came)
        return came

    @keyword
    def response_time_should_be_below(
        self,
        limit: timedelta,
        request: CanMessage,
        reply_id: CanIdPattern = CanIdPattern.ANY,
        reply_data: Pattern = Pattern.ANY,
        *,
        reply_mask: Payload = NOT_GIVEN,
        bus: str | None = None,
    ) -> float:
        """Fails unless a message was answered in time, and returns the response time in seconds.

        The time is measured from the request to its first reply, on the monotonic clock of this computer. A reply that
        has not come yet is waited for, some time longer than the limit, to say how late it was.

        Args:
            limit: The time that the response has to be below.
            request: A message that was sent or received, as the keywords return it; also one of another bus.
            reply_id: Identifier of the reply, or ``*`` for any; say at least this or ``reply_data``.
            reply_data: Pattern of the reply such as ``?? 50 *``.
            reply_mask: Compare only the bits that are 1 here; as many bytes as ``reply_data`` has.
            bus: Alias of the bus on which the reply comes; the current one by default.

        Raises:
            AssertionError: The reply came too late, or not at all.

        Example:
        | ${request}=    `Send Can Message`    0x7E0    02 10 03
        | ${time}=    `Response Time Should Be Below`    500 ms    ${request}    0x7E8    ?? 50 *
        """
        wanted = matcher(reply_id, reply_data, reply_mask)
        if wanted.key is None and wanted.pattern.matches_all:
            raise ConfigurationError(
                "Say which message is the reply with reply_id or reply_data; any message at all is no verdict."
            )
        below, asked = seconds(limit, 0.0, "limit"), converted(request, CanMessage, "request")
        if asked.trace is None:
            raise ConfigurationError(
                "request takes a message that was sent or received, as Send Can Message and others return it."
            )
        session = bus_of(self._buses, bus)
        reading, name = session.reading, session.alias
        elapsed = reading.response_time(asked, wanted, below, self._timeout)
        logger.info(f"Answered on bus '{name}' after {duration(round(elapsed, 6))}.")
        return elapsed

"""What log.html shows of a bus."""

from robot.api import logger
from robot.api.deco import keyword

from CanLibrary.errors import ConfigurationError
from CanLibrary.keywords.support import converted, given_mark, recorded_bus
from CanLibrary.sessions.buses import Buses
from CanLibrary.types import NOT_GIVEN, CanIdPattern, CanMark

_MOST = 10_000  # messages that log.html shows by default; it stays below 2 MB


class EvidenceKeywords:
    """Keywords that put evidence into log.html."""

    def __init__(self, buses: Buses) -> None:
        self._buses = buses

    @keyword
    def log_can_trace(
        self,
        *,
        since: CanMark = NOT_GIVEN,
        until: CanMark = NOT_GIVEN,
        id: CanIdPattern = CanIdPattern.ANY,
        limit: int = _MOST,
        bus: str | None = None,
    ) -> int:
        """Shows in log.html what passed on a bus, and returns how many messages it shows.

        A picture has a lane for each identifier and a tick for each message, so that a message that stopped can be
        seen. A table has a row for each message: time, time since the one before, direction, identifier, length, data,
        and what it is in ISO-TP, with the payload where it is complete. When a test fails, this comes by itself
        (``trace_on_failure`` of the import). Of a bus that receives no more it shows what was recorded, with a warning.

        Args:
            since: Where to begin: a mark, after a message, or ``opened`` for the whole trace; by default where the
                running test began.
            until: Where to end: a mark or a message; now by default.
            id: Identifier, or ``*`` for any.
            limit: How many messages at most, at least 1; the newest are shown, and how many are left out is said.
            bus: Alias of the bus; the current one by default.

        Raises:
            CanLibraryError: A mark is of another bus, or so old that its messages are gone.

        Example:
        | `Send Can Message`    0x3A0    01 00
        | ${shown}=    `Log Can Trace`
        | Should Be Equal As Integers    ${shown}    1
        """
        from CanLibrary.evidence.excerpt import excerpt_of
        from CanLibrary.evidence.page import html
        from CanLibrary.traffic.trace import key_of

        limit = converted(limit, int, "limit")
        if limit < 1:
            raise ConfigurationError(f"limit={limit} is not possible: show at least 1 message.")
        only = converted(id, CanIdPattern, "id").id
        session = recorded_bus(self._buses, bus)
        excerpt = excerpt_of(
            session.traffic,
            session.reading.span(given_mark(since), given_mark(until, "until")),
            limit,
            session.isotp_addresses,
            key=key_of(only.value, only.extended) if only else None,
            only=str(only or ""),
        )
        logger.write(html(excerpt), html=True)
        return len(excerpt.messages)

"""Routing between two buses, and whether a message was routed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from robot.api import logger
from robot.api.deco import keyword

from CanLibrary.config.mistakes import Mistakes
from CanLibrary.config.values import convert
from CanLibrary.errors import ConfigurationError, joined
from CanLibrary.formatting import duration
from CanLibrary.keywords.support import bus_of, converted, given_mark, matcher, seconds, tell_gone
from CanLibrary.sessions.buses import Buses
from CanLibrary.simulation.gateways import Gateways
from CanLibrary.types import (
    NOT_GIVEN,
    CanFilters,
    CanId,
    CanIdPattern,
    CanMark,
    Pattern,
)


class GatewayKeywords:
    """Keywords for gateways."""

    def __init__(self, buses: Buses, gateways: Gateways) -> None:
        self._buses = buses
        self._gateways = gateways

    @keyword
    def start_can_gateway(
        self,
        from_bus: str,
        to_bus: str,
        *,
        ids: dict[Any, Any] | str | None = None,
        filters: CanFilters = NOT_GIVEN,
        both_ways: bool = False,
        name: str | None = None,
    ) -> str:
        """Starts to route messages from one open bus to another, and returns a handle.

        What the test, others and simulated ECUs send on the first bus is sent on the second one as if by somebody else:
        the test receives it there. Data and kind of the messages stay as they are; error frames are not routed. It ends
        with one of its buses, or with the test or suite that started it.

        What would go round in a circle is refused: two gateways that route to and fro, also over other buses, and two
        aliases of one network.

        Args:
            from_bus: Alias of the bus where messages come from.
            to_bus: Alias of the bus onto which they go.
            ids: Which identifiers become which others, as ``0x100=0x200, 0x101=0x18DA10F1`` or a dictionary; others are
                not routed then. By default all are routed, unchanged.
            filters: Which messages are routed, by their identifier on ``from_bus``, see `Set Can Filters`; all by
                default.
            both_ways: Route back as well, with the map read backwards; never what it has routed itself.
            name: The handle; a number is made up by default.

        Raises:
            CanLibraryError: It would close a loop, the map is not possible, or the name is taken.

        Example:
        | `Open Can Bus`    body    channel=11
        | `Open Can Bus`    chassis    channel=12
        | ${gateway}=    `Start Can Gateway`    body    chassis    ids=0x100=0x200
        | `Send Can Message`    0x100    01    bus=body
        | `Receive Can Message`    0x200    01    bus=chassis
        | `Stop Can Gateway`    ${gateway}
        """
        from CanLibrary.simulation.gateway import Routing

        routing = Routing(
            None if ids is None else _id_map(ids),
            converted(filters, CanFilters, "filters") if filters is not NOT_GIVEN else None,
            converted(both_ways, bool, "both_ways"),
        )
        source, target = bus_of(self._buses, from_bus), bus_of(self._buses, to_bus)
        return self._gateways.start(name, source, target, routing)

    @keyword
    def stop_can_gateway(self, handle: str) -> int:
        """Stops a gateway and returns how many messages it has routed; stopping twice is fine.

        What it has heard before is routed first.

        Args:
            handle: What `Start Can Gateway` returned.

        Raises:
            CanLibraryError: There was no such gateway, or messages could not be routed and no keyword told.

        Example:
        | `Open Can Bus`    body    channel=11
        | `Open Can Bus`    chassis    channel=12
        | `Start Can Gateway`    body    chassis    name=central
        | ${routed}=    `Stop Can Gateway`    central
        """
        routed, untold = self._gateways.stop(handle)
        if untold:
            raise joined(untold)
        return routed

    @keyword
    def message_should_be_routed(
        self,
        id: CanIdPattern,
        data: Pattern = Pattern.ANY,
        *,
        from_bus: str,
        to_bus: str,
        within: timedelta,
        routed_id: CanId = NOT_GIVEN,
        routed_data: Pattern = NOT_GIVEN,
        since: CanMark = NOT_GIVEN,
    ) -> float:
        """Fails unless a message came on another bus in time, and returns the latency in seconds.

        It judges the newest match that was sent or received on ``from_bus``, by a gateway under test as well as by
        `Start Can Gateway`. The latency is counted from its record to that of the message received on ``to_bus``, on
        the monotonic clock of this computer. One that has not come yet is waited for, some time longer than it may
        take, to say how late it was. An equal message that came for another reason, as a cyclic one does, cannot be
        told from the routed one: let the data be unique.

        Args:
            id: Identifier on ``from_bus``, or ``*`` for any.
            data: Pattern of its data such as ``01 *``; ``*`` for any.
            from_bus: Alias of the bus where it comes from.
            to_bus: Alias of the bus onto which it should be routed.
            within: How long that may take.
            routed_id: Identifier on ``to_bus``; the same by default.
            routed_data: Pattern of its data on ``to_bus``; the same data by default.
            since: Where to begin to look on ``from_bus``: a mark, a message, or ``opened``; by default where the
                running test began.

        Raises:
            AssertionError: It was not routed, or too late, or there was no such message on ``from_bus``.
            CanLibraryError: The filters of ``to_bus`` do not let it through.

        Example:
        | `Open Can Bus`    body    channel=11
        | `Open Can Bus`    chassis    channel=12
        | `Start Can Gateway`    body    chassis    ids=0x100=0x200
        | `Send Can Message`    0x100    01    bus=body
        | ${latency}=    `Message Should Be Routed`    0x100    from_bus=body    to_bus=chassis    routed_id=0x200
        | ...    within=100 ms
        """
        from CanLibrary.simulation.routing import Route, should_be_routed

        route = Route(
            matcher(id, data, NOT_GIVEN),
            None if routed_id is NOT_GIVEN else converted(routed_id, CanId, "routed_id"),
            None if routed_data is NOT_GIVEN else converted(routed_data, Pattern, "routed_data"),
        )
        limit = seconds(within, 0.0, "within")
        source, target = bus_of(self._buses, from_bus), bus_of(self._buses, to_bus)
        span = source.reading.span(given_mark(since))
        tell_gone(span, source.alias)
        latency = should_be_routed(source, target, route, span, limit)
        logger.info(f"Routed after {duration(round(latency, 6))}.")
        return latency


def _id_map(given: Any) -> dict[CanId, CanId]:
    pairs = given.items() if isinstance(given, Mapping) else _pairs(str(given))
    mistakes = Mistakes()
    ids: dict[CanId, CanId] = {}
    for source, target in pairs:
        known = convert(source, CanId, "ids", mistakes)
        becomes = convert(target, CanId, "ids", mistakes)
        mistakes.raise_first()
        if known in ids:
            raise ConfigurationError(
                f"ids names {known} twice, as {ids[known]} and as {becomes}: a message becomes one other."
            )
        ids[known] = becomes
    if not ids:
        raise ConfigurationError(
            "ids is empty: nothing would be routed; leave it out to route all unchanged."
        )
    return ids


def _pairs(text: str) -> list[tuple[str, str]]:
    pairs = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        source, equals, target = part.partition("=")
        if not equals:
            raise ConfigurationError(f"ids={text} is not possible: write it as 0x100=0x200, 0x101=0x201.")
        pairs.append((source.strip(), target.strip()))
    return pairs

"""Receiving by identifier, with little and with much else unread."""

from __future__ import annotations

import time
from collections.abc import Callable

from measure import Limit, Row, interleaved, say

FEW, MANY = 1000, 1_000_000
ASKED = 0x7E8
CALLS = 200  # receives in one measurement


def rows(rounds: int) -> list[Row]:
    """Return the rows; each bus has another kind of unread messages."""
    import can

    from CanLibrary import CanLibrary
    from CanLibrary.types import CanIdPattern, Pattern

    library = CanLibrary(auto_close="MANUAL")
    partners = {}

    def filled(alias: str, count: int, identifier: Callable[[int], int]) -> None:
        """Open a bus with unread messages, handed to it as its receiver does, because a million sends take long."""
        say(f"  {count:,} unread on bus {alias}")
        library.open_can_bus(alias, interface="virtual", channel=len(partners))
        partners[alias] = can.Bus(interface="virtual", channel=len(partners), ignore_config=True)
        traffic = library._buses.registry.get(alias).traffic
        message = can.Message(is_extended_id=False, data=bytes(8))
        for number in range(count):
            message.arbitration_id = identifier(number)
            traffic.received(message, time.monotonic())

    def receiving(alias: str, data: str = "*") -> Callable[[], float]:
        identifier, pattern = CanIdPattern("0x7E8"), Pattern(data)
        sent = can.Message(arbitration_id=ASKED, is_extended_id=False, data=bytes([1] * 8))

        def measurement() -> float:
            since = library.set_can_mark(bus=alias)
            for _ in range(CALLS):
                partners[alias].send(sent)
            partners[alias].send(can.Message(arbitration_id=0x7FF, is_extended_id=False))
            library.wait_for_can_message(CanIdPattern("0x7FF"), since=since, bus=alias)
            library.receive_can_message(CanIdPattern("0x7FF"), bus=alias)
            begun = time.perf_counter()
            for _ in range(CALLS):
                library.receive_can_message(identifier, pattern, bus=alias)
            return (time.perf_counter() - begun) / CALLS * 1e6

        return measurement

    others = lambda number: number % 500  # noqa: E731
    same = lambda _number: ASKED  # noqa: E731
    filled("few", FEW, others)
    filled("many", MANY, others)
    filled("few-same", FEW, same)
    filled("many-same", MANY, same)
    try:
        few, many, few_same, many_same, few_data, many_data = interleaved(
            rounds,
            receiving("few"),
            receiving("many"),
            receiving("few-same"),
            receiving("many-same"),
            receiving("few-same", "01 *"),
            receiving("many-same", "01 *"),
        )
    finally:
        library.close()
        for bus in partners.values():
            bus.shutdown()
    what, peer, limit = f"receive by identifier, {MANY:,} unread", f"with {FEW:,} unread", Limit(2)
    return [
        Row(f"{what} of others", peer, "µs", many, few, limit),
        Row(f"{what} of the same", peer, "µs", many_same, few_same, limit),
        Row(f"{what} of the same, other data", peer, "µs", many_data, few_data, limit),
    ]

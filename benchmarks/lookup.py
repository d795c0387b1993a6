"""Asking the trace for what passed, by identifier, with little and with much else in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from measure import Limit, Measurement, Row, interleaved, say

FEW, MANY = 1000, 1_000_000
ASKED, HITS = 0x7E8, 5
CALLS = 50  # questions in one measurement


def rows(rounds: int) -> list[Row]:
    """Return the rows: received and sent messages, the last one, all, and the first one by a wait."""
    import can

    from CanLibrary import CanLibrary
    from CanLibrary.types import OPENED, CanIdPattern, Direction

    library = CanLibrary(auto_close="MANUAL", trace_size=2 * MANY)
    asked, message = CanIdPattern("0x7E8"), can.Message(is_extended_id=False, data=bytes(8))

    def fill(alias: str, count: int) -> None:
        """Open a bus; its messages are put into the traffic as its receiver does, because a million sends take long."""
        say(f"  {count:,} others on bus {alias}")
        library.open_can_bus(alias, interface="virtual", channel=f"lookup-{alias}")
        traffic = library._buses.registry.get(alias).traffic
        each = count // HITS
        for number in range(count):
            now = time.monotonic()
            if number % each == each // 2:
                message.arbitration_id = ASKED
                traffic.received(message, now)
                traffic.sending(message, now, now)
            message.arbitration_id = number % 500
            traffic.received(message, now) if number % 2 else traffic.sending(message, now, now)

    def asking(ask: Callable[[], Any]) -> Measurement:
        def measurement() -> float:
            begun = time.perf_counter()
            for _ in range(CALLS):
                ask()
            return (time.perf_counter() - begun) / CALLS * 1e6

        return measurement

    def questions(alias: str) -> list[Measurement]:
        since = {"since": OPENED, "bus": alias}
        return [
            asking(lambda: library.get_last_can_message(asked, **since)),
            asking(lambda: library.get_can_messages(asked, **since)),
            asking(lambda: library.get_can_messages(asked, direction=Direction.TX, **since)),
            asking(lambda: library.can_message_count_should_be(HITS, asked, **since)),
            asking(lambda: library.wait_for_can_message(asked, **since)),
        ]

    fill("few", FEW)
    fill("many", MANY)
    try:
        results = interleaved(rounds, *questions("many"), *questions("few"))
    finally:
        library.close()
    names = [
        "Get Last Can Message",
        "Get Can Messages",
        "Get Can Messages, Tx",
        "Can Message Count Should Be",
    ]
    names.append("Wait For Can Message")
    half = len(names)
    return [
        Row(f"{name} since opened, {MANY:,} others", f"with {FEW:,}", "µs", many, few, Limit(2))
        for name, many, few in zip(names, results[:half], results[half:], strict=True)
    ]

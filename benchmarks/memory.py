"""What a million kept messages take."""

from __future__ import annotations

import gc
import tracemalloc

from measure import Limit, Row, say

COUNT = 1_000_000


def rows(_rounds: int) -> list[Row]:
    """Return one row, measured once: memory does not depend on what else runs."""
    import can

    from CanLibrary.traffic.bus_traffic import BusTraffic

    ours, theirs = [], []
    say(f"  {COUNT:,} messages kept, twice")
    for kept in (ours, theirs):
        gc.collect()
        tracemalloc.start()
        traffic = BusTraffic("can", capacity=COUNT)
        messages = []
        for number in range(COUNT):
            message = can.Message(
                timestamp=number / 1000, arbitration_id=number % 500, is_extended_id=False, data=bytes(8)
            )
            if kept is ours:
                traffic.received(message, number / 1000)
            else:
                messages.append(message)
        del message
        kept.append(tracemalloc.get_traced_memory()[0] / COUNT)
        tracemalloc.stop()
    return [
        Row("memory of a kept message (8 bytes)", "", "bytes", ours, [], Limit(150), difference=True),
        Row("the same", "list of can.Message", "bytes", ours, theirs),
    ]

"""A recording of a minute, replayed in a minute: how late the last message is, and any."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from measure import Limit, Row, say

SECONDS, PERIOD = 60.0, 0.001  # 60,000 messages


def rows(_rounds: int) -> list[Row]:
    """Return the rows, measured once: a minute each."""
    import can

    from CanLibrary import CanLibrary

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "minute.blf"))
        with can.Logger(path) as logger:
            for number in range(round(SECONDS / PERIOD) + 1):
                data = number.to_bytes(8, "big")
                at = 1_700_000_000 + number * PERIOD
                logger(can.Message(at, number % 100, is_extended_id=False, data=data))
        library = CanLibrary(auto_close="MANUAL")
        library.open_can_bus("ours", interface="virtual", channel="replay-ours")
        with can.Bus(interface="virtual", channel="replay-ours", ignore_config=True):
            say("  a minute by Replay Can Trace")
            result = library.replay_can_trace(path)
        library.close()
        say("  a minute by can.MessageSync")
        worst = first = last = 0.0
        with (
            can.LogReader(path) as reader,
            can.Bus(interface="virtual", channel="replay-theirs", ignore_config=True) as bus,
            can.Bus(interface="virtual", channel="replay-theirs", ignore_config=True),
        ):
            for number, message in enumerate(can.MessageSync(reader)):
                last = time.monotonic()
                first = first or last
                worst = max(worst, last - first - number * PERIOD)
                bus.send(message)
    what, peer = "replay of 60 s, 60,000 messages", "can.MessageSync"
    ours, theirs = (result.duration - SECONDS) * 1000, (last - first - SECONDS) * 1000
    limit = Limit(50)
    return [
        Row(f"{what}: longer than 60 s by", "", "ms", [ours], [], limit, difference=True),
        Row(f"{what}: longer than 60 s by", peer, "ms", [ours], [theirs], difference=True),
        Row(
            f"{what}: the latest message",
            peer,
            "ms",
            [result.worst_lateness * 1000],
            [worst * 1000],
            difference=True,
        ),
    ]

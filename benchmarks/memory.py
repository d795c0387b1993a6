"""What a million kept messages take."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tracemalloc
from pathlib import Path

from measure import Limit, Row, say

COUNT = 1_000_000
ROOT = Path(__file__).resolve().parent.parent


def rows(_rounds: int) -> list[Row]:
    """Return the rows, measured once: memory does not depend on what else runs."""
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
    found = [
        Row("memory of a kept message (8 bytes)", "", "bytes", ours, [], Limit(150), difference=True),
        Row("the same", "list of can.Message", "bytes", ours, theirs),
    ]
    return found + resident_rows()


KINDS = {  # what is kept: bytes of data, whether sent, whether asked for afterwards, identifiers, bytes at most
    "received, 8 bytes": (8, False, False, 500, 150),
    "received, 8 bytes, 100,000 identifiers": (8, False, False, 100_000, 150),
    "sent, 8 bytes": (8, True, False, 500, 150),
    "sent, 8 bytes, after a question about one identifier": (8, True, True, 500, 150),
    "received, CAN FD, 64 bytes": (64, False, False, 500, 220),
    "sent, CAN FD, 64 bytes, after a question about one identifier": (64, True, True, 500, 220),
}


def resident_rows() -> list[Row]:
    """Return what fresh processes take more when the trace is full, by what the system says."""
    if not Path("/proc/self/statm").exists():
        say("  resident memory is measured on Linux only")
        return []
    found = []
    for name, kind in KINDS.items():
        say(f"  {COUNT:,} {name}")
        command = [sys.executable, __file__, json.dumps(kind)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
        megabytes = float(done.stdout)
        limit = Limit(kind[-1] * COUNT / 1e6)
        what = f"process with {COUNT:,} messages, {name}"
        found.append(Row(what, "", "MB", [megabytes], [], limit, difference=True))
    return found


def resident() -> float:
    """Return the resident memory of this process in MB."""
    import resource

    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def fill(size: int, sent: bool, asked: bool, identifiers: int) -> float:
    """Return how many MB this process takes more with a full trace of this kind."""
    import can

    from CanLibrary.traffic.bus_traffic import BusTraffic
    from CanLibrary.traffic.matching import Matcher
    from CanLibrary.types import Direction

    traffic = BusTraffic("can", capacity=COUNT)
    message = can.Message(is_extended_id=identifiers > 0x800, is_fd=size > 8, data=bytes(size))
    gc.collect()
    before = resident()
    for number in range(COUNT):
        message.arbitration_id = number % identifiers
        message.data = number.to_bytes(8, "big") * (size // 8)
        if sent:
            traffic.sending(message, number / 1000, number / 1000)
        else:
            traffic.received(message, number / 1000)
    if asked:
        with traffic.changed:
            found = list(traffic.history(Matcher("0x123"), 0, COUNT, Direction.TX))
        assert len(found) == COUNT / identifiers
    gc.collect()
    return resident() - before


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    print(fill(*json.loads(sys.argv[1])[:-1]))

"""What a failure says about the traffic: what came instead, by identifier, and what the driver reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from CanLibrary.formatting import hex_text, id_text, plural
from CanLibrary.traffic.bus_traffic import BusTraffic
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.trace import id_of
from CanLibrary.types import CanId

_SHOWN = 10  # identifiers in a sentence


def others_sentence(traffic: BusTraffic, matcher: Matcher, counts: Counter[int], start: int = 0) -> str:
    """Return what arrived instead of a match.

    Args:
        traffic: Where it arrived.
        matcher: What was asked for; of its identifier the last data is shown.
        counts: How many messages of each identifier arrived.
        start: The position from which on to look for the last data.
    """
    if not counts:
        return f"Nothing else did.{_error_frames(traffic)}"
    total = sum(counts.values())
    told = () if matcher.key is None else (matcher.key,)
    noun = "other" if total == 1 else "others"
    return f"{total} {noun} did: {_listing(traffic, counts, told, start)}.{_error_frames(traffic)}"


def seen_sentence(traffic: BusTraffic, start: int, keys: Collection[int]) -> str:
    """Return what arrived since a position; of some identifiers the last data is shown."""
    with traffic.changed:
        counts = traffic.received_counts(start)
    if not counts:
        return f"No message came on bus '{traffic.name}' meanwhile.{_error_frames(traffic)}"
    came = plural(sum(counts.values()), "message")
    return f"On bus '{traffic.name}' came {came}: {_listing(traffic, counts, keys, start)}.{_error_frames(traffic)}"


def _listing(traffic: BusTraffic, counts: Counter[int], keys: Collection[int], start: int) -> str:
    """Return `0x100 ×21, 0x7E8 ×1 (last 03 7F 10 12)`: the keys asked for come last, that is the news."""
    ordered = [entry for entry in counts.most_common() if entry[0] not in keys]
    parts = [f"{id_text(*id_of(key))} ×{count}" for key, count in ordered[:_SHOWN]]
    if len(ordered) > _SHOWN:
        parts.append(plural(len(ordered) - _SHOWN, "more identifier"))
    for key in sorted(set(keys) & set(counts)):
        value, extended = id_of(key)
        with traffic.changed:
            last = traffic.last_match(Matcher(CanId(value, extended)), start, traffic.trace.end)
        seen = f" (last {hex_text(last.data)})" if last and last.data else ""
        parts.append(f"{id_text(value, extended)} ×{counts[key]}{seen}")
    return ", ".join(parts)


def _error_frames(traffic: BusTraffic) -> str:
    if not traffic.error_frames:
        return ""
    frames = plural(traffic.error_frames, "error frame")
    if traffic.complete:
        return f" The recording has {frames}."
    return f" {frames} came since the bus was opened."

"""How identifiers, data, messages and times print, everywhere."""

from __future__ import annotations

from collections.abc import Iterable


def id_text(value: int, extended: bool) -> str:
    """Return an identifier as candump would, with `0x`: three digits are standard, eight are extended."""
    return f"0x{value:08X}" if extended else f"0x{value:03X}"


def hex_text(data: bytes | bytearray, limit: int = 64) -> str:
    """Return bytes as `02 10 03`; what is longer than the limit ends with how many bytes there are."""
    if len(data) <= limit:
        return data.hex(" ").upper()
    return f"{data[:limit].hex(' ').upper()} … ({len(data)} bytes)"


def message_text(
    value: int, extended: bool, data: bytes, dlc: int, *, remote: bool, fd: bool, bitrate_switch: bool
) -> str:
    """Return a message as a tester reads it: `0x7E8  [8]  06 50 03 00 32 01 F4 AA`."""
    kind = "  remote" if remote else ""
    if fd:
        kind = "  FD BRS" if bitrate_switch else "  FD"
    body = f"  {hex_text(data)}" if data else ""
    return f"{id_text(value, extended)}  [{dlc}]{kind}{body}"


def duration(seconds: float) -> str:
    """Return a duration in words: `1 second`, `50 milliseconds`, `2 minutes`."""
    for unit, size in (("minute", 60.0), ("second", 1.0), ("millisecond", 0.001)):
        if seconds >= size and (unit != "minute" or seconds % 60 == 0):
            amount = f"{seconds / size:.3f}".rstrip("0").rstrip(".")
            return f"{amount} {unit}{'' if amount == '1' else 's'}"
    return "0 seconds" if seconds == 0 else f"{seconds * 1000:.3g} milliseconds"


def plural(count: int, noun: str, several: str = "") -> str:
    """Return `1 message`, `2 messages`; where an s does not do it, `2 matches`."""
    return f"{count} {noun if count == 1 else several or f'{noun}s'}"


def quoted(names: Iterable[str]) -> str:
    """Return names as `'a', 'b' and 'c'`."""
    *head, last = [f"'{name}'" for name in names] or ["none"]
    return f"{', '.join(head)} and {last}" if head else last

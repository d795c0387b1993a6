"""The table of an excerpt: a row for each message, in parts that open by a click, the newest open."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from CanLibrary.evidence.excerpt import Excerpt
from CanLibrary.formatting import hex_text, id_text, plural
from CanLibrary.types import CanMessage

ROWS = 500  # of a part: a browser draws only what is open
_SHORT = 8  # bytes; longer data makes the column wider
_COLUMNS = ("No.", "Time s", "Delta s", "Dir", "Identifier", "Kind", "Len", "Data", "ISO-TP")


def table(excerpt: Excerpt) -> str:
    """Return the table as HTML; nothing where there is no message."""
    rows = list(_rows(excerpt))
    _mark_failure(excerpt, rows)
    wide = "w" if any(len(message.data) > _SHORT for message in excerpt.messages) else "n"
    # From the newest backwards, so that the part next to the failure is a full one.
    starts = range(len(rows) - ROWS, -ROWS, -ROWS) if rows else ()
    return "".join(_part(excerpt, rows, max(start, 0), start + ROWS, wide) for start in reversed(starts))


def _part(excerpt: Excerpt, rows: Sequence[str], start: int, stop: int, wide: str) -> str:
    first, last = excerpt.messages[start], excerpt.messages[stop - 1]
    opened = " open" if stop == len(rows) else ""
    count, begin, end = stop - start, first.received_at - excerpt.began, last.received_at - excerpt.began
    times = f"at {end:.3f} s" if count == 1 else f"from {begin:.3f} s to {end:.3f} s"
    head = "".join(f"<th>{name}" for name in _columns(excerpt))
    # The box turns its order round, so that it opens at its end: that is where the failure is.
    return (
        f"<details{opened}><summary>{plural(count, 'message')} {times}</summary><div class=box>"
        f"<table class={wide}><thead><tr>{head}</thead><tbody>{''.join(rows[start:stop])}</tbody></table>"
        "</div></details>"
    )


def _columns(excerpt: Excerpt) -> Sequence[str]:
    return _COLUMNS if excerpt.notes else _COLUMNS[:-1]


def _rows(excerpt: Excerpt) -> Iterator[str]:
    before: CanMessage | None = None
    for message, note in zip(excerpt.messages, _notes(excerpt), strict=True):
        yield _row(message, before, excerpt.began, note)
        before = message


def _mark_failure(excerpt: Excerpt, rows: list[str]) -> None:
    """Put a line of its own where the test failed, into the text of a row beside it."""
    if excerpt.failed_at is None or not rows:
        return
    columns = len(_columns(excerpt))  # one more would make the table wider than its head
    line = f"<tr class=f><td colspan={columns}>failed at {excerpt.failed_at - excerpt.began:.6f} s"
    after = bisect(excerpt.messages, excerpt.failed_at, key=lambda message: message.received_at)
    if after < len(rows):
        rows[after] = line + rows[after]
    else:
        rows[-1] += line


def _notes(excerpt: Excerpt) -> Iterable[str | None]:
    return excerpt.notes or [None] * len(excerpt.messages)


def _row(message: CanMessage, before: CanMessage | None, began: float, note: str | None) -> str:
    delta = "" if before is None else f"{message.received_at - before.received_at:.6f}"
    mark = " class=e" if message.is_error_frame else "" if message.is_rx else " class=o"
    return (
        f"<tr{mark}><td>{message.position}<td>{message.received_at - began:.6f}<td>{delta}"
        f"<td>{'Rx' if message.is_rx else 'Tx'}<td>{id_text(message.arbitration_id, message.is_extended_id)}"
        f"<td>{kind(message)}<td>{message.dlc}<td>{hex_text(message.data)}"
        f"{'' if note is None else f'<td>{escape(note)}'}"
    )


def kind(message: CanMessage) -> str:
    """Return what kind of message it is, for those that are no plain ones."""
    if message.is_error_frame:
        return "error"
    if message.is_remote_frame:
        return "remote"
    flags = (
        ("FD", message.is_fd),
        ("BRS", message.bitrate_switch),
        ("ESI", message.error_state_indicator),
    )
    return " ".join(name for name, there in flags if there)

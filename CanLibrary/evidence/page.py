"""An excerpt as one message of log.html: what it is, the picture, the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape

from CanLibrary.evidence.excerpt import Excerpt
from CanLibrary.evidence.lanes import Lane, lanes_of
from CanLibrary.evidence.picture import picture, silence_sentence
from CanLibrary.evidence.style import NAME, STYLE
from CanLibrary.evidence.table import table
from CanLibrary.formatting import plural


def html(excerpt: Excerpt) -> str:
    """Return an excerpt as HTML that needs nothing else."""
    lanes = lanes_of(excerpt)
    return _block([*_said(excerpt, lanes), *excerpt.remarks], picture(excerpt, lanes) + table(excerpt))


def html_of_remarks(name: str, remarks: Sequence[str]) -> str:
    """Return remarks without an excerpt; nothing where there are none."""
    return _block([" ".join((_bold(name), *remarks))]) if remarks else ""


def _block(sentences: Iterable[str], body: str = "") -> str:
    said = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return f"<div class={NAME}><style>{STYLE}</style>{said}{body}</div>"


def _bold(name: str) -> str:
    return f"<b>{escape(name[0].upper() + name[1:])}</b>:"


def _said(excerpt: Excerpt, lanes: Sequence[Lane]) -> Iterator[str]:
    yield _what(excerpt)
    if stopped := silence_sentence(lanes, excerpt.failed_at is not None):
        yield f"<span class=bad>{escape(stopped)}</span>"


def _what(excerpt: Excerpt) -> str:
    only = f" {excerpt.only}" if excerpt.only else ""
    sentences = [f"{_bold(excerpt.of_what)} {_count(excerpt, only)}{escape(excerpt.since)}."]
    if excerpt.left_out:
        sentences.append(f"{plural(excerpt.left_out, 'older one')} {_are(excerpt.left_out)} left out.")
    if excerpt.gone:
        sentences.append(
            f"{plural(excerpt.gone, 'older one')} {_are(excerpt.gone)} gone: the trace was full."
        )
    if excerpt.messages and excerpt.wall_clock is not None:
        moment = datetime.fromtimestamp(excerpt.wall_clock)
        sentences.append(f"Time 0 is {moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}.")
    return " ".join(sentences)


def _count(excerpt: Excerpt, only: str) -> str:
    if not excerpt.messages:
        return f"no message{only} was sent or received"
    last = "the last " if excerpt.left_out or excerpt.gone else ""
    return f"{last}{plural(len(excerpt.messages), 'message')}{only}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"

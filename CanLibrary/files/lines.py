"""Text files as python-can's readers can read them to the end, also where a line is no message."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from io import UnsupportedOperation
from typing import IO

from CanLibrary.formatting import plural

_SHOWN = 60  # characters of a line
# What stands in a Vector ASC file beside messages, and events that are none: statistics, other networks.
_ASC_HEADER = re.compile(r"\s*(date\b|base\b|//|$)", re.IGNORECASE)
_ASC_FRAME = re.compile(r"\s*(//|$|(begin|end)\s+triggerblock|(no\s+)?internal\s+events)", re.IGNORECASE)
_ASC_EVENT = re.compile(r"\s*\d+\.\d+\s+(?!CANFD\b)(\d+\s+(statistic|J1939TP)|\D|\d+[A-Za-z])", re.IGNORECASE)
_ASC_EVENTS_LINE = "no internal events logged\n"
_TRC_EVENT = re.compile(r"(^|\s)(Warng|Error|FFFFFFFF|ST|EC|ER|EV)(\s|$)")
_TRC_WHOLE = re.compile(
    r"\s([0-9A-Fa-f]{2}|RTR|RR\s.*\s\d)\s*$"
)  # with fewer bytes than its length it is no message
_ERROR_FRAME = re.compile(r"(?<= )[23][0-9A-Fa-f]{7}(?=#)")


class Lines:
    """The lines of a text file, and which of them became no message.

    Each reader of python-can ends with the first line that it does not understand. `restarted` lets another one go
    on with the next line, after the lines that tell how to read the rest.
    """

    def __init__(self, file: IO[bytes], ending: str, messages: Callable[[], int]) -> None:
        """Take a file.

        Args:
            file: The file, opened to read bytes.
            ending: Which format it is.
            messages: Returns how many messages were read, for sentences.
        """
        self._file = file
        self._ending = ending
        self._head: list[str] = []
        self._in_head = True
        self.asked = False  # whether the line at hand is waiting for its message; who gets one unsets it
        self._line = ""
        self._channel = ""
        self._number = 0
        self._restarted_after = 0
        self.unreadable = 0
        self.first_unreadable = ""
        self._messages = messages
        self.wants: list[str] = []  # what the file as a whole should say about itself
        self._block_open = False
        self._unfinished = False  # whether the last line has no end
        self.broken = ""  # why the rest cannot be read
        self._generator = self._lines()

    def __iter__(self) -> Iterator[str]:
        return self._generator

    def __next__(self) -> str:
        return next(self._generator)

    def close(self) -> None:
        """Do nothing: the file belongs to who opened it."""

    def read(self, _count: int = -1) -> str:
        """Refuse: readers take line by line. It is here because python-can 4.5 knows a file by read and write."""
        raise UnsupportedOperation

    write = read

    @property
    def error_channel(self) -> int | str | None:
        """The channel of the error frame that was read last, where python-can forgets it."""
        return int(self._channel) if self._channel.isdigit() else self._channel or None

    def reject(self) -> None:
        """Note that the line at hand cannot be read."""
        self.asked = False
        if self._in_head and self._head:
            self._head.pop()
        self.unreadable += 1
        if not self.first_unreadable:
            text = self._line.strip()
            text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
            count = self._messages()
            after = f"after {plural(count, 'message')}" if count else "before any message"
            self.first_unreadable = f"line {self._number} ({after}): {text!r}"

    def restarted(self) -> bool:
        """Begin again for another reader: first what tells how to read, then the next line.

        Return whether that is of use: not if the last reader failed before it came to a line that is new.
        """
        if self._number == self._restarted_after:
            return False
        self._restarted_after = self._number
        self.asked = False
        self._generator = self._lines(tuple(self._head))
        return True

    @property
    def block_open(self) -> bool:
        """Whether a block that the file began is not ended."""
        return self._block_open

    @property
    def unfinished(self) -> bool:
        """Whether the last line may be cut: it has no end, and does not tell by its length that it is whole."""
        return self._unfinished and not (self._ending == ".trc" and bool(_TRC_WHOLE.search(self._line)))

    def _lines(self, head: tuple[str, ...] = ()) -> Iterator[str]:
        yield from head
        self.asked = False
        if self._ending == ".asc" and self._in_head:
            yield from self._asc_head()
        for line in self._decoded():
            if self.asked:
                self._passed_over()
            self._line, self.asked = line, True
            if self._in_head:
                self._note_head(line)
            if self._ending == ".log":
                line = self._error_frame(line)  # noqa: PLW2901
            yield line
        if self.asked:
            self._passed_over()

    def _decoded(self) -> Iterator[str]:
        raw = b"\n"
        try:
            for raw in self._file:
                self._number += 1
                try:
                    yield raw.decode()
                except UnicodeDecodeError:
                    yield raw.decode("cp1252", "replace")  # what Vector's tools write on Windows
        except (EOFError, OSError, zlib.error) as error:
            self.broken = str(error) or "it cannot be unpacked"
        self._unfinished = not raw.endswith(b"\n")

    def _asc_head(self) -> Iterator[str]:
        """Yield the header as python-can wants it: it drops the first line after it that it does not know."""
        for line in self._decoded():
            self._line = line
            if _ASC_HEADER.match(line):
                self._head.append(line)
                if re.match(r"\s*base\s.*\brelative\b", line, re.IGNORECASE):
                    self.wants.append(
                        "counts its times from message to message, but they are read as from the start"
                    )
                yield line
                continue
            self._in_head = False
            self._head.append(_ASC_EVENTS_LINE)
            yield _ASC_EVENTS_LINE
            self.asked = True
            yield line
            return

    def _note_head(self, line: str) -> None:
        """Keep what tells how to read the rest: the names of columns, or the comments before the first message."""
        if (self._ending == ".csv" and not self._head) or (
            self._ending == ".trc" and line.lstrip().startswith(";")
        ):
            self._head.append(line)
            if self._ending == ".csv":
                self.asked = False
        else:
            self._in_head = False

    def _error_frame(self, line: str) -> str:
        """Return a line so that python-can knows an error frame by it.

        It takes those that tell no bus error (flag 0x80 of the identifier) for messages, and forgets the channel
        of all of them.
        """
        if found := _ERROR_FRAME.search(line):
            self._channel = line.split()[1]
            return f"{line[: found.start()]}{int(found[0], 16) | 0x80:08X}{line[found.end() :]}"
        return line

    def _passed_over(self) -> None:
        """Look at a line of which the reader made no message."""
        self.asked = False
        line = self._line
        if not line.strip():
            return
        if self._ending == ".trc" and (line.lstrip().startswith(";") or _TRC_EVENT.search(line)):
            return
        if self._ending == ".asc":
            if frame := _ASC_FRAME.match(line):
                if frame[2]:
                    self._block_open = frame[2].lower() == "begin"
                    if self._block_open:
                        self._keep_start(line)
                return
            if _ASC_EVENT.match(line):
                return
        self.reject()

    def _keep_start(self, line: str) -> None:
        self._head = [kept for kept in self._head if not kept.lower().lstrip().startswith("begin")]
        self._head.append(line)

"""Writing trace files in the formats of python-can, in one file or in several of limited size."""

from __future__ import annotations

import math
import os
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from CanLibrary.errors import BusError, ConfigurationError
from CanLibrary.files.foreign import text_of
from CanLibrary.files.formats import FORMATS, MISSING, asammdf_missing, features, format_of, loss_sentence

if TYPE_CHECKING:
    import can

# Seconds before the first message at which a file begins: a message may be some milliseconds older than the first,
# because an interface stamped it before it was read.
_EARLIER = 1.0
_SIZE_CHECKS = 16  # messages from one look at the size to the next: asking a text file for it is slow
_DB_BATCH = 5000  # messages that may wait for a database
_DB_PATIENCE = 10.0  # seconds without any progress after which its writer counts as dead
_HIGHEST_CHANNEL = 250  # the smallest room for it in a format is one byte
_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


class TraceWriter:
    """A file that is being written; with a largest size several, of which all but the last have a time in the name."""

    def __init__(self, path: Path | str, max_size: int = 0) -> None:
        """Make the file, and the folders that it needs; a file of that name is overwritten.

        Args:
            path: Where to write; its ending says in which format.
            max_size: About how many bytes a file may have before the next one begins; 0 for any size.

        Raises:
            ConfigurationError: No such format is written, or not in several files.
            BusError: The file cannot be written there.
        """
        self.path = Path(path)
        self.count = 0
        self.loss = ""  # what the format does not hold, told with the first message of that kind
        self._ending, zipped = format_of(self.path, reading=False)
        if max_size and (zipped or not FORMATS[self._ending].rotates):
            possible = [ending for ending, known in FORMATS.items() if known.rotates]
            raise ConfigurationError(
                f"'{self.path.name}' cannot have a max_size: only {', '.join(possible)} files can be continued in "
                "another one."
            )
        self._full: list[str] = []  # files that have reached their size
        self.missing = 0  # messages that the format cannot hold at all
        self._kinds: dict[tuple[object, ...], bool] = {}  # whether messages of a kind can be in the file
        self._begun: object = None  # the writer that knows when its file begins
        self._rotating = bool(max_size)
        self._writer: Any = None
        self._make_room()
        self._open(max_size)

    @property
    def files(self) -> list[str]:
        """The files that were written, oldest first."""
        return [*self._full, str(self.path)]

    def _make_room(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.open("wb").close()
        except OSError as error:
            raise self._failed(error) from error

    def _open(self, max_size: int) -> None:
        import can

        try:
            if not self._rotating:
                self._writer = can.Logger(self.path)
                return
            self._writer = can.SizedRotatingLogger(self.path, max_bytes=max_size)
            self._writer.rotator = self._rotate
        except NotImplementedError as error:
            self.path.unlink()
            raise asammdf_missing(self.path) from error
        except OSError as error:
            raise self._failed(error) from error

    def _rotate(self, source: str, target: str) -> None:
        os.replace(source, target)
        self._full.append(target)

    def _failed(self, error: OSError) -> BusError:
        return BusError(f"'{self.path}' cannot be written: {error.strerror or error}.")

    def write(self, message: can.Message) -> None:
        """Write a message.

        Raises:
            BusError: The disk is full, or something else is wrong with the file.
        """
        kind = (
            message.is_rx,
            message.is_extended_id,
            message.is_fd,
            message.bitrate_switch,
            message.error_state_indicator,
            message.is_remote_frame,
            message.is_error_frame and (message.arbitration_id, message.dlc),
            not message.dlc,
        )
        fits = self._kinds.get(kind)
        if fits is None:
            fits = self._kinds[kind] = self._fits(message)
        if not fits:
            self.missing += 1
            return
        try:
            writer = self._writer
            if self._rotating:
                writer = self._current()
            if writer is not self._begun:
                self._begin(writer, message.timestamp)
            writer.on_message_received(message)
        except OSError as error:
            raise self._failed(error) from error
        self.count += 1
        if self._ending == ".db" and self.count % _DB_BATCH == 0:
            self._wait_for_db(_DB_BATCH)

    def _wait_for_db(self, behind: int) -> None:
        """Wait until python-can's thread has not more than so many messages left to write.

        It keeps what is to come in memory, and forgets most of that when it is stopped.
        """
        written, give_up_at = self._writer.num_frames, time.monotonic() + _DB_PATIENCE
        while self.count - written > behind and time.monotonic() < give_up_at:
            time.sleep(0.01)
            if self._writer.num_frames != written:
                written, give_up_at = self._writer.num_frames, time.monotonic() + _DB_PATIENCE

    def _current(self) -> Any:
        """Return the writer of the current file, or of the next one where that is full."""
        rotating = self._writer
        # As its own on_message_received does; but a new file's beginning must be set before its first message.
        if self.count % _SIZE_CHECKS == 0 and rotating.should_rollover(None):
            rotating.do_rollover()
            rotating.rollover_count += 1
        return rotating.writer

    def _begin(self, writer: Any, timestamp: float) -> None:
        """Set when a file begins, a little before its first message.

        python-can takes the first message's time, so that older ones get wrong times. In ASC files it writes the
        milliseconds of the beginning without leading zeros, which shifts all times when they are read; a whole second
        has none.
        """
        self._begun = writer
        if self._ending == ".blf":
            writer.start_timestamp = math.floor(timestamp) - _EARLIER
        elif self._ending == ".asc":
            writer.log_event("Start of measurement", math.floor(timestamp) - _EARLIER)

    def _fits(self, message: can.Message) -> bool:
        """Return whether the format has room for messages of this kind, and note the first loss."""
        lost = FORMATS[self._ending].lost
        losses = [feature for feature in features(message) if feature in lost]
        if losses and not self.loss:
            self.loss = loss_sentence(self.path.name, self._ending, losses[0], text_of(message))
        return not any(lost[feature] == MISSING for feature in losses)

    def close(self) -> None:
        """Write what is left and close the file; twice is fine.

        Raises:
            BusError: The disk is full, or something else is wrong with the file.
        """
        if self._writer is None:
            return
        writer = self._writer
        try:
            if self._ending == ".db":
                self._wait_for_db(0)
            self._writer = None
            writer.stop()
        except OSError as error:
            file = getattr(writer, "writer", writer).file
            with suppress(OSError):  # python-can leaves it open then
                file.close()
            raise self._failed(error) from error
        # Its database is written by a thread of its own, which ends at an error without telling anybody.
        if self._ending == ".db" and writer.num_frames != self.count:
            raise BusError(f"'{self.path}' holds only {writer.num_frames} of {self.count} messages.")


def size_of(value: int | str | None) -> int:
    """Return a size in bytes, given as a number or as text such as 10 MB; 0 for none."""
    if value is None:
        return 0
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", str(value))
    if not match or match[2].upper() not in _UNITS:
        raise ConfigurationError(
            f"max_size={value} is no size; give bytes, or text such as 500 kB, 10 MB or 1 GB."
        )
    size = int(float(match[1]) * _UNITS[match[2].upper()])
    if size < 1:
        raise ConfigurationError(f"max_size={value} is not possible; a file has at least 1 byte.")
    return size


def file_channel(channel: object) -> str | int | None:
    """Return a bus's channel as files can hold it, or None where it has no short name or number."""
    import can

    if channel is None:
        return None
    text = str(channel)
    number = can.util.channel2int(text)
    if number is not None and number > _HIGHEST_CHANNEL:
        return None
    if text.isdigit():
        return int(text)
    return text if re.fullmatch(r"[\w.:-]+", text) else number

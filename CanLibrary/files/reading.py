"""Reading trace files: every message that is readable, and in words what is not."""

from __future__ import annotations

import gzip
import math
import mmap
import os
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from CanLibrary.errors import BusError, ConfigurationError
from CanLibrary.files.blf import BlfFile
from CanLibrary.files.foreign import is_cut, is_sound, quiet, text_of
from CanLibrary.files.formats import FORMATS, asammdf_missing, format_of
from CanLibrary.files.lines import Lines
from CanLibrary.formatting import plural
from CanLibrary.types.can_id import MAX_EXTENDED, MAX_STANDARD

if TYPE_CHECKING:
    import can

_AGES = 1e12  # seconds: no time of a message
_BACK = 1.0  # seconds: messages of several channels may stand a little out of order
_TEXT = (".asc", ".log", ".csv", ".trc")


class TraceFile:
    """A trace file of any format that python-can reads: iterate over it, then look at the notices.

    The messages are python-can's, in the order of the file, with the file's times (Vector ASC: with its date) and
    channels. What is cut or damaged is left out and told in `notices`, which are sentences for a tester.
    """

    def __init__(self, path: Path | str) -> None:
        """Look at the path.

        Raises:
            ConfigurationError: There is no such file, or no format is read by that ending.
        """
        self.path = Path(path)
        self.notices: list[str] = []
        self.count = 0  # messages read
        self._impossible = self._odd = 0
        self._went_back = False
        self._damaged = ""  # the first notice of something that is not in the file as it should be
        self._last: can.Message | None = None
        self._ending, self._zipped = format_of(self.path, reading=True)
        self.format = FORMATS[self._ending]
        if os.path.isdir(self.path):
            raise ConfigurationError(f"'{self.path}' is a folder, no trace file.")
        if not os.path.exists(self.path):
            raise ConfigurationError(f"There is no file '{self.path}'.")

    def __iter__(self) -> Iterator[can.Message]:
        try:
            if not self.path.stat().st_size:
                raise self._no_messages("it is empty")
            with quiet():
                if self._ending in _TEXT:
                    yield from self._checked(self._from_text())
                elif self._ending == ".blf":
                    yield from self._checked(self._from_blf())
                else:
                    yield from self._checked(self._from_others())
        except OSError as error:
            raise BusError(f"'{self.path}' cannot be read: {error.strerror or error}.") from error
        if self._damaged and not self.count:
            raise ConfigurationError(f"{self._damaged} Nothing of it can be read.")

    def _notice(self, what: str, *, damage: bool = True) -> None:
        where = ""
        if self._last is not None:
            where = f" (after {plural(self.count, 'message')}, at {self._last.timestamp:.6f} s)"
        self.notices.append(f"'{self.path.name}' {what}{where}.")
        if damage and not self._damaged:
            self._damaged = self.notices[-1]

    def _no_messages(self, why: str) -> ConfigurationError:
        return ConfigurationError(
            f"'{self.path}' cannot be read as {FORMATS[self._ending].name} file: {why}."
        )

    def _checked(self, messages: Iterator[can.Message]) -> Iterator[can.Message]:
        """Yield the messages that CAN can carry, and note where the times go back."""
        latest, read_lower = -math.inf, self.format.read_lower
        for message in messages:
            timestamp = message.timestamp
            # One comparison each for what nearly all messages are: there may be millions of them.
            if (
                not (
                    0 <= message.arbitration_id <= MAX_STANDARD
                    or (message.is_extended_id and message.arbitration_id <= MAX_EXTENDED)
                )
                or not 0 <= message.dlc <= 64
            ) and not self._fits(message):
                continue
            if not latest <= timestamp < _AGES and not self._is_time(timestamp, latest):
                continue
            latest = timestamp
            if read_lower and message.channel is not None:
                message.channel += read_lower  # type: ignore[operator]  # these formats have numbers
            self.count += 1
            self._last = message
            yield message
        self._last = None
        if self._odd:
            odd = plural(self._odd, "message")
            self._notice(f"has {odd} with an identifier above 0x7FF that is said to be standard")
        if self._impossible:
            self._notice(f"has {plural(self._impossible, 'message')} that CAN cannot carry; left out")

    def _fits(self, message: can.Message) -> bool:
        """Return whether a message that looks odd has room in a trace, and count it."""
        # An error frame may say any length.
        fits = 0 <= message.arbitration_id <= MAX_EXTENDED and 0 <= message.dlc <= 255
        self._odd += fits and not message.is_extended_id and message.arbitration_id > MAX_STANDARD
        self._impossible += not fits
        return fits

    def _is_time(self, timestamp: float, latest: float) -> bool:
        """Return whether the time of a message is one, and tell if it is long before the one before it."""
        if not -_AGES < timestamp < _AGES:
            self._impossible += 1
            return False
        if timestamp < latest - _BACK and not self._went_back:
            self._went_back = True
            self._notice(f"goes back in time by {latest - timestamp:.6g} s")
        return True

    # -- text ---------------------------------------------------------------------------------------

    def _from_text(self) -> Iterator[can.Message]:
        from can.io import MESSAGE_READERS

        options: dict[str, Any] = {"relative_timestamp": False} if self._ending == ".asc" else {}
        with ExitStack() as stack:
            lines = Lines(stack.enter_context(self._opened()), self._ending, lambda: self.count)
            while True:
                try:
                    reader: Any = MESSAGE_READERS[self._ending](lines, **options)  # type: ignore[arg-type]
                    for message in reader:
                        if len(message.data) != message.dlc and is_cut(message):
                            lines.reject()
                            continue
                        lines.asked = False
                        if message.is_error_frame and message.channel is None:
                            message.channel = lines.error_channel
                        yield message
                    break
                except Exception:  # noqa: BLE001 - readers raise anything where a line is not what they expect
                    lines.reject()
                    if not lines.restarted():
                        break
        self._tell_of(lines)

    def _opened(self) -> IO[bytes]:
        if self._zipped:
            return gzip.open(self.path, "rb")  # type: ignore[return-value]
        return self.path.open("rb")

    def _tell_of(self, lines: Lines) -> None:
        last, self._last = self._last, None
        if lines.unreadable and not self.count:
            raise self._no_messages(f"no line of it is a message, see {lines.first_unreadable}")
        for what in lines.wants:
            self._notice(what, damage=False)
        if lines.unreadable:
            self._notice(
                f"has {plural(lines.unreadable, 'line')} that cannot be read as a message and "
                f"{'is' if lines.unreadable == 1 else 'are'} left out; the first is {lines.first_unreadable}"
            )
        self._last = last
        if lines.broken:
            self._notice(f"is cut or damaged: {lines.broken.rstrip('.')}")
        elif lines.unfinished:
            shown = f" {text_of(last)}" if last is not None else ""
            self._notice(
                f"may be cut: its last line has no end, so that its last message{shown} may be incomplete"
            )
        elif lines.block_open:
            self._notice("may be cut: it has no End TriggerBlock")

    # -- binary -------------------------------------------------------------------------------------

    def _from_blf(self) -> Iterator[can.Message]:
        from can.io.blf import BLFReader

        with ExitStack() as stack:
            try:
                file = BlfFile(self._mapped(stack), self._notice)
            except ValueError as error:
                raise self._no_messages(str(error)) from None
            for section in file.sections():
                try:
                    yield from BLFReader(section)  # type: ignore[arg-type]  # only read() and close() are used
                except Exception as error:  # noqa: BLE001 - what its objects hold is not checked by the reader
                    file.wrong(
                        f"is damaged: an object in it cannot be read ({str(error) or type(error).__name__})"
                    )
            file.at_end()

    def _mapped(self, stack: ExitStack) -> bytes:
        if not self._zipped:
            file = stack.enter_context(self.path.open("rb"))
            # Like bytes, for all that is done with it: a file can be larger than the memory.
            return stack.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))  # type: ignore[return-value]
        unpacked = bytearray()
        with gzip.open(self.path, "rb") as packed:
            try:
                while block := packed.read1(1 << 16):
                    unpacked += block
            except (EOFError, OSError, zlib.error) as error:
                self._notice(f"is cut or damaged: {str(error).rstrip('.')}")
        return bytes(unpacked)

    def _from_others(self) -> Iterator[can.Message]:
        """Read a database or a measurement, which python-can's readers open by their path."""
        from can.io import MESSAGE_READERS

        try:
            reader: Any = MESSAGE_READERS[self._ending](self.path)
        except NotImplementedError as error:
            raise asammdf_missing(self.path) from error
        except Exception as error:
            raise self._no_messages(str(error) or type(error).__name__) from error
        try:
            for message in reader:
                if is_sound(message):
                    yield message
                else:
                    self._impossible += 1
        except Exception as error:
            if not self.count:
                raise self._no_messages(str(error) or type(error).__name__) from error
            self._notice(f"is cut or damaged: {str(error).rstrip('.') or type(error).__name__}")
        finally:
            reader.stop()

"""BLF files as python-can's reader can read them to the end, also where they are cut or damaged.

A BLF file is a header and containers, mostly compressed, in which the objects (messages and others) lie one after
the other, also across the border of two containers. python-can's reader stops at the first byte that is wrong and
says nothing where a container is cut. So the containers are taken apart here, checked by their checksum, and
handed to that reader uncompressed, each with whole objects only.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from io import UnsupportedOperation
from itertools import chain

# Signature, size of this header, applications, size of the file, uncompressed, objects, two times.
_HEADER = struct.Struct("<4sL8xQQL36x")
_OBJECT = struct.Struct("<4sHHLL")  # signature, size of the header, its version, size, type
_CONTAINER = struct.Struct("<H6xL4x")  # compression, uncompressed size
_LONGEST_HEADER = 4096
_PADDING = 8  # bytes within which python-can looks for the next object
_SIGNATURE = b"LOBJ"
_LOG_CONTAINER, _UNCOUNTED = 10, 115  # the second stands at the end, and Vector's header does not count it
_PLAIN, _DEFLATED = 0, 2


class BlfFile:
    """The containers of a BLF file, for one reader of python-can after the other."""

    def __init__(self, data: bytes, notice: Callable[[str], None]) -> None:
        """Read the header.

        Args:
            data: The file, as bytes or mapped into memory.
            notice: Is told what is wrong, in the order in which the messages come.

        Raises:
            ValueError: It is no BLF file.
        """
        self._data, self._notice = data, notice
        if len(data) < _HEADER.size or data[:4] != b"LOGG":
            raise ValueError("it does not begin as a BLF file does")
        _, size, self._file_size, _, self._object_count = _HEADER.unpack_from(data)
        if not _HEADER.size <= size <= min(_LONGEST_HEADER, len(data)):
            raise ValueError("its header is damaged or cut")
        self._header = bytes(data[:size])
        self._at = size
        self._objects = 0
        self._broken = False  # something was told already
        self._pieces = self._aligned()

    @property
    def not_closed(self) -> bool:
        """Whether its writer never closed it: then the header knows neither the beginning nor the size."""
        return not self._object_count and self._file_size <= len(self._header) < len(self._data)

    @property
    def _is_as_long_as_told(self) -> bool:
        """Whether all bytes are there that the header tells of: then a missing block is damaged, not cut."""
        return bool(len(self._header) < self._file_size <= len(self._data))

    def sections(self) -> Iterator[_Section]:
        """Yield files for readers; each ends where something is wrong, and the next goes on after that."""
        for piece in self._pieces:
            if piece:
                yield _Section(self._header, chain((piece,), self._pieces))

    def at_end(self) -> None:
        """Tell what can be told only when all is read."""
        if self._broken:
            return
        if self.not_closed:
            self._notice(
                "was never closed by its writer: when it began is unknown, and its end may be missing"
            )
        elif self._file_size > len(self._data):
            self._notice(f"is cut: its header tells of {self._file_size} bytes, it has {len(self._data)}")
        elif self._object_count != self._objects:
            self._notice(f"holds {self._objects} objects, but its header tells of {self._object_count}")

    def wrong(self, what: str) -> None:
        """Tell what is wrong at this place."""
        self._broken = True
        self._notice(what)

    def _aligned(self) -> Iterator[bytes]:
        """Yield the containers' contents, each beginning and ending with an object; nothing where one is lost."""
        rest: bytes | None = (
            None  # the beginning of an object that goes on; None: where one begins is unknown
        )
        for content in self._contents():
            if content is None:
                rest = None
                yield b""
                continue
            if rest is None:  # in the very first container an object begins with its first byte
                content = content[max(content.find(_SIGNATURE), 0) :]  # noqa: PLW2901
            content = (rest or b"") + content  # noqa: PLW2901
            stop, fine = self._whole_objects(content)
            yield content[:stop]
            rest = content[stop:]
            if not fine:
                self.wrong(
                    "is damaged: an object in it has an impossible size, so that what follows it is lost"
                )
                rest = None
                yield b""

    def _whole_objects(self, content: bytes) -> tuple[int, bool]:
        """Return where the last whole object ends, and whether all objects up to there are fine."""
        stop, size, unpack = 0, len(content), _OBJECT.unpack_from
        while (at := content.find(_SIGNATURE, stop, stop + _PADDING)) >= 0 and at + _OBJECT.size <= size:
            _, _, _, length, kind = unpack(content, at)
            if length < _OBJECT.size:  # python-can would read it again and again
                return stop, False
            if at + length > size:
                return stop, True
            stop = at + length
            self._objects += kind != _UNCOUNTED
        return stop, at >= 0 or stop + _PADDING > size

    def _contents(self) -> Iterator[bytes | None]:
        """Yield what is in each container, uncompressed; None where one is lost."""
        data, size = self._data, len(self._data)
        while self._at < size:
            at = data.find(_SIGNATURE, self._at, self._at + _PADDING)
            if at < 0 or at + _OBJECT.size > size:
                if not any(data[self._at :][: _PADDING + _OBJECT.size]) and size - self._at < _PADDING:
                    return  # padding
                self._at = self._next_container(self._at)
                if self._at < size:
                    self.wrong("is damaged: some bytes in it belong to no block of messages and are skipped")
                elif self._is_as_long_as_told:
                    self.wrong("is damaged: a block of messages has no beginning, and what follows is lost")
                else:
                    self.wrong("is cut")
                yield None
                continue
            _, _, _, length, kind = _OBJECT.unpack_from(data, at)
            stop = at + length
            if length < _OBJECT.size or stop > size:
                self._at = self._next_container(at + 4)
                if self._at < size or length < _OBJECT.size:
                    self.wrong("is damaged: a container has an impossible size and is lost")
                    yield None
                    continue
                if kind == _LOG_CONTAINER:
                    yield self._content(at, size)[0]
                self.wrong(
                    "is damaged: its last container has an impossible size, so that its end may be missing"
                    if self._is_as_long_as_told
                    else "is cut in the middle of a container"
                )
                return
            self._at = stop
            if kind == _LOG_CONTAINER:
                content, whole = self._content(at, stop)
                if not whole:
                    self.wrong("is damaged: a container's checksum is wrong, and its messages are lost")
                    self._at = min(stop, self._next_container(at + 4))
                yield content if whole else None

    def _content(self, at: int, stop: int) -> tuple[bytes, bool]:
        """Return what is in a container as far as it can be read, and whether that is all."""
        body = at + _OBJECT.size + _CONTAINER.size
        if body > stop:
            return b"", False
        method, _ = _CONTAINER.unpack_from(self._data, at + _OBJECT.size)
        if method == _PLAIN:
            return bytes(self._data[body:stop]), True
        if method != _DEFLATED:
            return b"", False
        engine = zlib.decompressobj()
        try:
            return engine.decompress(self._data[body:stop]), engine.eof
        except zlib.error:
            return b"", False

    def _next_container(self, start: int) -> int:
        """Return where the next container begins, or the end of the file."""
        at = start
        while (at := self._data.find(_SIGNATURE, at)) >= 0:
            if at + _OBJECT.size > len(self._data):
                break
            _, header, _, length, kind = _OBJECT.unpack_from(self._data, at)
            if header == _OBJECT.size and kind == _LOG_CONTAINER and length >= _OBJECT.size:
                return at
            at += 1
        return len(self._data)


class _Section:
    """A BLF file without compression, for python-can's reader, which only reads it from front to back."""

    def __init__(self, header: bytes, pieces: Iterator[bytes]) -> None:
        self._buffer = header
        self._pieces = pieces

    def read(self, count: int) -> bytes:
        """Return so many bytes, or what is left of this section."""
        if len(self._buffer) < count and (piece := next(self._pieces, b"")):
            size = _OBJECT.size + _CONTAINER.size + len(piece)
            self._buffer += b"".join(
                (
                    _OBJECT.pack(_SIGNATURE, _OBJECT.size, 1, size, _LOG_CONTAINER),
                    _CONTAINER.pack(_PLAIN, len(piece)),
                    piece,
                    bytes(size % 4),
                )
            )
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def write(self, _data: bytes) -> int:
        """Refuse. It is here because python-can 4.5 knows a file by read and write."""
        raise UnsupportedOperation

    def close(self) -> None:
        """Do nothing: the file belongs to who opened it."""

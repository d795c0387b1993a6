"""What passed while a test ran that failed: as excerpts for log.html, and whole in files."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.connections import Connections
from CanLibrary.sessions.progress import Progress

if TYPE_CHECKING:  # imported when a bus opens, or a test failed: an import of the library should cost little
    from CanLibrary.sessions.bus_session import BusSession
    from CanLibrary.sessions.connection import Connection
    from CanLibrary.traffic.span import Span
    from CanLibrary.types import CanMessage

_PART = 70  # bytes of a name in the name of a file
_OFTEN = 1000  # messages written between two looks at the clock
_FORMAT = ".blf"  # the one that loses nothing
_MOST = 10  # parts of a test that fail and show something; a template may have thousands


class FailureEvidence:
    """Knows what belongs to the running test, or to a setup or teardown of a suite, on each bus."""

    def __init__(self, buses: Buses, connections: Connections, limit: int, folder: Path | None) -> None:
        """Take over what the import says.

        Args:
            buses: All buses.
            connections: All connections; some have a bus of their own.
            limit: How many messages an excerpt has at most; 0 for no excerpts.
            folder: Where the whole trace is written; relative to the output directory. None for nowhere.
        """
        self.notices: list[str] = []  # what could not be shown or written
        self._buses = buses.registry
        self._connections = connections.registry
        self._limit = limit
        self._folder = folder
        self._since = self._until = ""
        self._names: tuple[str, ...] = ()
        self._beginnings: dict[BusSession, tuple[int, float]] = {}  # position, and monotonic seconds
        self._over: set[BusSession] = set()  # closed before
        self._replaced: list[tuple[str, BusSession]] = []
        self._output: Path | None = None  # the output directory, as soon as something failed
        self._parts = 0  # that failed and showed something
        self._shown: dict[BusSession, Span] = {}  # the newest excerpt of each bus
        self._files: dict[BusSession, Path | None] = {}  # None where there can be none
        self._buses.replaced = lambda bus: self._keep([_named_bus(bus)])
        self._connections.replaced = lambda connection: self._keep(_named_nodes(connection))

    def begin(self, since: str, *names: str, until: str = "the next test begins or the suite ends") -> None:
        """Note that something begins to run.

        Args:
            since: What an excerpt of it is since, as a sentence goes on.
            names: Its names, for files.
            until: When the files are written, as a sentence goes on.
        """
        self.finish()
        self._since, self._names, self._until = since, names, until
        self._parts = 0
        for kept in (self._shown, self._files, self._replaced):
            kept.clear()
        self._beginnings, self._over = {}, set()
        for _, session in self._known():
            if session.closed:
                self._over.add(session)
                continue
            with session.traffic.changed:
                self._beginnings[session] = (session.traffic.trace.end, time.monotonic())

    def excerpts(self, failed_at: float, output: Path, log: Path) -> Iterator[str]:
        """Yield HTML for each bus that has something new to show, where a part of what runs failed.

        Args:
            failed_at: When it failed, in monotonic seconds.
            output: The output directory.
            log: The directory of log.html; links are relative to it.
        """
        if not (self._limit or self._folder):
            return
        self._output = output
        number = self._parts + 1
        if number > _MOST:
            return
        for name, session in self._concerned():
            try:
                page = self._excerpt(name, session, failed_at, log, last=number == _MOST)
            except Exception as error:  # noqa: BLE001 - a verdict never changes for it, but it is told
                self._parts = number
                self.notices.append(f"What passed on {name} could not be shown: {error}")
                continue
            if page:
                self._parts = number
                yield page

    def _keep(self, replaced: Iterable[tuple[str, BusSession]]) -> None:
        """Keep what was closed and opened again, as long as a test runs: without one nobody would let go of it."""
        if self._since:
            self._replaced += replaced

    def _known(self) -> Iterator[tuple[str, BusSession]]:
        yield from self._replaced
        yield from map(_named_bus, self._buses.known)
        yield from chain.from_iterable(map(_named_nodes, self._connections.known))

    def _concerned(self) -> Iterator[tuple[str, BusSession]]:
        """Yield what was open since the last beginning; nothing passed on a recording."""
        for name, session in self._known():
            if session not in self._over and not session.traffic.complete:
                yield name, session

    def _excerpt(self, name: str, session: BusSession, failed_at: float, log: Path, *, last: bool) -> str:
        from CanLibrary.evidence.excerpt import excerpt_of
        from CanLibrary.evidence.page import html, html_of_remarks

        before, remarks = self._shown.get(session), []
        span = self._shown[session] = self._span(session, before)
        if before is None and (path := self._file(name, session)):
            passed = span.stop > span.start + span.gone
            what = "Everything, until {}" if passed else "What passed later, until {}, if anything did"
            remarks.append(f"{what.format(self._until)}: {_link(path, log)}")
        if not self._limit:
            return html_of_remarks(name, remarks)
        if session.closed:
            remarks.append("It was closed before the failure.")
        if last:
            remarks.append(f"What failed later shows no more: {_MOST} parts of this test did.")
        excerpt = excerpt_of(
            session.traffic,
            span,
            self._limit,
            session.isotp_addresses,
            name=name,
            failed_at=None if session.closed else max(min(failed_at, span.ended), span.began),
            remarks=remarks,
        )
        return "" if before and not excerpt.messages else html(excerpt)

    def _span(self, session: BusSession, before: Span | None = None) -> Span:
        """Return the part of the trace since the last beginning, or after another part; of a closed or dead bus too."""
        from CanLibrary.traffic.span import Span

        traffic = session.traffic
        if not session.closed and traffic.failure is None:
            session.catch_up()
        with traffic.changed:
            trace = traffic.trace
            start, began, of = 0, traffic.opened_at, " since the bus was opened"
            if before:
                start, began, of = before.stop, before.ended, " since its last excerpt"
            elif session in self._beginnings:
                (start, began), of = self._beginnings[session], self._since
            ended = time.monotonic()
            if session.closed:
                ended = trace.received_at(trace.end - 1) if trace.end > max(start, trace.first) else began
            return Span(start, trace.end, of, max(trace.first - start, 0), began, ended)

    # -- files --------------------------------------------------------------------------------------

    def _file(self, name: str, session: BusSession) -> Path | None:
        """Return the file of a bus; it is there from now on, so that a link works and nobody else takes its name."""
        if session not in self._files:
            self._files[session] = None
            try:
                self._files[session] = self._reserved(session)
            except OSError as error:
                self._not_written(name, session, error)
        return self._files[session]

    def _reserved(self, session: BusSession) -> Path | None:
        if self._folder is None or self._output is None:
            return None
        folder = self._output / self._folder
        if blocked := next((path for path in (folder, *folder.parents) if path.is_file()), None):
            raise NotADirectoryError(f"{blocked} is a file and no folder.")
        folder.mkdir(parents=True, exist_ok=True)
        stem = "-".join(_safe(part) for part in (*self._names, session.alias))
        for number in count(1):
            path = folder / f"{stem}{'' if number == 1 else f'-{number}'}{_FORMAT}"
            try:
                path.open("xb").close()
            except FileExistsError:
                continue
            return path
        return None

    def finish(self) -> None:
        """Write the files, with what came since the failure and of each bus; nothing if nothing failed."""
        if self._output is not None and self._folder is not None:
            for name, session in self._concerned():
                try:
                    self._write(name, session)
                except Exception as error:  # noqa: BLE001 - as above
                    self._not_written(name, session, error)
        self._output = None

    def _write(self, name: str, session: BusSession) -> None:
        from CanLibrary.evidence.excerpt import all_of
        from CanLibrary.files.saving import save

        messages = all_of(session.traffic, self._span(session))
        first = next(messages, None)
        if first is None:
            if path := self._files.get(session):
                path.unlink()
        elif path := self._file(name, session):
            progress = Progress(f"Writing the trace of {name}")
            try:
                channel = session.bus.channel if session.traffic.complete else session.description.channel
                save(path, _showing(progress, chain([first], messages)), channel)
            finally:
                progress.end()

    def _not_written(self, name: str, session: BusSession, error: Exception) -> None:
        path = self._files.get(session) or Path(self._output or "", self._folder or "")
        self.notices.append(f"The trace of {name} could not be written to {path}: {error}")


def _showing(progress: Progress, messages: Iterable[CanMessage]) -> Iterator[CanMessage]:
    for number, message in enumerate(messages):
        if not number % _OFTEN:
            progress.show()
        yield message


def _named_bus(bus: BusSession) -> tuple[str, BusSession]:
    return f"bus '{bus.alias}'", bus


def _named_nodes(connection: Connection) -> Iterator[tuple[str, BusSession]]:
    """Yield the bus that only this connection uses, if it has one."""
    if connection.description.node is not None:
        yield f"connection '{connection.alias}'", connection.bus


def _safe(name: str) -> str:
    """Return a name as a part of the name of a file on any system."""
    plain = re.sub(r"[^\w.-]+", "_", name)
    return plain.encode()[:_PART].decode(errors="ignore").strip("._-") or "unnamed"


def _link(path: Path, log: Path) -> str:
    from html import escape  # both cost milliseconds, and most runs need neither
    from urllib.parse import quote

    try:
        target = quote(Path(os.path.relpath(path, log)).as_posix())
    except ValueError:  # another drive
        target = path.absolute().as_uri()
    return f'<a href="{escape(target)}">{escape(path.name)}</a>'

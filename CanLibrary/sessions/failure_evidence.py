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
        self._since = ""
        self._names: tuple[str, ...] = ()
        self._beginnings: dict[BusSession, tuple[int, float]] = {}  # position, and monotonic seconds
        self._over: set[BusSession] = set()  # closed before
        self._replaced: list[tuple[str, BusSession]] = []
        self._told = False
        self._promised: list[tuple[str, BusSession, Path]] = []  # files to be written
        self._buses.replaced = lambda bus: self._keep([_named_bus(bus)])
        self._connections.replaced = lambda connection: self._keep(_named_nodes(connection))

    def begin(self, since: str, *names: str) -> None:
        """Note that something begins to run.

        Args:
            since: What an excerpt of it is since, as a sentence goes on.
            names: Its names, for files.
        """
        self.finish()
        self._since, self._names, self._told = since, names, False
        self._replaced.clear()
        self._beginnings, self._over = {}, set()
        for _, session in self._known():
            if session.closed:
                self._over.add(session)
                continue
            with session.traffic.changed:
                self._beginnings[session] = (session.traffic.trace.end, time.monotonic())

    def excerpts(self, failed_at: float, output: Path, log: Path) -> Iterator[str]:
        """Yield HTML for each bus, the first time that something fails since the last beginning.

        Args:
            failed_at: When it failed, in monotonic seconds.
            output: The output directory.
            log: The directory of log.html; links are relative to it.
        """
        if self._told or not (self._limit or self._folder):
            return
        self._told = True
        for name, session in self._known():
            if session in self._over or session.traffic.complete:  # a recording did not pass now
                continue
            try:
                yield self._excerpt(name, session, failed_at, output, log)
            except Exception as error:  # noqa: BLE001 - a verdict never changes for it, but it is told
                self.notices.append(f"What passed on {name} could not be shown: {error}")

    def _keep(self, replaced: Iterable[tuple[str, BusSession]]) -> None:
        """Keep what was closed and opened again, as long as a test runs: without one nobody would let go of it."""
        if self._since:
            self._replaced += replaced

    def _known(self) -> Iterator[tuple[str, BusSession]]:
        yield from self._replaced
        yield from map(_named_bus, self._buses.known)
        yield from chain.from_iterable(map(_named_nodes, self._connections.known))

    def _excerpt(self, name: str, session: BusSession, failed_at: float, output: Path, log: Path) -> str:
        from CanLibrary.evidence.excerpt import excerpt_of
        from CanLibrary.evidence.page import html, html_of_remarks

        span, remarks = self._span(session), []
        if span.stop > span.start + span.gone and (path := self._reserved(name, session, output)):
            self._promised.append((name, session, path))
            remarks.append(f"Everything, until the end of the test: {_link(path, log)}")
        if not self._limit:
            return html_of_remarks(name, remarks)
        if session.closed:
            remarks.append("It was closed before the failure.")
        excerpt = excerpt_of(
            session.traffic,
            span,
            self._limit,
            session.isotp_addresses,
            name=name,
            failed_at=None if session.closed else max(min(failed_at, span.ended), span.began),
            remarks=remarks,
        )
        return html(excerpt)

    def _span(self, session: BusSession) -> Span:
        """Return the part of the trace since the last beginning, also of a bus that is closed or dead."""
        from CanLibrary.traffic.span import Span

        traffic = session.traffic
        if not session.closed and traffic.failure is None:
            session.catch_up()
        with traffic.changed:
            trace = traffic.trace
            begun = self._beginnings.get(session)
            start, began = begun or (0, traffic.opened_at)
            ended = time.monotonic()
            if session.closed:
                ended = trace.received_at(trace.end - 1) if trace.end > max(start, trace.first) else began
            return Span(
                start,
                trace.end,
                self._since if begun else " since the bus was opened",
                max(trace.first - start, 0),
                began,
                ended,
            )

    # -- files --------------------------------------------------------------------------------------

    def _reserved(self, name: str, session: BusSession, output: Path) -> Path | None:
        """Make an empty file, so that a link to it is one that works and nobody else takes its name."""
        if self._folder is None:
            return None
        folder = output / self._folder
        stem = "-".join(_safe(part) for part in (*self._names, session.alias))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for number in count(1):
                path = folder / f"{stem}{'' if number == 1 else f'-{number}'}{_FORMAT}"
                try:
                    path.open("xb").close()
                except FileExistsError:
                    continue
                return path
        except OSError as error:
            self.notices.append(_unwritten(name, folder, error))
        return None

    def finish(self) -> None:
        """Write what was promised, with what came since the failure; nothing if nothing failed."""
        promised, self._promised = self._promised, []
        for name, session, path in promised:
            try:
                self._write(name, session, path)
            except Exception as error:  # noqa: BLE001 - as above
                self.notices.append(_unwritten(name, path, error))

    def _write(self, name: str, session: BusSession, path: Path) -> None:
        from CanLibrary.evidence.excerpt import all_of
        from CanLibrary.files.saving import save

        progress = Progress(f"Writing the trace of {name}")
        messages = all_of(session.traffic, self._span(session))
        try:
            save(path, _showing(progress, messages), session.description.channel)
        finally:
            progress.end()


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


def _unwritten(name: str, path: Path, error: Exception) -> str:
    return f"The trace of {name} could not be written to {path}: {error}"

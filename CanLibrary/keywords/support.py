"""What all keyword classes do: find their session and tell what it has to say (verdict rule 4)."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from robot.api import logger

from CanLibrary.config import connection_description
from CanLibrary.config.mistakes import Mistakes
from CanLibrary.config.values import convert
from CanLibrary.errors import ConfigurationError, NotSupportedError, joined
from CanLibrary.formatting import plural
from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.connections import Connections
from CanLibrary.sessions.registry import Registry
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.span import Span
from CanLibrary.traffic.waits import died
from CanLibrary.types import (
    NOT_GIVEN,
    AnyIsoTpAddress,
    Backend,
    CanId,
    CanIdPattern,
    CanMark,
    CanMessage,
    Pattern,
    Payload,
    build_message,
)

if TYPE_CHECKING:
    from CanLibrary.sessions.bus_session import BusSession
    from CanLibrary.sessions.connection import Connection

T = TypeVar("T")
# Not an empty Payload: Payload is a kind of bytes, and Robot Framework converts what a type refuses by the type of
# the default. Text such as 021 would then be sent as three ASCII characters.
NO_DATA = NOT_GIVEN
_SHOWN = 10  # items of a list in the log
_LONGEST = 366 * 86400  # seconds


class _Noticing(Protocol):
    notices: list[str]


def tell(session: _Noticing) -> None:
    """Warn about what the session noticed; each notice is told once."""
    while session.notices:
        logger.warn(session.notices.pop(0))


def bus_of(buses: Buses, alias: str | None) -> BusSession:
    """Return the bus, opened if need be, or fail with what went wrong on it in the background."""
    session = buses.registry.get(alias)
    tell(session)
    session.check()
    return session


def controller_of(buses: Buses, alias: str | None) -> BusSession:
    """Return the bus as `bus_of` does, or refuse a recording, which has no controller to ask."""
    session = bus_of(buses, alias)
    session.check_live("it has no controller with a state or a transmit buffer; name an open bus with bus=.")
    return session


def recorded_bus(buses: Buses, alias: str | None) -> BusSession:
    """Return the bus to show what it recorded: also one that died, because then that is wanted most."""
    session = buses.registry.get(alias)
    tell(session)
    if session.traffic.failure is None:
        session.check()
    else:
        logger.warn(str(died(session.traffic)))
    return session


def connection_of(connections: Connections, alias: str | None) -> Connection:
    """Return the connection, opened if need be, with its notices told."""
    connection = connections.registry.get(alias)
    connection.gather()
    tell(connection)
    for line in connection.faults.news():
        logger.info(line)
    return connection


def observed(
    buses: Buses, connections: Connections, connection: str | None, bus: str | None, address: dict[str, Any]
) -> tuple[BusSession, AnyIsoTpAddress]:
    """Return the bus and the address that a question about past IsoTp frames is about."""
    if connection is None:
        session = bus_of(buses, bus)
        if not address:
            raise ConfigurationError(
                "Whose IsoTp frames? Give connection= with its alias, or txid= and rxid= (or another address)."
            )
        return session, connection_description("observed", {"address": address}).address
    if address or bus is not None:
        raise ConfigurationError(f"connection='{connection}' has an address and a bus: leave others out.")
    of_connection = connection_of(connections, connection)
    if of_connection.description.backend is Backend.exported:
        raise NotSupportedError(
            f"Connection '{connection}' runs in the exporter, and what it sends and receives does not pass here: open "
            "a bus of the exporter, and name it with bus= and the address with txid= and rxid=."
        )
    return of_connection.bus, of_connection.transport.address


def tell_closed(registry: Registry[Any], untold: list[Exception]) -> None:
    """Warn about what the closed sessions noticed, and fail with what nobody was told before."""
    tell(registry)
    if untold:
        raise joined(untold)


def converted(value: object, hint: type[T], name: str) -> T:
    """Return an argument as its type: Robot Framework has converted it already, a call from Python may not."""
    if isinstance(value, hint):
        return value
    mistakes = Mistakes()
    result: T = convert(value, hint, name, mistakes)
    mistakes.raise_first()
    return result


def matcher(id: CanIdPattern, data: Pattern, mask: Payload) -> Matcher:
    """Return what a keyword asks for."""
    try:
        return Matcher(id, data, None if mask is NOT_GIVEN else Payload(mask))
    except ValueError as error:
        raise ConfigurationError(str(error)) from error


def checked_message(id: CanId, data: Payload, **options: Any) -> CanMessage:
    """Return the message that a keyword was asked to send, or refuse it."""
    for name, value in options.items():
        # Robot Framework leaves text that is no truth value as it is, and any text counts as True.
        if value is not None and type(value) is not bool:
            options[name] = converted(value, int if name == "dlc" else bool, name)
    try:
        return build_message(id, b"" if data is NO_DATA else data, **options)
    except ValueError as error:
        raise ConfigurationError(str(error)) from error


def given_values(**values: Any) -> dict[str, Any]:
    """Return those of the arguments that were given."""
    return {name: value for name, value in values.items() if value is not None and value is not NOT_GIVEN}


def tell_gone(span: Span, alias: str) -> None:
    """Warn where a part of what was asked for is gone."""
    if span.gone:
        gone = plural(span.gone, "message")
        logger.warn(
            f"{gone} of bus '{alias}'{span.of} are gone: its trace was full, a larger trace_size keeps more."
        )


def log_list(head: str, items: Sequence[object]) -> None:
    """Write what a keyword returns into the log, shortened."""
    more = [f"{len(items) - _SHOWN} more"] if len(items) > _SHOWN else []
    logger.info("\n".join([head, *map(str, items[:_SHOWN]), *more]))


def given_mark(value: object, name: str = "since") -> CanMark | None:
    """Return a mark that may be left out, or None."""
    return converted(value, CanMark, name) if value else None


def seconds(value: timedelta | float | None, default: float, name: str = "timeout") -> float:
    """Return a time argument in seconds."""
    if value is None:
        return default
    amount = converted(value, timedelta, name).total_seconds()
    if amount < 0:
        raise ConfigurationError(f"{name}={amount:g} is not possible: a time is 0 seconds or more.")
    if amount > _LONGEST:
        raise ConfigurationError(f"{name}={amount:g} is not possible: it is more than a year.")
    return amount


def since_within(since: object, within: timedelta | None) -> tuple[CanMark | None, float | None]:
    """Return the mark, and the seconds of a window; None for what was not given."""
    return given_mark(since), None if within is None else seconds(within, 0.0, "within")


def found_file(path: object) -> Path:
    """Return where a file is that is to be read: in the output directory, where files are written, before others.

    A file of that name from elsewhere must not win over the one that was just written.
    """
    given = checked_path(path)
    places = [output_dir() / given, *(folder / given for folder in _suite_folder()), given]
    return next((place for place in places if os.path.exists(place)), given)


def checked_path(path: object) -> Path:
    """Return a path, or refuse what is none."""
    if not isinstance(path, str | Path) or not str(path).strip() or str(path) == ".":
        empty = isinstance(path, Path)  # what Robot Framework makes of an empty path
        raise ConfigurationError(f"path={'' if empty else path!r} is no path of a file.")
    try:
        os.lstat(path)
    except ValueError:
        text = str(path).encode("unicode_escape").decode()
        raise ConfigurationError(
            f"path='{text}' is no path of a file: it has a character that no name can have."
        ) from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            name = Path(path).name
            raise ConfigurationError(
                f"path='{name[:40]}…' is no path of a file: it has {len(str(path))} characters, which is too long."
            ) from None
    return Path(path)


def _suite_folder() -> list[Path]:
    """Return the folder of the suite that runs, if one does."""
    from robot.libraries.BuiltIn import BuiltIn, RobotNotRunningError

    try:
        source = BuiltIn().get_variable_value("${SUITE SOURCE}")
    except RobotNotRunningError:
        return []
    if not source:
        return []
    return [Path(str(source)) if os.path.isdir(str(source)) else Path(str(source)).parent]


def output_dir() -> Path:
    """Return the output directory, or the working directory where no robot runs."""
    from robot.libraries.BuiltIn import BuiltIn, RobotNotRunningError

    try:
        return Path(str(BuiltIn().get_variable_value("${OUTPUT DIR}", ".")))
    except RobotNotRunningError:
        return Path()

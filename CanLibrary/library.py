"""The library: import arguments in, keyword classes out."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from robot.api import logger
from robotlibcore import HybridCore

from CanLibrary.config import (
    DEFAULT_ALIAS,
    DEFAULT_CAPACITY,
    DEFAULT_SHOWN,
    Bench,
    bus_description,
    load_bench,
    located,
)
from CanLibrary.errors import CanLibraryError, ConfigurationError, joined
from CanLibrary.introduction import INTRODUCTION
from CanLibrary.keywords.auto_close import AutoCloser
from CanLibrary.keywords.buses import BusKeywords
from CanLibrary.keywords.connections import ConnectionKeywords
from CanLibrary.keywords.ecus import SimulatedEcuKeywords
from CanLibrary.keywords.evidence import EvidenceKeywords
from CanLibrary.keywords.faults import IsoTpFaultKeywords
from CanLibrary.keywords.files import FileKeywords
from CanLibrary.keywords.functional import FunctionalRequestKeywords
from CanLibrary.keywords.gateway import GatewayKeywords
from CanLibrary.keywords.history import HistoryKeywords
from CanLibrary.keywords.interfaces import InterfaceKeywords
from CanLibrary.keywords.isotp import IsoTpKeywords
from CanLibrary.keywords.isotp_history import IsoTpHistoryKeywords
from CanLibrary.keywords.messages import MessageKeywords
from CanLibrary.keywords.periodic import PeriodicKeywords
from CanLibrary.keywords.protection import ProtectionKeywords
from CanLibrary.keywords.replay import ReplayKeywords
from CanLibrary.keywords.statistics import StatisticsKeywords
from CanLibrary.keywords.support import converted, seconds
from CanLibrary.keywords.timing import IsoTpTimingKeywords
from CanLibrary.keywords.waits import WaitKeywords
from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.connections import Connections
from CanLibrary.sessions.failure_evidence import FailureEvidence
from CanLibrary.sessions.ownership import Ownership
from CanLibrary.sessions.periodic import PeriodicMessages
from CanLibrary.simulation.ecus import SimulatedEcus
from CanLibrary.simulation.gateways import Gateways
from CanLibrary.types import CONVERTERS, AutoClose, Location
from CanLibrary.version import __version__

_OWN_ARGUMENTS = (
    "config",
    "timeout",
    "auto_close",
    "trace_size",
    "trace_on_failure",
    "trace_dir",
    "location",
)


class CanLibrary(HybridCore):  # noqa: D101 - the docstring is INTRODUCTION
    __doc__ = INTRODUCTION  # libdoc's introduction

    ROBOT_LIBRARY_SCOPE = "GLOBAL"
    ROBOT_LIBRARY_VERSION = __version__
    ROBOT_LIBRARY_DOC_FORMAT = "ROBOT"
    ROBOT_LIBRARY_CONVERTERS = CONVERTERS

    # The hints of the import arguments all allow text: a value that Robot Framework could not convert would
    # make the import fail, and then an editor shows no keywords and a run says "No keyword with name …".
    # They are converted here, by the converters of the keywords, and a refusal is told by every keyword.
    def __init__(
        self,
        config: Path | str | None = None,
        *,
        interface: str | None = None,
        channel: str | int | None = None,
        bitrate: int | str | None = None,
        fd: bool | str | None = None,
        data_bitrate: int | str | None = None,
        timeout: timedelta | str = "1 second",
        auto_close: AutoClose | str = "TEST",
        trace_size: int | str = DEFAULT_CAPACITY,
        trace_on_failure: int | str = DEFAULT_SHOWN,
        trace_dir: Path | str | None = None,
        location: Location | str = "local",
        **options: Any,
    ) -> None:
        """Describes buses and connections; nothing is opened before its first use.

        Args:
            config: Path of a YAML file that describes buses and connections; relative to the suite's folder,
                else to the working directory.
            interface: python-can's name of the interface of the bus ``can``; ``virtual`` by default.
            channel: Its channel.
            bitrate: Its nominal bit rate in bit/s.
            fd: Open it for CAN FD.
            data_bitrate: Its bit rate of the data phase in bit/s.
            timeout: How long receiving keywords wait by default; a bare number is seconds.
            auto_close: When things close by themselves: ``TEST``, ``SUITE`` or ``MANUAL``.
            trace_size: How many messages each bus keeps; then the oldest go.
            trace_on_failure: How many messages of each bus log.html shows when a test fails, the newest; 0 for none.
            trace_dir: Folder for the whole trace of each test that fails, one BLF file for each bus; relative to the
                output directory. Nothing is written by default.
            location: Where the buses of ``config`` are: ``local``, ``exported`` by the Jumpstarter exporter of this
                shell under the same names, or ``auto``: exported in a shell of Jumpstarter, local elsewhere.
            options: Any other option of the interface, by its python-can name.
        """
        bench, waiting, closing, capacity, failure = Bench(), 1.0, AutoClose.TEST, DEFAULT_CAPACITY, None
        shown, folder = DEFAULT_SHOWN, None
        given = {
            "interface": interface,
            "channel": channel,
            "bitrate": bitrate,
            "fd": fd,
            "data_bitrate": data_bitrate,
            **options,
        }
        try:
            _check_spelling(options)
            waiting = seconds(converted(timeout, timedelta, "timeout"), waiting)
            closing = converted(auto_close, AutoClose, "auto_close")
            capacity = _at_least_one(converted(trace_size, int, "trace_size"))
            shown = _none_or_more(converted(trace_on_failure, int, "trace_on_failure"))
            folder = _folder(trace_dir)
            where = converted(location, Location, "location")
            bench = _described(
                config, {name: value for name, value in given.items() if value is not None}, where
            )
        except CanLibraryError as error:
            failure = error
        ownership = Ownership(closing)
        self._buses = Buses(bench.buses, ownership, capacity)
        self._connections = Connections(bench.connections, self._buses, ownership)
        periodic = PeriodicMessages()
        ecus = SimulatedEcus(bench.ecus, ownership, periodic)
        gateways = Gateways(ownership)
        super().__init__(
            [
                BusKeywords(self._buses),
                InterfaceKeywords(self._buses),
                MessageKeywords(self._buses, waiting),
                WaitKeywords(self._buses, waiting),
                HistoryKeywords(self._buses, waiting),
                StatisticsKeywords(self._buses),
                EvidenceKeywords(self._buses),
                FileKeywords(self._buses),
                ReplayKeywords(self._buses),
                PeriodicKeywords(self._buses, periodic, ecus),
                ProtectionKeywords(self._buses),
                SimulatedEcuKeywords(self._buses, ecus),
                GatewayKeywords(self._buses, gateways),
                ConnectionKeywords(self._connections),
                IsoTpKeywords(self._connections, waiting),
                IsoTpHistoryKeywords(self._buses, self._connections),
                IsoTpFaultKeywords(self._connections, ecus),
                IsoTpTimingKeywords(self._buses, self._connections),
                FunctionalRequestKeywords(self._buses, waiting),
                AutoCloser(
                    ownership,
                    self._buses,
                    self._connections,
                    [ecus, gateways],
                    FailureEvidence(self._buses, self._connections, shown, folder),
                ),
            ]
        )
        if failure is not None:
            logger.error(f"CanLibrary cannot be used: {failure}")
            self._refuse_all(failure)

    def add_library_components(self, library_components: list[Any], *translation: Any) -> None:
        """Take in keyword classes.

        HybridCore hands in the library itself as well, which has no keywords of its own but shows all the
        others: the signature of each would be read twice more, two thirds of the time of a construction.
        """
        if library_components != [self]:
            super().add_library_components(library_components, *translation)

    def _refuse_all(self, failure: CanLibraryError) -> None:
        """Let every keyword fail with what is wrong with the import, but keep them all visible."""
        for name, method in self.attributes.items():
            self.attributes[name] = _refusing(method, failure)

    def __enter__(self) -> CanLibrary:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        try:
            self.close()
        except (CanLibraryError, AssertionError) as untold:
            if kind is None:
                raise
            logger.warn(str(untold))  # what ended the block matters more

    def close(self) -> None:
        """Close everything, for use from Python; under Robot Framework the auto-close does it."""
        untold = self._connections.registry.close_all() + self._buses.registry.close_all()
        if untold:
            raise joined(untold)


def _check_spelling(options: Iterable[str]) -> None:
    """Refuse what is meant for the library: as an option of an interface it would be told when a bus opens."""
    for name in options:
        if close := difflib.get_close_matches(name.lower(), _OWN_ARGUMENTS, n=1, cutoff=0.85):
            raise ConfigurationError(
                f"CanLibrary has no import argument '{name}'; did you mean '{close[0]}'?"
            )


def _at_least_one(capacity: int) -> int:
    if capacity < 1:
        raise ConfigurationError(f"trace_size={capacity} is not possible: a bus keeps at least 1 message.")
    return capacity


def _none_or_more(shown: int) -> int:
    if shown < 0:
        raise ConfigurationError(
            f"trace_on_failure={shown} is not possible: give how many messages log.html shows, or 0 for none."
        )
    return shown


def _folder(trace_dir: Path | str | None) -> Path | None:
    if trace_dir is None:
        return None
    if not str(trace_dir).strip():
        raise ConfigurationError("trace_dir= is empty: give a folder, or leave it out to write nothing.")
    return Path(trace_dir)


def _described(config: Path | str | None, given: dict[str, Any], location: Location) -> Bench:
    if config is None:
        if location is not Location.local:
            raise ConfigurationError(
                f"location={location.name} needs config=, the file of the exporter; for a single bus give "
                "interface=jumpstarter and the name of its driver as channel."
            )
        return Bench({DEFAULT_ALIAS: bus_description(DEFAULT_ALIAS, given)}) if given else Bench()
    if given:
        raise ConfigurationError(
            f"config= and {', '.join(f'{name}=' for name in given)} exclude each other: the file describes the buses."
        )
    return located(load_bench(_found(config)), location)


def _found(config: Path | str) -> Path:
    """Return the path of a file, looked up in the folder of the running suite first."""
    path = Path(config)
    if not path.is_absolute():
        from robot.libraries.BuiltIn import BuiltIn, RobotNotRunningError

        try:
            suite = Path(str(BuiltIn().get_variable_value("${SUITE_SOURCE}")))
        except RobotNotRunningError:
            return path
        beside = (suite if suite.is_dir() else suite.parent) / path
        if beside.exists():
            return beside
    return path


def _refusing(method: Callable[..., Any], failure: CanLibraryError) -> Callable[..., Any]:
    @functools.wraps(method)
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise type(failure)(str(failure)) from failure

    return refuse

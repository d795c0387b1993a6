"""How busy a bus is, and how regular its messages."""

from typing import Any

from robot.api import logger
from robot.api.deco import keyword

from CanLibrary.errors import ConfigurationError
from CanLibrary.keywords.support import bus_of, converted
from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.measuring import load_should_be_below, measured_bus
from CanLibrary.types import NOT_GIVEN, BusStatistics, CanMark


class StatisticsKeywords:
    """Keywords for statistics and bus load."""

    def __init__(self, buses: Buses) -> None:
        self._buses = buses

    @keyword
    def get_bus_statistics(
        self,
        *,
        since: CanMark = NOT_GIVEN,
        until: CanMark = NOT_GIVEN,
        bitrate: int | None = None,
        data_bitrate: int | None = None,
        bus: str | None = None,
    ) -> BusStatistics:
        """Returns what passed on the bus in numbers: messages, bytes, error frames, gaps and load.

        The load counts every bit from the start of frame to the third bit of intermission, stuff bits included,
        for CAN FD (ISO, with stuff count) the bits of both bit rates. Error frames are counted, but are not in the
        load. Times are those at which messages were recorded here; silence counts as time.

        Args:
            since: A mark from `Set Can Mark`, a message, or ``opened``; where the test began by default.
            until: A mark; now by default, in a recording its end.
            bitrate: Nominal bit rate in bit/s; by default that with which the bus was opened.
            data_bitrate: Bit rate of the data phase in bit/s (CAN FD); by default that of the bus.
            bus: Alias of the bus; the current one by default.

        Returns:
            An object with ``duration`` (seconds), ``messages``, ``received``, ``sent``, ``bytes``,
            ``messages_per_second``, ``bytes_per_second``, ``error_frames``, ``dropped`` (of that time, but gone from
            the full trace), ``bus_load`` and ``peak_load`` (percent; the busiest of its full seconds; None where
            a bit rate is not known, or filters leave messages out), and ``ids``: by text such as ``0x100`` an
            object with ``count``, ``sent``, ``bytes``, ``minimum_gap``, ``mean_gap``, ``maximum_gap`` (seconds; None
            where there was one message), ``load`` and ``last_data``. It prints as a table.

        Raises:
            CanLibraryError: A mark is of another bus, or too old.

        Example:
        | `Send Can Messages`    ${{ ["100#01", "100#02", "200#01"] }}    gap=10 ms
        | ${statistics}=    `Get Bus Statistics`    bitrate=500000
        | Should Be True    0 < $statistics.bus_load < 50
        | Should Be True    0.009 < $statistics.ids['0x100'].mean_gap < 0.5
        """
        session = bus_of(self._buses, bus)
        statistics = measured_bus(session, *_marks(since, until), *_rates(bitrate, data_bitrate))
        logger.info(str(statistics))
        return statistics

    @keyword
    def bus_load_should_be_below(
        self,
        limit: float | str,
        *,
        since: CanMark = NOT_GIVEN,
        until: CanMark = NOT_GIVEN,
        bitrate: int | None = None,
        data_bitrate: int | None = None,
        bus: str | None = None,
    ) -> None:
        """Fails if the bus was busy for too much of the time.

        It judges the load of the whole time, as `Get Bus Statistics` counts it. There is no verdict where messages of
        that time are missing: lost by the driver, gone from the full trace, or left out by filters.

        Args:
            limit: Percent of the time, such as ``30`` or ``30 %``.
            since: A mark from `Set Can Mark`, a message, or ``opened``; where the test began by default.
            until: A mark; now by default, in a recording its end.
            bitrate: Nominal bit rate in bit/s; by default that with which the bus was opened.
            data_bitrate: Bit rate of the data phase in bit/s (CAN FD); by default that of the bus.
            bus: Alias of the bus; the current one by default.

        Raises:
            AssertionError: The load is not below the limit; the failure names the busiest identifiers.
            CanLibraryError: The load is not known.

        Example:
        | ${mark}=    `Set Can Mark`
        | `Send Can Messages`    ${{ ["100#01", "200#02"] }}    gap=10 ms
        | `Bus Load Should Be Below`    30 %    since=${mark}    bitrate=500000
        """
        highest = _percent(limit)
        session = bus_of(self._buses, bus)
        statistics = measured_bus(session, *_marks(since, until), *_rates(bitrate, data_bitrate))
        logger.info(str(statistics))
        load_should_be_below(session, statistics, highest)


def _marks(since: CanMark, until: CanMark) -> tuple[CanMark | None, CanMark | None]:
    return (
        converted(since, CanMark, "since") if since else None,
        converted(until, CanMark, "until") if until else None,
    )


def _rates(bitrate: int | None, data_bitrate: int | None) -> tuple[int | None, int | None]:
    return _rate(bitrate, "bitrate"), _rate(data_bitrate, "data_bitrate")


def _rate(value: Any, name: str) -> int | None:
    if value is None:
        return None
    rate = converted(value, int, name)
    if rate < 1:
        raise ConfigurationError(f"{name}={rate} is not possible: a bit rate is above 0 bit/s.")
    return rate


def _percent(value: float | str) -> float:
    try:
        limit = float(str(value).strip().removesuffix("%"))
    except ValueError:
        limit = -1.0
    if not limit > 0:  # nor NaN
        raise ConfigurationError(f"limit={value} is not possible: write percent above 0, such as 30 or 30 %.")
    return limit

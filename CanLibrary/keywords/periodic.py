"""Periodic messages."""

from datetime import timedelta
from typing import Any

from robot.api import logger
from robot.api.deco import keyword

from CanLibrary.errors import ConfigurationError
from CanLibrary.keywords.support import NO_DATA, bus_of, checked_message, seconds
from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.periodic import PeriodicMessages
from CanLibrary.simulation.ecus import SimulatedEcus
from CanLibrary.types import NOT_GIVEN, CanId, Payload
from CanLibrary.types.living_fields import ChecksumFields, CounterFields, E2EFields, RampFields
from CanLibrary.types.periodic import PeriodicStatistics


class PeriodicKeywords:
    """Keywords for periodic messages."""

    def __init__(self, buses: Buses, periodic: PeriodicMessages, ecus: SimulatedEcus) -> None:
        self._buses = buses
        self._periodic = periodic
        self._ecus = ecus

    @keyword
    def start_periodic_message(
        self,
        id: CanId,
        data: Payload = NO_DATA,
        *,
        period: timedelta,
        duration: timedelta | None = None,
        offset: timedelta | None = None,
        values: list[Payload] = NOT_GIVEN,
        ramp: RampFields = NOT_GIVEN,
        counter: CounterFields = NOT_GIVEN,
        checksum: ChecksumFields = NOT_GIVEN,
        e2e: E2EFields = NOT_GIVEN,
        name: str | None = None,
        by_interface: bool = False,
        extended: bool | None = None,
        fd: bool = False,
        bitrate_switch: bool = False,
        remote: bool = False,
        dlc: int | None = None,
        ecu: str | None = None,
        bus: str | None = None,
    ) -> str:
        """Sends a message now and then again each period, and returns a handle.

        Due times follow from the start, so the cycle does not drift; what a busy computer missed is left out but for
        one message. A send that fails is tried again in the next cycle and told by the next keyword on the bus.
        Several with one identifier are possible.

        Data can live: with every message it is the next of ``values``, then the ``ramp`` and the ``counter`` are
        written into it, then the ``checksum`` or that of the ``e2e`` profile. Numbers stand in ``byte``, in its
        lowest bits where ``width`` (8 by default) is less than 8, or at a ``bit``, counted as in DBC files: bit 0 is
        the lowest of byte 0, bit 8 that of byte 1. Beside ``byte`` it is counted within that byte. It names the lowest
        bit of a number where ``byte_order`` is ``Intel`` (default), its highest where it is ``Motorola``.

        Args:
            id: Identifier of the message.
            data: Data of the message.
            period: Time from one message to the next, such as ``100 ms``; above 0.
            duration: How long to go on after the first message; until it is stopped, or the bus closes, by default.
            offset: How long after now the first message is sent, at once by default: give messages that start
                together different ones, so that they do not leave in one burst.
            values: List of data to step through, again and again; all of the same length.
            ramp: Dictionary of a number that goes from ``start`` (0) to ``end`` (the largest) by ``step`` (1), and
                begins again.
            counter: Dictionary of a number that counts from ``start`` by ``step`` (1), within ``minimum`` (0) and
                ``maximum`` (the largest).
            checksum: Dictionary: ``kind`` is ``XOR``, ``SUM``, ``CRC8_SAE_J1850``, ``CRC8_2F`` or ``CRC16_CCITT``,
                ``byte`` where it stands; it covers the bytes ``first`` to ``last``, all others by default.
            e2e: Dictionary of an AUTOSAR E2E profile: ``profile`` 1, 2 or 5; ``data_id``, for profile 2 a
                ``data_id_list`` of 16 bytes; ``offset``, the byte in which it begins; for profile 1 a ``mode``:
                ``BOTH`` (default), ``ALTERNATING``, ``LOW`` or ``NIBBLE``. It has a counter of its own, which begins
                with 0.
            name: The handle; a number is made up by default.
            by_interface: Let the Linux kernel send it (``socketcan``): steadier than a busy Python, but it does
                not tell of a send that failed; such a message is only missing in the count.
            extended: Makes an integer identifier extended (True) or standard (False).
            fd: Send CAN FD messages.
            bitrate_switch: Send their data at the higher bit rate; needs ``fd=True``.
            remote: Send remote messages, which carry no data.
            dlc: Length that a remote message asks for, 0 to 8 bytes; 0 by default.
            ecu: Name of a simulated ECU that sends it on its bus, see `Start Simulated Ecu`: the test receives it then,
                and it ends with the ECU.
            bus: Alias of the bus; the current one by default.

        Raises:
            CanLibraryError: The message or what lives in it is not possible, a package that it needs is missing, or
                the name is taken.

        Example:
        | ${handle}=    `Start Periodic Message`    0x100    00 01    period=100 ms
        | `Change Periodic Message`    ${handle}    00 02
        | `Stop Periodic Message`    ${handle}
        | VAR    &{counter}    byte=1    width=4
        | VAR    &{checksum}    kind=CRC8_SAE_J1850    byte=0
        | `Start Periodic Message`    0x1A0    00 00 12 34    period=10 ms    counter=&{counter}    checksum=&{checksum}
        """
        from CanLibrary.config.living import living_data

        living = living_data(
            {"values": values, "ramp": ramp, "counter": counter, "checksum": checksum, "e2e": e2e}
        )
        if data is NO_DATA and living and living.values:
            data = living.values[0]
        message = checked_message(
            id, data, extended=extended, fd=fd, bitrate_switch=bitrate_switch, remote=remote, dlc=dlc
        )
        sender = self._sender(ecu, bus, by_interface)
        session = bus_of(self._buses, bus if sender is None else sender.session.alias)
        last = None if duration is None else _above_zero(duration, "duration")
        handle = self._periodic.start(
            session,
            message,
            _above_zero(period, "period"),
            last,
            name,
            by_interface,
            offset=seconds(offset, 0.0, "offset"),
            living=living,
            send=None if sender is None else sender.node.send,
        )
        if sender is not None:
            sender.periodic.append(handle)
        return handle

    def _sender(self, ecu: str | None, bus: str | None, by_interface: bool) -> Any:
        if ecu is None:
            return None
        if bus is not None:
            raise ConfigurationError(
                "ecu= and bus= exclude each other: a simulated ECU sends on its own bus."
            )
        if by_interface:
            raise ConfigurationError("ecu= and by_interface=True exclude each other: the ECU sends it.")
        return self._ecus.get_running(ecu)

    @keyword
    def change_periodic_message(
        self, handle: str, data: Payload = NOT_GIVEN, *, period: timedelta | None = None
    ) -> None:
        """Changes data or period of a running periodic message, without a break in its cycle.

        A counter or ramp in the data goes on.

        Args:
            handle: What `Start Periodic Message` returned, or the name that it was given.
            data: New data; as it was by default.
            period: New time from one message to the next, counted from the last one; as it was by default.

        Raises:
            CanLibraryError: There is no such periodic message, or the data is not possible.

        Example:
        | `Start Periodic Message`    0x100    00 01    period=100 ms    name=heartbeat
        | `Change Periodic Message`    heartbeat    00 02    period=50 ms
        """
        task = self._periodic.running(handle)
        old = task.message
        if data is not NOT_GIVEN:
            message = checked_message(
                old.id, data, fd=old.is_fd, bitrate_switch=old.bitrate_switch, remote=old.is_remote_frame
            )
            self._periodic.change_data(task, message)
        if period is not None:
            self._periodic.change_period(task, _above_zero(period, "period"))

    @keyword
    def stop_periodic_message(self, handle: str) -> int:
        """Stops a periodic message and returns how often it was sent; stopping twice is fine.

        Args:
            handle: What `Start Periodic Message` returned, or the name that it was given.

        Raises:
            CanLibraryError: There is no such periodic message, or a send failed meanwhile.

        Example:
        | ${handle}=    `Start Periodic Message`    0x100    00 01    period=100 ms
        | ${count}=    `Stop Periodic Message`    ${handle}
        """
        return self._periodic.stop(handle)

    @keyword
    def stop_all_periodic_messages(self, *, bus: str | None = None) -> int:
        """Stops all periodic messages and returns how many were running.

        Args:
            bus: Alias of a bus, to stop only its messages; those of all buses by default.

        Example:
        | ${count}=    `Stop All Periodic Messages`
        """
        return self._periodic.stop_all(None if bus is None else bus_of(self._buses, bus))

    @keyword
    def get_periodic_statistics(self, handle: str) -> PeriodicStatistics:
        """Returns how often and how regularly a periodic message was sent, also of one that has ended.

        A gap is the time from one message to the next, taken when the driver had accepted each. The numbers of gaps
        begin again where the period is changed. A p99 is exact to 1.6 % of the difference to the period, and never
        too small.

        Args:
            handle: What `Start Periodic Message` returned, or the name that it was given.

        Returns:
            An object with ``period`` (asked for), ``count``, ``misses`` (cycles left out because the computer was late
            by more than two periods), ``failed`` (sends that the driver refused), ``running``, ``gaps`` (how many),
            ``mean``, ``p99``, ``shortest`` and ``longest`` of the gaps, ``mean_error``, ``p99_error`` and
            ``worst_error`` of their difference to the period. Times are seconds; None where there are not two
            messages yet.

        Raises:
            CanLibraryError: There is no such periodic message, a send failed meanwhile, or the interface sends it by
                itself and does not tell when.

        Example:
        | `Start Periodic Message`    0x100    00 01    period=5 ms    name=heartbeat
        | Sleep    50 ms
        | ${statistics}=    `Get Periodic Statistics`    heartbeat
        | Should Be True    ${statistics.count} > 1
        """
        statistics = self._periodic.statistics(handle)
        logger.info(str(statistics))
        return statistics

    @keyword
    def periodic_message_should_have_kept_its_cycle(
        self, handle: str, *, tolerance: timedelta | None = None
    ) -> None:
        """Fails if a gap from one message to the next was longer or shorter than the period by too much.

        It judges this computer, not the system under test: whether what the test sent was regular enough to judge
        others by it.

        Args:
            handle: What `Start Periodic Message` returned, or the name that it was given.
            tolerance: By how much a gap may differ from the period; a tenth of the period by default.

        Raises:
            AssertionError: A gap differs by more.
            CanLibraryError: There are not two messages yet, so that there is no gap; or as `Get Periodic Statistics`.

        Example:
        | `Start Periodic Message`    0x100    00 01    period=20 ms    name=heartbeat
        | Sleep    100 ms
        | `Periodic Message Should Have Kept Its Cycle`    heartbeat    tolerance=1 s
        """
        most = None if tolerance is None else seconds(tolerance, 0.0, "tolerance")
        logger.info(str(self._periodic.should_have_kept_its_cycle(handle, most)))


def _above_zero(value: timedelta, name: str) -> float:
    amount = seconds(value, 0, name)
    if not amount:
        raise ConfigurationError(f"{name}=0 is not possible: a {name} is above 0 seconds.")
    return amount

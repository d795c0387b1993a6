"""Periodic messages."""

from datetime import timedelta

from robot.api.deco import keyword

from CanLibrary.errors import ConfigurationError
from CanLibrary.keywords.support import NO_DATA, bus_of, checked_message, seconds
from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.periodic import PeriodicMessages
from CanLibrary.types import NOT_GIVEN, CanId, Payload


class PeriodicKeywords:
    """Keywords for periodic messages."""

    def __init__(self, buses: Buses, periodic: PeriodicMessages) -> None:
        self._buses = buses
        self._periodic = periodic

    @keyword
    def start_periodic_message(
        self,
        id: CanId,
        data: Payload = NO_DATA,
        *,
        period: timedelta,
        duration: timedelta | None = None,
        name: str | None = None,
        by_interface: bool = False,
        extended: bool | None = None,
        fd: bool = False,
        bitrate_switch: bool = False,
        remote: bool = False,
        dlc: int | None = None,
        bus: str | None = None,
    ) -> str:
        """Sends a message now and then again each period, and returns a handle.

        Due times follow from the start, so the cycle does not drift. A send that fails is tried again in
        the next cycle and told by the next keyword on the bus. Several with one identifier are possible.

        Args:
            id: Identifier of the message.
            data: Data of the message.
            period: Time from one message to the next, such as ``100 ms``; above 0.
            duration: How long to go on; until it is stopped, or the bus closes, by default.
            name: The handle; a number is made up by default.
            by_interface: Let the Linux kernel send it (``socketcan``): steadier than a busy Python, but it does
                not tell of a send that failed; such a message is only missing in the count.
            extended: Makes an integer identifier extended (True) or standard (False).
            fd: Send CAN FD messages.
            bitrate_switch: Send their data at the higher bit rate; needs ``fd=True``.
            remote: Send remote messages, which carry no data.
            dlc: Length that a remote message asks for, 0 to 8 bytes; 0 by default.
            bus: Alias of the bus; the current one by default.

        Raises:
            CanLibraryError: The message is not possible, or the name is taken.

        Example:
        | ${handle}=    `Start Periodic Message`    0x100    00 01    period=100 ms
        | `Change Periodic Message`    ${handle}    00 02
        | `Stop Periodic Message`    ${handle}
        """
        message = checked_message(
            id, data, extended=extended, fd=fd, bitrate_switch=bitrate_switch, remote=remote, dlc=dlc
        )
        session = bus_of(self._buses, bus)
        last = None if duration is None else _above_zero(duration, "duration")
        return self._periodic.start(session, message, _above_zero(period, "period"), last, name, by_interface)

    @keyword
    def change_periodic_message(
        self, handle: str, data: Payload = NOT_GIVEN, *, period: timedelta | None = None
    ) -> None:
        """Changes data or period of a running periodic message, without a break in its cycle.

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
            task.message = checked_message(
                old.id, data, fd=old.is_fd, bitrate_switch=old.bitrate_switch, remote=old.is_remote_frame
            )
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


def _above_zero(value: timedelta, name: str) -> float:
    amount = seconds(value, 0, name)
    if not amount:
        raise ConfigurationError(f"{name}=0 is not possible: a {name} is above 0 seconds.")
    return amount

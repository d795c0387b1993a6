"""Faults of the transport layer on purpose."""

from datetime import timedelta

from robot.api import logger
from robot.api.deco import keyword

from CanLibrary.errors import ConfigurationError
from CanLibrary.formatting import quoted
from CanLibrary.keywords.support import connection_of, converted, given_values, seconds
from CanLibrary.sessions.connections import Connections
from CanLibrary.sessions.faults import SetFaults
from CanLibrary.simulation.ecus import SimulatedEcus
from CanLibrary.types import (
    FAULT_ARGUMENTS,
    FAULT_MESSAGES,
    NOT_GIVEN,
    IsoTpFault,
    IsoTpFaultKind,
    IsoTpMessageKind,
    Payload,
)

_LATE = 1.5  # seconds: ISO 15765-2 lets a sender wait 1 second for a flow control (N_Bs)


class IsoTpFaultKeywords:
    """Keywords for faults of ISO-TP."""

    def __init__(self, connections: Connections, ecus: SimulatedEcus) -> None:
        self._connections = connections
        self._ecus = ecus

    @keyword("Set IsoTp Fault")
    def set_isotp_fault(
        self,
        fault: IsoTpFaultKind,
        *,
        message: IsoTpMessageKind = NOT_GIVEN,
        number: int = 1,
        count: int = 1,
        delay: timedelta | None = None,
        byte: int | None = None,
        mask: Payload = NOT_GIVEN,
        padding: int | None = None,
        size: int | None = None,
        connection: str | None = None,
        ecu: str | None = None,
    ) -> IsoTpFault:
        """Lets a connection or simulated ECU do something wrong on purpose, and returns what tells how often it did.

        It changes what it sends, or disobeys what the partner asks, so that a test sees how the partner bears it. The
        trace shows what was really on the wire. When a fault was played as often as ``count`` says it is over, and
        the next transfer is as it should be. Several faults can be set at once. A fault that never came about is told
        with a warning when the connection closes or the ECU stops.

        Args:
            fault: What goes wrong; the type says what each of them does.
            message: Which messages are meant: ``SF``, ``FF``, ``CF``, ``FC`` or ``ANY`` of those that are sent. By
                default those that the fault is about: ``FC`` for ``LATE``, ``WAIT``, ``OVERFLOW`` and
                ``NEVER``, ``CF`` for ``REORDER`` and ``WRONG_SEQUENCE_NUMBER``, ``FF`` for ``LYING_LENGTH`` and both
                ``IGNORE`` faults, else ``ANY``.
            number: Which of these messages from now on is the first to go wrong; 1 is the next one.
            count: How many of them in succession; with ``WAIT`` how many 'wait' before one flow control, and with the
                ``IGNORE`` faults for how many IsoTp frames.
            delay: How late, for ``LATE``, 1.5 seconds by default; how long after each 'wait', for ``WAIT``, 0 by
                default.
            byte: Which byte ``CORRUPT`` changes, counted from 0 over all data of the message; the first that carries
                payload by default (in a flow control the block size).
            mask: Which of its bits are inverted; ``FF`` by default.
            padding: The byte that ``WRONG_PADDING`` fills up with; 0x00 by default, or 0xFF where that is the
                ``tx_padding`` of the connection.
            size: The length that ``LYING_LENGTH`` says; 64 bytes too many by default.
            connection: Alias of the connection; the current one by default. It needs ``backend=python``.
            ecu: Name of a simulated ECU that is to do wrong, instead of a connection.

        Returns:
            An object with ``applied`` (how often the fault was on the wire; with the ``IGNORE`` faults how many flow
            controls were disobeyed), ``is_over`` and ``played`` (a list of texts: what was done to which message).

        Raises:
            CanLibraryError: The fault is not possible as it is described, or the backend cannot play any.

        Example:
        | `Open IsoTp Connection`    diag    txid=0x7E0    rxid=0x7E8
        | ${fault}=    `Set IsoTp Fault`    CORRUPT    message=SF    byte=0    mask=F0
        | `Send IsoTp Frame`    3E 00    timeout=1 s
        | Should Be Equal As Integers    ${fault.applied}    1
        | `Exchange IsoTp Frame`    3E 00    reply=7E 00
        """
        what = converted(fault, IsoTpFaultKind, "fault")
        given = given_values(delay=delay, byte=byte, mask=mask, padding=padding, size=size)
        for name in given:
            if what not in (fits := FAULT_ARGUMENTS[name]):
                raise ConfigurationError(
                    f"{name}= is for {quoted(kind.name for kind in fits)}; {what.name} has no use for it."
                )
        about = FAULT_MESSAGES[what][0]
        if message is not NOT_GIVEN:
            about = converted(message, IsoTpMessageKind, "message")
        try:
            described = IsoTpFault(
                what,
                about,
                converted(number, int, "number"),
                converted(count, int, "count"),
                seconds(delay, _LATE if what is IsoTpFaultKind.LATE else 0.0, "delay"),
                None if byte is None else converted(byte, int, "byte"),
                0xFF if mask is NOT_GIVEN else _one_byte(converted(mask, Payload, "mask")),
                None if padding is None else converted(padding, int, "padding"),
                None if size is None else converted(size, int, "size"),
            )
        except ValueError as error:
            raise ConfigurationError(str(error)) from error
        faults = self._faults(connection, ecu)
        faults.set(described)
        logger.info(f"The fault {described.name} will be played on {faults.whose}.")
        return described

    @keyword("Clear IsoTp Faults")
    def clear_isotp_faults(
        self, *, connection: str | None = None, ecu: str | None = None
    ) -> list[IsoTpFault]:
        """Lets a connection or simulated ECU do nothing wrong any more, and returns the faults that were set on it.

        What is late comes at once.

        Args:
            connection: Alias of the connection; the current one by default.
            ecu: Name of a simulated ECU, instead of a connection.

        Returns:
            A list of what `Set IsoTp Fault` returned, those that are over too.

        Example:
        | `Set IsoTp Fault`    DROP    message=CF    number=2
        | ${faults}=    `Clear IsoTp Faults`
        | Should Be Equal As Integers    ${faults[0].applied}    0
        """
        faults = self._faults(connection, ecu)
        cleared = faults.clear()
        for fault in cleared:
            logger.info(f"{fault}.")
        return cleared

    def _faults(self, connection: str | None, ecu: str | None) -> SetFaults:
        """Return the faults of who is to do wrong, with what was played till now in the log."""
        if ecu is None:
            session = connection_of(self._connections, connection)
            session.check()
            return session.faults
        if connection is not None:
            raise ConfigurationError(
                f"connection='{connection}' and ecu='{ecu}' exclude each other: give one."
            )
        faults = self._ecus.get_running(ecu).faults
        if faults is None:
            raise ConfigurationError(
                f"Simulated ECU '{ecu}' has no ISO-TP address: there is no transport layer that could go wrong."
            )
        for line in faults.news():
            logger.info(line)
        return faults


def _one_byte(mask: Payload) -> int:
    if len(mask) != 1:
        raise ConfigurationError(f"mask={mask} is not possible: it is one byte, the bits that are inverted.")
    return mask[0]

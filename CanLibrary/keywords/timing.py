"""How ISO-TP looks in time on the wire."""

from datetime import timedelta

from robot.api import logger
from robot.api.deco import keyword

from CanLibrary.errors import ConfigurationError
from CanLibrary.keywords.support import converted, given_mark, given_values, observed, seconds, tell_gone
from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.connections import Connections
from CanLibrary.types import (
    NOT_GIVEN,
    AddressingMode,
    CanId,
    CanMark,
    Direction,
    IsoTpAddressFields,
    IsoTpTiming,
)


class IsoTpTimingKeywords:
    """Keywords that measure ISO-TP from what was recorded."""

    def __init__(self, buses: Buses, connections: Connections) -> None:
        self._buses = buses
        self._connections = connections

    @keyword("Get IsoTp Timing")
    def get_isotp_timing(
        self,
        txid: CanId = NOT_GIVEN,
        rxid: CanId = NOT_GIVEN,
        *,
        addressing_mode: AddressingMode = NOT_GIVEN,
        target_address: int | None = None,
        source_address: int | None = None,
        physical_id: CanId = NOT_GIVEN,
        functional_id: CanId = NOT_GIVEN,
        address_extension: int | None = None,
        tx_addr: IsoTpAddressFields = NOT_GIVEN,
        rx_addr: IsoTpAddressFields = NOT_GIVEN,
        connection: str | None = None,
        direction: Direction = Direction.ANY,
        since: CanMark = NOT_GIVEN,
        until: CanMark = NOT_GIVEN,
        bus: str | None = None,
    ) -> IsoTpTiming:
        """Returns the times of the IsoTp frames of several messages that passed between a tester and a partner.

        They are measured in the trace of the bus, so nothing has to be open for it: this works on a recording, too.
        What counts is when messages were recorded; a busy computer adds its own delays, most of all to the gaps.

        Args:
            txid: Identifier of the side that a connection of this address would send with.
            rxid: Identifier of the partner's side.
            addressing_mode: By default ``Normal_11bits`` or ``Normal_29bits``, as the identifiers are.
            target_address: N_TA, one byte.
            source_address: N_SA, one byte.
            physical_id: Bits 28–16 of physical requests in fixed and mixed (29 bits) addressing.
            functional_id: Bits 28–16 of functional requests in fixed and mixed (29 bits) addressing.
            address_extension: N_AE, one byte.
            tx_addr: Sending side of an asymmetric address, a dictionary of the fields above.
            rx_addr: Receiving side of an asymmetric address, a dictionary of the fields above.
            connection: Take address and bus of this connection instead.
            direction: ``Tx`` for the IsoTp frames that the ``txid`` side sends, ``Rx`` for those of the partner,
                ``ANY`` for both.
            since: Where to begin: a mark, after a message, or ``opened`` for the whole trace; by default where the
                running test began.
            until: Where to end: a mark or a message; now by default.
            bus: Alias of the bus; the current one by default.

        Returns:
            An object with ``n_bs`` (from a first frame, or the last consecutive frame of a block, to the flow control)
            and ``n_cr`` (from a flow control or consecutive frame to the next consecutive frame), each with
            ``minimum``, ``mean``, ``maximum`` (seconds) and ``count``; ``stmin`` (the smallest gap between consecutive
            frames of a block, seconds) and ``blocksize`` (the most consecutive frames without a flow control),
            ``stmin_asked`` and ``blocksize_asked`` (what flow controls said); ``transfers``, a list with the same for
            each IsoTp frame; and ``n_as``, always None: how long a message waits in its sender before it is on the
            bus, only that sender knows. What was not seen is None.

        Raises:
            CanLibraryError: The address is not possible, or the mark is of another bus.

        Example:
        | `Open IsoTp Connection`    diag    txid=0x7E0    rxid=0x7E8
        | `Send IsoTp Frame`    2E F1 90 57 42 41 31 32 33 34 35    timeout=2 s
        | ${timing}=    `Get IsoTp Timing`    connection=diag
        | Should Be True    ${timing.n_bs.maximum} < 1
        """
        address = given_values(
            txid=txid,
            rxid=rxid,
            addressing_mode=addressing_mode,
            target_address=target_address,
            source_address=source_address,
            physical_id=physical_id,
            functional_id=functional_id,
            address_extension=address_extension,
            tx_addr=tx_addr,
            rx_addr=rx_addr,
        )
        session, seen = observed(self._buses, self._connections, connection, bus, address)
        span = session.reading.span(given_mark(since), given_mark(until, "until"))
        timing = session.reading.isotp_timing(seen, span, converted(direction, Direction, "direction"))
        tell_gone(span, session.alias)
        logger.info(f"Bus '{session.alias}'{span.of}: {timing}")
        return timing

    @keyword("IsoTp Timing Should Be Within")
    def isotp_timing_should_be_within(
        self,
        txid: CanId = NOT_GIVEN,
        rxid: CanId = NOT_GIVEN,
        *,
        n_bs: timedelta | None = None,
        n_cr: timedelta | None = None,
        stmin: timedelta | None = None,
        blocksize: int | None = None,
        addressing_mode: AddressingMode = NOT_GIVEN,
        target_address: int | None = None,
        source_address: int | None = None,
        physical_id: CanId = NOT_GIVEN,
        functional_id: CanId = NOT_GIVEN,
        address_extension: int | None = None,
        tx_addr: IsoTpAddressFields = NOT_GIVEN,
        rx_addr: IsoTpAddressFields = NOT_GIVEN,
        connection: str | None = None,
        direction: Direction = NOT_GIVEN,
        since: CanMark = NOT_GIVEN,
        until: CanMark = NOT_GIVEN,
        bus: str | None = None,
    ) -> None:
        """Fails if ISO-TP was slower, or in more of a hurry, than it should be; `Get IsoTp Timing` says what is what.

        By default the partner is judged: its flow controls (``n_bs``) in what the ``txid`` side sends, and its
        consecutive frames (``n_cr``, ``stmin``, ``blocksize``) in what it sends itself.

        Args:
            txid: Identifier of the side that a connection of this address would send with.
            rxid: Identifier of the partner's side.
            n_bs: The longest time until a flow control; not judged by default. One that never came is too late.
            n_cr: The longest time until a consecutive frame; not judged by default. One that never came is too late.
            stmin: The shortest gap between consecutive frames of a block; not judged by default.
            blocksize: The most consecutive frames without a flow control; not judged by default.
            addressing_mode: By default ``Normal_11bits`` or ``Normal_29bits``, as the identifiers are.
            target_address: N_TA, one byte.
            source_address: N_SA, one byte.
            physical_id: Bits 28–16 of physical requests in fixed and mixed (29 bits) addressing.
            functional_id: Bits 28–16 of functional requests in fixed and mixed (29 bits) addressing.
            address_extension: N_AE, one byte.
            tx_addr: Sending side of an asymmetric address, a dictionary of the fields above.
            rx_addr: Receiving side of an asymmetric address, a dictionary of the fields above.
            connection: Take address and bus of this connection instead.
            direction: Judge all of what one side sends: ``Tx`` the ``txid`` side, ``Rx`` the partner, ``ANY`` both.
            since: Where to begin: a mark, after a message, or ``opened`` for the whole trace; by default where the
                running test began.
            until: Where to end: a mark or a message; now by default.
            bus: Alias of the bus; the current one by default.

        Raises:
            AssertionError: A limit was passed; the failure names the figure, the limit, the message and the time.
            CanLibraryError: Nothing was seen that could be judged, or no limit is given.

        Example:
        | `Open IsoTp Connection`    diag    txid=0x7E0    rxid=0x7E8
        | `Send IsoTp Frame`    2E F1 90 57 42 41 31 32 33 34 35    timeout=2 s
        | `IsoTp Timing Should Be Within`    n_bs=500 ms    connection=diag
        """
        address = given_values(
            txid=txid,
            rxid=rxid,
            addressing_mode=addressing_mode,
            target_address=target_address,
            source_address=source_address,
            physical_id=physical_id,
            functional_id=functional_id,
            address_extension=address_extension,
            tx_addr=tx_addr,
            rx_addr=rx_addr,
        )
        from CanLibrary.sessions.isotp_timing import TimingLimits

        limits = TimingLimits(
            None if n_bs is None else seconds(n_bs, 0, "n_bs"),
            None if n_cr is None else seconds(n_cr, 0, "n_cr"),
            None if stmin is None else seconds(stmin, 0, "stmin"),
            None if blocksize is None else converted(blocksize, int, "blocksize"),
        )
        if limits == TimingLimits():
            raise ConfigurationError("What should be judged? Give n_bs=, n_cr=, stmin= or blocksize=.")
        whose = None if direction is NOT_GIVEN else converted(direction, Direction, "direction")
        session, seen = observed(self._buses, self._connections, connection, bus, address)
        span = session.reading.span(given_mark(since), given_mark(until, "until"))
        session.reading.isotp_timing_should_be(seen, span, whose, limits)
        tell_gone(span, session.alias)

"""IsoTp frames that passed on a bus, whoever sent them."""

from robot.api.deco import keyword

from CanLibrary.formatting import plural
from CanLibrary.keywords.support import (
    converted,
    given_mark,
    given_values,
    log_list,
    observed,
    tell_gone,
)
from CanLibrary.sessions.buses import Buses
from CanLibrary.sessions.connections import Connections
from CanLibrary.types import (
    NOT_GIVEN,
    AddressingMode,
    CanId,
    CanMark,
    Direction,
    IsoTpAddressFields,
    IsoTpFrame,
    Pattern,
)


class IsoTpHistoryKeywords:
    """Keywords that put IsoTp frames together from what was recorded."""

    def __init__(self, buses: Buses, connections: Connections) -> None:
        self._buses = buses
        self._connections = connections

    @keyword("Get IsoTp Frames")
    def get_isotp_frames(
        self,
        txid: CanId = NOT_GIVEN,
        rxid: CanId = NOT_GIVEN,
        data: Pattern = Pattern.ANY,
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
    ) -> list[IsoTpFrame]:
        """Returns the IsoTp frames that passed between a tester and a partner, in the order in which they ended.

        They are put together from the trace of the bus, so nothing has to be open for it: this works on a recording,
        and on what others say to each other. Those that broke off are in the list, with what is wrong with them.

        Args:
            txid: Identifier of the side that a connection of this address would send with.
            rxid: Identifier of the partner's side.
            data: Pattern that payloads must match; with any but ``*`` only those that are complete are returned.
            addressing_mode: By default ``Normal_11bits`` or ``Normal_29bits``, as the identifiers are.
            target_address: N_TA, one byte.
            source_address: N_SA, one byte.
            physical_id: Bits 28–16 of physical requests in fixed and mixed (29 bits) addressing.
            functional_id: Bits 28–16 of functional requests in fixed and mixed (29 bits) addressing.
            address_extension: N_AE, one byte.
            tx_addr: Sending side of an asymmetric address, a dictionary of the fields above.
            rx_addr: Receiving side of an asymmetric address, a dictionary of the fields above.
            connection: Take address and bus of this connection instead.
            direction: ``Tx`` for those of the ``txid`` side, ``Rx`` for those of the partner, ``ANY`` for both.
            since: Where to begin: a mark, after a message, or ``opened`` for the whole trace; by default where the
                running test began.
            until: Where to end: a mark or a message; now by default.
            bus: Alias of the bus; the current one by default.

        Returns:
            A list of IsoTp frames with ``data`` (bytes), ``is_complete``, ``problem``, ``is_rx``, ``size``,
            ``messages``, ``id``, and ``began_at`` and ``received_at`` in monotonic seconds.

        Raises:
            CanLibraryError: The address is not possible, or the mark is of another bus.

        Example:
        | `Open IsoTp Connection`    diag    txid=0x7E0    rxid=0x7E8
        | `Exchange IsoTp Frame`    22 F1 90
        | ${frames}=    `Get IsoTp Frames`    0x7E0    0x7E8    direction=Rx
        | Should Be Equal    ${frames[0].data[:3]}    ${{b'b' + bytes([0xF1, 0x90])}}
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
        pattern, asked = converted(data, Pattern, "data"), converted(direction, Direction, "direction")
        frames = session.reading.isotp_frames(seen, span, pattern, asked)
        tell_gone(span, session.alias)
        log_list(f"{plural(len(frames), 'IsoTp frame')} on bus '{session.alias}'{span.of}.", frames)
        return frames

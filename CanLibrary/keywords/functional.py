"""One request to all, and the answers of each."""

from datetime import timedelta

from robot.api import logger
from robot.api.deco import keyword

from CanLibrary.errors import ConfigurationError
from CanLibrary.formatting import hex_text, plural
from CanLibrary.keywords.support import bus_of, converted, log_list, seconds, tell
from CanLibrary.sessions.buses import Buses
from CanLibrary.types import NOT_GIVEN, CanId, FunctionalAnswer, Pattern, Payload, Responders

_TXID = "0x7DF"  # ISO 15765-4: functional requests with 11 bits
_PENDING = 5.0  # seconds, P2* of ISO 14229-2


class FunctionalRequestKeywords:
    """Keywords for functional requests."""

    def __init__(self, buses: Buses, timeout: float) -> None:
        self._buses = buses
        self._timeout = timeout

    @keyword("Send Functional IsoTp Request")
    def send_functional_isotp_request(
        self,
        data: Payload,
        *,
        txid: CanId = NOT_GIVEN,
        responders: Responders = NOT_GIVEN,
        count: int | None = None,
        reply: Pattern = NOT_GIVEN,
        within: timedelta | None = None,
        pending_within: timedelta | None = None,
        tx_padding: int | None = None,
        fd: bool = False,
        bus: str | None = None,
    ) -> list[FunctionalAnswer]:
        """Sends a functional request (to all ECUs) and returns the answer of each, in the order in which they came.

        No connection has to be open. Whoever is expected is waited for, and no longer; where nobody is expected, all
        that comes ``within`` the time is returned. What came before the request never counts. An answer of several
        messages gets the flow control that it needs, with the identifier of physical requests to that ECU; an open
        connection with this ``rxid`` on the same bus sends it instead, and receives the answer as well. A response
        pending (7F xx 78) is no answer, it prolongs the time for the one who says so.

        Args:
            data: The request, at most 7 bytes, or 62 with CAN FD: it is a single frame.
            txid: Identifier of the request; ``0x7DF`` by default, ``0x18DB33F1`` with 29 bits.
            responders: Who has to answer: a dictionary of names, or a list, of identifiers of answers such as
                ``0x7E8``, or of two, ``0x7E8 0x7E0``, where the second is that of physical requests. By default anybody
                whom ISO 15765-4 foresees: 0x7E8 to 0x7EF, with 29 bits 0x18DAF100 to 0x18DAF1FF.
            count: How many have to answer, where it is not known who.
            reply: Pattern of an answer, such as ``62 F1 90 *``; others are passed over, but the failure shows them. By
                default what answers the service of the request (ISO 14229-1), such as ``62 *`` and ``7F 22 *`` for
                ``22 F1 90``, and anything where the request is that of no service. ``*`` is anything in any case.
            within: How long after the request an answer may begin; by default the ``timeout`` of the import, 1 second.
            pending_within: How long after a response pending the next one, or the answer, may begin; 5 seconds by
                default. It takes the place of ``within`` then.
            tx_padding: Byte that fills up request and flow control, 0–0xFF; none by default.
            fd: Send them as CAN FD messages.
            bus: Alias of the bus; the current one by default.

        Returns:
            A list of answers with ``name`` (that of ``responders``, else the identifier as text), ``rxid``, ``data``
            (bytes), ``after`` and ``complete_after`` (seconds from the request to the first and the last message of
            the answer), and ``pending`` (how often it said response pending).

        Raises:
            AssertionError: Somebody who has to answer did not; the failure names who did not and what the others said.
            CanLibraryError: The request is not possible, or it is not known who could answer.

        Example:
        | `Start Simulated Ecu`    engine    txid=0x7EA    rxid=0x7E2    functional_id=0x7DF
        | `Simulated Ecu Answers Request`    engine    22 F1 90    62 F1 90 57 42 41 31 32 33 34 35 36 37
        | VAR    &{responders}    engine=0x7EA
        | ${answers}=    `Send Functional IsoTp Request`    22 F1 90    responders=${responders}
        | Should Be Equal    ${answers[0].name}    engine
        | Should Be Equal    ${answers[0].data[3:]}    ${{b'WBA1234567'}}
        """
        from CanLibrary.sessions.functional import FunctionalExchange, FunctionalRequest

        if responders is not NOT_GIVEN and count is not None:
            raise ConfigurationError(
                "responders= and count= exclude each other: who is known is counted already."
            )
        if count is not None and (count := converted(count, int, "count")) < 1:
            raise ConfigurationError(f"count={count} is not possible: it is 1 or more.")
        if (
            tx_padding is not None
            and not 0 <= (tx_padding := converted(tx_padding, int, "tx_padding")) <= 0xFF
        ):
            raise ConfigurationError(f"tx_padding={tx_padding} is not possible: it is 0 to 255.")
        request = FunctionalRequest(
            converted(data, Payload, "data"),
            converted(_TXID if txid is NOT_GIVEN else txid, CanId, "txid"),
            None if reply is NOT_GIVEN else converted(reply, Pattern, "reply"),
            () if responders is NOT_GIVEN else converted(responders, Responders, "responders"),
            count,
            seconds(within, self._timeout, "within"),
            seconds(pending_within, _PENDING, "pending_within"),
            converted(fd, bool, "fd"),
            tx_padding,
        )
        session = bus_of(self._buses, bus)
        exchange = FunctionalExchange(session, request)
        answers = exchange.run()
        tell(session)
        for unanswered in exchange.unanswered:
            logger.warn(
                f"Not an answer to '{hex_text(request.data, 16)}' on bus '{session.alias}': {unanswered}."
            )
        log_list(f"{plural(len(answers), 'answer')} on bus '{session.alias}'.", answers)
        return answers

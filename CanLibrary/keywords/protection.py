"""Counters and checksums in messages that came."""

from robot.api import logger
from robot.api.deco import keyword

from CanLibrary.errors import ConfigurationError
from CanLibrary.formatting import plural
from CanLibrary.keywords.support import bus_of, converted, given_mark
from CanLibrary.sessions.buses import Buses
from CanLibrary.types import NOT_GIVEN, CanId, CanMark, Direction
from CanLibrary.types.living_fields import ChecksumFields, CounterFields, E2EFields


class ProtectionKeywords:
    """Keywords that judge counters and checksums."""

    def __init__(self, buses: Buses) -> None:
        self._buses = buses

    @keyword
    def message_counter_should_be_alive(
        self,
        id: CanId,
        *,
        counter: CounterFields = NOT_GIVEN,
        e2e: E2EFields = NOT_GIVEN,
        tolerance: int = 0,
        direction: Direction = Direction.RX,
        since: CanMark = NOT_GIVEN,
        until: CanMark = NOT_GIVEN,
        bus: str | None = None,
    ) -> int:
        """Fails unless a counter went on from each message to the next, and returns how many messages were judged.

        It waits for none, and knows no time: silence, and the loss of a whole range of the counter, it does not see
        (see `Get Bus Statistics`). The counter is described as for `Start Periodic Message`; ``start`` does not matter.

        Args:
            id: Identifier of the messages.
            counter: A dictionary: ``byte`` or ``bit``, ``width`` in bits, ``byte_order``, ``step``, ``minimum``,
                ``maximum``.
            e2e: Instead of it a dictionary with the E2E profile whose counter is judged.
            tolerance: How many messages may be missing from one to the next; 0 by default.
            direction: ``Rx`` for what was received, ``Tx`` for what was sent by this library, ``ANY`` for both.
            since: Where to begin: a mark, after a message, or ``opened`` for the whole trace; by default where the
                running test began.
            until: Where to end: a mark or a message; now by default.
            bus: Alias of the bus; the current one by default.

        Raises:
            AssertionError: A step is wrong, the counter stands still, or there are fewer than 2 messages.
            CanLibraryError: The description is not possible, or the trace does not keep all that should be judged.

        Example:
        | VAR    &{counter}    byte=1    width=4
        | `Start Periodic Message`    0x1A0    00 00    period=5 ms    counter=&{counter}    name=speed
        | Sleep    50 ms
        | `Stop Periodic Message`    speed
        | `Message Counter Should Be Alive`    0x1A0    counter=&{counter}    direction=Tx
        """
        from CanLibrary.config.living import counter_of, e2e_of
        from CanLibrary.sessions.protection import counter_should_be_alive

        judged = _one_of("counter", counter, "e2e", e2e)
        described = counter_of(counter) if judged == "counter" else e2e_of(e2e).counter
        margin, asked = converted(tolerance, int, "tolerance"), converted(direction, Direction, "direction")
        session = bus_of(self._buses, bus)
        begin, end = given_mark(since), given_mark(until, "until")
        count = counter_should_be_alive(
            session, converted(id, CanId, "id"), described, margin, asked, begin, end
        )
        logger.info(f"The counter of {plural(count, 'message')} {id} on bus '{session.alias}' is alive.")
        return count

    @keyword
    def message_checksum_should_be_valid(
        self,
        id: CanId,
        *,
        checksum: ChecksumFields = NOT_GIVEN,
        e2e: E2EFields = NOT_GIVEN,
        direction: Direction = Direction.RX,
        since: CanMark = NOT_GIVEN,
        until: CanMark = NOT_GIVEN,
        bus: str | None = None,
    ) -> int:
        """Fails unless every message carries the right checksum, and returns how many messages were judged.

        It waits for none. The checksum is described as for `Start Periodic Message`.

        Args:
            id: Identifier of the messages.
            checksum: A dictionary: ``kind``, ``byte``, ``first``, ``last``, ``byte_order``.
            e2e: Instead of it a dictionary with the E2E profile: ``profile``, ``data_id`` or ``data_id_list``,
                ``offset``, ``mode``.
            direction: ``Rx`` for what was received, ``Tx`` for what was sent by this library, ``ANY`` for both.
            since: Where to begin: a mark, after a message, or ``opened`` for the whole trace; by default where the
                running test began.
            until: Where to end: a mark or a message; now by default.
            bus: Alias of the bus; the current one by default.

        Raises:
            AssertionError: A checksum is wrong, or there is no message.
            CanLibraryError: The description is not possible, the package autosar-e2e is missing, or the trace does
                not keep all that should be judged.

        Example:
        | VAR    &{checksum}    kind=CRC8_SAE_J1850    byte=0
        | `Start Periodic Message`    0x1A0    00 12 34    period=5 ms    checksum=&{checksum}    name=speed
        | Sleep    50 ms
        | `Stop Periodic Message`    speed
        | `Message Checksum Should Be Valid`    0x1A0    checksum=&{checksum}    direction=Tx
        """
        from CanLibrary.config.living import checksum_of, e2e_of
        from CanLibrary.sessions.protection import checksum_should_be_valid

        judged = _one_of("checksum", checksum, "e2e", e2e)
        described = checksum_of(checksum) if judged == "checksum" else e2e_of(e2e)
        asked = converted(direction, Direction, "direction")
        session = bus_of(self._buses, bus)
        begin, end = given_mark(since), given_mark(until, "until")
        count = checksum_should_be_valid(session, converted(id, CanId, "id"), described, asked, begin, end)
        logger.info(f"The checksum of {plural(count, 'message')} {id} on bus '{session.alias}' is valid.")
        return count


def _one_of(first: str, one: object, second: str, other: object) -> str:
    given = [name for name, value in ((first, one), (second, other)) if value not in (NOT_GIVEN, None)]
    if len(given) != 1:
        raise ConfigurationError(
            f"Give either {first}= or {second}=, which says what is judged and where it stands."
        )
    return given[0]

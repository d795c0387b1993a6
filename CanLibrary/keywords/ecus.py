"""Simulated ECUs: they answer, send periodically, and say what they received."""

from datetime import timedelta
from typing import Any

from robot.api import logger
from robot.api.deco import keyword

from CanLibrary.errors import ConfigurationError, joined
from CanLibrary.keywords.support import bus_of, converted, given_mark, given_values, log_list, seconds, tell
from CanLibrary.sessions.buses import Buses
from CanLibrary.simulation.ecus import SimulatedEcus
from CanLibrary.types import (
    NOT_GIVEN,
    AddressingMode,
    CanId,
    CanMark,
    CanMessage,
    CanMessagePattern,
    IsoTpAddressFields,
    Pattern,
    Payload,
)


class SimulatedEcuKeywords:
    """Keywords for simulated ECUs."""

    def __init__(self, buses: Buses, ecus: SimulatedEcus) -> None:
        self._buses = buses
        self._ecus = ecus

    @keyword
    def start_simulated_ecu(
        self,
        name: str,
        *,
        bus: str | None = None,
        txid: CanId = NOT_GIVEN,
        rxid: CanId = NOT_GIVEN,
        functional_id: CanId = NOT_GIVEN,
        addressing_mode: AddressingMode = NOT_GIVEN,
        target_address: int | None = None,
        source_address: int | None = None,
        physical_id: CanId = NOT_GIVEN,
        address_extension: int | None = None,
        tx_addr: IsoTpAddressFields = NOT_GIVEN,
        rx_addr: IsoTpAddressFields = NOT_GIVEN,
        stmin: int | None = None,
        blocksize: int | None = None,
        tx_data_length: int | None = None,
        tx_data_min_length: int | None = None,
        override_receiver_stmin: float | None = None,
        rx_flowcontrol_timeout: int | None = None,
        rx_consecutive_frame_timeout: int | None = None,
        tx_padding: int | None = None,
        wftmax: int | None = None,
        max_frame_size: int | None = None,
        can_fd: bool | None = None,
        bitrate_switch: bool | None = None,
    ) -> str:
        """Starts a simulated ECU on an open bus, beside the test, and returns its name.

        It is one more participant: it hears what the test, others and other simulated ECUs send, and what it
        sends is received by the test and by everybody on the bus, on any interface. It does what the YAML file of
        the import describes under its name (``simulation:``), and what `Simulated Ecu Answers Request` and
        `Simulated Ecu Answers Message` add. It ends with its bus, or with the test or suite that started it.

        An address makes it answer ISO-TP requests: its ``txid`` is the tester's ``rxid``. The fields of the address
        and the parameters are those of `Open IsoTp Connection`, where they are explained; given here, they go before
        those of the file.

        Args:
            name: Its name: one that the file describes, or a new one.
            bus: Alias of the bus; that of the file, or the current one by default.
            txid: Identifier that it sends with.
            rxid: Identifier of physical requests, to this ECU alone.
            functional_id: Identifier of functional requests, to all ECUs, such as ``0x7DF``: the whole identifier, not
                bits 28–16 of it. It answers them with its physical address.
            addressing_mode: By default ``Normal_11bits`` or ``Normal_29bits``, as the identifiers are.
            target_address: N_TA, the address of the tester.
            source_address: N_SA, its own address.
            physical_id: Bits 28–16 of physical requests in fixed and mixed (29 bits) addressing.
            address_extension: N_AE, one byte, for mixed addressing.
            tx_addr: Sending side of an asymmetric address, a dictionary of these fields.
            rx_addr: Receiving side of an asymmetric address, a dictionary of these fields.
            stmin: Separation time asked of the sender: 0–127 ms, 0xF1–0xF9 = 100–900 µs. Default 0.
            blocksize: Consecutive frames until the next flow control, 0–255; 0: never again. Default 8.
            tx_data_length: Longest message sent: 8, or with ``can_fd`` 12, 16, 20, 24, 32, 48, 64. Default 8.
            tx_data_min_length: Shortest message sent, padded; 1–8, 12 … 64. Default none.
            override_receiver_stmin: Seconds between consecutive frames, whatever the tester asks.
            rx_flowcontrol_timeout: Milliseconds to wait for a flow control (N_Bs). Default 1000.
            rx_consecutive_frame_timeout: Milliseconds to wait for a consecutive frame (N_Cr). Default 1000.
            tx_padding: Padding byte, 0–0xFF. Default none.
            wftmax: Flow control wait frames tolerated, 0–255. Default 0.
            max_frame_size: Largest request accepted, in bytes. Default 4095.
            can_fd: Send CAN FD messages. Default False.
            bitrate_switch: CAN FD bit rate switch; needs ``can_fd``. Default False.

        Raises:
            CanLibraryError: It runs already, or its address is not possible on this bus.

        Example:
        | `Start Simulated Ecu`    engine    txid=0x7EA    rxid=0x7E2    functional_id=0x7DF
        | `Simulated Ecu Answers Request`    engine    22 F1 90    62 F1 90 57 42 41
        | `Open IsoTp Connection`    tester    txid=0x7E2    rxid=0x7EA
        | `Exchange IsoTp Frame`    22 F1 90    reply=62 F1 90 *
        """
        params = given_values(
            stmin=stmin,
            blocksize=blocksize,
            tx_data_length=tx_data_length,
            tx_data_min_length=tx_data_min_length,
            override_receiver_stmin=override_receiver_stmin,
            rx_flowcontrol_timeout=rx_flowcontrol_timeout,
            rx_consecutive_frame_timeout=rx_consecutive_frame_timeout,
            tx_padding=tx_padding,
            wftmax=wftmax,
            max_frame_size=max_frame_size,
            can_fd=can_fd,
            bitrate_switch=bitrate_switch,
        )
        isotp = given_values(
            txid=txid,
            rxid=rxid,
            functional_id=functional_id,
            addressing_mode=addressing_mode,
            target_address=target_address,
            source_address=source_address,
            physical_id=physical_id,
            address_extension=address_extension,
            tx_addr=tx_addr,
            rx_addr=rx_addr,
            params=params or None,
        )
        return self._start(name, given_values(bus=bus, isotp=isotp or None))

    def _start(self, name: str, given: dict[str, Any]) -> str:
        description = self._ecus.description(name, given)
        session = bus_of(self._buses, description.bus)
        return self._ecus.start(description, session).name

    @keyword
    def start_simulated_ecus(self) -> list[str]:
        """Starts all simulated ECUs of the YAML file that do not run yet, and returns their names.

        Raises:
            CanLibraryError: The file describes none, or one cannot be started.

        Example:
        | TRY
        |     `Start Simulated Ecus`
        | EXCEPT    *no simulated ECU*    type=GLOB
        |     Log    This example has no YAML file.
        | END
        """
        if not self._ecus.described:
            raise ConfigurationError(
                "The configuration describes no simulated ECU: write them under simulation: in the file of config=."
            )
        waiting = [name for name in self._ecus.described if name not in self._ecus.running]
        return [self._start(name, {}) for name in waiting]

    @keyword
    def stop_simulated_ecu(self, name: str) -> None:
        """Stops a simulated ECU, its answers that are still to come and its periodic messages; twice is fine.

        Args:
            name: Its name.

        Raises:
            CanLibraryError: There was no such ECU, or something went wrong in it that no keyword told.

        Example:
        | `Start Simulated Ecu`    engine    txid=0x7EA    rxid=0x7E2
        | `Stop Simulated Ecu`    engine
        """
        self._told(self._ecus.stop(name))

    @keyword
    def stop_all_simulated_ecus(self) -> None:
        """Stops all simulated ECUs.

        Raises:
            CanLibraryError: Something went wrong in one of them that no keyword told. All are stopped.

        Example:
        | `Start Simulated Ecu`    engine    txid=0x7EA    rxid=0x7E2
        | `Stop All Simulated Ecus`
        """
        self._told(self._ecus.close_all())

    def _told(self, untold: list[Exception]) -> None:
        tell(self._ecus)
        if untold:
            raise joined(untold)

    @keyword
    def get_simulated_ecus(self) -> list[dict[str, Any]]:
        """Returns the simulated ECUs that run: a list of dictionaries.

        Returns:
            For each ECU ``name``, ``bus``, ``address`` and ``functional_address`` (text, empty where it has none),
            ``periodic`` (the handles of its periodic messages) and ``owner`` (the test or suite with which it ends).

        Example:
        | `Start Simulated Ecu`    engine    txid=0x7EA    rxid=0x7E2
        | ${ecus}=    `Get Simulated Ecus`
        | Should Be Equal    ${ecus}[-1][name]    engine
        """
        return [
            {
                "name": name,
                "bus": ecu.session.alias,
                "address": str(ecu.description.address or ""),
                "functional_address": str(getattr(ecu.description.functional, "rx_addr", "")),
                "periodic": list(ecu.periodic),
                "owner": ecu.owner.test or ecu.owner.suite,
            }
            for name, ecu in self._ecus.running.items()
        ]

    @keyword
    def simulated_ecu_answers_request(
        self,
        name: str,
        request: Pattern,
        *responses: Payload,
        delay: timedelta | None = None,
        pending: int = 0,
        pending_gap: timedelta | None = None,
        count: int | None = None,
    ) -> None:
        """Lets a simulated ECU answer an ISO-TP request from now on.

        A later rule goes before an earlier one, also before those of the YAML file: so a test can say that this time
        the ECU refuses. A request that no rule matches gets no answer, and its log says so. Nothing is made up: the
        responses are sent as they are given, also where ISO 14229 would have another one, or a longer one.

        Args:
            name: The ECU.
            request: Pattern of the request, such as ``22 F1 90`` or ``31 01 *``.
            responses: What it answers, one after the other; none for silence.
            delay: How long it waits before the first; not at all by default.
            pending: How often it says first that the response is pending, ``7F xx 78`` with the first byte of the
                request for xx.
            pending_gap: The time from one of these to the next, and to the response; 50 ms by default.
            count: How often the rule counts; always by default. After that, the earlier rules count again.

        Raises:
            CanLibraryError: No such ECU runs, it has no ISO-TP address, or the rule is not possible.

        Example:
        | `Start Simulated Ecu`    gearbox    txid=0x7EA    rxid=0x7E2
        | `Simulated Ecu Answers Request`    gearbox    22 F1 90    62 F1 90 57 42 41
        | `Simulated Ecu Answers Request`    gearbox    31 01 *    71 01 00    pending=2    pending_gap=20 ms
        | `Simulated Ecu Answers Request`    gearbox    3E 80
        | `Simulated Ecu Answers Request`    gearbox    22 F1 90    7F 22 21    count=1
        """
        ecu = self._ecus.get_running(name)
        if ecu.isotp.physical is None:
            raise ConfigurationError(
                f"Simulated ECU '{name}' has no ISO-TP address: start it with txid= and rxid=."
            )
        given = given_values(
            request=request, delay=delay, pending=pending, pending_gap=pending_gap, count=count
        )
        from CanLibrary.config.ecu_rules import request_rule

        rule = request_rule({**given, "response": list(responses)})
        bus_of(self._buses, ecu.session.alias)
        ecu.requests.add(rule)

    @keyword
    def simulated_ecu_answers_message(
        self,
        name: str,
        when: CanMessagePattern,
        *answers: CanMessage,
        delay: timedelta | None = None,
        count: int | None = None,
    ) -> None:
        """Lets a simulated ECU answer a message from now on.

        A later rule goes before an earlier one, also before those of the YAML file. A message that no rule matches
        gets no answer. For ISO-TP there is `Simulated Ecu Answers Request`.

        Args:
            name: The ECU.
            when: The message: its identifier or ``*``, then, after one blank, a pattern for its data if not any will
                do.
            answers: What it sends then, one after the other: candump text such as ``124#0200`` or messages; none for
                silence.
            delay: How long it waits before the first; not at all by default.
            count: How often the rule counts; always by default. After that, the earlier rules count again.

        Raises:
            CanLibraryError: No such ECU runs, or the rule is not possible.

        Example:
        | `Start Simulated Ecu`    doors
        | `Simulated Ecu Answers Message`    doors    0x123 01 *    124#0200    delay=5 ms
        | `Exchange Can Message`    0x123    01 FF    reply_id=0x124
        """
        ecu = self._ecus.get_running(name)
        given = given_values(when=when, delay=delay, count=count)
        from CanLibrary.config.ecu_rules import message_rule

        rule = message_rule({**given, "answer": list(answers)})
        bus_of(self._buses, ecu.session.alias)
        ecu.messages.add(rule)
        ecu.rules_changed()

    @keyword
    def simulated_ecu_should_have_received(
        self,
        name: str,
        request: Pattern = NOT_GIVEN,
        *,
        message: CanMessagePattern = NOT_GIVEN,
        count: int | None = None,
        within: timedelta | None = None,
        since: CanMark = NOT_GIVEN,
    ) -> int:
        """Fails unless a simulated ECU has received an ISO-TP request or a message; returns how often it did.

        Args:
            name: The ECU; one that has stopped can still be asked, and one that was started again on the same bus
                still knows what it received before.
            request: Pattern of a request, such as ``22 F1 90`` or ``31 01 *``; it is found whether it was answered or
                not.
            message: Instead of a request a message: its identifier or ``*``, then, after one blank, a pattern for its
                data if not any will do. An ECU receives all that others send on its bus.
            count: Exactly how often, from 0; at least once by default.
            within: How long from now it may still come; not at all by default. With ``count`` the whole time is waited
                for, and it fails as soon as there is one too many.
            since: Where to begin: a mark, after a message, or ``opened``; by default where the running test began.

        Raises:
            AssertionError: It has received it too seldom, or too often; the failure says what it did receive.
            CanLibraryError: There was no such ECU, or nobody can know any more.

        Example:
        | `Start Simulated Ecu`    gearbox    txid=0x7EA    rxid=0x7E2
        | `Send Can Message`    0x123    01 02
        | `Simulated Ecu Should Have Received`    gearbox    message=0x123 01 *
        | `Open IsoTp Connection`    tester    txid=0x7E2    rxid=0x7EA
        | `Send IsoTp Frame`    3E 80
        | `Simulated Ecu Should Have Received`    gearbox    3E 80    within=1 s
        | `Simulated Ecu Should Have Received`    gearbox    3E 80    count=1    within=100 ms
        """
        ecu = self._ecus.get(name)
        if bool(request is NOT_GIVEN) == bool(message is NOT_GIVEN):
            raise ConfigurationError(
                "Say what it should have received: a request such as 22 F1 90, or message=0x123 01 *."
            )
        from CanLibrary.simulation.received import Wanted, should_have_received

        wanted = Wanted(
            converted(request, Pattern, "request")
            if message is NOT_GIVEN
            else converted(message, CanMessagePattern, "message")
        )
        times = None if count is None else converted(count, int, "count")
        if times is not None and times < 0:
            raise ConfigurationError(f"count={times} is not possible: it is 0 or more.")
        if not ecu.stopped:
            bus_of(self._buses, ecu.session.alias)
        span = ecu.session.reading.span(given_mark(since))
        return should_have_received(ecu, wanted, span, times, seconds(within, 0.0, "within"))

    @keyword
    def get_simulated_ecu_log(self, name: str, *, since: CanMark = NOT_GIVEN) -> list[Any]:
        """Returns what a simulated ECU heard, answered and met, oldest first.

        Args:
            name: The ECU; one that has stopped can still be asked.
            since: Where to begin: a mark, after a message, or ``opened``; by default where the running test began.

        Returns:
            A list of objects with ``kind`` (``request`` or ``message`` for what it heard, ``response`` or ``answer``
            for what it sent, ``problem``), ``time`` (seconds since it was started), ``data`` (the payload),
            ``message``, ``functional`` and ``note``, which says what became of it: ``unanswered``, ``silence``, or why
            it did not get through. They print as ``0.012 s  request 22 F1 90``. Of messages only those are there for
            which it has a rule.

        Example:
        | `Start Simulated Ecu`    doors
        | `Simulated Ecu Answers Message`    doors    0x123 01 *    124#0200
        | `Exchange Can Message`    0x123    01 FF    reply_id=0x124
        | ${log}=    `Get Simulated Ecu Log`    doors
        | Should Be Equal    ${log[0].kind}    message
        """
        ecu = self._ecus.get(name)
        if not ecu.stopped:
            bus_of(self._buses, ecu.session.alias)
            ecu.settle()
        span = ecu.session.reading.span(given_mark(since))
        with ecu.log.changed:
            events = ecu.log.events(span)
            whole = ecu.log.is_whole(span, messages=False)
        if not whole:
            logger.warn(f"The log of simulated ECU '{name}' was full: the oldest entries are gone.")
        log_list(f"Log of simulated ECU '{name}'{span.of}:", events)
        return events

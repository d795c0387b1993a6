"""ISO-TP: both ends ours beside both ends `isotp.NotifierBasedCanStack`."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from measure import Limit, Measurement, Row, interleaved, say

PAYLOADS = {5: 400, 62: 200, 4095: 4}  # size: how many payloads in one measurement
EXCHANGES = 100
KINDS = {"CAN": {}, "CAN FD": {"can_fd": True, "tx_data_length": 64}}
Send, Receive = Callable[[bytes], object], Callable[[], bytes]
Ends = tuple[Send, Receive, Send, Receive]  # of the tester and of the ECU


@contextmanager
def ours(params: dict[str, object]) -> Iterator[Ends]:
    """Two connections, each on a bus of its own, called as keywords are called."""
    from CanLibrary import CanId, CanLibrary

    library = CanLibrary(auto_close="MANUAL")
    ids = (CanId("0x7E0"), CanId("0x7E8"))
    for name, (txid, rxid) in {"tester": ids, "ecu": ids[::-1]}.items():
        library.open_can_bus(name, interface="virtual", channel=1)
        library.open_isotp_connection(name, txid=txid, rxid=rxid, bus=name, **params)

    def send(name: str) -> Send:
        return functools.partial(library.send_isotp_frame, connection=name)

    def receive(name: str) -> Receive:
        return functools.partial(library.receive_isotp_frame, connection=name)

    try:
        yield send("tester"), receive("tester"), send("ecu"), receive("ecu")
    finally:
        library.close()


@contextmanager
def theirs(params: dict[str, object]) -> Iterator[Ends]:
    """Two stacks, each with a bus and a Notifier of its own, as can-isotp's documentation has it."""
    import can
    import isotp

    closing: list[Callable[[], object]] = []
    stacks = []
    for ids in ({"txid": 0x7E0, "rxid": 0x7E8}, {"txid": 0x7E8, "rxid": 0x7E0}):
        bus = can.Bus(interface="virtual", channel=2, ignore_config=True)
        notifier = can.Notifier(bus, [])
        # Their default of blocksize is 8 as well, of stmin 0.
        stack = isotp.NotifierBasedCanStack(bus, notifier, address=isotp.Address(**ids), params=params)
        stack.start()
        stacks.append(stack)
        closing += [stack.stop, notifier.stop, bus.shutdown]

    def receive(stack: isotp.NotifierBasedCanStack) -> Receive:
        return lambda: stack.recv(block=True, timeout=10)

    tester, ecu = stacks
    try:
        yield tester.send, receive(tester), ecu.send, receive(ecu)
    finally:
        for close in closing:
            close()


def throughput(ends: Ends, size: int, count: int) -> Measurement:
    """Return a measurement of payload bytes per second: all sends first, they queue up, then all are received."""
    from CanLibrary import Payload

    send, _, _, receive = ends
    payload = Payload(bytes(number & 0xFF for number in range(size)))  # bytes, as a keyword is given them

    def measurement() -> float:
        begun = time.perf_counter()
        for _ in range(count):
            send(payload)
        for _ in range(count):
            assert receive() == payload
        return size * count / (time.perf_counter() - begun)

    return measurement


def exchange(ends: Ends) -> Measurement:
    """Return a measurement of one request of 3 bytes and its reply of 20 bytes, in microseconds."""
    from CanLibrary import Payload

    send, receive, answer, receive_request = ends
    request, reply = Payload(bytes(3)), Payload(bytes(20))

    def measurement() -> float:
        begun = time.perf_counter()
        for _ in range(EXCHANGES):
            send(request)
            receive_request()
            answer(reply)
            receive()
        return (time.perf_counter() - begun) / EXCHANGES * 1e6

    return measurement


def rows(rounds: int) -> list[Row]:
    """Return the rows of CAN and of CAN FD."""
    rounds = max(rounds, 21)  # turns of threads differ more from round to round than what is measured
    found = []
    for kind, params in KINDS.items():
        say(f"  {kind}")
        with ours(params) as our_ends, theirs(params) as their_ends:
            for size, count in PAYLOADS.items():
                results = interleaved(
                    rounds, *(throughput(ends, size, count) for ends in (our_ends, their_ends))
                )
                name = f"ISO-TP throughput, {size} bytes, {kind}"
                found.append(Row(name, "NotifierBasedCanStack", "B/s", *results, Limit(0.95, at_least=True)))
            results = interleaved(rounds, exchange(our_ends), exchange(their_ends))
            found.append(
                Row(f"ISO-TP exchange, 3 + 20 bytes, {kind}", "NotifierBasedCanStack", "µs", *results)
            )
    return found

"""An exported bus: our interface on our driver, and on the published one, beside the published client.

Real exporters on a unix socket and behind TLS, virtual buses behind them. All ends are in this process, so that who
receives shares one interpreter with who sends. Every message is checked: its data count.
"""

from __future__ import annotations

import contextlib
import functools
import shutil
import threading
import time
from collections.abc import Iterator
from typing import Any

from exporters import exporter, tls_exporter, why_not
from measure import Limit, Measurement, Row, interleaved, say

FEW, MANY, ALL = 200, 10_000, 100_000  # messages one by one; in batches; the check that nothing is lost
SIZE = 4095


def message(number: int) -> Any:
    """Return a message that carries its number."""
    import can

    return can.Message(arbitration_id=number & 0x7FF, data=number.to_bytes(4, "big"), is_extended_id=False)


def wrong(bus: Any, count: int) -> int:
    """Receive messages and return how many are missing or out of order."""
    received = [bus.recv(20) for _ in range(count)]
    return sum(
        each is None or int.from_bytes(each.data, "big") != number for number, each in enumerate(received)
    )


def sending(bus: Any, listener: Any, count: int) -> Measurement:
    """Return a measurement of messages sent per second; the last one is out."""

    def measurement() -> float:
        messages = [message(number) for number in range(count)]
        begun = time.perf_counter()
        for each in messages:
            bus.send(each)
        if hasattr(bus, "wait_until_sent"):
            bus.wait_until_sent()
        rate = count / (time.perf_counter() - begun)
        assert not wrong(listener, count)
        return rate

    return measurement


def receiving(bus: Any, partner: Any, count: int) -> Measurement:
    """Return a measurement of messages received per second, from the moment when the partner begins to send."""

    def measurement() -> float:
        messages = [message(number) for number in range(count)]
        sender = threading.Thread(target=partner.send_batch, args=(messages,))
        begun = time.perf_counter()
        sender.start()
        failures = wrong(bus, count)
        rate = count / (time.perf_counter() - begun)
        sender.join()
        assert not failures
        return rate

    return measurement


def both_ways_at_once(one: Any, other: Any) -> float:
    """Return how many messages were lost or out of order, when both ends send to each other."""
    messages = [message(number) for number in range(ALL)]
    senders = [threading.Thread(target=bus.send_batch, args=(messages,)) for bus in (one, other)]
    begun = time.perf_counter()
    for sender in senders:
        sender.start()
    failures = float(wrong(one, ALL) + wrong(other, ALL))
    for sender in senders:
        sender.join()
    say(f"  {2 * ALL:,} messages, both ways at once: {2 * ALL / (time.perf_counter() - begun):,.0f} /s")
    return failures


@contextlib.contextmanager
def transfer(one: str, other: str) -> Iterator[Measurement]:
    """Return a measurement of one long payload by can-isotp on two exported buses, in milliseconds."""
    from CanLibrary import CanId, CanLibrary, Payload

    library = CanLibrary(auto_close="MANUAL")
    ids = (CanId("0x7E0"), CanId("0x7E8"))
    for name, driver, (txid, rxid) in (("tester", one, ids), ("ecu", other, ids[::-1])):
        library.open_can_bus(name, interface="jumpstarter", channel=driver)
        library.open_isotp_connection(name, txid=txid, rxid=rxid, bus=name)
    payload = Payload(bytes(number & 0xFF for number in range(SIZE)))

    def measurement() -> float:
        begun = time.perf_counter()
        library.send_isotp_frame(payload, connection="tester")
        assert library.receive_isotp_frame(timeout=60, connection="ecu") == payload
        return (time.perf_counter() - begun) * 1e3

    try:
        yield measurement
    finally:
        library.close()


def rows(rounds: int) -> list[Row]:
    """Return the rows of messages and of ISO-TP, or none where Jumpstarter is missing."""
    if reason := why_not():
        say(f"  not measured: {reason}")
        return []
    with exporter():
        found = [*message_rows(rounds, "exported bus"), *isotp_rows(rounds)]
    if shutil.which("openssl") is None:
        say("  not measured behind TLS: openssl, which makes the certificate, is missing.")
        return found
    with tls_exporter():
        return found + message_rows(rounds, "exported bus behind TLS")


def message_rows(rounds: int, where: str) -> list[Row]:
    """Return the rows of messages per second."""
    import can
    from jumpstarter.utils.env import env

    bus = functools.partial(can.Bus, interface="jumpstarter", ignore_config=True)
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(env()).children["published"]
        plain, helper, ours, far = (
            stack.enter_context(bus(channel=name)) for name in ("partner", "helper", "ours", "far")
        )
        sent = interleaved(
            rounds, sending(ours, far, MANY), sending(plain, helper, FEW), sending(client, helper, FEW)
        )
        while client.recv(0) or plain.recv(0):
            pass  # what the others sent to each other
        received = interleaved(
            rounds,
            receiving(ours, far, MANY),
            drained(receiving(plain, helper, FEW), client),
            drained(receiving(client, helper, FEW), plain),
        )
        lost = both_ways_at_once(ours, far)
        client._is_shutdown = True  # its `shutdown` would shut the exporter's bus down; without, it complains
    found = []
    for what, (in_batches, one_by_one, theirs) in (("sent", sent), ("received", received)):
        limit = Limit(10, at_least=True)
        found.append(
            Row(f"{where}, {what}, our driver", "its published client", "/s", in_batches, theirs, limit)
        )
        found.append(
            Row(f"{where}, {what}, published driver", "its published client", "/s", one_by_one, theirs)
        )
    check = f"{where}, {ALL:,} messages each way at once: lost or out of order"
    return [*found, Row(check, "", "messages", [lost], [], Limit(0), difference=True)]


def drained(measurement: Measurement, other: Any) -> Measurement:
    """Return a measurement after which another bus, which heard the same, is empty."""

    def measure_and_drain() -> float:
        value = measurement()
        while other.recv(0) is not None:
            pass
        return value

    return measure_and_drain


def isotp_rows(rounds: int) -> list[Row]:
    """Return the row of one long payload."""
    with transfer("ours", "far") as together, transfer("published", "partner") as one_by_one:
        results = interleaved(rounds, together, one_by_one)
    name = f"ISO-TP on an exported bus, {SIZE} bytes, our driver"
    return [Row(name, "published driver", "ms", *results)]

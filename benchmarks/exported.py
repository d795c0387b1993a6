"""An exported bus: our interface on our driver, and on the published one, beside the published client.

One real exporter on a unix socket, virtual buses behind it. All ends are in this process, so that who receives shares
one interpreter with who sends. Every message is checked: its data count.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measure import Limit, Measurement, Row, interleaved, say

FEW, MANY, ALL = 200, 10_000, 100_000  # messages one by one; in batches; the check that nothing is lost
SIZE = 4095
EXPORTER = """\
apiVersion: jumpstarter.dev/v1alpha1
kind: ExporterConfig
metadata: {namespace: default, name: bench}
endpoint: ""
token: ""
export:
  published: {type: jumpstarter_driver_can.driver.Can, config: {interface: virtual, channel: 1}}
  partner: {type: jumpstarter_driver_can.driver.Can, config: {interface: virtual, channel: 1}}
  helper: {type: CanLibrary.exporter.Can, config: {interface: virtual, channel: 1}}
  ours: {type: CanLibrary.exporter.Can, config: {interface: virtual, channel: 2}}
  far: {type: CanLibrary.exporter.Can, config: {interface: virtual, channel: 2}}
"""


@contextlib.contextmanager
def exporter(jmp: str) -> Iterator[None]:
    """Start an exporter and let JUMPSTARTER_HOST name it, for this process."""
    told = "import os, sys; print(os.environ['JUMPSTARTER_HOST'], flush=True); sys.stdin.read()"
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "exporter.yaml")
        config.write_text(EXPORTER)
        shell = subprocess.Popen(
            [jmp, "shell", "--exporter-config", str(config), "--", sys.executable, "-c", told],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert shell.stdin is not None
        assert shell.stdout is not None
        os.environ["JUMPSTARTER_HOST"] = shell.stdout.readline().strip()
        os.environ["JMP_DRIVERS_ALLOW"] = "UNSAFE"  # as jmp shell sets it for the published client
        try:
            yield
        finally:
            shell.stdin.close()
            shell.stdout.close()
            shell.wait()


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


def why_not() -> str:
    """Return what is missing, or nothing."""
    from CanLibrary.jumpstarter.session import why_missing

    if missing := why_missing():
        return missing
    return "" if command() else "The command jmp is missing; install it with 'pip install jumpstarter-cli'."


def command() -> str | None:
    """Return where the command jmp is."""
    folders = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    return shutil.which("jmp", path=os.pathsep.join(folders))


def rows(rounds: int) -> list[Row]:
    """Return the rows of messages and of ISO-TP, or none where Jumpstarter is missing."""
    if reason := why_not():
        say(f"  not measured: {reason}")
        return []
    with exporter(str(command())):
        return [*message_rows(rounds), *isotp_rows(rounds)]


def message_rows(rounds: int) -> list[Row]:
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
            Row(f"exported bus, {what}, our driver", "its published client", "/s", in_batches, theirs, limit)
        )
        found.append(
            Row(f"exported bus, {what}, published driver", "its published client", "/s", one_by_one, theirs)
        )
    check = f"exported bus, {ALL:,} messages each way at once: lost or out of order"
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

"""Two buses full of messages, with waits and ISO-TP exchanges going on: is anything lost, and does memory stay flat?

python benchmarks/endurance.py                            10,000 messages/s on each bus, for 60 seconds
python benchmarks/endurance.py --seconds 10 --rate 2000   less

All is in one process: the senders, raw python-can buses of a foreign node on each channel, take their time from the
same cores and the same interpreter lock as what is measured. Each message carries a number, so that a lost one shows.
The trace is so small that it is full after a third of the time; memory counts from then on. It ends with 1 if a message
was lost, if a wait or an exchange failed, or if memory grew.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from measure import machine, say
from memory import resident

BURST = 0.002  # seconds from one handful of messages to the next: a bus is not more even than that
HEARTBEAT, EVERY = 0x700, 100  # each hundredth message is one to wait for
FLOOD_IDS = 200
GROWTH = 5.0  # MB that memory may grow while the traces are full
TXID, RXID = 0x7E0, 0x7E8


@dataclass
class Node:
    """A foreign node: it floods its channel, and answers ISO-TP requests."""

    alias: str
    rate: int
    sent: int = 0
    isotp_sent: int = 0
    heard: int = 0
    busy: float = 0.0  # seconds of processor time
    late: float = 0.0
    stopping: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self, channel: str) -> None:
        """Open its bus and start to answer; it floods when `flood` is called."""
        import can
        import isotp

        self.bus = can.Bus(interface="virtual", channel=channel, ignore_config=True)

        def receive(timeout: float) -> Any:
            message = self.bus.recv(timeout)
            if message is not None:
                self.heard += 1
            return message and isotp.CanMessage(
                arbitration_id=message.arbitration_id,
                data=message.data,
                extended_id=message.is_extended_id,
            )

        def send(message: Any) -> None:
            self.isotp_sent += 1
            self.bus.send(
                can.Message(
                    arbitration_id=message.arbitration_id,
                    is_extended_id=message.is_extended_id,
                    data=message.data,
                )
            )

        self.stack = isotp.TransportLayer(
            rxfn=receive, txfn=send, address=isotp.Address(txid=RXID, rxid=TXID)
        )
        self.stack.start()
        self._thread(self._answer)

    def flood(self) -> None:
        """Begin to send."""
        self._thread(self._flood)

    def _thread(self, target: Any) -> None:
        self.threads.append(threading.Thread(target=target, name=f"node {self.alias}", daemon=True))
        self.threads[-1].start()

    def _answer(self) -> None:
        while not self.stopping.is_set():
            request = self.stack.recv(block=True, timeout=0.1)
            if request is not None:
                self.stack.send(bytes([request[0] | 0x40]) + bytes(30))

    def _flood(self) -> None:
        import can

        message = can.Message(is_extended_id=False, dlc=8, data=bytes(8))
        handful = max(round(self.rate * BURST), 1)
        due = time.monotonic()
        while not self.stopping.is_set():
            for _ in range(handful):
                number = self.sent
                message.arbitration_id = HEARTBEAT if number % EVERY == 0 else number % FLOOD_IDS
                message.data = number.to_bytes(8, "big")
                self.bus.send(message)
                self.sent = number + 1
            due += handful / self.rate
            left = due - time.monotonic()
            if left > 0:
                time.sleep(left)
            else:
                self.late = max(self.late, -left)
        self.busy = time.thread_time()

    def stop(self) -> None:
        """Send nothing more."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(10)
        self.stack.stop()


@dataclass
class Seen:
    """What the main thread did meanwhile."""

    waits: int = 0
    exchanges: int = 0
    longest_wait: float = 0.0
    longest_exchange: float = 0.0
    failures: list[str] = field(default_factory=list)
    backlog: int = 0  # messages that waited in a driver's queue at most
    memory: list[float] = field(default_factory=list)  # MB, each tenth of a second since both traces are full

    def halves(self) -> tuple[float, float]:
        """Return the most memory in the first half of the time with full traces, and in the second."""
        half = len(self.memory) // 2
        return max(self.memory[:half], default=0.0), max(self.memory[half:], default=0.0)


def work(library: Any, nodes: list[Node], seconds: float) -> Seen:
    """Wait and exchange on both buses in turns until the time is over."""
    from CanLibrary import CanId, Payload
    from CanLibrary.types import CanIdPattern, Pattern

    seen, heartbeat, any_data = Seen(), CanIdPattern(CanId(HEARTBEAT)), Pattern("*")
    traffics = [library._buses.registry.get(node.alias).traffic for node in nodes]
    request = Payload(bytes([0x22]) + bytes(19))
    look, ends = 0.0, time.monotonic() + seconds
    while time.monotonic() < ends:
        for node in nodes:
            begun = time.monotonic()
            try:
                library.wait_for_can_message(heartbeat, any_data, bus=node.alias)
                seen.waits += 1
                waited = time.monotonic()
                seen.longest_wait = max(seen.longest_wait, waited - begun)
                reply = library.exchange_isotp_frame(request, connection=node.alias)
                assert reply == bytes([0x62]) + bytes(30)
                seen.exchanges += 1
                seen.longest_exchange = max(seen.longest_exchange, time.monotonic() - waited)
            except Exception as error:  # noqa: BLE001 - told at the end
                seen.failures.append(f"{type(error).__name__}: {error}")
            bus = library._buses.registry.get(node.alias).bus
            seen.backlog = max(seen.backlog, bus.queue.qsize())
        if time.monotonic() > look and all(traffic.trace.first for traffic in traffics):
            seen.memory.append(resident())
            look = time.monotonic() + 0.1
    return seen


def lost(library: Any, node: Node) -> int:
    """Return how many messages are not in the trace, or stand in it in the wrong order."""
    library.set_can_mark(bus=node.alias)  # all that was sent is recorded now
    trace = library._buses.registry.get(node.alias).traffic.trace
    missing = node.sent + node.isotp_sent + node.heard - trace.end
    numbers = [
        int.from_bytes(trace.data(position), "big")
        for position in range(trace.first, trace.end)
        if trace.key(position) not in (TXID, RXID)
    ]
    gaps = sum(later != earlier + 1 for earlier, later in itertools.pairwise(numbers))
    return abs(missing) + gaps + (numbers[-1] != node.sent - 1)


def main() -> int:
    """Run it and tell; 1 if anything is not as it should be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60, help="how long (60)")
    parser.add_argument("--rate", type=int, default=10_000, help="messages per second on each bus (10,000)")
    arguments = parser.parse_args()
    seconds, rate = arguments.seconds, arguments.rate

    from CanLibrary import CanId, CanLibrary

    capacity = max(round(rate * seconds / 3), 1000)
    library = CanLibrary(auto_close="MANUAL", timeout=10, trace_size=capacity)
    nodes = [Node("body", rate), Node("chassis", rate)]
    with contextlib.ExitStack() as stack:
        stack.callback(library.close)
        for node in nodes:
            channel = f"endurance-{node.alias}"
            library.open_can_bus(node.alias, interface="virtual", channel=channel)
            library.open_isotp_connection(node.alias, txid=CanId(TXID), rxid=CanId(RXID), bus=node.alias)
            node.start(channel)
            stack.callback(node.bus.shutdown)
        say(f"  {rate:,} messages/s on each of two buses for {seconds:g} s; each trace keeps {capacity:,}")
        begun, processor = time.monotonic(), time.process_time()
        for node in nodes:
            node.flood()
        seen = work(library, nodes, seconds)
        lasted, worked = time.monotonic() - begun, time.process_time() - processor
        for node in nodes:
            node.stop()
        gone = [lost(library, node) for node in nodes]
        traces = [library._buses.registry.get(node.alias).traffic.trace for node in nodes]
        kept = [trace.end - trace.first for trace in traces]
    first, second = seen.halves()
    for node, missing, trace, held in zip(nodes, gone, traces, kept, strict=True):
        print(
            f"bus {node.alias}: {node.sent:,} messages sent, {node.sent / lasted:,.0f}/s; lost or out of order: "
            f"{missing}; in the trace {trace.end:,}, of which it keeps {held:,}; sender at most "
            f"{node.late * 1000:.0f} ms late"
        )
    print(
        f"waits: {seen.waits:,}, the longest {seen.longest_wait * 1000:.0f} ms; ISO-TP exchanges (20 + 31 bytes): "
        f"{seen.exchanges:,}, the longest {seen.longest_exchange * 1000:.0f} ms; failures: {len(seen.failures)}"
    )
    for failure in seen.failures[:5]:
        print(f"  {failure}")
    print(
        f"memory with full traces: at most {first:.1f} MB in the first half of the time, {second:.1f} MB in the "
        f"second; at most {seen.backlog:,} messages waited in a driver's queue"
    )
    flooding = sum(node.busy for node in nodes)
    print(
        f"processor: {worked / lasted:.2f} of one core, {flooding / lasted:.2f} of it the flooding senders; "
        f"load {os.getloadavg()[0]:.1f} at the end"
    )
    print(machine())
    return int(any(gone) or bool(seen.failures) or not first or second - first > GROWTH)


if __name__ == "__main__":
    sys.exit(main())

"""Receiving with the record of it, beside receiving without: the same receiver, and python-can's own.

What waits in the driver's queue is taken from it as fast as that goes. There are two drivers: the virtual bus, whose
`recv` takes an object from a queue of Python, which no driver of hardware can do; and a socket, read by the code that
python-can reads SocketCAN with: one system call to wait, one to read, and a message made of bytes.
"""

from __future__ import annotations

import socket
import struct
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from measure import Limit, Measurement, Row, interleaved

COUNT = 30_000  # messages that wait in the driver's queue
FRAME = struct.Struct("=IBB2x8s")  # of Linux, include/uapi/linux/can.h
SOCKET_COUNT = 4000  # the kernel takes 768 bytes for each of them
LONGEST = 10.0  # seconds
Waiting = Callable[[], AbstractContextManager[Any]]


@contextmanager
def virtual() -> Iterator[Any]:
    """A virtual bus in whose queue messages wait."""
    import can

    name = uuid.uuid4().hex
    with (
        can.Bus(interface="virtual", channel=name, ignore_config=True) as bus,
        can.Bus(interface="virtual", channel=name, ignore_config=True) as partner,
    ):
        for number in range(COUNT):
            data = number.to_bytes(8, "big")
            partner.send(can.Message(arbitration_id=number % 200, is_extended_id=False, data=data))
        yield bus


@contextmanager
def from_socket() -> Iterator[Any]:
    """A bus on which messages wait in a socket; one of UDP, because a CAN socket needs a kernel with CAN."""
    import can
    from can.interfaces.socketcan import SocketcanBus, constants

    class SocketBus(can.BusABC):
        """Reads as `SocketcanBus` does."""

        def __init__(self) -> None:
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            self.socket.setsockopt(socket.SOL_SOCKET, constants.SO_TIMESTAMPNS, 1)
            self.socket.bind(("127.0.0.1", 0))
            self.channel, self._is_filtered = "can0", False
            super().__init__("can0")

        _recv_internal = SocketcanBus._recv_internal

        def send(self, msg: can.Message, timeout: float | None = None) -> None:
            raise NotImplementedError

        def shutdown(self) -> None:
            super().shutdown()
            self.socket.close()

    with SocketBus() as bus, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as partner:
        for number in range(SOCKET_COUNT):
            frame = FRAME.pack(number % 200, 8, 0, number.to_bytes(8, "big"))
            partner.sendto(frame, bus.socket.getsockname())
        yield bus


def ours(waiting: Waiting, count: int, make_traffic: Callable[[], Any]) -> Measurement:
    """Return a measurement of our receiver, in microseconds for a message."""
    from CanLibrary.traffic.receiver import Receiver

    def measurement() -> float:
        with waiting() as bus:
            traffic = make_traffic()
            receiver = Receiver(bus, traffic)
            begun = time.perf_counter()
            receiver.start()
            while traffic.count() < count:
                assert time.perf_counter() - begun < LONGEST, "messages were lost"
                time.sleep(0.001)
            taken = time.perf_counter() - begun
            receiver.stop()
        return taken / count * 1e6

    return measurement


def notifier(waiting: Waiting, count: int) -> Measurement:
    """Return a measurement of python-can's Notifier and BufferedReader."""
    import can

    def measurement() -> float:
        with waiting() as bus:
            reader = can.BufferedReader()
            begun = time.perf_counter()
            notifier = can.Notifier(bus, [reader], timeout=0.02)
            while reader.buffer.qsize() < count:
                assert time.perf_counter() - begun < LONGEST, "messages were lost"
                time.sleep(0.001)
            taken = time.perf_counter() - begun
            notifier.stop(timeout=5)
        return taken / count * 1e6

    return measurement


def rows(rounds: int) -> list[Row]:
    """Return the rows of both drivers."""
    from CanLibrary.traffic.bus_traffic import BusTraffic
    from CanLibrary.traffic.trace import Trace

    class Recorded(BusTraffic):
        def count(self) -> int:
            return self.trace.end

    class NoTrace(Trace):
        """Keeps messages as they are, without a record or an index."""

        def append(self, _key: int, data: Any, *_rest: Any) -> int:
            self._records.append(data)
            return self.first + len(self._records) - 1

    class NotRecorded(BusTraffic):
        """All that a receiver does but recording: echoes, filters, handlers, mailbox, and whoever waits."""

        def __init__(self, name: str) -> None:
            super().__init__(name)
            self.trace = NoTrace(self.trace.capacity)

        def count(self) -> int:
            return self.trace.end

    class Kept(BusTraffic):
        """What is received, kept as it is: no trace, no index, no mailbox."""

        def __init__(self, name: str) -> None:
            super().__init__(name)
            self.kept: deque[tuple[Any, float]] = deque()

        def received(self, message: Any, now: float) -> None:
            with self._lock:  # whoever waits is told under it
                self.kept.append((message, now))

        def count(self) -> int:
            return len(self.kept)

    found = []
    kinds = (("a socket", from_socket, SOCKET_COUNT, Limit(1.3)), ("the virtual bus", virtual, COUNT, None))
    for name, waiting, count, limit in kinds:
        recorded, unrecorded, kept, notified = interleaved(
            rounds,
            ours(waiting, count, lambda: Recorded("can")),
            ours(waiting, count, lambda: NotRecorded("can")),
            ours(waiting, count, lambda: Kept("can")),
            notifier(waiting, count),
        )
        what = f"receive and record from {name}"
        found += [
            Row(what, "the same, not recorded", "µs", recorded, unrecorded, Limit(1.3)),
            Row(what, "the same, only kept in a deque", "µs", recorded, kept, limit),
            Row(what, "Notifier + BufferedReader", "µs", recorded, notified),
        ]
    return found

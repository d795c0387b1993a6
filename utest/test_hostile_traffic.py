"""Random, hostile and truncated messages into connections and simulated ECUs: nothing dies, nothing grows."""

import gc
import logging
import os
import random
import threading
from contextlib import suppress
from pathlib import Path

import can
import pytest

from CanLibrary import CanLibrary
from CanLibrary.errors import CanLibraryError
from CanLibrary.simulation import log
from CanLibrary.simulation.ecu import SimulatedEcu
from CanLibrary.types import FAULT_MESSAGES, IsoTpFault, IsoTpFaultKind

pytestmark = pytest.mark.slow

MESSAGES = int(os.environ.get("HOSTILE_MESSAGES", "100000"))
SEED = int(os.environ.get("SEED", str(random.SystemRandom().randrange(1 << 32))))
BATCH = 2000
MOST_MEGABYTES = 8
MOST_OBJECTS = 3000
FD_SIZES = (12, 16, 20, 24, 32, 48, 64)
# alias, address of the tester, address of the simulated ECU
PAIRS = {
    "normal": ({"txid": "0x7E0", "rxid": "0x7E8"}, {"txid": "0x7E8", "rxid": "0x7E0"}),
    "extended": (
        {"txid": "0x600", "rxid": "0x601", "target_address": 0x55, "source_address": 0xAA},
        {"txid": "0x601", "rxid": "0x600", "target_address": 0xAA, "source_address": 0x55},
    ),
    "mixed": (
        {"txid": "0x610", "rxid": "0x611", "address_extension": 0x33},
        {"txid": "0x611", "rxid": "0x610", "address_extension": 0x33},
    ),
    "fixed": (
        {"target_address": 0x40, "source_address": 0xF1},
        {"target_address": 0xF1, "source_address": 0x40},
    ),
}
MODES = {
    "normal": "Normal_11bits",
    "extended": "Extended_11bits",
    "mixed": "Mixed_11bits",
    "fixed": "NormalFixed_29bits",
}
IDS = [0x7E0, 0x7E8, 0x7DF, 0x600, 0x601, 0x610, 0x611, 0x18DA40F1, 0x18DAF140, 0x18DB40F1, 0x123]
PREFIXES = {0x600: 0x55, 0x601: 0xAA, 0x610: 0x33, 0x611: 0x33}


class Hostile:
    """Makes messages that nobody should send."""

    def __init__(self, seed):
        self.source = random.Random(seed)

    def message(self):
        source = self.source
        value = source.choice(IDS) if source.random() < 0.95 else source.randrange(1 << 29)
        kind = source.random()
        extended = value > 0x7FF if kind < 0.99 else bool(source.getrandbits(1))
        if kind < 0.01:
            return can.Message(
                arbitration_id=value, is_extended_id=extended, is_remote_frame=True, dlc=source.randrange(9)
            )
        if kind < 0.02:
            return can.Message(
                arbitration_id=value, is_extended_id=extended, is_error_frame=True, dlc=source.randrange(9)
            )
        data = bytes([PREFIXES[value]]) if value in PREFIXES and source.random() < 0.9 else b""
        data += self.isotp() if kind < 0.9 else source.randbytes(source.randrange(9))
        fd = source.random() < 0.1
        if not fd and source.random() < 0.99:
            data = data[:8]
        if source.random() < 0.1:
            data = data[: source.randrange(len(data) + 1)]
        return can.Message(arbitration_id=value, is_extended_id=extended, data=data[:64], is_fd=fd)

    def fault(self):
        """Return something that we do wrong ourselves."""
        kind = self.source.choice(list(IsoTpFaultKind))
        return IsoTpFault(
            kind, self.source.choice(FAULT_MESSAGES[kind]), count=self.source.randrange(1, 50), delay=1e-4
        )

    def isotp(self):
        """Return something like an ISO-TP message."""
        source = self.source
        kind = source.choice("SSFFFCCCCCTTT")
        if kind == "S":
            size = source.choice([source.randrange(16), 0])
            return bytes([size]) + source.randbytes(source.choice([0, 1, 7, 11, 63]))
        if kind == "F":
            size = source.choice([0, 1, 7, 8, 20, 100, 4095])
            escape = source.randbytes(4) if not size else b""
            return (0x1000 | size).to_bytes(2, "big") + escape + source.randbytes(source.choice([0, 6, 62]))
        if kind == "C":
            return bytes([0x20 | source.randrange(16)]) + source.randbytes(source.choice([0, 7, 7, 7, 63]))
        return bytes(
            [0x30 | source.randrange(5), source.randrange(256), source.randrange(256)]
        ) + source.randbytes(source.choice([0, 5]))


@pytest.fixture
def died():
    """Return what threads died of."""
    found = []
    before = threading.excepthook
    threading.excepthook = lambda failure: found.append(failure.exc_value)
    yield found
    threading.excepthook = before


@pytest.fixture(autouse=True)
def no_log_of_errors(monkeypatch):
    """Let pytest not keep what can-isotp logs of each message."""
    monkeypatch.setattr(logging.getLogger("isotp"), "disabled", True)


@pytest.fixture(autouse=True)
def short_logs(monkeypatch):
    """Let the logs of simulated ECUs be full soon: they may grow to their limit, and that is large."""
    monkeypatch.setattr(log, "_MOST_EVENTS", 500)
    monkeypatch.setattr(log, "_MOST_MESSAGES", 2000)


@pytest.fixture
def library(channel):
    with CanLibrary(trace_size=2000, auto_close="MANUAL") as opened:
        opened.open_can_bus("body", interface="virtual", channel=channel)
        yield opened


def test_nothing_dies_and_nothing_grows(library, channel, died):
    print(f"SEED={SEED}")
    for name, (tester, ecu) in PAIRS.items():
        params = {"can_fd": True, "tx_data_length": 64} if name == "mixed" else {}
        library.open_isotp_connection(name, addressing_mode=MODES[name], **tester, **params)
        functional = {"functional_id": "0x7DF"} if name == "normal" else {}
        library.start_simulated_ecu(f"{name} ecu", addressing_mode=MODES[name], **ecu, **functional, **params)
        library.simulated_ecu_answers_request(f"{name} ecu", "*", "7F 00 11")
        library.simulated_ecu_answers_request(f"{name} ecu", "3E *", bytes([0x7E, *range(40)]))
    threads = set(threading.enumerate())
    hostile = Hostile(SEED)
    memory, objects = [], []
    with can.Bus(interface="virtual", channel=channel, ignore_config=True) as enemy:
        for _ in range(3):
            flood(library, enemy, hostile, MESSAGES // 3)
            gc.collect()
            memory.append(resident_megabytes())
            objects.append(len(gc.get_objects()))
    # What is reached in the first third stays: traces, logs and inboxes are full by then.
    print(f"memory {memory} MB, objects {objects}")
    assert memory[2] - memory[0] < MOST_MEGABYTES, memory
    assert objects[2] - objects[0] < MOST_OBJECTS, objects
    assert died == []
    assert threads <= set(threading.enumerate())
    for name in PAIRS:
        settle(library, name)
        reply = library.exchange_isotp_frame("3E 00", reply="7E *", timeout=10, connection=name)
        assert reply == bytes([0x7E, *range(40)])
    (answer,) = library.send_functional_isotp_request("3E 00", reply="7E *", responders=["0x7E8"], within=10)
    assert answer.data == bytes([0x7E, *range(40)])


def resident_megabytes():
    """Return how much memory this process has, where the system tells it."""
    if not (told := Path("/proc/self/statm")).exists():
        return 0.0
    return int(told.read_text("ascii").split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6


def ecu_transports(bus):
    ecus = [each for each in bus.dependents if isinstance(each, SimulatedEcu)]
    assert len(ecus) == len(PAIRS)
    return [transport for ecu in ecus for transport in ecu.isotp.transports]


def flood(library, enemy, hostile, count):
    bus = library._buses.registry.get("body")
    connections = [library._connections.registry.get(name) for name in PAIRS]
    for batch in range(-(-count // BATCH)):
        for _ in range(BATCH):
            enemy.send(hostile.message())
        while enemy.recv(0) is not None:
            pass  # nor may the enemy's queue grow
        bus.catch_up()
        for connection in connections:
            connection.faults.clear()
            connection.faults.set(hostile.fault())
            with suppress(CanLibraryError, AssertionError):
                connection.send(hostile.source.randbytes(hostile.source.choice([1, 5, 30])), None, None)
            connection.transport.catch_up()
            read_all(connection)
        for transport in ecu_transports(bus):
            transport.catch_up()
        if not batch % 10:
            with suppress(CanLibraryError, AssertionError):
                library.send_functional_isotp_request("3E 00", count=1, within=0.01, pending_within=0.01)
            with suppress(CanLibraryError, AssertionError):
                bus.check()


def read_all(connection):
    with connection.transport.inbox.changed:
        while connection.transport.inbox.take(lambda _payload: True) is not None:
            pass
    with suppress(CanLibraryError, AssertionError):
        connection.check()
    connection.notices.clear()
    connection.bus.notices.clear()


def settle(library, name):
    """End what is half received on both sides, as a tester would before going on."""
    connection = library._connections.registry.get(name)
    connection.faults.clear()
    for ended in (library.stop_isotp_sending, library.stop_isotp_receiving):
        with suppress(CanLibraryError, AssertionError):
            ended(connection=name)
    for transport in ecu_transports(connection.bus):
        transport.stop_sending()
        transport.stop_receiving()
    with suppress(CanLibraryError, AssertionError):
        connection.bus.check()
    connection.transport.catch_up()
    read_all(connection)

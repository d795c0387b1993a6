"""A foreign partner: scapy's ISO-TP, which shares no code with can-isotp, on a bus of its own."""

import os
import random

import pytest

pytest.importorskip("scapy", reason="scapy, a foreign ISO-TP stack, is not installed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.only_backend("python", "scapy's socket runs on python-can's virtual bus"),
]

SEED = int(os.environ.get("SEED", "15765"))
SIZES = [1, 2, 6, 7, 8, 9, 62, 63, 64, 255, 256, 4094, 4095]
SIZES += [random.Random(SEED).randint(1, 4095) for _ in range(6)]
ADDRESSING = {
    "classic": ({"txid": "0x7E0", "rxid": "0x7E8"}, {"tx_id": 0x7E8, "rx_id": 0x7E0}),
    "extended": (
        {
            "txid": "0x600",
            "rxid": "0x601",
            "addressing_mode": "Extended_11bits",
            "target_address": 0x55,
            "source_address": 0xAA,
        },
        {"tx_id": 0x601, "rx_id": 0x600, "ext_address": 0xAA, "rx_ext_address": 0x55},
    ),
}


@pytest.fixture
def scapy_socket(channel):
    """Open scapy's sockets on the channel of the test."""
    from scapy.config import conf

    conf.contribs["CANSocket"] = {"use-python-can": True}
    conf.contribs["ISOTP"] = {"use-can-isotp-kernel-module": False}
    from scapy.contrib.cansocket_python_can import PythonCANSocket
    from scapy.contrib.isotp.isotp_soft_socket import ISOTPSoftSocket

    opened = []

    def make(**fields):
        below = PythonCANSocket(interface="virtual", channel=channel, ignore_config=True)
        opened.append(below)
        opened.append(ISOTPSoftSocket(below, **fields))
        return opened[-1]

    yield make
    for each in reversed(opened):
        each.close()


def received(socket, within=20.0):
    """Return the next payload that scapy received."""
    assert socket.select([socket], within), "scapy received nothing"
    return bytes(socket.recv().data)


@pytest.mark.parametrize("addressing", ADDRESSING)
@pytest.mark.parametrize("flow", [{"bs": 0}, {"bs": 20, "stmin": 1}], ids=["at once", "in blocks"])
def test_both_ways(backend, address, scapy_socket, payload, addressing, flow):
    print(f"SEED={SEED}")
    ours, theirs = ADDRESSING[addressing]
    tester = backend.endpoint(address(**ours), blocksize=flow["bs"], stmin=flow.get("stmin", 0))
    partner = scapy_socket(**theirs, **flow)
    for size in [size for size in SIZES if not flow["bs"] or size in (1, 63, 255, 4095)]:
        data = payload(size)
        assert tester.send(data) is None
        assert received(partner) == data
        partner.send(data)
        assert tester.receive() == data
    assert tester.inbox.take_problems() == []


def test_many_in_both_directions(backend, address, scapy_socket):
    ours, theirs = ADDRESSING["classic"]
    tester, partner = backend.endpoint(address(**ours), blocksize=0), scapy_socket(**theirs)
    source = random.Random(SEED)
    print(f"SEED={SEED}")
    for _ in range(50):
        there, back = source.randbytes(source.randint(1, 60)), source.randbytes(source.randint(1, 60))
        assert tester.send(there) is None
        assert received(partner) == there
        partner.send(back)
        assert tester.receive() == back

"""can-isotp on an exported bus, which needs nothing on the bench but the bus."""

import contextlib
import random

import can
import isotp
import pytest

from CanLibrary import CanLibrary

pytestmark = pytest.mark.usefixtures("exporter")
TESTER = {"txid": "0x7E0", "rxid": "0x7E8"}
SERVER = {"txid": "0x7E8", "rxid": "0x7E0"}


def payload(size):
    return random.Random(size).randbytes(size)


@contextlib.contextmanager
def stack(bus, params, **address):
    with can.Notifier(bus, [], timeout=0.05) as notifier:
        opened = isotp.NotifierBasedCanStack(bus, notifier, address=isotp.Address(**address), params=params)
        opened.start()
        try:
            yield opened
        finally:
            opened.stop()


@pytest.mark.parametrize("blocking", [False, True])
@pytest.mark.parametrize(
    "length",
    [{"tx_data_length": 8}, {"tx_data_length": 64}, {"tx_data_length": 64, "can_fd": True}],
    ids=["8", "64", "64-fd"],
)
def test_can_isotp_itself(pair, length, blocking):
    params = {"max_frame_size": 2048, "blocking_send": blocking, **length}
    with stack(pair[0], params, rxid=1, txid=2) as one, stack(pair[1], params, rxid=2, txid=1) as other:
        for size in (3, 2048):
            one.send(payload(size), send_timeout=20)
            assert other.recv(block=True, timeout=20) == payload(size)
            other.send(payload(size + 1)[:2048], send_timeout=20)
            assert one.recv(block=True, timeout=20) == payload(size + 1)[:2048]


@pytest.fixture(params=["published", "ours"])
def ends(request):
    library = CanLibrary()
    for name, address in (("tester", TESTER), ("server", SERVER)):
        driver = {"tester": "can", "server": "ecu"}[name]
        channel = f"ours.{driver}" if request.param == "ours" else driver
        library.open_can_bus(name, interface="jumpstarter", channel=channel)
        library.open_isotp_connection(name, bus=name, **address)
    library.ours = request.param == "ours"
    yield library
    try:
        library.close_all_isotp_connections()
    finally:
        library.close_all_can_buses()


@pytest.mark.parametrize("size", [1, 7, 8, 62, 500])
def test_backend_python_both_ways(ends, size):
    ends.send_isotp_frame(payload(size), connection="tester")
    assert ends.receive_isotp_frame(timeout=10, connection="server") == payload(size)
    ends.send_isotp_frame(payload(size), connection="server")
    assert ends.receive_isotp_frame(timeout=10, connection="tester") == payload(size)

"""What a test sets on an endpoint, and what it is told about it."""

import pytest

from CanLibrary.errors import NotSupportedError
from CanLibrary.sessions.faults import SetFaults
from CanLibrary.transport.python import PythonTransport
from CanLibrary.types import IsoTpFault, IsoTpFaultKind, IsoTpMessageKind, IsoTpParams, TargetAddressType


def drop(message=IsoTpMessageKind.ANY, **fields):
    return IsoTpFault(IsoTpFaultKind.DROP, message, **fields)


@pytest.fixture
def endpoint(node):
    from CanLibrary.config import connection_description

    described = connection_description("diag", {"address": {"txid": "0x7E0", "rxid": "0x7E8"}})
    transport = PythonTransport("diag", node(), described.address, IsoTpParams(), 0.05)
    transport.start()
    yield transport
    transport.stop()


@pytest.fixture
def faults(endpoint):
    return SetFaults("connection 'diag'", endpoint)


def test_news_are_told_once(faults, endpoint, eventually):
    fault = drop(count=2)
    faults.set(fault)
    assert faults.news() == []
    for number in (1, 2):
        endpoint.send(bytes([number]), TargetAddressType.Physical)
        eventually(lambda wanted=number: fault.applied == wanted)
        assert faults.news() == [f"Fault DROP on connection 'diag': 0x7E0 01 0{number} was not sent."]
        assert faults.news() == []
    assert fault.is_over
    assert str(fault) == "DROP: played 2 times"


def test_what_never_came_about(faults):
    fault = drop(IsoTpMessageKind.CF, number=3)
    faults.set(fault)
    assert faults.never_played() == [
        "Fault DROP of CF number 3 was set on connection 'diag' and never played: no message came that it is about."
    ]
    assert str(fault) == "DROP of CF number 3: played 0 times, not over"
    assert faults.clear() == [fault]
    assert faults.never_played() == []
    assert fault.is_over


def test_what_has_no_messages_of_ours():
    faults = SetFaults("connection 'diag'", object())
    with pytest.raises(NotSupportedError) as refused:
        faults.set(drop())
    assert str(refused.value) == (
        "Connection 'diag' cannot play faults: its messages are made outside of this library; faults need "
        "backend=python."
    )
    assert faults.clear() == []


def test_much_that_was_played_is_shortened(faults, endpoint, eventually):
    fault = drop(count=200)
    faults.set(fault)
    for number in range(150):
        endpoint.send(bytes([number]), TargetAddressType.Physical)
    eventually(lambda: fault.applied == 150)
    assert len(fault.played) == 100

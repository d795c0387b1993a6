"""What is in Jumpstarter's own driver, seen through the backend `exported`: what it cannot tell is not claimed."""

import time

import pytest

from CanLibrary.config import ConnectionDescription
from CanLibrary.sessions.connection import Connection
from CanLibrary.sessions.registry import Owner
from CanLibrary.types import Backend, IsoTpParams

pytestmark = pytest.mark.only_backend("published", "it is about that driver")


@pytest.fixture
def connection(backend, tester_address):
    """Return a connection of the keywords on the driver."""
    endpoint = backend.endpoint(tester_address)
    description = ConnectionDescription(
        "tester", tester_address, IsoTpParams(rx_flowcontrol_timeout=300), Backend.exported
    )
    return Connection(description, endpoint.transport, backend.node("distant"), Owner(), own_node=False)


def test_a_payload_that_nobody_took_is_said_not_to_be_proved(connection):
    connection.send(bytes(20), None, timeout=5)
    assert connection.notices == [
        "Connection 'tester': the exporter's driver does not tell whether the partner took the 20 bytes; "
        "CanLibrary.exporter.IsoTpPython would."
    ]


def test_a_single_frame_needs_nobody(connection):
    connection.send(bytes(7), None, timeout=5)
    assert connection.notices == []


def test_a_send_that_is_not_waited_for_claims_nothing(connection):
    connection.send(bytes(20), None, timeout=None)
    assert connection.notices == []


def test_what_waits_there_from_before_is_no_business_of_a_new_client(backend, tester_address, partner):
    session = backend.serve(backend.driver(tester_address, {}))
    before = backend.client_of(session, tester_address, "before", {})
    before._client.start()  # as a client does that is killed afterwards
    partner.say("02 AA AA")
    deadline = time.monotonic() + 5
    while not before._client.available():
        assert time.monotonic() < deadline
    after = backend.client_of(session, tester_address, "after", {})
    after.start()
    try:
        partner.say("02 BB BB")
        with after.inbox.changed:
            assert after.inbox.changed.wait_for(lambda: after.inbox.unread, 5)
        assert [payload for _, payload in after.inbox._payloads] == [b"\xbb\xbb"]
    finally:
        after.stop()

"""Messages and traffic for the tests of this folder."""

import time

import can
import pytest

from CanLibrary.traffic.bus_traffic import BusTraffic
from CanLibrary.types import CanId, Payload


def message(identifier=0x100, data="", **fields):
    """Return python-can's message for an identifier and data as a tester writes them."""
    can_id = CanId(identifier)
    return can.Message(
        arbitration_id=can_id.value, is_extended_id=can_id.extended, data=Payload(data), check=True, **fields
    )


@pytest.fixture(name="message")
def message_fixture():
    return message


class Traffic(BusTraffic):
    """Traffic into which the test puts what arrives, with times relative to now."""

    def arrives(self, *messages, ago=0.0):
        for single in messages:
            self.received(single, time.monotonic() - ago)

    def read(self, matcher):
        """Take the oldest unread match and return it as text, or None."""
        with self.changed:
            position = self.mailbox.take(matcher)
            return None if position is None else str(self.trace.message(position))


@pytest.fixture
def traffic():
    return Traffic("body")


@pytest.fixture
def new_traffic():
    return lambda **options: Traffic("body", **options)

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

    def sending(self, message, now=None, timestamp=None):
        return super().sending(message, now or time.monotonic(), timestamp or time.time())

    def read(self, matcher):
        """Take the oldest unread match and return it as text, or None."""
        with self.changed:
            taken = self.take(matcher)
            return str(self.trace.message(taken[0])) if taken else None

    def take(self, matcher, count=1):
        """Take the oldest unread matches, with the lock held, and return their positions."""
        taken = []
        self.mailbox.take(matcher, taken, count)
        return taken


@pytest.fixture
def traffic():
    return Traffic("body")


@pytest.fixture
def new_traffic():
    return lambda **options: Traffic("body", **options)

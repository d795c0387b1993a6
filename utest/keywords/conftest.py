"""A library as Python code uses it, with two buses on the virtual channel of the test."""

import pytest

from CanLibrary import CanLibrary


@pytest.fixture
def new_library():
    opened = []

    def make(**options):
        opened.append(CanLibrary(**options))
        return opened[-1]

    yield make
    for library in opened:
        library.close()


@pytest.fixture
def library(new_library, channel):
    """The tester's bus is the current one, the ECU's is the other."""
    library = new_library(timeout=5)
    library.open_can_bus("ecu", channel=channel)
    library.open_can_bus("tester", channel=channel)
    return library


class Answering:
    """Answers each message inside of its send, before the sender is back from it."""

    def __init__(self, answer):
        self.answer, self.bus = answer, None

    def __call__(self, message):
        self.bus.arrived.put(self.answer(message))


@pytest.fixture
def answering(library, scripted_bus):
    """Make the current bus one whose partner answers inside of the send."""

    def make(answer):
        script = Answering(answer)
        script.bus = scripted_bus(send=script)
        library.use_existing_can_bus(script.bus, "quick")
        return script.bus

    return make

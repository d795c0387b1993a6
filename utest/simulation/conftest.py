"""A library with one bus of a test, simulated ECUs on it, and testers beside them."""

import pytest

from CanLibrary import CanLibrary


@pytest.fixture
def library(channel):
    """The bus 'body' is open and current."""
    with CanLibrary(timeout=5) as opened:
        opened.open_can_bus("body", channel=channel)
        yield opened


@pytest.fixture
def ecu(library):
    """The simulated ECU 'engine' at 0x7E0/0x7E8 and, functionally, 0x7DF; its session."""
    library.start_simulated_ecu("engine", txid="0x7E8", rxid="0x7E0", functional_id="0x7DF")
    return library.attributes["get_simulated_ecus"].__self__._ecus.running["engine"]


@pytest.fixture
def tester(library, ecu):  # noqa: ARG001
    """A connection to it, which is the current one."""
    library.open_isotp_connection("diag", txid="0x7E0", rxid="0x7E8")
    return library


@pytest.fixture
def log(library):
    """Return the log of the ECU as its lines without times."""

    def lines(name="engine"):
        return [str(event).partition(" s  ")[2] for event in library.get_simulated_ecu_log(name)]

    return lines

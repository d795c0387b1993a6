"""Opening, asking and closing buses from Python."""

import time

import can
import pytest

from CanLibrary import BusError, CanLibraryError, ConfigurationError, NotSupportedError


def refusal(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return str(refused.value)


class ReportingBus(can.BusABC):
    """An interface that can do what most cannot."""

    def __init__(self):
        self.channel_info, self.now, self.flushed = "reporting", can.BusState.ACTIVE, 0
        super().__init__("reporting")

    def recv(self, timeout=None):
        time.sleep(timeout or 0)

    def send(self, msg, timeout=None):
        pass

    @property
    def state(self):
        return self.now

    @state.setter
    def state(self, new_state):
        if new_state is can.BusState.ERROR:
            raise ValueError("nobody sets that")
        self.now = new_state

    def flush_tx_buffer(self):
        self.flushed += 1


@pytest.fixture
def reporting(new_library):
    library, bus = new_library(), ReportingBus()
    library.use_existing_can_bus(bus, "lab", shut_down=True)
    return library, bus


class TestOpenAndClose:
    def test_aliases_and_the_current_one(self, library):
        assert library.switch_can_bus("ecu") == "tester"
        assert [(bus["alias"], bus["current"]) for bus in library.get_can_buses()] == [
            ("ecu", True),
            ("tester", False),
        ]
        library.close_can_bus()
        library.close_can_bus("ecu")
        assert [bus["alias"] for bus in library.get_can_buses()] == ["tester"]
        library.close_all_can_buses()
        library.close_all_can_buses()
        assert library.get_can_buses() == []

    def test_what_is_told_about_a_bus(self, library, channel):
        assert library.get_can_buses()[0] == {
            "alias": "ecu",
            "interface": "virtual",
            "channel": channel,
            "state": None,
            "owner": "",
            "current": False,
        }

    def test_without_a_bus_the_virtual_one_opens(self, new_library):
        library = new_library()
        library.send_can_message("0x1")
        (bus,) = library.get_can_buses()
        assert (bus["alias"], bus["channel"]) == ("can", 0)

    def test_what_nobody_was_told_fails_the_close_and_closes_all_the_same(self, library, scripted_bus):
        def refuse():
            raise OSError("the adapter is busy")

        library.use_existing_can_bus(scripted_bus(shutdown=refuse), "frail", shut_down=True)
        assert refusal(BusError, library.close_can_bus, "frail") == (
            "Bus 'frail' could not be closed: the adapter is busy."
        )
        library.close_can_bus("frail")
        assert [bus["alias"] for bus in library.get_can_buses()] == ["ecu", "tester"]

    def test_one_failing_close_does_not_stop_the_others(self, library, scripted_bus):
        def refuse():
            raise OSError("the adapter is busy")

        library.use_existing_can_bus(scripted_bus(shutdown=refuse), "frail", shut_down=True)
        library.open_can_bus("last", channel="utest-last")
        assert "the adapter is busy" in refusal(CanLibraryError, library.close_all_can_buses)
        assert library.get_can_buses() == []

    def test_an_alias_that_was_never_open(self, library):
        assert refusal(ConfigurationError, library.close_can_bus, "teste") == (
            "Bus 'teste' is not open (open: 'ecu' and 'tester'); did you mean 'tester'?"
        )

    def test_an_existing_bus_is_left_open(self, new_library, raw_bus):
        library, bus = new_library(), raw_bus()
        assert library.use_existing_can_bus(bus) == "existing"
        library.close_can_bus()
        bus.send(can.Message())


class TestQuestions:
    def test_what_an_interface_can_do(self, reporting):
        library, bus = reporting
        assert library.get_channel_info() == "reporting"
        assert library.get_can_protocol() is can.CanProtocol.CAN_20
        assert library.get_bus_state() is can.BusState.ACTIVE
        library.bus_state_should_be("ACTIVE")
        library.set_bus_state("PASSIVE")
        assert bus.now is can.BusState.PASSIVE
        library.flush_tx_buffer()
        assert bus.flushed == 1

    def test_a_state_that_is_another_one(self, reporting):
        library, _ = reporting
        assert refusal(AssertionError, library.bus_state_should_be, "PASSIVE") == (
            "Bus 'lab' should be PASSIVE but is ACTIVE."
        )

    def test_a_state_that_the_driver_refuses(self, reporting):
        library, _ = reporting
        assert refusal(BusError, library.set_bus_state, "ERROR") == (
            "The state of bus 'lab' cannot be set to ERROR: nobody sets that."
        )

    def test_what_the_virtual_interface_cannot_do(self, library):
        assert refusal(NotSupportedError, library.set_bus_state, "PASSIVE") == (
            "The interface 'virtual' cannot set its state."
        )
        assert refusal(NotSupportedError, library.bus_state_should_be, "ACTIVE") == (
            "The interface 'virtual' cannot report its state, so there is no verdict about it."
        )
        assert refusal(NotSupportedError, library.flush_tx_buffer) == (
            "The interface 'virtual' cannot flush its transmit buffer."
        )


class TestFilters:
    def test_also_what_is_unread(self, library):
        library.send_can_messages(["100#", "101#", "200#"])
        assert library.set_can_filters("0x100:0x7FE", bus="ecu") == 1
        library.send_can_messages(["300#", "101#"])
        assert len(library.receive_can_messages(3, bus="ecu")) == 3
        library.clear_can_filters(bus="ecu")
        library.send_can_message("0x300")
        assert str(library.receive_can_message(bus="ecu")) == "0x300  [0]"

    @pytest.mark.parametrize(
        "filters", [[0x100], [{"id": 0x100}], [["0x100", "0x101"]], ["0x100", "0x101:0x7FF"]]
    )
    def test_in_many_forms(self, library, filters):
        library.set_can_filters(*filters, bus="ecu")
        library.send_can_messages(["300#", "100#"])
        assert str(library.receive_can_message(bus="ecu")) == "0x100  [0]"

    def test_none_is_no_filter(self, library):
        assert refusal(ConfigurationError, library.set_can_filters) == (
            "Give at least one filter; Clear Can Filters lets everything pass."
        )

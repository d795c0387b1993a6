"""One file for both ends, at the keywords: `location` with a real exporter."""

import pytest

from CanLibrary import CanLibrary
from CanLibrary.errors import BusError, ConfigurationError
from CanLibrary.jumpstarter.session import why_missing

FILE = """\
apiVersion: jumpstarter.dev/v1alpha1
kind: ExporterConfig
endpoint: ""
token: "a secret of nobody's business"
export:
  power:
    type: jumpstarter_driver_power.driver.MockPower
  serial:
    type: jumpstarter_driver_pyserial.driver.PySerial
    config: {url: /dev/ttyUSB0}
  rack:
    type: jumpstarter_driver_composite.driver.Composite
    children:
      body: {type: jumpstarter_driver_can.driver.Can, config: {interface: virtual, channel: 8}}
      chassis: {type: CanLibrary.exporter.Can, config: {interface: virtual, channel: 8}}
  wir: {type: Can, config: {interface: virtual, channel: 9, bitrate: 500000}}
  testr:
    type: CanLibrary.exporter.IsoTpPython
    config: {interface: virtual, channel: 9, address: {txid: 0x7E0, rxid: 0x7E8}}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "bench.yaml"
    path.write_text(FILE)
    return str(path)


@pytest.fixture
def use(file):
    opened = []

    def make(location):
        opened.append(CanLibrary(config=file, location=location))
        return opened[-1]

    yield make
    for library in opened:
        library.close_all_isotp_connections()
        library.close_all_can_buses()


def interfaces(library):
    return {bus["alias"]: bus["interface"] for bus in library.get_can_buses()}


def talk(library):
    library.open_can_bus("rack.body")
    library.open_can_bus("rack.chassis")
    library.send_can_message("0x123", "01 02", bus="rack.body")
    return library.receive_can_message("0x123", bus="rack.chassis").data


@pytest.mark.parametrize(
    ("location", "interface"), [("local", "virtual"), ("exported", "jumpstarter"), ("auto", "jumpstarter")]
)
@pytest.mark.usefixtures("exporter")
def test_the_same_aliases_on_both_ends_in_a_shell(use, location, interface):
    library = use(location)
    assert talk(library) == b"\x01\x02"
    assert interfaces(library) == {"rack.body": interface, "rack.chassis": interface}


def test_auto_is_here_where_there_is_no_shell(use, monkeypatch):
    monkeypatch.delenv("JUMPSTARTER_HOST", raising=False)
    library = use("auto")
    assert talk(library) == b"\x01\x02"
    assert set(interfaces(library).values()) == {"virtual"}


def test_exported_without_a_shell_is_one_sentence(use, monkeypatch):
    if missing := why_missing():
        pytest.skip(missing)
    monkeypatch.delenv("JUMPSTARTER_HOST", raising=False)
    why = (
        "There is no exporter: JUMPSTARTER_HOST is not set. Run this in 'jmp shell', such as 'jmp shell "
        "--exporter-config bench.yaml -- robot …', or name the exporter with address=host:port."
    )
    with pytest.raises(BusError) as refused:
        use("exported").open_can_bus("wir")
    assert str(refused.value).endswith(f": {why}")
    with pytest.raises(ConfigurationError) as refused:
        use("exported").open_isotp_connection("testr")
    assert str(refused.value) == why


def test_an_alias_that_the_exporter_does_not_offer(use, exporter):
    with pytest.raises(BusError) as refused:
        use("exported").open_can_bus("wir")
    assert str(refused.value).endswith(
        f"The exporter at '{exporter.host}' has no driver 'wir'; did you mean 'wire'?"
    )
    with pytest.raises(ConfigurationError) as refused:
        use("exported").open_isotp_connection("testr")
    assert str(refused.value) == (
        f"The exporter at '{exporter.host}' has no driver 'testr'; did you mean 'tester'?"
    )


@pytest.mark.usefixtures("exporter")
def test_a_bit_rate_that_the_exporter_cannot_be_given_is_told(use, monkeypatch):
    told = []
    monkeypatch.setattr("robot.api.logger.warn", told.append)
    use("exported").open_can_bus("rack.body", bitrate=250000, fd=True)
    assert told == [
        "Interface 'jumpstarter' says: The exporter opened 'rack.body' without CAN FD: fd had no effect.",
        "Interface 'jumpstarter' says: The exporter opened 'rack.body', at its own bit rate: bitrate=250000 counts for "
        "the bus load only.",
    ]


@pytest.mark.usefixtures("exporter")
def test_the_bit_rates_of_the_file_are_known_and_another_one_is_refused(library, monkeypatch):
    told = []
    monkeypatch.setattr("robot.api.logger.warn", told.append)
    library.open_can_bus("wire", interface="jumpstarter", channel="wire", bitrate=500000)
    assert library.get_bus_statistics().bitrate == 500000
    with pytest.raises(BusError) as refused:
        library.open_can_bus("other", interface="jumpstarter", channel="wire", bitrate=250000)
    assert str(refused.value) == (
        "Bus 'other' could not be opened on interface 'jumpstarter' channel 'wire': The exporter's bus 'wire' runs "
        "with bitrate=500000, not 250000; leave bitrate out."
    )
    assert told == []


@pytest.mark.usefixtures("exporter")
def test_a_connection_of_the_exporter_may_run_on_a_bus_that_is_open_here(use):
    library = use("exported")
    library.open_can_bus("rack.body")
    library.open_isotp_connection("testr", bus="rack.body")
    library.open_can_bus("rack.chassis")
    library.send_isotp_frame("22 F1 90", connection="testr")
    library.receive_can_message("0x7E0", "03 22 F1 90", bus="rack.chassis", timeout=5)


@pytest.mark.usefixtures("exporter")
def test_what_an_exported_connection_cannot_be_given_is_refused(library):
    with pytest.raises(ConfigurationError) as refused:
        library.open_isotp_connection(
            "tester", txid=0x7E0, rxid=0x7E8, backend="exported", channel="tester", bitrate=500000
        )
    assert str(refused.value) == (
        "The backend exported works on the exporter's own bus, which is open: leave bitrate out."
    )


@pytest.mark.usefixtures("exporter")
def test_a_stack_of_ours_takes_the_place_of_a_driver(use):
    library = use("exported")
    library.open_can_bus("rack.body")
    library.open_isotp_connection("testr", backend="python", bus="rack.body")
    library.open_can_bus("rack.chassis")
    library.send_isotp_frame("22 F1 90", connection="testr")
    library.receive_can_message("0x7E0", "03 22 F1 90", bus="rack.chassis")

"""Where the buses and connections of a file are."""

import pytest

from CanLibrary import CanLibrary
from CanLibrary.config import load_bench, located
from CanLibrary.errors import ConfigurationError
from CanLibrary.types import Backend, Location

BENCH = """\
apiVersion: jumpstarter.dev/v1alpha1
kind: ExporterConfig
export:
  body:
    type: CanLibrary.exporter.Can
    config: {interface: socketcan, channel: can0, bitrate: 500000, fd: true, filters: ["0x100:0x700"]}
  rack:
    children:
      chassis:
        type: jumpstarter_driver_can.driver.Can
        config: {interface: pcan, channel: PCAN_USBBUS1, options: {auto_reset: true}}
  diag:
    type: CanLibrary.exporter.IsoTpPython
    config: {interface: virtual, channel: 1, address: {txid: 0x7E0, rxid: 0x7E8}, params: {stmin: 5}}
  fast:
    type: CanLibrary.exporter.IsoTpSocket
    config: {channel: can0, address: {txid: 0x7E1, rxid: 0x7E9}}
  shared:
    type: IsoTpPython
    config: {bus: body, address: {txid: 0x7E2, rxid: 0x7EA}}
"""


@pytest.fixture
def bench(tmp_path):
    file = tmp_path / "bench.yaml"
    file.write_text(BENCH)
    return load_bench(file)


@pytest.fixture
def shell(monkeypatch):
    monkeypatch.setenv("JUMPSTARTER_HOST", "/run/exporter")


@pytest.fixture
def no_shell(monkeypatch):
    monkeypatch.delenv("JUMPSTARTER_HOST", raising=False)


@pytest.mark.usefixtures("shell")
def test_local_is_what_the_file_says_in_a_shell_too(bench):
    assert located(bench, Location.local) == bench


@pytest.mark.usefixtures("no_shell")
def test_auto_is_local_where_there_is_no_shell(bench):
    assert located(bench, Location.auto) == bench


@pytest.mark.usefixtures("shell")
def test_auto_is_exported_in_a_shell(bench):
    assert located(bench, Location.auto) == located(bench, Location.exported)


@pytest.mark.usefixtures("no_shell")
def test_each_alias_is_the_driver_of_that_name(bench):
    there = located(bench, Location.exported)
    assert {alias: (bus.interface, bus.channel) for alias, bus in there.buses.items()} == {
        "body": ("jumpstarter", "body"),
        "rack.chassis": ("jumpstarter", "rack.chassis"),
    }
    body, chassis = there.buses["body"], there.buses["rack.chassis"]
    assert (body.fd, body.filters, body.bitrate) == (True, bench.buses["body"].filters, 500000)
    assert chassis.options == {}
    diag, fast, shared = (there.connections[alias] for alias in ("diag", "fast", "shared"))
    assert (diag.backend, diag.node.interface, diag.node.channel) == (Backend.exported, "jumpstarter", "diag")
    assert (diag.address, diag.params) == (
        bench.connections["diag"].address,
        bench.connections["diag"].params,
    )
    assert (fast.backend, fast.node.channel) == (Backend.exported, "fast")
    assert (shared.backend, shared.bus, shared.node) == (Backend.python, "body", None)


@pytest.mark.usefixtures("shell")
def test_a_bus_that_says_itself_where_it_is_stays_there(tmp_path):
    file = tmp_path / "bench.yaml"
    file.write_text(
        "export: {body: {type: Can, config: {interface: jumpstarter, channel: can, "
        "options: {address: 'bench:8443', ca_file: cert.pem, passphrase_file: secret.txt}}}, "
        "diag: {type: IsoTpPython, config: {interface: jumpstarter, channel: can, address: {txid: 1, rxid: 2}}}}"
    )
    bench = load_bench(file)
    assert bench.buses["body"].options["address"] == "bench:8443"
    assert located(bench, Location.exported) == bench


@pytest.mark.parametrize("location", ["exported", "auto"])
def test_without_a_file_it_is_refused(location):
    with pytest.raises(ConfigurationError) as refused:
        CanLibrary(location=location).open_can_bus()
    assert str(refused.value) == (
        f"location={location} needs config=, the file of the exporter; for a single bus give interface=jumpstarter and "
        "the name of its driver as channel."
    )


def test_a_place_that_does_not_exist_is_refused():
    with pytest.raises(
        ConfigurationError, match="location='remote' is not possible: location is one of local, "
    ):
        CanLibrary(location="remote").open_can_bus()

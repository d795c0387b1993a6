"""Bench files: what they describe, and what is said about a mistake in them."""

import subprocess
import sys
from pathlib import Path

import pytest

from CanLibrary.config import Bench, BusDescription, ConnectionDescription, find_mistakes, load_bench
from CanLibrary.errors import ConfigurationError
from CanLibrary.types import AsymmetricIsoTpAddress, Backend, CanId, IsoTpAddress, IsoTpParams

RESOURCES = Path(__file__).parents[2] / "resources"
CAN = "body: {type: Can, config: {interface: virtual, channel: 1}}"
DIAG = "diag: {type: IsoTpPython, config: {bus: body, address: {txid: 0x7E0, rxid: 0x7E8}}}"

DOCUMENTED_ADDRESS = IsoTpAddress(txid=CanId(2), rxid=CanId(1))
DOCUMENTED_PARAMS = IsoTpParams(max_frame_size=2048, blocking_send=False, can_fd=True)
DOCUMENTED = {
    "can": Bench({"can": BusDescription("can", "virtual", 1)}),
    "isotp-python": Bench(
        {},
        {
            "can": ConnectionDescription(
                "can",
                DOCUMENTED_ADDRESS,
                DOCUMENTED_PARAMS,
                Backend.python,
                node=BusDescription("can", "virtual", 0, fd=True),
            )
        },
    ),
    "isotp-socket": Bench(
        {},
        {
            "can": ConnectionDescription(
                "can",
                DOCUMENTED_ADDRESS,
                DOCUMENTED_PARAMS,
                Backend.kernel,
                node=BusDescription("can", "socketcan", "vcan0", fd=True),
            )
        },
    ),
}


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """Return a function that writes text and gives the mistakes in it, without the path."""
    monkeypatch.chdir(tmp_path)

    def mistakes(text):
        Path("b.yaml").write_text(text, encoding="utf-8")
        found = find_mistakes("b.yaml")
        assert all(sentence.startswith("b.yaml: ") for sentence in found)
        return [sentence.removeprefix("b.yaml: ") for sentence in found]

    return mistakes


def entries(*lines):
    return "\n  ".join(["export:", *lines])


@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_documented_configurations_load_unchanged(name):
    assert load_bench(RESOURCES / f"documented-{name}.yaml") == DOCUMENTED[name]


@pytest.mark.parametrize("prefix", ["", "jumpstarter_driver_can.driver."])
@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_type_has_three_spellings(name, prefix, tmp_path):
    text = (RESOURCES / f"documented-{name}.yaml").read_text(encoding="utf-8")
    assert "type: jumpstarter_driver_can." in text
    (tmp_path / "b.yaml").write_text(text.replace("jumpstarter_driver_can.", prefix), encoding="utf-8")
    assert load_bench(tmp_path / "b.yaml") == DOCUMENTED[name]


def test_the_example_bench():
    bench = load_bench(str(RESOURCES / "bench.yaml"))
    assert list(bench.buses) == ["body", "powertrain"]
    assert [bus.channel for bus in bench.buses.values()] == [1, 2]
    assert bench.buses["powertrain"].options == {"receive_own_messages": False}
    assert list(bench.connections) == ["diag", "flash", "gateway"]
    assert (bench.connections["diag"].bus, bench.connections["diag"].node) == ("body", None)
    assert bench.connections["flash"].node == BusDescription("flash", "virtual", 2, fd=True)
    assert isinstance(bench.connections["gateway"].address, AsymmetricIsoTpAddress)


def test_what_is_not_ours_is_left_alone_and_never_printed(bench):
    others = """
apiVersion: jumpstarter.dev/v1alpha1
kind: [any, thing]
metadata: {namespace: default, name: 5}
endpoint: 010
token: s3cr3t
? 5
: {}
export:
  power: {type: jumpstarter_driver_power.driver.MockPower, config: 5, s3cr3t: s3cr3t}
  almost: {type: x.Can}
  serial: {type: my.driver.Can, config: {s3cr3t: 2024-99-99, mode: 0644, time: 12:30}}
  proxy: {ref: power}
  5: {type: other.driver.Thing}
"""
    assert bench(f"{others}  {CAN}") == []
    text = "\n".join(bench(f"{others}  body: {{type: Can, config: {{channel: true}}}}"))
    assert text.count("\n") == 1
    assert "s3cr3t" not in text


def test_entries_within_a_composite_have_a_dotted_alias(bench):
    lines = (
        "ecu:",
        "  type: x.Composite",
        "  children:",
        f"    {CAN}",
        DIAG.replace("bus: body", "bus: ecu.body"),
    )
    assert bench(entries(*lines)) == []
    described = load_bench("b.yaml")
    assert described.buses == {"ecu.body": BusDescription("ecu.body", "virtual", 1)}
    assert described.connections["diag"].bus == "ecu.body"
    wrong = [line.replace("channel: 1", "channel: on") for line in lines]
    assert bench(entries(*wrong)) == [
        "export.ecu.children.body.config.channel: channel=True is not possible: "
        "channel is a name such as can0 or a number."
    ]


def test_a_dotted_alias_may_not_meet_another(bench):
    lines = ("ecu: {children: {" + CAN + "}}", "ecu." + CAN)
    assert bench(entries(*lines)) == ["export.ecu.body: the alias 'ecu.body' is there twice."]


def test_anchors_and_merge_keys(bench):
    lines = (
        "fast: &fast {type: Can, config: &config {interface: virtual, channel: 1}}",
        "slow: {type: Can, config: {<<: *config, channel: 2}}",
        "same: *fast",
    )
    assert bench(entries(*lines)) == []
    assert [bus.channel for bus in load_bench("b.yaml").buses.values()] == [1, 2, 1]


def test_what_yaml_1_1_would_change(bench):
    config = (
        "interface: virtual, channel: '2024-01-01', a: 2024-01-01, b: 12:30, c: 08, d: 0x1F, e: 02, f: '010'"
    )
    assert bench(entries(f"body: {{type: Can, config: {{{config}}}}}")) == []
    description = load_bench("b.yaml").buses["body"]
    assert description.options == {"a": "2024-01-01", "b": "12:30", "c": 8, "d": 31, "e": 2, "f": 10}


def test_one_mistake_and_several(bench):
    bench(entries("body: {type: Can, config: {interface: virtual, channel: true}}"))
    with pytest.raises(ConfigurationError) as caught:
        load_bench(Path("b.yaml"))
    first = (
        "b.yaml: export.body.config.channel: channel=True is not possible: "
        "channel is a name such as can0 or a number."
    )
    assert str(caught.value) == first
    bench(entries("body: {type: Can, config: {interface: virtual, channel: true, bitrate: 0, fd: x}}"))
    with pytest.raises(ConfigurationError) as caught:
        load_bench("b.yaml")
    assert str(caught.value) == f"{first} (and 2 more: python -m CanLibrary check b.yaml shows all)"


def test_two_mistakes(bench):
    assert len(bench("export: {a: 1, b: 2}")) == 2
    with pytest.raises(ConfigurationError, match=r"config\. \(and 1 more: "):
        load_bench("b.yaml")


def test_mistakes_come_in_the_order_of_the_file(bench):
    wrong = "address: {txid: 1, rxid: 2}, params: {blocksise: 1, blocksize: 256}"
    lines = (f"z: {{type: IsoTpPython, config: {{{wrong}}}}}", "a: {type: Can, config: {interface: 5}}")
    assert bench(entries(*lines)) == [
        "export.z.config.params.blocksise: unknown parameter; did you mean 'blocksize'?",
        "export.z.config.params.blocksize: blocksize=256 is not possible: blocksize is 0 to 255.",
        "export.a.config.interface: interface=5 is not possible: interface is text; quote it: '5'.",
    ]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("export", "export: missing; a bench is a map that begins with export:."),
        ("- export", "export: missing; a bench is a map that begins with export:."),
        ("5", "export: missing; a bench is a map that begins with export:."),
        ("{}", "export: missing."),
        ("{5: 6}", "export: missing."),
        ("exprot: {}", "export: missing; the file has 'exprot'."),
        ("export:", "export: no map; it holds an alias for each bus and connection."),
        ("export: []", "export: no map; it holds an alias for each bus and connection."),
        ("export: {}", "export: no entry is of type Can, IsoTpPython, IsoTpSocket."),
        ("export: {a: {ref: b}}", "export: no entry is of type Can, IsoTpPython, IsoTpSocket."),
        ("export: {a: Can}", "export.a: no map; an entry has type and config."),
        (
            "export: {a: {}}",
            "export.a.type: missing; it is Can, IsoTpPython, IsoTpSocket, or another driver's.",
        ),
        (
            "export: {a: {type: 5}}",
            "export.a.type: no text; it is Can, IsoTpPython, IsoTpSocket, or another driver's.",
        ),
        ("export: {a: {type: Cann}}", "export.a.type: unknown type; did you mean 'Can'?"),
        ("export: {a: {type: isotpsocket}}", "export.a.type: unknown type; did you mean 'IsoTpSocket'?"),
        (
            "export: {a: {type: jumpstarter_driver_can.IsoTpPyton}}",
            "export.a.type: unknown type; did you mean 'IsoTpPython'?",
        ),
        ("export: {5: {type: Can}}", "export.5: the alias 5 is no text or empty; quote it."),
        ("export: {on: {type: Can}}", "export.True: the alias True is no text or empty; quote it."),
        ("export: {'': {type: Can}}", "export.: the alias '' is no text or empty; quote it."),
        (
            "export: {a: {type: Can, config: []}}",
            "export.a.config: no map; write it such as {interface: virtual, channel: 1}.",
        ),
        (
            "export: {a: {type: Can}}",
            "export.a.config.interface: interface is missing; write interface: virtual, socketcan, pcan, vector …",
        ),
        (
            "export: {a: {type: Can, conf: {}, config: {interface: virtual}}}",
            "export.a.conf: unknown key; did you mean 'config'?",
        ),
        (
            "export: {a: {type: Can, config: {interface: virtual, 5: 6}}}",
            "export.a.config: the key 5 is no text; quote it.",
        ),
        (
            "export: {a: {type: Can, config: {interface: virtual, channel: 010}}}",
            "export.a.config.channel: 010 is octal in YAML and means 8; write 8, 10 or 0x10.",
        ),
        (
            "export: {a: {type: Can, config: {interface: virtual, serial: [010]}}}",
            "export.a.config.serial: 010 is octal in YAML and means 8; write 8, 10 or 0x10.",
        ),
    ],
)
def test_what_is_said_about_a_wrong_shape(bench, text, mistake):
    assert bench(text) == [mistake]


@pytest.mark.parametrize(
    ("config", "mistake"),
    [
        ("bus: bdy", "bus: no bus 'bdy' in this file; did you mean 'body'?"),
        ("bus: xyz", "bus: no bus 'xyz' in this file; there is 'body' and 'slow'."),
        ("bus: diag", "bus: 'diag' is a connection, not a bus."),
        ("bus: 5", "bus: bus=5 is not possible: bus is text; quote it: '5'."),
        (
            "channel: 1",
            "interface: interface is missing; write interface: virtual, socketcan, pcan, vector …",
        ),
        ("backend: kernel, bus: body", "backend: IsoTpPython is the python backend; leave backend out."),
        ("bus: slow, params: {can_fd: true}", "params.can_fd: can_fd=True needs fd: true on bus 'slow'."),
        (
            "bus: body, params: {tx_padding: 010}",
            "params.tx_padding: 010 is octal in YAML and means 8; write 8, 10 or 0x10.",
        ),
    ],
)
def test_what_a_connection_needs(bench, config, mistake):
    slow = "slow: {type: Can, config: {interface: virtual, fd: false}}"
    diag = f"diag: {{type: IsoTpPython, config: {{address: {{txid: 1, rxid: 2}}, {config}}}}}"
    assert bench(entries(diag, CAN, slow)) == [f"export.diag.config.{mistake}"]


def test_no_bus_to_share(bench):
    assert bench(entries(DIAG)) == [
        "export.diag.config.bus: no bus 'body' in this file; the file has no entry of type Can."
    ]


def test_a_bus_with_a_mistake_is_there_all_the_same(bench):
    assert len(bench(entries(CAN.replace("channel: 1", "channel: true"), DIAG))) == 1


def test_a_connection_that_shares_what_is_current(bench):
    assert bench(entries(DIAG.replace("bus: body, ", ""))) == []
    connection = load_bench("b.yaml").connections["diag"]
    assert (connection.bus, connection.node) == (None, None)


def test_what_the_kernel_needs(bench):
    diag = DIAG.replace("IsoTpPython", "IsoTpSocket")
    where = "export.diag.config"
    assert bench(entries(CAN, diag)) == [
        f"{where}.bus: the kernel backend needs a bus on interface 'socketcan', but 'body' is on 'virtual'; "
        "use type IsoTpPython."
    ]
    assert bench(entries(diag.replace("bus: body, ", ""))) == [
        f"{where}.channel: IsoTpSocket needs a channel such as vcan0, or the alias of a bus."
    ]
    assert bench(entries(CAN.replace("virtual, channel: 1", "socketcan, channel: can0"), diag)) == []
    assert load_bench("b.yaml").connections["diag"].backend is Backend.kernel


def test_importing_costs_no_yaml_no_robot_and_no_driver():
    code = (
        "import sys, types; sys.path.insert(0, sys.argv[1]);"
        # The package's own door may import Robot Framework; the configuration does not need to.
        "package = types.ModuleType('CanLibrary'); package.__path__ = [sys.argv[1] + '/CanLibrary'];"
        "sys.modules['CanLibrary'] = package; import CanLibrary.config;"
        "print(sorted({'yaml', 'robot', 'can', 'isotp'} & set(sys.modules)))"
    )
    root = str(Path(__file__).parents[2])
    run = subprocess.run(
        [sys.executable, "-c", code, root], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout == "[]\n"

"""Simulated ECUs in a YAML file: what is read, and every mistake with its path."""

import textwrap

import pytest

from CanLibrary.__main__ import main
from CanLibrary.config import find_mistakes, load_bench
from CanLibrary.types import CanId

EXPORT = """
export:
  powertrain: {type: Can, config: {interface: virtual, channel: 1}}
"""


@pytest.fixture
def bench(tmp_path):
    def write(simulation):
        file = tmp_path / "car.yaml"
        body = textwrap.indent(textwrap.dedent(simulation), "  ")
        file.write_text(f"{EXPORT}\nsimulation:\n{body}\n")
        return file

    return write


def mistakes(file):
    return [sentence.partition("car.yaml: ")[2] for sentence in find_mistakes(file)]


WHOLE = """
engine:
  bus: powertrain
  isotp: {txid: 0x7E8, rxid: 0x7E0, functional_id: 0x7DF, params: {stmin: 5}}
  requests:
    - {request: "22 F1 90", response: "62 F1 90 57"}
    - {request: "31 01 *", pending: 2, response: ["71 01 00", "71 01 01"], delay: 10 ms, pending_gap: 0.02}
    - {request: "3E 80"}
  messages:
    - {when: "0x123 01 *", answer: "124#0200", delay: 5 ms, count: 3}
    - {when: 0x124}
  cyclic:
    - {id: 0x100, data: "00 00", period: 10 ms, counter: {byte: 0, width: 4}}
    - {id: 0x100, data: "01 00", period: 1 s}
    - {id: 291, extended: true, period: 20 ms, name: fast, values: ["01", "02"]}
"""


def test_all_of_it_is_read(bench):
    ecu = load_bench(bench(WHOLE)).ecus["engine"]
    assert (ecu.bus, str(ecu.address.txid), str(ecu.functional.rx_addr.rxid)) == (
        "powertrain",
        "0x7E8",
        "0x7DF",
    )
    assert ecu.params.stmin == 5
    vin, routine, silence = ecu.requests
    assert (str(vin.request), [str(each) for each in vin.responses]) == ("22 F1 90", ["62 F1 90 57"])
    assert [str(each) for each in routine.responses] == ["71 01 00", "71 01 01"]
    assert (routine.pending, routine.pending_gap, routine.delay, routine.count) == (2, 0.02, 0.01, None)
    assert silence.responses == ()
    answered, unheard = ecu.messages
    assert (str(answered.when), str(answered.answers[0]), answered.delay, answered.count) == (
        "0x123 01 *",
        "0x124  [2]  02 00",
        0.005,
        3,
    )
    assert (str(unheard.when), unheard.answers) == ("0x124", ())
    assert [(each.name, str(each.message.id), each.period) for each in ecu.cyclic] == [
        ("engine.0x100", "0x100", 0.01),
        ("engine.0x100-2", "0x100", 1.0),
        ("fast", "0x00000123", 0.02),
    ]
    assert ecu.cyclic[0].living.counter.width == 4
    assert str(ecu.cyclic[2].message.data) == "01"


def test_an_ecu_may_have_nothing_but_a_name(bench):
    ecu = load_bench(bench("doors: {}")).ecus["doors"]
    assert (ecu.bus, ecu.address, ecu.requests, ecu.messages, ecu.cyclic) == (None, None, (), (), ())


def test_a_file_without_it_has_none(tmp_path):
    file = tmp_path / "car.yaml"
    file.write_text(EXPORT)
    assert load_bench(file).ecus == {}


WRONG = [
    ("engine: 1", "simulation.engine: no map; a simulated ECU has bus, isotp, requests, messages, cyclic."),
    ("1: {}", "simulation.1: the name 1 is no text or empty; quote it."),
    (
        "engine: {bus: powertran}",
        "simulation.engine.bus: no bus 'powertran' in this file; did you mean 'powertrain'?",
    ),
    ("engine: {request: []}", "simulation.engine.request: unknown key; did you mean 'requests'?"),
    ("engine: {isotp: 1}", "simulation.engine.isotp: no map; write it such as {txid: 0x7E8, rxid: 0x7E0}."),
    ("engine: {isotp: {txid: 0x7E8}}", "simulation.engine.isotp: Normal_11bits addressing needs 'rxid'."),
    (
        "engine: {isotp: {txid: 0x7E8, rxid: 0x7E0, functonal_id: 0x7DF}}",
        "simulation.engine.isotp.functonal_id: unknown key; did you mean 'functional_id'?",
    ),
    (
        "engine: {isotp: {txid: 0x7E8, rxid: 0x7E0, functional_id: 7DF}}",
        "simulation.engine.isotp.functional_id: '7DF' is hexadecimal without 0x: write 0x7DF.",
    ),
    (
        "engine: {isotp: {txid: 0x7E8, rxid: 0x7E0, params: {stmn: 1}}}",
        "simulation.engine.isotp.params.stmn: unknown parameter; did you mean 'stmin'?",
    ),
    (
        'engine: {requests: [{request: "22 *", response: "62"}]}',
        "simulation.engine.requests: requests need isotp: {txid: 0x7E8, rxid: 0x7E0}.",
    ),
    ("engine: {messages: {when: 0x1}}", "simulation.engine.messages: no list; begin each entry with '- '."),
    ("engine: {messages: [5]}", "simulation.engine.messages.0: no map but 5."),
    (
        "engine: {messages: [{answer: '124#01'}]}",
        "simulation.engine.messages.0: when is missing; write it such as when: '0x123 01 *'.",
    ),
    (
        "engine: {messages: [{when: 0x1}, {when: '0x123', answr: '1'}]}",
        "simulation.engine.messages.1.answr: unknown key; did you mean 'answer'?",
    ),
    (
        "engine: {messages: [{when: '123 01'}]}",
        "simulation.engine.messages.0.when: '123' can be read in two ways: write 0x123 (hexadecimal) or ${123} "
        "(decimal).",
    ),
    (
        "engine: {messages: [{when: '0x123', answer: '0x124 01'}]}",
        "simulation.engine.messages.0.answer: '0x124 01' is no candump text; write 123#DEADBEEF",
    ),
    (
        "engine: {messages: [{when: '0x123', delay: soon}]}",
        "simulation.engine.messages.0.delay: delay='soon' is not possible: delay is a time such as 0.05 (seconds) or",
    ),
    (
        "engine: {cyclic: [{id: 0x100}]}",
        "simulation.engine.cyclic.0: period is missing; write it such as {id: 0x100, data: '00 01', period: 10 ms}.",
    ),
    (
        "engine: {cyclic: [{id: 0x100, period: 0}]}",
        "simulation.engine.cyclic.0.period: period is a time above 0 seconds.",
    ),
    (
        "engine: {cyclic: [{id: 0x100, period: 1, data: 0102}]}",
        "simulation.engine.cyclic.0.data: 0102 is octal in YAML and means 66; write 66, 102 or 0x102.",
    ),
    (
        "engine: {cyclic: [{id: 0x100, period: 1, data: '00 00 00 00 00 00 00 00 00'}]}",
        "simulation.engine.cyclic.0: 9 data bytes are too many: classic CAN carries at most 8; shorten",
    ),
    (
        "engine: {cyclic: [{id: 0x100, period: 1, data: '00', counter: {byte: 4}}]}",
        "simulation.engine.cyclic.0: counter reaches byte 4, but the data has 1 byte; bytes count from 0, give longer",
    ),
    (
        "engine: {cyclic: [{id: 0x100, period: 1, data: '00', counter: {byt: 0}}]}",
        "simulation.engine.cyclic.0.counter.byt: unknown field; did you mean 'byte'?",
    ),
    (
        "engine: {cyclic: [{id: 1, period: 1, name: a}, {id: 2, period: 1, name: a}]}",
        "simulation.engine.cyclic: the name 'a' is there twice.",
    ),
]


@pytest.mark.parametrize(("simulation", "sentence"), WRONG)
def test_a_mistake_is_named_with_its_path(bench, simulation, sentence):
    found = mistakes(bench(simulation))
    assert found[0].startswith(sentence)
    assert len(found) == 1


def test_no_map(tmp_path):
    file = tmp_path / "car.yaml"
    file.write_text(f"{EXPORT}\nsimulation: [1]\n")
    assert mistakes(file) == ["simulation: no map; it holds a name for each simulated ECU."]


def test_all_mistakes_are_found_at_once(bench):
    wrong = """
    engine:
      bus: nowhere
      isotp: {txid: 0x7E8, rxid: 0x7E0}
      requests: [{request: "2"}, {response: "62"}, {request: "22", response: "6", count: 0}]
    doors: {cyclic: [{id: 0x800000000, period: 1}]}
    """
    paths = [sentence.partition(": ")[0] for sentence in mistakes(bench(wrong))]
    assert paths == [
        "simulation.engine.requests.0.request",
        "simulation.engine.requests.1",
        "simulation.engine.requests.2.response",
        "simulation.engine.requests.2.count",
        "simulation.engine.bus",
        "simulation.doors.cyclic.0.id",
    ]


def test_check_shows_them(bench, capsys):
    assert main(["check", str(bench(WHOLE))]) == 0
    assert capsys.readouterr().out.endswith("car.yaml: 1 bus, 0 connections, 1 simulated ECU\n")
    assert main(["check", str(bench("engine: {bus: x}"))]) == 1
    assert "simulation.engine.bus: no bus 'x' in this file; there is 'powertrain'." in capsys.readouterr().out


def test_an_integer_identifier_keeps_its_format(bench):
    bench_of = load_bench(bench("engine: {cyclic: [{id: 0x18FF50E5, period: 1}]}"))
    assert bench_of.ecus["engine"].cyclic[0].message.id == CanId(0x18FF50E5)

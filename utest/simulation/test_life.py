"""Starting and stopping simulated ECUs, and what they leave."""

import threading

import can
import pytest

from CanLibrary import CanLibrary, CanLibraryError
from CanLibrary.errors import BusError

BENCH = """
export:
  body: {type: Can, config: {interface: virtual, channel: CHANNEL}}
  other: {type: Can, config: {interface: virtual, channel: CHANNEL-other}}
simulation:
  engine:
    bus: body
    isotp: {txid: 0x7E8, rxid: 0x7E0, params: {stmin: 1, tx_padding: 0xAA}}
    requests:
      - {request: "22 *", response: "62 01"}
    cyclic:
      - {id: 0x100, data: "00 00", period: 10 ms, counter: {byte: 1, width: 4}}
      - {id: 0x101, data: "01", period: 10 ms, name: status}
  doors:
    bus: body
    messages:
      - {when: 0x123, answer: ["124#01", "125#02"]}
"""


@pytest.fixture
def described(tmp_path, channel):
    file = tmp_path / "car.yaml"
    file.write_text(BENCH.replace("CHANNEL", channel))
    with CanLibrary(config=file, timeout=5) as opened:
        yield opened


def threads():
    return sorted(thread.name for thread in threading.enumerate() if "CanLibrary" in thread.name)


def test_a_described_one_starts_by_its_name(described):
    assert described.start_simulated_ecu("engine") == "engine"
    described.open_isotp_connection("diag", txid="0x7E0", rxid="0x7E8", bus="body")
    assert str(described.exchange_isotp_frame("22 F1 90")) == "62 01"
    assert described.receive_can_message("0x7E8", bus="body").data.endswith(b"\xaa")
    described.wait_for_can_messages("0x100", "0x101", bus="body")
    described.change_periodic_message("status", "02")
    described.wait_for_can_message("0x101", "02", bus="body")
    described.message_counter_should_be_alive("0x100", counter={"byte": 1, "width": 4}, bus="body")


def test_all_of_them_start(described):
    described.start_simulated_ecu("doors")
    assert described.start_simulated_ecus() == ["engine"]
    assert described.start_simulated_ecus() == []
    described.exchange_can_message("0x123", reply_id="0x125", bus="body")
    listed = described.get_simulated_ecus()
    assert [(ecu["name"], ecu["bus"], ecu["periodic"]) for ecu in listed] == [
        ("doors", "body", []),
        ("engine", "body", ["engine.0x100", "status"]),
    ]
    assert listed[1]["address"] == "Normal_11bits, txid 0x7E8, rxid 0x7E0"


def test_what_is_given_goes_before_the_file(described):
    described.start_simulated_ecu("engine", bus="other", txid="0x7EA", rxid="0x7E2", stmin=5)
    described.open_isotp_connection("diag", txid="0x7E2", rxid="0x7EA", bus="other")
    assert str(described.exchange_isotp_frame("22 F1 90")) == "62 01"
    assert described.receive_can_message("0x7EA", bus="other").data.endswith(b"\xaa")
    described.send_isotp_frame("22 " * 20)
    assert described.receive_can_message("0x7EA", "30 08 05 *", bus="other")


def test_a_parameter_alone_leaves_the_address(described):
    described.start_simulated_ecu("engine", stmin=7)
    described.open_isotp_connection("diag", txid="0x7E0", rxid="0x7E8", bus="body")
    described.send_isotp_frame("22 " * 20)
    assert described.receive_can_message("0x7E8", "30 08 07 *", bus="body")


def test_it_stops_with_its_messages_and_starts_again(described):
    described.start_simulated_ecus()
    described.wait_for_can_message("0x100", bus="body")
    described.stop_simulated_ecu("engine")
    described.stop_simulated_ecu("engine")
    described.can_message_should_not_arrive("0x100", within=0.1, bus="body")
    assert [ecu["name"] for ecu in described.get_simulated_ecus()] == ["doors"]
    described.start_simulated_ecu("engine")
    described.wait_for_can_message("0x100", bus="body")
    described.stop_all_simulated_ecus()
    assert described.get_simulated_ecus() == []


def test_it_ends_with_its_bus(described):
    described.start_simulated_ecus()
    described.close_can_bus("body")
    assert described.get_simulated_ecus() == []
    assert threads() == []
    with pytest.raises(CanLibraryError, match="Simulated ECU 'engine' was stopped; start it again"):
        described.simulated_ecu_answers_request("engine", "22 *")
    described.start_simulated_ecus()
    described.wait_for_can_message("0x100", bus="body")


def test_a_late_answer_does_not_come_after_the_stop(library):
    library.start_simulated_ecu("doors")
    library.simulated_ecu_answers_message("doors", "0x123", "124#01", delay=0.05)
    library.send_can_message("0x123")
    library.stop_simulated_ecu("doors")
    library.can_message_should_not_arrive("0x124", within=0.15)


SENTENCES = [
    (
        "engin",
        "Simulated ECU 'engin' is not running (none is running; described: 'engine' and 'doors'); did you mean",
    ),
    (
        "engine",
        "Simulated ECU 'engine' is not running (none is running; described: 'engine' and 'doors'); start it",
    ),
    (
        "x",
        "Simulated ECU 'x' is not running (none is running; described: 'engine' and 'doors'); start it with",
    ),
]


@pytest.mark.parametrize(("name", "sentence"), SENTENCES)
def test_one_that_does_not_run(described, name, sentence):
    with pytest.raises(CanLibraryError) as failure:
        described.simulated_ecu_answers_message(name, "0x123")
    assert str(failure.value).startswith(sentence)


def test_a_response_on_its_way_ends_with_the_ecu(library):
    library.start_simulated_ecu("engine", txid="0x7E8", rxid="0x7E0")
    library.simulated_ecu_answers_request("engine", "22 *", "62 " + "11 " * 50)
    library.send_can_message("0x7E0", "03 22 F1 90")
    library.receive_can_message("0x7E8", "10 33 *")
    library.stop_simulated_ecu("engine")
    assert library.get_simulated_ecu_log("engine")[-1].note == "not through when the ECU was stopped"
    assert threads() == ["CanLibrary bus 'body'"]


def test_a_name_is_needed(library):
    with pytest.raises(CanLibraryError, match=r"A simulated ECU needs a name\."):
        library.start_simulated_ecu(" ")


def test_one_that_runs_already(described):
    described.start_simulated_ecu("doors")
    with pytest.raises(
        CanLibraryError, match="'doors' is running already; stop it first or use another name"
    ):
        described.start_simulated_ecu("doors")


def test_a_misspelt_name_is_no_new_ecu(described):
    with pytest.raises(CanLibraryError, match="Simulated ECU 'door' is not described; did you mean 'doors'"):
        described.start_simulated_ecu("door")


def test_a_file_without_ecus(library):
    with pytest.raises(CanLibraryError, match="The configuration describes no simulated ECU"):
        library.start_simulated_ecus()


def test_a_recording_has_none(library, tmp_path):
    library.send_can_message("0x123")
    library.save_can_trace(tmp_path / "short.log")
    library.open_can_trace(tmp_path / "short.log", "drive")
    with pytest.raises(CanLibraryError, match="'drive' is a recording: no simulated ECU can work on it"):
        library.start_simulated_ecu("doors", bus="drive")


def test_a_start_that_fails_leaves_nothing(described):
    described.start_periodic_message("0x300", period=1, name="status", bus="body")
    with pytest.raises(CanLibraryError, match="'status' is running already"):
        described.start_simulated_ecu("engine")
    assert described.get_simulated_ecus() == []
    assert [name for name in threads() if "ECU" in name or "IsoTp" in name] == []


def test_a_driver_that_refuses_does_not_keep_it_from_stopping(library, scripted_bus):
    bus = scripted_bus()
    library.use_existing_can_bus(bus, "lab")
    library.start_simulated_ecu("doors")
    library.simulated_ecu_answers_message("doors", "0x123", "124#01")

    def refuse(_message):
        raise can.CanOperationError("bus off")

    bus._on_send = refuse
    bus.arrived.put(can.Message(arbitration_id=0x123, is_extended_id=False))
    library.wait_for_can_message("0x123", since="opened")
    ecu = library.attributes["get_simulated_ecus"].__self__._ecus.running["doors"]
    ecu.settle()
    with pytest.raises(CanLibraryError) as failure:
        library.stop_simulated_ecu("doors")
    assert str(failure.value) == "Simulated ECU 'doors': Bus 'lab' could not send 0x124  [1]  01: bus off."
    assert [name for name in threads() if "ECU" in name] == []


def test_a_dead_bus_is_told_once(library, scripted_bus, eventually):
    bus = scripted_bus()
    library.use_existing_can_bus(bus, "lab")
    library.start_simulated_ecu("doors")
    bus.arrived.put(can.CanOperationError("cable pulled"))
    session = library.attributes["get_simulated_ecus"].__self__._ecus.running["doors"].session
    eventually(lambda: session.traffic.failure is not None)
    library.stop_simulated_ecu("doors")
    with pytest.raises(BusError, match="Bus 'lab' receives no more: cable pulled"):
        library.close_can_bus("lab")


PERIODIC = [
    (
        {"ecu": "doors", "bus": "body"},
        "ecu= and bus= exclude each other: a simulated ECU sends on its own bus.",
    ),
    (
        {"ecu": "doors", "by_interface": True},
        "ecu= and by_interface=True exclude each other: the ECU sends it.",
    ),
    ({"ecu": "door"}, "Simulated ECU 'door' is not running (running: 'doors'); did you mean 'doors'?"),
]


@pytest.mark.parametrize(("options", "sentence"), PERIODIC)
def test_a_periodic_message_of_an_ecu_that_cannot_be(library, options, sentence):
    library.start_simulated_ecu("doors")
    with pytest.raises(CanLibraryError) as failure:
        library.start_periodic_message("0x100", period=1, **options)
    assert str(failure.value) == sentence


def test_a_periodic_message_of_an_ecu_is_received_and_ends_with_it(library):
    library.start_simulated_ecu("doors")
    handle = library.start_periodic_message("0x100", "01", period=0.01, ecu="doors")
    assert library.receive_can_message("0x100").is_rx
    assert library.get_simulated_ecus()[0]["periodic"] == [handle]
    library.stop_simulated_ecu("doors")
    library.can_message_should_not_arrive("0x100", within=0.1)

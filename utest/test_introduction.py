"""What the introduction of the keywords' page shows: examples that run, and sentences that are said."""

import re
import subprocess
import sys
from pathlib import Path

import can
import pytest

from CanLibrary import CanId, CanLibrary, CanLibraryError, CanMessage, Payload
from CanLibrary.config import load_bench
from CanLibrary.introduction import INTRODUCTION
from CanLibrary.types import build_message

ROOT = Path(__file__).parent.parent
BLOCKS = [
    "\n".join(line[2:] for line in block.splitlines())
    for block in re.findall(r"(?:^\|(?: [^\n]*[^|\n]|)\n)+", INTRODUCTION, re.MULTILINE)
]


def block(beginning):
    (found,) = (text for text in BLOCKS if text.startswith(beginning))
    return found


def steps(beginning):
    return "".join(f"    {line}\n" for line in block(beginning).splitlines())


def test_the_suites_run(tmp_path):
    suite = block("***** Settings")
    suite += "\nAddressing Modes\n    Open Can Bus\n" + steps("Open IsoTp Connection")
    suite += "\nAsymmetric Address\n    Open Can Bus\n" + steps("VAR ")
    path = tmp_path / "introduction.robot"
    path.write_text(suite)
    command = [
        sys.executable,
        "-m",
        "robot",
        "--outputdir",
        str(tmp_path),
        "--pythonpath",
        str(ROOT),
        str(path),
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "3 tests, 3 passed, 0 failed" in run.stdout, run.stdout + run.stderr


def test_the_bench_file_loads(tmp_path):
    path = tmp_path / "bench.yaml"
    path.write_text(block("export:"))
    bench = load_bench(path)
    assert (list(bench.buses), list(bench.connections)) == (["body"], ["diag"])


def test_the_python_code_runs(capsys):
    exec(block("from CanLibrary"), {})
    assert capsys.readouterr().out == "0x7E0  [3]  02 10 03\n"


def test_every_table_was_filled_in():
    assert not re.findall(r"%[A-Z]+%", INTRODUCTION.replace("%TOC%", ""))


@pytest.mark.parametrize("text", ["7E0", "291", "0x0123", "0x800"])
def test_refused_identifiers(text):
    with pytest.raises(ValueError, match=f"^'{text}' ") as refused:
        CanId(text)
    assert f"| ``{text}`` | refused: _{refused.value}_ |" in INTRODUCTION


def test_refused_data():
    nine = bytes(9)
    for given, refuse in (
        ("``021``", lambda: Payload("021")),
        ("nine bytes", lambda: build_message("0x7E0", nine)),
        ("nine bytes, ``fd=True``", lambda: build_message("0x7E0", nine, fd=True)),
    ):
        with pytest.raises(ValueError, match=r"digits|bytes") as refused:
            refuse()
        assert f"| {given} | refused: _{refused.value}_ |" in INTRODUCTION


def assert_said(sentence):
    """Check that the introduction shows a sentence; how long things took and how many they were may differ."""
    shown = [alike(text) for text in re.findall(r"^- ``(.*?)``$", INTRODUCTION, re.MULTILINE)]
    assert alike(sentence) in shown, "\n".join([alike(sentence), *shown])


def alike(sentence):
    plain = re.sub(r"\d+(\.\d+)? (milli)?seconds?", "T", sentence)
    return re.sub(r"(lost|sent|keeps) \d+ (\w+?)s?\b", r"\1 N \2", plain)


@pytest.fixture
def library():
    with CanLibrary() as opened:
        opened.open_can_bus("tester", channel="introduction")
        opened.open_can_bus("ecu", channel="introduction")
        yield opened


@pytest.fixture
def refusal(library):
    """A bus 'tester' on which two others and a refusal are unread."""
    mark = library.set_can_mark(bus="tester")
    library.send_can_messages(["100#00", "100#00", "7E8#037F1012"], bus="ecu")
    library.wait_for_can_message("0x7E8", since=mark, within=5, bus="tester")
    return mark


def failure(call, *arguments, **named):
    with pytest.raises(AssertionError) as failed:
        call(*arguments, **named)
    return str(failed.value)


@pytest.mark.usefixtures("refusal")
def test_what_a_mailbox_says(library):
    assert_said(failure(library.receive_can_message, "0x7E8", "?? 50 *", timeout=0.05, bus="tester"))
    assert_said(failure(library.receive_can_messages, 3, id="0x7E8", timeout=0.05, bus="tester"))


def test_what_waits_say(library, refusal):
    assert_said(failure(library.wait_for_can_message, "0x7E8", within=0.05, bus="tester"))
    assert_said(
        failure(library.can_message_should_not_arrive, "0x7E8", within=5, since=refusal, bus="tester")
    )


def test_what_an_exchange_of_messages_says(library):
    library.start_periodic_message("0x7E8", "03 7F 10 12", period=1.5, bus="ecu", name="refusal")
    library.receive_can_message("0x7E8", timeout=5, bus="tester")
    exchange = library.exchange_can_message
    assert_said(
        failure(exchange, "0x7E0", "01", reply_id="0x7E8", reply_data="?? 50 *", within=2, bus="tester")
    )


def open_both_ends(library, **parameters):
    library.open_isotp_connection("ecu", txid="0x7E8", rxid="0x7E0", bus="ecu")
    library.open_isotp_connection("diag", txid="0x7E0", rxid="0x7E8", bus="tester", **parameters)


def test_what_an_exchange_of_isotp_frames_says(library):
    open_both_ends(library)
    library.start_periodic_message("0x7E8", "03 7F 22 78", period=1.5, bus="ecu", name="pending")
    library.receive_isotp_frame("7F 22 78", timeout=5, connection="diag")
    exchange = library.exchange_isotp_frame
    assert_said(failure(exchange, "22 F1 90", reply="62 F1 90 *", timeout=2, connection="diag"))


def test_what_a_send_to_nobody_says(library):
    open_both_ends(library, rx_flowcontrol_timeout=20)
    library.stop_isotp(connection="ecu")
    assert_said(failure(library.send_isotp_frame, bytes(100), timeout=5, connection="diag"))


def test_what_a_payload_that_is_too_long_says(library):
    open_both_ends(library, max_frame_size=50)
    assert_said(failure(library.send_isotp_frame, bytes(100), timeout=5, connection="ecu"))
    assert_said(failure(library.receive_isotp_frame, timeout=5, connection="diag"))


def test_what_a_payload_that_is_lost_half_way_says(library):
    open_both_ends(library, rx_consecutive_frame_timeout=20)
    library.send_can_message("0x7E8", "10 14 62 F1 90 57 42 41", bus="ecu")
    assert_said(failure(library.receive_isotp_frame, timeout=5, connection="diag"))


def told(call, *arguments, **named):
    """Return what the next keyword says about something that goes wrong in the background."""
    for _ in range(500):
        try:
            call(*arguments, **named)
        except AssertionError:
            continue  # it has not happened yet
        except CanLibraryError as error:
            return str(error)
    raise TimeoutError


def test_what_a_full_trace_says():
    with CanLibrary(trace_size=16) as library:
        library.open_can_bus("body", channel="introduction-lost")
        library.open_can_bus("ecu", channel="introduction-lost")
        library.send_can_messages([CanMessage(0x100, False)] * 40, bus="ecu")
        assert_said(told(library.receive_can_message, "0x7FF", timeout=0.01, bus="body"))


class BusThatRefuses(can.BusABC):
    def __init__(self):
        super().__init__(channel="refuses")

    def send(self, *_arguments):
        raise can.CanOperationError("the driver's words")

    def _recv_internal(self, **_arguments):
        return None, False


def test_what_a_periodic_message_says():
    with CanLibrary() as library:
        library.use_existing_can_bus(BusThatRefuses(), "body", shut_down=True)
        library.start_periodic_message("0x100", "00", period=60, name="heartbeat")
        assert_said(told(library.receive_can_message, "0x7FF", timeout=0.01, bus="body"))

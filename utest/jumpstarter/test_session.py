"""Finding an exporter, getting in, and losing it."""

import logging
import subprocess
import sys
import threading
import time

import can
import pytest
from can import CanInitializationError, CanOperationError

from CanLibrary.jumpstarter import session as session_module
from CanLibrary.jumpstarter.target import find_target
from CanLibrary.sessions.drivers import why_missing


def message(identifier=0x123):
    return can.Message(arbitration_id=identifier, is_extended_id=False)


def refusal(**options):
    with pytest.raises(CanInitializationError) as refused:
        can.Bus(interface="jumpstarter", channel="can", ignore_config=True, **options)
    return str(refused.value)


@pytest.fixture
def no_shell(monkeypatch):
    monkeypatch.delenv("JUMPSTARTER_HOST", raising=False)


@pytest.mark.usefixtures("no_shell")
def test_no_exporter_named():
    assert refusal() == (
        "There is no exporter: JUMPSTARTER_HOST is not set. Run this in 'jmp shell', such as 'jmp shell "
        "--exporter-config bench.yaml -- robot …', or name the exporter with address=host:port."
    )
    assert refusal(insecure=True) == (
        "ca_file, insecure and passphrase_file belong to an exporter that address=host:port names."
    )


def test_missing_extra_is_one_sentence(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    sentence = (
        "The Python package jumpstarter is missing; install it with "
        "'pip install \"robotframework-canlibrary[jumpstarter]\"', on Python 3.11 or later."
    )
    assert refusal(address="127.0.0.1:1") == sentence
    assert why_missing("jumpstarter") == sentence


def test_importing_the_interface_imports_nothing_of_jumpstarter():
    code = (
        "import sys, CanLibrary.jumpstarter.bus; "
        "print([name for name in sys.modules if name.split('.')[0] in ('jumpstarter', 'grpc', 'anyio')])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "[]\n"


def test_files_that_cannot_be_read(tmp_path):
    empty = tmp_path / "empty"
    empty.write_text(" \n")
    missing = tmp_path / "missing"
    assert refusal(address="127.0.0.1:1", passphrase_file=missing) == (
        f"passphrase_file={missing} cannot be read: No such file or directory."
    )
    assert refusal(address="127.0.0.1:1", ca_file=missing) == (
        f"ca_file={missing} cannot be read: No such file or directory."
    )
    assert refusal(address="127.0.0.1:1", passphrase_file=empty) == f"passphrase_file={empty} is empty."


@pytest.mark.usefixtures("exporter")
class TestUnixSocket:
    def test_buses_share_one_session_and_the_last_one_closes_it(self, open_bus):
        one, other = open_bus("can"), open_bus("ecu")
        (shared,) = session_module._open.values()
        assert shared.users == 2
        one.shutdown()
        other.send(message())
        other.shutdown()
        assert not session_module._open

    def test_nothing_is_said_on_the_way(self, open_bus, caplog, capfd):
        caplog.set_level(logging.WARNING)
        open_bus("can").send(message())
        open_bus("can").shutdown()
        assert caplog.text == ""
        assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(bool(why_missing("jumpstarter")), reason=why_missing("jumpstarter"))
def test_nobody_answers(tmp_path):
    assert refusal(address="127.0.0.1:1", insecure=True).startswith(
        "The exporter at '127.0.0.1:1' cannot be reached: "
    )
    assert refusal(address=str(tmp_path / "socket")).startswith(
        f"The exporter at '{tmp_path / 'socket'}' cannot be reached: "
    )


class TestTls:
    def test_passphrase_and_certificate_let_in(self, tls_exporter, open_bus, caplog):
        caplog.set_level(1)
        access = {
            "address": tls_exporter.address,
            "ca_file": tls_exporter.ca_file,
            "passphrase_file": tls_exporter.passphrase_file,
        }
        one, other = open_bus("can", **access), open_bus("ecu", **access)
        one.send(message(5))
        assert other.recv(2).arbitration_id == 5
        assert "sesame" not in caplog.text
        assert "sesame" not in repr(find_target(**access))

    def test_wrong_passphrase_is_one_sentence(self, tls_exporter, tmp_path, caplog):
        caplog.set_level(1)
        wrong = tmp_path / "wrong"
        wrong.write_text("open barley")
        access = {"address": tls_exporter.address, "ca_file": tls_exporter.ca_file}
        assert refusal(**access, passphrase_file=wrong) == (
            f"The exporter at '{tls_exporter.address}' refused the passphrase: it is wrong."
        )
        assert refusal(**access) == (
            f"The exporter at '{tls_exporter.address}' refused the passphrase: none was given; give it with "
            "passphrase_file=."
        )
        assert "barley" not in caplog.text

    def test_certificate_that_nobody_knows(self, tls_exporter):
        assert refusal(address=tls_exporter.address, passphrase_file=tls_exporter.passphrase_file).startswith(
            f"The exporter at '{tls_exporter.address}' cannot be reached: "
        )


class TestExporterIsKilled:
    def test_recv_and_send_say_so_at_once(self, mortal_exporter, open_bus):
        bus = open_bus("can")
        failures = []

        def wait():
            try:
                bus.recv(30)
            except CanOperationError as error:
                failures.append((time.monotonic(), str(error)))

        thread = threading.Thread(target=wait)
        thread.start()
        killed = time.monotonic()
        mortal_exporter.kill()
        thread.join(10)
        ((noticed, sentence),) = failures
        assert noticed - killed < 1
        assert sentence.startswith(f"The exporter at '{mortal_exporter.host}' is gone: ")
        with pytest.raises(CanOperationError, match="is gone"):
            bus.send(message())

    def test_the_next_bus_opens_once_it_is_back(self, mortal_exporter, open_bus, monkeypatch, new_exporter):
        before = open_bus("can")
        mortal_exporter.kill()
        with pytest.raises(CanOperationError):
            before.send(message())
        monkeypatch.setenv("JUMPSTARTER_HOST", new_exporter().host)
        one, other = open_bus("can"), open_bus("ecu")
        one.send(message(8))
        assert other.recv(1).arbitration_id == 8

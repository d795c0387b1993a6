"""Finding an exporter, getting in, and losing it."""

import logging
import os
import socket
import subprocess
import sys
import threading
import time

import can
import pytest
from can import CanInitializationError, CanOperationError

from CanLibrary import CanLibrary
from CanLibrary.errors import BusError, ConfigurationError
from CanLibrary.jumpstarter import session as session_module
from CanLibrary.jumpstarter.target import find_target
from CanLibrary.sessions.drivers import why_missing
from utest.jumpstarter.conftest import make_certificate
from utest.jumpstarter.outages import LoopbackExporter


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
    empty, prose = tmp_path / "empty", tmp_path / "prose"
    empty.write_text(" \n")
    prose.write_text("no certificate")
    missing = tmp_path / "missing"
    assert refusal(address="127.0.0.1:1", passphrase_file=missing) == (
        f"passphrase_file={missing} cannot be read: No such file or directory."
    )
    assert refusal(address="127.0.0.1:1", ca_file=missing) == (
        f"ca_file={missing} cannot be read: No such file or directory."
    )
    assert refusal(address="127.0.0.1:1", passphrase_file=empty) == f"passphrase_file={empty} is empty."
    assert refusal(address="127.0.0.1:1", ca_file=prose) == f"ca_file={prose} holds no certificates (PEM)."


@pytest.mark.parametrize("secret", [b"\xc3\xb6ffne barley", b"open\nbarley", b"\xff\xfebarley"])
def test_passphrase_that_cannot_travel(tmp_path, monkeypatch, secret, caplog, capfd):
    caplog.set_level(1)
    file = tmp_path / "passphrase"
    file.write_bytes(secret)
    sentence = " is no passphrase of an exporter: those are one line of printable ASCII characters."
    assert refusal(address="127.0.0.1:1", passphrase_file=file) == f"passphrase_file={file}{sentence}"
    monkeypatch.setenv("JUMPSTARTER_HOST", "127.0.0.1:1")
    monkeypatch.setenv("JMP_GRPC_PASSPHRASE", os.fsdecode(secret))
    assert refusal() == f"JMP_GRPC_PASSPHRASE{sentence}"
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "bench", "127.0.0.1:0", "bench:99999", ":8443", "bench:port"]
)
def test_address_that_is_none(monkeypatch, address):
    assert (
        refusal(address=address) == f"address={address} is neither host:port nor the whole path of a socket."
    )
    url = f"https://{address}"
    assert refusal(address=url) == f"address={url} is a URL; write host:port, without https://."
    monkeypatch.setenv("JUMPSTARTER_HOST", address)
    assert refusal() == f"JUMPSTARTER_HOST={address} is neither host:port nor the whole path of a socket."


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


class TestNobodyAnswers:
    """What python-can's interface says; the keywords put the alias before it."""

    @pytest.fixture(autouse=True)
    def extra(self):
        if missing := why_missing("jumpstarter"):
            pytest.skip(missing)

    @pytest.mark.parametrize("access", [{"insecure": True}, {}], ids=["plain", "tls"])
    def test_nobody_listens(self, access):
        assert refusal(address="127.0.0.1:1", **access) == (
            "The exporter at '127.0.0.1:1' cannot be reached: nobody listens there; start the exporter first."
        )

    def test_socket_that_is_gone(self, tmp_path, monkeypatch):
        sentence = (
            f"The exporter at '{tmp_path / 'socket'}' cannot be reached: its socket is gone; the exporter, or the 'jmp "
            "shell' that made it, has ended."
        )
        assert refusal(address=str(tmp_path / "socket")) == sentence
        monkeypatch.setenv("JUMPSTARTER_HOST", str(tmp_path / "socket"))
        assert refusal() == sentence

    def test_somebody_else(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            address = f"127.0.0.1:{other.getsockname()[1]}"

            def greet():
                with other.accept()[0] as guest:
                    guest.sendall(b"SSH-2.0-OpenSSH_9.9\r\n")
                    guest.recv(1000)

            thread = threading.Thread(target=greet)
            thread.start()
            said = refusal(address=address, insecure=True)
            thread.join()
        assert said == f"The exporter at '{address}' cannot be reached: what answers there is no exporter."

    def test_somebody_who_is_silent(self, monkeypatch):
        monkeypatch.setattr(session_module, "_CONNECT", 0.5)
        with socket.create_server(("127.0.0.1", 0)) as other:
            address = f"127.0.0.1:{other.getsockname()[1]}"
            assert refusal(address=address, insecure=True) == (
                f"The exporter at '{address}' cannot be reached: it did not answer within 0.5 seconds."
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

    @pytest.mark.parametrize(
        "keyword", ["open_can_bus", "open_isotp_connection"], ids=["can_bus", "isotp_connection"]
    )
    def test_what_is_wrong_with_the_access(self, tls_exporter, tmp_path, monkeypatch, keyword, caplog, capfd):
        caplog.set_level(1)
        library, address = CanLibrary(), tls_exporter.address
        named = {"interface": "jumpstarter", "channel": "tester"}
        begin = "Bus 'x' could not be opened on interface 'jumpstarter' channel 'tester': "
        if keyword == "open_isotp_connection":
            named = {"backend": "exported", "txid": "0x7E0", "rxid": "0x7E8", "channel": "tester"}
            begin = "Connection 'x' could not be opened: "

        def said(**options):
            with pytest.raises(BusError) as refused:
                getattr(library, keyword)("x", **named, **options)
            assert str(refused.value).startswith(begin)
            return str(refused.value).removeprefix(begin)

        wrong, port = tmp_path / "wrong", address.rpartition(":")[2]
        wrong.write_text("open barley")
        others, _ = make_certificate(tmp_path)
        known, secret = str(tls_exporter.ca_file), str(tls_exporter.passphrase_file)
        unreached = f"The exporter at '{address}' cannot be reached: "
        assert said(address=address, ca_file=known, passphrase_file=str(wrong)) == (
            f"The exporter at '{address}' refused the passphrase: it is wrong."
        )
        assert said(address=address, ca_file=known) == (
            f"The exporter at '{address}' refused the passphrase: none was given; give it with passphrase_file=."
        )
        assert said(address=address, ca_file=str(others), passphrase_file=secret) == (
            f"{unreached}ca_file={others} does not vouch for its certificate."
        )
        assert said(address=address, passphrase_file=secret) == (
            f"{unreached}its certificate is not trusted here; name the one that vouches for it with ca_file=."
        )
        assert said(address=f"localhost:{port}", ca_file=known, passphrase_file=secret) == (
            f"The exporter at 'localhost:{port}' cannot be reached: its certificate is for another name; give that one "
            "as its address."
        )
        assert said(address=address, insecure=True, passphrase_file=secret) == (
            f"{unreached}it hung up; if it speaks TLS, leave insecure=True out."
        )
        monkeypatch.setenv("JUMPSTARTER_HOST", address)
        assert said() == (
            f"{unreached}its certificate is not trusted here; name the one that vouches for it with "
            "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH."
        )
        assert not [word for word in ("barley", "sesame") if word in caplog.text]
        assert capfd.readouterr() == ("", "")

    def test_no_secret_is_kept_where_it_is_shown(self, tls_exporter, open_bus):
        open_bus(
            "can",
            address=tls_exporter.address,
            ca_file=tls_exporter.ca_file,
            passphrase_file=tls_exporter.passphrase_file,
        )
        (session,) = session_module._open.values()
        assert "sesame" not in f"{session_module._open!r} {session!r} {vars(session)!r}"


class TestPlain:
    def test_exporter_without_tls(self, exporter_file, open_bus):
        exporter = LoopbackExporter(exporter_file)
        try:
            assert refusal(address=exporter.address) == (
                f"The exporter at '{exporter.address}' cannot be reached: it does not speak TLS; if that is meant, "
                "give insecure=True."
            )
            open_bus("can", **exporter.access).send(message())
        finally:
            exporter.close()


@pytest.mark.usefixtures("exporter")
class TestDrivers:
    """Which driver is meant, as the keywords say it."""

    CAN = "its CAN drivers are 'can', 'ecu', "

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("cam", "{Exporter} has no driver 'cam'; did you mean 'can'?"),
            ("rack.bodi", "{Exporter} has no driver 'rack.bodi'; did you mean 'rack.body'?"),
            ("xyzzy", "{Exporter} has no driver 'xyzzy'; " + CAN),
            (
                "rack",
                "Driver 'rack' of {exporter} is no CAN driver but has the client "
                "'jumpstarter_driver_composite.client.CompositeClient'; " + CAN,
            ),
            (
                "tester",
                "Driver 'tester' of {exporter} is no CAN driver but has the client "
                "'jumpstarter_driver_can.client.IsoTpClient'; " + CAN,
            ),
        ],
    )
    def test_can_bus(self, shared_exporter, name, reason):
        with pytest.raises(BusError) as refused:
            CanLibrary().open_can_bus("x", interface="jumpstarter", channel=name)
        where = f"exporter at '{shared_exporter.host}'"
        assert str(refused.value).startswith(
            f"Bus 'x' could not be opened on interface 'jumpstarter' channel '{name}': "
            + reason.format(exporter=f"the {where}", Exporter=f"The {where}")
        )
        assert not str(refused.value).endswith("?.")

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("tetser", "{Exporter} has no driver 'tetser'; did you mean 'tester'?"),
            ("xyzzy", "{Exporter} has no driver 'xyzzy'; its ISO-TP drivers are 'tester' and 'server'."),
            (
                "wire",
                "Driver 'wire' of {exporter} is no ISO-TP driver but has the client "
                "'jumpstarter_driver_can.client.CanClient'; its ISO-TP drivers are 'tester' and 'server'.",
            ),
        ],
    )
    def test_isotp_connection(self, shared_exporter, name, reason):
        with pytest.raises(ConfigurationError) as refused:
            CanLibrary().open_isotp_connection(
                "x", backend="exported", channel=name, txid="0x7E0", rxid="0x7E8"
            )
        where = f"exporter at '{shared_exporter.host}'"
        assert str(refused.value) == reason.format(exporter=f"the {where}", Exporter=f"The {where}")


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

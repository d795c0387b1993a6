"""Keywords called from Python take the plain values that a tester would write as text."""

import threading

import pytest

from CanLibrary import CanLibrary, ConfigurationError, IsoTpTransferError


@pytest.fixture
def library():
    with CanLibrary() as opened:
        opened.open_can_bus("tester", channel="use-from-python")
        opened.open_can_bus("ecu", channel="use-from-python")
        yield opened


def test_identifiers_data_patterns_and_seconds(library):
    sent = library.send_can_message("0x7E0", "02 10 03", bus="tester", timeout=0.5)
    received = library.receive_can_message("0x7E0", "?? 10 *", timeout=5)
    assert str(received) == str(sent) == "0x7E0  [3]  02 10 03"


def test_integers_bytes_and_candump_text(library):
    library.send_can_messages(["123#AABB"], gap=0.001, bus="tester")
    library.send_can_message(0x18DA10F1, b"\x01\x02", bus="tester")
    received = library.receive_can_messages(2, timeout=5)
    assert [str(message) for message in received] == ["0x123  [2]  AA BB", "0x18DA10F1  [2]  01 02"]


def test_a_mark_and_a_mask(library):
    mark = library.set_can_mark(bus="ecu")
    library.send_can_message("0x100", "12 34", bus="tester")
    found = library.wait_for_can_message("0x100", "1F 34", mask="F0 FF", since=mark, within=5)
    assert str(found) == "0x100  [2]  12 34"


def test_filters(library):
    library.set_can_filters("0x100:0x700")
    library.send_can_messages(["200#01", "123#02"], bus="tester")
    assert str(library.receive_can_message(timeout=5)) == "0x123  [1]  02"


def test_isotp(library):
    library.open_isotp_connection("ecu", txid="0x7E8", rxid="0x7E0", bus="ecu", read_timeout=0.01)
    library.open_isotp_connection("tester", txid=0x7E0, rxid=0x7E8, bus="tester")
    library.send_isotp_frame("22 F1 90", connection="tester", timeout=5)
    assert library.receive_isotp_frame("22 *", connection="ecu", timeout=5) == bytes.fromhex("22F190")
    library.send_isotp_frame([0x3E, 0x80], connection="tester", target_address_type="Functional")
    assert library.receive_isotp_frame(connection="ecu", timeout=5) == b"\x3e\x80"


@pytest.mark.parametrize(
    ("payload", "logged"),
    [
        (b"\x3e", "Received on connection 'ecu': 3E (1 byte)."),
        (bytes(3), "Received on connection 'ecu': 00 00 00 (3 bytes)."),
        (bytes(300), f"Received on connection 'ecu': {bytes(256).hex(' ')} … (300 bytes)."),
    ],
)
def test_what_is_logged_of_a_payload(library, payload, logged, caplog):
    library.open_isotp_connection("ecu", txid="0x7E8", rxid="0x7E0", bus="ecu")
    library.open_isotp_connection("tester", txid=0x7E0, rxid=0x7E8, bus="tester")
    with caplog.at_level("INFO"):
        library.send_isotp_frame(payload, connection="tester")
        library.receive_isotp_frame(connection="ecu", timeout=5)
    assert logged in caplog.messages


def test_an_isotp_exchange(library):
    library.open_isotp_connection("ecu", txid="0x7E8", rxid="0x7E0", bus="ecu")
    library.open_isotp_connection("tester", txid="0x7E0", rxid="0x7E8", bus="tester")

    def answer():
        library.receive_isotp_frame("3E 00", connection="ecu", timeout=5)
        library.send_isotp_frame("7E 00", connection="ecu")

    partner = threading.Thread(target=answer)
    partner.start()
    try:
        assert (
            library.exchange_isotp_frame("3E 00", reply="7E *", connection="tester", timeout=5) == b"\x7e\x00"
        )
    finally:
        partner.join()


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda library: library.send_can_message("7E0"),
            "'7E0' can be read in two ways, hexadecimal 0x7E0 or the number 7: write 0x7E0.",
        ),
        (
            lambda library: library.set_can_filters("7DF"),
            "'7DF' is hexadecimal without 0x: write 0x7DF.",
        ),
        (
            lambda library: library.receive_can_message(timeout="soon"),
            "timeout='soon' is not possible: timeout is a time such as 0.05 (seconds) or '50 ms'.",
        ),
        (
            lambda library: library.wait_for_can_message("0x7E8", within=-1),
            "within=-1 is not possible: a time is 0 seconds or more.",
        ),
        (
            lambda library: library.wait_for_can_message("0x7E8", since="now"),
            "'now' is no mark; give what Set Can Mark returned, a message that was received or sent, or opened.",
        ),
        (
            lambda library: library.bus_state_should_be("ACTIV"),
            "state='ACTIV' is not possible: state is one of ACTIVE, PASSIVE, ERROR; did you mean 'ACTIVE'?",
        ),
    ],
)
def test_a_wrong_value_is_refused_in_one_sentence(library, call, sentence):
    with pytest.raises(ConfigurationError) as refused:
        call(library)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"trace_size": 0}, "trace_size=0 is not possible: a bus keeps at least 1 message."),
        ({"timeout": -1}, "timeout=-1 is not possible: a time is 0 seconds or more."),
        (
            {"trace_on_failure": -1},
            "trace_on_failure=-1 is not possible: give how many messages log.html shows, or 0 for none.",
        ),
        (
            {"trace_on_failure": "all"},
            "trace_on_failure='all' is not possible: trace_on_failure is an integer.",
        ),
        ({"trace_dir": " "}, "trace_dir= is empty: give a folder, or leave it out to write nothing."),
        ({"trace_dirs": "x"}, "CanLibrary has no import argument 'trace_dirs'; did you mean 'trace_dir'?"),
    ],
)
def test_a_wrong_import_argument_is_told_by_every_keyword(given, sentence):
    library = CanLibrary(**given)
    with pytest.raises(ConfigurationError) as refused:
        library.open_can_bus("body")
    assert str(refused.value) == sentence


def _send_to_nobody(library):
    library.open_isotp_connection(
        "alone", txid="0x7E0", rxid="0x7E8", bus="tester", rx_flowcontrol_timeout=10
    )
    library.send_isotp_frame(bytes(100))


NOT_SENT = (
    "The IsoTp frame of 100 bytes on connection 'alone' was not sent: no flow control came within "
    "10 milliseconds (N_Bs): is the partner there, and is its rxid 0x7E0 and its txid 0x7E8?"
)


def test_the_end_of_the_block_tells_what_nobody_was_told():
    def use():
        with CanLibrary() as library:
            library.open_can_bus("tester", channel="use-from-python")
            _send_to_nobody(library)

    with pytest.raises(IsoTpTransferError) as told:  # what the partner did not do is a verdict
        use()
    assert str(told.value) == NOT_SENT


def test_what_ended_the_block_is_what_comes_out(caplog):
    def use():
        with CanLibrary() as library:
            library.open_can_bus("tester", channel="use-from-python")
            _send_to_nobody(library)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        use()
    assert NOT_SENT in caplog.messages

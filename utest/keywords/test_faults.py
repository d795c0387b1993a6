"""Faults, timing and functional requests of ISO-TP from Python, with plain values."""

from datetime import timedelta

import pytest

from CanLibrary import CanLibraryError, ConfigurationError, IsoTpTransferError


def refusal(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return str(refused.value)


@pytest.fixture
def diag(library):
    """Open the tester's and the ECU's end; the tester's is the current one."""
    library.open_isotp_connection(
        "ecu", txid="0x7E8", rxid="0x7E0", bus="ecu", rx_consecutive_frame_timeout=200
    )
    library.open_isotp_connection("diag", txid=0x7E0, rxid=0x7E8, bus="tester", rx_flowcontrol_timeout=200)
    return library


class TestFaults:
    def test_a_fault_and_what_it_did(self, diag):
        fault = diag.set_isotp_fault("drop", message="SF", number=2)
        for number in range(3):
            diag.send_isotp_frame([number], timeout=5)
        assert [diag.receive_isotp_frame(connection="ecu") for _ in range(2)] == [b"\x00", b"\x02"]
        assert (fault.applied, fault.is_over, fault.played) == (1, True, ["0x7E0 01 01 was not sent"])
        assert diag.clear_isotp_faults() == [fault]

    @pytest.mark.parametrize("delay", [0.4, timedelta(milliseconds=400), "400 ms"])
    def test_late(self, diag, delay):
        diag.set_isotp_fault("LATE", delay=delay, connection="ecu")
        failure = refusal(IsoTpTransferError, diag.send_isotp_frame, bytes(20), timeout=5)
        assert "no flow control came within 200 milliseconds (N_Bs)" in failure
        failure = refusal(IsoTpTransferError, diag.receive_isotp_frame, connection="ecu")
        assert "did not come within 200 milliseconds (N_Cr)" in failure
        diag.stop_isotp(connection="ecu")

    def test_late_by_default(self, diag):
        assert diag.set_isotp_fault("LATE").delay == 1.5
        assert diag.set_isotp_fault("WAIT").delay == 0
        diag.clear_isotp_faults()

    def test_corrupt(self, diag):
        diag.set_isotp_fault("CORRUPT", byte=2, mask=b"\x80")
        diag.send_isotp_frame(b"\x01\x02", timeout=5)
        assert diag.receive_isotp_frame(connection="ecu") == b"\x01\x82"

    @pytest.mark.parametrize(
        ("fault", "given", "sentence"),
        [
            ("EXPLODE", {}, "fault='EXPLODE' is not possible: fault is one of DROP, REPEAT, "),
            (
                "DROP",
                {"message": "XX"},
                "message='XX' is not possible: message is one of SF, FF, CF, FC, ANY.",
            ),
            ("DROP", {"number": "one"}, "number"),
            ("DROP", {"size": 5}, "size= is for 'LYING_LENGTH'; DROP has no use for it."),
            (
                "CORRUPT",
                {"mask": "0001"},
                "mask=00 01 is not possible: it is one byte, the bits that are inverted.",
            ),
            ("CORRUPT", {"mask": "00"}, "mask=00 changes nothing: give the bits that are to be inverted."),
        ],
    )
    def test_refused(self, diag, fault, given, sentence):
        assert sentence in refusal(ConfigurationError, diag.set_isotp_fault, fault, **given)

    def test_what_was_never_played_is_told_at_the_end(self, diag, caplog):
        diag.set_isotp_fault("DROP", message="FC")
        diag.close_isotp_connection()
        assert "Fault DROP of FC was set on connection 'diag' and never played" in caplog.text


class TestTiming:
    def test_measured(self, diag):
        diag.send_isotp_frame(bytes(100), timeout=5)
        timing = diag.get_isotp_timing("0x7E0", 0x7E8, bus="tester")
        assert len(timing.transfers) == 1
        assert timing.blocksize == timing.blocksize_asked == 8
        assert timing.n_bs.count == 2
        diag.isotp_timing_should_be_within(n_bs=5, connection="diag")
        assert "N_Bs should be at most 0 seconds, but was" in refusal(
            AssertionError, diag.isotp_timing_should_be_within, n_bs=timedelta(), connection="diag"
        )

    def test_nothing_to_measure(self, diag):
        assert diag.get_isotp_timing(connection="diag").transfers == ()
        assert refusal(
            CanLibraryError, diag.isotp_timing_should_be_within, stmin="1 ms", connection="diag"
        ).startswith("There is no verdict about stmin: nothing of it could be measured")

    def test_nothing_to_judge(self, diag):
        failure = refusal(ConfigurationError, diag.isotp_timing_should_be_within, connection="diag")
        assert failure == "What should be judged? Give n_bs=, n_cr=, stmin= or blocksize=."

    def test_nobody_named(self, diag):
        sentence = (
            "Whose IsoTp frames? Give connection= with its alias, or txid= and rxid= (or another address)."
        )
        assert refusal(ConfigurationError, diag.isotp_timing_should_be_within, n_bs="1 s") == sentence
        assert refusal(ConfigurationError, diag.get_isotp_timing) == sentence


class TestFunctionalRequests:
    @pytest.fixture
    def ecus(self, library):
        for number in range(2):
            name = f"ecu {number}"
            library.start_simulated_ecu(
                name, bus="ecu", txid=0x7E8 + number, rxid=0x7E0 + number, functional_id=0x7DF
            )
            library.simulated_ecu_answers_request(name, "22 *", bytes([0x62, *[number] * 30]))
        return library

    @pytest.mark.parametrize(
        "expected",
        [{"count": 2}, {"responders": [0x7E8, "0x7E9"]}, {"responders": {"one": "0x7E8", "two": 0x7E9}}],
    )
    def test_answers(self, ecus, expected):
        answers = ecus.send_functional_isotp_request("22 F1 90", **expected)
        assert sorted(bytes(answer)[1] for answer in answers) == [0, 1]

    def test_in_a_time(self, ecus):
        assert len(ecus.send_functional_isotp_request(b"\x22\xf1\x90", within=0.5)) == 2
        assert ecus.send_functional_isotp_request([0x3E, 0x80], within=timedelta(milliseconds=50)) == []

    def test_padded(self, ecus):
        assert len(ecus.send_functional_isotp_request("22 F1 90", count=2, tx_padding=0xAA)) == 2
        sent = [str(message) for message in ecus.get_can_messages(bus="tester", direction="Tx")]
        assert sent[0] == "0x7DF  [8]  03 22 F1 90 AA AA AA AA"
        assert sorted(sent[1:]) == [
            "0x7E0  [8]  30 00 00 AA AA AA AA AA",
            "0x7E1  [8]  30 00 00 AA AA AA AA AA",
        ]

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"count": 0}, "count=0 is not possible: it is 1 or more."),
            ({"tx_padding": 256}, "tx_padding=256 is not possible: it is 0 to 255."),
            ({"within": -1}, "within=-1 is not possible: a time is 0 seconds or more."),
            ({"count": 1, "responders": "0x7E8"}, "responders= and count= exclude each other"),
            (
                {"responders": []},
                "There is nobody in the list of responders; leave it out if nobody is known.",
            ),
            ({"responders": ["7E8"]}, "7E8"),
            ({"txid": "0x123"}, "Who answers 0x123 is not known"),
        ],
    )
    def test_refused(self, library, given, sentence):
        assert sentence in refusal(
            ConfigurationError, library.send_functional_isotp_request, "3E 00", **given
        )

    def test_on_a_recording(self, library, tmp_path):
        library.send_can_message("0x100")
        library.save_can_trace(tmp_path / "trace.blf")
        library.open_can_trace(tmp_path / "trace.blf", alias="old")
        assert "recording" in refusal(
            CanLibraryError, library.send_functional_isotp_request, "3E 00", bus="old"
        )

"""The times of ISO-TP as a listener measures them."""

import pytest

from CanLibrary.config import connection_description
from CanLibrary.transport.timing import TimingObserver
from CanLibrary.types import message_from


def address(**fields):
    return connection_description("observed", {"address": fields}).address


NORMAL = address(txid="0x7E0", rxid="0x7E8")


def timing(*lines, until=None, side=None, of=NORMAL):
    """Return what is measured in lines of milliseconds and candump text."""
    observer, at = TimingObserver(of), 0.0
    for line in lines:
        moment, text = line.split()
        message = message_from(text)
        message.received_at = at = float(moment) / 1000
        observer.note(message)
    return observer.timing(at if until is None else until / 1000, side)


def ms(spread):
    return (
        None
        if spread is None
        else [round(each * 1000, 6) for each in (spread.minimum, spread.mean, spread.maximum)]
    )


TWO_BLOCKS = (
    "0 7E0#1024000102030405",  # 36 bytes: 6 and five consecutive frames
    "3 7E8#300305",
    "10 7E0#2106070809101112",
    "15 7E0#2206070809101112",
    "22 7E0#2306070809101112",
    "30 7E8#3003F1",
    "31 7E0#2406070809101112",
    "33 7E0#250607080910",
)


class TestOneTransfer:
    def test_times(self):
        found = timing(*TWO_BLOCKS)
        assert ms(found.n_bs) == [3, 5.5, 8]
        assert found.n_bs.count == 2
        assert ms(found.n_cr) == [1, pytest.approx(4.4), 7]
        assert found.stmin == pytest.approx(0.002)
        assert found.blocksize == 3
        assert found.n_as is None

    def test_what_was_asked(self):
        found = timing(*TWO_BLOCKS)
        assert found.stmin_asked == pytest.approx(0.0001)  # the last one counts
        assert found.blocksize_asked == 3

    def test_which(self):
        (transfer,) = timing(*TWO_BLOCKS).transfers
        assert str(transfer.id) == "0x7E0"
        assert (transfer.size, transfer.is_rx, transfer.is_complete) == (36, False, True)
        assert (transfer.began_at, transfer.ended_at) == (0, pytest.approx(0.033))

    def test_as_text(self):
        lines = str(timing(*TWO_BLOCKS)).splitlines()
        assert lines == [
            "1 transfer, times are minimum / mean / maximum",
            "0x7E0  [36]  N_Bs 3 ms / 5.5 ms / 8 ms, N_Cr 1 ms / 4.4 ms / 7 ms, blocksize 3, stmin 2 ms "
            "(asked: 3, 0.1 ms)",
        ]

    def test_a_gap_over_a_flow_control_is_no_gap_of_a_block(self):
        found = timing(*TWO_BLOCKS[:6], "30.5 7E0#2406070809101112")
        assert found.stmin == pytest.approx(0.005)

    def test_wait(self):
        found = timing(
            "0 7E0#1008000102030405", "5 7E8#310000", "12 7E8#310000", "14 7E8#300000", "15 7E0#210607"
        )
        assert ms(found.n_bs) == [2, pytest.approx(14 / 3), 7]
        assert found.transfers[0].waits == 2

    def test_block_size_not_honoured(self):
        found = timing(*TWO_BLOCKS[:5], "23 7E0#2406070809101112", "30 7E8#300305", "33 7E0#250607080910")
        assert found.blocksize == 4
        assert ms(found.n_bs) == [3, 3, 3]  # the second one was awaited by nobody

    def test_a_flow_control_in_the_middle_of_a_block_is_no_gap(self):
        found = timing(
            "0 7E0#1024000102030405",
            "1 7E8#300000",
            "2 7E0#2106070809101112",
            "8 7E8#310000",
            "9 7E0#2206070809101112",
            "14 7E0#2306070809101112",
        )
        assert found.stmin == pytest.approx(0.005)

    def test_single_frames_have_no_times(self):
        assert timing("0 7E0#0322F190", "1 7E8#0462F19001").transfers == ()


class TestBothSides:
    def test_each_with_its_own(self):
        lines = (
            *TWO_BLOCKS,
            "40 7E8#1008000102030405",
            "42 7E0#300000",
            "50 7E8#210607",
        )
        found = timing(*lines)
        assert [transfer.is_rx for transfer in found.transfers] == [False, True]
        assert ms(timing(*lines, side=True).n_bs) == [2, 2, 2]
        assert ms(timing(*lines, side=False).n_bs) == [3, 5.5, 8]

    def test_at_the_same_time(self):
        found = timing(
            "0 7E0#1008000102030405",
            "1 7E8#1008000102030405",
            "3 7E8#300000",
            "5 7E0#300000",
            "6 7E0#210607",
            "10 7E8#210607",
        )
        assert [ms(transfer.n_bs)[0] for transfer in found.transfers] == [3, 4]
        assert [ms(transfer.n_cr)[0] for transfer in found.transfers] == [3, 5]

    def test_extended_addressing(self):
        of = address(
            txid="0x600",
            rxid="0x601",
            addressing_mode="Extended_11bits",
            target_address=0x55,
            source_address=0xAA,
        )
        found = timing(
            "0 600#5510080001020304", "2 601#AA300000", "2 601#BB300000", "4 600#5521050607", of=of
        )
        assert found.transfers[0].is_complete
        assert ms(found.n_bs) == [2, 2, 2]

    def test_functional_messages_are_of_no_transfer(self):
        of = address(addressing_mode="NormalFixed_29bits", target_address=0x40, source_address=0xF1)
        found = timing(
            "0 18DA40F1#1008000102030405",
            "2 18DAF140#300000",
            "3 18DB40F1#210607",
            "9 18DA40F1#210607",
            of=of,
        )
        assert ms(found.n_cr) == [7, 7, 7]


class TestWhatBreaksOff:
    def test_overflow(self):
        (transfer,) = timing("0 7E0#1008000102030405", "3 7E8#320000").transfers
        assert transfer.problem == "flow control 'overflow'"
        assert ms(transfer.n_bs) == [3, 3, 3]
        assert transfer.waited is None

    def test_wrong_number(self):
        (transfer,) = timing("0 7E0#1014000102030405", "3 7E8#300000", "4 7E0#2206", "5 7E0#2306").transfers
        assert transfer.problem == "CF 2 came instead of CF 1"
        assert transfer.n_cr.count == 1

    def test_no_flow_control(self):
        (transfer,) = timing("0 7E0#1008000102030405", until=700).transfers
        assert transfer.waited_for == "flow control"
        assert transfer.waited.value == pytest.approx(0.7)
        assert transfer.problem == "it was on its way at the end"
        assert str(transfer).startswith("0x7E0  [8]  N_Bs -, N_Cr -, blocksize -, stmin -, not complete: ")

    def test_no_consecutive_frame(self):
        (transfer,) = timing("0 7E0#1008000102030405", "3 7E8#300000", until=503).transfers
        assert transfer.waited_for == "consecutive frame"
        assert transfer.waited.value == pytest.approx(0.5)

    def test_a_new_one(self):
        first, second = timing("0 7E0#1008000102030405", "9 7E0#1008000102030405").transfers
        assert first.problem == "a new one began"
        assert first.waited.value == pytest.approx(0.009)
        assert second.problem == "it was on its way at the end"

    def test_of_what_began_before_nothing_is_known(self):
        assert timing("0 7E0#2106", "1 7E8#300000", "2 7E0#2206").transfers == ()

    def test_what_is_no_isotp_message(self):
        assert timing("0 7E0#F1", "1 7E0#", "2 7E8#3F0000").transfers == ()


def test_many_in_the_text():
    lines = [line for number in range(60) for line in (f"{number * 10} 7E0#1008000102030405",)]
    text = str(timing(*lines))
    assert text.splitlines()[-1] == "… and 10 more transfers"

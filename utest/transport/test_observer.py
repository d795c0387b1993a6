"""ISO-TP as a listener sees it: what each message is, and which payloads come together."""

import can
import isotp
import pytest

from CanLibrary.config import connection_description
from CanLibrary.transport.observer import Observer, annotate
from CanLibrary.types import message_from


def address(**fields):
    return connection_description("observed", {"address": fields}).address


NORMAL = address(txid="0x7E0", rxid="0x7E8")


def frames(*texts, of=NORMAL):
    observer = Observer([of])
    for text in texts:
        observer.note(message_from(text))
    observer.finish()
    return [str(frame) for frame in observer.frames]


def notes(*texts, of=NORMAL):
    return annotate(map(message_from, texts), [of])


class TestNotes:
    @pytest.mark.parametrize(
        ("text", "note"),
        [
            ("7E0#0322F190", "SF 3 bytes: 22 F1 90"),
            ("7E8#025003CCCCCCCCCC", "SF 2 bytes: 50 03"),
            ("7E0##1000A0102030405060708090A", "SF 10 bytes: 01 02 03 04 05 06 07 08 09 0A"),
            ("7E0#1014010203040506", "FF 20 bytes"),
            ("7E0#1000000020000102", "FF 8192 bytes"),
            ("7E8#300805", "FC continue, blocksize 8, stmin 5 milliseconds"),
            ("7E8#3000F1", "FC continue, blocksize 0, stmin 0.1 milliseconds"),
            ("7E8#310000", "FC wait, blocksize 0, stmin 0"),
            ("7E8#320000", "FC overflow, blocksize 0, stmin 0"),
            ("7E0#210102", "CF 1 of no IsoTp frame"),
            ("7E0#F101", "no valid ISO-TP message: Received message with unknown frame type 15"),
            ("7E0#", "no valid ISO-TP message: Empty CAN frame"),
            ("7E0#R", ""),
            ("7E1#0322F190", ""),
            ("000007E0#0322F190", ""),
        ],
    )
    def test_of_one_message(self, text, note):
        assert notes(text) == [note]

    def test_of_a_transfer(self):
        assert notes("7E0#100A010203040506", "7E8#300000", "7E0#21080708090A", "7E0#220B") == [
            "FF 10 bytes",
            "FC continue, blocksize 0, stmin 0",
            "CF 1: 10 bytes: 01 02 03 04 05 06 08 07 08 09",
            "CF 2 of no IsoTp frame",
        ]

    def test_a_long_payload_is_shortened(self):
        texts = ["7E8#1029000102030405", *[f"7E8#2{number}{'AA' * 7}" for number in range(1, 6)]]
        assert notes(*texts)[-1] == f"CF 5: 00 01 02 03 04 05{' AA' * 26} … (41 bytes)"


class TestFrames:
    def test_both_sides_are_told_apart(self):
        observer = Observer([NORMAL])
        for text in ("7E0#0210", "7E0#021003", "7E8#025003"):
            observer.note(message_from(text))
        assert [(str(frame), frame.is_rx) for frame in observer.frames] == [
            ("0x7E0  [2]  10 03", False),
            ("0x7E8  [2]  50 03", True),
        ]

    def test_transfers_of_both_sides_may_overlap(self):
        assert frames("7E0#1008000102030405", "7E8#1009101112131415", "7E0#210607", "7E8#21161718") == [
            "0x7E0  [8]  00 01 02 03 04 05 06 07",
            "0x7E8  [9]  10 11 12 13 14 15 16 17 18",
        ]

    @pytest.mark.parametrize(
        ("texts", "told"),
        [
            (["7E8#1014000102030405"], "14 of 20 bytes are missing"),
            (["7E8#1014000102030405", "7E8#22AABBCCDDEEFF00"], "CF 2 came instead of CF 1"),
            (
                ["7E8#1014000102030405", "7E8#1014000102030405"],
                "a new one began: 14 of 20 bytes are missing",
            ),
        ],
    )
    def test_what_broke_off_is_told(self, texts, told):
        assert frames(*texts)[0] == f"0x7E8  [20]  00 01 02 03 04 05  not complete, {told}"

    def test_sequence_numbers_begin_again_after_15(self):
        texts = ["7E8#10C8000102030405"]
        texts += [f"7E8#2{number & 0xF:X}{'AA' * 7}" for number in range(1, 29)]
        assert len(frames(*texts)) == 1
        assert "not complete" not in frames(*texts)[0]


class TestAddresses:
    @pytest.mark.parametrize(
        ("of", "texts", "expected"),
        [
            (
                {
                    "addressing_mode": "Extended_11bits",
                    "txid": "0x600",
                    "rxid": "0x601",
                    "target_address": 0x55,
                    "source_address": 0xAA,
                },
                ["600#55023E00", "600#56023E00", "601#AA027E00", "601#AB027E00"],
                ["0x600  [2]  3E 00", "0x601  [2]  7E 00"],
            ),
            (
                {
                    "addressing_mode": "NormalFixed_29bits",
                    "target_address": 0x10,
                    "source_address": 0xF1,
                },
                ["18DA10F1#023E00", "18DAF110#027E00", "18DB10F1#023E80", "18DA11F1#023E00"],
                ["0x18DA10F1  [2]  3E 00", "0x18DAF110  [2]  7E 00", "0x18DB10F1  [2]  3E 80"],
            ),
            (
                {
                    "addressing_mode": "Mixed_11bits",
                    "txid": "0x700",
                    "rxid": "0x708",
                    "address_extension": 0x99,
                },
                ["700#99023E00", "708#99027E00", "708#98027E00"],
                ["0x700  [2]  3E 00", "0x708  [2]  7E 00"],
            ),
        ],
    )
    def test_modes(self, of, texts, expected):
        assert frames(*texts, of=address(**of)) == expected


@pytest.mark.parametrize("size", [1, 7, 8, 62, 63, 100, 4095, 5000])
@pytest.mark.parametrize("length", [8, 64])
def test_what_can_isotp_sends_comes_together(size, length):
    sent, payload = [], bytes(number & 0xFF for number in range(size))
    layer = isotp.TransportLayerLogic(
        rxfn=lambda *_: None,
        txfn=sent.append,
        address=isotp.Address(txid=0x7E0, rxid=0x7E8),
        params={"tx_data_length": length, "can_fd": length > 8, "blocksize": 0},
    )
    layer.send(payload)
    flow_control = isotp.CanMessage(arbitration_id=0x7E8, data=b"\x30\x00\x00")
    answers = [flow_control]
    layer.rxfn = lambda *_: answers.pop() if answers and sent else None
    while layer.transmitting():
        layer.process()
    observer = Observer([NORMAL])
    for single in sent:
        observer.note(
            message_from(
                can.Message(arbitration_id=0x7E0, is_extended_id=False, data=single.data, is_fd=length > 8)
            )
        )
    assert [bytes(frame) for frame in observer.frames] == [payload]
    assert observer.frames[0].is_complete
    assert observer.frames[0].messages == len(sent)

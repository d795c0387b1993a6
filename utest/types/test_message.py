"""Messages: which are possible, how candump text is read, and every refusal word by word."""

import can
import pytest

from CanLibrary.types import CanMessage, Payload, build_message, message_from


def refusal(call, *args, **kwargs):
    with pytest.raises(ValueError, match=r"\.$") as refused:
        call(*args, **kwargs)
    return str(refused.value)


class TestBuild:
    @pytest.mark.parametrize(
        ("fields", "text"),
        [
            ({"id": "0x7E0", "data": "02 10 03"}, "0x7E0  [3]  02 10 03"),
            ({"id": 0x123}, "0x123  [0]"),
            ({"id": 0x123, "extended": True}, "0x00000123  [0]"),
            ({"id": "0x18DA10F1", "data": bytes(8)}, "0x18DA10F1  [8]  00 00 00 00 00 00 00 00"),
            ({"id": "0x123", "data": "01 02", "dlc": 2}, "0x123  [2]  01 02"),
            ({"id": "0x123", "remote": True}, "0x123  [0]  remote"),
            ({"id": "0x123", "remote": True, "dlc": 8}, "0x123  [8]  remote"),
            ({"id": "0x123", "data": "01", "fd": True}, "0x123  [1]  FD  01"),
            ({"id": "0x123", "fd": True, "bitrate_switch": True}, "0x123  [0]  FD BRS"),
        ],
    )
    def test_what_is_possible(self, fields, text):
        message = build_message(**fields)
        assert str(message) == text
        assert message.is_rx is False

    @pytest.mark.parametrize("length", [*range(9), 12, 16, 20, 24, 32, 48, 64])
    def test_the_lengths_of_can_fd(self, length):
        message = build_message("0x1", bytes(length), fd=True)
        assert (message.dlc, len(message)) == (length, length)

    @pytest.mark.parametrize(
        ("length", "fd", "sentence"),
        [
            (
                9,
                False,
                "9 data bytes are too many: classic CAN carries at most 8; shorten the data or send it with fd=True.",
            ),
            (65, False, "65 data bytes are too many: classic CAN carries at most 8; shorten the data."),
            (65, True, "65 data bytes are too many: CAN FD carries at most 64."),
            (
                9,
                True,
                "CAN FD has no length of 9 bytes (it has 0 to 8, 12, 16, 20, 24, 32, 48, 64); if padding was meant, "
                "add 3 bytes to make it 12.",
            ),
            (
                63,
                True,
                "CAN FD has no length of 63 bytes (it has 0 to 8, 12, 16, 20, 24, 32, 48, 64); if padding was meant, "
                "add 1 byte to make it 64.",
            ),
        ],
    )
    def test_lengths_that_are_not_possible(self, length, fd, sentence):
        assert refusal(build_message, "0x1", bytes(length), fd=fd) == sentence

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            (
                {"data": "01 02 03", "remote": True},
                "A remote message carries no data, but '01 02 03' was given; ask for a length with dlc=3.",
            ),
            (
                {"data": bytes(12), "remote": True},
                f"A remote message carries no data, but '{Payload(bytes(12))}' was given; ask for a length with dlc=8.",
            ),
            (
                {"remote": True, "fd": True},
                "CAN FD has no remote messages (ISO 11898-1); leave fd out.",
            ),
            ({"remote": True, "dlc": 9}, "dlc=9 is not possible for a remote message; it is 0 to 8."),
            ({"remote": True, "dlc": -1}, "dlc=-1 is not possible for a remote message; it is 0 to 8."),
            (
                {"data": "01", "dlc": 2},
                "dlc=2 does not fit 1 data byte; leave dlc out, it follows from the data.",
            ),
            ({"dlc": 1}, "dlc=1 does not fit 0 data bytes; leave dlc out, it follows from the data."),
            ({"bitrate_switch": True}, "bitrate_switch=True needs fd=True: classic CAN has one bit rate."),
            ({"data": "1"}, "'1' has an odd number of digits in '1'; write each byte as two digits."),
        ],
    )
    def test_refusals(self, fields, sentence):
        assert refusal(build_message, "0x1", **fields) == sentence

    def test_the_identifier_is_checked_too(self):
        assert refusal(build_message, "0x800", extended=False) == (
            "'0x800' is above 0x7FF, the largest standard identifier; an extended identifier has eight digits: "
            "0x00000800."
        )
        assert refusal(build_message, 0x800, extended=False) == (
            "0x00000800 does not fit extended=False: a standard identifier has 11 bits (at most 0x7FF)."
        )


class TestCandump:
    @pytest.mark.parametrize(
        ("text", "printed"),
        [
            ("123#DEADBEEF", "0x123  [4]  DE AD BE EF"),
            (" 7df#02.10.03 ", "0x7DF  [3]  02 10 03"),
            ("123#", "0x123  [0]"),
            ("00000123#11", "0x00000123  [1]  11"),
            ("18DA10F1#0102030405060708", "0x18DA10F1  [8]  01 02 03 04 05 06 07 08"),
            ("123#R", "0x123  [0]  remote"),
            ("123#r8", "0x123  [8]  remote"),
            ("123##0AABB", "0x123  [2]  FD  AA BB"),
            ("123##1", "0x123  [0]  FD BRS"),
            ("123##3" + "00" * 12, "0x123  [12]  FD BRS  00 00 00 00 00 00 00 00 00 00 00 00"),
        ],
    )
    def test_it_is_read_as_cansend_reads_it(self, text, printed):
        assert str(message_from(text)) == printed

    @pytest.mark.parametrize(
        "text",
        ["", "123", "0x123#11", "12#11", "1234#11", "123#GG", "123#R9", "123##", "123 # 11", "vcan0 123#11"],
    )
    def test_what_is_no_candump_text(self, text):
        assert refusal(message_from, text) == (
            f"'{text}' is no candump text; write 123#DEADBEEF (standard, three digits), 00000123#DEADBEEF (extended, "
            "eight digits), 123#R (remote) or 123##1DEADBEEF (CAN FD with bit rate switch)."
        )

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            (
                "800#11",
                "'0x800' is above 0x7FF, the largest standard identifier; an extended identifier has eight digits: "
                "0x00000800.",
            ),
            ("20000123#", "0x20000123 is outside the 29 bits of a CAN identifier (0x0 to 0x1FFFFFFF)."),
            ("123#1", "'1' has an odd number of digits in '1'; write each byte as two digits."),
            (
                "123#" + "00" * 9,
                "9 data bytes are too many: classic CAN carries at most 8; shorten the data or send it with fd=True.",
            ),
        ],
    )
    def test_what_can_be_no_message(self, text, sentence):
        assert refusal(message_from, text) == sentence


class TestOthers:
    @pytest.mark.parametrize(
        ("fields", "text"),
        [
            ({"data": [1, 2], "is_extended_id": False}, "0x123  [2]  01 02"),
            ({}, "0x00000123  [0]"),
            ({"is_remote_frame": True, "dlc": 4}, "0x00000123  [4]  remote"),
            ({"data": [1], "is_fd": True}, "0x00000123  [1]  FD  01"),
            ({"data": [1], "is_fd": True, "bitrate_switch": True}, "0x00000123  [1]  FD BRS  01"),
        ],
    )
    def test_messages_of_python_can(self, fields, text):
        assert str(message_from(can.Message(arbitration_id=0x123, **fields))) == text

    def test_ours_stays_what_it_is(self):
        message = build_message("0x1")
        assert message_from(message) is message

    def test_an_error_frame_is_refused(self):
        assert refusal(message_from, can.Message(is_error_frame=True)) == (
            "An error frame is what a controller reports; it is no message that can be sent."
        )

    @pytest.mark.parametrize("value", [5, None, [1, 2], {"id": 1}])
    def test_what_is_no_message(self, value):
        assert refusal(message_from, value) == (
            f"{value!r} is no message; give messages or candump text such as 123#DEADBEEF."
        )


class TestValue:
    def test_it_has_the_attributes_of_python_cans(self):
        theirs = can.Message(
            arbitration_id=0x123, is_extended_id=False, data=[1, 2], is_fd=True, bitrate_switch=True
        )
        ours = message_from(theirs)
        for name in (
            "arbitration_id",
            "is_extended_id",
            "data",
            "dlc",
            "is_fd",
            "bitrate_switch",
            "error_state_indicator",
            "is_remote_frame",
            "is_error_frame",
            "channel",
        ):
            assert getattr(ours, name) == getattr(theirs, name), name

    def test_equals_compares_what_is_on_the_wire(self):
        message = build_message("0x123", "01")
        same = CanMessage(0x123, False, Payload("01"), 1, timestamp=5.0, channel="can0", is_rx=True)
        assert message.equals(same)
        assert message != same
        for other in (
            build_message("0x124", "01"),
            build_message("0x00000123", "01"),
            build_message("0x123", "02"),
            build_message("0x123", "01", fd=True),
            build_message("0x123", "01", fd=True, bitrate_switch=True),
            build_message("0x123", remote=True, dlc=1),
        ):
            assert not message.equals(other)

    def test_it_is_true_even_without_data_and_gives_its_bytes(self):
        message = build_message("0x123")
        assert message
        assert (len(message), bytes(message), str(message.id)) == (0, b"", "0x123")

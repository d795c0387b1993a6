"""Many messages at once: what is given is checked, and what needs no change stays as it is."""

import can
import pytest

from CanLibrary.types import CanMessage, CanMessages, build_message, message_from


def test_possible_messages_of_python_can_stay_as_they_are():
    given = [
        can.Message(arbitration_id=0x123, is_extended_id=False, data=[1, 2]),
        build_message("0x18DA10F1"),
    ]
    taken = CanMessages(given)
    assert [ours is theirs for ours, theirs in zip(taken, given, strict=True)] == [True, True]


@pytest.mark.parametrize(
    "fields",
    [
        {"channel": 1},  # Vector's driver would send there
        {"is_fd": True, "data": bytes(12)},
        {"is_remote_frame": True, "dlc": 4},
    ],
)
def test_others_are_made_anew(fields):
    (message,) = CanMessages([can.Message(arbitration_id=0x123, is_extended_id=False, **fields)])
    assert type(message) is CanMessage
    assert message.channel is None
    assert str(message) in ("0x123  [0]", "0x123  [12]  FD  " + " ".join(["00"] * 12), "0x123  [4]  remote")


def test_texts():
    assert [
        str(message) for message in CanMessages(["123#DEADBEEF", "00000123#11", "7FF#R4", "123##1AABB"])
    ] == [
        "0x123  [4]  DE AD BE EF",
        "0x00000123  [1]  11",
        "0x7FF  [4]  remote",
        "0x123  [2]  FD BRS  AA BB",
    ]


@pytest.mark.parametrize("text", ["000#", "7ff#00", "1FFFFFFF#0102030405060708", "00000000#aB"])
def test_a_plain_text_is_read_as_the_arguments_of_a_keyword_are(text):
    identifier, data = text.split("#")
    message, same = message_from(text), build_message(f"0x{identifier}", data)
    assert message.equals(same)
    assert type(message.data) is type(same.data)
    assert (message.is_rx, message.is_extended_id) == (False, len(identifier) == 8)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ("123#11", "'123#11' is no list of messages; give a list of messages or of candump texts."),
        (291, "291 is no list of messages; give a list of messages or of candump texts."),
        (["123#11", 7], "Message 2: 7 is no message; give messages or candump text such as 123#DEADBEEF."),
        (
            ["123#112233445566778899"],
            "Message 1: 9 data bytes are too many: classic CAN carries at most 8; shorten the data or send it with "
            "fd=True.",
        ),
        (
            [can.Message(arbitration_id=0x800, is_extended_id=False)],
            "Message 1: 0x00000800 does not fit extended=False: a standard identifier has 11 bits (at most 0x7FF).",
        ),
        (
            ["FFFFFFFF#11"],
            "Message 1: 0xFFFFFFFF is outside the 29 bits of a CAN identifier (0x0 to 0x1FFFFFFF).",
        ),
        (
            ["800#"],
            "Message 1: '0x800' is above 0x7FF, the largest standard identifier; an extended identifier has eight "
            "digits: 0x00000800.",
        ),
    ],
)
def test_refusals(given, refusal):
    with pytest.raises(ValueError) as told:  # noqa: PT011 - compared word by word
        CanMessages(given)
    assert str(told.value) == refusal

"""What a bus shows of a payload on its way in, for the kernel, which does not tell."""

import can
import pytest

from CanLibrary.transport.reception import Reception
from CanLibrary.types import Payload

FIRST, LAST = "10 0A 01 02 03 04 05 06", "21 07 08 09 0A"


@pytest.fixture
def follow():
    told = []

    def make(prefix=b"", fd=False, longest=8200, patience=60.0):
        reception = Reception(prefix, fd, longest, patience, told.append)
        reception.told = told
        return reception

    return make


def hears(reception, *texts, fd=False):
    for text in texts:
        reception.note(can.Message(arbitration_id=0x7E8, data=Payload(text), is_fd=fd))
    return reception.under_way


def test_from_the_first_frame_to_the_last(follow):
    reception = follow()
    assert not reception.under_way
    assert hears(reception, FIRST)
    assert not hears(reception, LAST)
    assert reception.told == []


def test_single_frames_and_flow_controls_are_nothing_on_its_way(follow):
    assert not hears(follow(), "02 7E 00", "30 08 00", "", "40 00")


def test_a_length_of_32_bits(follow):
    reception = follow()
    assert hears(reception, "10 00 00 00 00 09 01 02", "21 03 04 05 06 07 08")
    assert not hears(reception, "22 09")


def test_the_sequence_number_starts_over_after_fifteen(follow):
    reception = follow()
    frames = [f"2{number % 16:X} 00 00 00 00 00 00 00" for number in range(1, 18)]
    assert hears(reception, "10 79 00 00 00 00 00 00", *frames[:16])
    assert not hears(reception, frames[16])
    assert reception.told == []


def test_a_wrong_sequence_number_ends_it(follow):
    assert not hears(follow(), FIRST, "22 07 08 09 0A")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("02 7E 00", "ReceptionInterruptedWithSingleFrameError"),
        (FIRST, "ReceptionInterruptedWithFirstFrameError"),
    ],
)
def test_what_interrupts_it_is_told(follow, text, told):
    reception = follow()
    hears(reception, FIRST, text)
    assert reception.told == [told]


def test_a_flow_control_does_not_interrupt_it(follow):
    reception = follow()
    assert hears(reception, FIRST, "30 08 00")
    assert reception.told == []


def test_it_ends_when_nothing_more_comes(follow, eventually):
    reception = follow(patience=0.02)
    assert hears(reception, FIRST)
    eventually(lambda: not reception.under_way)


def test_a_payload_that_is_too_long_is_refused_and_never_under_way(follow):
    assert not hears(follow(longest=9), FIRST)


def test_it_can_be_forgotten(follow):
    reception = follow()
    hears(reception, FIRST)
    reception.forget()
    assert not reception.under_way


def test_the_address_byte_is_part_of_who_it_is(follow):
    reception = follow(prefix=b"\xaa")
    assert not hears(reception, "55 10 0A 01 02 03 04 05")
    assert hears(reception, "AA 10 0A 01 02 03 04 05")
    assert not hears(reception, "AA 21 06 07 08 09 0A")


def test_messages_of_the_other_kind_are_not_for_it(follow):
    assert not hears(follow(), FIRST, fd=True)
    assert hears(follow(fd=True), FIRST, fd=True)

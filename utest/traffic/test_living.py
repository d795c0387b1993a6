"""Data that changes with each message."""

import functools
import itertools
import random

import pytest

from CanLibrary.sessions.protection import _checksum_mistake, _step
from CanLibrary.traffic.living import Living, number_in
from CanLibrary.traffic.protection import protector
from CanLibrary.types import Payload, build_message
from CanLibrary.types.bit_field import Counter, Field, Ramp
from CanLibrary.types.enums import ByteOrder, ChecksumKind, E2EMode
from CanLibrary.types.living import E2E, Checksum, LivingData


def series(living, data, count):
    alive = Living(living)
    alive.prepare(len(data))
    found = []
    for _ in range(count):
        found.append(alive.applied(data))
        alive.advance()
    return found


def test_nothing_goes_on_before_the_message_was_sent():
    alive = Living(LivingData(counter=Counter(byte=0)))
    alive.prepare(1)
    assert [alive.applied(b"\xff"), alive.applied(b"\xff")] == [b"\x00", b"\x00"]
    alive.advance()
    assert alive.applied(b"\xff") == b"\x01"


def test_the_order_is_values_ramp_counter_checksum():
    living = LivingData(
        values=(Payload("FF FF FF 10"), Payload("FF FF FF 20")),
        ramp=Ramp(byte=2, start=5, end=4),
        counter=Counter(byte=1),
        checksum=Checksum(ChecksumKind.SUM, 0),
    )
    found = series(living, bytes(4), 3)
    assert [data.hex() for data in found] == ["15000510", "25010420", "17020510"]


def test_a_counter_goes_on_where_the_data_gets_longer():
    alive = Living(LivingData(counter=Counter(byte=0, width=16, start=254, byte_order=ByteOrder.Motorola)))
    for length in (2, 3, 4):
        alive.prepare(length)
        assert alive.applied(bytes(length)) == (252 + length).to_bytes(2, "big") + bytes(length - 2)
        alive.advance()


def test_a_ramp_goes_down_too_and_does_not_go_beyond_its_end():
    assert [data[0] for data in series(LivingData(ramp=Ramp(byte=0, start=9, end=0, step=4)), b"\0", 5)] == [
        9,
        5,
        1,
        9,
        5,
    ]


def random_counter(choice):
    width = choice.randint(1, 16)
    most = (1 << width) - 1
    minimum = choice.randint(0, most - 1)
    maximum = choice.randint(minimum + 1, most)
    return Counter(
        bit=choice.randint(16, 31),
        width=width,
        byte_order=choice.choice(list(ByteOrder)),
        start=choice.randint(minimum, maximum),
        step=choice.randint(1, maximum - minimum),
        minimum=minimum,
        maximum=maximum,
    )


def random_checksum(choice):
    kind = choice.randrange(3)
    if kind == 0:
        return {"checksum": Checksum(choice.choice(list(ChecksumKind)), 0)}
    if kind == 1:
        return {"e2e": E2E(1, choice.randrange(1 << 16), mode=choice.choice(list(E2EMode)))}
    return {"e2e": E2E(2, data_id_list=Payload(choice.randbytes(16)))}


@pytest.mark.parametrize("seed", range(150))
def test_what_is_sent_passes_its_own_checks(seed):
    choice = random.Random(seed)
    counter, checks = random_counter(choice), random_checksum(choice)
    data = choice.randbytes(choice.randint(6, 8))
    found = series(LivingData(counter=counter, **checks), data, 40)
    untouched = ~sum(1 << bit for bit in {*counter.bits, *range(16)})
    for sent in found:
        message = build_message(0x100, sent)
        assert int.from_bytes(sent, "little") & untouched == int.from_bytes(data, "little") & untouched
        checksum = checks.get("checksum") or checks["e2e"]
        assert not _checksum_mistake(checksum, message, functools.partial(protector, checksum))
    numbers = [number_in(counter, sent) for sent in found]
    assert numbers[0] == counter.start
    if counter.size > 2 * counter.step:
        assert not any(_step(counter, *pair, 0) for pair in itertools.pairwise(numbers))


def test_a_length_that_is_too_short():
    alive = Living(LivingData(counter=Counter(byte=1)))
    with pytest.raises(
        ValueError, match=r"^counter reaches byte 1, but the data has 1 byte; bytes count from 0, "
    ):
        alive.prepare(1)


class TestPlaces:
    """The bits of a field, lowest first, as DBC files have them."""

    @pytest.mark.parametrize(
        ("field", "bits"),
        [
            (Field(byte=1, width=4), [8, 9, 10, 11]),
            (Field(byte=1, bit=4, width=4), [12, 13, 14, 15]),
            (Field(bit=6, width=4), [6, 7, 8, 9]),
            (Field(bit=3, width=6, byte_order=ByteOrder.Motorola), [14, 15, 0, 1, 2, 3]),
            (Field(byte=0, width=16, byte_order=ByteOrder.Motorola), [*range(8, 16), *range(8)]),
            (Field(byte=1, width=4, byte_order=ByteOrder.Motorola), [8, 9, 10, 11]),
        ],
    )
    def test_bits(self, field, bits):
        assert list(field.bits) == bits

    @pytest.mark.parametrize("order", list(ByteOrder))
    def test_a_number_stands_in_its_bits(self, order):
        choice = random.Random(7)
        for _ in range(200):
            width = choice.randint(1, 16)
            field = Field(bit=choice.randint(0, 31), width=width, byte_order=order)
            length = choice.randint(field.needs, 8)
            number = choice.randrange(1 << width)
            data = bytearray(length)
            for place, bit in enumerate(field.bits):
                data[bit // 8] |= (number >> place & 1) << bit % 8
            assert number_in(field, bytes(data)) == number

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({}, "Its place is missing: give byte or bit."),
            ({"byte": 64}, "byte=64 is not possible: it is 0 to 63."),
            ({"bit": -1}, "bit=-1 is not possible: it is 0 to 511."),
            (
                {"byte": 0, "bit": 8},
                "bit=8 is not possible beside byte: there it is 0 to 7, within that byte.",
            ),
            ({"byte": 0, "width": 0}, "width=0 is not possible: it is 1 to 64."),
            (
                {"byte": 0, "width": 12},
                "width=12 at byte=0 is ambiguous: give bit too, which says where in the byte it begins.",
            ),
        ],
    )
    def test_refused(self, fields, sentence):
        with pytest.raises(ValueError) as refused:  # noqa: PT011 - the whole sentence is compared
            Field(**fields)
        assert str(refused.value) == sentence


def test_values_of_another_length_than_the_data():
    living = Living(LivingData(values=(Payload("01 02"),)))
    with pytest.raises(
        ValueError, match=r"^The values have 2 bytes, but the data has 3; a message keeps its length"
    ):
        living.prepare(3)

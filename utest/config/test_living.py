"""What lives in a periodic message, from the maps of YAML and the dictionaries of keywords."""

import pytest

from CanLibrary.config.living import LIVING_KEYS, counter_of, living_data, read_living
from CanLibrary.config.mistakes import Mistakes
from CanLibrary.errors import ConfigurationError
from CanLibrary.types import NOT_GIVEN, Payload
from CanLibrary.types.bit_field import Counter, Ramp
from CanLibrary.types.enums import ByteOrder, ChecksumKind, E2EMode
from CanLibrary.types.living import E2E, Checksum, LivingData


def test_nothing_lives():
    assert living_data({}) is None
    assert living_data(dict.fromkeys(LIVING_KEYS, NOT_GIVEN)) is None
    assert read_living({"id": 0x100, "counter": None}, Mistakes("ecus")) is None


def test_all_of_it_in_the_words_of_yaml():
    given = {
        "values": ["01 00 00 00", [2, 0, 0, 0]],
        "ramp": {"bit": 16, "width": 4, "start": 1, "end": 3, "byte_order": "motorola"},
        "counter": {"byte": "1", "width": 4.0, "maximum": "0xE"},
        "checksum": {"kind": "crc8_sae_j1850", "byte": 0},
    }
    mistakes = Mistakes("export.ecu")
    assert read_living(given, mistakes) == LivingData(
        (Payload("01 00 00 00"), Payload("02 00 00 00")),
        Ramp(bit=16, width=4, start=1, end=3, byte_order=ByteOrder.Motorola),
        Counter(byte=1, width=4, maximum=14),
        Checksum(ChecksumKind.CRC8_SAE_J1850, 0),
    )
    assert mistakes.found == []


def test_profiles():
    assert living_data({"e2e": {"profile": 1, "data_id": "0x123", "mode": "nibble"}}).e2e == E2E(
        1, 0x123, mode=E2EMode.NIBBLE
    )
    ids = "01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10"
    assert living_data({"e2e": {"profile": 2, "data_id_list": ids}}).e2e.data_id_list == Payload(ids)


def test_what_is_made_already_stays():
    counter = Counter(byte=1)
    assert living_data({"counter": counter}).counter is counter
    assert counter_of(counter) is counter


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"counter": {"byt": 1}}, ["export.ecu.counter.byt: unknown field; did you mean 'byte'?"]),
        (
            {"counter": {"byte": "x", "width": 4}, "ramp": 5, "checksum": {}},
            [
                "export.ecu.ramp: 5 is no map; write it such as {byte: 2, start: 0, end: 100, step: 5}.",
                "export.ecu.counter.byte: byte='x' is not possible: byte is an integer.",
                "export.ecu.checksum: kind is missing; write it such as {kind: CRC8_SAE_J1850, byte: 0}.",
                "export.ecu.checksum: byte is missing; write it such as {kind: CRC8_SAE_J1850, byte: 0}.",
            ],
        ),
        (
            {"counter": {"byte": 0}, "e2e": {"profile": 5, "data_id": 1}},
            ["export.ecu: counter and e2e overlap: both use bit 0 of byte 0."],
        ),
        (
            {
                "counter": {"byte": 1, "bit": 4, "width": 4},
                "e2e": {"profile": 1, "data_id": 1, "mode": "NIBBLE"},
            },
            ["export.ecu: counter and e2e overlap: both use bit 4 of byte 1."],
        ),
        (
            {"values": 5},
            ["export.ecu.values: 5 is no list of data; give at least one, such as ['01 00', '02 00']."],
        ),
        (
            {"values": ["01", "0"]},
            ["export.ecu.values: '0' has an odd number of digits in '0'; write each byte as two digits."],
        ),
        (
            {"e2e": {"profile": 2, "data_id_list": "01 02"}},
            ["export.ecu.e2e: data_id_list has 2 bytes: it has 16, one for each counter."],
        ),
        (
            {"e2e": {"profile": 5, "data_id": 1, "mode": "LOW"}},
            ["export.ecu.e2e: Profile 5 has no mode; leave mode out."],
        ),
        (
            {"e2e": {"profile": 2, "data_id": 1, "data_id_list": "00" * 16}},
            ["export.ecu.e2e: Profile 2 has no data_id, but data_id_list; leave data_id out."],
        ),
        (
            {"e2e": {"profile": 1, "data_id": 65536}},
            ["export.ecu.e2e: data_id=65536 is not possible: it is 0 to 65535."],
        ),
    ],
)
def test_every_mistake_has_its_path(given, found):
    mistakes = Mistakes("export.ecu")
    assert read_living(given, mistakes) is None
    assert mistakes.found == found


def test_keyword_arguments_begin_with_their_name():
    with pytest.raises(ConfigurationError) as refused:
        living_data({"counter": {"byte": 0, "step": "x"}})
    assert str(refused.value) == "counter.step: step='x' is not possible: step is an integer."


def test_the_upper_half_beside_the_counter_of_a_profile_is_free_but_for_the_mode_nibble():
    given = {"counter": {"byte": 1, "bit": 4, "width": 4}, "e2e": {"profile": 1, "data_id": 1}}
    assert living_data(given).counter.bits == (12, 13, 14, 15)

"""A bus from names and values."""

import pytest

from CanLibrary.config import BusDescription, bus_description
from CanLibrary.errors import CanLibraryError, ConfigurationError
from CanLibrary.types import CanFilters


def refusal(given, where=""):
    with pytest.raises(ConfigurationError) as caught:
        bus_description("body", given, where)
    return str(caught.value)


def test_nothing_given_is_channel_0_of_the_virtual_interface():
    assert bus_description("body", {}) == BusDescription("body", "virtual", 0)


def test_everything_given():
    description = bus_description(
        "body",
        {
            "interface": "pcan",
            "channel": "PCAN_USBBUS1",
            "bitrate": 500_000,
            "fd": True,
            "data_bitrate": 2_000_000,
            "filters": "0x700:0x7F0",
        },
    )
    filters = CanFilters("0x700:0x7F0")
    assert description == BusDescription("body", "pcan", "PCAN_USBBUS1", 500_000, True, 2_000_000, filters)


def test_the_channel_stays_open_where_only_the_driver_knows_its_own():
    assert bus_description("body", {"interface": "pcan"}).channel is None


def test_none_is_not_given():
    given = dict.fromkeys(("interface", "channel", "bitrate", "fd", "data_bitrate", "filters", "serial"))
    assert bus_description("body", given) == bus_description("body", {})


@pytest.mark.parametrize(
    ("given", "channel"),
    [
        ("1", 1),
        (1, 1),
        (" 1 ", 1),
        ("can0", "can0"),
        ("0x10", "0x10"),
        ("²", "²"),
        ("239.74.163.2", "239.74.163.2"),
    ],
)
def test_a_channel_of_digits_is_a_number(given, channel):
    got = bus_description("body", {"channel": given}).channel
    assert (type(got), got) == (type(channel), channel)


@pytest.mark.parametrize("channel", [True, 1.5, [0, 1], "", " ", {}])
def test_a_channel_is_a_name_or_a_number(channel):
    assert refusal({"channel": channel}) == (
        f"channel={channel!r} is not possible: channel is a name such as can0 or a number."
    )


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("bitrate", 0, "bitrate=0 is not possible: bitrate is above 0 (bit/s)."),
        ("data_bitrate", -5, "data_bitrate=-5 is not possible: data_bitrate is above 0 (bit/s)."),
        ("bitrate", True, "bitrate=True is not possible: bitrate is an integer."),
        ("bitrate", "500k", "bitrate='500k' is not possible: bitrate is an integer."),
        ("bitrate", 2.5, "bitrate=2.5 is not possible: bitrate is an integer."),
        ("fd", "maybe", "fd='maybe' is not possible: fd is true or false."),
        ("fd", 2, "fd=2 is not possible: fd is true or false."),
        ("interface", 5, "interface=5 is not possible: interface is text; quote it: '5'."),
        ("interface", " ", "interface is empty; write virtual, socketcan, pcan, vector …"),
        ("options", 5, "options are a map of names and values."),
    ],
)
def test_values_that_are_not_possible(key, value, sentence):
    assert refusal({key: value}) == sentence
    assert refusal({key: value}, "export.body.config") == f"export.body.config.{key}: {sentence}"


def test_a_filter_is_refused_with_the_sentence_of_its_type():
    sentence = "'7E0' can be read in two ways, hexadecimal 0x7E0 or the number 7: write 0x7E0."
    assert refusal({"filters": ["7E0"]}) == f"filters: {sentence}"
    assert refusal({"filters": ["7E0"]}, "export.body.config") == f"export.body.config.filters: {sentence}"


def test_a_data_bitrate_means_can_fd():
    assert bus_description("body", {"data_bitrate": 2_000_000}).fd is True
    assert refusal({"data_bitrate": 2_000_000, "fd": "no"}) == (
        "data_bitrate needs fd=True: classic CAN has one bit rate."
    )


def test_an_unknown_key_is_an_option_of_the_interface_cast_as_python_can_casts():
    given = {
        "serial": "0x12",
        "app_name": "CANoe",
        "rx_queue_size": "1000",
        "offset": "-5",
        "timeout": "0.5",
        "monitor": "True",
        "listen_only": "off",
        "rtscts": False,
        "version": "1.2.3",
        "accounts": [1, "2"],
    }
    assert bus_description("body", given).options == {
        "serial": 18,
        "app_name": "CANoe",
        "rx_queue_size": 1000,
        "offset": -5,
        "timeout": 0.5,
        "monitor": True,
        "listen_only": False,
        "rtscts": False,
        "version": "1.2.3",
        "accounts": [1, "2"],
    }


def test_a_key_that_is_nearly_known_is_a_typing_error():
    sentence = "did you mean 'bitrate'? If the interface has an option 'bitrat', write it under options."
    assert refusal({"bitrat": 500_000}) == "Unknown key 'bitrat'; did you mean 'bitrate'?"
    assert (
        refusal({"bitrat": 1}, "export.body.config") == f"export.body.config.bitrat: unknown key; {sentence}"
    )


@pytest.mark.parametrize("key", ["chanel", "Interface", "databitrate", "filter", "option", "bit_rate"])
def test_typing_errors(key):
    assert refusal({key: 1}).startswith(f"Unknown key '{key}'; did you mean '")


@pytest.mark.parametrize(
    "key", ["baudrate", "fd_bitrate", "timing", "receive_own_messages", "serial", "port"]
)
def test_options_that_drivers_of_python_can_have_are_no_typing_errors(key):
    assert bus_description("body", {key: 5}).options == {key: 5}


def test_an_option_under_options_is_meant_as_it_is_written():
    assert bus_description("body", {"options": {"bitrat": "5", "x": None}}).options == {"bitrat": 5}


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("can_filters", "it is called 'filters' here."),
        ("bustype", "it is called 'interface' here."),
        ("ignore_config", "a bus is what its description says, files such as ~/.canrc are never read."),
    ],
)
def test_words_of_python_can_that_are_said_otherwise_here(key, reason):
    assert refusal({key: 1}) == f"'{key}' cannot be set: {reason}"
    assert refusal({"options": {key: 1}}, "w") == f"w.options.{key}: '{key}' cannot be set: {reason}"


def test_a_key_is_text():
    assert refusal({5: 1}, "export.body.config") == "export.body.config: the key 5 is no text; quote it."
    assert refusal({"options": {True: 1}}, "w") == "w.options: the option True is no text; quote it."


def test_a_refusal_is_ours_and_prints_without_a_class_name():
    with pytest.raises(CanLibraryError) as caught:
        bus_description("body", {"bitrate": 0})
    assert caught.value.ROBOT_SUPPRESS_NAME

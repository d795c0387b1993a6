"""ISO-TP parameters: defaults, both ends of every range, what must fit together, and how can-isotp gets them."""

import dataclasses

import isotp
import pytest

from CanLibrary.transport.addresses import isotp_params
from CanLibrary.types import IsoTpParams, TargetAddressType, check_parameter

DOCUMENTED = {
    "stmin": 0,
    "blocksize": 8,
    "tx_data_length": 8,
    "tx_data_min_length": None,
    "override_receiver_stmin": None,
    "rx_flowcontrol_timeout": 1000,
    "rx_consecutive_frame_timeout": 1000,
    "tx_padding": None,
    "wftmax": 0,
    "max_frame_size": 4095,
    "can_fd": False,
    "bitrate_switch": False,
    "default_target_address_type": 0,
    "rate_limit_enable": False,
    "rate_limit_max_bitrate": 10_000_000,
    "rate_limit_window_size": 0.2,
    "listen_mode": False,
    "blocking_send": False,
}
LENGTHS = "8, 12, 16, 20, 24, 32, 48, 64"


def refusal(**given):
    with pytest.raises(ValueError, match=r"\.$") as refused:
        IsoTpParams(**given)
    return str(refused.value)


def test_the_documented_defaults():
    params = IsoTpParams()
    assert {name: getattr(params, name) for name in DOCUMENTED} == DOCUMENTED
    assert {field.name for field in dataclasses.fields(params)} == {*DOCUMENTED, "logger_name", "wait_func"}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("stmin", [0, 127, 0xF1, 0xF9]),
        ("blocksize", [0, 255]),
        ("tx_data_length", [8, 12, 16, 20, 24, 32, 48, 64]),
        ("tx_data_min_length", [None, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64]),
        ("override_receiver_stmin", [None, 0, 0.0005, 10.0]),
        ("rx_flowcontrol_timeout", [0, 3_600_000]),
        ("rx_consecutive_frame_timeout", [0, 3_600_000]),
        ("tx_padding", [None, 0, 255]),
        ("wftmax", [0, 255]),
        ("max_frame_size", [1, 0xFFFFFFFF]),
        ("rate_limit_max_bitrate", [10_000, 10**12]),
        ("rate_limit_window_size", [0.001, 3600]),
        ("default_target_address_type", [TargetAddressType.Physical, TargetAddressType.Functional]),
        ("listen_mode", [True]),
        ("blocking_send", [True]),
        ("logger_name", ["mine"]),
    ],
)
def test_both_ends_of_each_range(name, values):
    fd = {"can_fd": True, "tx_data_length": 64} if name.startswith("tx_data") else {}
    for value in values:
        assert getattr(IsoTpParams(**(fd | {name: value})), name) == value


@pytest.mark.parametrize(
    ("name", "values", "accepted"),
    [
        (
            "stmin",
            [-1, 128, 0xF0, 0xFA, 256],
            "is 0 to 127 (milliseconds) or 0xF1 to 0xF9 (100 to 900 microseconds)",
        ),
        ("blocksize", [-1, 256], "is 0 to 255"),
        ("tx_data_length", [0, 7, 9, 65], f"is one of {LENGTHS}"),
        ("tx_data_min_length", [0, 9, 65], f"is one of 1, 2, 3, 4, 5, 6, 7, {LENGTHS}"),
        ("override_receiver_stmin", [-0.1, float("inf"), float("nan")], "is a time from 0 seconds"),
        ("rx_flowcontrol_timeout", [-1, 3_600_001], "is 0 to 3600000 milliseconds"),
        ("rx_consecutive_frame_timeout", [-1, 3_600_001], "is 0 to 3600000 milliseconds"),
        ("tx_padding", [-1, 256], "is 0 to 255"),
        ("wftmax", [-1, 256], "is 0 to 255"),
        ("max_frame_size", [0, 0x100000000], "is 1 to 4294967295 bytes"),
        ("rate_limit_max_bitrate", [0, 10**12 + 1], "is 1 to 1000000000000 bit/s"),
        ("rate_limit_window_size", [0, -1, float("inf"), float("nan")], "is a time above 0 seconds"),
    ],
)
def test_beyond_each_range(name, values, accepted):
    for value in values:
        sentence = f"{name}={value} is not possible: {name} {accepted}."
        assert refusal(**{name: value}) == sentence
        with pytest.raises(ValueError, match="is not possible") as refused:
            check_parameter(name, value)
        assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"tx_data_length": 64}, "tx_data_length=64 needs can_fd=True: classic CAN carries 8 bytes."),
        ({"bitrate_switch": True}, "bitrate_switch=True needs can_fd=True: classic CAN has one bit rate."),
        ({"tx_data_min_length": 12}, "tx_data_min_length=12 is above tx_data_length=8."),
        (
            {"rate_limit_max_bitrate": 100, "rate_limit_window_size": 0.5},
            "rate_limit_max_bitrate × rate_limit_window_size is less than one message; allow more bits or time.",
        ),
    ],
)
def test_what_does_not_fit_together(given, sentence):
    assert refusal(**given) == sentence


def test_can_isotp_takes_them_all_at_both_ends():
    most = IsoTpParams(
        stmin=0xF9,
        blocksize=255,
        tx_data_length=64,
        tx_data_min_length=64,
        override_receiver_stmin=0.5,
        rx_flowcontrol_timeout=3_600_000,
        rx_consecutive_frame_timeout=3_600_000,
        tx_padding=255,
        wftmax=255,
        max_frame_size=0xFFFFFFFF,
        can_fd=True,
        bitrate_switch=True,
        default_target_address_type=TargetAddressType.Functional,
        rate_limit_enable=True,
        rate_limit_max_bitrate=10**12,
        rate_limit_window_size=3600,
        listen_mode=True,
        blocking_send=True,
        logger_name="mine",
        wait_func=lambda _seconds: None,
    )
    least = IsoTpParams(
        blocksize=0, rx_flowcontrol_timeout=0, rx_consecutive_frame_timeout=0, max_frame_size=1, tx_padding=0
    )
    for params in (IsoTpParams(), least, most):
        theirs = isotp.TransportLayerLogic.Params()
        for name, value in isotp_params(params).items():
            theirs.set(name, value, validate=False)
        theirs.validate()
        for name in set(DOCUMENTED) - {"blocking_send", "default_target_address_type"}:
            assert getattr(theirs, name) == getattr(params, name), name
        assert theirs.default_target_address_type.value == params.default_target_address_type
        assert theirs.blocking_send is False  # the connection itself waits


def test_they_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        IsoTpParams().stmin = 5

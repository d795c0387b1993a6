"""An ISO-TP connection from names and values."""

from datetime import timedelta

import pytest

from CanLibrary.config import BusDescription, ConnectionDescription, connection_description
from CanLibrary.config.connections import read_connection
from CanLibrary.config.mistakes import Mistakes
from CanLibrary.errors import ConfigurationError
from CanLibrary.types import (
    AddressingMode,
    AsymmetricIsoTpAddress,
    Backend,
    CanId,
    IsoTpAddress,
    IsoTpParams,
    TargetAddressType,
)

IDS = {"txid": 0x7E0, "rxid": "0x7E8"}
ADDRESS = IsoTpAddress(txid=CanId(0x7E0), rxid=CanId(0x7E8))
WHERE = "export.diag.config"


def connection(**given):
    return connection_description("diag", {"address": IDS, **given})


def refusal(where="", **given):
    with pytest.raises(ConfigurationError) as caught:
        connection_description("diag", {"address": IDS, **given}, where)
    return str(caught.value)


def test_an_address_is_enough():
    assert connection() == ConnectionDescription(
        "diag", ADDRESS, IsoTpParams(), Backend.python, None, None, 0.05
    )


def test_an_address_and_parameters_may_be_given_as_objects():
    params = IsoTpParams(stmin=5)
    assert connection(address=ADDRESS, params=params) == ConnectionDescription("diag", ADDRESS, params)


def test_the_address_is_needed():
    told = "txid and rxid are missing; give both, such as txid=0x7E0 and rxid=0x7E8."
    assert refusal(address=None) == told
    told = "address is missing; write address: {txid: 0x7E0, rxid: 0x7E8}."
    assert refusal(WHERE, address=None) == f"{WHERE}.address: {told}"


def test_none_is_not_given():
    given = dict.fromkeys(("bus", "interface", "channel", "params", "backend", "read_timeout"))
    assert connection(**given) == connection()
    assert connection(params={"tx_padding": None}).params == IsoTpParams()


def test_parameters_are_converted():
    params = {
        "stmin": "0xF1",
        "tx_padding": "0xCC",
        "can_fd": "yes",
        "tx_data_length": 64,
        "default_target_address_type": 1,
        "rate_limit_window_size": 1,
        "override_receiver_stmin": "0.001",
        "logger_name": "mine",
    }
    assert connection(params=params).params == IsoTpParams(
        stmin=0xF1,
        tx_padding=0xCC,
        can_fd=True,
        tx_data_length=64,
        default_target_address_type=TargetAddressType.Functional,
        rate_limit_window_size=1.0,
        override_receiver_stmin=0.001,
        logger_name="mine",
    )


def test_a_misspelt_parameter():
    assert refusal(params={"blocksise": 1}) == "Unknown parameter 'blocksise'; did you mean 'blocksize'?"
    assert refusal(WHERE, params={"blocksise": 1}) == (
        "export.diag.config.params.blocksise: unknown parameter; did you mean 'blocksize'?"
    )


def test_a_parameter_that_is_like_no_other_is_told_all_there_are():
    sentence = refusal(WHERE, params={"xyz": 1})
    assert sentence.startswith(
        f"{WHERE}.params.xyz: unknown parameter; there is stmin, blocksize, tx_data_length, "
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("blocksize", 256, "blocksize=256 is not possible: blocksize is 0 to 255."),
        ("blocksize", True, "blocksize=True is not possible: blocksize is an integer."),
        ("blocksize", [8], "blocksize=[8] is not possible: blocksize is an integer."),
        ("blocksize", 2.5, "blocksize=2.5 is not possible: blocksize is an integer."),
        (
            "tx_padding",
            "CC",
            "tx_padding='CC' is not possible: tx_padding is an integer; hexadecimal needs 0x: 0xCC.",
        ),
        ("can_fd", 2, "can_fd=2 is not possible: can_fd is true or false."),
        ("logger_name", 5, "logger_name=5 is not possible: logger_name is text; quote it: '5'."),
        (
            "default_target_address_type",
            "Functionl",
            "default_target_address_type='Functionl' is not possible: default_target_address_type is one of "
            "Physical, Functional; did you mean 'Functional'?",
        ),
        ("wait_func", "sleep", "wait_func is a Python function: only Python code can give it."),
    ],
)
def test_parameters_that_are_not_possible(name, value, sentence):
    assert refusal(params={name: value}) == sentence
    assert refusal(WHERE, params={name: value}) == f"{WHERE}.params.{name}: {sentence}"


def test_a_rule_between_parameters_is_told_at_params():
    sentence = "tx_data_length=64 needs can_fd=True: classic CAN carries 8 bytes."
    assert refusal(WHERE, params={"tx_data_length": 64}) == f"{WHERE}.params: {sentence}"


def test_wait_func_comes_from_python():
    def wait(seconds: float) -> None:
        """Wait."""

    assert connection(params={"wait_func": wait}).params.wait_func is wait


def test_params_and_address_are_maps():
    assert (
        refusal(WHERE, params=[1]) == f"{WHERE}.params: params are a map, such as {{stmin: 5, blocksize: 8}}."
    )
    assert refusal(WHERE, address=5) == (
        f"{WHERE}.address: an address is a map, such as {{txid: 0x7E0, rxid: 0x7E8}}."
    )


@pytest.mark.parametrize(
    ("address", "where", "sentence"),
    [
        (
            {"txid": "7E0", "rxid": 1},
            ".txid",
            "'7E0' can be read in two ways, hexadecimal 0x7E0 or the number 7: write 0x7E0.",
        ),
        ({"txid": 1, "rxid": True}, ".rxid", "True is no identifier; write hexadecimal text such as 0x7E0."),
        ({"txid": 1}, "", "Normal_11bits addressing needs 'rxid'."),
        ({"txid": 1, "rxid": 2, "tixd": 3}, ".tixd", "unknown field; did you mean 'txid'?"),
        (
            {"txid": 1, "rxid": 2, "target_address": 1.5},
            ".target_address",
            "target_address=1.5 is not possible: target_address is an integer.",
        ),
        ({"tx_addr": {"txid": 1}}, "", "rx_addr is missing: an asymmetric address has tx_addr and rx_addr."),
        (
            {"tx_addr": {"txid": 1}, "rx_addr": {"rxid": 2}, "txid": 3},
            ".txid",
            "unknown field; there is tx_addr, rx_addr.",
        ),
        (
            {"tx_addr": {"txid": 1}, "rx_addr": {"txid": 2}},
            ".rx_addr",
            "Normal_11bits addressing needs 'rxid'.",
        ),
        (
            {"tx_addr": {"txid": 1}, "rx_addr": {"rxid": "291"}},
            ".rx_addr.rxid",
            "'291' can be read in two ways: write 0x291 (hexadecimal) or ${291} (decimal).",
        ),
    ],
)
def test_addresses_that_are_not_possible(address, where, sentence):
    assert refusal(WHERE, address=address) == f"{WHERE}.address{where}: {sentence}"


def test_an_identifier_is_named_where_there_is_no_path():
    assert (
        refusal(address={"txid": "7DF", "rxid": 1}) == "txid: '7DF' is hexadecimal without 0x: write 0x7DF."
    )


def test_an_addressing_mode_by_name_or_number():
    fields = {"txid": 1, "rxid": 2, "target_address": "0x10", "source_address": 0xF1}
    by_name = connection(address={**fields, "addressing_mode": "Extended_11bits"})
    by_number = connection(address={**fields, "addressing_mode": 3})
    assert by_name == by_number
    assert by_name.address == IsoTpAddress(AddressingMode.Extended_11bits, CanId(1), CanId(2), 0x10, 0xF1)


def test_an_asymmetric_address():
    address = {
        "tx_addr": {"txid": 0x6F1},
        "rx_addr": {"addressing_mode": "Extended_29bits", "rxid": 0x18DAF140, "source_address": 0xF1},
    }
    sent = IsoTpAddress(txid=CanId(0x6F1), tx_only=True)
    received = IsoTpAddress(
        AddressingMode.Extended_29bits, rxid=CanId(0x18DAF140), source_address=0xF1, rx_only=True
    )
    assert connection(address=address).address == AsymmetricIsoTpAddress(sent, received)


def test_a_shared_bus():
    got = connection(bus="body")
    assert (got.bus, got.node) == ("body", None)


def test_the_alias_of_a_bus_is_text():
    assert refusal(WHERE, bus=1) == f"{WHERE}.bus: bus=1 is not possible: bus is text; quote it: '1'."


def test_a_node_of_its_own():
    got = connection(
        interface="pcan",
        channel="PCAN_USBBUS1",
        bitrate="250000",
        filters=[0x7E8],
        options={"auto_reset": "yes"},
    )
    assert got.bus is None
    assert got.node == BusDescription(
        "diag", "pcan", "PCAN_USBBUS1", 250_000, filters=got.node.filters, options={"auto_reset": True}
    )
    assert str(got.node.filters[0]) == "0x7E8:0x7FF"


def test_a_node_is_can_fd_where_the_parameters_are():
    fd = {"can_fd": True}
    assert connection(channel=1, params=fd).node == BusDescription("diag", "virtual", 1, fd=True)
    assert connection(channel=1).node.fd is None
    assert refusal(channel=1, fd="no", params=fd) == "fd=False cannot carry the can_fd=True of params."


def test_a_bus_and_a_node_exclude_each_other():
    sentence = (
        "bus and 'interface' and 'channel' exclude each other: share a bus by its alias, or give the connection "
        "a node of its own with interface and channel."
    )
    assert refusal(WHERE, bus="body", interface="virtual", channel=1) == f"{WHERE}.bus: {sentence}"


def test_what_is_for_a_node_needs_a_node():
    sentence = "for 'bitrate' the connection needs a node of its own: give interface and channel too."
    assert refusal(WHERE, bitrate=500_000) == f"{WHERE}.bitrate: {sentence}"


def test_a_mistake_in_the_node_has_the_path_of_its_key():
    assert refusal(WHERE, channel=True).startswith(f"{WHERE}.channel: channel=True is not possible")


def test_an_unknown_key():
    hint = " What is for the interface goes under options."
    assert refusal(WHERE, adress=IDS) == f"{WHERE}.adress: unknown key; did you mean 'address'?{hint}"
    assert refusal(serial=1).startswith("Unknown key 'serial'; there is bus, interface, channel, ")
    assert refusal(serial=1).endswith(", read_timeout.")


def test_the_kernel_backend_runs_on_socketcan():
    got = connection(backend="kernel", channel="vcan0")
    assert got.backend is Backend.kernel
    assert got.node == BusDescription("diag", "socketcan", "vcan0")
    assert connection(backend="kernel", channel="vcan0", interface="socketcan") == got
    assert connection(backend="kernel").node is None
    assert refusal(backend="kernel", channel="vcan0", interface="pcan") == (
        "the kernel backend runs on interface 'socketcan' only; leave interface out."
    )
    assert refusal(backend="kernel", channel=1) == (
        "the kernel backend needs the name of a network interface as channel, such as vcan0."
    )


def test_an_unknown_backend():
    assert refusal(backend="kernl") == (
        "backend='kernl' is not possible: backend is one of python, kernel, exported; did you mean 'kernel'?"
    )


@pytest.mark.parametrize("time", ["50 ms", 0.05, "0.05", timedelta(milliseconds=50)])
def test_the_read_timeout_is_a_time(time):
    assert connection(read_timeout=time).read_timeout == 0.05


def test_a_read_timeout_is_above_zero():
    assert (
        refusal(read_timeout=0) == "read_timeout=0 is not possible: read_timeout is a time above 0 seconds."
    )
    assert refusal(read_timeout=float("nan")) == (
        "read_timeout=nan is not possible: read_timeout is a time such as 0.05 (seconds) or '50 ms'."
    )


def test_every_mistake_of_one_entry_can_be_collected():
    mistakes = Mistakes("x")
    given = {
        "address": {"txid": "7E0", "rxid": "7E8"},
        "params": {"blocksise": 1, "stmin": 300},
        "bus": 1,
        "y": 2,
    }
    assert read_connection("diag", given, mistakes) is None
    assert [sentence.partition(": ")[0] for sentence in mistakes.found] == [
        "x.y",
        "x.bus",
        "x.params.blocksise",
        "x.params.stmin",
        "x.address.txid",
        "x.address.rxid",
    ]

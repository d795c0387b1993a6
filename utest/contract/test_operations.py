"""Every documented operation of a CAN bus and of an ISO-TP connection has its keyword."""

import pytest

BUS = {
    "open a bus": "Open Can Bus",
    "use a bus that is open": "Use Existing Can Bus",
    "describe the channel": "Get Channel Info",
    "read the protocol": "Get Can Protocol",
    "read the state": "Get Bus State",
    "set the state": "Set Bus State",
    "flush the transmit buffer": "Flush Tx Buffer",
    "send": "Send Can Message",
    "send with a time-out": "Send Can Message: timeout",
    "receive with a time-out": "Receive Can Message: timeout",
    "iterate over what arrives": "Receive Can Messages: count",
    "set filters": "Set Can Filters: filters",
    "take filters away": "Clear Can Filters",
    "send periodically": "Start Periodic Message: period",
    "send periodically for a while": "Start Periodic Message: duration",
    "change the data of a periodic message": "Change Periodic Message: data",
    "stop a periodic message": "Stop Periodic Message",
    "stop all periodic messages": "Stop All Periodic Messages",
    "be notified of a message": "Wait For Can Message",
    "shut down": "Close Can Bus",
    "shut everything down": "Close All Can Buses",
    "find interfaces": "List Can Interfaces",
}
ISOTP = {
    "open a connection": "Open IsoTp Connection",
    "start": "Start IsoTp",
    "stop": "Stop IsoTp",
    "stop sending": "Stop IsoTp Sending",
    "stop receiving": "Stop IsoTp Receiving",
    "send": "Send IsoTp Frame",
    "send physically or functionally": "Send IsoTp Frame: target_address_type",
    "send with a time-out": "Send IsoTp Frame: timeout",
    "receive, blocking, with a time-out": "Receive IsoTp Frame: timeout",
    "tell whether a frame is available": "Is IsoTp Frame Available",
    "tell whether it transmits": "Is IsoTp Transmitting",
    "set the address": "Set IsoTp Address",
    "set an asymmetric address": "Set IsoTp Address: tx_addr",
    "close": "Close IsoTp Connection",
}
PARAMETERS = [
    "stmin",
    "blocksize",
    "tx_data_length",
    "tx_data_min_length",
    "override_receiver_stmin",
    "rx_flowcontrol_timeout",
    "rx_consecutive_frame_timeout",
    "tx_padding",
    "wftmax",
    "max_frame_size",
    "can_fd",
    "bitrate_switch",
    "default_target_address_type",
    "rate_limit_enable",
    "rate_limit_max_bitrate",
    "rate_limit_window_size",
    "listen_mode",
    "blocking_send",
    "read_timeout",
]
ADDRESS = [
    "addressing_mode",
    "txid",
    "rxid",
    "target_address",
    "source_address",
    "physical_id",
    "functional_id",
    "address_extension",
    "tx_addr",
    "rx_addr",
]
MODES = [
    "Normal_11bits",
    "Normal_29bits",
    "NormalFixed_29bits",
    "Extended_11bits",
    "Extended_29bits",
    "Mixed_11bits",
    "Mixed_29bits",
]
# Beyond the documented operations: what the language of the library promises.
LANGUAGE = [
    "Switch Can Bus",
    "Get Can Buses",
    "Bus State Should Be",
    "Send Can Messages",
    "Clear Received Messages",
    "Can Message Should Not Arrive",
    "Exchange Can Message",
    "Exchange IsoTp Frame",
    "Switch IsoTp Connection",
    "Close All IsoTp Connections",
    "Get IsoTp Connections",
    # The trace, and what is made of it.
    "Set Can Mark",
    "Get Can Messages",
    "Get Last Can Message",
    "Can Message Count Should Be",
    "Wait For Can Messages",
    "Response Time Should Be Below",
    "Get IsoTp Frames",
    "Log Can Trace",
    "Start Can Log",
    "Stop Can Log",
    "Save Can Trace",
    "Open Can Trace",
    "Replay Can Trace",
    "Get Bus Statistics",
    "Bus Load Should Be Below",
    # The rest of the car.
    "Get Periodic Statistics",
    "Periodic Message Should Have Kept Its Cycle",
    "Message Counter Should Be Alive",
    "Message Checksum Should Be Valid",
    "Start Simulated Ecu",
    "Simulated Ecu Should Have Received",
    "Set IsoTp Fault",
    "Get IsoTp Timing",
    "IsoTp Timing Should Be Within",
    "Send Functional IsoTp Request",
    "Start Can Gateway",
    "Message Should Be Routed",
]


@pytest.fixture(scope="module")
def signatures(libdoc):
    return {
        keyword["name"]: [argument["name"] for argument in keyword["args"]]
        for keyword in libdoc("RAW")["keywords"]
    }


@pytest.mark.parametrize("operation", BUS)
def test_bus(signatures, operation):
    name, _, argument = BUS[operation].partition(": ")
    assert not argument or argument in signatures[name]
    assert name in signatures


@pytest.mark.parametrize("operation", ISOTP)
def test_isotp(signatures, operation):
    name, _, argument = ISOTP[operation].partition(": ")
    assert not argument or argument in signatures[name]
    assert name in signatures


def test_language(signatures):
    assert [name for name in LANGUAGE if name not in signatures] == []


def test_parameters_and_address(signatures):
    opening = signatures["Open IsoTp Connection"]
    assert [name for name in PARAMETERS + ADDRESS if name not in opening] == []
    assert [name for name in ADDRESS if name not in signatures["Set IsoTp Address"]] == []


def test_addressing_modes(libdoc):
    modes = next(typedoc for typedoc in libdoc("RAW")["typedocs"] if typedoc["name"] == "AddressingMode")
    assert [member["name"] for member in modes["members"]] == MODES


def test_libdoc_lists_them(python):
    run = python("-m", "robot.libdoc", "CanLibrary", "list")
    listed = run.stdout.split("\n")
    wanted = {keyword.partition(": ")[0] for keyword in [*BUS.values(), *ISOTP.values(), *LANGUAGE]}
    assert sorted(wanted - set(listed)) == []

"""What python-can's interfaces can do, and how a description opens a bus on them, against the real python-can."""
# ruff: noqa: ARG001, ARG002, ARG005  (stand-ins for drivers take what drivers take)

import ctypes
import errno
import gc
import importlib
import logging
import subprocess
import sys
import types
from dataclasses import replace
from unittest.mock import MagicMock

import can
import pytest
from can.interfaces import BACKENDS

from CanLibrary.config import BusDescription
from CanLibrary.errors import BusError, CanLibraryError, ConfigurationError, NotSupportedError
from CanLibrary.sessions import arguments, drivers
from CanLibrary.sessions.capabilities import Constructor, load
from CanLibrary.sessions.interfaces import (
    Capabilities,
    Interface,
    bus_arguments,
    capabilities,
    list_interfaces,
    open_bus,
)
from CanLibrary.types import CanFilters

SINCE_46 = tuple(int(part) for part in can.__version__.split(".")[:2]) >= (4, 6)

# Read from the signatures, docstrings and sources of python-can 4.6.1, without what all interfaces share.
DOCUMENTED = {
    "canalystii": "device rx_queue_size timing",
    "cantact": "monitor poll_interval timing",
    "etas": "receive_own_messages",
    "gs_usb": "address bus index",
    "iscan": "poll_interval",
    "ixxat": "extended receive_own_messages rx_fifo_size sjw_abr sjw_dbr ssp_dbr tseg1_abr tseg1_dbr tseg2_abr "
    "tseg2_dbr tx_fifo_size unique_hardware_id",
    "kvaser": "accept_virtual driver_mode exclusive fd_non_iso no_samp override_exclusive receive_own_messages "
    "single_handle sjw timing tseg1 tseg2" + (" no_init_access" if SINCE_46 else ""),
    "neousys": "device",
    "neovi": "override_library_name receive_own_messages serial type_filter use_system_timestamp",
    "nican": "log_errors",
    "nixnet": "can_termination fd_bitrate listen_only poll_interval receive_own_messages timing",
    "pcan": "auto_reset data_brp data_sjw data_tseg1 data_tseg2 device_id f_clock f_clock_mhz nom_brp nom_sjw "
    "nom_tseg1 nom_tseg2 receive_own_messages state timing",
    "robotell": "rtscts ttyBaudrate",
    "seeedstudio": "baudrate frame_type operation_mode timeout",
    "serial": "baudrate rtscts timeout",
    "slcan": "btr listen_only poll_interval rtscts sleep_after_open timeout timing tty_baudrate",
    "socketcan": "ignore_rx_error_frames local_loopback receive_own_messages",
    "socketcand": "host port tcp_tune",
    "systec": "device_number receive_own_messages rx_buffer_entries state tx_buffer_entries",
    "udp_multicast": "hop_limit port receive_own_messages",
    "usb2can": "dll flags serial timing",
    "vector": "app_name channel_index listen_only poll_interval receive_own_messages rx_queue_size serial sjw_abr "
    "sjw_dbr timing tseg1_abr tseg1_dbr tseg2_abr tseg2_dbr",
    "virtual": "preserve_timestamps protocol receive_own_messages rx_queue_size",
}
WITHOUT_BITRATE = {"serial", "socketcan", "socketcand", "udp_multicast", "virtual"}
WITH_FD = {
    "etas",
    "ixxat",
    "kvaser",
    "neovi",
    "nixnet",
    "pcan",
    "socketcan",
    "udp_multicast",
    "vector",
    "virtual",
}
WITH_FD |= {"slcan"} if SINCE_46 else set()
IN_SENTENCE = (
    "'canalystii', 'cantact', 'etas', 'gs_usb', 'iscan', 'ixxat', 'kvaser', 'neousys', 'neovi', 'nican', 'nixnet', "
    "'pcan', 'robotell', 'seeedstudio', 'serial', 'slcan', 'socketcan', 'socketcand', 'systec', 'udp_multicast', "
    "'usb2can', 'vector' and 'virtual'"
)


def described(interface="virtual", channel=0, **given):
    return BusDescription("body", interface, channel, **given)


def arguments_of(*args, **given):
    return bus_arguments(described(*args, **given))[0]


def notices_of(*args, **given):
    return bus_arguments(described(*args, **given))[1]


def listed(name):
    return next(interface for interface in list_interfaces() if interface.name == name)


def sentence(error, function, *args):
    with pytest.raises(CanLibraryError) as caught:
        function(*args)
    assert type(caught.value) is error
    return str(caught.value)


@pytest.fixture
def all_importable(monkeypatch):
    """Make every interface of python-can importable here, and forget those modules afterwards."""
    before = set(sys.modules)
    for name in ("canalystii", "usb", "usb.backend", "pythoncom", "win32com", "win32com.client"):
        monkeypatch.setitem(sys.modules, name, MagicMock())
    for name in ("gs_usb", "gs_usb.constants", "gs_usb.gs_usb", "gs_usb.gs_usb_frame"):
        monkeypatch.setitem(sys.modules, name, MagicMock())
    importlib.import_module("can.ctypesutil")
    if sys.platform != "win32":
        monkeypatch.setattr("can.ctypesutil.HRESULT", ctypes.c_long, raising=False)
        for name in ("etas", "usb2can"):
            with monkeypatch.context() as windows:
                windows.setattr(ctypes, "windll", MagicMock(), raising=False)
                if name == "usb2can":
                    windows.setattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE, raising=False)
                load(name)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("can.interfaces."):
            del sys.modules[name]


@pytest.fixture
def plugin(monkeypatch):
    """Register a bus class as an entry point would."""

    def register(bus_class, name="gadget"):
        module = types.ModuleType("gadget_module")
        module.Gadget = bus_class
        bus_class.__module__ = "gadget_module"
        monkeypatch.setitem(sys.modules, "gadget_module", module)
        monkeypatch.setitem(BACKENDS, name, ("gadget_module", "Gadget"))

    return register


class QuietBus(can.BusABC):
    """A driver that remembers what it was given."""

    def __init__(self, channel=None, can_filters=None, **kwargs):
        self.given = dict(kwargs)
        self.channel_info = f"quiet {channel}"
        super().__init__(channel, can_filters)

    def send(self, msg, timeout=None):
        pass

    def _recv_internal(self, timeout):
        return None, False


# What there is


def test_every_interface_and_plugin_is_listed_by_name(plugin):
    plugin(QuietBus, "aaa")
    names = [interface.name for interface in list_interfaces()]
    assert names == sorted(BACKENDS)
    assert names[0] == "aaa"
    assert {*DOCUMENTED} <= {*names}


def test_listing_prints_and_logs_nothing():
    code = "from CanLibrary.sessions.interfaces import list_interfaces; assert list_interfaces()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_the_drivers_are_imported_when_they_are_used():
    code = "import sys, CanLibrary.sessions.interfaces; print('can' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "False\n"


@pytest.mark.usefixtures("all_importable")
def test_no_documented_option_of_an_interface_is_unknown():
    for name, options in DOCUMENTED.items():
        bus_class, _ = load(name)
        assert bus_class is not None, name
        takes = Constructor(bus_class)
        assert takes.options == tuple(sorted(options.split())), name
        assert ("bitrate" in takes.names) is (name not in WITHOUT_BITRATE), name


@pytest.mark.usefixtures("all_importable")
def test_can_fd_is_what_the_documentation_of_each_interface_says():
    assert {name for name in DOCUMENTED if capabilities(load(name)[0]).fd} == WITH_FD


@pytest.mark.usefixtures("all_importable")
def test_abilities_are_those_that_an_interface_has_itself():
    able = {name: capabilities(load(name)[0]) for name in DOCUMENTED}
    having = {key: {name for name in able if getattr(able[name], key)} for key in vars(Capabilities())}
    # pcan and systec return the state that was asked for last: a constant is no verdict.
    assert having["reports_state"] == {"etas", "ixxat"}
    assert having["sets_state"] == {"pcan", "systec"}  # the setter of etas only says that it is none
    assert having["flushes_tx_buffer"] == {"canalystii", "etas", "ixxat", "kvaser", "systec", "vector"}
    assert having["cyclic_sending"] == {"ixxat", "socketcan"}
    assert having["filters_in_hardware"] == {"etas", "kvaser", "socketcan", "systec", "vector"}
    assert {"pcan", "socketcan", "vector"} <= having["detects_channels"]
    assert not {"gs_usb", "slcan", "robotell"} & having["detects_channels"]


def test_an_open_bus_can_do_what_its_class_can():
    with can.Bus(interface="virtual", channel="abilities", ignore_config=True) as bus:
        assert capabilities(bus) == capabilities(type(bus))
        assert capabilities(bus).fd is True
        assert capabilities(bus).reports_state is False


def test_a_bus_object_of_an_unknown_class_is_understood():
    class Own(QuietBus):
        state = property(lambda self: can.BusState.PASSIVE)

        def flush_tx_buffer(self):
            pass

    bus = Own()
    assert capabilities(bus) == Capabilities(False, True, False, True, False, False, False)
    bus._can_protocol = can.CanProtocol.CAN_FD
    assert capabilities(bus).fd is True
    bus.shutdown()


def test_a_class_of_buses_that_takes_anything_may_run_can_fd(plugin):
    plugin(QuietBus)
    assert capabilities(QuietBus).fd is None
    assert str(listed("gadget")) == "gadget: installed; CAN FD not known"


def test_a_class_with_a_constant_for_its_state_or_without_signature_is_understood(monkeypatch):
    class Odd(QuietBus):
        state = can.BusState.ACTIVE

    def no_signature(function):
        raise ValueError(function)

    assert (capabilities(Odd).reports_state, capabilities(Odd).sets_state) == (False, False)
    monkeypatch.setattr("inspect.signature", no_signature)
    assert Constructor(Odd).options == ()


def test_an_interface_reads_as_one_line():
    virtual = next(interface for interface in list_interfaces() if interface.name == "virtual")
    assert str(virtual) == "virtual: installed; CAN FD, finds its channels"
    missing = Interface(name="gadget", installed=False, reason="Its driver is missing.")
    assert str(missing) == "gadget: not installed (Its driver is missing); not known here"
    known = replace(missing, fd=False, sets_state=True)
    assert str(known) == "gadget: not installed (Its driver is missing); classic CAN, sets its state"


# Whether it is there


@pytest.mark.parametrize("name", ["serial", "slcan", "robotell"])
def test_a_missing_python_package_names_the_extra(name, monkeypatch):
    module, _ = BACKENDS[name]
    monkeypatch.setattr(f"{module}.serial", None)
    assert listed(name).installed is False
    assert listed(name).reason == (
        "The Python package pyserial is missing; install it with 'pip install \"python-can[serial]\"'."
    )
    monkeypatch.setattr(f"{module}.serial", object())
    assert (listed(name).installed, listed(name).reason) == (True, "")


def test_a_module_that_needs_a_package_to_be_imported_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "canalystii", None)
    monkeypatch.delitem(sys.modules, "can.interfaces.canalystii", raising=False)
    interface = listed("canalystii")
    assert interface.reason == (
        "The Python package canalystii is missing; install it with 'pip install \"python-can[canalystii]\"'."
    )
    assert (interface.installed, interface.fd, interface.options) == (False, None, ())


def test_a_missing_vendor_library_is_named_though_the_module_imports(monkeypatch):
    monkeypatch.setattr("can.interfaces.kvaser.canlib.__canlib", None)
    assert listed("kvaser").installed is False
    assert listed("kvaser").reason == (
        "Kvaser's CANlib was not found; install the Kvaser driver (on Linux: linuxcan) from kvaser.com."
    )
    monkeypatch.setattr("can.interfaces.kvaser.canlib.__canlib", object())
    assert listed("kvaser").installed is True


def test_pcan_is_installed_when_its_library_can_be_loaded(monkeypatch):
    monkeypatch.setattr("can.interfaces.pcan.basic.find_library", lambda name: None)
    assert listed("pcan").reason == (
        "PEAK's PCAN-Basic library was not found; install the PEAK driver from peak-system.com."
    )
    monkeypatch.setattr("can.interfaces.pcan.pcan.PCANBasic", object)
    monkeypatch.setattr("can.interfaces.pcan.basic.PCANBasic", object)
    assert (listed("pcan").installed, listed("pcan").reason) == (True, "")


@pytest.mark.skipif(sys.platform == "win32", reason="these run here")
@pytest.mark.parametrize("name", ["etas", "ixxat", "nican", "nixnet", "systec", "usb2can", "vector"])
def test_windows_only(name):
    assert (listed(name).installed, listed(name).reason) == (False, "This interface works on Windows only.")


@pytest.mark.skipif(sys.platform != "linux", reason="SocketCAN is Linux")
def test_socketcan_is_installed_when_the_kernel_has_it(monkeypatch):
    def refuse(*args):
        raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")

    monkeypatch.setattr(drivers.socket, "socket", refuse)
    assert listed("socketcan").reason == (
        "This Linux kernel has no CAN support; load it with 'modprobe can_raw' (for a container, on its host)."
    )
    monkeypatch.setattr(drivers.socket, "socket", MagicMock())
    assert listed("socketcan").installed is True


def test_what_only_opening_can_tell_is_said(plugin):
    plugin(QuietBus)
    assert (listed("socketcand").installed, listed("socketcand").reason) == (
        True,
        "Whether its server answers shows when a bus is opened.",
    )
    assert (listed("gadget").installed, listed("gadget").reason) == (
        True,
        "Whether its driver is there shows when a bus is opened.",
    )


def test_a_plugin_that_cannot_be_imported_says_why(monkeypatch):
    monkeypatch.setitem(BACKENDS, "gadget", ("no_such_gadget_module", "Gadget"))
    assert (
        listed("gadget").reason == "Its module cannot be imported: No module named 'no_such_gadget_module'."
    )


# From the description to arguments


def test_configuration_files_are_never_mixed_in():
    assert arguments_of() == {"interface": "virtual", "ignore_config": True, "channel": 0}


def test_what_is_not_said_is_left_to_the_driver():
    assert arguments_of("pcan", None) == {"interface": "pcan", "ignore_config": True}


def test_an_unknown_interface_is_refused_with_the_nearest_and_all(monkeypatch):
    monkeypatch.setattr(arguments, "interface_names", lambda: sorted(DOCUMENTED))
    assert sentence(ConfigurationError, arguments_of, "vertual") == (
        f"Interface 'vertual' is unknown; did you mean 'virtual'? The interfaces are {IN_SENTENCE}."
    )
    assert sentence(ConfigurationError, arguments_of, "PCAN") == (
        f"Interface 'PCAN' is unknown; did you mean 'pcan'? The interfaces are {IN_SENTENCE}."
    )
    assert sentence(ConfigurationError, arguments_of, "xyz") == (
        f"Interface 'xyz' is unknown. The interfaces are {IN_SENTENCE}."
    )


def test_options_pass():
    given = arguments_of(options={"receive_own_messages": True, "rx_queue_size": 7})
    assert (given["receive_own_messages"], given["rx_queue_size"]) == (True, 7)


@pytest.mark.parametrize(
    ("interface", "options", "expected"),
    [
        (
            "virtual",
            {"recieve_own_messages": 1},
            "no option 'recieve_own_messages'; did you mean 'receive_own_messages'?",
        ),
        ("virtual", {"bitrat": 1}, "no option 'bitrat'; did you mean 'bitrate'?"),
        (
            "virtual",
            {"xyz": 1},
            "no option 'xyz'; it has 'preserve_timestamps', 'protocol', 'receive_own_messages' and 'rx_queue_size'.",
        ),
        ("neousys", {"xyz": 1, "abc": 2}, "no options 'xyz' and 'abc'; it has 'device'."),
        ("pcan", {"nom_tseg": 5}, "no option 'nom_tseg'; did you mean 'nom_tseg2'?"),
        ("neousys", {"_testing": True}, "no option '_testing'; it has 'device'."),
    ],
)
def test_an_option_that_python_can_would_swallow_is_refused_by_name(interface, options, expected):
    assert sentence(ConfigurationError, lambda: arguments_of(interface, options=options)) == (
        f"Interface '{interface}' has {expected}"
    )


def test_options_that_a_constructor_takes_through_kwargs_pass():
    for name, options in (
        ("pcan", {"nom_brp": 1, "f_clock_mhz": 80}),
        ("kvaser", {"single_handle": True}),
        ("neovi", {"use_system_timestamp": True, "type_filter": "X"}),
        ("systec", {"rx_buffer_entries": 9}),
    ):
        assert options.items() <= arguments_of(name, options=options).items()


def test_text_stands_for_an_enum_of_python_can():
    assert arguments_of("systec", options={"state": "passive"})["state"] is can.BusState.PASSIVE
    assert arguments_of(options={"protocol": "CAN_FD"})["protocol"] is can.CanProtocol.CAN_FD
    assert sentence(ConfigurationError, lambda: arguments_of("pcan", options={"state": "off"})) == (
        "state=off is not possible: state is one of ACTIVE, PASSIVE, ERROR."
    )


def test_a_map_stands_for_bit_timing():
    classic = {"f_clock": 8_000_000, "brp": 1, "tseg1": 13, "tseg2": 2, "sjw": 1}
    assert arguments_of("kvaser", options={"timing": classic})["timing"] == can.BitTiming(**classic)
    by_point = {"f_clock": 8_000_000, "bitrate": 500_000, "sample_point": 87.5}
    assert arguments_of("kvaser", options={"timing": by_point})["timing"].sample_point == 87.5
    fd = {
        "f_clock": 80_000_000,
        "nom_bitrate": 500_000,
        "nom_sample_point": 80,
        "data_bitrate": 2_000_000,
        "data_sample_point": 70,
    }
    timing = arguments_of("vector", fd=True, options={"timing": fd})["timing"]
    assert (timing.nom_bitrate, timing.data_bitrate) == (500_000, 2_000_000)


def refused_timing(**timing):
    return sentence(ConfigurationError, lambda: arguments_of("kvaser", options={"timing": timing}))


def test_a_map_that_is_no_bit_timing_is_refused_in_words_of_its_own():
    # Python's own words name a class, and are others in each version of Python.
    classic = {"f_clock": 8_000_000, "brp": 1, "tseg1": 13, "tseg2": 2, "sjw": 1}
    assert refused_timing(**classic, sjv=1) == "The option timing has no 'sjv'; did you mean 'sjw'?"
    assert refused_timing(**classic, jitter=1) == (
        "The option timing has no 'jitter'; it has 'f_clock', 'brp', 'tseg1', 'tseg2', 'sjw', 'nof_samples' "
        "and 'strict'."
    )
    assert refused_timing(f_clock=8_000_000, sample_point=80) == "The option timing needs 'bitrate'."
    assert refused_timing(**classic | {"brp": 0}) == (
        "The option timing is not possible: bitrate prescaler (=0) must be in [1...64]."
    )


def test_what_a_constructor_cannot_do_without_is_asked_for():
    assert sentence(ConfigurationError, arguments_of, "kvaser", None) == "Interface 'kvaser' needs 'channel'."
    assert (
        sentence(ConfigurationError, arguments_of, "socketcand")
        == "Interface 'socketcand' needs 'host' and 'port'."
    )
    assert (
        sentence(ConfigurationError, arguments_of, "socketcan", None)
        == "Interface 'socketcan' needs 'channel'."
    )


def test_filters_go_to_the_driver():
    given = arguments_of(filters=CanFilters(["0x7E8", "0x18DA00F1:0x1FFF00FF"]))
    assert given["can_filters"] == [
        {"can_id": 0x7E8, "can_mask": 0x7FF, "extended": False},
        {"can_id": 0x18DA00F1, "can_mask": 0x1FFF00FF, "extended": True},
    ]


def test_the_bit_rate_of_a_system_interface_is_told_how_to_set():
    assert notices_of("socketcan", "can0", bitrate=500_000) == [
        "Interface 'socketcan' does not set the bit rate, the system does: "
        "'ip link set can0 type can bitrate 500000'."
    ]
    assert notices_of("socketcan", "can0", bitrate=500_000, fd=True, data_bitrate=2_000_000) == [
        "Interface 'socketcan' does not set the bit rate, the system does: "
        "'ip link set can0 type can bitrate 500000 dbitrate 2000000 fd on'."
    ]
    assert "bitrate" not in arguments_of("socketcan", "can0", bitrate=500_000)


def test_a_bit_rate_that_has_no_effect_is_told():
    assert notices_of("serial", "COM1", bitrate=500_000) == [
        "Interface 'serial' does not set the bit rate: bitrate=500000 had no effect."
    ]


@pytest.mark.parametrize(
    ("interface", "channel"), [("virtual", 0), ("socketcan", "vcan0"), ("udp_multicast", None)]
)
def test_where_there_is_no_wire_a_bit_rate_is_fine(interface, channel):
    given = described(interface, channel, bitrate=500_000, fd=True, data_bitrate=2_000_000)
    arguments, notices = bus_arguments(given)
    assert notices == []
    assert not {"bitrate", "data_bitrate"} & arguments.keys()


def test_fd_on_a_virtual_bus_makes_its_protocol_honest():
    assert arguments_of(fd=True)["protocol"] is can.CanProtocol.CAN_FD
    assert "protocol" not in arguments_of(fd=False)
    own = arguments_of(fd=True, options={"protocol": can.CanProtocol.CAN_FD_NON_ISO})
    assert own["protocol"] is can.CanProtocol.CAN_FD_NON_ISO


def test_fd_is_passed_on_also_when_it_is_off():
    # Classic CAN on a driver that runs CAN FD unless told otherwise.
    assert arguments_of("udp_multicast", None, fd=False)["fd"] is False
    assert "fd" not in arguments_of("udp_multicast", None)
    given = arguments_of("kvaser", fd=True, bitrate=500_000, data_bitrate=2_000_000)
    assert (given["fd"], given["bitrate"], given["data_bitrate"]) == (True, 500_000, 2_000_000)


def test_fd_is_refused_where_there_is_none():
    assert sentence(NotSupportedError, lambda: arguments_of("cantact", fd=True)) == (
        "Interface 'cantact' has no CAN FD; leave fd and data_bitrate out."
    )
    assert "fd" not in arguments_of("cantact", fd=False)


def test_nixnet_calls_the_data_bit_rate_otherwise():
    given = arguments_of("nixnet", "CAN1", fd=True, bitrate=500_000, data_bitrate=2_000_000)
    assert given["fd_bitrate"] == 2_000_000
    assert "data_bitrate" not in given


def test_the_bit_rates_of_can_fd_become_the_timing_of_a_driver_that_would_ignore_them():
    given = described("pcan", "PCAN_USBBUS1", fd=True, bitrate=500_000, data_bitrate=5_000_000)
    arguments, notices = bus_arguments(given)
    timing = arguments["timing"]
    assert (timing.f_clock, timing.nom_bitrate, timing.data_bitrate) == (80_000_000, 500_000, 5_000_000)
    assert notices == [
        "Interface 'pcan' runs CAN FD at 500000 and 5000000 bit/s with sample points at 80 % and 75 %; "
        "give the option 'timing' for others."
    ]


def test_can_fd_timing_by_hand_is_left_alone():
    by_hand = {"f_clock_mhz": 80, "nom_brp": 2, "nom_tseg1": 63, "nom_tseg2": 16, "nom_sjw": 16}
    arguments, notices = bus_arguments(described("pcan", fd=True, options=by_hand))
    assert "timing" not in arguments
    assert notices == []


def test_can_fd_without_bit_rates_is_refused_where_the_driver_has_no_default():
    assert sentence(ConfigurationError, lambda: arguments_of("pcan", fd=True)) == (
        "Interface 'pcan' needs 'bitrate' and 'data_bitrate' for CAN FD, or the option 'timing'."
    )
    impossible = described("pcan", fd=True, bitrate=1_234_567, data_bitrate=3_333_333)
    assert sentence(ConfigurationError, bus_arguments, impossible) == (
        "bitrate=1234567 and data_bitrate=3333333 cannot be made from a clock of 80 MHz; give the option 'timing'."
    )


def test_options_of_an_interface_that_cannot_be_imported_are_not_judged(monkeypatch):
    monkeypatch.setitem(sys.modules, "canalystii", None)
    monkeypatch.delitem(sys.modules, "can.interfaces.canalystii", raising=False)
    arguments, notices = bus_arguments(described("canalystii", bitrate=500_000, options={"device": 1}))
    assert (arguments["device"], arguments["bitrate"]) == (1, 500_000)
    assert notices == [
        "The options of interface 'canalystii' were not checked. The Python package canalystii is missing; "
        "install it with 'pip install \"python-can[canalystii]\"'."
    ]


def test_linux_tells_before_the_first_message_that_a_channel_cannot_work(tmp_path, monkeypatch):
    monkeypatch.setattr(arguments, "_NETWORK", tmp_path)
    (tmp_path / "vcan0").mkdir()
    (tmp_path / "vcan0" / "flags").write_text("0x80\n")
    (tmp_path / "vcan0" / "mtu").write_text("16\n")
    assert notices_of("socketcan", "vcan0", fd=True) == [
        "Channel 'vcan0' is down; start it with 'ip link set vcan0 up'.",
        "Channel 'vcan0' carries no CAN FD messages (mtu 16, not 72); on a virtual one set "
        "'ip link set vcan0 mtu 72', else add 'fd on' to its bit rates.",
    ]
    (tmp_path / "vcan0" / "flags").write_text("0x81\n")
    (tmp_path / "vcan0" / "mtu").write_text("72\n")
    assert notices_of("socketcan", "vcan0", fd=True) == []


# Plugins


def test_a_plugin_that_documents_nothing_gets_everything(plugin):
    class Bus(QuietBus):
        def __init__(self, channel, **kwargs):
            super().__init__(channel, **kwargs)

    plugin(Bus)
    bus, notices = open_bus(described("gadget", fd=True, bitrate=1, data_bitrate=2, options={"what": "ever"}))
    with bus:
        assert bus.given == {"fd": True, "bitrate": 1, "data_bitrate": 2, "what": "ever"}
        assert notices == []


def test_a_plugin_that_documents_some_gets_the_rest_with_a_warning(plugin):
    class Bus(QuietBus):
        def __init__(self, channel, speed=1, **kwargs):
            super().__init__(channel, **kwargs)

    plugin(Bus)
    bus, notices = open_bus(described("gadget", options={"sped": 2}))
    with bus:
        assert bus.given == {"sped": 2}
        assert notices == ["Interface 'gadget' documents no option 'sped'; passed on unchecked."]


def test_a_plugin_without_kwargs_refuses_like_the_others(plugin):
    class Bus(QuietBus):
        def __init__(self, channel, speed=1):
            super().__init__(channel)

    plugin(Bus)
    assert sentence(ConfigurationError, lambda: arguments_of("gadget", options={"sped": 2})) == (
        "Interface 'gadget' has no option 'sped'; did you mean 'speed'?"
    )


# Opening


def test_a_virtual_bus_opens_and_talks():
    first, notices = open_bus(described(channel="talk", fd=True, bitrate=500_000))
    second, _ = open_bus(described(channel="talk", filters=CanFilters("0x7E8")))
    with first, second:
        assert (notices, first.protocol) == ([], can.CanProtocol.CAN_FD)
        first.send(can.Message(arbitration_id=0x123, is_extended_id=False))
        first.send(can.Message(arbitration_id=0x7E8, is_extended_id=False))
        assert second.recv(1).arbitration_id == 0x7E8


def test_filters_that_a_constructor_forgets_are_set(plugin):
    class Forgetful(QuietBus):
        def __init__(self, channel, can_filters=None, **kwargs):
            super().__init__(channel, **kwargs)

    plugin(Forgetful)
    with open_bus(described("gadget", filters=CanFilters("0x7E8")))[0] as bus:
        assert bus.filters == [{"can_id": 0x7E8, "can_mask": 0x7FF, "extended": False}]


@pytest.mark.parametrize(("channel", "where"), [("can0", " channel 'can0'"), (3, " channel 3"), (None, "")])
@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (can.CanInitializationError("No hardware found.", 7), "No hardware found. [Error Code 7]."),
        (FileNotFoundError(errno.ENOENT, "No such file", "/dev/ttyX"), "No such file: '/dev/ttyX'."),
        (ImportError("no module"), "no module."),
        (NotImplementedError(), "NotImplementedError."),
        (ValueError("out of range"), "out of range."),
        (TypeError("wrong type"), "wrong type."),
        (RuntimeError("whatever"), "whatever."),
    ],
)
def test_whatever_a_driver_raises_becomes_one_sentence(plugin, error, cause, channel, where):
    class Failing(QuietBus):
        def __init__(self, channel=None, **kwargs):
            raise error

    plugin(Failing)
    with pytest.raises(BusError) as caught:
        open_bus(described("gadget", channel))
    assert str(caught.value) == f"Bus 'body' could not be opened on interface 'gadget'{where}: {cause}"
    assert caught.value.__cause__ is error


def test_a_missing_driver_is_named_instead_of_what_python_can_stumbles_over(monkeypatch):
    # KvaserBus fails with NameError: name 'canGetNumberOfChannels' is not defined.
    monkeypatch.setattr("can.interfaces.kvaser.canlib.__canlib", None)
    monkeypatch.delattr("can.interfaces.kvaser.canlib.canGetNumberOfChannels", raising=False)
    assert sentence(BusError, open_bus, described("kvaser")) == (
        "Bus 'body' could not be opened on interface 'kvaser' channel 0: Kvaser's CANlib was not found; install "
        "the Kvaser driver (on Linux: linuxcan) from kvaser.com."
    )


@pytest.mark.skipif(sys.platform != "linux", reason="SocketCAN is Linux")
@pytest.mark.parametrize(
    ("channel", "how"),
    [
        ("vcan7", "Create it with 'ip link add dev vcan7 type vcan' and 'ip link set vcan7 up'."),
        (
            "can7",
            "Connect the adapter and start it with 'ip link set can7 up type can bitrate 500000', or for a virtual "
            "channel use 'ip link add dev vcan0 type vcan' and 'ip link set vcan0 up'.",
        ),
    ],
)
def test_a_socketcan_channel_that_is_not_there_says_how_to_get_it(monkeypatch, channel, how):
    def bind(*args):
        raise OSError(errno.ENODEV, "No such device")

    monkeypatch.setattr("can.interfaces.socketcan.socketcan.create_socket", MagicMock())
    monkeypatch.setattr("can.interfaces.socketcan.socketcan.bind_socket", bind)
    monkeypatch.setattr(drivers, "_DRIVERS", drivers._DRIVERS | {"socketcan": drivers._Driver()})
    assert sentence(BusError, open_bus, described("socketcan", channel)) == (
        f"Bus 'body' could not be opened on interface 'socketcan' channel '{channel}': No such device. {how}"
    )


def test_what_a_driver_logs_while_it_opens_is_told_once_and_nowhere_else(plugin, caplog):
    class Chatty(QuietBus):
        def __init__(self, channel, **kwargs):
            log = logging.getLogger("can.gadget")
            for _ in range(1000):
                log.error("Could not enable %s", "CAN-FD frames")
            super().__init__(channel)

    plugin(Chatty)
    bus, notices = open_bus(described("gadget"))
    with bus:
        assert notices == ["Interface 'gadget' says: Could not enable CAN-FD frames."]
    assert caplog.records == []
    logging.getLogger("can.gadget").error("afterwards")
    assert [record.message for record in caplog.records] == ["afterwards"]


def test_a_bus_that_failed_half_way_is_shut_down_at_once_and_in_silence(plugin, caplog):
    # VirtualBus.__init__ and others call BusABC.__init__ first; its __del__ then complains at some time.
    events = []

    class Halfway(QuietBus):
        def __init__(self, channel, **kwargs):
            super().__init__(channel)
            self.connect()

        def connect(self):
            try:
                self.dial()
            except OSError as error:
                raise can.CanInitializationError("no answer") from error

        def dial(self):
            raise OSError("no link")

        def shutdown(self):
            events.append("shut down")
            super().shutdown()

    plugin(Halfway)
    gc.disable()
    try:
        with pytest.raises(BusError, match="no answer") as caught:
            open_bus(described("gadget"))
        assert events == ["shut down"]
        assert isinstance(caught.value.__cause__, can.CanInitializationError)
    finally:
        gc.enable()
    assert caplog.records == []

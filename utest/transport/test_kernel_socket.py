"""What the kernel's ISO-TP socket needs and cannot do: one sentence each. It needs no kernel with CAN."""

import errno
import socket

import pytest

from CanLibrary.errors import BusError, NotSupportedError
from CanLibrary.transport import kernel_socket
from CanLibrary.transport.kernel_socket import check_address, check_params, check_there, most_bytes
from CanLibrary.types import IsoTpParams


def refusal(kind, check, *arguments):
    with pytest.raises(kind) as refused:
        check("diag", *arguments)
    return str(refused.value)


class TestWhatIsMissing:
    def test_another_system(self, monkeypatch):
        monkeypatch.delattr(socket, "CAN_ISOTP", raising=False)
        monkeypatch.setattr("sys.platform", "win32")
        assert refusal(NotSupportedError, check_there, "vcan0") == (
            "Connection 'diag' needs the ISO-TP socket of the Linux kernel, which win32 does not have; use "
            "backend=python."
        )

    @pytest.mark.parametrize("number", [errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT])
    def test_the_module(self, monkeypatch, number):
        def refuse(*_arguments):
            raise OSError(number, "not supported")

        monkeypatch.setattr(socket, "socket", refuse)
        assert refusal(NotSupportedError, check_there, "vcan0") == (
            "Connection 'diag' needs the kernel's module can-isotp, which is not loaded (Linux 5.10 and later have "
            "it): 'sudo modprobe can-isotp' (for a container, on its host), or use backend=python."
        )

    @pytest.mark.kernel
    def test_the_interface(self):
        if not hasattr(socket, "CAN_ISOTP") or "vcan0" not in [name for _, name in socket.if_nameindex()]:
            pytest.skip("This computer has no vcan0.")
        assert refusal(BusError, check_there, "missing") == (
            "Connection 'diag' needs the network interface 'missing', which is not there; make a virtual one with "
            "'sudo ip link add dev missing type vcan' and 'sudo ip link set missing up', or use backend=python."
        )
        assert "; did you mean 'vcan0'? Make a virtual one with" in refusal(BusError, check_there, "vcan00")


class TestParameters:
    def test_those_that_it_honours(self):
        params = IsoTpParams(
            stmin=0xF5,
            blocksize=0,
            wftmax=3,
            tx_data_length=64,
            can_fd=True,
            bitrate_switch=True,
            tx_padding=0xCC,
            listen_mode=True,
            override_receiver_stmin=0.01,
            blocking_send=True,
            max_frame_size=66_000,
        )
        assert check_params("diag", params) is None

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("tx_data_min_length", 8),
            ("rx_flowcontrol_timeout", 500),
            ("rx_consecutive_frame_timeout", 500),
            ("rate_limit_enable", True),
            ("rate_limit_max_bitrate", 1000000),
            ("rate_limit_window_size", 0.5),
            ("logger_name", "bench"),
        ],
    )
    def test_one_that_it_cannot_honour(self, name, value):
        assert refusal(NotSupportedError, check_params, IsoTpParams(**{name: value})) == (
            f"Connection 'diag': the kernel cannot honour {name}={value}; leave it out, or use backend=python."
        )

    def test_two_of_them(self):
        params = IsoTpParams(rx_flowcontrol_timeout=500, tx_data_min_length=8)
        assert refusal(NotSupportedError, check_params, params) == (
            "Connection 'diag': the kernel cannot honour tx_data_min_length=8, rx_flowcontrol_timeout=500; leave "
            "them out, or use backend=python."
        )

    def test_a_payload_that_is_too_large(self, monkeypatch, tmp_path):
        monkeypatch.setattr(kernel_socket, "_MOST_BYTES_SAID", tmp_path / "max_pdu_size")
        assert refusal(NotSupportedError, check_params, IsoTpParams(max_frame_size=66_001)) == (
            "Connection 'diag': max_frame_size=66001 is more than the kernel accepts, 66000 bytes; say less, or use "
            "backend=python."
        )
        (tmp_path / "max_pdu_size").write_text("9000\n")
        assert most_bytes() == 9000
        check_params("diag", IsoTpParams(max_frame_size=9000))

    def test_a_separation_time_that_is_too_long(self):
        params = IsoTpParams(override_receiver_stmin=4.3)
        assert refusal(NotSupportedError, check_params, params) == (
            "Connection 'diag': override_receiver_stmin=4.3 is more than the kernel can wait, 4.29 seconds; say less, "
            "or use backend=python."
        )


class TestAddresses:
    def test_an_address_byte_in_one_direction_only(self, address):
        one_way = address(
            tx_addr={"addressing_mode": "Extended_11bits", "txid": "0x600", "target_address": 0x55},
            rx_addr={"rxid": "0x610"},
        )
        assert refusal(NotSupportedError, check_address, one_way) == (
            "Connection 'diag': the kernel cannot use an address byte in one direction only (tx (Extended_11bits, "
            "txid 0x600, target_address 0x55), rx (Normal_11bits, rxid 0x610)); use backend=python."
        )

"""Messages of every kind, and files of them."""

import can
import pytest

BEGAN = 1_763_900_000.123457


def message_text(message):
    """All that a message says but its time and channel."""
    return (
        message.arbitration_id,
        message.is_extended_id,
        bytes(message.data),
        message.dlc,
        message.is_fd,
        message.bitrate_switch,
        message.error_state_indicator,
        message.is_remote_frame,
        message.is_error_frame,
        message.is_rx,
    )


@pytest.fixture
def traffic():
    """Make messages, each of them different, on one channel."""

    def make(count, *, plain=False):
        return [
            can.Message(
                BEGAN + number * 0.0013,
                0x18DA0000 + number if number % 5 == 4 else 0x100 + number % 50,
                number % 5 == 4,
                channel=1,
                data=number.to_bytes(4, "big") * (1 if plain or number % 3 else 3),
                is_fd=not plain and number % 3 == 0,
                is_rx=plain or number % 7 != 0,
            )
            for number in range(count)
        ]

    return make


@pytest.fixture
def says():
    return message_text

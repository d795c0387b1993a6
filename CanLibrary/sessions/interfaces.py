"""The interfaces of python-can, and opening a bus on one: driver errors become one sentence of ours."""

from __future__ import annotations

import errno
import re
import traceback
from typing import TYPE_CHECKING, Any

from CanLibrary.config.descriptions import BusDescription
from CanLibrary.errors import BusError
from CanLibrary.sessions.arguments import bus_arguments
from CanLibrary.sessions.capabilities import (
    Capabilities,
    Interface,
    capabilities,
    list_interfaces,
    load,
)
from CanLibrary.sessions.drivers import driver_log

if TYPE_CHECKING:
    import can

__all__ = [
    "Capabilities",
    "Interface",
    "bus_arguments",
    "capabilities",
    "list_interfaces",
    "open_bus",
]


def open_bus(description: BusDescription) -> tuple[can.BusABC, list[str]]:
    """Open a bus.

    Args:
        description: What to open.

    Returns:
        The open bus and sentences to warn about, also those that its driver said.

    Raises:
        ConfigurationError: The description is wrong.
        NotSupportedError: The interface cannot do what was asked.
        BusError: The driver refused or is missing; the sentence says what to install.
    """
    arguments, notices = bus_arguments(description)
    with driver_log() as said:
        try:
            bus = _construct(arguments)
        except Exception as error:
            failure = _failure(description, error)
            _forget_half_open_bus(error)
            raise failure from error
    notices += [f"Interface '{description.interface}' says: {text.rstrip('.')}." for text in said]
    return bus, notices


def _construct(arguments: dict[str, Any]) -> can.BusABC:
    import can

    bus = can.Bus(**arguments)
    filters = arguments.get("can_filters")
    if filters and bus.filters != filters:
        bus.set_filters(filters)  # etas forgets those of its constructor
    return bus


def _failure(description: BusDescription, error: Exception) -> BusError:
    name, channel = description.interface, description.channel
    where = f"Bus '{description.alias}' could not be opened on interface '{name}'"
    if channel is not None:
        where += f" channel '{channel}'" if isinstance(channel, str) else f" channel {channel}"
    reason = load(name)[
        1
    ]  # tells more than "name 'canGetNumberOfChannels' is not defined", Kvaser's own words
    if not reason:
        detail = re.sub(r"^\[Errno -?\d+\] ", "", str(error).strip())
        reason = detail if detail.endswith("?") else f"{detail.rstrip('.') or type(error).__name__}."
        if name == "socketcan" and getattr(error, "errno", None) == errno.ENODEV:
            kind = "vcan" if str(channel).startswith("vcan") else "can"
            reason += f" {_HOW_TO_GET_CHANNEL[kind].format(channel=channel)}"
    return BusError(f"{where}: {reason}")


_HOW_TO_GET_CHANNEL = {
    "vcan": "Create it with 'ip link add dev {channel} type vcan' and 'ip link set {channel} up'.",
    "can": (
        "Connect the adapter and start it with 'ip link set {channel} up type can bitrate 500000', "
        "or for a virtual channel use 'ip link add dev vcan0 type vcan' and 'ip link set vcan0 up'."
    ),
}


def _forget_half_open_bus(error: BaseException | None) -> None:
    """Let python-can clean up a bus whose constructor failed, now and not when a garbage collector comes by.

    The traceback keeps that bus alive. Its `__del__` shuts down what was opened and logs "was not properly
    shut down", which nobody can do anything about.
    """
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__

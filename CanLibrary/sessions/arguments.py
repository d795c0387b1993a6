"""From the description of a bus to arguments of `can.Bus`: our words for all interfaces, and options."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from CanLibrary.config.descriptions import BusDescription
from CanLibrary.errors import ConfigurationError, NotSupportedError, nearest
from CanLibrary.formatting import quoted
from CanLibrary.sessions.capabilities import OUR_WORDS, Constructor, interface_names, load

# Nothing to set a bit rate on: messages pass from program to program.
_WITHOUT_WIRE = ("virtual", "udp_multicast")
_VIRTUAL_CHANNELS = ("vcan", "vxcan")
# A clock that all adapters with timing by sample point have, and the sample point most networks use.
_FD_CLOCK = 80_000_000
_SAMPLE_POINT = 80.0
# Where Linux tells about network interfaces, CAN ones included.
_NETWORK = Path("/sys/class/net")
_FD_MTU = 72


def bus_arguments(description: BusDescription) -> tuple[dict[str, Any], list[str]]:
    """Return what `can.Bus` is to be called with.

    Args:
        description: The bus. An option of a name that the interface does not know is refused, because
            python-can hands it on and most drivers swallow it in silence.

    Returns:
        The keyword arguments, and sentences to warn about.

    Raises:
        ConfigurationError: The interface or an option is unknown, or something is missing.
        NotSupportedError: The interface cannot do what was asked.
    """
    name = description.interface
    if name not in (names := interface_names()):
        hint = nearest(name, names) or "."
        raise ConfigurationError(f"Interface '{name}' is unknown{hint} The interfaces are {quoted(names)}.")
    # Without this, ~/.canrc, /etc/can.conf and CAN_* variables would be mixed in.
    arguments: dict[str, Any] = {"interface": name, "ignore_config": True}
    if description.channel is not None:
        arguments["channel"] = description.channel
    if description.filters:
        arguments["can_filters"] = [
            {"can_id": one.id, "can_mask": one.mask, "extended": one.extended} for one in description.filters
        ]
    bus_class, reason = load(name)
    notices: list[str] = []
    if bus_class is None:
        notices.append(f"The options of interface '{name}' were not checked. {reason}")
        given = {
            "fd": description.fd,
            "bitrate": description.bitrate,
            "data_bitrate": description.data_bitrate,
        }
        arguments |= {word: value for word, value in given.items() if value is not None}
        return arguments | dict(description.options), notices
    takes = Constructor(bus_class)
    arguments |= _options(description, takes, notices)
    arguments |= _rates(description, takes, notices)
    missing = [word for word in takes.required if word not in arguments]
    if name == "socketcan" and "channel" not in arguments:
        missing = ["channel"]  # python-can would receive from all channels and could send on none
    if missing:
        raise ConfigurationError(f"Interface '{name}' needs {quoted(missing)}.")
    if name == "socketcan":
        notices += _linux_notices(description)
    return arguments, notices


def _options(description: BusDescription, takes: Constructor, notices: list[str]) -> dict[str, Any]:
    name, options = description.interface, description.options
    unknown = [option for option in options if option not in takes.names]
    if unknown and takes.is_plugin and takes.open_ended:
        if takes.options:  # one that documents nothing can take anything
            notices.append(f"Interface '{name}' documents no {_option(unknown)}; passed on unchecked.")
        unknown = []
    if unknown:
        words = [*takes.options, *OUR_WORDS]
        hint = nearest(unknown[0], words) if len(unknown) == 1 else ""
        has = f"; it has {quoted(takes.options)}." if takes.options else "; it has none."
        raise ConfigurationError(f"Interface '{name}' has no {_option(unknown)}{hint or has}")
    return {option: _value(option, value) for option, value in options.items()}


def _option(names: list[str]) -> str:
    return f"option{'s' if len(names) > 1 else ''} {quoted(names)}"


def _value(option: str, value: Any) -> Any:
    """Return an option's value, as an object of python-can where text or a map stands for one."""
    import can

    enums: dict[str, Any] = {"state": can.BusState, "protocol": can.CanProtocol}
    if option in enums and isinstance(value, str):
        names = [member.name for member in enums[option]]
        if value.strip().upper() not in names:
            raise ConfigurationError(
                f"{option}={value} is not possible: {option} is one of {', '.join(names)}."
            )
        return enums[option][value.strip().upper()]
    if option == "timing" and isinstance(value, Mapping):
        return _timing(value)
    return value


def _timing(given: Mapping[str, Any]) -> Any:
    """Return python-can's bit timing for a map of its arguments."""
    import can

    kind: Any = can.BitTimingFd if any(str(key).startswith("nom_") for key in given) else can.BitTiming
    make = kind.from_sample_point if any(str(key).endswith("sample_point") for key in given) else kind
    parameters = inspect.signature(make).parameters.values()
    known = [parameter.name for parameter in parameters]
    if unknown := [str(key) for key in given if key not in known]:
        hint = nearest(unknown[0], known) or f"; it has {quoted(known)}."
        raise ConfigurationError(f"The option timing has no {quoted(unknown)}{hint}")
    if missing := [p.name for p in parameters if p.default is p.empty and p.name not in given]:
        raise ConfigurationError(f"The option timing needs {quoted(missing)}.")
    try:
        return make(**given)
    except (TypeError, ValueError) as error:
        detail = str(error).replace("\n", " ").rstrip(".")
        raise ConfigurationError(f"The option timing is not possible: {detail}.") from error


def _rates(description: BusDescription, takes: Constructor, notices: list[str]) -> dict[str, Any]:
    """Return the arguments for fd, bitrate and data_bitrate, which not every driver calls by these names."""
    name, fd = description.interface, description.fd or description.data_bitrate is not None
    anything = takes.is_plugin and takes.open_ended
    if fd and not takes.fd and not anything:
        raise NotSupportedError(f"Interface '{name}' has no CAN FD; leave fd and data_bitrate out.")
    if name == "virtual":
        return _honest_protocol(description) if fd else {}
    data_word = "fd_bitrate" if "fd_bitrate" in takes.names else "data_bitrate"  # nixnet's word
    words = {
        "fd": fd or description.fd,
        "bitrate": description.bitrate,
        data_word: description.data_bitrate,
    }
    given = {word: value for word, value in words.items() if value is not None}
    taken = {word: value for word, value in given.items() if word in takes.names or anything}
    if fd and takes.fd_by_timing and data_word not in takes.names and not anything:
        return taken | _fd_timing(description, notices)
    if lost := [f"{word}={given[word]}" for word in ("bitrate", data_word) if word in given.keys() - taken]:
        notices += _not_set(description, lost)
    return taken


def _honest_protocol(description: BusDescription) -> dict[str, Any]:
    import can

    return {} if "protocol" in description.options else {"protocol": can.CanProtocol.CAN_FD}


def _fd_timing(description: BusDescription, notices: list[str]) -> dict[str, Any]:
    """Return the bit timing of CAN FD for a driver that ignores bitrate and data_bitrate (pcan, slcan)."""
    import can

    if any(option == "timing" or option.startswith("nom_") for option in description.options):
        return {}
    name, nominal, data = description.interface, description.bitrate, description.data_bitrate
    if nominal is None or data is None:
        raise ConfigurationError(
            f"Interface '{name}' needs 'bitrate' and 'data_bitrate' for CAN FD, or the option 'timing'."
        )
    try:
        timing = can.BitTimingFd.from_sample_point(_FD_CLOCK, nominal, _SAMPLE_POINT, data, _SAMPLE_POINT)
    except ValueError as error:
        raise ConfigurationError(
            f"bitrate={nominal} and data_bitrate={data} cannot be made from a clock of 80 MHz; "
            "give the option 'timing'."
        ) from error
    notices.append(
        f"Interface '{name}' runs CAN FD at {timing.nom_bitrate} and {timing.data_bitrate} bit/s with sample "
        f"points at {timing.nom_sample_point:g} % and {timing.data_sample_point:g} %; give the option 'timing' "
        "for others."
    )
    return {"timing": timing}


def _not_set(description: BusDescription, lost: list[str]) -> list[str]:
    name, channel = description.interface, str(description.channel)
    if name in _WITHOUT_WIRE or (name == "socketcan" and channel.startswith(_VIRTUAL_CHANNELS)):
        return []
    if name != "socketcan":
        return [f"Interface '{name}' does not set the bit rate: {' and '.join(lost)} had no effect."]
    command = f"ip link set {channel} type can bitrate {description.bitrate or 500000}"
    if description.data_bitrate:
        command += f" dbitrate {description.data_bitrate} fd on"
    return [f"Interface 'socketcan' does not set the bit rate, the system does: '{command}'."]


def _linux_notices(description: BusDescription) -> list[str]:
    """Return what Linux tells only at the first message: that a channel is down or too short for CAN FD."""
    channel = str(description.channel)
    try:
        up = int((_NETWORK / channel / "flags").read_text(), 16) & 1  # IFF_UP
        mtu = int((_NETWORK / channel / "mtu").read_text())
    except (OSError, ValueError):  # no such channel: opening it tells
        return []
    notices = []
    if not up:
        notices.append(f"Channel '{channel}' is down; start it with 'ip link set {channel} up'.")
    if description.fd and mtu < _FD_MTU:
        notices.append(
            f"Channel '{channel}' carries no CAN FD messages (mtu {mtu}, not {_FD_MTU}); "
            f"on a virtual one set 'ip link set {channel} mtu {_FD_MTU}', else add 'fd on' to its bit rates."
        )
    return notices

"""What python-can's interfaces are: their names, whether they are installed, what they can do and take."""

from __future__ import annotations

import importlib
import inspect
import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from CanLibrary.sessions.drivers import driver_log, what_is_unknown, why_missing

if TYPE_CHECKING:
    import can

# The words for all interfaces that `BusDescription` has fields for.
OUR_WORDS = ("interface", "channel", "bitrate", "fd", "data_bitrate", "filters")
# How python-can calls them where it differs, and what its constructors take but nobody sets by hand.
_NOT_OPTIONS = {*OUR_WORDS, "can_filters", "kwargs", "args"}
# These return the state that was asked for last and never ask the controller: a constant, no report.
_ECHOED_STATES = ("can.interfaces.pcan", "can.interfaces.systec")


@dataclass(frozen=True)
class Capabilities:
    """What an interface can do; None where that cannot be known here."""

    fd: bool | None = None
    reports_state: bool | None = None
    sets_state: bool | None = None
    flushes_tx_buffer: bool | None = None
    cyclic_sending: bool | None = None
    filters_in_hardware: bool | None = None
    detects_channels: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Interface(Capabilities):
    """An interface of python-can: what it is called, whether it can be used here, what it can do.

    `reason` says why it cannot be used and what to install, or, where it is installed, what cannot be known
    before a bus is opened. `options` are those beside the words that all interfaces share.
    """

    name: str
    installed: bool
    reason: str = ""
    options: tuple[str, ...] = ()

    @property
    def can_do(self) -> str:
        """What it can do, as a list of words."""
        if self == replace(self, **asdict(Capabilities())):
            return "not known here"
        protocol = {True: "CAN FD", False: "classic CAN", None: "CAN FD not known"}[self.fd]
        return ", ".join([protocol, *(word for key, word in _WORDS.items() if getattr(self, key))])

    def __str__(self) -> str:
        state = "installed" if self.installed else f"not installed ({self.reason.rstrip('.')})"
        return f"{self.name}: {state}; {self.can_do}"


_WORDS = {
    "reports_state": "reports its state",
    "sets_state": "sets its state",
    "flushes_tx_buffer": "flushes its send buffer",
    "cyclic_sending": "sends cyclically by itself",
    "filters_in_hardware": "filters by itself",
    "detects_channels": "finds its channels",
}


def interface_names() -> list[str]:
    """Return the names of all interfaces, plugins included."""
    from can.interfaces import BACKENDS

    return sorted(BACKENDS)


def list_interfaces() -> list[Interface]:
    """Return all interfaces of python-can and its plugins by name. No bus is opened."""
    return [_interface(name) for name in interface_names()]


def _interface(name: str) -> Interface:
    bus_class, reason = load(name)
    found = asdict(capabilities(bus_class)) if bus_class else {}
    options = Constructor(bus_class).options if bus_class else ()
    return Interface(
        name=name, installed=not reason, reason=reason or what_is_unknown(name), options=options, **found
    )


def load(name: str) -> tuple[type[can.BusABC] | None, str]:
    """Return the bus class of a known interface and why it cannot be used here, if so.

    Returns:
        The class, None where its module cannot be imported; and a sentence, empty if nothing is missing.
    """
    from can.interfaces import BACKENDS

    module, class_name = BACKENDS[name]
    with driver_log():
        try:
            bus_class = getattr(importlib.import_module(module), class_name)
        except Exception as error:  # noqa: BLE001  whatever a driver's module raises is the reason
            return None, why_missing(name, str(error) or type(error).__name__)
        return bus_class, why_missing(name)


def capabilities(bus_or_class: can.BusABC | type[can.BusABC]) -> Capabilities:
    """Return what a bus, or any bus of a class, can do.

    A bus can do what its class does itself instead of leaving it to `can.BusABC`. The names that begin with
    an underscore are the hooks that python-can documents for authors of interfaces; there are no public ones.

    Args:
        bus_or_class: An open bus or a class of buses, python-can's or anybody's.
    """
    import can

    is_class = isinstance(bus_or_class, type)
    bus_class: Any = bus_or_class if is_class else bus_or_class.__class__
    takes = Constructor(bus_class)
    fd: bool | None = takes.fd
    if not fd and not is_class:
        fd = cast("can.BusABC", bus_or_class).protocol is not can.CanProtocol.CAN_20
    elif not fd and takes.is_plugin and takes.open_ended:
        fd = None  # python-can-remote, for one, hands everything on to another computer's driver
    base: Any = can.BusABC
    echoes = bus_class.__module__.startswith(_ECHOED_STATES)
    found = Capabilities(
        fd=fd,
        reports_state=_does_it(getattr(bus_class.state, "fget", None), base.state.fget) and not echoes,
        sets_state=_does_it(getattr(bus_class.state, "fset", None), base.state.fset),
        flushes_tx_buffer=_does_it(bus_class.flush_tx_buffer, base.flush_tx_buffer),
        cyclic_sending=_does_it(bus_class._send_periodic_internal, base._send_periodic_internal),
        filters_in_hardware=_does_it(bus_class._apply_filters, base._apply_filters),
        detects_channels=_does_it(bus_class._detect_available_configs, base._detect_available_configs),
    )
    # The interface `jumpstarter` only hands on what another computer's bus can do.
    return replace(found, **getattr(bus_or_class, "told_capabilities", {}))


def set_state(bus: can.BusABC, name: str) -> None:
    """Set the state of the bus to python-can's state of that name."""
    import can

    bus.state = can.BusState[name]


def is_deserted(bus: can.BusABC) -> bool:
    """Return whether nobody else can be on the bus: python-can's virtual one, which nobody else has opened."""
    from can.interfaces.virtual import VirtualBus

    return isinstance(bus, VirtualBus) and len(bus.channel) < 2  # the queues of all that opened it


def _does_it(own: Any, base: Any) -> bool:
    # etas has a setter of its own for the state that says nothing but NotImplementedError.
    says_no = getattr(getattr(own, "__code__", None), "co_names", ()) == ("NotImplementedError",)
    return own is not None and own is not base and not says_no


class Constructor:
    """What the constructor of a bus class takes: by its signature, its documentation and its own reading.

    Several interfaces take and even document their options through `**kwargs`, so that a signature alone
    would refuse half of what pcan, kvaser, neovi and systec know.
    """

    def __init__(self, bus_class: type[can.BusABC]) -> None:
        self.required: list[str] = []
        self.open_ended = True
        self._annotations = self._docs = ""
        names: set[str] = set()
        for cls in bus_class.__mro__:
            if not self.open_ended:
                break
            if "__init__" in vars(cls) and cls is not object:
                names |= self._read(cls, first=not names)
        self.names = {name for name in names if not name.startswith("_")}
        self.options = tuple(sorted(self.names - _NOT_OPTIONS))
        self.is_plugin = not bus_class.__module__.startswith("can.")

    def _read(self, cls: type, first: bool) -> set[str]:
        try:
            parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]  # type: ignore[misc]
        except ValueError:  # compiled without a signature
            return set()
        docs = f"{cls.__init__.__doc__}\n{cls.__doc__}"  # type: ignore[misc]
        self.open_ended = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
        self._annotations += str(parameters)
        self._docs += docs
        named = [p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
        if first:
            self.required = [p.name for p in named if p.default is p.empty]
        documented = set(re.findall(r":param\s+(?:[^:\n]*\s)?(\w+)\s*:", docs))
        return {p.name for p in named} | (documented | _read_from_kwargs(cls) if self.open_ended else set())

    @property
    def fd(self) -> bool:
        """Whether it takes anything that only CAN FD has, as every python-can interface with CAN FD does."""
        # `virtual` carries CAN FD messages whatever its protocol says. BitTimingFd stands in the signature of
        # interfaces too whose documentation then says "CAN FD and the BitTimingFd class are not supported".
        by_word = {"fd", "data_bitrate", "fd_bitrate", "protocol"} & self.names
        return bool(by_word) or self.fd_by_timing

    @property
    def fd_by_timing(self) -> bool:
        """Whether the bit rates of CAN FD can be given as the option timing."""
        refused = re.search(r"BitTimingFd\W+class\s+(are|is)\s+not\s+supported", self._docs)
        return "timing" in self.names and "BitTimingFd" in self._annotations and not refused


def _read_from_kwargs(cls: type) -> set[str]:
    try:
        source = inspect.getsource(cls.__init__)  # type: ignore[misc]
    except (OSError, TypeError):  # compiled, or typed in at a prompt
        return set()
    return set(re.findall(r"kwargs(?:\.get\(|\[)\s*[\"'](\w+)", source))

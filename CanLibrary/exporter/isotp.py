"""The drivers of ISO-TP."""

from __future__ import annotations

import threading
from dataclasses import field
from typing import Any

import can
from jumpstarter.driver import Driver, export
from jumpstarter_driver_can import driver as published
from jumpstarter_driver_can.common import IsoTpParams as PublishedParams
from pydantic.dataclasses import dataclass

from CanLibrary.config import ConnectionDescription, connection_description
from CanLibrary.exporter.opening import CONFIG, Plain, opened
from CanLibrary.jumpstarter.session import OURS
from CanLibrary.transport.addresses import isotp_address, isotp_params

_MOST_ERRORS = 100


def _description(driver: Any) -> ConnectionDescription:
    return connection_description(
        type(driver).__name__, {"address": driver.address, "params": driver.params or {}}
    )


@dataclass(kw_only=True, config=CONFIG)
class IsoTpPython(published.IsoTpPython):
    """ISO-TP in Python, on any interface of python-can."""

    interface: str
    channel: str | int | None = None
    address: Any
    params: Any = None
    read_timeout: float = 0.05
    bitrate: int | None = None
    fd: bool | None = None
    data_bitrate: int | None = None
    options: Plain = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the bus; the protocol begins with `start`."""
        import isotp

        Driver.__post_init__(self)
        description = _description(self)
        self.bus = opened(self)
        self.notifier = can.Notifier(self.bus, [], timeout=0.1)
        self._started, self._changing = False, threading.Lock()
        self._errors: list[list[str]] = []
        params = isotp_params(description.params) | {"blocking_send": description.params.blocking_send}
        self.stack = isotp.NotifierBasedCanStack(
            self.bus,
            self.notifier,
            address=isotp_address(description.address),
            error_handler=self._note,
            params=params,
            read_timeout=self.read_timeout,
        )

    def _note(self, error: Exception) -> None:
        if len(self._errors) < _MOST_ERRORS:
            self._errors.append([type(error).__name__, str(error)])

    @export
    def take_errors(self) -> list[list[str]]:
        """Return what the protocol met since the last call: can-isotp's names and texts."""
        errors, self._errors = self._errors, []
        return errors

    @export
    def receiving(self) -> bool:
        """Return whether a payload of several messages is on its way in."""
        return bool(self.stack.is_rx_active())

    @export
    def start(self) -> None:
        """Take part in the traffic; a second time is fine."""
        with self._changing:
            if not self._started:
                self.stack.start()
                self._started = True

    @export
    def stop(self) -> None:
        """Take no part any more; a second time is fine."""
        with self._changing:
            if self._started:
                self._started = False
                self.stack.stop()

    def extra_labels(self) -> dict[str, str]:
        """Tell clients of ours that this driver can do more."""
        return {OURS: type(self).__name__}

    def close(self) -> None:
        """Stop, and shut the bus down."""
        self.stop()
        self.notifier.stop()
        self.bus.shutdown()
        super().close()


@dataclass(kw_only=True, config=CONFIG)
class IsoTpSocket(published.IsoTpSocket):
    """ISO-TP by the Linux kernel."""

    address: Any
    params: Any = None

    def __post_init__(self) -> None:
        """Check address and parameters; the socket opens with `start`."""
        Driver.__post_init__(self)
        description = _description(self)
        self.address = isotp_address(description.address)
        known = isotp_params(description.params)
        self.params = PublishedParams(
            **{name: value for name, value in known.items() if name in PublishedParams.model_fields}
        )

    def close(self) -> None:
        """Close the socket."""
        if self.sock is not None:
            self.stop()
        super().close()

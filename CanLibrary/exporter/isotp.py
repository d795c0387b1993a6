"""The drivers of ISO-TP: a connection of ours runs in the exporter, for our clients and the published one."""

from __future__ import annotations

import json
from dataclasses import field
from typing import Any, ClassVar

from jumpstarter.driver import Driver, export
from jumpstarter_driver_can.common import IsoTpAddress, IsoTpAsymmetricAddress, IsoTpMessage
from pydantic import validate_call
from pydantic.dataclasses import dataclass

from CanLibrary.errors import NotSupportedError
from CanLibrary.exporter.opening import CONFIG, Plain
from CanLibrary.jumpstarter.session import OURS
from CanLibrary.sessions.offered import OfferedConnection
from CanLibrary.transport.addresses import our_address
from CanLibrary.transport.kernel_close import prepare

_checked = validate_call(validate_return=True)


@dataclass(kw_only=True, config=CONFIG)
class _IsoTp(Driver):
    """What both have in common."""

    channel: str | int | None = None
    address: Any
    params: Any = None
    read_timeout: float | None = None
    filters: Any = None
    bitrate: int | None = None
    fd: bool | None = None
    data_bitrate: int | None = None
    options: Plain = field(default_factory=dict)
    bus: str | None = None

    _backend: ClassVar[str]

    @classmethod
    def client(cls) -> str:
        """Return the path of the published client."""
        return "jumpstarter_driver_can.client.IsoTpClient"

    def __post_init__(self) -> None:
        """Open the bus; the protocol begins with `start`."""
        super().__post_init__()
        words = ("channel", "address", "params", "read_timeout", "filters", "bitrate", "fd", "data_bitrate")
        given = {word: getattr(self, word) for word in (*words, "options") if getattr(self, word)}
        given |= {"backend": self._backend, "interface": self.interface}
        self._offered: OfferedConnection | None = None
        if self.bus is None:  # a stack on one of the buses runs where the suite is
            self._offered = OfferedConnection(type(self).__name__, given)
            for notice in self._offered.bus.notices:
                self.logger.warning(notice)

    @property
    def _connection(self) -> OfferedConnection:
        if self._offered is None:
            raise NotSupportedError(
                f"this driver has bus: {self.bus}, so it is a stack on that bus, where the suite is; to run it in the "
                "exporter, give it interface and channel"
            )
        return self._offered

    def extra_labels(self) -> dict[str, str]:
        """Tell clients of ours that this driver takes orders."""
        return {OURS: type(self).__name__}

    @export
    def ask(self, order: str) -> str:
        """Do what a client of ours orders, and answer with what happened."""
        return json.dumps(self._connection.order(json.loads(order)))

    @export
    def start(self) -> None:
        """Take part in the traffic; a second time is fine."""
        self._connection.start()

    @export
    def stop(self) -> None:
        """Take no part any more; a second time is fine."""
        self._connection.stop()

    @export
    @_checked
    def send(
        self, msg: IsoTpMessage, target_address_type: int | None = None, send_timeout: float | None = None
    ) -> None:
        """Begin to send a payload; with `blocking_send` wait until it is through."""
        self._connection.send(msg.data or b"", target_address_type, send_timeout)

    @export
    @_checked
    def recv(self, block: bool = False, timeout: float | None = None) -> IsoTpMessage:
        """Return the oldest payload, or none if none came in time."""
        return IsoTpMessage.model_construct(data=self._connection.recv(block, timeout))

    @export
    def available(self) -> bool:
        """Return whether a payload waits."""
        return self._connection.available()

    @export
    def transmitting(self) -> bool:
        """Return whether a payload is on its way out."""
        return self._connection.transmitting()

    @export
    @_checked
    def set_address(self, address: IsoTpAddress | IsoTpAsymmetricAddress) -> None:
        """Use another address from now on; refused while something is on its way."""
        self._connection.set_address(our_address(address.dump()))

    @export
    def stop_sending(self) -> None:
        """Abandon what is on its way out."""
        self._connection.stop_sending()

    @export
    def stop_receiving(self) -> None:
        """Abandon what is on its way in."""
        self._connection.stop_receiving()

    def close(self) -> None:
        """Stop, and shut the bus down."""
        if self._offered is not None:
            self._offered.close()
        super().close()


@dataclass(kw_only=True, config=CONFIG)
class IsoTpPython(_IsoTp):
    """ISO-TP in Python, on any interface of python-can."""

    interface: str | None = None
    _backend: ClassVar[str] = "python"


@dataclass(kw_only=True, config=CONFIG)
class IsoTpSocket(_IsoTp):
    """ISO-TP by the Linux kernel."""

    interface: str | None = None
    _backend: ClassVar[str] = "kernel"

    def __post_init__(self) -> None:
        """Open the bus; the socket opens with `start`."""
        super().__post_init__()
        prepare()  # the exporter stops drivers in threads of its own

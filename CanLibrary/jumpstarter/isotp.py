"""ISO-TP drivers that an exporter offers, through the client that is published for them."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from CanLibrary.jumpstarter.drivers import CLIENT
from CanLibrary.jumpstarter.session import OURS, Session


def isotp_client(session: Session, name: str) -> Any:
    """Return the published `IsoTpClient` of a driver; its calls can be interrupted and fail in our sentences.

    Its `tells_more` says whether the driver is one of CanLibrary.exporter.

    Raises:
        ConfigurationError: The exporter has no ISO-TP driver of that name.
    """
    from jumpstarter_driver_can.client import IsoTpClient

    driver = session.find(name, _is_isotp, "ISO-TP")

    ours = OURS in driver.labels

    class Client(IsoTpClient):  # type: ignore[misc]
        tells_more = ours

        def call(self, method: str, *arguments: Any) -> Any:
            seconds = [one for one in arguments if isinstance(one, float)]  # what recv and send may wait
            return session.call(self, method, *arguments, takes=max(seconds, default=0.0))

    return Client(
        uuid=driver.uuid,
        labels={CLIENT: driver.labels[CLIENT]},
        stub=driver.stub,
        portal=driver.portal,
        stack=ExitStack(),
    )


def let_client_go(client: Any) -> None:
    """Let a client that will not be used any more hold nothing of its session, which closes when nobody does."""
    client.stub = client.portal = None


def _is_isotp(client: str) -> bool:
    return client.rpartition(".")[2] == "IsoTpClient"

"""ISO-TP drivers that an exporter offers, through the client that is published for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from CanLibrary.jumpstarter.drivers import CLIENT
from CanLibrary.jumpstarter.session import OURS, Session


def isotp_client(session: Session, name: str) -> Any:
    """Return the published `IsoTpClient` of a driver; its calls can be interrupted and fail in our sentences.

    Raises:
        ConfigurationError: The exporter has no ISO-TP driver of that name.
    """
    from jumpstarter_driver_can.client import IsoTpClient

    driver = session.find(name, _is_isotp, "ISO-TP")

    class Client(IsoTpClient):  # type: ignore[misc]
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


def asking(session: Session, name: str) -> Callable[[dict[str, Any], float], dict[str, Any]] | None:
    """Return what gives an order to a driver of CanLibrary.exporter; None if it is another's.

    Raises:
        ConfigurationError: The exporter has no ISO-TP driver of that name.
    """
    driver = session.find(name, _is_isotp, "ISO-TP")

    def ask(order: dict[str, Any], takes: float) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(session.call(driver, "ask", json.dumps(order), takes=takes))
        return answer

    return ask if OURS in driver.labels else None


def let_client_go(client: Any) -> None:
    """Let a client that will not be used any more hold nothing of its session, which closes when nobody does."""
    client.stub = client.portal = None


def _is_isotp(client: str) -> bool:
    return client.rpartition(".")[2] == "IsoTpClient"

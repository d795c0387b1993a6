"""The drivers that an exporter offers, by their names; those in composites as `parent.child`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from CanLibrary.errors import ConfigurationError, nearest
from CanLibrary.formatting import quoted
from CanLibrary.jumpstarter.target import Target

CLIENT = "jumpstarter.dev/client"


def drivers_of(root: Any) -> dict[str, Any]:
    """Return Jumpstarter's clients of all drivers, by their dotted names."""
    return dict(_walk(root, ""))


def _walk(parent: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, child in parent.children.items():
        yield f"{prefix}{name}", child
        yield from _walk(child, f"{prefix}{name}.")


def find_driver(root: Any, target: Target, name: str, wanted: Callable[[str], bool], kind: str) -> Any:
    """Return Jumpstarter's client of a driver.

    Args:
        root: The client of all of them.
        target: The exporter, for the sentence.
        name: The driver's dotted name.
        wanted: Whether a client class, by its path, is of the right kind.
        kind: What that kind is called.

    Raises:
        ConfigurationError: There is none of that name and kind.
    """
    drivers = drivers_of(root)
    fitting = [other for other, driver in drivers.items() if wanted(driver.labels[CLIENT])]
    there_is = f"its {kind} drivers are {quoted(fitting)}." if fitting else f"it has no {kind} driver."
    if name not in drivers:
        raise ConfigurationError(
            f"{upper(target.where)} has no driver '{name}'{nearest(name, fitting) or f'; {there_is}'}"
        )
    if name not in fitting:
        raise ConfigurationError(
            f"Driver '{name}' of {target.where} is no {kind} driver but has the client "
            f"'{drivers[name].labels[CLIENT]}'; {there_is}"
        )
    return drivers[name]


def let_drivers_go(root: Any) -> None:
    """Let the clients of all drivers hold nothing of the connection, whoever still holds them."""
    for driver in [root, *drivers_of(root).values()]:
        driver.stub = driver.portal = None


def upper(text: str) -> str:
    """Return a text as the beginning of a sentence."""
    return text[0].upper() + text[1:]

"""Which exception a keyword raises: Robot Framework itself shows only its message."""

from __future__ import annotations

from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn


@library(scope="GLOBAL")
class Failures:
    """One keyword."""

    @keyword
    def kinds_of_failure(self, method: str, *arguments: object, **named: object) -> list[str]:
        """Calls a method of the running CanLibrary and returns the classes of the exception that it raises."""
        instance = BuiltIn().get_library_instance("CanLibrary")
        try:
            getattr(instance, method)(*arguments, **named)
        except Exception as error:  # noqa: BLE001 - its classes are the result
            return [kind.__name__ for kind in type(error).__mro__]
        raise AssertionError(f"{method} did not fail.")

"""Judges what an inner run put into log.html about the traffic, and which files it wrote."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import can
from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn

MARK = "class=can-trace"


@library(scope="GLOBAL")
class ShownTraces:
    """Keywords about the inner run that `InnerRuns` ran last."""

    def _test(self, name: str) -> Any:
        return BuiltIn().get_library_instance("InnerRuns")._test(name)

    def _excerpts(self, item: Any, path: str) -> Iterator[tuple[str, str]]:
        """Yield where excerpts are in a test or keyword, and their HTML."""
        parts = [(str(number), part) for number, part in enumerate(item.body, 1)]
        for name in ("setup", "teardown"):
            if getattr(item, f"has_{name}", False):
                parts.append((name, getattr(item, name)))
        for name, part in parts:
            here = f"{path}.{name}".strip(".")
            if part.type == "MESSAGE":
                if MARK in part.message:
                    assert part.html, "The excerpt is no HTML."
                    yield path, part.message
            else:
                yield from self._excerpts(part, here)

    @keyword
    def excerpts_should_be_in(self, test: str, *items: str) -> None:
        """Fails unless the excerpts of a test are in these items, such as ``2``, ``setup``, ``2.teardown``."""
        found = [path for path, _ in self._excerpts(self._test(test), "")]
        if found != list(items):
            raise AssertionError(f"The excerpts of '{test}' should be in {list(items)} but are in {found}.")

    @keyword
    def get_shown_identifiers(self, test: str, number: int = 1) -> str:
        """Returns the identifiers in the table of an excerpt of a test, in order, and ``failed`` where that stands."""
        page = [page for _, page in self._excerpts(self._test(test), "")][number - 1]
        return " ".join(
            re.findall(r"(?<=<td>[RT]x<td>)0x[0-9A-F]+|(?<=<tr class=f><td colspan=\d>)failed", page)
        )

    @keyword
    def get_shown_notes(self, test: str, number: int = 1) -> list[str]:
        """Returns what the table of an excerpt of a test says about ISO-TP, in order."""
        page = [page for _, page in self._excerpts(self._test(test), "")][number - 1]
        return [
            row.split("<td>")[9] for row in re.findall(r"<tr(?: class=o)?>(<td>.*?)(?=<tr|</tbody)", page)
        ]

    @keyword
    def get_shown_text(self, test: str, number: int = 1) -> str:
        """Returns what is said above the picture of an excerpt of a test."""
        page = [page for _, page in self._excerpts(self._test(test), "")][number - 1]
        return " ".join(
            html.unescape(re.sub("<[^>]*>", "", text)) for text in re.findall("<p>(.*?)</p>", page)
        )

    @keyword
    def get_link(self, test: str, number: int = 1) -> str:
        """Returns where the link of an excerpt of a test leads to."""
        page = [page for _, page in self._excerpts(self._test(test), "")][number - 1]
        found = re.search('<a href="([^"]*)"', page)
        return found[1] if found else ""

    @keyword
    def excerpts_should_be_around_suite(self, test: str, *items: str) -> None:
        """Fails unless the excerpts of the suite of a test are in ``setup`` or ``teardown`` of it."""
        suite, found = self._test(test).parent, []
        for name in ("setup", "teardown"):
            if getattr(suite, f"has_{name}"):
                found += [name for _ in self._excerpts(getattr(suite, name), "")]
        if found != list(items):
            raise AssertionError(f"The excerpts of the suite should be in {list(items)} but are in {found}.")

    @keyword
    def file_should_hold(self, path: Path, *messages: str) -> None:
        """Fails unless a BLF file holds these messages: ``Tx 7E0#0210``, ``Rx error``, as candump writes them."""
        with can.BLFReader(path) as reader:
            found = [_as_text(message) for message in reader]
        if found != list(messages):
            raise AssertionError(f"{path} should hold {list(messages)} but holds {found}.")


def _as_text(message: can.Message) -> str:
    direction = "Rx" if message.is_rx else "Tx"
    if message.is_error_frame:
        return f"{direction} error"
    digits = 8 if message.is_extended_id else 3
    body = f"R{message.dlc}" if message.is_remote_frame else message.data.hex().upper()
    flags = f"#{int(message.bitrate_switch)}" if message.is_fd else ""
    return f"{direction} {message.arbitration_id:0{digits}X}#{flags}{body}"

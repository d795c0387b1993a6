"""Rounds, medians and the table: what all rows share."""

from __future__ import annotations

import gc
import importlib.metadata
import os
import platform
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass

Measurement = Callable[[], float]


@dataclass(frozen=True)
class Limit:
    """What the judged number may be at most, or must be at least."""

    value: float
    at_least: bool = False

    def met_by(self, value: float) -> bool:
        """Return whether the value keeps the limit."""
        return value >= self.value if self.at_least else value <= self.value


@dataclass(frozen=True)
class Row:
    """One line of the table.

    What is judged is the ratio of ours to theirs or, with `difference`, ours less theirs (less nothing where
    there is no peer). `limit` is None where the issue asks for nothing and the number is there to compare.
    """

    what: str
    peer: str
    unit: str
    ours: list[float]
    theirs: list[float]
    limit: Limit | None = None
    difference: bool = False

    @property
    def compared(self) -> list[float]:
        """Ours beside theirs, round by round: the two sides of a round met the same load of the machine."""
        if self.difference:
            pairs = zip(self.ours, self.theirs or [0.0] * len(self.ours), strict=True)
            return [ours - theirs for ours, theirs in pairs]
        return [ours / theirs for ours, theirs in zip(self.ours, self.theirs, strict=True)]

    @property
    def judged(self) -> float:
        """The median over the rounds."""
        return statistics.median(self.compared)

    @property
    def verdict(self) -> str:
        """`yes`, `no`, or nothing where there is no limit."""
        if self.limit is None:
            return ""
        return "yes" if self.limit.met_by(self.judged) else "no"

    def cells(self) -> list[str]:
        """Return the line of the table."""
        limit = ""
        if self.limit is not None:
            limit = f"{'≥' if self.limit.at_least else '≤'} {self._shown(self.limit.value)}"
        lowest, highest = min(self.compared), max(self.compared)
        return [
            self.what,
            amount(statistics.median(self.ours), self.unit),
            self.peer,
            amount(statistics.median(self.theirs), self.unit) if self.theirs else "",
            self._shown(self.judged),
            "" if len(self.compared) == 1 else f"{self._shown(lowest)} to {self._shown(highest)}",
            limit,
            self.verdict,
        ]

    def _shown(self, value: float) -> str:
        return f"{value:.0f} {self.unit}" if self.difference else f"{value:.2f} ×"


HEADINGS = ["what", "ours", "beside", "theirs", "compared", "all rounds", "limit", "met"]


def amount(value: float, unit: str) -> str:
    """Return a number with three digits that count, and its unit."""
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def interleaved(rounds: int, *measurements: Measurement) -> list[list[float]]:
    """Return the results of each measurement, taken in turns (A B A B …) after one round that does not count."""
    results: list[list[float]] = [[] for _ in measurements]
    for number in range(rounds + 1):
        for measurement, kept in zip(measurements, results, strict=True):
            gc.collect()  # what the one left behind is not collected at the other's cost
            value = measurement()
            if number:
                kept.append(value)
    return results


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table that also reads well as text."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |"
        for line in lines
    )


def machine() -> str:
    """Return what the numbers depend on."""
    packages = ("robotframework", "robotframework-pythonlibcore", "python-can", "can-isotp")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    load = f", load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    return (
        f"{platform.python_implementation()} {platform.python_version()}, {versions}; "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores{load}"
    )


def say(text: str) -> None:
    """Tell on the console what runs; the table alone goes to standard output."""
    print(text, file=sys.stderr, flush=True)

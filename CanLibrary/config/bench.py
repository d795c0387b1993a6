"""A bench file → descriptions of its buses and connections, and the list of what is wrong in it."""

from __future__ import annotations

import os

from CanLibrary.config.descriptions import Bench
from CanLibrary.errors import ConfigurationError


def load_bench(path: str | os.PathLike[str]) -> Bench:
    """Return what a YAML file describes; raises `ConfigurationError` where something in it is wrong."""
    raise ConfigurationError(f"{path}: YAML files cannot be read yet.")


def find_mistakes(path: str | os.PathLike[str]) -> list[str]:
    """Return every mistake in a YAML file."""
    return [f"{path}: YAML files cannot be read yet."]

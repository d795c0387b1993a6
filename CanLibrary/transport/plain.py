"""Addresses, parameters and errors as plain values, which travel to an exporter and back."""

from __future__ import annotations

import dataclasses
from enum import Enum
from typing import Any

from CanLibrary import errors
from CanLibrary.types import AnyIsoTpAddress, AsymmetricIsoTpAddress, CanId, IsoTpParams

_STAYS = ("wait_func",)  # a function does not travel


def plain_address(address: AnyIsoTpAddress) -> dict[str, Any]:
    """Return an address as a file describes it."""
    if isinstance(address, AsymmetricIsoTpAddress):
        return {"tx_addr": plain_address(address.tx_addr), "rx_addr": plain_address(address.rx_addr)}
    return _plain_fields(address)


def plain_params(params: IsoTpParams) -> dict[str, Any]:
    """Return parameters as a file describes them."""
    return {name: value for name, value in _plain_fields(params).items() if name not in _STAYS}


def _plain_fields(of: Any) -> dict[str, Any]:
    values = {field.name: getattr(of, field.name) for field in dataclasses.fields(of)}
    return {name: _plain(value) for name, value in values.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.name
    return str(value) if isinstance(value, CanId) else value


def plain_error(error: Exception) -> list[str]:
    """Return an error as its kind and its sentence."""
    return [type(error).__name__, str(error)]


def error_from(kind: str, sentence: str) -> Exception:
    """Return the error of a kind and a sentence; one of an unknown kind is about the bench."""
    known = getattr(errors, kind, None)
    is_ours = isinstance(known, type) and issubclass(known, Exception)
    error: Exception = known(sentence) if is_ours and known is not None else errors.BusError(sentence)
    return error

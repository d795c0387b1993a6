"""The words of the language as types; `CONVERTERS` is the only list of converters.

Keyword arguments, import arguments and YAML values go through the same converters.
"""

from __future__ import annotations

from typing import Any

from CanLibrary.types.can_id import CanId, CanIdPattern
from CanLibrary.types.enums import (
    AddressingMode,
    AutoClose,
    Backend,
    BusState,
    Direction,
    Expect,
    Location,
    TargetAddressType,
)
from CanLibrary.types.expected import CanMessagePattern
from CanLibrary.types.faults import (
    FAULT_ARGUMENTS,
    FAULT_MESSAGES,
    IsoTpFault,
    IsoTpFaultKind,
    IsoTpMessageKind,
)
from CanLibrary.types.filters import CanFilter, CanFilters
from CanLibrary.types.functional import FunctionalAnswer, Responder, Responders
from CanLibrary.types.isotp import (
    AnyIsoTpAddress,
    AsymmetricIsoTpAddress,
    IsoTpAddress,
    IsoTpAddressFields,
    IsoTpParams,
    check_parameter,
)
from CanLibrary.types.isotp_frame import IsoTpFrame
from CanLibrary.types.mark import OPENED, CanMark, can_mark
from CanLibrary.types.message import CanMessage, CanMessages, build_message, message_from
from CanLibrary.types.payload import Pattern, Payload
from CanLibrary.types.replay import ReplayResult
from CanLibrary.types.statistics import BusStatistics, IdStatistics
from CanLibrary.types.timing import IsoTpTiming, IsoTpTransferTiming, Measured, TimeSpread

__all__ = [
    "CONVERTERS",
    "FAULT_ARGUMENTS",
    "FAULT_MESSAGES",
    "NOT_GIVEN",
    "OPENED",
    "AddressingMode",
    "AnyIsoTpAddress",
    "AsymmetricIsoTpAddress",
    "AutoClose",
    "Backend",
    "BusState",
    "BusStatistics",
    "CanFilter",
    "CanFilters",
    "CanId",
    "CanIdPattern",
    "CanMark",
    "CanMessage",
    "CanMessagePattern",
    "CanMessages",
    "Direction",
    "Expect",
    "FunctionalAnswer",
    "IdStatistics",
    "IsoTpAddress",
    "IsoTpAddressFields",
    "IsoTpFault",
    "IsoTpFaultKind",
    "IsoTpFrame",
    "IsoTpMessageKind",
    "IsoTpParams",
    "IsoTpTiming",
    "IsoTpTransferTiming",
    "Location",
    "Measured",
    "Pattern",
    "Payload",
    "ReplayResult",
    "Responder",
    "Responders",
    "TargetAddressType",
    "TimeSpread",
    "build_message",
    "can_mark",
    "check_parameter",
    "message_from",
]


class _NotGiven:
    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return "not given"

    __repr__ = __str__


# The default of arguments with a converter of ours that may be left out. `CanId | None` would do for Python,
# but Robot Framework hides a converter's sentence behind "cannot be converted to CanId or None".
NOT_GIVEN: Any = _NotGiven()


# Functions without documentation of their own: libdoc then shows the docstring of the type.
CONVERTERS: dict[type, Any] = {
    CanId: lambda value: CanId(value),
    CanIdPattern: lambda value: CanIdPattern(value),
    Payload: lambda value: Payload(value),
    Pattern: lambda value: Pattern(value),
    CanFilters: lambda value: CanFilters(value),
    CanMessages: lambda value: CanMessages(value),
    CanMessage: lambda value: message_from(value),
    CanMark: lambda value: can_mark(value),
    CanMessagePattern: lambda value: CanMessagePattern(value),
    Responders: lambda value: Responders(value),
}

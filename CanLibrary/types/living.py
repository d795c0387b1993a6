"""What changes in a periodic message with every send."""

from __future__ import annotations

from dataclasses import dataclass

from CanLibrary.types.payload import Payload


@dataclass(frozen=True)
class LivingData:
    """What changes in a periodic message with every send, in the order in which it is applied."""

    values: tuple[Payload, ...] = ()

"""The faults that a test has set on an ISO-TP endpoint, and what became of them."""

from __future__ import annotations

from CanLibrary.errors import NotSupportedError
from CanLibrary.transport.protocol import Transport
from CanLibrary.types import IsoTpFault


class SetFaults:
    """The faults of one endpoint since they were last cleared."""

    def __init__(self, whose: str, transport: Transport) -> None:
        """Begin with none.

        Args:
            whose: The endpoint, as a sentence names it: "connection 'diag'".
            transport: The endpoint.
        """
        self.whose = whose
        self._transport = transport
        self._set: list[tuple[IsoTpFault, int]] = []  # and how much of what it did was told

    def set(self, fault: IsoTpFault) -> None:
        """Play a fault from now on.

        Raises:
            NotSupportedError: Nobody here can change the messages of this endpoint.
        """
        from CanLibrary.transport.python import PythonTransport

        if not isinstance(self._transport, PythonTransport):
            raise NotSupportedError(
                f"{self.whose[0].upper()}{self.whose[1:]} cannot play faults: its messages are made outside of this "
                "library; faults need backend=python."
            )
        self._transport.set_fault(fault)
        self._set.append((fault, 0))

    def clear(self) -> list[IsoTpFault]:
        """Play none any more and return those that were set."""
        from CanLibrary.transport.python import PythonTransport

        if isinstance(self._transport, PythonTransport):
            self._transport.clear_faults()
        faults, self._set = [fault for fault, _ in self._set], []
        return faults

    def news(self) -> list[str]:
        """Return what was played and not told yet, as lines for the log."""
        lines = []
        for at, (fault, told) in enumerate(self._set):
            played = fault.played[told:]
            self._set[at] = (fault, told + len(played))
            lines += [f"Fault {fault.name} on {self.whose}: {what}." for what in played]
        return lines

    def never_played(self) -> list[str]:
        """Return sentences about faults that a test set and that never came about."""
        return [
            f"Fault {fault.name} was set on {self.whose} and never played: no message came that it is about."
            for fault, _ in self._set
            if not fault.applied
        ]

"""An open ISO-TP connection: sending, receiving and the verdicts about both."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from CanLibrary.config import ConnectionDescription
from CanLibrary.errors import BusError, ConfigurationError, IsoTpTransferError, joined
from CanLibrary.formatting import duration, hex_text, id_text, plural
from CanLibrary.sessions.bus_session import BusSession
from CanLibrary.sessions.faults import SetFaults
from CanLibrary.sessions.progress import Progress
from CanLibrary.sessions.registry import Owner
from CanLibrary.traffic.sentences import seen_sentence
from CanLibrary.traffic.trace import id_of
from CanLibrary.traffic.waits import SLICE
from CanLibrary.transport.addresses import listening_keys, prefix_size
from CanLibrary.transport.protocol import Transfer, Transport
from CanLibrary.types import AnyIsoTpAddress, Backend, Pattern, Payload, TargetAddressType

T = TypeVar("T")
_LONGEST_GRACE = 2.0  # seconds that a close waits for a send, however long a flow control may take
_LATE = 1.0  # seconds by which a thread of a busy machine may be late


class Connection:
    """One open ISO-TP connection, known by its alias."""

    def __init__(
        self,
        description: ConnectionDescription,
        transport: Transport,
        bus: BusSession,
        owner: Owner,
        *,
        own_node: bool,
    ) -> None:
        self.alias = description.alias
        self.description = description
        self.owner = owner
        self.bus = bus
        self.transport = transport
        self.faults = SetFaults(f"connection '{self.alias}'", transport)
        self.closed = False
        self.notices: list[str] = []  # what the next keyword should warn about
        self._fatal: list[Exception] = []  # what the next keyword should fail with
        self._own_node = own_node
        self._unwatched: deque[Transfer] = deque()  # sends that nobody waited for; the oldest ends first
        self._note_address()
        if not own_node:
            bus.dependents.append(self)

    # -- sending ------------------------------------------------------------------------------------

    def send(self, data: bytes, target: TargetAddressType | None, timeout: float | None) -> None:
        """Send a payload; wait until it is through if `blocking_send` is set or a time-out is given.

        Raises:
            IsoTpTransferError: The partner did not take the payload.
            BusError: The bus failed.
        """
        self.check()
        transfer = self._begin(data, target)
        if timeout is None and not self.transport.params.blocking_send:
            return
        deadline = None if timeout is None else time.monotonic() + timeout
        progress = Progress(f"Sending {len(data)} bytes on connection '{self.alias}'")

        def through() -> bool | None:
            progress.show()
            return transfer.done or None

        try:
            done = self._wait(through, deadline)
        except BaseException:
            if not transfer.done:  # a test time-out: nothing may go on behind the next test's back
                self._abandon(transfer)
            raise
        finally:
            progress.end()
        if not done and not transfer.done:
            self._abandon(transfer)
            self._check_link()
            through_late = transfer.done and transfer.error is None
            raise IsoTpTransferError(
                f"The IsoTp frame of {len(data)} bytes on connection '{self.alias}' was not through within "
                f"{duration(timeout or 0)} and {'went through later' if through_late else 'was abandoned'}."
            )
        self._raise_failed_transfers()
        if not transfer.proved:
            self.notices.append(
                f"Connection '{self.alias}': the exporter's driver does not tell whether the partner took the "
                f"{len(data)} bytes; CanLibrary.exporter.IsoTpPython would."
            )

    def _abandon(self, transfer: Transfer) -> None:
        if transfer in self._unwatched:
            self._unwatched.remove(transfer)
        self.transport.stop_sending()

    def _begin(self, data: bytes, target: TargetAddressType | None) -> Transfer:
        params = self.transport.params
        to = params.default_target_address_type if target is None else target
        if not data:
            raise ConfigurationError("An IsoTp frame carries at least one byte; give some data.")
        if params.listen_mode:
            raise ConfigurationError(f"Connection '{self.alias}' has listen_mode=True and never sends.")
        if not self.transport.running:
            raise BusError(f"Connection '{self.alias}' is not started; use Start IsoTp first.")
        if to is TargetAddressType.Functional:
            self._check_single_frame(len(data))
        transfer = self.transport.send(data, to)
        self._unwatched.append(transfer)
        return transfer

    def _check_single_frame(self, size: int) -> None:
        length = self.transport.params.tx_data_length
        single = length - (1 if length == 8 else 2) - prefix_size(self.transport.address)
        if size > single:
            raise ConfigurationError(
                f"{size} bytes do not fit into a functional request: it is a single frame of at most "
                f"{plural(single, 'byte')} on connection '{self.alias}' (ISO 15765-2)."
            )

    # -- receiving ----------------------------------------------------------------------------------

    def receive(self, pattern: Pattern, timeout: float) -> Payload:
        """Return the oldest unread payload that matches; the others stay unread.

        Raises:
            AssertionError: None arrived in time; the sentence tells what the link saw.
        """
        self.check()
        inbox = self.transport.inbox
        if not self.transport.running and not inbox.unread:
            raise BusError(f"Connection '{self.alias}' is not started; use Start IsoTp first.")
        if not timeout:  # what is there now, also if a thread has not looked yet
            self._catch_up()
        start = self.bus.traffic.trace.end
        payload = self._wait(lambda: inbox.take(pattern.matches), time.monotonic() + timeout)
        if payload is None:
            raise self._nothing_came("IsoTp frame", pattern, timeout, start, since=0)
        return payload

    def exchange(self, data: bytes, pattern: Pattern, timeout: float) -> Payload:
        """Send a request and return the reply that matches; what came before the request never counts."""
        self.check()
        inbox = self.transport.inbox
        self._catch_up()
        start = self.bus.traffic.trace.end
        # What is half received now began before the request: it is no reply either.
        since = inbox.count + self.transport.receiving()
        since = max(since, self._begin(data, None).came_before)
        payload = self._wait(lambda: inbox.take(pattern.matches, since), time.monotonic() + timeout)
        if payload is None:
            raise self._nothing_came(f"reply to '{hex_text(data, 16)}'", pattern, timeout, start, since)
        return payload

    def _catch_up(self) -> None:
        self.bus.catch_up()
        self.transport.catch_up()

    def _nothing_came(
        self, what: str, pattern: Pattern, timeout: float, start: int, since: int
    ) -> AssertionError:
        self._check_link()
        with self.transport.inbox.changed:
            unread = self.transport.inbox.peek(since)
        ids = " or ".join(id_text(*id_of(key)) for key in sorted(listening_keys(self.transport.address)))
        matching = "" if pattern.matches_all else f" matching '{pattern}'"
        parts = [
            f"No {what}{matching} arrived on connection '{self.alias}' (rxid {ids}) within {duration(timeout)}."
        ]
        if unread:
            shown = ", ".join(f"'{hex_text(payload, 16)}'" for payload in unread[:5])
            more = f" and {len(unread) - 5} more" if len(unread) > 5 else ""
            parts.append(f"{plural(len(unread), 'other')} did: {shown}{more}.")
        if self.transport.receiving():
            parts.append("One is in reception but not complete.")
        if self.description.backend is Backend.exported:
            return AssertionError(" ".join([*parts, "What else passed is on the exporter's bus."]))
        parts.append(seen_sentence(self.bus.traffic, start, listening_keys(self.transport.address)))
        return AssertionError(" ".join(parts))

    # -- state --------------------------------------------------------------------------------------

    @property
    def available(self) -> bool:
        """Whether a payload is unread."""
        self._check_usable()
        self._catch_up()
        self.check()
        return self.transport.inbox.unread > 0

    @property
    def transmitting(self) -> bool:
        """Whether a payload is on its way out."""
        self.check()
        return self.transport.transmitting()

    def start(self) -> None:
        """Take part in the traffic; a second time is fine."""
        self._check_usable()
        self.transport.start()
        self.check()

    def stop(self) -> None:
        """Take no part any more; unread payloads stay. A second time, or before a start, is fine."""
        self._check_usable()
        self.bus.catch_up()
        self._note_abandoned(self.transport.stop)
        self.check()

    def stop_sending(self) -> None:
        """Abandon what is on its way out."""
        self._check_usable()
        self._note_abandoned(self.transport.stop_sending)
        self.check()

    def stop_receiving(self) -> None:
        """Abandon what is on its way in."""
        self._check_usable()
        self.transport.stop_receiving()
        self.check()

    def set_address(self, address: AnyIsoTpAddress) -> None:
        """Use another address from now on; refused while a transfer runs; unread payloads stay."""
        self.check()
        self.bus.catch_up()  # what came under the old address is not judged by the new one
        self.transport.set_address(address)
        self._note_address()

    def _note_address(self) -> None:
        """Let the bus know how to read its trace."""
        if (address := self.transport.address) not in self.bus.isotp_addresses:
            self.bus.isotp_addresses.append(address)

    def _note_abandoned(self, stop: Callable[[], None]) -> None:
        before = [transfer for transfer in self._unwatched if not transfer.done]
        stop()
        for transfer in before:
            if transfer.error is not None and not isinstance(transfer.error, IsoTpTransferError):
                self.notices.append(str(transfer.error))
                self._unwatched.remove(transfer)

    # -- errors, and the end ------------------------------------------------------------------------

    def check(self) -> None:
        """Fail with what went wrong in the background since the last keyword (verdict rule 4)."""
        self._check_usable()
        self._raise_failed_transfers()
        self._raise_problems()

    def _raise(self, errors: list[Exception]) -> None:
        if errors:
            error = joined(errors)
            if isinstance(error, AssertionError):
                self._check_link()
            raise error

    def _check_link(self) -> None:
        """Let a failure be none of the partner where the bus turns out to be dead: a cut network says so late."""
        self.bus.catch_up()
        self._check_usable()

    def _check_usable(self) -> None:
        if self.closed:
            raise BusError(f"Connection '{self.alias}' is closed; open it again before use.")
        self.bus.check_open()

    def _raise_failed_transfers(self) -> None:
        failed = []
        while self._unwatched and self._unwatched[0].done:
            if (error := self._unwatched.popleft().error) is not None:
                failed.append(error)
        self._raise(failed)

    def gather(self) -> None:
        """Sort what went wrong in the background: harmless things become notices, the rest fails the next check."""
        if not self.transport.inbox.has_problems:
            return
        problems = self.transport.inbox.take_problems()
        self.notices += dict.fromkeys(str(problem.error) for problem in problems if problem.harmless)
        self._fatal += [problem.error for problem in problems if not problem.harmless]

    def _raise_problems(self) -> None:
        self.gather()
        fatal, self._fatal = self._fatal, []
        self._raise(fatal)

    def _wait(self, check: Callable[[], T | None], deadline: float | None) -> T | None:
        """Return what the check returns as soon as that is not None; None at the deadline."""
        inbox = self.transport.inbox
        while True:
            with inbox.changed:
                result = check()
                if result is None:
                    remaining = SLICE if deadline is None else deadline - time.monotonic()
                    if remaining > 0 and not self._has_news():
                        inbox.changed.wait(min(remaining, SLICE))
                        result = check()
            if result is not None:
                return result
            self.check()
            if deadline is not None and time.monotonic() >= deadline:
                return None

    def _has_news(self) -> bool:
        while self._unwatched and self._unwatched[0].done:
            if self._unwatched[0].error is not None:
                return True
            self._unwatched.popleft()
        return False

    def close(self) -> list[Exception]:
        """Close the connection and a node of its own; return what nobody was told yet. Twice is fine."""
        if self.closed:
            return []
        self._let_sends_end()
        self.closed = True
        self.notices += self.faults.never_played()
        untold: list[Exception] = []
        try:
            self.transport.stop()
        except Exception as error:  # noqa: BLE001 - told with the rest; a node of its own must still close
            untold.append(error)
        finally:
            if self._own_node:
                untold += self.bus.close()
            elif self in self.bus.dependents:
                self.bus.dependents.remove(self)
        return self._last_words() + untold

    def _let_sends_end(self) -> None:
        """Give a send on its way the time to end, so that its end is known."""
        grace = self.transport.params.rx_flowcontrol_timeout / 1000 + _LATE
        deadline = time.monotonic() + min(grace, _LONGEST_GRACE)
        inbox = self.transport.inbox
        with inbox.changed:
            while any(not transfer.done for transfer in self._unwatched) and self.transport.running:
                remaining = deadline - time.monotonic()
                if remaining <= 0 or self.bus.closed or self.bus.traffic.failure is not None:
                    break
                inbox.changed.wait(min(remaining, SLICE))

    def _last_words(self) -> list[Exception]:
        untold = [transfer.error for transfer in self._unwatched if transfer.error is not None]
        self._unwatched.clear()
        self.gather()
        return untold + self._fatal

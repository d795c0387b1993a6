"""python-can's interface `jumpstarter`: a CAN bus that an exporter offers."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import can
from can import CanInitializationError, CanOperationError

from CanLibrary.errors import CanLibraryError
from CanLibrary.jumpstarter.messages import as_map, from_map
from CanLibrary.jumpstarter.outgoing import Outgoing
from CanLibrary.jumpstarter.periodic import ExportedTask
from CanLibrary.jumpstarter.problems import ExporterError, let_go, shut_down
from CanLibrary.jumpstarter.session import OURS, join, leave
from CanLibrary.jumpstarter.stream import Stream
from CanLibrary.jumpstarter.target import find_target

RATE = "canlibrary/"  # label: what the bit rates of the bus are
_LOOK = 0.5  # seconds that the exporter waits for a message at once; so long it goes on after we are gone
_ENDS = 1.0  # seconds for a thread that sends; one that sleeps for longer ends without a word
_STALE = 2.0  # seconds to throw away what the exporter's bus received before it was opened here
_STALE_BY_CALLS, _AT_ONCE = (
    10.0,
    32,
)  # the same where each message is a call: seconds, and calls that run together
# The label that says what the exporter's bus can do, in the words of CanLibrary.sessions.capabilities.
CAN_DO = "canlibrary/can-do"
_ASKED = ("reports_state", "sets_state", "flushes_tx_buffer")
_log = logging.getLogger("can.jumpstarter")


class JumpstarterBus(can.BusABC):
    """A bus on the other end of a Jumpstarter session."""

    # What its methods say nothing about, because they ask the exporter; None where that cannot be known.
    told_capabilities: Mapping[str, bool | None] = MappingProxyType(dict.fromkeys(_ASKED))

    def __init__(
        self,
        channel: str,
        can_filters: can.typechecking.CanFilters | None = None,
        *,
        address: str | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        insecure: bool = False,
        passphrase_file: str | os.PathLike[str] | None = None,
        fd: bool | None = None,
        bitrate: int | None = None,
        data_bitrate: int | None = None,
        single_handle: bool = True,  # noqa: ARG002 - python-can's own tools give it to every interface
    ) -> None:
        """Join a session and take a driver of it.

        :param channel: Name of the exported driver, `parent.child` for one within another.
        :param can_filters: What to receive.
        :param address: `host:port` of an exporter; by default the one that JUMPSTARTER_HOST names.
        :param ca_file: Certificates (PEM) that the exporter's own is checked by; by default the system's.
        :param insecure: Connect without TLS.
        :param passphrase_file: File with the passphrase that the exporter asks for.
        :param fd: Has no effect: the bus was opened by the exporter, with or without CAN FD.
        :param bitrate: Has no effect either; another one than a driver of CanLibrary.exporter tells is refused.
        :param data_bitrate: The same.
        """
        self._is_shutdown = True  # until there is something to shut down
        self.channel = str(channel)
        self._tasks: list[ExportedTask] = []
        self._threads: list[Any] = []  # python-can's tasks that send from here
        self._driver: Any = None
        self._stream: Stream | None = None  # these with the drivers of CanLibrary.exporter
        self._outgoing: Outgoing | None = None
        try:
            self._session = join(find_target(address, ca_file, insecure, passphrase_file))
        except CanLibraryError as error:
            raise CanInitializationError(str(error)) from error
        try:
            self._driver = self._session.find(self.channel, _is_can, "CAN")
            self.channel_info = str(self._call("channel_info"))
            self._can_protocol = can.CanProtocol(int(self._call("protocol")))
            self._check_opened_so(fd, {"bitrate": bitrate, "data_bitrate": data_bitrate})
            super().__init__(channel=channel, can_filters=can_filters)
            self._throw_away_old_messages()
            self._find_out_capabilities()
            if OURS in self._driver.labels:
                self._outgoing = Outgoing(self._session, self._driver)
                self._stream = Stream(self._session, self._driver, self.channel)
        except BaseException as error:
            self._is_shutdown = True
            let_go(error)
            self._leave()
            if isinstance(error, CanLibraryError):
                raise CanInitializationError(str(error)) from error
            raise
        self._is_shutdown = False

    def _throw_away_old_messages(self) -> None:
        if OURS in self._driver.labels:
            self._call("throw_away", takes=_STALE)
            return
        until = time.monotonic() + _STALE_BY_CALLS
        while time.monotonic() < until:
            looks = [self._session.begin(self._driver, "_recv_internal", 0) for _ in range(_AT_ONCE)]
            try:
                found = [self._session.finish(look, "_recv_internal")[0] for look in looks]
            finally:
                for look in looks:
                    look.cancel()
            if None in found:
                return
        raise CanInitializationError(
            f"Channel '{self.channel}' brings messages faster than the published driver hands them over: what it "
            "received before could not be told from what comes now; use type CanLibrary.exporter.Can."
        )

    def _find_out_capabilities(self) -> None:
        if CAN_DO in self._driver.labels:
            able = self._driver.labels[CAN_DO].split()
            self.told_capabilities = {name: name in able for name in _ASKED}
        else:  # what it cannot do it refuses, but a state may be python-can's constant
            self.told_capabilities = {**dict.fromkeys(_ASKED, True), "reports_state": None}

    def _check_opened_so(self, fd: bool | None, rates: dict[str, int | None]) -> None:
        """Refuse what the exporter's bus is not, as far as its driver tells; warn where it cannot be known."""
        if fd and self._can_protocol is can.CanProtocol.CAN_20:
            _log.warning("The exporter opened '%s' without CAN FD: fd had no effect.", self.channel)
        for word, rate in rates.items():
            if rate is None:
                continue
            told = self._driver.labels.get(RATE + word)
            if told is None:
                _log.warning(
                    "The exporter opened '%s', at its own bit rate: %s=%s counts for the bus load only.",
                    self.channel,
                    word,
                    rate,
                )
            elif rate != int(told):
                raise CanInitializationError(
                    f"The exporter's bus '{self.channel}' runs with {word}={told}, not {rate}; leave {word} out."
                )

    def _check_open(self) -> None:
        if self._driver is None:
            raise CanOperationError(shut_down(self.channel))

    def _call(self, method: str, *arguments: Any, takes: float = 0.0) -> Any:
        self._check_open()
        return self._session.call(self._driver, method, *arguments, takes=takes)

    # -- messages -----------------------------------------------------------------------------------

    def _recv_internal(self, timeout: float | None) -> tuple[can.Message | None, bool]:
        """Wait for a message, with filters applied: what they leave out does not end the wait."""
        deadline = None if timeout is None else time.monotonic() + timeout
        self._check_open()
        if self._stream is not None:
            while (streamed := self._stream.recv(deadline)) is not None and not self._matches_filters(
                streamed
            ):
                pass
            return streamed, True
        while True:
            left = _LOOK if deadline is None else max(deadline - time.monotonic(), 0.0)
            found, filtered = self._call("_recv_internal", min(left, _LOOK), takes=_LOOK)
            if found is not None:
                message = from_map(found, self.channel)
                if filtered or self._matches_filters(message):
                    return message, True
            elif deadline is not None and time.monotonic() >= deadline:
                return None, True

    def send(self, msg: can.Message, timeout: float | None = None) -> None:
        """Send a message; with a time-out the exporter's driver has taken it when this returns.

        Without one it goes out soon and in order, together with others; if it is refused, the next call says so. With
        the published driver each message is a call of its own, which waits in any case.

        :param msg: The message.
        :param timeout: Seconds that its driver may take; what it makes of them depends on the driver.
        """
        self._check_open()
        if self._outgoing is not None:
            if not timeout:
                self._outgoing.send(msg)
                return
            self._outgoing.flush()
        self._call("send", as_map(msg), timeout, takes=timeout or 0.0)

    @property
    def sends_in_batches(self) -> bool:
        """Whether there is `send_batch`, and messages sent without a time-out go out together."""
        return self._outgoing is not None

    def send_batch(self, messages: Sequence[can.Message]) -> tuple[int, Exception | None]:
        """Send messages in order, and return how many are out and, if not all of them, why not the next one."""
        self._check_open()
        assert self._outgoing is not None
        return self._outgoing.send_batch(messages)

    def wait_until_sent(self) -> None:
        """Return when all that was sent without a time-out is out; fail if some of it was refused."""
        if self._outgoing is not None:
            self._outgoing.flush()

    @property
    def delay(self) -> float:
        """Seconds that a message may take from the exporter's bus to here."""
        return self._session.round_trip

    def tell_losses(self, to: Callable[[str], None]) -> None:
        """Let somebody be told of messages that the exporter lost, in whatever thread; `recv` says nothing then."""
        if self._stream is not None:
            self._stream.on_lost = to

    def _apply_filters(self, filters: can.typechecking.CanFilters | None) -> None:
        self._call("_apply_filters", None if filters is None else [dict(one) for one in filters])

    def flush_tx_buffer(self) -> None:
        """Throw away what the exporter's driver has not sent yet, where it can."""
        self._call("flush_tx_buffer")

    # -- periodic messages --------------------------------------------------------------------------

    def _send_periodic_internal(
        self,
        msgs: Sequence[can.Message] | can.Message,
        period: float,
        duration: float | None = None,
        autostart: bool = True,
        modifier_callback: Callable[[can.Message], None] | None = None,
    ) -> can.broadcastmanager.CyclicSendTaskABC:
        if modifier_callback is not None:  # a function does not travel: a thread here sends
            local = super()._send_periodic_internal(msgs, period, duration, autostart, modifier_callback)
            self._threads.append(local)
            return local
        messages = [msgs] if isinstance(msgs, can.Message) else list(msgs)
        task = ExportedTask(
            self._call, messages, period, duration, autostart, in_place=self._outgoing is not None
        )
        self._tasks.append(task)
        return task

    # -- state --------------------------------------------------------------------------------------

    @property
    def state(self) -> can.BusState:
        """The state of the exporter's bus."""
        return can.BusState(int(self._call("state")))

    @state.setter
    def state(self, new_state: can.BusState) -> None:
        self._call("state", new_state.value)

    # -- life ---------------------------------------------------------------------------------------

    def shutdown(self) -> None:
        """Leave the exporter's bus as it was found, open for the next; a second time is fine."""
        if self._is_shutdown:
            return
        try:
            super().shutdown()
            for local in self._threads:  # stopped by now, but one may be in the middle of a send
                if local.thread is not None:
                    local.thread.join(_ENDS)
            if self._session.broken is None:
                self._end_what_was_begun()
            if self._outgoing is not None:
                self._outgoing.close()
        finally:
            self._is_shutdown = True
            if self._stream is not None:
                self._stream.close()
            self._leave()

    def _end_what_was_begun(self) -> None:
        for task in self._tasks:
            with contextlib.suppress(ExporterError, NotImplementedError):
                task.stop()
        if self._filters:
            with contextlib.suppress(ExporterError, NotImplementedError):
                self._apply_filters(None)

    def _leave(self) -> None:
        self._driver = None
        leave(self._session)


def _is_can(client: str) -> bool:
    return client.rpartition(".")[2] == "CanClient"

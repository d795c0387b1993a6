"""ISO-TP by the Linux kernel's socket, with one thread for each connection that waits for its sockets.

The kernel keeps the timing and the protocol; this thread hands over what comes, begins what is to be
sent, and notes what the kernel says of it: POLLOUT means that nothing is on its way out, POLLERR that
something went wrong. It never waits inside the kernel (WAIT_TX_DONE): nobody could interrupt that.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from CanLibrary.errors import BusError, ConfigurationError, translated
from CanLibrary.transport.addresses import isotp_address, listening_keys, rx_address, sending_keys
from CanLibrary.transport.inbox import Inbox, Problem
from CanLibrary.transport.kernel_close import close_now
from CanLibrary.transport.kernel_socket import TIMEOUT, Sockets, check_address, check_params, most_bytes
from CanLibrary.transport.problems import (
    busy_address,
    receiving_problem,
    sending_error,
    stopped_sending,
)
from CanLibrary.transport.protocol import MessagePort, Transfer
from CanLibrary.transport.queues import Command, run_in_thread
from CanLibrary.transport.reception import Reception
from CanLibrary.types import AnyIsoTpAddress, IsoTpParams, TargetAddressType

_POLL = 0.1  # seconds: only in case that a wake-up was missed
_PATIENCE = 5.0  # seconds to wait for the thread's end
_ROOM = 1 << 17  # bytes to receive at once: what does not fit, the kernel would cut off without a word
# What the kernel says of a payload on its way out, and of one on its way in, as can-isotp's error of that name.
_SENDING = {errno.ECOMM: "FlowControlTimeoutError", errno.EMSGSIZE: "OverflowError"}
_RECEIVING = {
    errno.ETIMEDOUT: "ConsecutiveFrameTimeoutError",
    errno.EILSEQ: "WrongSequenceNumberError",
    errno.EBADMSG: "InvalidCanDataError",
}


@dataclass
class _Sending:
    transfer: Transfer
    data: bytes
    target: TargetAddressType
    begun: socket.socket | None = None  # where the kernel has it


class KernelTransport:
    """An ISO-TP endpoint on a network interface, run by the kernel."""

    def __init__(
        self, alias: str, channel: str, port: MessagePort, address: AnyIsoTpAddress, params: IsoTpParams
    ) -> None:
        check_params(alias, params)
        check_address(alias, address)
        self._alias, self._channel, self._port = alias, channel, port
        self.address, self.params = address, params
        self.inbox = Inbox()
        self._sockets: Sockets | None = None
        self._outgoing: deque[_Sending] = deque()  # the oldest is on its way
        self._busy: socket.socket | None = None  # where the kernel has not quite ended what failed before
        self._commands: deque[Command] = deque()
        self._wake, self._woken = -1, -1  # the ends of a pipe
        self._thread: threading.Thread | None = None
        self._reception = self._follow(address)

    def _follow(self, address: AnyIsoTpAddress) -> Reception:
        receiving = isotp_address(rx_address(address))
        prefix = bytes([receiving.get_rx_extension_byte()] if receiving.requires_rx_extension_byte() else [])
        return Reception(
            prefix, self.params.can_fd, most_bytes(), TIMEOUT, lambda name: self._report(name, "")
        )

    # -- operations, called by keywords -------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Take part in the traffic; a second time is fine."""
        if self.running:
            return
        self._sockets = Sockets(self._channel, self.address, self.params)
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._woken, False)
        self._thread = threading.Thread(
            target=self._run, name=f"CanLibrary IsoTp '{self._alias}'", daemon=True
        )
        self._thread.start()
        try:
            self._port.subscribe(listening_keys(self.address), self._reception.note)
        except BaseException:
            self._end_thread()
            raise
        self._port.claim(sending_keys(self.address))

    def stop(self) -> None:
        """Take no part any more; unread payloads stay. A second time, or before a start, is fine."""
        running = self.running
        try:
            self._port.unsubscribe(self._reception.note)
        finally:
            self._end_thread()
            if running:
                self._port.release(sending_keys(self.address))

    def _end_thread(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            self._hand_over(Command(None))
            thread.join(_PATIENCE)
            ends, self._wake, self._woken = (self._wake, self._woken), -1, -1
            for end in ends:
                os.close(end)
        if self._sockets is not None:
            self._receive_all()
            sockets, self._sockets = self._sockets, None
            close_now(sockets)
        self._reception.forget()
        self._abandon_sending()

    def send(self, data: bytes, target: TargetAddressType) -> Transfer:
        """Begin to send a payload and return at once; the inbox is notified when the transfer is done."""
        if len(data) > most_bytes():
            raise ConfigurationError(
                f"{len(data)} bytes are more than an IsoTp frame of the kernel has, {most_bytes()} bytes; use "
                "backend=python."
            )
        transfer = Transfer(len(data))
        self._outgoing.append(_Sending(transfer, data, target))
        self._hand_over(None)
        return transfer

    def transmitting(self) -> bool:
        """Return whether a payload is on its way out."""
        return bool(self._outgoing)

    def receiving(self) -> bool:
        """Return whether a payload of several messages is on its way in."""
        return self._reception.under_way

    def set_address(self, address: AnyIsoTpAddress) -> None:
        """Use another address from now on; refused while something is on its way. It takes a new socket."""
        check_address(self._alias, address)
        before = sending_keys(self.address)

        def change() -> None:
            if self.transmitting() or self.receiving():
                raise busy_address(self._alias)
            if self.running:
                self._renew(address).close()
            self.address = address

        self._in_thread(change)
        self._port.unsubscribe(self._reception.note)
        self._reception = self._follow(address)
        if self.running:
            self._port.subscribe(listening_keys(address), self._reception.note)
            self._port.claim(sending_keys(address))
            self._port.release(before)

    def stop_sending(self) -> None:
        """Abandon what is on its way out, and what waits behind it. It takes a new socket."""
        abandoned: list[Sockets] = []

        def abandon() -> None:
            if self.running and self._outgoing and self._outgoing[0].begun is not None:
                if self.receiving():
                    self._tell_lost_reception()
                abandoned.append(self._renew(self.address))
            self._abandon_sending()

        self._in_thread(abandon)
        for sockets in abandoned:
            close_now(sockets)

    def stop_receiving(self) -> None:
        """Abandon what is on its way in. It takes a new socket, so it is refused while something is sent."""

        def abandon() -> None:
            if not self.running or not self.receiving():
                return
            if self.transmitting():
                raise BusError(
                    f"The kernel cannot stop receiving on connection '{self._alias}' while it sends; wait for the "
                    "transfer, or use Stop IsoTp Sending first."
                )
            self._renew(self.address).close()

        self._in_thread(abandon)

    def catch_up(self) -> None:
        """Return when all that the kernel had handed over before the call is in the inbox."""
        self._in_thread(lambda: None)

    def _in_thread(self, action: Callable[[], None]) -> None:
        run_in_thread(action, self._hand_over, lambda: self.running)

    def _hand_over(self, command: Command | None) -> None:
        if command is not None:
            self._commands.append(command)
        with contextlib.suppress(OSError):  # the pipe is full of wake-ups, or the connection is stopped
            os.write(self._wake, b"\0")

    # -- the thread ---------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            poll = select.poll()
            poll.register(self._woken, select.POLLIN)
            sending = self._busy or (self._outgoing[0].begun if self._outgoing else None)
            for each in self._sockets or ():
                poll.register(each, select.POLLIN | (select.POLLOUT if each is sending else 0))
            ready = dict(poll.poll(_POLL * 1000))
            with contextlib.suppress(BlockingIOError):
                while self._woken in ready and os.read(self._woken, 4096):
                    pass
            for each in list(self._sockets or ()):
                if ready.get(each.fileno(), 0) & select.POLLERR:
                    self._note_error(each.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
            self._receive_all()
            if self.params.listen_mode and self._reception.take_expired():
                self._report("ConsecutiveFrameTimeoutError", "")  # a listener has no timer in the kernel
            if sending is not None and ready.get(sending.fileno(), 0) & select.POLLOUT:
                self._finish(sending)
            while self._commands:
                run = self._commands.popleft().run
                if run is None:
                    return
                run()
            self._begin_next()

    def _receive_all(self) -> None:
        for each in self._sockets.receiving if self._sockets else ():
            while True:
                try:
                    payload = each.recv(_ROOM)
                except BlockingIOError:
                    break
                except OSError as error:
                    if error.errno != errno.EADDRNOTAVAIL:  # the interface is gone, which ENODEV has told
                        self._note_error(error.errno or 0)
                    break
                if len(payload) <= self.params.max_frame_size:
                    self.inbox.put(payload)
                else:
                    self._report("FrameTooLongError", f"{len(payload)} bytes")

    def _begin_next(self) -> None:
        while self._sockets is not None and self._outgoing and self._outgoing[0].begun is None:
            first = self._outgoing[0]
            to = self._sockets.main if first.target is TargetAddressType.Physical else self._sockets.to_all
            try:
                to.send(first.data)
            except BlockingIOError:
                self._busy = to
                return
            except OSError as error:
                self._note_error(error.errno or 0)
                continue
            first.begun = to

    def _finish(self, where: socket.socket) -> None:
        self._busy = None
        if self._outgoing and self._outgoing[0].begun is where:
            self._outgoing.popleft().transfer.done = True
            self.inbox.notify()

    def _note_error(self, number: int) -> None:
        """Let the payload on its way out fail, or report what went wrong on reception."""
        if not number:
            return
        if name := _RECEIVING.get(number):
            self._report(name, os.strerror(number))
            return
        if not self._outgoing:
            if number not in _SENDING:  # nothing was lost that was still to be sent
                self.inbox.report(Problem(self._failed(number)))
            return
        transfer = self._outgoing.popleft().transfer
        if name := _SENDING.get(number):
            error = _of_can_isotp(name, os.strerror(number))
            transfer.error = sending_error(error, self._alias, transfer.size, self.address, self.params)
        else:
            transfer.error = self._failed(number)
        transfer.done = True
        self.inbox.notify()

    def _failed(self, number: int) -> BusError:
        if number == errno.EINVAL:
            return BusError(
                f"Connection '{self._alias}': the kernel refused to send so many bytes in one IsoTp frame."
            )
        what = f"Connection '{self._alias}' could not use '{self._channel}'"
        return translated(what, OSError(os.strerror(number)))

    def _report(self, name: str, detail: str) -> None:
        error = _of_can_isotp(name, detail)
        self.inbox.report(receiving_problem(error, self._alias, self.address, self.params))

    def _tell_lost_reception(self) -> None:
        lost = "with the sending, the kernel also gave up an IsoTp frame that was in reception."
        self.inbox.report(Problem(BusError(f"On connection '{self._alias}': {lost}"), harmless=True))

    def _renew(self, address: AnyIsoTpAddress) -> Sockets:
        """Go on with new sockets and return the old ones, read empty."""
        assert self._sockets is not None
        new = Sockets(self._channel, address, self.params)
        self._receive_all()
        old, self._sockets = self._sockets, new
        self._busy = None
        self._reception.forget()
        return old

    def _abandon_sending(self) -> None:
        while self._outgoing:
            transfer = self._outgoing.popleft().transfer
            transfer.error = stopped_sending(self._alias, transfer.size)
            transfer.done = True
        self.inbox.notify()


def _of_can_isotp(name: str, detail: str) -> Exception:
    import isotp

    error: Exception = getattr(isotp, name)(detail)
    return error

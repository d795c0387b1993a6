"""ISO-TP by can-isotp's protocol logic, on any bus, in one thread for each connection.

`isotp.TransportLayerLogic` is the protocol without threads. Its threaded sibling `TransportLayer` has
two threads and two queues for each connection, loses unread payloads on stop, ends its thread when a
send raises, and its `set_address` is not thread-safe (see docs/decisions/0003-isotp-threads.md).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from CanLibrary.errors import BusError, translated
from CanLibrary.transport.addresses import isotp_address, isotp_params, listening_keys, prefix_size
from CanLibrary.transport.faults import Faults
from CanLibrary.transport.inbox import Inbox, Problem
from CanLibrary.transport.problems import (
    busy_address,
    is_sending_error,
    receiving_problem,
    sending_error,
    stopped_sending,
    survived_problem,
)
from CanLibrary.transport.protocol import MessagePort, Transfer
from CanLibrary.transport.queues import (
    Command,
    Incoming,
    PayloadBytes,
    PayloadQueue,
    RequestQueue,
    run_in_thread,
)
from CanLibrary.types import AnyIsoTpAddress, IsoTpFault, IsoTpParams, TargetAddressType

_THROTTLED = 0.001  # seconds between two looks at the rate limiter
_PATIENCE = 5.0  # seconds to wait for a thread that hangs in its driver
_TOGETHER = 250  # messages of a block that has no end: the test may stop it
_CONSECUTIVE = 2  # N_PCI type, ISO 15765-2 9.6.1


class _GivenUp(Exception):
    """Ends can-isotp's loop over a block in the middle."""


class PythonTransport:
    """An ISO-TP endpoint on a bus, run by can-isotp."""

    def __init__(
        self,
        alias: str,
        port: MessagePort,
        address: AnyIsoTpAddress,
        params: IsoTpParams,
        read_timeout: float,
    ) -> None:
        import can
        import isotp

        self._alias = alias
        self._port = port
        self.address = address
        self.params = params
        self.inbox = Inbox()
        self._read_timeout = read_timeout
        self._incoming = self._turn = Incoming()
        self._current: Any = None
        self._transfers: deque[tuple[Transfer, Any]] = deque()  # with can-isotp's request, oldest first
        self._beginning = (Transfer(0), b"")  # what `send` is about to hand to can-isotp
        self._sending_errors: list[Exception] = []
        self._giving_up = False
        self._thread: threading.Thread | None = None
        self._frame_type, self._message_type = isotp.CanMessage, can.Message
        self._layer = isotp.TransportLayerLogic(
            rxfn=self._next_message,
            txfn=self._send_message,
            address=isotp_address(address),
            error_handler=self._on_error,
            params=isotp_params(params),
            post_send_callback=lambda _request: self._incoming.wake(),
        )
        if not params.rate_limit_enable:
            self._layer.rate_limiter.disable()  # can-isotp 2.0.7 enables it whatever the parameter says
        self._layer.tx_queue = RequestQueue(self._note_request)  # type: ignore[assignment]
        self._layer.rx_queue = PayloadQueue(self.inbox)  # type: ignore[assignment]  # all that it is asked for
        self._block: list[Any] = []  # messages that go out together, where the bus takes them so
        self._faults = Faults(self._layer, port.transmit, params.tx_padding)

    # -- operations, called by keywords -------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Take part in the traffic; a second time is fine."""
        if self.running:
            return
        self._faults.forget()
        self._incoming = Incoming()
        self._thread = threading.Thread(
            target=self._run, args=(self._incoming,), name=f"CanLibrary IsoTp '{self._alias}'", daemon=True
        )
        self._thread.start()
        try:
            self._port.subscribe(listening_keys(self.address), self._incoming.put)
        except BaseException:
            self._end_thread()
            raise

    def stop(self) -> None:
        """Take no part any more; unread payloads stay. A second time, or before a start, is fine."""
        try:
            self._port.unsubscribe(self._incoming.put)  # a driver can refuse the change of its filters
        finally:
            self._end_thread()

    def _end_thread(self) -> None:
        thread, self._thread = self._thread, None
        self._faults.interrupt()
        if thread is not None and thread.is_alive():
            self._incoming.put(Command(None))
            thread.join(_PATIENCE)
        self._faults.resume()
        self._abandon_sending()
        self._layer.stop_receiving()

    def send(self, data: bytes, target: TargetAddressType) -> Transfer:
        """Begin to send a payload and return at once; the inbox is notified when the transfer is done."""
        transfer = Transfer(len(data))
        self._beginning = (transfer, data)
        self._layer.send(data, int(target))
        return transfer

    def _note_request(self, request: Any) -> None:
        transfer, data = self._beginning
        request.generator = PayloadBytes(data)
        self._transfers.append((transfer, request))

    def transmitting(self) -> bool:
        """Return whether a payload is on its way out."""
        return bool(self._transfers)

    def receiving(self) -> bool:
        """Return whether a payload of several messages is on its way in."""
        return bool(self._layer.is_rx_active())

    def set_address(self, address: AnyIsoTpAddress) -> None:
        """Use another address from now on; refused while something is on its way."""

        def change() -> None:
            if self.transmitting() or self.receiving():
                raise busy_address(self._alias)
            self._layer.set_address(isotp_address(address))
            self.address = address

        self._in_thread(change)
        if self.running:
            self._port.unsubscribe(self._incoming.put)
            self._port.subscribe(listening_keys(address), self._incoming.put)

    def stop_sending(self) -> None:
        """Abandon what is on its way out, and what waits behind it."""
        self._giving_up = True
        self._faults.interrupt()
        try:
            self._in_thread(self._abandon_sending)
        finally:
            self._giving_up = False
            self._faults.resume()

    def stop_receiving(self) -> None:
        """Abandon what is on its way in."""
        self._in_thread(self._layer.stop_receiving)

    def catch_up(self) -> None:
        """Return when all messages that the bus handed over before the call are worked on."""
        self._in_thread(lambda: None)

    # -- faults on purpose --------------------------------------------------------------------------

    @property
    def faults(self) -> list[IsoTpFault]:
        """Those that were set and are not over."""
        return self._faults.waiting

    def set_fault(self, fault: IsoTpFault) -> None:
        """Let something go wrong from now on."""
        self._in_thread(lambda: self._faults.add(fault))

    def clear_faults(self) -> None:
        """Let nothing go wrong on purpose any more; what is late comes at once."""
        self._faults.interrupt()
        try:
            self._in_thread(self._faults.clear)
        finally:
            self._faults.resume()

    # -- the thread ---------------------------------------------------------------------------------

    def _run(self, incoming: Incoming) -> None:
        while True:
            try:
                item = incoming.get(self._time_to_wait())
            except Exception as error:  # noqa: BLE001
                self._break_off(translated(f"The wait_func of connection '{self._alias}' failed", error))
                continue
            if isinstance(item, Command):
                if item.run is None:
                    return
                item.run()
            else:
                self._process(item, incoming)

    def _process(self, message: Any, incoming: Incoming) -> None:
        """Do a turn of the protocol with a message and those that wait behind it."""
        self._current = message
        self._turn = incoming
        incoming.begin_turn()
        while True:
            try:
                self._layer.process()
                self._send_block()
            except _GivenUp:
                self._block.clear()
                self._layer.stop_sending()  # `stop_sending` tells it, in its turn
            except Exception as error:  # noqa: BLE001
                # Sending on the bus failed; whatever a driver raises is told by the next keyword.
                if not isinstance(error, BusError):
                    error = translated(f"Connection '{self._alias}' could not use its bus", error)
                self._break_off(error)
            else:
                self._finish_transfers()
            if self._current is None:  # it stays where sending went wrong first
                return

    def _break_off(self, error: Exception) -> None:
        """Give up what is on its way, because the bus or a function of the user failed."""
        self._block.clear()
        self._sending_errors.append(error)
        # can-isotp counts a payload as through before its last message is sent.
        for _, request in self._transfers:
            if request.complete_event.is_set():
                request.success = False
        self._layer.stop_sending()
        self._layer.stop_receiving()
        self._finish_transfers()

    def _time_to_wait(self) -> float:
        """Return for how many seconds a message may be awaited until a timer of the protocol is due."""
        layer = self._layer
        timeout = self._read_timeout
        if layer.is_tx_transmitting_cf():
            timeout = layer.next_cf_delay() or 0.0
            if timeout and self.params.wait_func is not None and not layer.is_rx_active():
                self.params.wait_func(timeout)
                timeout = 0.0
            elif not timeout and layer.rate_limiter.allowed_bytes() < self.params.tx_data_length:
                timeout = _THROTTLED
        elif layer.is_tx_throttled():
            timeout = _THROTTLED
        else:
            for timer in (layer.timer_rx_fc, layer.timer_rx_cf):
                if not timer.is_stopped():
                    timeout = min(timeout, timer.remaining())
        return timeout

    def _next_message(self, _timeout: float) -> Any:
        while True:
            message, self._current = self._current, None
            if message is None and (message := self._turn.following()) is None:
                return None
            frame = self._frame_type(
                message.arbitration_id, message.dlc, message.data, message.is_extended_id, message.is_fd
            )
            if not self._faults.active or (frame := self._faults.heard(frame)) is not None:
                return frame

    def _send_message(self, message: Any) -> None:
        if self._giving_up and self._is_consecutive(message):
            raise _GivenUp  # can-isotp sends a whole block in one go, however long it takes
        self._complete_held_back()
        outgoing = self._message_type(
            arbitration_id=message.arbitration_id,
            is_extended_id=message.is_extended_id,
            data=message.data,
            is_fd=message.is_fd,
            bitrate_switch=message.bitrate_switch,
            is_rx=False,
        )
        if self._port.sends_in_batches and self._may_go_together(message):
            self._block.append(outgoing)
            if len(self._block) < _TOGETHER and not self._is_last():
                return
            self._send_block()
        else:
            self._send_block()
            transmit = self._faults.transmit if self._faults.active else self._port.transmit
            transmit(outgoing)
        if not self._layer.timer_tx_stmin.is_stopped():
            # The separation time is counted from the end of a send: on a busy machine, or with a slow driver,
            # the next one would come too early for the receiver (STmin, ISO 15765-2 9.6.5.4).
            self._layer.timer_tx_stmin.start()
        self._finish_transfers()

    def _may_go_together(self, message: Any) -> bool:
        """Return whether nothing has to pass between this message and the next one, no time and no fault."""
        no_gap = not self._layer.timer_tx_stmin.timeout
        return no_gap and not self._faults.active and self._is_consecutive(message)

    def _is_last(self) -> bool:
        """Return whether a payload is through with the message that can-isotp sends now."""
        return bool(self._transfers and self._transfers[0][1].complete_event.is_set())

    def _send_block(self) -> None:
        block, self._block = self._block, []
        if block:
            self._port.transmit_together(block)

    def _is_consecutive(self, message: Any) -> bool:
        return bool(message.data[prefix_size(self.address)] >> 4 == _CONSECUTIVE)

    def _on_error(self, error: Exception) -> None:
        if is_sending_error(error):
            self._sending_errors.append(error)
        else:
            self.inbox.report(receiving_problem(error, self._alias, self.address, self.params))

    def _complete_held_back(self) -> None:
        """Complete a single frame that the rate limiter held back until now: can-isotp forgets to."""
        request = self._layer.active_send_request
        if request is not None and self._layer.tx_state is self._layer.TxState.IDLE:
            request.complete(True)
            self._layer.active_send_request = None

    def _finish_transfers(self) -> None:
        while self._is_last():
            transfer, request = self._transfers.popleft()
            if not request.success:
                transfer.error = self._reason(transfer)
            else:
                self._report_sending_errors()
            transfer.done = True
            self.inbox.notify()
        if not self._transfers:
            self._report_sending_errors()

    def _report_sending_errors(self) -> None:
        """Report what no transfer failed with: a flow control that could not be sent, or a stray one that came."""
        errors, self._sending_errors = self._sending_errors, []
        for error in errors:
            if isinstance(error, BusError):
                self.inbox.report(Problem(error))
            else:
                self.inbox.report(survived_problem(error, self._alias, self.address, self.params))

    def _reason(self, transfer: Transfer) -> Exception:
        if not self._sending_errors:
            return BusError(f"The IsoTp frame of {transfer.size} bytes on '{self._alias}' was not sent.")
        # The first error is the cause: after an unwanted 'wait', for example, the flow control times out.
        error = self._sending_errors[0]
        self._sending_errors.clear()
        if isinstance(error, BusError):
            return error
        return sending_error(error, self._alias, transfer.size, self.address, self.params)

    def _abandon_sending(self) -> None:
        self._layer.clear_tx_queue()
        self._layer.stop_sending()
        while self._transfers:
            transfer, request = self._transfers.popleft()
            transfer.done = True
            if not (request.complete_event.is_set() and request.success):
                transfer.error = stopped_sending(self._alias, transfer.size)
        self.inbox.notify()

    def _in_thread(self, action: Callable[[], None]) -> None:
        """Run an action between two steps of the protocol, in its thread if that runs."""
        run_in_thread(action, self._incoming.put, lambda: self.running)

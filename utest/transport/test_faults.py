"""Faults on purpose, against can-isotp's own stack and our own: what each side notices, and what comes after."""

import random
import re
import threading
import time

import can
import isotp
import pytest

from CanLibrary.errors import IsoTpTransferError
from CanLibrary.sessions.simulated_node import SimulatedNode
from CanLibrary.transport.observer import annotate
from CanLibrary.types import FAULT_MESSAGES, IsoTpFault, IsoTpFaultKind, IsoTpMessageKind, TargetAddressType

pytestmark = pytest.mark.only_backend("python", "the kernel makes its messages itself")

PATIENCE = 200  # milliseconds, N_Bs and N_Cr
TIMES = {"rx_flowcontrol_timeout": PATIENCE, "rx_consecutive_frame_timeout": PATIENCE}
LATE = 0.5  # seconds
LONG = random.Random(100).randbytes(100)  # a first frame and 14 consecutive frames


def fault(text, **fields):
    """Return a fault from `KIND` or `KIND MESSAGE`."""
    kind, _, about = text.partition(" ")
    kind = IsoTpFaultKind[kind]
    message = IsoTpMessageKind[about] if about else FAULT_MESSAGES[kind][0]
    return IsoTpFault(kind, message, **fields)


class Stack:
    """can-isotp's own threaded stack on a raw bus, as it comes."""

    def __init__(self, bus, address, **params):
        self.errors, self.payloads, self.changed = [], [], threading.Condition()
        self._notifier = can.Notifier(bus, [], timeout=0.02)
        self.stack = isotp.NotifierBasedCanStack(
            bus, self._notifier, address=address, params={**TIMES, **params}, error_handler=self._on_error
        )
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.stack.start()
        self._thread.start()

    def _on_error(self, error):
        with self.changed:
            self.errors.append(type(error).__name__)
            self.changed.notify_all()

    def _run(self):
        while not self._closing.is_set():
            if (payload := self.stack.recv(block=True, timeout=0.02)) is not None:
                with self.changed:
                    self.payloads.append(bytes(payload))
                    self.changed.notify_all()

    def receive(self, within=5.0):
        with self.changed:
            assert self.changed.wait_for(lambda: self.payloads, within), f"nothing came, {self.errors}"
            return self.payloads.pop(0)

    def meets(self, *errors, within=5.0):
        """Fail unless the stack met these errors first, in this order."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.errors) >= len(errors), within)
            assert self.errors[: len(errors)] == list(errors)

    def close(self):
        self._closing.set()
        self._thread.join()
        self.stack.stop()
        self._notifier.stop(timeout=5)


@pytest.fixture
def stack(raw_bus):
    """Open can-isotp's stack as the partner of TESTER."""
    opened = []

    def make(**params):
        address = isotp.Address(isotp.AddressingMode.Normal_11bits, txid=0x7E8, rxid=0x7E0)
        opened.append(Stack(raw_bus(), address, **params))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


@pytest.fixture
def tester(backend, tester_address):
    return lambda **params: backend.endpoint(tester_address, **{**TIMES, **params})


def both_ways(tester, partner):
    """Fail unless the next transfers succeed."""
    assert tester.send(LONG) is None
    assert partner.receive() == LONG
    partner.stack.send(LONG)
    assert tester.receive() == LONG
    assert [problem for problem in tester.inbox.take_problems() if not problem.harmless] == []


NO_FC = "no flow control came within 200 milliseconds (N_Bs)"
NO_CF = "The next consecutive frame from 0x7E8 did not come within 200 milliseconds (N_Cr)"

OVERFLOW = "the partner answered with flow control 'overflow': it does not accept that many bytes."

SENDING = {
    # what the sender does: our error, the partner's errors, whether the payload comes
    "DROP SF": ({}, b"\x01", None, [], None),
    "DROP FF": ({}, LONG, NO_FC, [], None),
    "DROP CF": ({"number": 2}, LONG, None, ["WrongSequenceNumberError"], None),
    "DROP CF the last": ({"number": 14}, LONG, None, ["ConsecutiveFrameTimeoutError"], None),
    "REPEAT FF": ({}, LONG, None, ["ReceptionInterruptedWithFirstFrameError"], LONG),
    "REPEAT CF": ({"number": 3}, LONG, None, ["WrongSequenceNumberError"], None),
    "REORDER CF": ({"number": 2}, LONG, None, ["WrongSequenceNumberError"], None),
    "CORRUPT CF": ({}, LONG, None, [], LONG[:6] + bytes([LONG[6] ^ 0xFF]) + LONG[7:]),
    "CORRUPT CF a bit": (
        {"byte": 7, "mask": 0x80},
        LONG,
        None,
        [],
        LONG[:12] + bytes([LONG[12] ^ 0x80]) + LONG[13:],
    ),
    "CORRUPT CF the type": ({"byte": 0, "mask": 0xF0}, LONG, None, ["InvalidCanDataError"], None),
    "CORRUPT FF the type": ({"byte": 0, "mask": 0xF0}, LONG, NO_FC, ["InvalidCanDataError"], None),
    "CORRUPT SF the length": ({"byte": 0, "mask": 0x08}, b"\x01", None, ["InvalidCanDataError"], None),
    "LATE CF": ({"number": 3, "delay": LATE}, LONG, None, ["ConsecutiveFrameTimeoutError"], None),
    "LATE FF": ({"delay": LATE}, LONG, None, [], LONG),
    "WRONG_SEQUENCE_NUMBER": ({"number": 5}, LONG, None, ["WrongSequenceNumberError"], None),
    "LYING_LENGTH": ({}, LONG, None, ["ConsecutiveFrameTimeoutError"], None),
    "LYING_LENGTH less": ({"size": 20}, LONG, None, ["UnexpectedConsecutiveFrameError"], LONG[:20]),
    "LYING_LENGTH too long": ({"size": 4095}, LONG, OVERFLOW, ["FrameTooLongError"], None),
    "WRONG_PADDING": ({}, LONG, None, [], LONG),
    "IGNORE_STMIN": ({}, LONG, None, [], LONG),
    "IGNORE_BLOCKSIZE": ({}, LONG, None, [], LONG),
}


def split(name):
    """Return the fault of a name in a table: what stands behind the message is for the reader."""
    words = name.split()
    known = len(words) > 1 and words[1] in IsoTpMessageKind.__members__
    return " ".join(words[:2]) if known else words[0]


@pytest.mark.parametrize("name", SENDING)
def test_a_sender_that_does_it_wrong(name, tester, stack):
    fields, payload, ours, partners, arrives = SENDING[name]
    asking = {"IGNORE_STMIN": {"stmin": 20, "blocksize": 0}, "IGNORE_BLOCKSIZE": {"blocksize": 4}}.get(
        name, {"blocksize": 0}
    )
    partner = stack(max_frame_size=200, **asking) if "too long" in name else stack(**asking)
    faulty = tester(tx_padding=0xCC)
    played = fault(split(name), **fields)
    faulty.transport.set_fault(played)
    error = faulty.send(payload)
    assert played.applied == (len(played.played) if name.startswith("IGNORE") else 1) > 0
    assert played.is_over
    if ours is None:
        assert error is None
    else:
        assert type(error) is IsoTpTransferError
        assert ours in str(error)
    partner.meets(*partners)
    if arrives is not None:
        assert partner.receive() == arrives
    often = played.applied
    both_ways(faulty, partner)
    assert partner.payloads == []
    assert played.applied == often


NOT_UNDERSTOOD = ["InvalidCanDataError", "FlowControlTimeoutError"]
RECEIVING = {
    # what the receiver does: the partner's parameters, the partner's errors, our problem, whether the payload comes
    "DROP FC": ({}, {}, ["FlowControlTimeoutError"], NO_CF, False),
    "NEVER": ({}, {}, ["FlowControlTimeoutError"], None, False),
    "NEVER the second": ({"number": 2}, {}, ["FlowControlTimeoutError"], None, False),
    "LATE": ({"delay": LATE}, {}, ["FlowControlTimeoutError", "UnexpectedFlowControlError"], NO_CF, False),
    "LATE in time": ({"delay": 0.02}, {}, [], None, True),
    "WAIT": ({}, {"wftmax": 1}, [], None, True),
    "WAIT none allowed": ({}, {"wftmax": 0}, ["UnsupportedWaitFrameError"], None, True),
    "WAIT often": ({"count": 3, "delay": 0.02}, {"wftmax": 3}, [], None, True),
    "WAIT too often": ({"count": 3}, {"wftmax": 2}, ["MaximumWaitFrameReachedError"], NO_CF, False),
    "WAIT too long": ({"delay": LATE}, {"wftmax": 9}, ["FlowControlTimeoutError"], NO_CF, False),
    "OVERFLOW": ({}, {}, ["OverflowError"], None, False),
    "OVERFLOW the second": ({"number": 2}, {}, ["OverflowError"], None, False),
    "REPEAT FC": ({}, {}, [], None, True),
    "CORRUPT FC the type": ({"byte": 0, "mask": 0xF0}, {}, NOT_UNDERSTOOD, NO_CF, False),
    "CORRUPT FC stmin": ({"byte": 2}, {}, NOT_UNDERSTOOD, NO_CF, False),
    "WRONG_PADDING FC": ({"padding": 0x77}, {}, [], None, True),
}  # fmt: skip


@pytest.mark.parametrize("name", RECEIVING)
def test_a_receiver_that_does_it_wrong(name, tester, stack):
    fields, params, partners, ours, arrives = RECEIVING[name]
    partner, faulty = stack(**params), tester(blocksize=4)
    played = fault(split(name), **fields)
    faulty.transport.set_fault(played)
    partner.stack.send(LONG)
    partner.meets(*partners)
    if arrives:
        assert faulty.receive() == LONG
    elif ours is not None:
        assert ours in str(faulty.problem().error)
    assert played.applied == fields.get("count", 1)
    assert played.is_over
    both_ways(faulty, partner)
    assert faulty.inbox.unread == 0


# Our own connection notices what another one does wrong: as a receiver, then as a sender.
NOTICED = {
    "DROP CF": (
        {"number": 2},
        "A consecutive frame from 0x7E8 has the wrong sequence number (expected 2, received 3)",
    ),
    "DROP CF the last": ({"number": 14}, NO_CF),
    "REPEAT FF": (
        {},
        "A first frame from 0x7E8 came before the IsoTp frame in reception was complete: that one was lost.",
    ),
    "REPEAT CF": ({"number": 3}, "wrong sequence number (expected 4, received 3)"),
    "REORDER CF": ({"number": 2}, "wrong sequence number (expected 2, received 3)"),
    "CORRUPT CF the type": (
        {"byte": 0, "mask": 0xF0},
        "A message from 0x7E8 is no valid ISO-TP message: Received invalid CAN frame. Received message with unknown "
        "frame type 13.",
    ),
    "LATE CF": ({"number": 3, "delay": LATE}, NO_CF),
    "WRONG_SEQUENCE_NUMBER": ({"number": 5}, "wrong sequence number (expected 5, received 6)"),
    "LYING_LENGTH": ({}, NO_CF),
    "LYING_LENGTH less": (
        {"size": 20},
        "A consecutive frame from 0x7E8 came without a first frame; it was ignored.",
    ),
    "LYING_LENGTH too long": ({"size": 300}, "An IsoTp frame from 0x7E8 is too long (300 bytes)"),
}


@pytest.fixture(params=["a node of its own", "a simulated node"])
def ecu_port(request, node):
    """Return the port of a faulty ECU for the bus of the tester: a bus of its own, or a part of the tester's."""

    def make(bus):
        if request.param == "a node of its own":
            return node("of the ecu")
        simulated = SimulatedNode(bus)
        simulated.join()
        return simulated

    return make


@pytest.mark.parametrize("name", NOTICED)
def test_what_a_receiver_notices(name, backend, node, ecu_port, tester_address, ecu_address):
    fields, sentence = NOTICED[name]
    bus = node()
    tester = backend.endpoint(tester_address, bus=bus, blocksize=0, max_frame_size=200, **TIMES)
    ecu = backend.endpoint(ecu_address, alias="ecu", bus=ecu_port(bus), **TIMES)
    played = fault(split(name), **fields)
    ecu.transport.set_fault(played)
    ecu.send(LONG)
    with tester.inbox.changed:
        assert tester.inbox.changed.wait_for(lambda: tester.inbox.has_problems, 5)
    told = tester.inbox.take_problems()[0]
    assert sentence in str(told.error)
    assert str(told.error).startswith("On connection 'tester': ")
    while tester.inbox.unread:
        tester.receive()
    assert ecu.send(LONG) is None
    assert tester.receive() == LONG
    assert played.is_over


REFUSED = {
    "NEVER": ({}, {}, NO_FC + ": is the partner there, and is its rxid 0x7E0 and its txid 0x7E8?"),
    "DROP FC": ({}, {}, NO_FC),
    "LATE": ({"delay": LATE}, {}, NO_FC),
    "WAIT too often": (
        {"count": 3},
        {"wftmax": 2},
        "the partner answered with flow control 'wait' more than wftmax=2 times.",
    ),
    "OVERFLOW": ({}, {}, OVERFLOW),
    "CORRUPT FC": ({"byte": 0, "mask": 0xF0}, {}, NO_FC),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_sender_notices(name, backend, node, ecu_port, tester_address, ecu_address):
    fields, params, sentence = REFUSED[name]
    bus = node()
    tester = backend.endpoint(tester_address, bus=bus, **TIMES, **params)
    ecu = backend.endpoint(ecu_address, alias="ecu", bus=ecu_port(bus), **TIMES)
    ecu.transport.set_fault(fault(split(name), **fields))
    error = tester.send(LONG)
    assert type(error) is IsoTpTransferError
    assert str(error).startswith("The IsoTp frame of 100 bytes on connection 'tester' was not sent: ")
    assert sentence in str(error)
    # The late flow control must not come into the next transfer.
    if name == "LATE":
        with tester.inbox.changed:
            assert tester.inbox.changed.wait_for(lambda: tester.inbox.has_problems, 5)
    assert tester.send(LONG) is None
    assert ecu.receive() == LONG


class TestOnTheWire:
    """The trace shows what was really sent."""

    @pytest.fixture
    def sent(self, backend, node, tester_address, stack):
        """Send a payload with a fault and return what the messages of both sides are."""

        def send(played, payload=LONG, asking=None, **params):
            bus, partner = node(), stack(**(asking or {}))
            faulty = backend.endpoint(tester_address, bus=bus, **TIMES, **params)
            faulty.transport.set_fault(played)
            faulty.send(payload)
            assert partner.receive()
            with bus.traffic.changed:
                messages = [bus.traffic.trace.message(at) for at in bus.traffic.trace.positions(None, 0)]
            return messages, annotate(messages, [tester_address])

        return send

    def test_wrong_padding(self, sent):
        messages, _ = sent(fault("WRONG_PADDING"), b"\x01\x02", tx_padding=0xCC)
        assert str(messages[0]) == "0x7E0  [8]  02 01 02 00 00 00 00 00"

    def test_wrong_padding_where_zero_is_right(self, sent):
        messages, _ = sent(fault("WRONG_PADDING"), b"\x01\x02", tx_padding=0)
        assert str(messages[0]) == "0x7E0  [8]  02 01 02 FF FF FF FF FF"

    def test_padding_where_there_should_be_none(self, sent):
        messages, notes = sent(fault("WRONG_PADDING CF", padding=0x55))
        assert notes[-1].startswith("CF 14: 100 bytes: ") or notes[-1].startswith("CF 14: ")
        assert messages[-1].data.endswith(b"\x55\x55\x55\x55")
        assert messages[-1].dlc == 8

    def test_block_size_ignored(self, sent):
        played = fault("IGNORE_BLOCKSIZE")
        _, notes = sent(played, asking={"blocksize": 2}, payload=bytes(400))
        kinds = [note.split()[0] for note in notes]
        assert "CF CF CF" in " ".join(kinds)
        assert played.is_over
        assert "of the flow control 30 02 00 was ignored" in played.played[0]

    def test_separation_time_ignored(self, sent):
        messages, _ = sent(fault("IGNORE_STMIN"), asking={"stmin": 100, "blocksize": 0})
        assert messages[-1].received_at - messages[0].received_at < 14 * 0.1

    def test_repeated(self, sent):
        _, notes = sent(fault("REPEAT SF"), b"\x01")
        assert notes == ["SF 1 byte: 01", "SF 1 byte: 01"]


class TestLife:
    def test_the_last_of_a_block_is_passed_over(self, tester, stack):
        partner, faulty = stack(blocksize=4), tester()
        played = fault("REORDER", number=4)
        faulty.transport.set_fault(played)
        faulty.send(LONG)
        partner.meets("WrongSequenceNumberError")
        assert played.played == [f"0x7E0 25 {LONG[34:41].hex(' ').upper()} was sent after the next one"]

    def test_two_swaps(self, tester, raw_bus):
        wire, faulty = raw_bus(), tester()
        faulty.transport.set_fault(fault("REORDER", count=2))
        faulty.begin(bytes(41))
        assert wire.recv(5).data[0] == 0x10
        wire.send(can.Message(arbitration_id=0x7E8, is_extended_id=False, data=[0x30, 0, 0]))
        assert [wire.recv(5).data[0] & 0xF for _ in range(5)] == [2, 1, 4, 3, 5]

    def test_block_size_ignored_twice(self, backend, node, tester_address, stack):
        bus, partner = node(), stack(blocksize=2)
        faulty = backend.endpoint(tester_address, bus=bus, **TIMES)
        played = fault("IGNORE_BLOCKSIZE", count=2)
        faulty.transport.set_fault(played)
        for applied in (1, 2, 2):
            assert faulty.send(bytes(400)) is None
            assert partner.receive() == bytes(400)
            assert played.applied == applied
            bus.catch_up()  # the flow controls that the partner sent meanwhile belong to this one
            faulty.transport.catch_up()
        assert faulty.inbox.take_problems() == []  # no flow control came too late for anybody

    def test_several_at_once(self, tester, stack):
        partner, faulty = stack(), tester()
        first, second = fault("DROP SF", count=2), fault("REPEAT SF", number=4)
        faulty.transport.set_fault(first)
        faulty.transport.set_fault(second)
        for number in range(5):
            assert faulty.send(bytes([number])) is None
        assert [partner.receive() for _ in range(4)] == [b"\x02", b"\x03", b"\x03", b"\x04"]
        assert (first.applied, second.applied) == (2, 1)
        assert faulty.transport.faults == []

    def test_cleared(self, tester, stack):
        partner, faulty = stack(), tester()
        played = fault("DROP")
        faulty.transport.set_fault(played)
        faulty.transport.clear_faults()
        assert faulty.send(b"\x01") is None
        assert partner.receive() == b"\x01"
        assert played.applied == 0
        assert played.is_over

    def test_a_stop_does_not_wait_for_what_is_late(self, tester, stack):
        stack()
        faulty = tester()
        played = fault("LATE SF", delay=600)
        faulty.transport.set_fault(played)
        faulty.begin(b"\x01")
        began = time.monotonic()
        faulty.transport.stop()
        assert time.monotonic() - began < 5

    def test_clearing_lets_what_is_late_come_at_once(self, tester, stack, eventually):
        partner, faulty = stack(), tester()
        played = fault("LATE SF", delay=600)
        faulty.transport.set_fault(played)
        faulty.begin(b"\x01")
        eventually(lambda: played.applied)
        faulty.transport.clear_faults()
        assert partner.receive() == b"\x01"

    def test_a_late_one_after_sending_was_stopped(self, tester, stack, eventually):
        partner, faulty = stack(), tester()
        played = fault("LATE SF", delay=0.3, count=2)
        faulty.transport.set_fault(played)
        faulty.begin(b"\x01")
        eventually(lambda: played.applied)
        faulty.transport.stop_sending()
        began = time.monotonic()
        assert faulty.send(b"\x02") is None
        assert time.monotonic() - began >= 0.3
        partner.receive()

    def test_functional_requests_too(self, tester, stack):
        partner, faulty = stack(), tester()
        played = fault("REPEAT SF")
        faulty.transport.set_fault(played)
        faulty.send(b"\x01", TargetAddressType.Functional)
        assert partner.receive() == b"\x01"
        assert played.applied == 1


class TestOtherAddresses:
    @pytest.mark.parametrize("mode", ["Extended_11bits", "Mixed_11bits"])
    def test_a_byte_before(self, mode, backend, address):
        fields = {
            "Extended_11bits": ("target_address", "source_address"),
            "Mixed_11bits": ("address_extension",),
        }[mode]
        values = (
            dict.fromkeys(fields, 0x55)
            if mode.startswith("Mixed")
            else dict(zip(fields, (0x55, 0xAA), strict=True))
        )
        swapped = values if mode.startswith("Mixed") else dict(zip(fields, (0xAA, 0x55), strict=True))
        tester, ecu = backend.pair(
            address(addressing_mode=mode, txid="0x600", rxid="0x601", **values),
            address(addressing_mode=mode, txid="0x601", rxid="0x600", **swapped),
            **TIMES,
        )
        played = fault("WRONG_SEQUENCE_NUMBER", number=2)
        tester.transport.set_fault(played)
        tester.begin(LONG)
        with ecu.inbox.changed:
            assert ecu.inbox.changed.wait_for(lambda: ecu.inbox.has_problems, 5)
        assert "wrong sequence number (expected 2, received 3)" in str(ecu.inbox.take_problems()[0].error)
        tester.transport.stop_sending()
        tester.transport.set_fault(fault("CORRUPT CF"))
        assert tester.send(bytes(20)) is None
        assert ecu.receive() == bytes(5) + b"\xff" + bytes(14)

    def test_a_flow_control_for_another_one(self, backend, address, raw_bus):
        wire = raw_bus()
        tester = backend.endpoint(
            address(
                addressing_mode="Extended_11bits",
                txid="0x600",
                rxid="0x601",
                target_address=0x55,
                source_address=0xAA,
            )
        )
        played = fault("IGNORE_STMIN")
        tester.transport.set_fault(played)
        transfer = tester.begin(bytes(10))
        assert wire.recv(5) is not None
        for receiver in (0xBB, 0xAA):
            data = [receiver, 0x30, 0, 0x7F]
            wire.send(can.Message(arbitration_id=0x601, is_extended_id=False, data=data))
        assert tester.end(transfer) is None
        assert played.played == ["The separation time of the flow control AA 30 00 7F was ignored"]

    def test_can_fd(self, backend, tester_address, ecu_address):
        params = {"can_fd": True, "tx_data_length": 64}
        tester, ecu = backend.pair(tester_address, ecu_address, **params, **TIMES)
        tester.transport.set_fault(fault("CORRUPT SF"))
        assert tester.send(bytes(20)) is None
        assert ecu.receive() == b"\xff" + bytes(19)
        tester.transport.set_fault(fault("WRONG_PADDING", padding=0x11))
        assert tester.send(bytes(21)) is None
        assert ecu.receive() == bytes(21)
        tester.transport.set_fault(fault("LYING_LENGTH", size=100))
        assert tester.send(bytes(200)) is None
        assert ecu.receive() == bytes(100)
        assert tester.send(bytes(5000)) is not None  # max_frame_size


@pytest.mark.parametrize(
    ("text", "fields", "sentence"),
    [
        ("WAIT CF", {}, "WAIT is about FC, not about CF."),
        ("WRONG_PADDING FF", {}, "WRONG_PADDING is about ANY or SF or CF or FC, not about FF."),
        ("DROP", {"number": 0}, "number=0 is not possible: it is 1 or more."),
        ("DROP", {"count": 0}, "count=0 is not possible: it is 1 or more."),
        ("CORRUPT", {"byte": 64}, "byte=64 is not possible: it is 0 to 63."),
        ("CORRUPT", {"mask": 0}, "mask=00 changes nothing: give the bits that are to be inverted."),
        ("WRONG_PADDING", {"padding": 256}, "padding=256 is not possible: it is 0 to 255."),
        ("LYING_LENGTH", {"size": 0}, "size=0 is not possible: it is 1 to 4294967295."),
        ("LATE", {"delay": 3601.0}, "delay=3601 is not possible: it is 0 to 3600 seconds."),
    ],
)
def test_what_is_not_possible(text, fields, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        fault(text, **fields)

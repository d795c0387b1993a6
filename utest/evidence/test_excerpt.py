"""An excerpt of a trace: the newest messages, and what is known about the others."""

import time

import can
import pytest

from CanLibrary.evidence.excerpt import all_of, excerpt_of
from CanLibrary.traffic.bus_traffic import BusTraffic
from CanLibrary.traffic.span import Span
from CanLibrary.traffic.trace import key_of
from CanLibrary.types import CanId, IsoTpAddress

ADDRESS = IsoTpAddress(txid=CanId("0x7E0"), rxid=CanId("0x7E8"))


@pytest.fixture
def traffic():
    return BusTraffic("body", capacity=100)


def receive(traffic, identifier, data=b"", at=1.0, **options):
    traffic.received(
        can.Message(
            arbitration_id=identifier, data=data, is_extended_id=False, timestamp=1.7e9 + at, **options
        ),
        at,
    )


def everything(traffic, gone=0):
    return Span(0, traffic.trace.end, " since the test began", gone, 0.0, 10.0)


def shown(excerpt):
    return [f"{message.arbitration_id:X}#{message.data.hex()}" for message in excerpt.messages]


def test_the_newest_are_kept_and_the_others_counted(traffic):
    for number in range(10):
        receive(traffic, 0x100 + number)
    excerpt = excerpt_of(traffic, everything(traffic), 3)
    assert shown(excerpt) == ["107#", "108#", "109#"]
    assert (excerpt.left_out, excerpt.of_what, excerpt.since) == (7, "bus 'body'", " since the test began")


def test_received_sent_error_and_remote_are_there_but_not_what_was_never_sent(traffic):
    receive(traffic, 0x100)
    traffic.sending(can.Message(arbitration_id=0x200, is_extended_id=False), 1.1, 1.1)
    refused = traffic.sending(can.Message(arbitration_id=0x300, is_extended_id=False), 1.2, 1.2)
    traffic.withdraw(refused)
    receive(traffic, 0, is_error_frame=True)
    receive(traffic, 0x400, is_remote_frame=True)
    excerpt = excerpt_of(traffic, everything(traffic), 3)
    assert [(each.arbitration_id, each.is_rx, each.is_error_frame) for each in excerpt.messages] == [
        (0x200, False, False),
        (0, True, True),
        (0x400, True, False),
    ]
    assert excerpt.left_out == 1


def test_one_identifier_both_ways(traffic):
    for number in range(4):
        receive(traffic, 0x100, bytes([number]))
        receive(traffic, 0x200)
    traffic.sending(can.Message(arbitration_id=0x100, data=[9], is_extended_id=False), 1.1, 1.1)
    excerpt = excerpt_of(traffic, everything(traffic), 3, key=key_of(0x100, False), only="0x100")
    assert shown(excerpt) == ["100#02", "100#03", "100#09"]
    assert (excerpt.left_out, excerpt.only) == (2, "0x100")


def test_only_the_span_counts(traffic):
    for number in range(10):
        receive(traffic, 0x100 + number)
    excerpt = excerpt_of(traffic, Span(2, 5, "", 0, 0.0, 10.0), 100)
    assert shown(excerpt) == ["102#", "103#", "104#"]
    assert excerpt.left_out == 0


def test_what_the_trace_dropped_is_gone(traffic):
    for number in range(200):
        receive(traffic, 0x100, bytes([number]))
    excerpt = excerpt_of(traffic, everything(traffic, gone=traffic.trace.first), 1000)
    assert traffic.trace.first
    assert len(excerpt.messages) == 200 - traffic.trace.first
    assert excerpt.gone == traffic.trace.first


def test_what_goes_while_it_is_looked_at_is_no_error(traffic):
    for number in range(90):
        receive(traffic, 0x100, bytes([number]))
    messages = all_of(traffic, everything(traffic))
    for number in range(90, 150):
        receive(traffic, 0x100, bytes([number]))
    left = [message.data[0] for message in messages]
    assert left == list(range(traffic.trace.first, 90))
    assert left[0] > 0


def test_isotp_is_explained(traffic):
    receive(traffic, 0x7E8, bytes.fromhex("0322F190"))
    receive(traffic, 0x100, bytes.fromhex("0322F190"))
    excerpt = excerpt_of(traffic, everything(traffic), 10, [ADDRESS])
    assert list(excerpt.notes) == ["SF 3 bytes: 22 F1 90", ""]
    assert not excerpt_of(traffic, everything(traffic), 10).notes


def test_time_of_the_day(traffic):
    now, monotonic = time.time(), time.monotonic()
    excerpt = excerpt_of(traffic, Span(0, 0, "", 0, monotonic, monotonic), 10)
    assert excerpt.wall_clock == pytest.approx(now, abs=0.2)


@pytest.mark.parametrize(("epoch", "expected"), [(1.7e9, 1.7e9 + 0.5), (0.0, None)])
def test_a_recording_has_its_own_time_of_the_day_if_any(traffic, epoch, expected):
    traffic.complete = True
    traffic.received(can.Message(arbitration_id=1, timestamp=epoch + 2.0), 2.0)
    assert excerpt_of(traffic, Span(0, 1, "", 0, 0.5, 2.0), 10).wall_clock == expected

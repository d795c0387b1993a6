"""Logs that follow a trace: nothing too much, nothing too little, and what goes wrong is told."""

import os
import threading
import time
from pathlib import Path

import can
import pytest

from CanLibrary.errors import BusError
from CanLibrary.files.reading import TraceFile
from CanLibrary.sessions.can_log import CanLogs
from CanLibrary.types import build_message

FULL = Path("/dev/full")


def message(value, data=b""):
    return build_message(value, data)


def read(path):
    return [(m.arbitration_id, bytes(m.data), m.is_rx, m.is_error_frame) for m in TraceFile(path)]


@pytest.fixture
def logs():
    return CanLogs()


class TestWhatIsInTheFile:
    def test_what_passes_from_the_start_to_the_stop(self, node, logs, tmp_path):
        tester, ecu = node("tester"), node("ecu")
        ecu.send(message(0x1))
        tester.send(message(0x2))
        log = logs.start(tester, tmp_path / "drive.blf", 0)
        tester.send(message(0x3))
        ecu.send(message(0x4, b"\x01"))
        tester.catch_up()
        assert logs.stop(tester, None) == [log]
        tester.send(message(0x5))
        assert read(tmp_path / "drive.blf") == [(0x3, b"", False, False), (0x4, b"\x01", True, False)]
        assert log.count == 2

    def test_error_frames(self, node, logs, tmp_path, scripted_bus):
        session = node(bus=scripted_bus())
        logs.start(session, tmp_path / "drive.blf", 0)
        session.bus.arrived.put(can.Message(is_error_frame=True))
        session.bus.arrived.put(can.Message(arbitration_id=0x123, is_extended_id=False))
        session.catch_up()
        logs.stop(session, None)
        assert [error for *_, error in read(tmp_path / "drive.blf")] == [True, False]

    def test_no_message_that_the_driver_refused(self, node, logs, tmp_path, scripted_bus):
        def refuse(sent):
            if sent.arbitration_id == 0x2:
                raise can.CanOperationError("buffer full")

        session = node(bus=scripted_bus(send=refuse))
        logs.start(session, tmp_path / "drive.blf", 0)
        session.send(message(0x1))
        with pytest.raises(BusError):
            session.send(message(0x2))
        session.send(message(0x3))
        logs.stop(session, None)
        assert [value for value, *_ in read(tmp_path / "drive.blf")] == [0x1, 0x3]

    def test_no_message_that_a_driver_still_has_in_hand_and_refuses_later(
        self, node, logs, tmp_path, scripted_bus, eventually
    ):
        in_hand, go_on = threading.Event(), threading.Event()

        def hold(sent):
            if sent.arbitration_id == 0x2:
                in_hand.set()
                assert go_on.wait(5)
                raise can.CanOperationError("buffer full")

        session = node(bus=scripted_bus(send=hold))
        log = logs.start(session, tmp_path / "drive.blf", 0)
        session.send(message(0x1))

        def send():
            with pytest.raises(BusError):
                session.send(message(0x2))

        sender = threading.Thread(target=send)
        sender.start()
        assert in_hand.wait(5)
        eventually(lambda: log.count == 1)
        session.bus.arrived.put(can.Message(arbitration_id=0x4, is_extended_id=False))
        session.catch_up()
        with session.traffic.changed:
            assert session.settled_end() == session.traffic.trace.end - 2
        go_on.set()
        sender.join()
        eventually(lambda: log.count == 2)
        logs.stop(session, None)
        assert [value for value, *_ in read(tmp_path / "drive.blf")] == [0x1, 0x4]

    def test_a_message_that_hangs_in_its_driver_does_not_hold_up_the_stop_and_hides_nothing(
        self, node, logs, tmp_path, scripted_bus
    ):
        in_hand, go_on = threading.Event(), threading.Event()

        def hold(_sent):
            in_hand.set()
            assert go_on.wait(20)

        session = node(bus=scripted_bus(send=hold))
        logs.start(session, tmp_path / "drive.blf", 0)
        sender = threading.Thread(target=session.send, args=(message(0x2),))
        sender.start()
        assert in_hand.wait(5)
        session.bus.arrived.put(can.Message(arbitration_id=0x4, is_extended_id=False))
        session.catch_up()
        logs.stop(session, None)
        go_on.set()
        sender.join()
        assert [value for value, *_ in read(tmp_path / "drive.blf")] == [0x4]

    def test_all_of_many_while_others_send(self, node, logs, tmp_path):
        tester, ecu = node("tester"), node("ecu")
        log = logs.start(tester, tmp_path / "drive.log", 0)
        many = [message(0x100 + number % 16, number.to_bytes(4, "big")) for number in range(5000)]
        sender = threading.Thread(target=ecu.send_many, args=(many,))
        sender.start()
        tester.send_many([message(0x7E0, number.to_bytes(4, "big")) for number in range(5000)])
        sender.join()
        tester.catch_up()
        logs.stop(tester, None)
        got = read(tmp_path / "drive.log")
        assert log.count == len(got) == 10_000
        assert [data for value, data, *_ in got if value == 0x7E0] == [
            n.to_bytes(4, "big") for n in range(5000)
        ]
        assert [data for value, data, *_ in got if value != 0x7E0] == [
            n.to_bytes(4, "big") for n in range(5000)
        ]

    @pytest.mark.parametrize("since_plugged_in", [True, False])
    def test_one_clock_for_what_is_sent_and_what_is_received(
        self, node, logs, tmp_path, scripted_bus, since_plugged_in
    ):
        session = node(bus=scripted_bus())
        began = time.time()
        logs.start(session, tmp_path / "drive.blf", 0)
        stamps = []
        for number in range(3):
            session.send(message(0x1))
            stamps.append(12.5 + number if since_plugged_in else time.time() - 0.0001)
            session.bus.arrived.put(
                can.Message(arbitration_id=0x2, is_extended_id=False, timestamp=stamps[-1])
            )
            session.catch_up()
        logs.stop(session, None)
        times = [one.timestamp for one in TraceFile(tmp_path / "drive.blf")]
        assert all(began - 0.001 < at < time.time() + 0.001 for at in times)
        if since_plugged_in:
            assert times == sorted(times)
        else:  # the better time: that of the interface
            assert times[1::2] == pytest.approx(stamps, abs=2e-6)

    def test_several_at_once(self, node, logs, tmp_path):
        session = node()
        names = ["one.blf", "two.asc", "three.log", "four.db"]
        for name in names:
            logs.start(session, tmp_path / name, 0)
        session.send(message(0x123))
        assert [log.path.name for log in logs.stop(session, None)] == names
        assert [len(read(tmp_path / name)) for name in names] == [1, 1, 1, 1]
        assert session.dependents == []


class TestWhatGoesWrong:
    @pytest.mark.parametrize("closing", [False, True])
    def test_messages_that_were_gone_before_they_were_written(self, node, logs, tmp_path, closing):
        session = node(capacity=100)
        log = logs.start(session, tmp_path / "drive.blf", 0)
        with (
            session.traffic.changed
        ):  # as a machine that is too busy would: the log does not come to its turn
            for number in range(250):
                session.traffic.trace.append(0x100, bytes([number]), 0, 1, float(number), float(number))
                session.traffic.mailbox.add(True)
                if surplus := session.traffic.trace.surplus():
                    session.traffic.trace.drop(surplus)
                    session.traffic.mailbox.drop(surplus)
            gone = session.traffic.trace.first
        sentence = (
            f"Log 'drive.blf' of bus 'body' misses {gone} messages: they were gone from the trace, which keeps 100, "
            f"before they could be written. {250 - gone} messages are in it; a larger trace_size keeps more."
        )
        if closing:
            assert [str(error) for error in session.close()] == [sentence]
        else:
            for _ in range(2):
                with pytest.raises(BusError) as told:
                    logs.stop(session, log.path)
                assert str(told.value) == sentence
            session.check()
        assert gone > 100
        assert log.count == 250 - gone == len(read(log.path))

    def test_a_loss_of_the_format_is_told_once(self, node, logs, tmp_path, eventually):
        session = node(fd=True)
        logs.start(session, tmp_path / "drive.trc", 0)
        for _ in range(3):
            session.send(build_message(0x123, bytes(12), fd=True))
        eventually(lambda: session.notices)
        session.send(build_message(0x123, remote=True))
        logs.stop(session, None)
        assert session.notices == [
            "Log 'drive.trc' does not hold CAN FD messages: 0x123  [12]  FD  00 00 00 00 00 00 00 00 00 00 00 00 is "
            "the first of them and is not in the file. Nor does .trc hold remote messages or error frames. .blf holds "
            "everything."
        ]

    @pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")
    @pytest.mark.parametrize("stopped", [True, False])
    def test_a_full_disk_is_told_once_by_the_next_keyword(self, node, logs, tmp_path, eventually, stopped):
        (tmp_path / "drive.log").symlink_to(FULL)
        session = node()
        log = logs.start(session, tmp_path / "drive.log", 0)
        session.send_many([message(0x123, bytes(8))] * 3000)
        eventually(lambda: log._error)
        with pytest.raises(BusError) as told:
            session.check()
        assert str(told.value).startswith(
            f"'{tmp_path / 'drive.log'}' cannot be written: {os.strerror(28)}. Log 'drive.log' of bus 'body' "
            "ended after "
        )
        session.check()
        if stopped:  # an explicit stop says each time what became of the file
            for _ in range(2):
                with pytest.raises(BusError) as again:
                    logs.stop(session, log.path)
                assert str(again.value) == str(told.value)
        assert session.close() == []

    @pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")
    def test_a_disk_that_is_full_at_the_end_is_told_by_the_stop_or_the_close(self, node, logs, tmp_path):
        (tmp_path / "one.log").symlink_to(FULL)
        (tmp_path / "two.log").symlink_to(FULL)
        session = node()
        logs.start(session, tmp_path / "one.log", 0)
        logs.start(session, tmp_path / "two.log", 0)
        session.send(message(0x123))
        with pytest.raises(BusError, match=r"one\.log' cannot be written"):
            logs.stop(session, tmp_path / "one.log")
        assert ["two.log' cannot be written" in str(error) for error in session.close()] == [True]

    def test_the_log_ends_whole_with_a_bus_that_died(self, node, logs, tmp_path, scripted_bus, eventually):
        session = node(bus=scripted_bus())
        logs.start(session, tmp_path / "drive.blf", 0)
        session.send(message(0x1))
        session.bus.arrived.put(can.CanOperationError("unplugged"))
        eventually(lambda: session.traffic.failure)
        assert len(session.close()) == 1
        assert [value for value, *_ in read(tmp_path / "drive.blf")] == [0x1]

"""One open bus: sending, filters that connections survive, a bus that dies, and closing."""

import threading
import time

import can
import pytest

from CanLibrary.errors import BusError, CanLibraryError, NotSupportedError
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.trace import key_of
from CanLibrary.traffic.waits import Window, receive, wait_for
from CanLibrary.types import CanFilters, build_message, message_from

ANY = Matcher()


def record(session):
    trace = session.traffic.trace
    return [str(trace.message(position)) for position in range(trace.first, trace.end)]


def arrived(session, count=1, timeout=5):
    return [str(message) for message in receive(session.traffic, ANY, timeout, count)]


def message(identifier=0x100, data=b"", **fields):
    return can.Message(arbitration_id=identifier, is_extended_id=False, data=data, **fields)


class TestSend:
    @pytest.mark.parametrize(
        ("fields", "text"),
        [
            ({"id": "0x7E0", "data": "02 10 03"}, "0x7E0  [3]  02 10 03"),
            ({"id": "0x00000123", "data": ""}, "0x00000123  [0]"),
            ({"id": "0x18DA10F1", "data": "01"}, "0x18DA10F1  [1]  01"),
            ({"id": "0x123", "remote": True, "dlc": 8}, "0x123  [8]  remote"),
            (
                {"id": "0x123", "data": "00" * 12, "fd": True},
                "0x123  [12]  FD  00 00 00 00 00 00 00 00 00 00 00 00",
            ),
            ({"id": "0x123", "data": "AA", "fd": True, "bitrate_switch": True}, "0x123  [1]  FD BRS  AA"),
        ],
    )
    def test_it_reaches_the_others_and_stands_in_the_record(self, node, fields, text):
        one, other = node("one"), node("other")
        sent = one.send(build_message(**fields))
        assert str(sent) == text
        assert arrived(other) == [text]
        assert record(one) == [text]
        assert one.traffic.trace.message(0).is_rx is False

    def test_the_record_stands_before_any_answer(self, node, raw_bus):
        session = node("body")
        partner = raw_bus()

        class Answering(can.Listener):
            def on_message_received(self, msg):
                partner.send(message(0x7E8, msg.data))

            def stop(self):
                pass

        notifier = can.Notifier(partner, [Answering()], timeout=0.01)
        try:
            for number in range(100):
                session.send(build_message(0x7E0, [number]))
            arrived(session, 100)
        finally:
            notifier.stop()
        seen = [text.split() for text in record(session)]
        sent = [entry[2] for entry in seen if entry[0] == "0x7E0"]
        for number in range(100):
            assert seen.index(["0x7E0", "[1]", f"{number:02X}"]) < seen.index(
                ["0x7E8", "[1]", f"{number:02X}"]
            )
        assert len(sent) == 100

    def test_many_in_order(self, node):
        one, other = node("one"), node("other")
        messages = [build_message(number % 0x700, [number % 256]) for number in range(1000)]
        assert one.send_many(messages) == 1000
        assert arrived(other, 1000) == [str(message) for message in messages]

    def test_many_some_time_apart(self, node):
        one, other = node("one"), node("other")
        began = time.monotonic()
        assert one.send_many([build_message(0x100)] * 6, 0.02) == 6
        assert time.monotonic() - began >= 0.1
        assert len(arrived(other, 6)) == 6

    @pytest.mark.parametrize("gap", [0.0, 0.001])
    def test_one_of_many_that_the_driver_refuses(self, node, scripted_bus, gap):
        def send(msg):
            if msg.arbitration_id == 0x102:
                raise can.CanOperationError("nobody acknowledged")

        session = node("body", bus=scripted_bus(send=send))
        with pytest.raises(BusError) as told:
            session.send_many([build_message(0x100 + number) for number in range(5)], gap)
        assert str(told.value) == (
            "Bus 'body' could not send 0x102  [0]: nobody acknowledged. 2 messages of 5 had been sent."
        )
        assert [sent.arbitration_id for sent in session.bus.sent] == [0x100, 0x101]

    def test_what_could_not_be_sent_is_no_traffic(self, node, scripted_bus):
        def send(_msg):
            raise can.CanOperationError("nobody acknowledged")

        session = node("body", bus=scripted_bus(send=send))
        with pytest.raises(BusError) as told:
            session.send(build_message(0x100, "01"))
        assert str(told.value) == "Bus 'body' could not send 0x100  [1]  01: nobody acknowledged."
        assert isinstance(told.value.__cause__, can.CanOperationError)
        assert not session.traffic.trace.is_traffic(0, own=True)

    def test_can_fd_where_it_was_ruled_out(self, node):
        session = node("body", fd=False)
        with pytest.raises(NotSupportedError) as told:
            session.send(build_message(0x100, "01", fd=True))
        assert str(told.value) == "Bus 'body' was opened with fd=False and carries no CAN FD messages."
        assert record(session) == []

    def test_two_threads_never_send_at_once(self, node, scripted_bus):
        inside, clashes = threading.Lock(), []

        def send(_msg):
            if not inside.acquire(blocking=False):
                clashes.append(True)
                return
            time.sleep(0.0005)
            inside.release()

        session = node("body", bus=scripted_bus(send=send))
        threads = [
            threading.Thread(target=session.send_many, args=([build_message(0x100)] * 50,)) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert clashes == []
        assert session.traffic.trace.end == 200

    def test_who_sends_many_lets_others_have_their_turn(self, node, scripted_bus):
        under_way = threading.Event()

        def send(_msg):
            under_way.set()
            time.sleep(0.0005)

        session = node("body", bus=scripted_bus(send=send))
        bulk = threading.Thread(target=session.send_many, args=([build_message(0x100)] * 1000,))
        bulk.start()
        assert under_way.wait(5)
        session.send(build_message(0x200))
        bulk.join()
        assert [sent.arbitration_id for sent in session.bus.sent].index(0x200) < 1000

    def test_a_wrong_one_of_many_is_refused_before_the_first_is_sent(self, node):
        session = node("body", fd=False)
        messages = [build_message(0x100), build_message(0x100, bytes(12), fd=True)]
        with pytest.raises(NotSupportedError, match="opened with fd=False"):
            session.send_many(messages)
        assert session.traffic.trace.end == 0

    def test_the_time_of_sending(self, node):
        session = node("body")
        before = time.monotonic(), time.time()
        message = session.send(build_message(0x100))
        assert before[0] <= message.received_at <= time.monotonic()
        assert before[1] <= message.timestamp <= time.time()
        recorded = session.traffic.trace.message(0)
        assert (recorded.received_at, recorded.timestamp) == (message.received_at, message.timestamp)


class TestFilters:
    def test_also_what_is_unread(self, node, raw_bus):
        session, partner = node("body"), raw_bus()
        partner.send(message(0x100))
        partner.send(message(0x200))
        assert session.set_filters(CanFilters("0x200")) == 1
        partner.send(message(0x100))
        partner.send(message(0x200))
        assert arrived(session, 2) == ["0x200  [0]"] * 2

    def test_none_lets_everything_pass_again(self, node, raw_bus):
        session, partner = node("body", filters="0x200"), raw_bus()
        session.set_filters(None)
        partner.send(message(0x100))
        assert arrived(session) == ["0x100  [0]"]

    def test_where_python_can_filters_it_is_left_to_the_traffic(self, node, raw_bus):
        """A look of python-can into its queue that finds only what does not pass would seem to find it empty."""
        session, partner = node("body", filters="0x200"), raw_bus()
        assert session.bus.filters is None
        session.set_filters(CanFilters("0x201"))
        assert session.bus.filters is None
        for number in range(50):
            partner.send(message(0x100))
            partner.send(message(0x201, [number]))
            session.catch_up()
            assert arrived(session, timeout=0) == [f"0x201  [1]  {number:02X}"]

    def test_a_driver_that_filters_by_itself_does(self, node, scripted_bus):
        session = node("body", bus=scripted_bus(filtering=True), filters="0x200")
        session.set_filters(CanFilters("0x201"))
        assert session.bus.filters == [{"can_id": 0x201, "can_mask": 0x7FF, "extended": False}]
        session.set_filters(None)
        assert session.bus.filters is None

    def test_listeners_hear_their_identifiers_filters_or_not(self, node, scripted_bus):
        session, heard = node("body", bus=scripted_bus(filtering=True)), []
        session.set_filters(CanFilters("0x200"))
        session.subscribe([key_of(0x7E8, False)], heard.append)
        session.bus.arrived.put(message(0x7E8, b"\x01"))
        session.bus.arrived.put(message(0x200))
        assert arrived(session) == ["0x200  [0]"]
        assert [str(message_from(single)) for single in heard] == ["0x7E8  [1]  01"]
        session.unsubscribe(heard.append)
        assert [single["can_id"] for single in session.bus.filters] == [0x200]

    def test_a_driver_without_filters_in_use_is_left_alone(self, node, scripted_bus, monkeypatch):
        session = node("body", bus=scripted_bus(filtering=True))
        calls = []
        monkeypatch.setattr(session.bus, "set_filters", calls.append)
        session.subscribe([1], print)
        session.unsubscribe(print)
        assert calls == []

    def test_a_driver_that_refuses_them(self, node, scripted_bus):
        session = node("body", bus=scripted_bus(filtering=True))
        session.bus.refuses_filters = True
        with pytest.raises(BusError) as told:
            session.set_filters(CanFilters("0x200"))
        assert str(told.value) == "Bus 'body' could not set its filters: no room for filters."
        session.bus.refuses_filters = False


class TestDeath:
    @pytest.fixture
    def dead(self, node, scripted_bus, eventually):
        session = node("body", bus=scripted_bus())
        session.bus.arrived.put(OSError("the adapter was unplugged"))
        eventually(lambda: session.traffic.failure)
        return session

    DIED = "Bus 'body' receives no more: the adapter was unplugged."

    @pytest.mark.parametrize(
        "work",
        [
            lambda session: session.send(build_message(0x100)),
            lambda session: session.check(),
            lambda session: session.set_filters(None),
        ],
    )
    def test_everything_fails_with_the_cause(self, dead, work):
        with pytest.raises(BusError) as told:
            work(dead)
        assert str(told.value) == self.DIED
        assert isinstance(told.value.__cause__, OSError)

    def test_in_the_middle_of_a_wait(self, node, scripted_bus):
        session = node("body", bus=scripted_bus())
        threading.Timer(0.05, session.bus.arrived.put, [OSError("the adapter was unplugged")]).start()
        with pytest.raises(BusError) as told:
            wait_for(session.traffic, ANY, Window(0, time.monotonic(), 30))
        assert str(told.value) == self.DIED

    def test_closing_tells_it_where_nobody_was_told(self, dead):
        assert [str(error) for error in dead.close()] == [self.DIED]

    def test_closing_does_not_tell_it_again(self, dead):
        with pytest.raises(BusError):
            dead.check()
        assert dead.close() == []
        assert dead.bus.shutdowns == 1


class TestClose:
    def test_the_bus_is_shut_down_and_the_receiver_over(self, node, scripted_bus):
        session = node("body", bus=scripted_bus())
        assert session.close() == []
        assert session.bus.shutdowns == 1
        assert session.close() == []
        assert session.bus.shutdowns == 1

    def test_a_bus_of_somebody_else_is_not_shut_down(self, node, scripted_bus):
        session = node("body", bus=scripted_bus(), shut_down=False)
        session.close()
        assert session.bus.shutdowns == 0

    def test_what_works_on_a_closed_bus_is_refused(self, node):
        session = node("body")
        session.close()
        with pytest.raises(BusError) as told:
            session.send(build_message(0x100))
        assert str(told.value) == "Bus 'body' is closed; open it again before use."

    def test_a_wait_in_another_thread_ends(self, node):
        session, told = node("body"), []

        def wait():
            try:
                receive(session.traffic, ANY, 30)
            except BusError as error:
                told.append(str(error))

        thread = threading.Thread(target=wait)
        thread.start()
        session.close()
        thread.join(5)
        assert told == ["Bus 'body' receives no more: it was closed."]

    def test_a_driver_that_refuses_is_told_with_the_rest(self, node, scripted_bus):
        def refuse():
            raise can.CanOperationError("the adapter is busy")

        session = node("body", bus=scripted_bus(shutdown=refuse))
        session.background.append(lambda: [BusError("Something happened.")])
        assert [str(error) for error in session.close()] == [
            "Something happened.",
            "Bus 'body' could not be closed: the adapter is busy.",
        ]
        assert session.closed
        assert session.close() == []

    def test_what_works_on_the_bus_ends_first_the_newest_first(self, node):
        session, closed = node("body"), []

        class Dependent:
            def __init__(self, name):
                self.name, self.notices = name, [f"{name} noticed."]

            def close(self):
                closed.append((self.name, session.closed))
                if self.name == "second":
                    raise BusError("The second fails.")
                return [BusError(f"{self.name} tells.")]

        session.dependents += [Dependent("first"), Dependent("second"), Dependent("third")]
        assert [str(error) for error in session.close()] == [
            "third tells.",
            "The second fails.",
            "first tells.",
        ]
        assert closed == [("third", False), ("second", False), ("first", False)]
        assert session.notices == ["third noticed.", "second noticed.", "first noticed."]

    def test_lost_messages_are_told_where_the_mailbox_was_read(self, node, raw_bus, eventually):
        lost = (
            "Bus 'body' lost 2 unread messages, the oldest ones: the trace keeps 2 messages. Use Clear Received "
            "Messages before, or a larger trace_size."
        )
        partner = raw_bus()
        for read in (False, True):
            session = node("body", capacity=2)
            for number in range(4):
                partner.send(message(data=[number]))
            eventually(lambda session=session: session.traffic.trace.end == 4)
            session.traffic.mailbox.used = read
            assert [str(error) for error in session.close()] == ([lost] if read else [])
            assert session.notices == ([] if read else [lost])

    def test_a_trace_that_was_full_is_told_where_all_was_read(self, node, raw_bus, eventually):
        partner, session = raw_bus(), node("body", capacity=2)
        for number in range(4):
            partner.send(message(data=[number]))
            eventually(lambda number=number: session.traffic.trace.end == number + 1)
            session.reading.clear()
        assert session.close() == []
        assert session.notices == [
            "The trace of bus 'body' was full: the oldest 2 messages are gone. A larger trace_size keeps more."
        ]


def test_what_went_wrong_in_the_background_is_told_by_the_next_check(node):
    session = node("body")
    untold = [[BusError("One."), BusError("Two.")]]
    session.background.append(lambda: untold.pop() if untold else [])
    with pytest.raises(CanLibraryError, match=r"^One\. Two\.$"):
        session.check()
    session.check()

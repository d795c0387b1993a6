"""Replaying files: what is sent, when, where to, and what is said where that cannot be."""

import threading
import time
from datetime import timedelta

import can
import pytest

from CanLibrary import CanLibraryError
from CanLibrary.sessions.progress import Progress
from CanLibrary.types import CanFilters, CanId, CanIdPattern, Direction, Payload
from CanLibrary.types.replay import LATE, ReplayResult


def recorded(at, identifier=0x100, data=b"\x01", **fields):
    extended = fields.pop("is_extended_id", False)
    return can.Message(at, identifier, extended, data=data, **fields)


@pytest.fixture
def write(tmp_path):
    """Write messages into a file as python-can does and return its path."""

    def make(messages, name="body.blf"):
        with can.Logger(str(tmp_path / name)) as logger:
            for message in messages:
                logger(message)
        return str(tmp_path / name)

    return make


@pytest.fixture
def text_log(tmp_path):
    """Write a candump log and return its path."""

    def make(*lines):
        (tmp_path / "body.log").write_text("\n".join(lines) + "\n")
        return str(tmp_path / "body.log")

    return make


def heard(library, bus="ecu"):
    library.set_can_mark(bus=bus)
    traffic = library._buses.registry.get(bus).traffic
    with traffic.changed:
        return [traffic.trace.message(at) for at in range(traffic.trace.first, traffic.trace.end)]


def texts(messages):
    return [str(message) for message in messages]


def failure(library, *args, **named):
    with pytest.raises(CanLibraryError) as caught:
        library.replay_can_trace(*args, **named)
    return str(caught.value)


class TestWhatIsSent:
    def test_all_kinds_of_messages(self, library, write):
        path = write(
            [
                recorded(1, 0x123, b"\x01\x02"),
                recorded(1, 0x18DA10F1, b"", is_extended_id=True),
                can.Message(1, 0x124, False, True, dlc=4),
                recorded(1, 0x125, bytes(12), is_fd=True, bitrate_switch=True),
            ]
        )
        result = library.replay_can_trace(path)
        assert (result.messages, result.is_complete, result.source) == (4, True, "body.blf")
        assert texts(heard(library)) == [
            "0x123  [2]  01 02",
            "0x18DA10F1  [0]",
            "0x124  [4]  remote",
            "0x125  [12]  FD BRS  00 00 00 00 00 00 00 00 00 00 00 00",
        ]
        own = heard(library, "tester")
        assert len(own) == 4
        assert not any(message.is_rx for message in own)

    def test_error_frames_are_left_out_and_counted(self, library, write):
        path = write([recorded(1), can.Message(1.01, is_error_frame=True), recorded(1.02)])
        result = library.replay_can_trace(path)
        assert (result.messages, result.error_frames) == (2, 1)
        assert str(result).endswith(" Left out: 1 error frame (cannot be sent).")

    def test_filters_and_direction(self, library, write):
        path = write(
            [
                recorded(1, 0x100),
                recorded(1, 0x101, is_rx=False),
                recorded(1, 0x200),
                recorded(1, 0x102, is_rx=False),
            ]
        )
        result = library.replay_can_trace(path, filters=CanFilters("0x100:0x7F0"), direction=Direction.TX)
        assert (result.messages, result.left_out) == (2, 2)
        assert texts(heard(library)) == ["0x101  [1]  01", "0x102  [1]  01"]
        library.replay_can_trace(path, filters="0x100:0x7F0", direction="Rx")
        assert texts(heard(library))[2:] == ["0x100  [1]  01"]

    def test_loops_begin_a_mean_gap_after_the_last_message(self, library, write):
        path = write([recorded(1, data=b"\x01"), recorded(1.02, data=b"\x02"), recorded(1.06, data=b"\x03")])
        result = library.replay_can_trace(path, loop=2)
        assert (result.messages, result.loops, result.is_complete) == (6, 2, True)
        assert result.planned == pytest.approx(0.06 + 0.03 + 0.06)
        assert [bytes(message.data) for message in heard(library)] == [b"\x01", b"\x02", b"\x03"] * 2

    def test_messages_out_of_order_are_sent_in_order_of_time(self, library, text_log):
        path = text_log("(1.000) can0 100#01", "(1.020) can0 100#03", "(1.010) can0 100#02")
        library.replay_can_trace(path)
        assert [bytes(message.data) for message in heard(library)] == [b"\x01", b"\x02", b"\x03"]


def test_what_of_a_file_cannot_be_read_is_told(library, text_log, caplog):
    path = text_log("(1.0) can0 100#01", "(1.01) can0 1x0#02", "(1.02) can0 100#03")
    assert library.replay_can_trace(path).messages == 2
    assert "'body.log' has 1 line that cannot be read as a message and is left out" in caplog.text


class TestChannels:
    LINES = ("(1.00) can0 100#01", "(1.01) can1 200#02", "(1.02) can2 300#03", "(1.03) can0 100#04")

    def test_several_channels_need_a_map(self, library, text_log):
        assert failure(library, text_log(*self.LINES)) == (
            "'body.log' has messages of the channels 'can0', 'can1' and 'can2': say with channels= which of them go "
            "onto which bus, such as channels=can0=tester."
        )
        assert heard(library) == []

    def test_filters_may_leave_one(self, library, text_log):
        assert library.replay_can_trace(text_log(*self.LINES), filters="0x100").messages == 2

    @pytest.mark.parametrize("given", ["can0=tester, can1=other", {"can0": "tester", "can1": "other"}])
    def test_each_onto_its_bus(self, library, text_log, given):
        library.open_can_bus("other", channel="elsewhere")
        result = library.replay_can_trace(text_log(*self.LINES), channels=given)
        assert (result.messages, result.left_out) == (3, 1)
        assert texts(heard(library, "tester")) == ["0x100  [1]  01", "0x100  [1]  04"]
        assert texts(heard(library, "other")) == ["0x200  [1]  02"]

    def test_numbers_of_channels(self, library, write):
        path = write([recorded(1, 0x100, channel=0), recorded(1, 0x200, channel=3)])
        library.replay_can_trace(path, channels={4: "tester"})
        assert texts(heard(library)) == ["0x200  [1]  01"]

    def test_a_channel_that_the_file_has_not(self, library, text_log):
        assert failure(library, text_log(*self.LINES), channels="can7=tester") == (
            "'body.log' has no messages of channel 'can7' (its channels: 'can0', 'can1' and 'can2')."
        )

    def test_an_alias_that_is_not_open(self, library, text_log):
        assert failure(library, text_log(*self.LINES), channels="can0=testr").startswith(
            "Bus 'testr' is not open"
        )

    @pytest.mark.parametrize("given", ["can0=tester, can0=ecu", {"can0": "tester", " can0": "ecu"}])
    def test_a_channel_named_twice(self, library, text_log, given):
        assert failure(library, text_log(*self.LINES), channels=given) == (
            "channels= names 'can0' twice: a channel goes onto one bus."
        )

    def test_no_map(self, library, text_log):
        assert failure(library, text_log(*self.LINES), channels="can0") == (
            "channels=can0 is not possible: write channels of the recording and aliases of buses, such as "
            "channels=can0=body, can1=chassis."
        )

    def test_bus_and_channels(self, library, text_log):
        assert failure(library, text_log(*self.LINES), channels="can0=tester", bus="tester") == (
            "bus= and channels= exclude each other: channels= names the buses."
        )


class TestPace:
    def test_the_time_between_messages_is_as_it_was(self, library, write):
        path = write([recorded(100 + number / 50) for number in range(21)])
        began = time.monotonic()
        result = library.replay_can_trace(path)
        assert time.monotonic() - began >= 0.4
        assert result.planned == pytest.approx(0.4, abs=1e-4)
        assert result.duration == pytest.approx(result.planned + result.drift)
        assert 0 <= result.drift <= result.worst_lateness
        assert result.drift < LATE
        times = [message.received_at for message in heard(library, "tester")]
        assert times[-1] - times[0] == pytest.approx(0.4, abs=LATE)

    @pytest.mark.parametrize("factor", [4, "4"])
    def test_faster(self, library, write, factor):
        path = write([recorded(1), recorded(1.4)])
        result = library.replay_can_trace(path, factor=factor)
        assert result.planned == pytest.approx(0.1, abs=1e-4)
        assert result.duration >= 0.1

    def test_lateness_is_no_silent_matter(self, library, write, scripted_bus, caplog):
        slow = scripted_bus(send=lambda _: time.sleep(2 * LATE))
        library.use_existing_can_bus(slow, "slow")
        path = write([recorded(1), recorded(1.01), recorded(1.02)])
        result = library.replay_can_trace(path)
        assert result.drift > LATE
        assert result.lateness.startswith("The replay of 'body.blf' was late: its last message by ")
        assert result.lateness in caplog.text
        assert [message.arbitration_id for message in slow.sent] == [0x100] * 3

    def test_what_is_in_time_is_no_warning(self):
        assert ReplayResult("body.blf", 3, 1, 1.0, 1.0, LATE, LATE, 0, 0, True).lateness == ""


class TestRefusals:
    def test_no_file(self, library):
        assert failure(library, "nowhere.blf") == (
            "There is no file 'nowhere.blf', and no recording is open under that alias."
        )

    def test_a_bus(self, library):
        assert failure(library, "ecu") == (
            "'ecu' is a bus, no recording; give the path of a file, or the alias of Open Can Trace."
        )

    def test_nothing_in_it(self, library, text_log):
        assert failure(library, text_log("(1.0) can0 100#01"), filters="0x200") == (
            "'body.log' has no message that is to be sent: there is nothing to replay."
        )

    def test_an_empty_file(self, library, write):
        assert failure(library, write([])) == "'body.blf' has no messages: there is nothing to replay."

    @pytest.mark.parametrize("factor", [0, -1, "inf", "nan"])
    def test_a_factor_that_is_none(self, library, text_log, factor):
        said = failure(library, text_log("(1.0) can0 100#01"), factor=factor)
        assert said == f"factor={float(factor):g} is not possible: it is above 0; 2 is twice as fast."

    @pytest.mark.parametrize("loop", [0, -1, "always", 1.5])
    def test_a_number_of_loops_that_is_none(self, library, text_log, loop):
        said = failure(library, text_log("(1.0) can0 100#01"), loop=loop)
        assert said == f"loop={loop} is not possible: it is 1 or more, or forever."

    def test_for_ever_while_the_test_waits(self, library, text_log):
        assert failure(library, text_log("(1.0) can0 100#01"), loop="forever") == (
            "loop=forever needs background=True: it would never come to its end."
        )

    def test_loops_of_no_time(self, library, text_log):
        path = text_log("(1.0) can0 100#01", "(1.0) can0 100#02")
        assert failure(library, path, loop=2) == (
            "'body.log' has no time from its first to its last message to send it again after; use Start Periodic "
            "Message."
        )

    def test_loops_of_one_message_that_filters_leave(self, library, text_log):
        said = failure(library, text_log("(1.0) can0 100#01", "(1.1) can0 200#01"), loop=2, filters="0x200")
        assert said == (
            "loop=2 needs two messages or more, for the time between them, but only 1 message of 'body.log' is to be "
            "sent; use Start Periodic Message."
        )

    @pytest.mark.parametrize("background", [False, True])
    def test_a_jump_of_the_clock(self, library, text_log, background):
        path = text_log("(1.0) can0 100#01", "(2.0) can0 100#02", "(1700000000.0) can0 100#03")
        assert failure(library, path, background=background) == (
            "The replay of 'body.log' would last 53.87 years, at most a day is possible: between its messages 2 and 3 "
            "are 53.87 years. Use a larger factor=, or leave messages out with filters=."
        )
        path = text_log("(0.0) can0 100#01", "(50.0) can0 100#02", "(90.0) can0 100#03")
        assert failure(library, path, factor=0.001) == (
            "The replay of 'body.log' would last 1.04 days, at most a day is possible: between its messages 1 and 2 "
            "are 50000 seconds. Use a larger factor=, or leave messages out with filters=."
        )

    def test_can_fd_on_a_classic_bus(self, library, write, channel):
        library.open_can_bus("classic", channel=channel, fd=False)
        path = write([recorded(1, 0x100), recorded(1, 0x101, bytes(12), is_fd=True)])
        assert failure(library, path) == (
            "'body.blf' has 1 CAN FD message, but bus 'classic' carries none: open it with fd=True, or leave them out "
            "with filters=."
        )
        assert heard(library) == []
        assert library.replay_can_trace(path, filters="0x100").messages == 1


class TestFailingSends:
    @pytest.fixture
    def breaking(self, library, scripted_bus):
        """Make the current bus one that refuses the third message."""
        bus = scripted_bus(send=self.refuse)
        library.use_existing_can_bus(bus, "lab")
        return library

    @staticmethod
    def refuse(message):
        if message.data == b"\x03":
            raise can.CanOperationError("transmit buffer full")

    SENTENCE = (
        "Bus 'lab' could not send 0x100  [1]  03: transmit buffer full. The replay of 'body.blf' ended there: "
        "2 messages of 4 had been sent."
    )

    @pytest.fixture
    def path(self, write):
        return write([recorded(1 + number / 100, data=bytes([number])) for number in range(1, 5)])

    def test_while_the_test_waits(self, breaking, path):
        assert failure(breaking, path) == self.SENTENCE

    def test_in_the_background_the_next_keyword_tells(self, breaking, path, eventually):
        breaking.replay_can_trace(path, background=True)
        replay = next(iter(_replays(breaking)._kept.values())).replay
        eventually(lambda: not replay.running)
        with pytest.raises(CanLibraryError) as caught:
            breaking.send_can_message(CanId("0x200"), Payload("01"))
        assert str(caught.value) == self.SENTENCE
        breaking.send_can_message(CanId("0x200"), Payload("01"))  # told once

    def test_in_the_background_closing_tells(self, breaking, path, eventually):
        breaking.replay_can_trace(path, background=True)
        replay = next(iter(_replays(breaking)._kept.values())).replay
        eventually(lambda: not replay.running)
        with pytest.raises(CanLibraryError) as caught:
            breaking.close_can_bus("lab")
        assert str(caught.value) == self.SENTENCE

    def test_in_the_background_waiting_tells(self, breaking, path):
        handle = breaking.replay_can_trace(path, background=True)
        with pytest.raises(CanLibraryError) as caught:
            breaking.wait_for_can_replay(handle)
        assert str(caught.value) == self.SENTENCE
        breaking.send_can_message(CanId("0x200"), Payload("01"))


def _replays(library):
    from CanLibrary.keywords.replay import ReplayKeywords

    method = library.keywords["replay_can_trace"]
    keywords = method.__self__
    assert isinstance(keywords, ReplayKeywords)
    return keywords._replays


class TestBackground:
    def test_it_goes_on_beside_the_test(self, library, write):
        path = write([recorded(1 + number / 100, data=bytes([number])) for number in range(10)])
        handle = library.replay_can_trace(path, background=True)
        library.receive_can_message(CanIdPattern("0x100"), bus="ecu")
        result = library.wait_for_can_replay(handle)
        assert (result.messages, result.is_complete) == (10, True)
        assert library.wait_for_can_replay() == library.stop_can_replay() == result

    def test_for_ever_until_it_is_stopped(self, library, write):
        path = write([recorded(1), recorded(1.01)])
        library.replay_can_trace(path, background=True, loop="forever")
        for _ in range(5):
            library.receive_can_message(CanIdPattern("0x100"), bus="ecu")
        with pytest.raises(CanLibraryError) as caught:
            library.wait_for_can_replay()
        assert str(caught.value) == (
            "The replay of 'body.blf' goes on for ever; give timeout=, or use Stop Can Replay."
        )
        result = library.stop_can_replay()
        assert result.messages >= 5
        assert result.loops >= 2
        assert not result.is_complete
        count = len(heard(library))
        assert library.stop_can_replay() == result
        assert len(heard(library)) == count == result.messages

    def test_it_does_not_end_in_time(self, library, write):
        path = write([recorded(1), recorded(31)])
        library.replay_can_trace(path, background=True)
        with pytest.raises(CanLibraryError) as caught:
            library.wait_for_can_replay(timeout=timedelta(seconds=0.05))
        assert str(caught.value).startswith(
            "The replay of 'body.blf' did not end within 50 milliseconds; it goes on. So far: Replayed a part of "
        )
        library.stop_can_replay()

    def test_closing_a_bus_ends_it(self, library, write):
        path = write([recorded(1), recorded(31)])
        library.replay_can_trace(path, background=True)
        began = time.monotonic()
        library.close_can_bus("tester")
        assert time.monotonic() - began < 2
        assert not [thread for thread in threading.enumerate() if "replay" in thread.name]
        assert not library.stop_can_replay().is_complete

    def test_waiting_for_one_that_its_bus_cut_off_fails(self, library, write, eventually):
        path = write([recorded(1), recorded(31), recorded(32)])
        handle = library.replay_can_trace(path, background=True)
        replay = _replays(library)._kept[handle].replay
        eventually(lambda: replay.result().messages)
        library.close_can_bus("tester")
        for _ in range(2):
            with pytest.raises(CanLibraryError) as caught:
                library.wait_for_can_replay(handle)
            assert str(caught.value) == (
                "The replay of 'body.blf' was cut off after 1 of 3 messages: bus 'tester' was closed."
            )

    def test_closing_after_the_end_cuts_nothing_off(self, library, write):
        handle = library.replay_can_trace(write([recorded(1)]), background=True)
        library.wait_for_can_replay(handle)
        library.close_can_bus("tester")
        assert library.wait_for_can_replay(handle).is_complete

    def test_closing_one_of_two_buses_ends_it(self, library, text_log):
        library.open_can_bus("other", channel="elsewhere")
        path = text_log("(1.0) can0 100#01", "(31.0) can1 100#01")
        library.replay_can_trace(path, background=True, channels="can0=tester, can1=other")
        library.close_can_bus("other")
        assert not library.stop_can_replay().is_complete
        library.send_can_message(CanId("0x200"), Payload("01"), bus="tester")

    def test_handles(self, library, write):
        with pytest.raises(CanLibraryError) as caught:
            library.stop_can_replay()
        assert str(caught.value) == (
            "No replay was started in the background; use Replay Can Trace with background=True."
        )
        handle = library.replay_can_trace(write([recorded(1), recorded(31)]), background=True)
        with pytest.raises(CanLibraryError) as caught:
            library.stop_can_replay("replay-11")
        assert str(caught.value) == (
            f"There is no replay 'replay-11' (running: '{handle}'); did you mean '{handle}'?"
        )
        library.stop_can_replay(handle)

    def test_one_that_ended_is_let_go(self, library, write):
        path = write([recorded(1)])
        session = library._buses.registry.get("tester")
        for _ in range(3):
            library.replay_can_trace(path, background=True)
            library.wait_for_can_replay()
        assert len(session.dependents) == len(session.background) == 1


class Terminal:
    def __init__(self):
        self.written = ""

    def isatty(self):
        return True

    def write(self, text):
        self.written += text

    def flush(self):
        pass


def test_progress_of_something_of_known_length(monkeypatch):
    terminal, clock = Terminal(), [100.0]
    monkeypatch.setattr("sys.__stderr__", terminal)
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    progress = Progress("Replaying body.blf", total=60.0, passed=9.0)
    clock[0] += 3
    progress.show()
    assert terminal.written == "\rReplaying body.blf … 12 of 60 s"
    progress.end()
    assert terminal.written.endswith("\r" + " " * 31 + "\r")


class TestRecordings:
    """Those of Open Can Trace."""

    @pytest.fixture
    def opened(self, library, write):
        path = write([recorded(1, 0x100), recorded(1.05, 0x200, is_rx=False)])
        library.open_can_trace(path, "drive", bitrate=500_000)
        return library

    def test_by_alias(self, opened):
        result = opened.replay_can_trace("drive", bus="tester")
        assert (result.source, result.messages) == ("drive", 2)
        assert texts(heard(opened)) == ["0x100  [1]  01", "0x200  [1]  01"]

    def test_nothing_can_be_sent_on_one(self, opened):
        assert failure(opened, "drive") == (
            "'drive' is a recording, nothing can be sent on it; name a bus with bus= or channels=."
        )

    def test_a_name_that_is_nearly_one(self, opened):
        assert failure(opened, "driv", bus="tester") == (
            "There is no file 'driv', and no recording is open under that alias (open: 'drive')."
        )

    def test_statistics(self, opened):
        found = opened.get_bus_statistics()
        assert (found.of, found.messages, found.sent) == (" in the recording", 2, 1)
        assert found.duration == pytest.approx(0.05)
        assert found.bus_load > 0
        with pytest.raises(
            AssertionError, match=r"^The load of bus 'drive' was 0\.\d+ % in 50 milliseconds in the"
        ):
            opened.bus_load_should_be_below(0.01)

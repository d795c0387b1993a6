"""Log files, and recordings as buses, from Python."""

import inspect
from pathlib import Path

import can
import pytest

from CanLibrary import CanLibrary, CanLibraryError, ConfigurationError
from CanLibrary.errors import NotSupportedError
from CanLibrary.files.saving import save


def refusal(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return str(refused.value)


def message(at, value, data=b"", *, sent=False, channel=1, **others):
    return can.Message(1_763_900_000 + at, value, False, data=data, is_rx=not sent, channel=channel, **others)


def texts(messages):
    return [str(each) for each in messages]


@pytest.fixture
def drive(tmp_path):
    """A file in which a tester asks three times, the ECU answers, and something else goes on."""
    path = tmp_path / "drive.blf"
    messages = []
    for number in range(3):
        messages += [
            message(number, 0x7E0, bytes([2, 0x3E, number]), sent=True),
            message(number + 0.02, 0x7E8, bytes([2, 0x7E, number])),
            message(number + 0.5, 0x100, bytes([number])),
        ]
    messages.append(message(2.6, 0, is_error_frame=True))
    save(path, messages)
    return path


@pytest.fixture
def recorded(library, drive):
    """The library with that file open as the current bus."""
    library.open_can_trace(drive, "rec")
    return library


class TestOut:
    def test_paths_folders_and_what_is_returned(self, library, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        path = library.start_can_log("logs/drive.blf")
        assert path == str(tmp_path / "logs" / "drive.blf")
        library.send_can_message("0x123")
        assert library.stop_can_log("logs/drive.blf") == [path]
        assert library.stop_can_log("logs/drive.blf") == [path]
        assert library.stop_can_log() == []
        assert library.save_can_trace(Path("saved.asc")) == str(tmp_path / "saved.asc")

    def test_one_file_is_written_by_one_log(self, library, tmp_path):
        path = library.start_can_log(tmp_path / "drive.blf")
        assert refusal(ConfigurationError, library.start_can_log, path, bus="ecu") == (
            f"Log '{path}' is running already, on bus 'tester'; stop it or write another file."
        )
        other = library.start_can_log(tmp_path / "other.blf")
        assert refusal(ConfigurationError, library.stop_can_log, tmp_path / "drive.blg") == (
            f"No log of bus 'tester' writes '{tmp_path / 'drive.blg'}' (those that run write '{path}' and '{other}')."
        )
        assert refusal(ConfigurationError, library.stop_can_log, path, bus="ecu") == (
            f"No log of bus 'ecu' writes '{path}' (none runs)."
        )

    def test_a_file_that_is_still_being_written(self, library, tmp_path):
        (tmp_path / "sub").mkdir()
        path = library.start_can_log(tmp_path / "drive.blf")
        (tmp_path / "link.blf").symlink_to(path)
        library.send_can_message("0x123")
        with CanLibrary() as another:
            for spelt in (path, tmp_path / "sub" / ".." / "drive.blf", tmp_path / "link.blf"):
                sentence = (
                    f"'{Path(spelt).name}' is still being written by Start Can Log on bus 'tester': stop it first "
                    "with Stop Can Log."
                )
                assert refusal(ConfigurationError, library.open_can_trace, spelt) == sentence
                assert refusal(ConfigurationError, another.open_can_trace, spelt) == sentence
                assert refusal(ConfigurationError, library.replay_can_trace, str(spelt)) == sentence
                assert refusal(ConfigurationError, library.save_can_trace, spelt) == sentence
                assert refusal(ConfigurationError, library.start_can_log, spelt, bus="ecu") == (
                    f"Log '{spelt}' is running already, on bus 'tester'; stop it or write another file."
                )
        assert library.stop_can_log(tmp_path / "link.blf") == [path]
        library.open_can_trace(path)
        assert texts(library.get_can_messages(direction="Tx")) == ["0x123  [0]"]

    def test_a_log_of_limited_size_returns_all_files_in_order(self, library, tmp_path):
        library.start_can_log(tmp_path / "drive.log", max_size="5 kB")
        library.send_can_messages([f"123#{number:08X}" for number in range(1000)])
        files = library.stop_can_log()
        assert len(files) > 5
        lines = [line for name in files for line in Path(name).read_text().splitlines()]
        assert [int(line.split("#")[1][:8], 16) for line in lines] == list(range(1000))

    def test_what_is_no_path_or_size(self, library, tmp_path):
        for keyword in (
            "start_can_log",
            "stop_can_log",
            "save_can_trace",
            "open_can_trace",
            "replay_can_trace",
        ):
            call = getattr(library, keyword)
            assert refusal(ConfigurationError, call, "") == "path='' is no path of a file."
            if keyword != "replay_can_trace":  # its argument is text
                assert refusal(ConfigurationError, call, Path()) == "path='' is no path of a file."
            assert refusal(ConfigurationError, call, "a\0.blf") == (
                r"path='a\x00.blf' is no path of a file: it has a character that no name can have."
            )
            assert refusal(ConfigurationError, call, "n" * 300 + ".blf") == (
                f"path='{'n' * 40}…' is no path of a file: it has 304 characters, which is too long."
            )
        assert refusal(
            ConfigurationError, library.start_can_log, tmp_path / "a.blf", max_size="huge"
        ).startswith("max_size=huge is no size;")
        assert not (tmp_path / "a.blf").exists()

    def test_a_part_of_the_trace(self, library, tmp_path):
        library.send_can_message("0x1")
        mark = library.set_can_mark()
        sent = library.send_can_message("0x2")
        library.send_can_message("0x3")
        path = tmp_path / "part.log"
        library.save_can_trace(path, since=mark, until=sent)
        assert [line.split()[2] for line in path.read_text().splitlines()] == ["002#"]
        library.save_can_trace(path, since="opened")
        assert [line.split()[2:] for line in path.read_text().splitlines()] == [
            ["001#", "T"],
            ["002#", "T"],
            ["003#", "T"],
        ]

    def test_the_log_of_a_bus_that_closes_is_whole(self, library, tmp_path):
        library.start_can_log(tmp_path / "drive.blf")
        library.send_can_message("0x123", "01 02")
        library.close_can_bus("tester")
        library.open_can_trace(tmp_path / "drive.blf")
        assert texts(library.get_can_messages(direction="Tx")) == ["0x123  [2]  01 02"]


class TestOpening:
    def test_alias_and_what_is_open(self, library, drive):
        assert library.open_can_trace(drive) == "drive"
        assert library.get_can_buses()[-1] == {
            "alias": "drive",
            "interface": "recording",
            "channel": 2,
            "state": None,
            "owner": "",
            "current": True,
        }
        assert refusal(ConfigurationError, library.open_can_trace, drive) == (
            "Bus 'drive' is already open; close it first or use another alias."
        )
        library.close_can_bus()
        library.close_can_bus("drive")
        assert refusal(CanLibraryError, library.get_can_messages, bus="drive") == (
            "Bus 'drive' was closed; open it again before use."
        )
        assert library.open_can_trace(drive) == "drive"

    @pytest.mark.parametrize(
        ("name", "alias"), [("a.b.log", "a.b"), ("drive.log.gz", "drive"), ("x.asc", "x")]
    )
    def test_the_alias_is_the_name_without_ending(self, library, tmp_path, name, alias):
        save(tmp_path / name, [message(0, 0x123)])
        assert library.open_can_trace(tmp_path / name) == alias

    def test_several_channels_need_a_choice(self, library, tmp_path):
        path = tmp_path / "two.asc"
        save(path, [message(0, 0x1, channel=0), message(1, 0x2, channel=1), message(2, 0x3, channel=0)])
        assert refusal(ConfigurationError, library.open_can_trace, path) == (
            "'two.asc' has messages of 2 channels, and a verdict over mixed buses would be wrong: choose one with "
            "channel= (1, 2)."
        )
        assert refusal(ConfigurationError, library.open_can_trace, path, channel=7) == (
            "'two.asc' has no messages of channel 7; its channels are '1' and '2'."
        )
        library.open_can_trace(path, channel="1")
        assert texts(library.get_can_messages()) == ["0x001  [0]", "0x003  [0]"]
        library.open_can_trace(path, "other", channel=2)
        assert texts(library.get_can_messages()) == ["0x002  [0]"]

    def test_the_channel_is_the_number_in_the_file(self, library, tmp_path):
        path = tmp_path / "vector.asc"
        path.write_text(
            "date Mon Nov 23 05:00:00.000 am 2026\nbase hex  timestamps absolute\nno internal events logged\n"
            "   0.100000 1  123             Rx   d 1 01\n   0.200000 2  124             Rx   d 1 02\n"
            "   0.300000 10  125             Rx   d 1 03\n"
        )
        assert refusal(ConfigurationError, library.open_can_trace, path).endswith("channel= (1, 2, 10).")
        library.open_can_trace(path, "can1", channel=1)
        assert texts(library.get_can_messages()) == ["0x123  [1]  01"]
        library.replay_can_trace(str(path), channels="2=tester")
        assert texts(library.receive_can_messages(1, bus="ecu")) == ["0x124  [1]  02"]

    @pytest.mark.parametrize("ending", [".asc", ".blf", ".trc"])
    @pytest.mark.parametrize("other", [".asc", ".blf", ".trc"])
    def test_the_number_stays_in_another_format(self, library, tmp_path, ending, other):
        save(tmp_path / f"one{ending}", [message(0, 0x123, channel=2)])
        library.open_can_trace(tmp_path / f"one{ending}")
        library.save_can_trace(tmp_path / f"two{other}", since="opened")
        library.open_can_trace(tmp_path / f"two{other}", channel=3)
        assert len(library.get_can_messages()) == 1

    @pytest.mark.parametrize(
        ("ending", "format"), [(".csv", "python-can's CSV"), (".db", "python-can's SQLite")]
    )
    def test_formats_without_channels(self, library, tmp_path, ending, format):
        path = tmp_path / f"drive{ending}"
        save(path, [message(0, 0x123)])
        assert refusal(ConfigurationError, library.open_can_trace, path, channel=1) == (
            f"'drive{ending}' names no channels, as {format} holds none: leave channel=1 out."
        )
        assert refusal(CanLibraryError, library.replay_can_trace, str(path), channels="1=tester") == (
            f"'drive{ending}' names no channels: say with bus= where it goes, not with channels=."
        )

    def test_text_channels(self, library, tmp_path):
        path = tmp_path / "two.log"
        path.write_text("(1.0) can0 123#11\n(1.1) vcan1 124#11\n(1.2) can0 20000080#0000000000000000\n")
        assert refusal(ConfigurationError, library.open_can_trace, path).endswith("channel= (can0, vcan1).")
        library.open_can_trace(path, channel="can0")
        assert library.get_bus_statistics().error_frames == 1
        assert texts(library.get_can_messages()) == ["0x123  [1]  11"]

    def test_own_messages_on_demand(self, recorded, drive):
        assert recorded.receive_can_messages(3, id="0x7E8")
        assert "4 others did" not in refusal(AssertionError, recorded.receive_can_message, "0x7E0")
        recorded.open_can_trace(drive, "all", receive_own_messages=True)
        assert texts(recorded.receive_can_messages(2)) == ["0x7E0  [3]  02 3E 00", "0x7E8  [3]  02 7E 00"]
        assert len(recorded.get_can_messages(direction="Tx")) == 3

    def test_a_damaged_file_opens_with_a_warning(self, library, drive, caplog):
        drive.write_bytes(drive.read_bytes()[:-20])
        library.open_can_trace(drive)
        assert "'drive.blf' is cut in the middle of a container" in caplog.text
        library.get_can_messages()
        assert caplog.text.count("is cut in") == 1

    def test_relative_paths_are_of_the_output_directory_first(self, library, tmp_path, monkeypatch):
        """A file of yesterday in another folder must not win over the log just written."""
        for number, folder in enumerate(("out", "suite", "work")):
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "drive.log").write_text(f"(1.0) can0 10{number}#\n")
        variables = {"${OUTPUT DIR}": tmp_path / "out", "${SUITE SOURCE}": tmp_path / "suite" / "a.robot"}
        monkeypatch.setattr(
            "robot.libraries.BuiltIn.BuiltIn.get_variable_value",
            lambda _self, name, default=None: str(variables.get(name, default)),
        )
        monkeypatch.chdir(tmp_path / "work")
        for number, folder in enumerate(("out", "suite", "work")):
            library.open_can_trace("drive.log", folder)
            assert texts(library.get_can_messages()) == [f"0x10{number}  [0]"]
            library.replay_can_trace("drive.log", bus="tester")
            assert texts(library.receive_can_messages(1, bus="ecu")) == [f"0x10{number}  [0]"]
            (tmp_path / folder / "drive.log").unlink()

    def test_what_cannot_be_opened_leaves_nothing(self, library, tmp_path):
        for path in (tmp_path / "gone.blf", tmp_path, tmp_path / "x.doc"):
            refusal(ConfigurationError, library.open_can_trace, path, "rec")
        assert [bus["alias"] for bus in library.get_can_buses()] == ["ecu", "tester"]


class TestTimesThatGoBack:
    """A recording is in order of time, so that time and order of its messages say the same."""

    @pytest.fixture
    def mixed(self, library, tmp_path):
        path = tmp_path / "mixed.log"
        path.write_text(
            "(100.0) can0 100#00 R\n(101.0) can0 7E0#023E00 T\n(100.5) can0 7E8#027E00 R\n"
            "(103.0) can0 100#01 R\n(102.4) can0 20000080#0000000000000000\n(102.4) can0 100#02 R\n"
        )
        library.open_can_trace(path)
        return library

    def test_an_older_reply_is_none(self, mixed):
        request = mixed.get_can_messages("0x7E0", direction="Tx")[0]
        assert "No message 0x7E8" in refusal(
            AssertionError, mixed.wait_for_can_message, "0x7E8", since=request
        )
        refusal(AssertionError, mixed.response_time_should_be_below, "1 s", request, "0x7E8")

    def test_order_mailbox_marks_and_end(self, mixed):
        assert [each.timestamp for each in mixed.get_can_messages(direction="any")] == [
            100.0,
            100.5,
            101.0,
            102.4,
            103.0,
        ]
        assert [str(each) for each in mixed.receive_can_messages(4)][1] == "0x7E8  [3]  02 7E 00"
        assert "within 3 seconds of" in refusal(AssertionError, mixed.wait_for_can_message, "0x55")
        assert str(mixed.get_can_messages(since=mixed.set_can_mark(at=2.5))[0]) == "0x100  [1]  01"
        assert mixed.get_bus_statistics().error_frames == 1

    def test_own_messages_stay_what_they_are(self, mixed, tmp_path):
        mixed.open_can_trace(tmp_path / "mixed.log", "own", receive_own_messages=True)
        assert [each.arbitration_id for each in mixed.receive_can_messages(3)] == [0x100, 0x7E8, 0x7E0]

    def test_a_replay_has_the_same_order(self, mixed, tmp_path):
        for source in ("mixed", str(tmp_path / "mixed.log")):
            mixed.replay_can_trace(source, bus="tester", factor=100)
            assert texts(mixed.receive_can_messages(5, bus="ecu")) == texts(
                mixed.get_can_messages(direction="any", bus="mixed")
            )


class TestAsking:
    def test_the_mailbox(self, recorded):
        assert str(recorded.receive_can_message("0x100")) == "0x100  [1]  00"
        assert texts(recorded.receive_can_messages(2)) == ["0x7E8  [3]  02 7E 00", "0x7E8  [3]  02 7E 01"]
        assert refusal(AssertionError, recorded.receive_can_message, "0x55", timeout=30) == (
            "No message 0x055 arrived on bus 'rec' in the recording. 3 others did: 0x100 ×2, 0x7E8 ×1. "
            "The recording has 1 error frame."
        )
        assert recorded.clear_received_messages() == 3

    def test_waits_are_answered_at_once(self, recorded):
        assert str(recorded.wait_for_can_message("0x7E8", "?? 7E 01")) == "0x7E8  [3]  02 7E 01"
        assert refusal(AssertionError, recorded.wait_for_can_message, "0x7E8", within=0.01) == (
            "No message 0x7E8 arrived on bus 'rec' within 10 milliseconds of the recording's beginning. "
            "One arrived 10 milliseconds too late. Nothing else did. The recording has 1 error frame."
        )
        assert refusal(AssertionError, recorded.wait_for_can_message, "0x55").startswith(
            "No message 0x055 arrived on bus 'rec' within 2.6 seconds of the recording's beginning."
        )
        recorded.can_message_should_not_arrive("0x55", within=2.6)
        assert "the recording ends" in refusal(
            CanLibraryError, recorded.can_message_should_not_arrive, "0x55", within=3600
        )
        assert refusal(AssertionError, recorded.can_message_should_not_arrive, "0x100", "02").startswith(
            "Message 0x100  [1]  02 arrived on bus 'rec' after 2.5 seconds"
        )

    def test_marks_by_time(self, recorded):
        mark = recorded.set_can_mark(at=0.9)
        assert str(recorded.wait_for_can_message("0x7E8", since=mark)) == "0x7E8  [3]  02 7E 01"
        assert refusal(
            AssertionError, recorded.wait_for_can_message, "0x7E8", since=mark, within=0.1
        ).startswith(
            "No message 0x7E8 arrived on bus 'rec' within 100 milliseconds of the mark. One arrived 20 "
        )
        until = recorded.set_can_mark(at="1.5 s")
        assert texts(recorded.get_can_messages(since=mark, until=until)) == ["0x7E8  [3]  02 7E 01"]
        after = recorded.wait_for_can_message("0x100", "01")
        recorded.can_message_should_not_arrive("0x7E8", since=after, within=0.4)
        recorded.can_message_count_should_be(1, "0x7E8", since=after)

    def test_marks_have_their_refusals(self, recorded):
        assert refusal(ConfigurationError, recorded.set_can_mark) == (
            "Bus 'rec' is a recording, which has no now: say with at= how long after its first message the mark is to "
            "stand."
        )
        assert refusal(ConfigurationError, recorded.set_can_mark, at=3) == (
            "at=3 seconds lies behind the end of recording 'rec', which lasts 2.6 seconds."
        )
        assert refusal(ConfigurationError, recorded.set_can_mark, at=1, bus="tester") == (
            "at=1 second is for a recording of Open Can Trace; bus 'tester' is open, and its mark stands here and now: "
            "leave at= out."
        )

    def test_history_counts_and_response_times(self, recorded):
        recorded.can_message_count_should_be(3, "0x7E0", direction="Tx")
        requests = recorded.get_can_messages("0x7E0", direction="Tx")
        for request in requests:
            assert recorded.response_time_should_be_below("25 ms", request, "0x7E8") == pytest.approx(
                0.02, abs=1e-6
            )
        assert "20 milliseconds" in refusal(
            AssertionError, recorded.response_time_should_be_below, "15 ms", requests[0], "0x7E8"
        )
        assert str(recorded.get_last_can_message()) == "0x100  [1]  02"
        assert recorded.get_bus_statistics().error_frames == 1

    def test_times_are_those_of_the_file(self, recorded):
        request, reply = (
            recorded.get_can_messages("0x7E0", direction="Tx")[1],
            recorded.get_can_messages("0x7E8")[1],
        )
        assert request.timestamp == request.received_at == pytest.approx(1_763_900_001, abs=1e-6)
        assert reply.timestamp - request.timestamp == pytest.approx(0.02, abs=1e-6)

    def test_filters_leave_out_and_let_in_again(self, recorded):
        assert recorded.set_can_filters("0x7E8") == 3
        assert len(recorded.get_can_messages()) == 3
        assert "let no message 0x100 through" in refusal(
            ConfigurationError, recorded.wait_for_can_message, "0x100"
        )
        recorded.clear_can_filters()
        assert len(recorded.get_can_messages()) == 6

    def test_a_recording_becomes_another_format(self, recorded, tmp_path):
        recorded.save_can_trace(tmp_path / "again.asc")
        recorded.open_can_trace(tmp_path / "again.asc")
        for direction in ("Rx", "Tx"):
            old = recorded.get_can_messages(bus="rec", direction=direction)
            new = recorded.get_can_messages(direction=direction)
            assert [(str(m), m.timestamp) for m in new] == [
                (str(m), pytest.approx(m.timestamp, abs=1e-6)) for m in old
            ]


NOTHING_SENT = "nothing can be sent on it. Replay Can Trace sends it on an open bus."
NO_CONTROLLER = "it has no controller with a state or a transmit buffer; name an open bus with bus=."
NO_CONNECTION = "no connection can work on it; Get IsoTp Frames returns the IsoTp frames that are in it."
ADDRESS = {"txid": "0x7E0", "rxid": "0x7E8", "bus": "rec"}
REFUSED = {
    "send_can_message": (("0x1", "01"), {}, NOTHING_SENT),
    "send_can_messages": ((["123#01"],), {}, NOTHING_SENT),
    "exchange_can_message": (("0x1", "01"), {"reply_id": "0x2"}, NOTHING_SENT),
    "start_periodic_message": (("0x1", "01"), {"period": 1}, NOTHING_SENT),
    "send_functional_isotp_request": (("3E 00",), {}, NOTHING_SENT),
    "get_bus_state": ((), {}, NO_CONTROLLER),
    "set_bus_state": (("ACTIVE",), {}, NO_CONTROLLER),
    "bus_state_should_be": (("ACTIVE",), {}, NO_CONTROLLER),
    "flush_tx_buffer": ((), {}, NO_CONTROLLER),
    "open_isotp_connection": (("diag",), ADDRESS, NO_CONNECTION),
    "start_can_log": (
        ("x.blf",),
        {},
        "nothing passes on it any more; Save Can Trace writes it into a file.",
    ),
}
WORKS = {
    "bus_load_should_be_below": ((30,), {"bitrate": 500_000}),
    "can_message_count_should_be": ((3, "0x7E8"), {}),
    "can_message_should_not_arrive": (("0x55",), {}),
    "clear_can_filters": ((), {}),
    "clear_received_messages": ((), {}),
    "get_bus_statistics": ((), {}),
    "get_can_messages": ((), {}),
    "get_can_protocol": ((), {}),
    "get_channel_info": ((), {}),
    "get_isotp_frames": (("0x7E0", "0x7E8"), {}),
    "get_last_can_message": ((), {}),
    "log_can_trace": ((), {}),
    "receive_can_message": ((), {}),
    "receive_can_messages": ((2,), {}),
    "save_can_trace": (("saved.blf",), {}),
    "set_can_filters": (("0x7E8",), {}),
    "set_can_mark": ((), {"at": 1}),
    "stop_all_periodic_messages": ((), {}),
    "stop_can_log": ((), {}),
    "wait_for_can_message": (("0x7E8",), {}),
    "wait_for_can_messages": (("0x7E8", "0x100"), {}),
}
# What their own tests show.
ELSEWHERE = {
    "get_isotp_timing",
    "isotp_timing_should_be_within",
    "message_checksum_should_be_valid",
    "message_counter_should_be_alive",
    "replay_can_trace",
    "response_time_should_be_below",
    "start_simulated_ecu",
}


@pytest.mark.parametrize("keyword", REFUSED)
def test_what_needs_an_open_bus_refuses_a_recording_with_one_sentence(recorded, keyword):
    args, kwargs, why = REFUSED[keyword]
    assert refusal(NotSupportedError, getattr(recorded, keyword), *args, **kwargs) == (
        f"Bus 'rec' is a recording: {why}"
    )
    recorded.stop_all_periodic_messages()


@pytest.mark.parametrize("keyword", WORKS)
def test_what_asks_of_the_past_works_on_a_recording(recorded, keyword, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    args, kwargs = WORKS[keyword]
    getattr(recorded, keyword)(*args, bus="rec", **kwargs)


def test_every_keyword_that_takes_a_bus_was_asked(library):
    taking = {
        name
        for name in library.get_keyword_names()
        for method in [library.attributes[name]]
        if "bus" in inspect.signature(method).parameters
        and "alias" not in inspect.signature(method).parameters
    }
    names = {library.attributes[name].__name__ for name in taking}
    unasked = names - set(REFUSED) - set(WORKS) - ELSEWHERE
    assert not unasked, f"What do these do on a recording? Add them to REFUSED or WORKS: {sorted(unasked)}"

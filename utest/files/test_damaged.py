"""Files that are cut, overwritten or something else: what is readable comes, and what is not is told."""

import gzip
import random
import zlib

import can
import pytest

from CanLibrary.errors import CanLibraryError
from CanLibrary.files.reading import TraceFile
from CanLibrary.files.saving import save

pytestmark = pytest.mark.slow

TEXT = (".asc", ".log", ".csv", ".trc")


def read(path):
    """Return the messages and what was noticed; nothing and the refusal where it cannot be read at all."""
    file = TraceFile(path)
    try:
        return list(file), file.notices
    except CanLibraryError as refusal:
        return [], [str(refusal)]


@pytest.fixture
def saved(tmp_path, traffic):
    """Save messages in a format; return path and messages."""

    def make(ending, count=3000):
        messages = traffic(count, plain=ending in (".csv", ".trc", ".db"))
        path = tmp_path / f"drive{ending}"
        save(path, messages)
        return path, messages

    return make


@pytest.mark.parametrize("ending", [".blf", *TEXT, ".db", ".log.gz", ".asc.gz"])
def test_a_whole_file_is_read_without_a_notice(saved, says, ending):
    path, messages = saved(ending)
    got, notices = read(path)
    assert [says(message) for message in got] == [says(message) for message in messages]
    assert notices == []


@pytest.mark.parametrize("ending", [".blf", ".asc", ".log", ".trc", ".csv", ".log.gz", ".db"])
def test_a_file_that_is_cut_anywhere_gives_its_beginning_and_says_so(saved, says, ending):
    path, messages = saved(ending)
    whole, chance = path.read_bytes(), random.Random(ending)
    expected = [says(message) for message in messages]
    for size in [1, 16, 100, 143, 144, 160, 176, *(chance.randrange(len(whole)) for _ in range(200))]:
        path.write_bytes(whole[:size])
        got, notices = read(path)
        got = [says(message) for message in got]
        same = len(got) if got == expected[: len(got)] else -1
        if ending != ".db":
            assert got[:-1] == expected[: max(len(got) - 1, 0)], f"cut to {size} bytes"
        # A line of a .trc file says how many bytes it has: one without its end may be whole all the same.
        at_line_end = (ending in TEXT and whole[:size].endswith(b"\n")) or (ending == ".trc" and same > 0)
        if not at_line_end or (same < 0 and ending != ".db"):
            assert notices, f"cut to {size} bytes: nothing was said"


def test_of_a_blf_container_that_is_cut_what_stands_before_the_cut_is_read(saved, says):
    path, messages = saved(".blf", 20_000)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 20_000])
    got, notices = read(path)
    assert 10_000 < len(got) < 20_000
    assert [says(message) for message in got] == [says(message) for message in messages[: len(got)]]
    assert notices == [
        f"'drive.blf' is cut in the middle of a container (after {len(got)} messages, at "
        f"{got[-1].timestamp:.6f} s)."
    ]


def test_a_blf_that_is_cut_between_two_containers_is_told_by_its_header(saved):
    path, _ = saved(".blf", 20_000)
    whole = path.read_bytes()
    border = whole.rindex(b"LOBJ\x10\0\x01\0")
    path.write_bytes(whole[:border])
    got, notices = read(path)
    assert notices == [
        f"'drive.blf' is cut: its header tells of {len(whole)} bytes, it has {border} (after {len(got)} messages, at "
        f"{got[-1].timestamp:.6f} s)."
    ]


@pytest.mark.parametrize("ending", [".blf", ".asc", ".log", ".trc", ".csv", ".db", ".log.gz"])
def test_a_file_with_wrong_bytes_is_read_or_refused_but_never_a_traceback(saved, ending):
    path, _ = saved(ending, 1500)
    whole, chance = path.read_bytes(), random.Random(ending)
    for _ in range(200):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 1, 5, 50])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        read(path)


def test_a_compressed_blf_with_a_wrong_byte_gives_no_wrong_message_without_a_word(saved, says):
    path, messages = saved(".blf", 12_000)
    whole, chance = path.read_bytes(), random.Random(1)
    good = {says(message) for message in messages}
    for _ in range(100):
        damaged, at = bytearray(whole), chance.randrange(144, len(whole))
        damaged[at] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        got, notices = read(path)
        wrong = [message for message in got if says(message) not in good]
        assert not wrong
        assert notices or len(got) == len(messages), at


def test_after_a_damaged_blf_container_the_next_one_is_read_again(saved, says):
    path, messages = saved(".blf", 20_000)
    whole = bytearray(path.read_bytes())
    second = whole.index(b"LOBJ\x10\0\x01\0", whole.index(b"LOBJ\x10\0\x01\0") + 1)
    whole[second + 500] ^= 0xFF
    path.write_bytes(whole)
    got, notices = read(path)
    expected = [says(message) for message in messages]
    got = [says(message) for message in got]
    first_part = next(at for at, (one, other) in enumerate(zip(got, expected, strict=False)) if one != other)
    assert got == expected[:first_part] + expected[len(expected) - (len(got) - first_part) :]
    assert len(got) - first_part > 5000
    assert len(notices) == 1
    assert notices[0].startswith(
        f"'drive.blf' is damaged: a container's checksum is wrong, and its messages are lost (after {first_part} "
    )


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        (0, "is damaged: a block of messages has no beginning, and what follows is lost"),
        (11, "is damaged: its last container has an impossible size, so that its end may be missing"),
    ],
)
def test_a_damaged_header_of_the_last_container_is_no_cut(saved, field, sentence):
    path, _ = saved(".blf", 20_000)
    whole = bytearray(path.read_bytes())
    last = whole.rindex(b"LOBJ\x10\0\x01\0")
    whole[last + field] = 0x7F
    path.write_bytes(whole)
    got, notices = read(path)
    assert len(got) == 20_000 if field else 5000 < len(got) < 20_000
    assert notices[0].startswith(f"'drive.blf' {sentence} (after {len(got)} messages")


def test_bytes_between_two_containers_are_told(saved):
    path, messages = saved(".blf", 20_000)
    whole = path.read_bytes()
    last = whole.rindex(b"LOBJ\x10\0\x01\0")
    path.write_bytes(whole[:last] + bytes(100) + whole[last:])
    got, notices = read(path)
    assert len(messages) - 5 < len(got) <= len(messages)
    assert "is damaged: some bytes in it belong to no block of messages and are skipped (after " in notices[0]


@pytest.mark.parametrize("size", [0, 1, 15])
def test_an_object_of_an_impossible_size_does_not_hang_the_reader(tmp_path, traffic, size):
    path = tmp_path / "drive.blf"
    with can.BLFWriter(path, compression_level=0) as writer:
        for message in traffic(100):
            writer(message)
    whole = bytearray(path.read_bytes())
    at = whole.index(b"LOBJ", whole.index(b"LOBJ") + 2000)
    whole[at + 8 : at + 12] = size.to_bytes(4, "little")
    path.write_bytes(whole)
    got, notices = read(path)
    assert 10 < len(got) < 100
    assert "an object in it has an impossible size" in notices[0]


def test_a_blf_whose_header_counts_other_objects_says_so(saved):
    path, messages = saved(".blf", 10)
    whole = bytearray(path.read_bytes())
    whole[32:36] = (12).to_bytes(4, "little")
    path.write_bytes(whole)
    got, notices = read(path)
    assert len(got) == 10
    assert notices == [
        "'drive.blf' holds 10 objects, but its header tells of 12 (after 10 messages, at "
        f"{messages[-1].timestamp:.6f} s)."
    ]


def test_a_blf_that_nobody_closed_is_read_with_times_from_its_beginning(tmp_path, traffic):
    path = tmp_path / "killed.blf"
    writer = can.BLFWriter(path)
    for message in traffic(10_000):
        writer(message)
    writer.file.flush()
    whole = path.read_bytes()
    writer.stop()
    path.write_bytes(whole)
    got, notices = read(path)
    assert len(got) > 1000
    assert (
        "was never closed by its writer: when it began is unknown, and its end may be missing" in notices[0]
    )


# -- text ----------------------------------------------------------------------------------------------


def test_garbage_in_the_middle_of_a_candump_log_costs_its_lines_only(tmp_path):
    path = tmp_path / "drive.log"
    path.write_text(
        "(1.000000) can0 123#1122\nsomething else\n(1.1) can0 123#11 22 33\n(1.200000) can0 124#1122\n"
        "(1.300000) can0 12Z#1122\n(1.400000) can0 125#11\n"
    )
    got, notices = read(path)
    assert [message.arbitration_id for message in got] == [0x123, 0x124, 0x125]
    assert notices == [
        "'drive.log' has 3 lines that cannot be read as a message and are left out; the first is line 2 (after 1 "
        "message): 'something else'."
    ]


def test_a_line_of_an_asc_file_with_too_few_bytes_is_no_message(tmp_path):
    path = tmp_path / "drive.asc"
    path.write_text(
        "date Mon Nov 23 05:00:00.000 am 2026\nbase hex  timestamps absolute\nno internal events logged\n"
        "   0.100000 1  123             Rx   d 8 01 02 03 04 05 06 07 08\n"
        "   0.200000 1  123             Rx   d 8 01 02 03\n"
        "   0.300000 1  124             Rx   d 2 01 02\n"
    )
    got, notices = read(path)
    assert [message.arbitration_id for message in got] == [0x123, 0x124]
    assert len(notices) == 1
    assert "the first is line 5 (after 1 message)" in notices[0]


def test_an_asc_file_without_the_line_about_events_keeps_its_first_message_and_its_date(tmp_path):
    path = tmp_path / "drive.asc"
    path.write_text(
        "date Mon Nov 23 05:00:00.000 am 2026\nbase hex  timestamps absolute\n"
        "   0.100000 1  123             Rx   d 2 01 02\n   0.300000 1  124             Rx   d 2 01 02\n"
    )
    got, notices = read(path)
    assert [message.arbitration_id for message in got] == [0x123, 0x124]
    assert notices == []
    assert got[0].timestamp > 1.7e9


def test_an_asc_file_with_times_from_message_to_message_is_warned_about(tmp_path):
    path = tmp_path / "drive.asc"
    path.write_text(
        "date Mon Nov 23 05:00:00.000 am 2026\nbase hex  timestamps relative\nno internal events logged\n"
        "   0.100000 1  123             Rx   d 2 01 02\n"
    )
    assert read(path)[1] == [
        "'drive.asc' counts its times from message to message, but they are read as from the start."
    ]


def test_an_asc_file_with_german_months_in_the_encoding_of_windows_is_read(tmp_path):
    path = tmp_path / "drive.asc"
    path.write_bytes(
        "date Mon Mär 23 05:00:00.000 2026\nbase hex  timestamps absolute\ninternal events logged\n"
        "   0.100000 1  123             Rx   d 2 01 02\n".encode("cp1252")
    )
    got, notices = read(path)
    assert len(got) == 1
    assert notices == []
    assert got[0].timestamp > 1.7e9


def test_an_asc_block_without_end_may_be_cut(tmp_path, traffic):
    path = tmp_path / "drive.asc"
    save(path, traffic(3))
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"End TriggerBlock")])
    got, notices = read(path)
    assert len(got) == 3
    assert notices == [
        "'drive.asc' may be cut: it has no End TriggerBlock (after 3 messages, at "
        f"{got[-1].timestamp:.6f} s)."
    ]


def test_a_last_line_without_end_may_be_a_cut_message(tmp_path):
    path = tmp_path / "drive.log"
    path.write_text("(1.000000) can0 123#1122\n(1.100000) can0 123#11")
    got, notices = read(path)
    assert len(got) == 2
    assert notices == [
        "'drive.log' may be cut: its last line has no end, so that its last message 0x123  [1]  11 may be incomplete "
        "(after 2 messages, at 1.100000 s)."
    ]


def test_error_frames_of_candump_are_error_frames_whatever_they_say(tmp_path):
    path = tmp_path / "drive.log"
    path.write_text(
        "(1.0) can0 123#11\n(1.1) can0 20000004#0001000000000000\n(1.2) can0 20000080#0000000000000000\n"
    )
    got, notices = read(path)
    assert [message.is_error_frame for message in got] == [False, True, True]
    assert notices == []


def test_times_that_go_back_are_told(tmp_path):
    path = tmp_path / "two.log"
    path.write_text("(100.0) can0 123#11\n(101.5) can0 123#11\n(7.0) can0 123#11\n(8.0) can0 123#11\n")
    got, notices = read(path)
    assert len(got) == 4
    assert notices == ["'two.log' goes back in time by 94.5 s (after 2 messages, at 101.500000 s)."]


# -- what is no trace file -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "format"),
    [(".blf", "Vector BLF"), (".asc", "Vector ASC"), (".log", "candump log"), (".db", "python-can's SQLite")],
)
def test_an_empty_file_is_refused(tmp_path, ending, format):
    path = tmp_path / f"empty{ending}"
    path.write_bytes(b"")
    with pytest.raises(CanLibraryError) as refusal:
        list(TraceFile(path))
    assert str(refusal.value) == f"'{path}' cannot be read as {format} file: it is empty."


def test_a_damaged_file_of_which_nothing_can_be_read_is_refused(saved, tmp_path):
    packed = tmp_path / "garbage.log.gz"
    packed.write_bytes(b"no gzip at all")
    cut, _ = saved(".blf", 10)
    cut.write_bytes(cut.read_bytes()[:150])
    for path, sentence in (
        (
            packed,
            "'garbage.log.gz' is cut or damaged: Not a gzipped file (b'no'). Nothing of it can be read.",
        ),
        (cut, "'drive.blf' is cut. Nothing of it can be read."),
    ):
        with pytest.raises(CanLibraryError) as refusal:
            list(TraceFile(path))
        assert str(refusal.value) == sentence


@pytest.mark.parametrize("ending", [".blf", ".asc", ".csv", ".db"])
def test_a_valid_file_without_messages_is_none_that_is_damaged(saved, ending):
    path, _ = saved(ending, 0)
    assert read(path) == ([], [])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("text.blf", "'{path}' cannot be read as Vector BLF file: it does not begin as a BLF file does."),
        ("text.db", "'{path}' cannot be read as python-can's SQLite file: file is not a database."),
        (
            "text.log",
            "'{path}' cannot be read as candump log file: no line of it is a message, see line 1 (before any message): "
            "'This is a letter, and'.",
        ),
        (
            "text.csv",
            "'{path}' cannot be read as python-can's CSV file: no line of it is a message, see line 2 (before any "
            "message): 'no trace file at all.'.",
        ),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, name, sentence):
    path = tmp_path / name
    path.write_text("This is a letter, and\nno trace file at all.\n" * 50)
    assert read(path) == ([], [sentence.format(path=path)])


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(CanLibraryError, match=r"^There is no file '.*gone\.blf'\.$"):
        TraceFile(tmp_path / "gone.blf")
    (tmp_path / "folder.blf").mkdir()
    with pytest.raises(CanLibraryError, match=r"^'.*folder\.blf' is a folder, no trace file\.$"):
        TraceFile(tmp_path / "folder.blf")


def test_an_unknown_ending_is_refused_with_those_that_are_possible(tmp_path):
    with pytest.raises(CanLibraryError) as refusal:
        TraceFile(tmp_path / "drive.asd")
    assert str(refusal.value) == (
        "'drive.asd' cannot be read: its ending names no format for that. Possible are .blf, .blf.gz, .asc, .asc.gz, "
        ".log, .log.gz, .mf4, .trc, .trc.gz, .csv, .csv.gz, .db; did you mean '.asc'?"
    )


def test_a_packed_file_that_is_cut_gives_its_beginning(tmp_path, traffic, says):
    path = tmp_path / "drive.blf.gz"
    plain = tmp_path / "drive.blf"
    messages = traffic(20_000)
    save(plain, messages)
    packed = gzip.compress(plain.read_bytes(), zlib.Z_BEST_SPEED)
    path.write_bytes(packed[: len(packed) // 2])
    got, notices = read(path)
    assert got
    assert [says(message) for message in got] == [says(message) for message in messages[: len(got)]]
    assert notices[0] == (
        "'drive.blf.gz' is cut or damaged: Compressed file ended before the end-of-stream marker was reached."
    )

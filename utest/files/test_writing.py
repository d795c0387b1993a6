"""Writing: several files, sizes, what cannot be written."""

import errno
import os
import sys
from pathlib import Path

import can
import pytest

from CanLibrary.errors import CanLibraryError
from CanLibrary.files.reading import TraceFile
from CanLibrary.files.saving import save
from CanLibrary.files.times import wall_clock
from CanLibrary.files.writing import TraceWriter, file_channel, size_of

FULL = Path("/dev/full")  # Linux: every write fails as on a full disk


def refusal(call, *args, **kwargs):
    with pytest.raises(CanLibraryError) as refused:
        call(*args, **kwargs)
    return str(refused.value)


class TestSeveralFiles:
    @pytest.mark.parametrize("ending", [".blf", ".asc", ".log", ".csv"])
    def test_nothing_is_lost_from_one_to_the_next(self, tmp_path, traffic, says, ending):
        messages = traffic(6000, plain=True)
        writer = TraceWriter(tmp_path / f"drive{ending}", max_size=40_000)
        for message in messages:
            writer.write(message)
        writer.close()
        assert len(writer.files) > 3
        assert writer.files[-1] == str(tmp_path / f"drive{ending}")
        assert {path.name for path in tmp_path.iterdir()} == {Path(name).name for name in writer.files}
        files = [TraceFile(name) for name in writer.files]
        got = [message for file in files for message in file]
        assert [says(message) for message in got] == [says(message) for message in messages]
        assert [message.timestamp for message in got] == pytest.approx(
            [message.timestamp for message in messages], abs=2e-6
        )
        assert [file.notices for file in files] == [[]] * len(files)

    def test_sizes_are_about_what_was_asked_for(self, tmp_path, traffic):
        writer = TraceWriter(tmp_path / "drive.asc", max_size=20_000)
        for message in traffic(3000):
            writer.write(message)
        writer.close()
        sizes = [Path(name).stat().st_size for name in writer.files[:-1]]
        assert all(20_000 <= size < 25_000 for size in sizes)

    def test_what_cannot_be_continued_is_refused(self, tmp_path):
        for name in ("drive.trc", "drive.log.gz", "drive.db"):
            assert refusal(TraceWriter, tmp_path / name, max_size=1000) == (
                f"'{name}' cannot have a max_size: only .blf, .asc, .log, .csv, .txt files can be continued "
                "in another one."
            )
            assert not (tmp_path / name).exists()


class TestSizes:
    @pytest.mark.parametrize(
        ("value", "size"),
        [(None, 0), (1, 1), ("4096", 4096), ("10 MB", 10_000_000), ("1.5kB", 1500), ("2 MiB", 2 << 20)],
    )
    def test_in_many_forms(self, value, size):
        assert size_of(value) == size

    def test_what_is_none_is_refused(self):
        assert refusal(size_of, "big") == (
            "max_size=big is no size; give bytes, or text such as 500 kB, 10 MB or 1 GB."
        )
        assert refusal(size_of, 0) == "max_size=0 is not possible; a file has at least 1 byte."


class TestWhatCannotBeWritten:
    def test_an_unknown_ending(self, tmp_path):
        assert refusal(TraceWriter, tmp_path / "drive.bfl") == (
            "'drive.bfl' cannot be written: its ending names no format for that. Possible are .blf, .asc, .asc.gz, "
            ".log, .log.gz, .mf4, .trc, .trc.gz, .csv, .csv.gz, .db, .txt, .txt.gz; did you mean '.blf'?"
        )

    def test_a_file_in_the_place_of_a_folder(self, tmp_path):
        (tmp_path / "logs").write_text("a file")
        path = tmp_path / "logs" / "drive.blf"
        assert refusal(TraceWriter, path).startswith(f"'{path}' cannot be written: ")

    def test_a_folder_in_the_place_of_the_file(self, tmp_path):
        (tmp_path / "drive.blf").mkdir()
        assert refusal(TraceWriter, tmp_path / "drive.blf") == (
            f"'{tmp_path / 'drive.blf'}' cannot be written: {os.strerror(errno.EISDIR)}."
        )

    @pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")
    @pytest.mark.parametrize("ending", [".blf", ".asc", ".log", ".log.gz"])
    def test_a_full_disk(self, tmp_path, traffic, ending):
        path = tmp_path / f"drive{ending}"
        path.symlink_to(FULL)
        assert refusal(save, path, traffic(20_000)) == (
            f"'{path}' cannot be written: {os.strerror(errno.ENOSPC)}."
        )

    def test_asammdf_is_named_where_it_is_missing(self, tmp_path, monkeypatch):
        import can.io.mf4

        monkeypatch.setattr(can.io.mf4, "asammdf", None)
        assert refusal(TraceWriter, tmp_path / "drive.mf4") == (
            "'drive.mf4' needs the package asammdf; install it with: pip install robotframework-canlibrary[mf4]"
        )
        assert not (tmp_path / "drive.mf4").exists()
        (tmp_path / "there.mf4").write_bytes(b"MDF     4.10")
        assert refusal(list, TraceFile(tmp_path / "there.mf4")).startswith(
            "'there.mf4' needs the package asammdf;"
        )


class TestFiles:
    def test_folders_are_made_and_an_old_file_is_overwritten(self, tmp_path, traffic):
        path = tmp_path / "a" / "b" / "drive.db"
        save(path, traffic(7))
        save(path, traffic(5))
        assert len(list(TraceFile(path))) == 5

    def test_a_database_gets_all_of_very_many(self, tmp_path, traffic):
        path = tmp_path / "drive.db"
        assert save(path, traffic(12_000)).count == 12_000
        assert len(list(TraceFile(path))) == 12_000

    def test_what_is_missing_is_counted_and_python_can_says_nothing(self, tmp_path, traffic, caplog):
        writer = save(tmp_path / "drive.trc", traffic(30))
        assert (writer.count, writer.missing) == (20, 10)
        assert writer.loss == (
            "'drive.trc' does not hold CAN FD messages: 0x100  [12]  FD  00 00 00 00 00 00 00 00 00 00 00 00 is the "
            "first of them and is not in the file. Nor does .trc hold remote messages or error frames. .blf holds "
            "everything."
        )
        assert not caplog.records


class TestChannels:
    @pytest.mark.parametrize(
        ("channel", "in_files"),
        [
            (None, None),
            (0, 0),
            ("7", 7),
            ("vcan0", "vcan0"),
            ("PCAN_USBBUS1", "PCAN_USBBUS1"),
            ("my bus 2", 2),
            ("my bus", None),
            ("lab-12345678", None),
        ],
    )
    def test_names_become_what_files_can_hold(self, channel, in_files):
        assert file_channel(channel) == in_files

    @pytest.mark.parametrize("ending", [".blf", ".asc", ".log", ".trc"])
    @pytest.mark.parametrize("channel", ["my bus", "lab-12345678", "vcan300", "PCAN_USBBUS16"])
    def test_no_name_of_a_channel_breaks_a_file(self, tmp_path, traffic, ending, channel):
        messages = traffic(3, plain=True)
        for message in messages:
            message.channel = None
        path = tmp_path / f"drive{ending}"
        save(path, messages, channel)
        assert len(list(TraceFile(path))) == 3


class TestTimes:
    def test_the_wall_clock_of_an_interface_is_taken(self):
        import time

        wall, monotonic = time.time(), time.monotonic()
        assert wall_clock()(monotonic, wall - 0.25) == wall - 0.25

    def test_a_clock_of_its_own_is_not_mixed_in(self):
        import time

        wall, monotonic = time.time(), time.monotonic()
        assert wall_clock()(monotonic, 12.5) == pytest.approx(wall, abs=0.1)

    def test_a_recording_keeps_its_times(self):
        assert wall_clock()(12.5, 12.5) == 12.5


@pytest.mark.skipif(sys.platform == "win32", reason="folders are write-protected otherwise there")
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_write_protected(tmp_path):
    tmp_path.chmod(0o500)
    assert "Permission denied" in refusal(TraceWriter, tmp_path / "drive.blf")


def test_a_message_of_ours_is_saved_with_its_channel(tmp_path):
    path = tmp_path / "drive.asc"
    save(path, [can.Message(1.0, 0x123, False, channel=4)], channel=2)
    assert [message.channel for message in TraceFile(path)] == [5]  # these files count from 1

"""Files that no one here wrote: python-can's own test data, and what can-utils make of them.

They are fetched from the package index, into a temporary folder, so they run only when asked for:
`pytest -m foreign utest/files`. Each is opened with `Open Can Trace`, and what keywords say of it is compared with
python-can's reader.
"""

import gzip
import shutil
import subprocess
import sys
import tarfile
from collections import Counter
from importlib.metadata import version

import can
import pytest

from CanLibrary import CanLibrary
from CanLibrary.types import CanId

pytestmark = pytest.mark.foreign
FETCH = 300  # seconds


@pytest.fixture(scope="session")
def data(tmp_path_factory, request):
    """Fetch python-can's source distribution, of the version that is installed, and return its test data."""
    if "foreign" not in (request.config.option.markexpr or ""):
        pytest.skip("it fetches files from the package index: pytest -m foreign utest/files")
    folder = tmp_path_factory.mktemp("foreign")
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--no-binary",
        "python-can",
        "--dest",
        folder,
    ]
    fetched = subprocess.run(
        [*command, f"python-can=={version('python-can')}"],
        capture_output=True,
        text=True,
        timeout=FETCH,
        check=False,
    )
    archives = list(folder.glob("python_can-*.tar.gz"))
    if not archives:
        pytest.skip(f"the package index cannot be reached: {fetched.stderr.strip().splitlines()[-1:]}")
    with tarfile.open(archives[0]) as archive:
        for member in archive.getmembers():
            name = member.name.rpartition("/")[2]
            if "/test/data/" in member.name and member.isfile():
                (folder / name).write_bytes(archive.extractfile(member).read())
    return folder


# What its source distribution holds.
NAMES = [
    "issue_1256.asc",
    "issue_1299.asc",
    "logfile.asc",
    "logfile_errorframes.asc",
    "single_frame.asc",
    "single_frame_us_locale.asc",
    "test_CanErrorFrames.asc",
    "test_CanFdMessage.asc",
    "test_CanFdMessage64.asc",
    "test_CanFdRemoteMessage.asc",
    "test_CanMessage.asc",
    "test_CanMessage.asc.gz",
    "test_CanRemoteMessage.asc",
    "issue_1905.blf",
    "test_CanErrorFrameExt.blf",
    "test_CanFdMessage.blf",
    "test_CanFdMessage64.blf",
    "test_CanMessage.blf",
    "test_CanMessage2.blf",
    "test_CanMessage.trc",
    "test_CanMessage_V1_0_BUS1.trc",
    "test_CanMessage_V1_1.trc",
    "test_CanMessage_V1_3.trc",
    "test_CanMessage_V2_0_BUS1.trc",
    "test_CanMessage_V2_1.trc",
]


def by_python_can(path):
    """Return the messages as python-can's reader gives them, with the date of the file and its channels."""
    messages = read_by_python_can(path)
    if ".trc" not in path.suffixes and ".log" not in path.suffixes:
        for message in messages:
            message.channel += 1  # Vector counts from 1, python-can from 0
    return messages


def read_by_python_can(path):
    if path.name.endswith(".gz"):
        with gzip.open(path, "rt") as file:
            return list(can.ASCReader(file, relative_timestamp=False))
    options = {"relative_timestamp": False} if path.suffix == ".asc" else {}
    with can.LogReader(path, **options) as reader:
        messages = list(reader)
    if path.suffix == ".log":  # python-can forgets the channel of error frames
        for message, line in zip(messages, path.read_text().splitlines(), strict=True):
            message.channel = line.split()[1]
    return messages


def says(message):
    return (
        message.timestamp,
        message.arbitration_id,
        message.is_extended_id,
        bytes(message.data),
        message.dlc,
        message.is_fd,
        message.bitrate_switch,
        message.error_state_indicator,
        message.is_remote_frame,
        message.is_rx,
    )


def compare(path, least):
    """Open each channel of a file and compare with python-can's reader, message by message and in counts."""
    expected = by_python_can(path)
    assert len(expected) >= least
    channels = {message.channel for message in expected}
    named = sorted(channels - {None}, key=str) or [None]
    with CanLibrary() as library:
        for channel in named:
            given = {} if len(named) == 1 and None not in channels - {*named} else {"channel": str(channel)}
            alias = library.open_can_trace(path, f"channel {channel}", **given)
            taken = [one for one in expected if not given or one.channel == channel]
            compare_bus(library, alias, taken)


def compare_bus(library, alias, expected):
    messages = [one for one in expected if not one.is_error_frame]
    assert [says(one) for one in library.get_can_messages(direction="any")] == [says(one) for one in messages]
    received = [one for one in messages if one.is_rx]
    assert [says(one) for one in library.get_can_messages()] == [says(one) for one in received]
    if received:
        unread = library.receive_can_messages(len(received))
        assert [says(one) for one in unread] == [says(one) for one in received]
    assert library.get_bus_statistics().error_frames == len(expected) - len(messages)
    for (value, extended), count in Counter(
        (one.arbitration_id, one.is_extended_id) for one in received
    ).items():
        if value > 0x7FF and not extended:
            continue  # synthetic ones of the test data: no such identifier can be asked for
        identifier = CanId(value, extended)
        library.can_message_count_should_be(count, identifier, bus=alias)
        last = next(
            one for one in reversed(received) if (one.arbitration_id, one.is_extended_id) == (value, extended)
        )
        assert says(library.get_last_can_message(identifier)) == says(last)
        assert library.wait_for_can_message(identifier).timestamp == next(
            one.timestamp for one in received if (one.arbitration_id, one.is_extended_id) == (value, extended)
        )


@pytest.mark.parametrize("name", NAMES)
def test_python_cans_test_data_is_read_as_python_can_reads_it(data, name):
    if not (data / name).exists():
        pytest.skip(f"python-can {version('python-can')} has no such file")
    compare(data / name, 1)


def test_all_of_python_cans_test_data_is_looked_at(data):
    files = {path.name for path in data.iterdir() if set(path.suffixes) & {".asc", ".blf", ".trc", ".log"}}
    assert files <= set(NAMES), "there is more of it: add it to NAMES"
    assert len(files) >= len(NAMES) - 1  # 4.5 has one less


@pytest.fixture(scope="session")
def can_utils():
    for tool in ("asc2log", "log2asc"):
        if not shutil.which(tool):
            pytest.skip(f"can-utils are not installed: no {tool}")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.mark.parametrize(
    "name", ["issue_1256.asc", "logfile.asc", "test_CanMessage.asc", "test_CanFdMessage64.asc"]
)
def test_what_can_utils_make_of_vectors_files_is_read(data, can_utils, tmp_path, name):  # noqa: ARG001
    log = tmp_path / f"{name}.log"
    log.write_text(run("asc2log", "-I", str(data / name)))
    compare(log, 1)
    channels = sorted({line.split()[1] for line in log.read_text().splitlines()})
    asc = tmp_path / "again.asc"
    asc.write_text(run("log2asc", "-I", str(log), *channels))
    compare(asc, 1)


def test_what_can_utils_make_of_a_long_log_is_read(can_utils, tmp_path, request):  # noqa: ARG001
    if "foreign" not in (request.config.option.markexpr or ""):
        pytest.skip("it belongs to those that are asked for: pytest -m foreign utest/files")
    log, asc = tmp_path / "long.log", tmp_path / "long.asc"
    log.write_text(
        "".join(
            f"({1_763_900_000 + number / 1000:.6f}) vcan0 {0x100 + number % 50:03X}#{number:08X}\n"
            for number in range(20_000)
        )
    )
    asc.write_text(run("log2asc", "-I", str(log), "vcan0"))
    compare(asc, 20_000)
    compare(log, 20_000)

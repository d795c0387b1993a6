"""What each format loses: measured, and the same in the code that warns and in docs/log-formats.md.

`python utest/files/test_losses.py` writes the table in the documentation anew.
"""

import re
import sys
from importlib.util import find_spec
from pathlib import Path

import can
import pytest

from CanLibrary.files.formats import FORMATS, MISSING, Feature, features
from CanLibrary.files.reading import TraceFile
from CanLibrary.files.writing import TraceWriter

DOCS = Path(__file__).parents[2] / "docs" / "log-formats.md"
BETWEEN = re.compile(r"(?<=<!-- begin losses -->\n).*?(?=<!-- end losses -->)", re.DOTALL)
AT = 1_763_900_000.006457  # milliseconds that begin with zeros, which ASC files of python-can shift
CHANNEL = 3


def message(value=0x123, extended=False, data=b"12345678", **others):
    return can.Message(AT, value, extended, channel=CHANNEL, data=data, **others)


def remote(dlc):
    return can.Message(AT, 0x123, False, True, channel=CHANNEL, dlc=dlc)


LONG = bytes(range(64))
SAMPLES = {
    Feature.OWN: [message(is_rx=False), message(0x1ABCDEF, True, is_rx=False)],
    Feature.EXTENDED: [message(0x123, True), message(0x1FFFFFFF, True)],
    Feature.EMPTY: [message(data=b"")],
    Feature.REMOTE: [remote(0)],
    Feature.REMOTE_LENGTH: [remote(1), remote(8)],
    Feature.FD: [message(data=LONG, is_fd=True), message(data=b"1", is_fd=True)],
    Feature.FD_EMPTY: [message(data=b"", is_fd=True)],
    Feature.BRS: [message(data=LONG[:12], is_fd=True, bitrate_switch=True)],
    Feature.ESI: [
        message(data=LONG[:12], is_fd=True, error_state_indicator=True),
        message(data=LONG[:12], is_fd=True, error_state_indicator=True, bitrate_switch=True),
    ],
    Feature.ERROR: [can.Message(AT, is_error_frame=True, channel=CHANNEL)],
    Feature.ERROR_DETAILS: [message(4, is_error_frame=True)],
    Feature.TIME: [message()],
    Feature.CHANNEL: [message()],
}
# What may differ when a feature is lost, and what is then said of it.
WHAT_DIFFERS = {
    "is_rx": "comes back as received",
    "dlc": "comes back without",
    "bitrate_switch": "comes back without",
    "error_state_indicator": "comes back without",
    "is_fd": "comes back as CAN, not FD",
    "is_remote_frame": "comes back as a remote message",
    "timestamp": "comes back at another time",
    "arbitration_id": "comes back with another identifier",
    "is_extended_id": "comes back with another identifier",
    "data": "comes back with other data",
    "is_error_frame": "comes back as a message",
}


def formats():
    """Return the formats that can be read back here; .mf4 needs a package."""
    return [e for e, known in FORMATS.items() if known.read and (e != ".mf4" or find_spec("asammdf"))]


def read_back(folder, ending, sample):
    """Return what comes back of one message, written and read by python-can, or None."""
    path = folder / f"one{ending}"
    writer = TraceWriter(path)
    writer.write(sample)
    writer.close()
    if writer.missing:  # our writer does not even try: let python-can's show that it cannot
        with can.Logger(path) as raw:
            raw(sample)
    if not path.stat().st_size:  # nothing is in it, and such a file is refused
        return None
    got = list(TraceFile(path))
    assert len(got) <= 1
    return got[0] if got else None


def measured(folder, ending, feature):
    """Return what is said of a feature in a format, from what comes back of its samples."""
    said = set()
    for sample in SAMPLES[feature]:
        got = read_back(folder, ending, sample)
        said.add(MISSING if got is None else difference(sample, got, feature))
    assert len(said) == 1, f"{ending} treats messages alike in {feature} differently: {said}"
    return said.pop()


def difference(sample, got, feature):
    if feature is Feature.CHANNEL:
        if got.channel is None:
            return "is lost"
        return None if got.channel == CHANNEL else f"{CHANNEL} comes back as {got.channel}"
    fields = [name for name in WHAT_DIFFERS if not same(sample, got, name)]
    if feature is Feature.ERROR_DETAILS and got.is_error_frame and fields:
        return "comes back without"
    if feature in (Feature.BRS, Feature.ESI):  # that a format knows no CAN FD stands in its own line
        fields = [name for name in fields if name in ("bitrate_switch", "error_state_indicator")]
    return WHAT_DIFFERS[fields[0]] if fields else None


def same(sample, got, name):
    if name == "timestamp":
        return abs(got.timestamp - sample.timestamp) < 1.5e-6
    return getattr(sample, name) == getattr(got, name)


def table(lost):
    """Return the table for the documentation."""
    endings = [ending for ending in FORMATS if FORMATS[ending].read]
    lines = [
        f"| | {' | '.join(f'`{ending}`' for ending in endings)} |",
        f"| --- | {' | '.join('---' for _ in endings)} |",
    ]
    lines += [
        f"| {feature.value} | {' | '.join(lost[ending].get(feature) or 'yes' for ending in endings)} |"
        for feature in Feature
    ]
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("ending", [ending for ending, known in FORMATS.items() if known.read])
def test_what_is_lost_is_what_the_code_says(tmp_path, ending):
    if ending not in formats():
        pytest.skip(f"{ending} needs the package asammdf, which is not installed: pip install asammdf")
    got = {feature: measured(tmp_path, ending, feature) for feature in Feature}
    assert {feature: said for feature, said in got.items() if said} == FORMATS[ending].lost


def test_the_documentation_has_the_table_of_the_code():
    shown = BETWEEN.search(DOCS.read_text(encoding="utf-8"))
    assert shown, f"{DOCS} has no place for the table"
    expected = table({ending: known.lost for ending, known in FORMATS.items()})
    assert shown[0] == expected, f"Write it anew: python {Path(__file__).name}"


@pytest.mark.parametrize("feature", [f for f in Feature if f not in (Feature.TIME, Feature.CHANNEL)])
def test_each_sample_carries_its_feature(feature):
    for sample in SAMPLES[feature]:
        assert feature in set(features(sample))


@pytest.mark.parametrize("ending", [".asc", ".log", ".trc", ".csv"])
def test_what_is_packed_comes_back_as_what_is_not(tmp_path, ending, says):
    for samples in SAMPLES.values():
        for sample in samples:
            plain, packed = (read_back(tmp_path, ending + end, sample) for end in ("", ".gz"))
            assert (plain is None) is (packed is None)
            assert plain is None or says(plain) == says(packed)


def test_nobody_can_read_the_text_for_people():
    assert ".txt" not in can.io.MESSAGE_READERS


@pytest.mark.parametrize("ending", formats())
def test_a_message_that_is_older_than_the_first_keeps_its_time_but_in_candump_logs(tmp_path, ending):
    path = tmp_path / f"two{ending}"
    writer = TraceWriter(path)
    times = [AT, AT - 0.4, AT + 0.1]
    for at in times:
        one = message()
        one.timestamp = at
        writer.write(one)
    writer.close()
    file = TraceFile(path)
    got = [one.timestamp for one in file]
    if ending == ".log":
        times[1] = AT
    assert got == pytest.approx(times, abs=2e-6)
    assert file.notices == []


if __name__ == "__main__":
    text = DOCS.read_text(encoding="utf-8")
    DOCS.write_text(BETWEEN.sub(table({e: f.lost for e, f in FORMATS.items()}), text), encoding="utf-8")
    sys.exit(pytest.main([__file__]))

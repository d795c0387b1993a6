"""The formats of trace files, by their endings, and what each of them cannot hold.

The table is measured: `utest/files/test_losses.py` writes each kind of message in each format, reads it back and
compares with what stands here. `docs/log-formats.md` shows the same table, made by that test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from CanLibrary.errors import ConfigurationError, nearest

COMPLETE = ".blf"  # the format to name to who needs one that holds everything


class Feature(Enum):
    """What a message can carry, as a sentence names it."""

    OWN = "the mark of own messages (Tx)"
    EXTENDED = "extended identifiers"
    EMPTY = "messages without data"
    REMOTE = "remote messages"
    REMOTE_LENGTH = "the length that a remote message asks for"
    FD = "CAN FD messages"
    FD_EMPTY = "CAN FD messages without data"
    BRS = "the bit rate switch of CAN FD messages"
    ESI = "the error state (ESI) of CAN FD messages"
    ERROR = "error frames"
    ERROR_DETAILS = "what an error frame says (identifier and data)"
    TIME = "the time of day to the microsecond"
    CHANNEL = "the number of the channel"


MISSING = "is not in the file"
_WITHOUT = "comes back without"
# Of every message, so that nobody is warned of them: they stand in the documentation.
OF_EVERY_MESSAGE = (Feature.TIME, Feature.CHANNEL)


@dataclass(frozen=True)
class Format:
    """A format: who reads it, what can be done with it, and what comes back otherwise than it went in."""

    name: str
    lost: dict[Feature, str]
    read: bool = True
    rotates: bool = True
    zipped: bool = True  # whether python-can writes it with .gz after its ending
    # Where files count channels from 1: by how much python-can's writer and reader change the number of a channel.
    written_higher: int = 0
    read_lower: int = 0


_ONE_MORE = "3 comes back as 4"  # they count from 1
_NEITHER = "comes back as received"
_CLASSIC = "comes back as CAN, not FD"
_TABLE_LOSSES = {
    Feature.OWN: _NEITHER,
    Feature.FD: _CLASSIC,
    Feature.FD_EMPTY: _CLASSIC,
    Feature.BRS: _WITHOUT,
    Feature.ESI: _WITHOUT,
    Feature.CHANNEL: "is lost",
}
FORMATS: dict[str, Format] = {
    ".blf": Format("Vector BLF", {Feature.CHANNEL: _ONE_MORE}, zipped=False, written_higher=1, read_lower=1),
    ".asc": Format(
        "Vector ASC",
        {
            Feature.FD_EMPTY: "comes back as a remote message",
            Feature.ERROR_DETAILS: _WITHOUT,
            Feature.CHANNEL: _ONE_MORE,
        },
        written_higher=1,
        read_lower=1,
    ),
    ".log": Format(
        "candump log",
        {
            Feature.REMOTE_LENGTH: _WITHOUT,
            Feature.ERROR_DETAILS: _WITHOUT,
            Feature.CHANNEL: "3 comes back as can3",
        },
    ),
    ".mf4": Format("ASAM MDF", {}, rotates=False, zipped=False),
    ".trc": Format(
        "PEAK TRC",
        {
            **dict.fromkeys(
                (Feature.REMOTE, Feature.REMOTE_LENGTH, Feature.ERROR, Feature.ERROR_DETAILS), MISSING
            ),
            **dict.fromkeys((Feature.FD, Feature.FD_EMPTY, Feature.BRS, Feature.ESI), MISSING),
            Feature.CHANNEL: _ONE_MORE,
        },
        rotates=False,
        written_higher=1,
    ),
    ".csv": Format("python-can's CSV", _TABLE_LOSSES),
    ".db": Format("python-can's SQLite", _TABLE_LOSSES, rotates=False, zipped=False),
    ".txt": Format("text for people", {}, read=False),
}


def ending_of(path: Path) -> tuple[str, bool]:
    """Return the ending that names the format, in small letters, and whether .gz follows it."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    zipped = suffixes[-1:] == [".gz"]
    if zipped:
        suffixes.pop()
    return (suffixes[-1] if suffixes else ""), zipped


def format_of(path: Path, *, reading: bool) -> tuple[str, bool]:
    """Return ending and whether .gz follows, or refuse what python-can cannot read or write."""
    ending, zipped = ending_of(path)
    possible = [
        known + extra
        for known, single in FORMATS.items()
        for extra in ("", ".gz")
        if (single.read or not reading) and (not extra or single.zipped or (reading and known == COMPLETE))
    ]
    given = ending + (".gz" if zipped else "")
    if given not in possible:
        doing = "read" if reading else "written"
        raise ConfigurationError(
            f"'{path.name}' cannot be {doing}: its ending names no format for that. Possible are "
            f"{', '.join(possible)}{nearest(given, possible) or '.'}"
        )
    return ending, zipped


def asammdf_missing(path: Path) -> ConfigurationError:
    """Return the error that tells how to get what .mf4 files need."""
    return ConfigurationError(
        f"'{path.name}' needs the package asammdf; install it with: pip install robotframework-canlibrary[mf4]"
    )


def features(message: Any) -> Iterator[Feature]:
    """Yield what a message of ours or of python-can carries."""
    if message.is_error_frame:
        yield Feature.ERROR
        if message.dlc or message.arbitration_id:
            yield Feature.ERROR_DETAILS
        return
    if message.is_remote_frame:
        yield Feature.REMOTE
        if message.dlc:
            yield Feature.REMOTE_LENGTH
    elif message.is_fd:
        yield Feature.FD if message.dlc else Feature.FD_EMPTY
        if message.bitrate_switch:
            yield Feature.BRS
        if message.error_state_indicator:
            yield Feature.ESI
    elif not message.dlc:
        yield Feature.EMPTY
    if message.is_extended_id:
        yield Feature.EXTENDED
    if not message.is_rx:
        yield Feature.OWN


def loss_sentence(name: str, ending: str, feature: Feature, message: str) -> str:
    """Return what to say when the first message comes that a format does not hold as it is.

    Args:
        name: The name of the file.
        ending: The ending that names its format.
        feature: What the message carries and the format does not.
        message: The message, as it prints.
    """
    lost = FORMATS[ending].lost
    says = f"'{name}' does not hold {feature.value}: {message} is the first of them and {lost[feature]}."
    others = [
        other.value
        for other in lost
        if other not in (feature, *OF_EVERY_MESSAGE) and not _implied(other, lost)
    ]
    more = f" Nor does {ending} hold {' or '.join(others)}." if others else ""
    return f"{says}{more} {COMPLETE} holds everything."


def _implied(feature: Feature, lost: dict[Feature, str]) -> bool:
    """Return whether a loss goes without saying because the whole message is missing."""
    whole = {
        Feature.REMOTE_LENGTH: Feature.REMOTE,
        Feature.ERROR_DETAILS: Feature.ERROR,
        Feature.FD_EMPTY: Feature.FD,
        Feature.BRS: Feature.FD,
        Feature.ESI: Feature.FD,
    }.get(feature)
    return whole is not None and lost.get(whole) == MISSING

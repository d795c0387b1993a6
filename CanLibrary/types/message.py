"""A message as keywords take and return it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from CanLibrary.formatting import message_text, plural
from CanLibrary.types.can_id import MAX_EXTENDED, MAX_STANDARD, CanId
from CanLibrary.types.payload import Payload

CLASSIC_MAX = 8
FD_LENGTHS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64)


@dataclass(slots=True, eq=False)
class CanMessage:
    """One CAN or CAN FD message, with the attributes of python-can's ``can.Message``.

    ``arbitration_id``, ``is_extended_id``, ``data`` (bytes), ``dlc`` (length in bytes), ``is_fd``,
    ``bitrate_switch``, ``error_state_indicator``, ``is_remote_frame``, ``is_error_frame``, ``is_rx``
    (False: sent by us), ``timestamp`` (seconds, of the interface), ``channel``; and ``received_at``, the
    monotonic time in seconds at which it was recorded. Given as
    ``since`` it is a mark just after itself. Prints as ``0x7E8  [3]  06 50 03``.
    """

    arbitration_id: int
    is_extended_id: bool
    data: Payload = field(default_factory=Payload)
    dlc: int = 0
    is_fd: bool = False
    bitrate_switch: bool = False
    error_state_indicator: bool = False
    is_remote_frame: bool = False
    is_error_frame: bool = False
    is_rx: bool = True
    timestamp: float = 0.0
    channel: str | int | None = None
    received_at: float = 0.0
    position: int = field(default=-1, repr=False)  # in the trace of its bus, where it stands in one
    trace: Any = field(default=None, repr=False)

    @property
    def id(self) -> CanId:
        """The identifier with its format."""
        return CanId(self.arbitration_id, self.is_extended_id)

    def equals(self, other: CanMessage) -> bool:
        """Return whether identifier, data and kind are the same; times, channel and direction do not count."""
        return self._content() == other._content()

    def _content(self) -> tuple[object, ...]:
        return (
            self.arbitration_id,
            self.is_extended_id,
            bytes(self.data),
            self.dlc,
            self.is_fd,
            self.bitrate_switch,
            self.is_remote_frame,
        )

    def __len__(self) -> int:
        return self.dlc

    def __bool__(self) -> bool:
        return True

    def __bytes__(self) -> bytes:
        return bytes(self.data)

    def __str__(self) -> str:
        return message_text(
            self.arbitration_id,
            self.is_extended_id,
            self.data,
            self.dlc,
            remote=self.is_remote_frame,
            fd=self.is_fd,
            bitrate_switch=self.bitrate_switch,
        )


def build_message(
    id: object,
    data: object = b"",
    *,
    extended: bool | None = None,
    fd: bool = False,
    bitrate_switch: bool = False,
    remote: bool = False,
    dlc: int | None = None,
) -> CanMessage:
    """Return a message that CAN or CAN FD can carry, or refuse with one sentence (ISO 11898-1)."""
    can_id = CanId(id, extended)
    payload = Payload(data)
    if remote:
        length = _remote_length(payload, fd, dlc)
    else:
        length = len(payload)
        _check_length(length, fd)
        if dlc is not None and dlc != length:
            raise ValueError(
                f"dlc={dlc} does not fit {plural(length, 'data byte')}; leave dlc out, it follows from the data."
            )
    if bitrate_switch and not fd:
        raise ValueError("bitrate_switch=True needs fd=True: classic CAN has one bit rate.")
    return CanMessage(
        can_id.value,
        can_id.extended,
        payload,
        length,
        is_fd=fd,
        bitrate_switch=bitrate_switch,
        is_remote_frame=remote,
        is_rx=False,
    )


def _remote_length(payload: Payload, fd: bool, dlc: int | None) -> int:
    if payload:
        raise ValueError(
            f"A remote message carries no data, but '{payload}' was given; "
            f"ask for a length with dlc={min(len(payload), CLASSIC_MAX)}."
        )
    if fd:
        raise ValueError("CAN FD has no remote messages (ISO 11898-1); leave fd out.")
    if not 0 <= (dlc or 0) <= CLASSIC_MAX:
        raise ValueError(f"dlc={dlc} is not possible for a remote message; it is 0 to 8.")
    return dlc or 0


def _check_length(length: int, fd: bool) -> None:
    if not fd and length > CLASSIC_MAX:
        hint = " or send it with fd=True" if length <= FD_LENGTHS[-1] else ""
        raise ValueError(
            f"{length} data bytes are too many: classic CAN carries at most 8; shorten the data{hint}."
        )
    if fd and length > FD_LENGTHS[-1]:
        raise ValueError(f"{length} data bytes are too many: CAN FD carries at most 64.")
    if fd and length not in FD_LENGTHS:
        longer = next(size for size in FD_LENGTHS if size > length)
        raise ValueError(
            f"CAN FD has no length of {length} bytes (it has 0 to 8, 12, 16, 20, 24, 32, 48, 64); "
            f"if padding was meant, add {plural(longer - length, 'byte')} to make it {longer}."
        )


_CANDUMP = re.compile(
    r"(?P<id>[0-9A-Fa-f]{3}|[0-9A-Fa-f]{8})"
    r"(?:#(?P<remote>[rR])(?P<dlc>[0-8])?|##(?P<flags>[0-9A-Fa-f])(?P<fd>[0-9A-Fa-f.]*)|#(?P<data>[0-9A-Fa-f.]*))"
)


def message_from(value: object) -> CanMessage:
    """Return a message for a `CanMessage`, a python-can message or candump text such as `123#DEADBEEF`."""
    if isinstance(value, CanMessage):
        return value
    if isinstance(value, str):
        return _from_candump(value.strip())
    if hasattr(value, "arbitration_id"):
        if getattr(value, "is_error_frame", False):
            raise ValueError(
                "An error frame is what a controller reports; it is no message that can be sent."
            )
        return build_message(
            value.arbitration_id,
            bytes(getattr(value, "data", b"")),
            extended=value.is_extended_id,  # type: ignore[attr-defined]
            fd=value.is_fd,  # type: ignore[attr-defined]
            bitrate_switch=value.bitrate_switch,  # type: ignore[attr-defined]
            remote=value.is_remote_frame,  # type: ignore[attr-defined]
            dlc=value.dlc,  # type: ignore[attr-defined]
        )
    raise ValueError(f"{value!r} is no message; give messages or candump text such as 123#DEADBEEF.")


# What nearly all texts are, read in a quarter of the time.
_PLAIN = re.compile(r"([0-7][0-9A-Fa-f]{2}|[01][0-9A-Fa-f]{7})#((?:[0-9A-Fa-f]{2}){0,8})")


def _from_candump(text: str) -> CanMessage:
    if plain := _PLAIN.fullmatch(text):
        digits, data = plain[1], Payload.of(bytes.fromhex(plain[2]))
        return CanMessage(int(digits, 16), len(digits) == 8, data, len(data), is_rx=False)
    match = _CANDUMP.fullmatch(text)
    if not match:
        raise ValueError(
            f"'{text}' is no candump text; write 123#DEADBEEF (standard, three digits), 00000123#DEADBEEF (extended, "
            "eight digits), 123#R (remote) or 123##1DEADBEEF (CAN FD with bit rate switch)."
        )
    digits = match["id"]
    flags = int(match["flags"] or "0", 16)
    return build_message(
        CanId(f"0x{digits}"),
        (match["fd"] or match["data"] or "").replace(".", " "),
        fd=match["flags"] is not None,
        bitrate_switch=bool(flags & 1),
        remote=match["remote"] is not None,
        dlc=int(match["dlc"] or 0) if match["remote"] else None,
    )


class CanMessages(tuple[Any, ...]):
    """Messages in order: a list of messages, or of text as candump writes it.

    ``123#DEADBEEF`` (three digits: standard), ``00000123#11`` (eight digits: extended), ``123#R4`` (remote),
    ``123##1AABB`` (CAN FD, flag 1: bit rate switch).
    """

    __slots__ = ()

    def __new__(cls, value: object = ()) -> CanMessages:
        """Return the messages that the value describes; those of python-can that are possible stay as they are."""
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise ValueError(
                f"{value!r} is no list of messages; give a list of messages or of candump texts."
            )
        messages = tuple(value)
        if not all(map(_is_plain, messages)):
            messages = tuple(_checked(*each) for each in enumerate(messages, 1))
        return super().__new__(cls, messages)


def _checked(number: int, value: Any) -> Any:
    try:
        if isinstance(value, str):
            return message_from(value)
        return value if _is_plain(value) else _resendable(message_from(value))
    except ValueError as error:
        raise ValueError(f"Message {number}: {error}") from error


def _is_plain(value: Any) -> bool:
    """Return whether a value is a classic data message with nothing to check further, as nearly all are."""
    try:
        return (
            not (value.is_fd or value.is_remote_frame or value.is_error_frame)
            and value.channel is None  # some drivers would send on that channel, whatever bus was asked for
            and 0 <= value.arbitration_id <= (MAX_EXTENDED if value.is_extended_id else MAX_STANDARD)
            and value.dlc == len(value.data) <= CLASSIC_MAX
        )
    except (AttributeError, TypeError):
        return False


def _resendable(message: CanMessage) -> CanMessage:
    """Return a message checked as a new one, so that one that was received can be sent."""
    return build_message(
        message.id,
        message.data,
        fd=message.is_fd,
        bitrate_switch=message.bitrate_switch,
        remote=message.is_remote_frame,
        dlc=message.dlc,
    )

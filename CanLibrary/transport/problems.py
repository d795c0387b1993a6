"""can-isotp's errors as sentences for a tester, with the terms of ISO 15765-2."""

from __future__ import annotations

import re

from CanLibrary.errors import BusError, IsoTpTransferError
from CanLibrary.formatting import duration, id_text
from CanLibrary.traffic.trace import id_of
from CanLibrary.transport.addresses import listening_keys, sending_id
from CanLibrary.transport.inbox import Problem
from CanLibrary.types import AnyIsoTpAddress, IsoTpParams

# Errors of the sending side: they belong to the transfer that is on its way out.
_SENDING = {
    "FlowControlTimeoutError": (
        "no flow control came within {n_bs} (N_Bs): is the partner there, and is its rxid {tx} and its txid {rx}?"
    ),
    "OverflowError": "the partner answered with flow control 'overflow': it does not accept that many bytes.",
    "UnsupportedWaitFrameError": "the partner answered with flow control 'wait', but wftmax=0 allows none.",
    "MaximumWaitFrameReachedError": "the partner answered with flow control 'wait' more than wftmax={wftmax} times.",
    "BadGeneratorError": "the data ended too early.",
}
# The same errors where no transfer failed because of them.
_SURVIVED = {
    "OverflowError": "A flow control 'overflow' from {rx} came although nothing was being sent; it was ignored.",
    "UnsupportedWaitFrameError": (
        "A flow control 'wait' from {rx} came although wftmax=0 allows none; the IsoTp frame got through all the same."
    ),
}
_RECEIVING = {
    "ConsecutiveFrameTimeoutError": (
        "The next consecutive frame from {rx} did not come within {n_cr} (N_Cr): an IsoTp frame was lost half-way."
    ),
    "WrongSequenceNumberError": (
        "A consecutive frame from {rx} has the wrong sequence number{numbers}: an IsoTp frame was lost."
    ),
    "FrameTooLongError": (
        "An IsoTp frame from {rx} is too long{numbers}: max_frame_size={max_frame_size} bytes; it was refused."
    ),
    "InvalidCanDataError": "A message from {rx} is no valid ISO-TP message: {detail}.",
    "ReceptionInterruptedWithSingleFrameError": (
        "A single frame from {rx} came before the IsoTp frame in reception was complete: that one was lost."
    ),
    "ReceptionInterruptedWithFirstFrameError": (
        "A first frame from {rx} came before the IsoTp frame in reception was complete: that one was lost."
    ),
    "ChangingInvalidRXDLError": (
        "A consecutive frame from {rx} is shorter than the first frame (RX_DL changed{numbers}): it was ignored."
    ),
    "MissingEscapeSequenceError": (
        "A single frame from {rx} has more than 8 bytes but no escape sequence (SF_DL in the first byte): ignored."
    ),
    "InvalidCanFdFirstFrameRXDL": "A first frame from {rx} has a length that CAN FD does not have{numbers}: ignored.",
}
_HARMLESS = {
    "UnexpectedFlowControlError": "A flow control from {rx} came although nothing was being sent; it was ignored.",
    "UnexpectedConsecutiveFrameError": "A consecutive frame from {rx} came without a first frame; it was ignored.",
}


def busy_address(alias: str) -> BusError:
    """Return what to say where an address should change in the middle of a transfer."""
    return BusError(
        f"The address of connection '{alias}' cannot change while a transfer runs; "
        "wait for it, or use Stop IsoTp Sending or Stop IsoTp Receiving."
    )


def stopped_sending(alias: str, size: int) -> BusError:
    """Return what to say of a payload whose sending was stopped."""
    return BusError(f"The sending of {size} bytes on connection '{alias}' was stopped before it was through.")


def is_sending_error(error: Exception) -> bool:
    """Return whether an error belongs to a payload on its way out."""
    return type(error).__name__ in _SENDING


def sending_error(
    error: Exception, alias: str, size: int, address: AnyIsoTpAddress, params: IsoTpParams
) -> IsoTpTransferError:
    """Return the sentence for a payload that did not get through."""
    reason = _fill(_SENDING[type(error).__name__], error, address, params)
    told = IsoTpTransferError(
        f"The IsoTp frame of {size} bytes on connection '{alias}' was not sent: {reason}"
    )
    told.__cause__ = error
    return told


def receiving_problem(error: Exception, alias: str, address: AnyIsoTpAddress, params: IsoTpParams) -> Problem:
    """Return the sentence for something that went wrong on reception."""
    name = type(error).__name__
    sentence = _HARMLESS.get(name) or _RECEIVING.get(name) or "{detail}."
    return _problem(sentence, error, alias, address, params, harmless=name in _HARMLESS)


def survived_problem(error: Exception, alias: str, address: AnyIsoTpAddress, params: IsoTpParams) -> Problem:
    """Return the sentence for an error of the sending side with which no payload was lost."""
    sentence = _SURVIVED.get(type(error).__name__, "{detail}.")
    return _problem(sentence, error, alias, address, params, harmless=True)


def _problem(
    sentence: str,
    error: Exception,
    alias: str,
    address: AnyIsoTpAddress,
    params: IsoTpParams,
    *,
    harmless: bool,
) -> Problem:
    told = IsoTpTransferError(f"On connection '{alias}': {_fill(sentence, error, address, params)}")
    told.__cause__ = error
    return Problem(told, harmless)


def _fill(sentence: str, error: Exception, address: AnyIsoTpAddress, params: IsoTpParams) -> str:
    return sentence.format(
        tx=id_text(*sending_id(address)),
        rx=" or ".join(sorted(id_text(*id_of(key)) for key in listening_keys(address))),
        n_bs=duration(params.rx_flowcontrol_timeout / 1000),
        n_cr=duration(params.rx_consecutive_frame_timeout / 1000),
        wftmax=params.wftmax,
        max_frame_size=params.max_frame_size,
        detail=str(error).rstrip("."),
        numbers=_numbers(type(error).__name__, str(error)),
    )


def _numbers(name: str, text: str) -> str:
    """Return what can-isotp only says in its text: the numbers that were expected and received."""
    found = [int(number, 0) for number in re.findall(r"0x[0-9A-Fa-f]+|\b\d+\b", text)]
    if name == "WrongSequenceNumberError" and len(found) >= 2:
        return f" (expected {found[-2]}, received {found[-1]})"
    if name == "FrameTooLongError" and found:
        return f" ({found[0]} bytes)"
    if name == "ChangingInvalidRXDLError" and len(found) >= 2:
        return f" from {found[1]} to {found[0]}"
    if name == "InvalidCanFdFirstFrameRXDL" and found:
        return f" ({found[0]} bytes)"
    return ""

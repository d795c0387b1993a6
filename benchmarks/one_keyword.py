"""One `Send Can Message` keyword beside an empty keyword, inside Robot Framework."""

from __future__ import annotations

from measure import Limit, Row
from robot_run import measured

CALLS = 1000  # in one measurement; written out, because a loop's own cost would hide a difference
ARGUMENTS = "0x123    02 10 03 00 00 00 00 00"

SUITE = """\
*** Test Cases ***
Without A Second Node
    Open Can Bus    alone    interface=virtual    channel=1
    FOR    ${{round}}    IN RANGE    {rounds}
        Ours    alone
        Peer    empty
    END

With A Second Node
    Open Can Bus    accompanied    interface=virtual    channel=2
    Open Raw Buses    ours=2    raw=3
    FOR    ${{round}}    IN RANGE    {rounds}
        Ours    accompanied
        Peer    empty beside it
        Raw    raw
        Drain Raw Buses
    END
    [Teardown]    Close Raw Buses

*** Keywords ***
Ours
    [Arguments]    ${{label}}
    Begin
{ours}
    End    ${{label}}    {calls}

Peer
    [Arguments]    ${{label}}
    Begin
{empty}
    End    ${{label}}    {calls}

Raw
    [Arguments]    ${{label}}
    Begin
{raw}
    End    ${{label}}    {calls}
"""


def rows(rounds: int) -> list[Row]:
    """Return the rows: without and with a second node, which python-can makes a copy for."""
    suite = SUITE.format(
        rounds=rounds + 1,
        calls=CALLS,
        ours=f"    Send Can Message    {ARGUMENTS}\n" * CALLS,
        empty=f"    Empty    {ARGUMENTS}\n" * CALLS,
        raw=f"    Raw Send    {ARGUMENTS}\n" * CALLS,
    )
    found = {label: [time * 1e6 for time in times] for label, times in measured(suite).items()}
    limit, empty = Limit(1.25), "empty keyword"
    return [
        Row("Send Can Message, no receiver", empty, "µs", found["alone"], found["empty"], limit),
        Row("Send Can Message, a receiver", empty, "µs", found["accompanied"], found["empty beside it"]),
        Row(
            "Send Can Message, a receiver",
            "keyword with raw send",
            "µs",
            found["accompanied"],
            found["raw"],
            limit,
        ),
        Row("keyword with raw send, a receiver", empty, "µs", found["raw"], found["empty beside it"]),
    ]

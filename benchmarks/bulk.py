"""`Send Can Messages` and `Receive Can Messages` beside loops around python-can, inside Robot Framework."""

from __future__ import annotations

from measure import Limit, Row
from robot_run import measured

MESSAGES = 10_000

SUITE = """\
*** Test Cases ***
Send
    Open Can Bus    ours    interface=virtual    channel=1
    Open Raw Buses    ours=1    raw=2
    ${{messages}}=    Make Messages    {count}
    ${{texts}}=    Make Texts    {count}
    FOR    ${{round}}    IN RANGE    {rounds}
        Begin
        Send Can Messages    ${{messages}}
        End    send    {count}
        Drain Raw Buses
        Send Raw    raw send
        Drain Raw Buses
        Begin
        Send Can Messages    ${{texts}}
        End    send text    {count}
        Drain Raw Buses
    END
    [Teardown]    Close Raw Buses

Receive
    Open Can Bus    ours    interface=virtual    channel=3
    Open Raw Buses    ours=3    raw=4
    Make Messages    {count}
    FOR    ${{round}}    IN RANGE    {rounds}
        Begin
        Let Partner Send
        Receive Can Messages    {count}    timeout=60 s
        End    receive    {count}
        Receive Raw    raw receive
        ${{mark}}=    Set Can Mark
        Fill Mailbox    0x7FF
        Wait For Can Message    0x7FF    since=${{mark}}    within=60 s
        Begin
        Receive Can Messages    {count}    id=0x123    timeout=60 s
        End    mailbox    {count}
        Clear Received Messages
        Receive Raw Queue    raw queue
    END
    [Teardown]    Close Raw Buses
"""


def rows(rounds: int) -> list[Row]:
    """Return the rows, in messages per second."""
    found = {
        label: [1 / time for time in times]
        for label, times in measured(SUITE.format(count=MESSAGES, rounds=rounds + 1)).items()
    }
    sending, receiving, unit = Limit(0.8, at_least=True), Limit(0.7, at_least=True), "/s"
    send, receive = f"Send Can Messages, {MESSAGES:,}", f"Receive Can Messages, {MESSAGES:,}"
    raw_send, raw_receive = "loop of bus.send", "loop of bus.recv"
    return [
        Row(send, raw_send, unit, found["send"], found["raw send"], sending),
        Row(f"{send} as text", raw_send, unit, found["send text"], found["raw send"]),
        Row(
            f"{receive}, while they come",
            raw_receive,
            unit,
            found["receive"],
            found["raw receive"],
            receiving,
        ),
        Row(f"{receive}, all there", raw_receive, unit, found["mailbox"], found["raw queue"], receiving),
    ]

*** Settings ***
Documentation       Log Can Trace puts an excerpt into log.html where a test asks for it.

Library             ../resources/InnerRuns.py
Library             ShownTraces.py

Suite Setup         Run Inner Suite    ${CURDIR}/_suites/log_can_trace.robot
Test Tags           evidence


*** Test Cases ***
It Returns How Many Messages It Shows
    [Documentation]    Judged by the inner tests.
    Inner Run Should Pass
    Inner Run Should Warn

What It Shows
    [Documentation]    By default the test that runs; ``since``, ``until``, ``id`` and ``limit`` say something else.
    [Template]    Excerpt Should Show
    All Of The Test    0x0FF 0x100
    Since And Until    0x101
    The Whole Trace    0x100 0x100 0x100
    The Newest    0x100 0x100
    Transfer    0x7E0 0x7E8 0x7E0 0x7E8 0x7E8
    Quiet    ${EMPTY}

What It Says
    [Documentation]    Which part of the trace it is, and what is left out.
    [Template]    Excerpt Should Say
    All Of The Test    Bus 'body': 2 messages since the test began.
    Since And Until
    ...    Bus 'body': 1 message since the mark at message 3 of bus 'body' until the mark at message 4 of bus 'body'.
    The Whole Trace    Bus 'body': 3 messages 0x100 since the bus was opened.
    The Newest    Bus 'body': the last 2 messages since the test began. 3 older ones are left out.
    Quiet    Bus 'body': no message was sent or received since the test began.

ISO-TP
    [Documentation]    What each message is, and the payload with the message that completes it.
    ${notes}    Get Shown Notes    Transfer
    Should Be Equal    ${notes}[0]    SF 3 bytes: 22 F1 90
    Should Be Equal    ${notes}[1]    FF 20 bytes
    Should Start With    ${notes}[2]    FC continue
    Should Be Equal    ${notes}[3]    CF 1
    Should Be Equal    ${notes}[4]    CF 2: 20 bytes: 62 F1 90 57 42 41 00 00 00 00 00 00 00 00 00 00 00 00 00 09


*** Keywords ***
Excerpt Should Show
    [Documentation]    Compares the identifiers in the table.
    [Arguments]    ${test}    ${identifiers}
    ${shown}    Get Shown Identifiers    ${test}
    Should Be Equal    ${shown}    ${identifiers}

Excerpt Should Say
    [Documentation]    Compares what stands above the picture, but for the time of the day.
    [Arguments]    ${test}    ${sentence}
    ${text}    Get Shown Text    ${test}
    Should Be Equal    ${text.partition(' Time 0')[0]}    ${sentence}

*** Settings ***
Documentation       Waiting for messages, and for none.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           messages


*** Test Cases ***
Message Arrives While Waiting
    [Documentation]    The first match is returned and stays unread.
    Partner Sends    100#00    7E8#0650    7E8#0651    after=500 ms
    ${arrived}    Wait For Can Message    0x7E8    ?? 50
    ${received}    Receive Can Message    0x7E8
    Should Be Equal As Strings    ${arrived}    0x7E8 \ [2] \ 06 50
    Should Be Equal As Strings    ${received}    ${arrived}

Periodic Message Arrives
    [Documentation]    Any one of a running cycle will do.
    Open Can Bus    ecu
    Start Periodic Message    0x100    01    period=50 ms
    Wait For Can Message    0x100    within=5 s    bus=tester

Message Since A Mark
    [Documentation]    It arrived before the keyword but after the mark.
    ${mark}    Set Can Mark
    Partner Answers    7E0\#0210*    7E8#0250
    Send Can Message    0x7E0    02 10 03
    Receive Can Message    0x7E8
    ${message}    Wait For Can Message    0x7E8    since=${mark}
    Should Be Equal As Strings    ${message}    0x7E8 \ [2] \ 02 50

Window Of A Mark Begins At The Mark
    [Documentation]    Within counts from the mark on, so a message after that is too late.
    ${mark}    Set Can Mark
    Partner Sends    7E8#01    after=300 ms
    Receive Can Message    0x7E8
    VAR    ${failure}    REGEXP:No message 0x7E8 arrived on bus 'tester' within 100 milliseconds of the mark\\. One
    ...    arrived [\\d.]+ \\w+ too late\\. Nothing else did\\.
    Run Keyword And Expect Error    ${failure}    Wait For Can Message    0x7E8    since=${mark}    within=100 ms

Bit Mask While Waiting
    [Documentation]    Only bits that are 1 in the mask are compared.
    Partner Sends    100#F0    100#F1    after=500 ms
    ${message}    Wait For Can Message    0x100    01    mask=01
    Should Be Equal As Strings    ${message}    0x100 \ [1] \ F1

Nothing Arrives
    [Documentation]    The failure says what did.
    Should Fail
    ...    No message 0x7E8 matching '?? 50 *' arrived on bus 'tester' within 50 milliseconds. Nothing else did.
    ...    Wait For Can Message    0x7E8    ?? 50 *    within=50 ms

Others Arrive
    [Documentation]    Only those that arrived in the window are counted.
    Partner Sends    100#01
    Receive Can Message    0x100
    ${mark}    Set Can Mark
    Partner Sends    200#01    200#02    7E8#037F1012
    VAR    ${failure}    No message 0x7E8 matching '?? 50 *' arrived on bus 'tester' within 500 milliseconds of the
    ...    mark. 3 others did: 0x200 ×2, 0x7E8 ×1 (last 03 7F 10 12).
    Should Fail    ${failure}    Wait For Can Message    0x7E8    ?? 50 *    within=500 ms    since=${mark}

Message Should Not Arrive And Does Not
    [Documentation]    Others may.
    Partner Sends    100#01    after=50 ms
    Can Message Should Not Arrive    0x7E8    within=200 ms

Message Should Not Arrive But Does
    [Documentation]    It fails on the first one; it does not wait for the end.
    Partner Sends    7E8#037F1078    after=500 ms
    VAR    ${failure}    REGEXP:Message 0x7E8 \\ \\[4\\] \\ 03 7F 10 78 arrived on bus 'tester' after [\\d.]+ \\w+,
    ...    but no message 0x7E8 matching '\\?\\? 7F \\*' should arrive within 5 seconds\\.
    Run Keyword And Expect Error    ${failure}    Can Message Should Not Arrive    0x7E8    ?? 7F *    within=5 s

Message Should Not Have Arrived Since A Mark
    [Documentation]    One that came after the mark counts, also when the window is over.
    ${mark}    Set Can Mark
    Partner Sends    7E8#01
    Receive Can Message    0x7E8
    VAR    ${failure}    REGEXP:Message 0x7E8 \\ \\[1\\] \\ 01 arrived on bus 'tester' after [\\d.]+ \\w+, but no
    ...    message 0x7E8 should arrive within 5 seconds of the mark\\.
    Run Keyword And Expect Error    ${failure}    Can Message Should Not Arrive    0x7E8    within=5 s    since=${mark}

Message Before The Window Is No Failure
    [Documentation]    Only what arrives from now on is judged.
    Partner Sends    7E8#01
    Receive Can Message    0x7E8
    Can Message Should Not Arrive    0x7E8    within=100 ms

Error Frames Are Told
    [Documentation]    They may be the reason why nothing arrived.
    Partner Sends Error Frame
    Partner Sends    100#01
    Receive Can Message    0x100
    VAR    ${failure}    No message 0x7E8 arrived on bus 'tester' within 50 milliseconds. Nothing else did. 1 error
    ...    frame came since the bus was opened.
    Should Fail    ${failure}    Wait For Can Message    0x7E8    within=50 ms

Mark Of Another Bus Is Refused
    [Documentation]    Positions of two buses have nothing in common.
    Open Can Bus    other    channel=9
    ${mark}    Set Can Mark
    VAR    ${failure}    The mark at message 0 of bus 'other' is of another bus than 'tester', or of the time before
    ...    it was opened again.
    Should Fail    ${failure}    Wait For Can Message    0x100    since=${mark}    bus=tester

What Is No Mark Is Refused
    [Documentation]    A time or a message is none.
    VAR    ${no_mark}    5 s    # a dry run would refuse the text itself
    Run Keyword And Expect Error    *is no mark; give what Set Can Mark returned, a message that was received or sent*
    ...    Wait For Can Message    0x100    since=${no_mark}

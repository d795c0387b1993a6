*** Settings ***
Documentation       Verdict rule 2: waits judge from now, or from a mark; an older message never satisfies them.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           verdicts    users-ask-3


*** Test Cases ***
Message Sent In The Moment Before Never Satisfies
    [Documentation]    Again and again, because it lies in the driver's queue when the wait begins.
    Open Can Bus    ecu    channel=0
    FOR    ${at}    IN RANGE    20
        Send Can Message    0x7E8    ${{ [$at] }}    bus=ecu
        Run Keyword And Expect Error
        ...    No message 0x7E8 arrived on bus 'tester' within 1 millisecond. A match arrived * before the wait began: *
        ...    Wait For Can Message    0x7E8    within=1 ms    bus=tester
        Send Can Message    0x7E8    ${{ [$at] }}    bus=ecu
        Can Message Should Not Arrive    0x7E8    within=1 ms    bus=tester
    END

Clear Drops What Was Sent In The Moment Before
    [Documentation]    Also what the receiver has not yet taken out of the driver's queue.
    Open Can Bus    ecu    channel=0
    FOR    ${at}    IN RANGE    20
        Send Can Message    0x7E8    ${{ [$at] }}    bus=ecu
        ${dropped}    Clear Received Messages    bus=tester
        Should Be Equal    ${dropped}    ${1}
    END

Receive Without Waiting Finds What Was Sent In The Moment Before
    [Documentation]    timeout=0 asks for what is there.
    Open Can Bus    ecu    channel=0
    FOR    ${at}    IN RANGE    20
        Send Can Message    0x7E8    ${{ [$at] }}    bus=ecu
        Receive Can Message    0x7E8    ${{ [$at] }}    timeout=0    bus=tester
    END

Failure Names The Match Before And The Cure
    [Documentation]    When it came, what it was, and what to do.
    Partner Sends    7E8#0250
    Receive Can Message    0x7E8
    VAR    ${failure}    REGEXP:No message 0x7E8 arrived on bus 'tester' within 50 milliseconds\\. A match arrived
    ...    [\\d.]+ \\w+ before the wait began: 0x7E8 \\ \\[2\\] \\ 02 50\\. Give the wait a mark with
    ...    since=, or use Exchange Can Message\\. Nothing else did\\.
    Run Keyword And Expect Error    ${failure}    Wait For Can Message    0x7E8    within=50 ms

*** Settings ***
Documentation       Excerpts where a test asks for them.

Library             CanLibrary
Library             ../../resources/IsoTpPartner.py

Suite Setup         Open Can Bus    body    channel=1

Test Tags           inner


*** Test Cases ***
All Of The Test
    [Documentation]    Not what was before it.
    Send Can Message    0x0FF
    Send Can Message    0x100    01
    Shown Should Be    2

Since And Until
    [Documentation]    Marks and messages say where.
    ${first}    Send Can Message    0x100    01
    Send Can Message    0x101    01
    ${mark}    Set Can Mark
    Send Can Message    0x102    01
    Shown Should Be    1    since=${first}    until=${mark}

The Whole Trace
    [Documentation]    The tests before count as well.
    Send Can Message    0x100    01
    Shown Should Be    3    since=opened    id=0x100

The Newest
    [Documentation]    What is left out is counted.
    FOR    ${number}    IN RANGE    5
        Send Can Message    0x100    ${{ [$number] }}
    END
    Shown Should Be    2    limit=2

Transfer
    [Documentation]    Every message says what it is, and the last one the payload.
    Open IsoTp Partner    channel=1
    IsoTp Partner Answers    22F190    62 F1 90 57 42 41 00 00 00 00 00 00 00 00 00 00 00 00 00 09
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    bus=body
    Exchange IsoTp Frame    22 F1 90
    Shown Should Be    5

Quiet
    [Documentation]    That is one sentence.
    Shown Should Be    0

Wrong
    [Documentation]    Refused in a sentence.
    Run Keyword And Expect Error    limit=0 is not possible: show at least 1 message.    Log Can Trace    limit=0
    Run Keyword And Expect Error    Bus 'nose' is not open (open: 'body').    Log Can Trace    bus=nose


*** Keywords ***
Shown Should Be
    [Documentation]    Logs a trace and checks how many messages that were.
    [Arguments]    ${count}    &{options}
    ${shown}    Log Can Trace    &{options}
    Should Be Equal As Integers    ${shown}    ${count}

*** Settings ***
Documentation       Two readers steal each other's messages.
...
...                 python-can #1888, #716; can-isotp #42, #51, #76.

Resource            ask.resource

Test Setup          Open Tester And Partner


*** Test Cases ***
A Wait Takes Nothing From A Receive
    [Documentation]    What a wait saw stays unread.
    ${mark}    Set Can Mark
    Partner Sends    7E8#0462F19041
    Wait For Can Message    0x7E8    since=${mark}    within=1 s
    Receive Can Message    0x7E8    timeout=1 s

Two Waits See The Same Message
    [Documentation]    One by identifier, the other by data.
    ${mark}    Set Can Mark
    Partner Sends    7E8#0462F19041
    ${first}    Wait For Can Message    0x7E8    since=${mark}    within=1 s
    ${second}    Wait For Can Message    *    ?? 62 *    since=${mark}    within=1 s
    Should Be Equal    ${first.data}    ${second.data}

A Wait Takes Nothing From The History
    [Documentation]    Nor from what came while it waited for something else.
    Partner Sends    100#01    200#02    7E8#0462F19041    after=300 ms
    Wait For Can Message    0x7E8
    Can Message Count Should Be    1    0x100
    Can Message Count Should Be    1    0x7E8

*** Settings ***
Documentation       Wait for this identifier with this data, fail if it does not come.
...
...                 python-can #834, #808, #962, #1550.

Resource            ask.resource

Test Setup          Open Tester And Partner


*** Test Cases ***
It Comes Among Others
    [Documentation]    Neither another identifier nor other data ends the wait.
    Partner Sends    100#01    7E8#037F1078    7E8#065003003201F4    after=300 ms
    ${message}    Wait For Can Message    0x7E8    ?? 50 03 *
    Should Be Equal As Integers    ${message.data[1]}    ${0x50}

It Does Not Come And The Failure Says What Did
    [Documentation]    The sentence names what was expected, where, for how long, and what came instead.
    Partner Sends    100#01    7E8#037F1012    after=20 ms
    VAR    ${expected}    No message 0x7E8 matching '?? 50 03 *' arrived on bus 'tester' within 1 second.
    ...    2 others did: 0x100 ×1, 0x7E8 ×1 (last 03 7F 10 12).
    Run Keyword And Expect Error    EQUALS:${expected}    Wait For Can Message    0x7E8    ?? 50 03 *    within=1 s

The Others Are Not Lost
    [Documentation]    What came before the match, and was no match, can still be received.
    Partner Sends    100#01    7E8#025003    after=300 ms
    Wait For Can Message    0x7E8    ?? 50 *
    Receive Can Message    0x100    timeout=500 ms

*** Settings ***
Documentation       Old messages answer new questions.
...
...                 python-can #1307, #1594, #1708.

Resource            ask.resource

Test Setup          Open Tester And Partner


*** Test Cases ***
A Reply Is Newer Than Its Request
    [Documentation]    One that lies in the queue already is no reply.
    Partner Sends    7E8#0650BB
    Partner Answers    7E0*    7E8#0650CC    after=50 ms
    ${reply}    Exchange Can Message    0x7E0    02 10 03    reply_id=0x7E8
    Should Be Equal As Integers    ${reply.data[2]}    ${0xCC}

A Wait Begins Now
    [Documentation]    The failure says that a match came before, and what to do.
    Partner Sends    100#01
    VAR    ${expected}    No message 0x100 arrived on bus 'tester' within 100 milliseconds. A match arrived * before the
    ...    wait began: 0x100 \ [[]1] \ 01. Give the wait a mark with since=, or use Exchange Can Message.*
    Run Keyword And Expect Error    ${expected}    Wait For Can Message    0x100    within=100 ms

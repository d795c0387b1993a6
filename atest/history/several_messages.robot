*** Settings ***
Documentation       Waiting for several messages: all, any, or in order.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           history


*** Test Cases ***
All In Whatever Order
    [Documentation]    They are returned in the order in which they were asked for.
    Partner Sends    7E9#0241BB    100#01    7E8#0241AA    after=300 ms
    ${first}    ${second}    Wait For Can Messages    0x7E8    0x7E9 02 41 *
    Should Be Equal As Strings    ${first}    0x7E8 \ [3] \ 02 41 AA
    Should Be Equal As Strings    ${second}    0x7E9 \ [3] \ 02 41 BB

Any Of Them
    [Documentation]    The first that comes.
    Partner Sends    100#01    7E9#0241BB    after=300 ms
    ${messages}    Wait For Can Messages    0x7E8    0x7E9    expect=ANY
    Should Be Equal As Strings    ${messages}[0]    0x7E9 \ [3] \ 02 41 BB

In This Order
    [Documentation]    Others may come in between.
    ${mark}    Set Can Mark
    Partner Sends    100#01    300#    200#02    100#03
    Wait For Can Messages    0x100    0x200    0x100    expect=IN_ORDER    since=${mark}
    VAR    ${failure}    2 of 3 messages arrived on bus 'tester' within 100 milliseconds of the mark in this order;
    ...    missing: 0x300. 0x300 \ [[]0] came too early, * before 0x100 \ [[]1] \ 03. On bus 'tester' came
    ...    4 messages: 0x100 ×2, 0x200 ×1, 0x300 ×1.
    Run Keyword And Expect Error    ${failure}
    ...    Wait For Can Messages    0x200    0x100    0x300    expect=IN_ORDER    since=${mark}    within=100 ms

Not All Came
    [Documentation]    Those that are missing are named as they were typed.
    ${mark}    Set Can Mark
    Partner Sends    7E8#0241AA
    VAR    ${failure}    1 of 3 messages arrived on bus 'tester' within 100 milliseconds of the mark; missing:
    ...    0x7E9 02 4? *, 0x7EA. On bus 'tester' came 1 message: 0x7E8 ×1.
    Should Fail    ${failure}
    ...    Wait For Can Messages    0x7E8    0x7E9 02 4? *    0x7EA    since=${mark}    within=100 ms

One Message Is Not Two
    [Documentation]    Even where it matches both.
    ${mark}    Set Can Mark
    Partner Sends    100#01
    Run Keyword And Expect Error    1 of 2 messages arrived*
    ...    Wait For Can Messages    0x100    0x100 01    since=${mark}    within=100 ms

They Stay Unread
    [Documentation]    A wait takes nothing away.
    ${mark}    Set Can Mark
    Partner Sends    100#01    200#02
    Wait For Can Messages    0x100    0x200    since=${mark}
    Receive Can Message    0x100
    Receive Can Message    0x200

Nothing Is Asked For
    [Documentation]    That is no question.
    Should Fail    Say which messages are expected, such as 0x100 or 0x7E8 ?? 50 *.    Wait For Can Messages

*** Settings ***
Documentation       The reply arrives before one listens, and the cure is a fixed sleep in every home-made library.

Resource            ask.resource

Test Setup          Open Tester And Partner


*** Test Cases ***
The Reply Comes While The Test Waits For Something Else
    [Documentation]    A mark before the request lets the later wait find it.
    Partner Answers    7E0*    7E8#025003
    Partner Sends    100#01    after=300 ms
    ${mark}    Set Can Mark
    Send Can Message    0x7E0    02 10 03
    Wait For Can Message    0x100
    Wait For Can Message    0x7E8    ?? 50 *    since=${mark}    within=1 s

Replies Of Two Partners Come In Any Order
    [Documentation]    Each wait looks from the same mark on.
    Partner Answers    7DF*    7E9#0241BB    7E8#0241AA
    ${mark}    Set Can Mark
    Send Can Message    0x7DF    01 00
    Wait For Can Message    0x7E8    since=${mark}    within=1 s
    Wait For Can Message    0x7E9    since=${mark}    within=1 s

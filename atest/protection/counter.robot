*** Settings ***
Documentation       Whether the counter in messages that came is alive.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           protection


*** Variables ***
&{COUNTER}      byte=1    width=4


*** Test Cases ***
Counter That Goes On
    [Documentation]    Over its end, too; other bits do not matter.
    Partner Sends    1A0#000E    1A0#00AF    100#00    1A0#FF70    1A0#0001
    Wait For Can Message    0x1A0    00 01    since=opened
    ${count}    Message Counter Should Be Alive    0x1A0    counter=&{COUNTER}
    Should Be Equal As Integers    ${count}    4

Gap
    [Documentation]    The failure says after what, how many are missing, and when.
    Partner Sends    1A0#0004    1A0#0005    1A0#0007    1A0#0008    1A0#000C
    Wait For Can Message    0x1A0    00 0C    since=opened
    VAR    ${failure}    The counter of 0x1A0 on bus 'tester' is wrong 2 times in 5 messages since the bus was opened:
    ...    after 5 came 7 (1 missing) at * s; after 8 came 12 (3 missing) at * s.
    Run Keyword And Expect Error    ${failure}    Message Counter Should Be Alive    0x1A0    counter=&{COUNTER}

Gap Within The Tolerance
    [Documentation]    So many may be missing from one message to the next.
    Partner Sends    1A0#0004    1A0#0006    1A0#0009
    Wait For Can Message    0x1A0    00 09    since=opened
    Message Counter Should Be Alive    0x1A0    counter=&{COUNTER}    tolerance=2
    Run Keyword And Expect Error    * wrong 1 time in 3 messages *: after 6 came 9 (2 missing) *
    ...    Message Counter Should Be Alive    0x1A0    counter=&{COUNTER}    tolerance=1

Counter That Stands Still
    [Documentation]    No tolerance helps.
    Partner Sends    1A0#0004    1A0#0004    1A0#0005
    Wait For Can Message    0x1A0    00 05    since=opened
    Run Keyword And Expect Error    * wrong 1 time in 3 messages *: it stayed 4 at * s.
    ...    Message Counter Should Be Alive    0x1A0    counter=&{COUNTER}    tolerance=5

Counter Outside Of Its Range
    [Documentation]    E2E profile 1 never gets to 15.
    Partner Sends    1A0#000E    1A0#000F    1A0#0000
    Wait For Can Message    0x1A0    00 00    since=opened
    Run Keyword And Expect Error    * wrong 1 time in 3 messages *: 15 is not from 0 to 14 at * s.
    ...    Message Counter Should Be Alive    0x1A0    e2e={'profile': 1, 'data_id': 0x123}

Message That Is Too Short
    [Documentation]    It is a mistake of who sent it.
    Partner Sends    1A0#0004    1A0#00
    Wait For Can Message    0x1A0    00    since=opened
    Run Keyword And Expect Error
    ...    * wrong 1 time in 2 messages *: 0x1A0 \ [[]1] \ 00 is too short for a counter in byte 1 at * s.
    ...    Message Counter Should Be Alive    0x1A0    counter=&{COUNTER}

One Message Is No Life
    [Documentation]    Nor is none.
    VAR    ${none}    0 messages 0x1A0 on bus 'tester' were received since the bus was opened:
    ...    a counter that is alive takes at least 2.
    Should Fail    ${none}    Message Counter Should Be Alive    0x1A0    counter=&{COUNTER}
    Partner Sends    1A0#0004
    Wait For Can Message    0x1A0    since=opened
    VAR    ${one}    1 message 0x1A0 on bus 'tester' was received since the bus was opened:
    ...    a counter that is alive takes at least 2.
    Should Fail    ${one}    Message Counter Should Be Alive    0x1A0    counter=&{COUNTER}

Between Two Marks
    [Documentation]    What was before or after does not count.
    Partner Sends    1A0#0009
    Wait For Can Message    0x1A0    since=opened
    ${began}    Set Can Mark
    Partner Sends    1A0#0004    1A0#0005
    Wait For Can Message    0x1A0    00 05    since=${began}
    ${ended}    Set Can Mark
    Partner Sends    1A0#0001
    Wait For Can Message    0x1A0    00 01    since=${ended}
    Message Counter Should Be Alive    0x1A0    counter=&{COUNTER}    since=${began}    until=${ended}

Neither Or Both
    [Documentation]    One of them says what is judged.
    Should Fail    Give either counter\= or e2e\=, which says what is judged and where it stands.
    ...    Message Counter Should Be Alive    0x1A0
    Should Fail    Give either counter\= or e2e\=, which says what is judged and where it stands.
    ...    Message Counter Should Be Alive    0x1A0    counter=&{COUNTER}    e2e={'profile': 1, 'data_id': 1}

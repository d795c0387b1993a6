*** Settings ***
Documentation       Periodic messages, as a foreign partner hears them.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           periodic


*** Test Cases ***
Message Is Sent Again And Again
    [Documentation]    The first one at once; the gaps are about the period, never a burst.
    Start Periodic Message    0x100    00 01    period=50 ms
    ${heard}    Partner Hears    6    100#0001
    ${took}    Evaluate    $heard[5].timestamp - $heard[0].timestamp
    Should Be True    ${took} > 0.2

Handles Are Made Up Or Given
    [Documentation]    A given name is the handle; others are numbered.
    ${named}    Start Periodic Message    0x100    period=1 s    name=heartbeat
    ${first}    Start Periodic Message    0x101    period=1 s
    ${second}    Start Periodic Message    0x102    period=1 s
    Should Be Equal    ${named}    heartbeat
    Should Match Regexp    ${first}    ^periodic-\\d+$
    Should Not Be Equal    ${first}    ${second}

All Kinds Of Messages
    [Documentation]    Extended, CAN FD with bit rate switch, remote.
    Start Periodic Message    0x18DA10F1    01    period=1 s
    Start Periodic Message    0x123    AA    period=1 s    fd=True    bitrate_switch=True
    Start Periodic Message    0x124    period=1 s    remote=True    dlc=4
    Partner Hears    1    18DA10F1#01
    Partner Hears    1    123##1AA
    Partner Hears    1    124#R4

Data Changes Without A Break
    [Documentation]    After the change nothing old is sent.
    ${handle}    Start Periodic Message    0x100    00    period=20 ms
    Partner Hears    2    100#00
    Change Periodic Message    ${handle}    01
    Partner Hears    1    100#01
    Partner Forgets
    Partner Hears    3    100#01
    Partner Should Hear Nothing    100#00    within=60 ms

Period Changes
    [Documentation]    From one message an hour to many in a second; the hour is not waited for.
    ${handle}    Start Periodic Message    0x100    00    period=1 h
    Partner Hears    1
    Change Periodic Message    ${handle}    period=10 ms
    Partner Hears    20

Stop Returns How Often It Was Sent
    [Documentation]    And nothing comes after it. Stopping twice is fine.
    ${handle}    Start Periodic Message    0x100    00    period=20 ms
    Partner Hears    3
    ${count}    Stop Periodic Message    ${handle}
    ${heard}    Partner Hears    ${count}
    Length Should Be    ${heard}    ${count}
    Partner Forgets
    Partner Should Hear Nothing    within=100 ms
    ${again}    Stop Periodic Message    ${handle}
    Should Be Equal    ${again}    ${count}

Duration Ends It
    [Documentation]    At most so many messages as fit, and it can be started again by its name.
    Start Periodic Message    0x100    period=50 ms    duration=220 ms    name=short
    Partner Hears    1
    Wait Until Keyword Succeeds    5 s    50 ms    Periodic Message Should Have Ended    short
    ${count}    Stop Periodic Message    short
    Should Be True    1 <= ${count} <= 5
    Start Periodic Message    0x101    period=50 ms    name=short
    Partner Hears    1    101#

Several With One Identifier
    [Documentation]    Each has its own cycle and data, python-can #721.
    Start Periodic Message    0x100    01    period=20 ms
    Start Periodic Message    0x100    02    period=30 ms
    Partner Hears    5    100#01
    Partner Hears    5    100#02

Many At Once
    [Documentation]    One thread serves all of them.
    FOR    ${number}    IN RANGE    50
        Start Periodic Message    ${0x200 + ${number}}    period=50 ms
    END
    Partner Hears    3    200#
    Partner Hears    3    231#
    ${threads}    Threads Of    periodic    count=1
    Length Should Be    ${threads}    1

Stop All
    [Documentation]    Of one bus, or of all; it returns how many were running.
    Open Can Bus    other    channel=1
    Start Periodic Message    0x100    period=20 ms
    Start Periodic Message    0x101    period=20 ms    bus=tester
    Start Periodic Message    0x102    period=20 ms    bus=tester
    ${of_tester}    Stop All Periodic Messages    bus=tester
    ${of_all}    Stop All Periodic Messages
    Should Be Equal    ${{ [$of_tester, $of_all] }}    ${{ [2, 1] }}
    Partner Forgets
    Partner Should Hear Nothing    within=60 ms

Thread Ends When Nothing Is Left To Send
    [Documentation]    No thread without a periodic message.
    Start Periodic Message    0x100    period=20 ms
    Stop All Periodic Messages
    ${threads}    Threads Of    CanLibrary periodic
    Should Be Empty    ${threads}

Failing Send Is Told By The Next Keyword On The Bus
    [Documentation]    It is told once, and the next cycles go on.
    ${object}    Open Odd Bus    BreakingBus
    Start Periodic Message    0x100    01    period=20 ms    name=heartbeat
    Let Bus Refuse    ${object}
    Wait Until Keyword Succeeds    5 s    20 ms    Bus Should Have Refused    ${object}    2
    Let Bus Refuse    ${object}    ${False}
    Partner Forgets
    Partner Hears    1
    VAR    ${failure}    REGEXP:Periodic message 'heartbeat' could not be sent \\d+ times?: Bus 'lab' could not send
    ...    0x100 .*: Transmit buffer full\\.
    Run Keyword And Expect Error    ${failure}    Clear Received Messages
    Stop Periodic Message    heartbeat

Failing Send That Nobody Was Told Is Told By The Close
    [Documentation]    At the latest.
    ${object}    Open Odd Bus    BreakingBus
    Let Bus Refuse    ${object}
    Start Periodic Message    0x100    01    period=1 h    name=hourly
    Wait Until Keyword Succeeds    5 s    20 ms    Bus Should Have Refused    ${object}    1
    VAR    ${failure}    Periodic message 'hourly' could not be sent 1 time: Bus 'lab' could not send
    ...    0x100 \ [1] \ 01: Transmit buffer full.
    Should Fail    ${failure}    Close Can Bus    lab

Stop After The Bus Was Closed Is Fine
    [Documentation]    It ended with its bus.
    ${handle}    Start Periodic Message    0x100    00    period=20 ms
    Partner Hears    2
    Close Can Bus    tester
    ${count}    Stop Periodic Message    ${handle}
    Should Be True    ${count} >= 2

Name That Is Taken
    [Documentation]    Only while it runs.
    Start Periodic Message    0x100    period=1 s    name=heartbeat
    Should Fail    Periodic message 'heartbeat' is running already; stop it or use another name.
    ...    Start Periodic Message    0x101    period=1 s    name=heartbeat

Name That Does Not Exist
    [Documentation]    The failure names those that run, and the nearest.
    Start Periodic Message    0x100    period=1 s    name=heartbeat
    Should Fail
    ...    There is no periodic message 'heartbeet' (running: 'heartbeat'); did you mean 'heartbeat'?
    ...    Stop Periodic Message    heartbeet

Period Of Nothing
    [Documentation]    A period is above 0.
    Should Fail    period\=0 is not possible: a period is above 0 seconds.
    ...    Start Periodic Message    0x100    period=0
    Partner Should Hear Nothing    within=50 ms

Data That Does Not Fit
    [Documentation]    Neither at the start nor at a change; the old data goes on.
    Run Keyword And Expect Error    9 data bytes are too many: *
    ...    Start Periodic Message    0x100    ${{ bytes(9) }}    period=20 ms
    ${handle}    Start Periodic Message    0x100    01    period=20 ms
    Run Keyword And Expect Error    9 data bytes are too many: *
    ...    Change Periodic Message    ${handle}    ${{ bytes(9) }}
    Partner Forgets
    Partner Hears    2    100#01

Change After The End
    [Documentation]    An ended one is started again, not changed.
    ${handle}    Start Periodic Message    0x100    01    period=20 ms
    Stop Periodic Message    ${handle}
    Should Fail    Periodic message '${handle}' has ended; start it again.
    ...    Change Periodic Message    ${handle}    02


*** Keywords ***
Periodic Message Should Have Ended
    [Documentation]    Changing one that has ended fails.
    [Arguments]    ${handle}
    Should Fail    Periodic message '${handle}' has ended; start it again.    Change Periodic Message    ${handle}

Bus Should Have Refused
    [Documentation]    The odd bus counts what it refused to send.
    [Arguments]    ${bus}    ${times}
    Should Be True    ${bus.refused} >= ${times}

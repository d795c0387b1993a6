*** Settings ***
Documentation       When the first message is sent, and how regular the others were.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           periodic


*** Test Cases ***
Offset Delays The First Message
    [Documentation]    So that messages which start together do not leave in one burst.
    Start Periodic Message    0x100    period=1 h    offset=300 ms
    Start Periodic Message    0x200    period=1 h
    ${first}    Partner Hears    1    200#
    ${second}    Partner Hears    1    100#
    Should Be True    0.28 < $second[0].timestamp - $first[0].timestamp < 3
    Run Keyword And Expect Error    offset=-1 is not possible: *
    ...    Start Periodic Message    0x100    period=1 h    offset=-1 s

Duration Begins With The First Message
    [Documentation]    Not with the keyword.
    Start Periodic Message    0x100    period=20 ms    offset=100 ms    duration=50 ms    name=late
    Partner Hears    2
    Wait Until Keyword Succeeds    5 s    20 ms    Should Have Ended    late
    ${statistics}    Get Periodic Statistics    late
    Should Be True    1 <= ${statistics.count} <= 3

Statistics Of One That Runs
    [Documentation]    The figures fit together.
    Start Periodic Message    0x100    period=10 ms    name=heartbeat
    Partner Hears    10
    ${statistics}    Get Periodic Statistics    heartbeat
    Should Be Equal    ${{ ($statistics.period, $statistics.failed, $statistics.running) }}    ${{ (0.01, 0, True) }}
    Should Be True    $statistics.count >= 10 and 8 <= $statistics.gaps <= $statistics.count
    Should Be True    0.005 < $statistics.mean < 1
    Should Be True    $statistics.shortest <= $statistics.mean <= $statistics.longest
    Should Be True    $statistics.p99 <= $statistics.longest
    Should Be True    $statistics.mean_error <= $statistics.worst_error
    Should Be True    $statistics.p99_error <= $statistics.worst_error

Statistics As Text
    [Documentation]    They print as a tester reads them.
    Start Periodic Message    0x100    period=10 ms    name=heartbeat
    Partner Hears    3
    ${statistics}    Get Periodic Statistics    heartbeat
    VAR    ${head}    Periodic message 'heartbeat' on bus 'tester', every 10 milliseconds:
    VAR    ${text}    ${head} * sent, * left out, 0 sends failed.
    ...    Gaps: mean * ms, p99 * ms, shortest * ms, longest * ms.
    ...    Off the period: mean * ms, p99 * ms, worst * ms.
    ...    separator=\n
    Should Match    ${{ str($statistics) }}    ${text}

Statistics Of One That Has Ended
    [Documentation]    Also when its bus is closed.
    Start Periodic Message    0x100    period=10 ms    name=heartbeat
    Partner Hears    3
    ${count}    Stop Periodic Message    heartbeat
    ${statistics}    Get Periodic Statistics    heartbeat
    Should Be Equal    ${{ ($statistics.count, $statistics.running) }}    ${{ ($count, False) }}
    Close Can Bus    tester
    ${again}    Get Periodic Statistics    heartbeat
    Should Be Equal As Strings    ${again}    ${statistics}

Statistics Begin Again With A New Period
    [Documentation]    Gaps of another period say nothing about this one.
    Start Periodic Message    0x100    period=1 h    name=heartbeat
    Partner Hears    1
    Change Periodic Message    heartbeat    period=10 ms
    Partner Hears    4
    ${statistics}    Get Periodic Statistics    heartbeat
    Should Be True    $statistics.period == 0.01 and $statistics.longest < 10 and $statistics.misses < 100

Cycle That Was Kept
    [Documentation]    Within the tolerance.
    Start Periodic Message    0x100    period=20 ms    name=heartbeat
    Partner Hears    5
    Periodic Message Should Have Kept Its Cycle    heartbeat    tolerance=2 s

Cycle That Was Not Kept
    [Documentation]    The failure has the figures.
    ${object}    Open Odd Bus    BreakingBus
    Start Periodic Message    0x100    period=10 ms    name=heartbeat
    Partner Hears    2
    Bus Refuses Some Messages    ${object}
    Run Keyword And Expect Error    Periodic message 'heartbeat' could not be sent *    Clear Received Messages
    VAR    ${failure}    Periodic message 'heartbeat' did not keep its cycle of 10 milliseconds ± 1 millisecond:
    ...    its worst gap was off by * milliseconds.\nPeriodic message 'heartbeat' on bus 'lab', every 10 milliseconds:
    ...    * sent, * left out, * failed.\nGaps: mean *
    ${error}    Run Keyword And Expect Error    *    Periodic Message Should Have Kept Its Cycle    heartbeat
    Should Match    ${error}    ${failure}

Cycle Of One Message Is No Verdict
    [Documentation]    A gap takes two.
    Start Periodic Message    0x100    period=1 h    name=hourly
    Partner Hears    1
    VAR    ${failure}    Whether periodic message 'hourly' kept its cycle cannot be said: it was sent 1 time, and
    ...    a gap takes two messages with the same period.
    Should Fail    ${failure}    Periodic Message Should Have Kept Its Cycle    hourly

Unknown Handle
    [Documentation]    Named like everywhere.
    Start Periodic Message    0x100    period=1 h    name=heartbeat
    Should Fail
    ...    There is no periodic message 'heartbeet' (running: 'heartbeat'); did you mean 'heartbeat'?
    ...    Get Periodic Statistics    heartbeet


*** Keywords ***
Should Have Ended
    [Documentation]    As its statistics say.
    [Arguments]    ${handle}
    ${statistics}    Get Periodic Statistics    ${handle}
    Should Not Be True    ${statistics.running}

Bus Refuses Some Messages
    [Documentation]    And takes the next ones again.
    [Arguments]    ${object}
    Let Bus Refuse    ${object}
    Wait Until Keyword Succeeds    5 s    20 ms    Should Be True    ${{ $object.refused >= 5 }}
    Let Bus Refuse    ${object}    ${False}
    Partner Forgets
    Partner Hears    2

*** Settings ***
Documentation       Sending a recording again. The files are candump logs, and a foreign partner hears what is sent.

Library             OperatingSystem
Library             ../resources/InnerRuns.py
Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           replay


*** Variables ***
${LOG}          ${TEMPDIR}${/}canlibrary_replay.log
@{EXCHANGE}     (1436509052.249713) can0 7E0#021003    (1436509052.259713) can0 7E8#065003003201F4
...             (1436509052.299713) can0 18DA10F1#R4    (1436509052.349713) can0 123##1AABB
@{TWO}          (10.000000) can0 100#01    (10.010000) can1 200#02    (10.020000) can0 100#03


*** Test Cases ***
Everything Is Sent In Order
    [Documentation]    Standard and extended identifiers, remote and CAN FD messages.
    Recording    @{EXCHANGE}
    ${result}    Replay Can Trace    ${LOG}
    Should Be Equal As Integers    ${result.messages}    4
    Partner Should Hear    7E0\#021003    7E8\#065003003201F4    18DA10F1\#R4    123\#\#1AABB
    Should Be True    0.1 <= $result.duration < 5

Five Seconds Last Five Seconds
    [Documentation]    Within 50 ms, with 500 messages on the way.
    ${lines}    Evaluate    [f'({100 + number / 100:.6f}) can0 100#{number & 255:02X}' for number in range(501)]
    Recording    @{lines}
    ${result}    Replay Can Trace    ${LOG}
    Should Be Equal As Integers    ${result.messages}    501
    Should Be True    4.95 <= $result.duration <= 5.05
    ${statistics}    Get Bus Statistics
    VAR    ${cyclic}    ${statistics.ids}[0x100]
    Should Be True    0.0099 <= $cyclic.mean_gap <= 0.0101

Twice As Fast
    [Documentation]    A recording of 100 ms takes 50 ms.
    Recording    @{EXCHANGE}
    ${result}    Replay Can Trace    ${LOG}    factor=2
    Should Be True    abs($result.planned - 0.05) < 0.0001

Three Times
    [Documentation]    All of it again, a mean gap after the last message.
    Recording    (1.0) can0 100#01    (1.01) can0 100#02
    ${result}    Replay Can Trace    ${LOG}    loop=3
    Should Be Equal As Integers    ${result.messages}    6
    Partner Should Hear    100\#01    100\#02    100\#01    100\#02    100\#01    100\#02

Some Identifiers Only
    [Documentation]    The others are counted.
    Recording    @{EXCHANGE}
    ${result}    Replay Can Trace    ${LOG}    filters=0x7E0
    Should Be Equal As Integers    ${result.messages}    1
    Should Be Equal As Integers    ${result.left_out}    3
    Partner Should Hear    7E0\#021003

Channels Onto Buses
    [Documentation]    Each channel of the file onto a bus of its own.
    Open Can Bus    other    channel=1
    Open Partner    channel=1
    Recording    @{TWO}
    Replay Can Trace    ${LOG}    channels=can0=tester, can1=other
    Partner Should Hear    100\#01    100\#03    channel=0
    Partner Should Hear    200\#02    channel=1

Several Channels Without A Map
    [Documentation]    Nothing is sent.
    Recording    @{TWO}
    VAR    ${failure}    'canlibrary_replay.log' has messages of the channels 'can0' and 'can1': say with channels=
    ...    which of them go onto which bus, such as channels=can0=tester.
    Should Fail    ${failure}    Replay Can Trace    ${LOG}
    Partner Should Hear Nothing

Beside The Test
    [Documentation]    The test judges what the replay causes, while it goes on.
    Recording    @{EXCHANGE}
    Partner Answers    7E0\#0210*    7E8\#0250
    ${mark}    Set Can Mark
    ${handle}    Replay Can Trace    ${LOG}    background=True
    Wait For Can Message    0x7E8    02 50    since=${mark}
    ${result}    Wait For Can Replay    ${handle}    timeout=10 s
    Should Be True    $result.is_complete

For Ever Until Stopped
    [Documentation]    It ends with its bus, too.
    Recording    (1.0) can0 100#01    (1.01) can0 100#02
    Replay Can Trace    ${LOG}    background=True    loop=forever
    Partner Hears    6    100\#*
    ${result}    Stop Can Replay
    Should Be True    $result.messages >= 6 and $result.loops >= 2
    Partner Forgets
    Partner Should Hear Nothing
    Replay Can Trace    ${LOG}    background=True    loop=forever

Test Time Out Interrupts A Replay
    [Documentation]    Nothing is sent after it.
    Run Inner Suite    ${CURDIR}/_suites/timeout.robot
    Inner Test Should Have Failed    Interrupted Replay    Test timeout 3 seconds exceeded.
    Inner Run Should Leave Nothing

Interface Refuses A Message
    [Documentation]    The replay ends there and says how far it came.
    ${bus}    Open Odd Bus    BreakingBus
    Let Bus Refuse    ${bus}
    Recording    @{EXCHANGE}
    VAR    ${failure}    Bus 'lab' could not send 0x7E0 \ [3] \ 02 10 03: Transmit buffer full. The replay of
    ...    'canlibrary_replay.log' ended there: 0 messages of 4 had been sent.
    Should Fail    ${failure}    Replay Can Trace    ${LOG}

No Such Recording
    [Documentation]    Neither a file nor an alias.
    VAR    ${failure}    There is no file 'nowhere.blf', and no recording is open under that alias.
    Should Fail    ${failure}    Replay Can Trace    nowhere.blf


*** Keywords ***
Recording
    [Documentation]    Writes a candump log.
    [Arguments]    @{lines}
    ${text}    Catenate    SEPARATOR=\n    @{lines}    ${EMPTY}
    Create File    ${LOG}    ${text}

*** Settings ***
Documentation       Recordings: trace files that are asked like a bus.

Library             OperatingSystem
Library             ../resources/InnerRuns.py
Resource            ../resources/network.resource

Suite Setup         Write Drive
Test Tags           files


*** Variables ***
${DRIVE}    SEPARATOR=\n
...         (100.000000) can0 7E0\#023E00 T
...         (100.020000) can0 7E8\#027E00 R
...         (101.000000) can0 7E0\#023E01 T
...         (101.180000) can0 7E8\#027E01 R
...         (102.500000) can0 100\#AA R
...         ${EMPTY}


*** Test Cases ***
Questions Are Answered At Once
    [Documentation]    Waits begin at the recording's first message and end with its last.
    Open Can Trace    drive.log
    ${message}    Wait For Can Message    0x100
    Should Be Equal As Strings    ${message}    0x100 \ [1] \ AA
    Can Message Should Not Arrive    0x200    within=2 seconds
    Can Message Count Should Be    ${2}    0x7E8
    VAR    ${others}    3 others did: 0x7E8 ×2, 0x100 ×1.
    Should Fail
    ...    No message 0x200 arrived on bus 'drive' within 2.5 seconds of the recording's beginning. ${others}
    ...    Wait For Can Message    0x200
    Should Fail
    ...    No message 0x200 arrived on bus 'drive' in the recording. ${others}
    ...    Receive Can Message    0x200    timeout=1 minute

Response Times
    [Documentation]    Of each request in the recording: the second is too late.
    Open Can Trace    drive.log
    ${requests}    Get Can Messages    0x7E0    direction=Tx
    Response Time Should Be Below    50 ms    ${requests}[0]    0x7E8
    Run Keyword And Expect Error    *180 milliseconds*
    ...    Response Time Should Be Below    50 ms    ${requests}[1]    0x7E8

Marks Stand At Times
    [Documentation]    A recording has no now.
    Open Can Trace    drive.log
    ${mark}    Set Can Mark    at=0.5 s
    ${message}    Wait For Can Message    0x7E8    since=${mark}
    Should Be Equal As Strings    ${message}    0x7E8 \ [3] \ 02 7E 01
    Can Message Count Should Be    ${1}    0x7E8    since=${mark}
    Run Keyword And Expect Error
    ...    Bus 'drive' is a recording, which has no now: say with at= how long after its first message the mark *
    ...    Set Can Mark

IsoTp Frames
    [Documentation]    Of any pair of identifiers, though nobody listened for it.
    Open Can Trace    drive.log
    ${frames}    Get IsoTp Frames    0x7E0    0x7E8    direction=Rx
    Should Be Equal    ${{ [bytes(frame) for frame in $frames] }}    ${{ [bytes([0x7E, 0]), bytes([0x7E, 1])] }}

Nothing Can Be Sent
    [Documentation]    One sentence with what to use instead.
    Open Can Trace    drive.log
    Should Fail
    ...    Bus 'drive' is a recording: nothing can be sent on it. Replay Can Trace sends it on an open bus.
    ...    Send Can Message    0x1

Bus And Recording Beside Each Other
    [Documentation]    The recording is a bus like others: it has an alias, is current, and closes.
    Open Tester And Partner
    Open Can Trace    drive.log    old
    Send Can Message    0x1    bus=tester
    Can Message Count Should Be    ${3}
    ${buses}    Get Can Buses
    Should Be Equal    ${{ [(bus['alias'], bus['interface'], bus['current']) for bus in $buses] }}
    ...    ${{ [('tester', 'virtual', False), ('old', 'recording', True)] }}
    Close Can Bus    old
    Can Message Count Should Be    ${0}

Recording Of The Suite's Setup
    [Documentation]    What a test asks of the past is the whole recording, whenever it was opened.
    Run Inner Suite    ${CURDIR}/_suites/opened_in_setup.robot    --variable    FOLDER:${OUTPUT_DIR}
    Inner Test Should Have Passed    Asks For All
    Inner Test Should Have Passed    Asks Again
    Inner Run Should Warn

Several Channels
    [Documentation]    Need a choice.
    Create File    ${OUTPUT_DIR}/two.log    (1.0) can0 123\#01\n(1.1) can1 123\#02\n
    Run Keyword And Expect Error
    ...    'two.log' has messages of 2 channels, *: choose one with channel= (can0, can1).
    ...    Open Can Trace    two.log
    Open Can Trace    two.log    channel=can1
    ${message}    Receive Can Message
    Should Be Equal As Strings    ${message}    0x123 \ [1] \ 02

Damaged File
    [Documentation]    What is readable is there, and a warning says where it breaks.
    Run Inner Suite    ${CURDIR}/_suites/damaged.robot    --variable    FOLDER:${OUTPUT_DIR}
    Inner Test Should Have Passed    Cut Log
    Inner Test Should Have Passed    Cut BLF
    Inner Run Should Warn
    ...    'cut.blf' is cut in the middle of a container (after * messages, at * s).
    ...    'cut.log' may be cut: its last line has no end, so that its last message 0x123 \ [2] \ 01 02 may be *

No Trace File
    [Documentation]    Something else under the name of one, and nothing at all.
    Create File    ${OUTPUT_DIR}/letter.blf    Dear reader, this is no measurement.
    Run Keyword And Expect Error
    ...    '*letter.blf' cannot be read as Vector BLF file: it does not begin as a BLF file does.
    ...    Open Can Trace    letter.blf
    Should Fail    There is no file 'gone.blf'.    Open Can Trace    gone.blf

Log That Still Runs
    [Documentation]    Is refused: it would pass as a recording on which nothing came.
    Open Tester And Partner
    Start Can Log    running.blf
    Send Can Message    0x7E0
    VAR    ${refused}    'running.blf' is still being written by Start Can Log on bus 'tester': stop it first with Stop
    ...    Can Log.
    Should Fail    ${refused}    Open Can Trace    running.blf
    Should Fail    ${refused}    Replay Can Trace    ./running.blf
    Stop Can Log
    Open Can Trace    running.blf    receive_own_messages=True
    Receive Can Message    0x7E0

Empty Path
    [Documentation]    One sentence.
    Should Fail    path\='' is no path of a file.    Open Can Trace    ${EMPTY}
    Should Fail    path\='' is no path of a file.    Replay Can Trace    ${EMPTY}


*** Keywords ***
Write Drive
    [Documentation]    A candump log of two requests, two answers and another message.
    Create File    ${OUTPUT_DIR}/drive.log    ${DRIVE}

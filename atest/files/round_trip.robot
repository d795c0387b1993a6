*** Settings ***
Documentation       What passed is logged in each format, opened again, and asked the same questions as the bus: the
...                 answers are the same. What a format cannot hold stands in docs/log-formats.md, and is left out.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Template       The Recording Answers As The Bus Does
Test Tags           files


*** Test Cases ***    ENDING    FD    OWN
Vector BLF    .blf    ${True}    ${True}
Vector ASC    .asc    ${True}    ${True}
Vector ASC Packed    .asc.gz    ${True}    ${True}
Candump Log    .log    ${True}    ${True}
Candump Log Packed    .log.gz    ${True}    ${True}
ASAM MDF    .mf4    ${True}    ${True}
PEAK TRC    .trc    ${False}    ${True}
Table    .csv    ${False}    ${False}
Table Packed    .csv.gz    ${False}    ${False}
Database    .db    ${False}    ${False}


*** Keywords ***
The Recording Answers As The Bus Does
    [Documentation]    Traffic both ways; what comes after the log is not in it.
    [Arguments]    ${ending}    ${fd}    ${own}
    Skip If    $ending == '.mf4' and importlib.util.find_spec('asammdf') is None    asammdf is not installed
    ${path}    Log The Talk    trip/drive${ending}    ${fd}    ${own}
    Send Can Message    0x7FF    01    # not in the log any more
    Open Can Trace    ${path}    recording
    FOR    ${direction}    IN    Rx    Tx    ANY
        Both Have The Same Messages    ${direction}
    END
    Both Find The Same
    Counts Should Be Right    tester
    Counts Should Be Right    recording

Both Find The Same
    [Documentation]    The last message, the last one with certain data, the first one since the beginning.
    Both Agree    Get Last Can Message    0x7E8
    Both Agree    Get Last Can Message    0x7E8    ?? 7E *
    Both Agree    Wait For Can Message    0x18DAF110    since=opened

Counts Should Be Right
    [Documentation]    What counts and what leaves out, on the bus or in the recording.
    [Arguments]    ${bus}
    Can Message Count Should Be    ${3}    0x7E8    since=opened    bus=${bus}
    Can Message Should Not Arrive    0x55    since=opened    within=0.0001    bus=${bus}
    ${statistics}    Get Bus Statistics    since=opened    bus=${bus}
    Should Be Equal    ${statistics.ids['0x7E8'].count}    ${3}

Log The Talk
    [Documentation]    In a log from before to after.
    [Arguments]    ${name}    ${fd}    ${own}
    ${path}    Start Can Log    ${name}
    Talk    ${fd}    ${own}
    ${files}    Stop Can Log
    Should Be Equal    ${files}    ${{ [$path] }}
    RETURN    ${path}

Talk
    [Documentation]    A request, answers, an extended message, one without data, and with CAN FD one of 64 bytes.
    [Arguments]    ${fd}    ${own}
    IF    ${own}    Send Can Message    0x7E0    02 3E 00
    Partner Sends    7E8\#027E00    7E8\#    18DAF110\#0102030405060708    7E8\#037F3E12
    IF    ${fd}
        Partner Sends    123\#\#1${{ bytes(range(64)).hex() }}    124\#\#0AABB
        Send Can Message    0x125    ${{ bytes(12) }}    fd=True
    END
    VAR    ${last}    ${{ '0x124' if $fd else '0x7E8 03 7F 3E 12' }}
    Wait For Can Messages    ${last}    since=opened

Both Have The Same Messages
    [Documentation]    On the bus and in the recording: all that they say, and the time from one to the next.
    [Arguments]    ${direction}
    ${live}    Get Can Messages    direction=${direction}    since=opened    bus=tester
    ${file}    Get Can Messages    direction=${direction}    bus=recording
    # What was sent after the log had ended is on the bus only.
    ${live}    Evaluate    [m for m in $live if m.arbitration_id != 0x7FF]
    Should Be Equal    ${{ [str(m) for m in $file] }}    ${{ [str(m) for m in $live] }}
    Should Be Equal    ${{ [m.is_rx for m in $file] }}    ${{ [m.is_rx for m in $live] }}
    Should Be True    all(abs(a.timestamp - b.timestamp) < 3e-6 for a, b in zip($file, $live))

Both Agree
    [Documentation]    A keyword returns the same message from both.
    [Arguments]    ${keyword}    @{arguments}    &{named}
    ${live}    Run Keyword    ${keyword}    @{arguments}    &{named}    bus=tester
    ${file}    Run Keyword    ${keyword}    @{arguments}    &{named}    bus=recording
    Should Be Equal As Strings    ${file}    ${live}

*** Settings ***
Documentation       The main job, on a local bus and through exporters: run.py says where with the variable LOCATION.
Library             CanLibrary    config=${CURDIR}/bench.yaml    location=${LOCATION}
Test Timeout        30 seconds


*** Variables ***
${LOCATION}     local


*** Test Cases ***
Buses Are Where They Are Wanted
    [Documentation]    The other tests would pass on a local bus, too.
    Open Can Bus    tester
    ${buses}    Get Can Buses
    VAR    ${interface}    ${{'virtual' if $LOCATION == 'local' else 'jumpstarter'}}
    Should Be Equal    ${buses}[0][interface]    ${interface}

Messages Both Ways
    [Documentation]    Standard and extended messages arrive as they were sent.
    Open Can Bus    ecu
    Open Can Bus    tester
    Send Can Message    0x123    01 02 03
    ${message}    Receive Can Message    0x123    bus=ecu
    Should Be Equal    ${message.data}    ${{bytes([1, 2, 3])}}
    Send Can Message    0x18DA10F1    FF    bus=ecu
    Receive Can Message    0x18DA10F1    FF

Can Fd Message
    [Documentation]    All 64 bytes arrive.
    Open Can Bus    ecu
    Open Can Bus    tester
    Send Can Message    0x200    ${{bytes(64)}}    fd=True
    ${message}    Receive Can Message    0x200    bus=ecu
    Should Be True    ${message.is_fd}
    Should Be Equal As Integers    ${message.dlc}    64

Published Driver
    [Documentation]    A bus of the driver that Jumpstarter's package has.
    Open Can Bus    published
    Open Can Bus    ecu
    Send Can Message    0x123    01    bus=published
    Receive Can Message    0x123    01    bus=ecu
    Talk    published    ecu

Old Messages Are No Answer
    [Documentation]    What was there before the question does not count.
    Open Can Bus    ecu
    Open Can Bus    tester
    Send Can Message    0x7E8    06 50 03    bus=ecu
    Run Keyword And Expect Error    No message 0x7E8 arrived on bus 'tester'*
    ...    Wait For Can Message    0x7E8    within=100 ms
    Can Message Should Not Arrive    0x7E8    within=100 ms

Many Messages In Order
    [Documentation]    None is lost.
    Open Can Bus    ecu
    Open Can Bus    tester
    ${messages}    Evaluate    [f'{number:03X}#{number % 256:02X}' for number in range(200)]
    Send Can Messages    ${messages}
    ${received}    Receive Can Messages    200    timeout=10 s    bus=ecu
    Should Be Equal    ${{[one.arbitration_id for one in $received]}}    ${{list(range(200))}}

Filters
    [Documentation]    Only what passes is received.
    Open Can Bus    ecu
    Open Can Bus    tester
    Set Can Filters    0x100:0x700    bus=ecu
    Send Can Messages    ${{["200#01", "1AB#02", "300#03"]}}
    ${message}    Receive Can Message    bus=ecu
    Should Be Equal As Integers    ${message.arbitration_id}    0x1AB
    Can Message Should Not Arrive    within=100 ms    bus=ecu
    Clear Can Filters    bus=ecu

Periodic Message
    [Documentation]    Starts, changes and stops.
    Open Can Bus    ecu
    Open Can Bus    tester
    ${heartbeat}    Start Periodic Message    0x321    01    period=20 ms
    Wait For Can Message    0x321    01    within=2 s    bus=ecu
    Change Periodic Message    ${heartbeat}    02
    Wait For Can Message    0x321    02    within=2 s    bus=ecu
    Stop Periodic Message    ${heartbeat}
    Clear Received Messages    bus=ecu
    Can Message Should Not Arrive    0x321    within=200 ms    bus=ecu

Bus Properties
    [Documentation]    Asked of whoever has the bus.
    Open Can Bus    tester
    ${info}    Get Channel Info
    Should Contain    ${info}    41
    Get Can Protocol

IsoTp On Drivers Of The File
    [Documentation]    Where the bus is exported, the exporter's drivers run ISO-TP.
    Open IsoTp Connection    server
    Open IsoTp Connection    diag
    FOR    ${size}    IN    3    100    4000
        Send IsoTp Frame    ${{bytes(int($size))}}
        ${payload}    Receive IsoTp Frame    timeout=10 s    connection=server
        Length Should Be    ${payload}    ${size}
    END
    Send IsoTp Frame    62 F1 90 01    connection=server
    Receive IsoTp Frame    62 F1 90 *    connection=diag

IsoTp Of Ours On Any Bus
    [Documentation]    The stack runs here, the messages pass there.
    Open Can Bus    ecu
    Open Can Bus    tester
    Open IsoTp Connection    answers    txid=0x7E9    rxid=0x7E1    bus=ecu
    Open IsoTp Connection    asks    txid=0x7E1    rxid=0x7E9    bus=tester
    Send IsoTp Frame    ${{bytes(100)}}
    ${payload}    Receive IsoTp Frame    timeout=10 s    connection=answers
    Length Should Be    ${payload}    100


*** Keywords ***
Talk
    [Documentation]    One sends, the other one answers.
    [Arguments]    ${asks}    ${answers}
    Send Can Message    0x101    01    bus=${asks}
    Receive Can Message    0x101    bus=${answers}
    Send Can Message    0x102    02    bus=${answers}
    Receive Can Message    0x102    02    bus=${asks}

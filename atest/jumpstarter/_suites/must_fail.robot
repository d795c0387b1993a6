*** Settings ***
Documentation       Each test is wrong about the bus, and its documentation says how it must fail.

Library             CanLibrary    config=${CURDIR}/bench.yaml    location=${LOCATION}

Test Setup          Open Both Buses
Test Timeout        60 seconds


*** Variables ***
${LOCATION}     local


*** Test Cases ***
Other Data
    [Documentation]    No message 0x123 matching '02' arrived on bus 'ecu' within 200 milliseconds. 1 other did: 0x123*
    Send Can Message    0x123    01
    Receive Can Message    0x123    02    timeout=200 ms    bus=ecu

Not Silent
    [Documentation]    Message 0x123* arrived on bus 'ecu'*
    ${mark}    Set Can Mark    bus=ecu
    Send Can Message    0x123    01
    Can Message Should Not Arrive    0x123    within=50 ms    since=${mark}    bus=ecu

Another Count
    [Documentation]    1 message 0x123 was received on bus 'ecu' since the bus was opened, but 2 should have been.
    Send Can Message    0x123    01
    Can Message Count Should Be    2    0x123    bus=ecu

Periodic Message That Was Stopped
    [Documentation]    No message 0x321 arrived on bus 'ecu' within 200 milliseconds.*
    ${heartbeat}    Start Periodic Message    0x321    01    period=20 ms
    Wait For Can Message    0x321    within=5 s    bus=ecu
    Stop Periodic Message    ${heartbeat}
    Wait For Can Message    0x321    within=200 ms    bus=ecu

Filtered
    [Documentation]    The filters of bus 'ecu' (0x100:0x7FF) let no message 0x200 through, so there is no verdict*
    Set Can Filters    0x100    bus=ecu
    Send Can Message    0x200    01
    Receive Can Message    0x200    timeout=200 ms    bus=ecu

Other Payload
    [Documentation]    No IsoTp frame matching '62 ?*' arrived on connection 'diag' (rxid 0x7E8) within
    ...    200 milliseconds. 1 other did: '7F 22 31'.*
    Open IsoTp Connection    server
    Open IsoTp Connection    diag
    Send IsoTp Frame    7F 22 31    timeout=10 s    connection=server
    Receive IsoTp Frame    62 *    timeout=200 ms

Nobody Takes It
    [Documentation]    The IsoTp frame of 20 bytes on connection 'diag' was not sent:
    ...    no flow control came within 500 milliseconds*
    Open IsoTp Connection    diag
    Send IsoTp Frame    ${{bytes(20)}}    timeout=10 s

Told By The Next Keyword
    [Documentation]    The IsoTp frame of 20 bytes on connection 'diag' was not sent:
    ...    no flow control came within 500 milliseconds*
    Open IsoTp Connection    diag
    Send IsoTp Frame    ${{bytes(20)}}
    Can Message Should Not Arrive    0x100    within=1 s    bus=ecu
    Is IsoTp Frame Available


*** Keywords ***
Open Both Buses
    [Documentation]    The tester's is the current one.
    Open Can Bus    ecu
    Open Can Bus    tester

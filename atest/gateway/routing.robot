*** Settings ***
Documentation    A gateway between two buses, with the tester on both sides and a foreign partner beside it.

Resource         ../resources/network.resource

Test Setup       Open Both Buses

Test Tags        gateway


*** Variables ***
${CURE}    For both directions use one gateway with both_ways=True.


*** Test Cases ***
All Of It Unchanged
    [Documentation]    Of the tester and of others; classic, CAN FD and extended.
    ${gateway}    Start Can Gateway    body    chassis
    Send Can Message    0x100    01    bus=body
    Partner Sends    18DA10F1#0203    123##1AABB    124#R2    channel=0
    Partner Should Hear    100#01    18DA10F1#0203    123##1AABB    124#R2    channel=1
    Receive Can Message    0x100    01    bus=chassis
    ${fd}    Receive Can Message    0x123    AA BB    bus=chassis
    Should Be True    ${fd.is_fd} and ${fd.bitrate_switch}
    ${routed}    Stop Can Gateway    ${gateway}
    Should Be Equal As Integers    ${routed}    4

With A Map Of Identifiers
    [Documentation]    Only those of the map, under their new names.
    Start Can Gateway    body    chassis    ids=0x100=0x200, 0x101=0x18DA10F1
    Partner Sends    100#01    101#02    102#03    channel=0
    Partner Should Hear    200#01    18DA10F1#02    channel=1

With A Filter
    [Documentation]    Of the identifiers on the first bus.
    Start Can Gateway    body    chassis    filters=0x100:0x7F0
    Partner Sends    0FF#01    10F#02    110#03    105#04    channel=0
    Partner Should Hear    10F#02    105#04    channel=1

Both Ways
    [Documentation]    It never routes back what it has routed.
    VAR    &{ids}    0x100=0x200
    ${gateway}    Start Can Gateway    body    chassis    ids=${ids}    both_ways=True
    Partner Sends    100#01    channel=0
    Partner Should Hear    200#01    channel=1
    Partner Sends    200#02    channel=1
    Partner Should Hear    100#02    channel=0
    ${routed}    Stop Can Gateway    ${gateway}
    Should Be Equal As Integers    ${routed}    2

Simulated Ecus On Both Sides
    [Documentation]    A request on one bus is answered from the other one.
    Start Simulated Ecu    engine    bus=chassis    txid=0x7E8    rxid=0x7E0
    Simulated Ecu Answers Request    engine    22 F1 90    62 F1 90 57 42 41 31 32 33 34 35 36
    Start Can Gateway    body    chassis    both_ways=True    filters=0x7E0:0x7F0
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    bus=body
    Exchange IsoTp Frame    22 F1 90    reply=62 F1 90 *

Latency
    [Documentation]    From the record on one bus to that on the other one.
    Start Can Gateway    body    chassis    ids=0x100=0x200
    Partner Sends    100#0102    channel=0
    Receive Can Message    0x100    bus=body
    ${latency}    Message Should Be Routed    0x100    01 *    from_bus=body    to_bus=chassis    routed_id=0x200
    ...    within=1 s
    Should Be True    0 < ${latency} < 1

A Message That Is Not Routed
    [Documentation]    The failure says what came instead.
    Send Can Message    0x100    01    bus=body
    Partner Sends    300#05    channel=1
    Wait For Can Message    0x300    since=opened    bus=chassis
    VAR    ${failure}    Message 0x100 \ [[]1] \ 01 of bus 'body' was not routed to bus 'chassis' within
    ...    50 milliseconds: no message 0x100 matching '01' came there. 1 other did: 0x300 ×1.
    Run Keyword And Expect Error    ${failure}
    ...    Message Should Be Routed    0x100    from_bus=body    to_bus=chassis    within=50 ms

A Gateway That Is Late
    [Documentation]    Here a partner plays it.
    Send Can Message    0x100    01    bus=body
    Partner Sends    100#01    after=150 ms    channel=1
    VAR    ${failure}    Message 0x100 \ [[]1] \ 01 of bus 'body' was routed to bus 'chassis' after * milliseconds; it
    ...    should be within 50 milliseconds.
    Run Keyword And Expect Error    ${failure}
    ...    Message Should Be Routed    0x100    from_bus=body    to_bus=chassis    within=50 ms

Loops Are Refused
    [Documentation]    To and fro, over a third bus, on one network.
    [Template]    Should Fail
    A gateway needs two buses, but from_bus and to_bus are both 'body'.
    ...    Start Can Gateway    body    body
    A gateway from 'chassis' to 'body' would close a loop: 'body' → 'chassis' is routed already. ${CURE}
    ...    Start Second Gateway    chassis    body
    A gateway from 'third' to 'body' would close a loop: 'body' → 'chassis' → 'third' is routed already. ${CURE}
    ...    Start Third Gateway    third    body


*** Keywords ***
Open Both Buses
    [Documentation]    And a partner on each.
    Open Can Bus    body    interface=virtual    channel=0
    Open Can Bus    chassis    interface=virtual    channel=1
    Open Partner    channel=0
    Open Partner    channel=1

Start Second Gateway
    [Documentation]    Beside one from body to chassis.
    [Arguments]    ${from}    ${to}
    Start Can Gateway    body    chassis    name=first
    Start Can Gateway    ${from}    ${to}

Start Third Gateway
    [Documentation]    Beside one from body to chassis, and one from there to a third bus.
    [Arguments]    ${from}    ${to}
    Open Can Bus    third    interface=virtual    channel=2
    Start Can Gateway    chassis    third    name=second
    Start Can Gateway    ${from}    ${to}

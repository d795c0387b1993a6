*** Settings ***
Documentation       A simulated ECU answers ISO-TP requests, of the tester's connections and of a foreign stack.

Resource            ../resources/network.resource

Test Setup          Start Engine
Test Tags           simulation


*** Variables ***
${VIN}      62 F1 90 57 42 41 31 32 33 34 35 36 37 38 39 30 31 32 33 34


*** Test Cases ***
Physical Request
    [Documentation]    The tester and the ECU share one open bus; a foreign partner hears both.
    Simulated Ecu Answers Request    engine    22 F1 90    ${VIN}
    Exchange IsoTp Frame    22 F1 90    reply=${VIN}
    Partner Should Hear    7E0#0322F190
    ...    7E8#101462F190574241    7E0#300800    7E8#2131323334353637    7E8#2238393031323334

Functional Request
    [Documentation]    It comes to all ECUs and is answered with the physical identifier.
    Simulated Ecu Answers Request    engine    3E 00    7E 00
    Send Can Message    0x7DF    02 3E 00
    Receive IsoTp Frame    7E 00
    ${log}    Get Simulated Ecu Log    engine
    Should Be True    ${log[0].functional}

Foreign Tester
    [Documentation]    A can-isotp stack on a node of its own asks.
    Close IsoTp Connection    diag
    Open IsoTp Partner    txid=0x7E0    rxid=0x7E8
    Simulated Ecu Answers Request    engine    22 F1 90    ${VIN}
    IsoTp Partner Sends    22 F1 90
    IsoTp Partner Should Receive    62F1905742413132333435363738393031323334

Response Pending First
    [Documentation]    As often as it is asked for, with its gap.
    Simulated Ecu Answers Request    engine    31 01 *    71 01 00    pending=2    pending_gap=50 ms
    ${request}    Send Can Message    0x7E0    03 31 01 02
    Wait For Can Messages
    ...    0x7E8 03 7F 31 78 *
    ...    0x7E8 03 7F 31 78 *
    ...    0x7E8 03 71 01 00 *
    ...    expect=IN_ORDER    since=${request}    within=5 s
    ${last}    Get Last Can Message    0x7E8    since=${request}
    Should Be True    ${last.received_at} - ${request.received_at} > 0.09

Several Responses, None And A Short One
    [Documentation]    They go out as they are given.
    Simulated Ecu Answers Request    engine    19 02    59 02    59 02 01
    Simulated Ecu Answers Request    engine    3E 80
    Simulated Ecu Answers Request    engine    22 F1 90    62 F1
    Send IsoTp Frame    19 02
    Receive IsoTp Frame    59 02
    Receive IsoTp Frame    59 02 01
    Send IsoTp Frame    3E 80
    Exchange IsoTp Frame    22 F1 90    reply=62 F1
    ${log}    Get Simulated Ecu Log    engine
    Should Be Equal    ${log[3].note}    silence

A Later Rule Goes Before
    [Documentation]    For one request, or for good.
    Simulated Ecu Answers Request    engine    22 *    7F 22 31
    Simulated Ecu Answers Request    engine    22 F1 90    62 F1 90 01
    Exchange IsoTp Frame    22 F1 90    reply=62 F1 90 01
    Simulated Ecu Answers Request    engine    22 F1 90    7F 22 21    count=1
    Exchange IsoTp Frame    22 F1 90    reply=7F 22 21
    Exchange IsoTp Frame    22 F1 90    reply=62 F1 90 01
    Exchange IsoTp Frame    22 F1 8C    reply=7F 22 31

What It Received
    [Documentation]    The failure says what it did receive.
    Send IsoTp Frame    85 02
    Simulated Ecu Should Have Received    engine    85 02    within=5 s
    Simulated Ecu Should Have Received    engine    85 *    count=1
    Simulated Ecu Should Have Received    engine    22 *    count=0
    VAR    ${failure}    Simulated ECU 'engine' on bus 'tester' received no request '22 *' since the bus was opened.
    ...    It received 1 request: 85 02 ×1.
    Should Fail    ${failure}    Simulated Ecu Should Have Received    engine    22 *

Nothing Came
    [Documentation]    Neither a request nor a message.
    Simulated Ecu Should Have Received    engine    *    count=0
    Simulated Ecu Should Have Received    engine    message=*    count=0


*** Keywords ***
Start Engine
    [Documentation]    On the tester's bus, with a connection to it.
    Open Tester And Partner
    Start Simulated Ecu    engine    bus=tester    txid=0x7E8    rxid=0x7E0    functional_id=0x7DF
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8

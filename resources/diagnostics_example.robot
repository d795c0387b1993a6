*** Settings ***
Documentation       How a diagnostic test reads with the keywords of ``request_response.resource``.
...
...                 The ECU is a simulated one: a table of requests and responses, at the end of this file. Without it,
...                 and with another interface, the same tests run against a real ECU.

Library             CanLibrary
Resource            request_response.resource

Suite Setup         Start The Ecu And Open The Link
Test Setup          Session Should Change    01


*** Test Cases ***
The ECU Is There
    [Documentation]    Tester present, with and without a reply.
    Ecu Should Be Present
    Request Should Get No Reply    3E 80    within=200 ms

The Vehicle Identification Number Can Be Read
    [Documentation]    20 bytes: a reply of three messages.
    ${vin}=    Read Data By Identifier    F1 90
    Should Be Equal    ${vin.decode()}    WBA12345678901234

Data Can Be Written In The Extended Session Only
    [Documentation]    A refusal is a verdict too, with its reason.
    Request Should Be Refused    2E 01 02 2A    7F
    Session Should Change    03
    Ecu Is In The Extended Session
    Write Data By Identifier    01 02    2A
    ${data}=    Read Data By Identifier    01 02
    Should Be Equal As Integers    ${data[0]}    ${0x2A}

Unknown Services, Sessions And Data Are Refused
    [Documentation]    Each with the code that ISO 14229-1 wants.
    Request Should Be Refused    85 01    11
    Request Should Be Refused    10 7E    12
    Request Should Be Refused    22 FF FF    31

A Routine That Takes Its Time Is Answered
    [Documentation]    The ECU says first that its response is pending.
    Request Should Be Answered    31 01 02 03    71 01 02 03

A Wrong Verdict Says What Happened
    [Documentation]    What the failures look like.
    Run Keyword And Expect Error
    ...    Request '22 FF FF' on 'diag' was refused with NRC 31 (requestOutOfRange).
    ...    Read Data By Identifier    FF FF
    Run Keyword And Expect Error
    ...    Request '3E 00' on 'diag' should be refused with NRC 12 (subFunctionNotSupported) but was answered: 7E 00.
    ...    Request Should Be Refused    3E 00    12
    Run Keyword And Expect Error
    ...    Request '85 01' on 'diag' should be refused with NRC 31 (requestOutOfRange) but was with NRC 11 (*).
    ...    Request Should Be Refused    85 01    31
    Run Keyword And Expect Error
    ...    Request '3E 00' on 'diag' should be answered by '7E 01' but the reply is 7E 00.
    ...    Request Should Be Answered    3E 00    7E 01
    Run Keyword And Expect Error
    ...    Request '3E 00' on 'diag' should get no reply within 500 ms but the reply is 7E 00.
    ...    Request Should Get No Reply    3E 00

A Session Is Kept Alive
    [Documentation]    A periodic message on the same bus, while requests go on.
    ${alive}=    Keep Session Alive    period=20 ms
    ${mark}=    Set Can Mark    bus=sniffer
    Ecu Should Be Present
    Wait For Can Message    0x7E0    02 3E 80 *    since=${mark}    bus=sniffer
    Stop Periodic Message    ${alive}


*** Keywords ***
Start The Ecu And Open The Link
    [Documentation]    The sniffer is another node on the bus: it sees what the tester sends.
    ...
    ...    What a suite setup starts runs until the suite ends.
    Open Can Bus    sniffer    interface=virtual    channel=diagnostics
    Open Can Bus    tester    interface=virtual    channel=diagnostics
    Start Simulated Ecu    ecu    bus=tester    txid=0x7E8    rxid=0x7E0    tx_padding=0xAA
    Ecu Is In The Default Session
    Open Diagnostic Link

Ecu Is In The Default Session
    [Documentation]    What the ECU answers. A later rule goes before an earlier one, so the general ones come first.
    Simulated Ecu Answers Request    ecu    10 *    7F 10 12
    Simulated Ecu Answers Request    ecu    10 01    50 01 00 32 01 F4
    Simulated Ecu Answers Request    ecu    10 03    50 03 00 32 01 F4
    Simulated Ecu Answers Request    ecu    3E 00    7E 00
    Simulated Ecu Answers Request    ecu    3E 80
    Simulated Ecu Answers Request    ecu    22 *    7F 22 31
    Simulated Ecu Answers Request    ecu    22 F1 90    62 F1 90 57 42 41 31 32 33 34 35 36 37 38 39 30 31 32 33 34
    Simulated Ecu Answers Request    ecu    2E *    7F 2E 7F
    Simulated Ecu Answers Request    ecu    31 01 02 03    71 01 02 03    pending=1
    Simulated Ecu Answers Request    ecu    85 01    7F 85 11

Ecu Is In The Extended Session
    [Documentation]    A test adds what the ECU answers from now on.
    Simulated Ecu Answers Request    ecu    2E 01 02 2A    6E 01 02
    Simulated Ecu Answers Request    ecu    22 01 02    62 01 02 2A

*** Settings ***
Documentation    One request to all ECUs, and the answers of each.

Library          CanLibrary    timeout=5 s
Library          ../resources/IsoTpPartner.py
Library          ../resources/Failures.py

Test Setup       Open Bus And Ecus

Test Tags        isotp    functional


*** Variables ***
&{ECUS}    engine=0x7E8    gearbox=0x7E9
${LONG}    ${{ bytes([0x62, 0xF1, 0x90, *range(200)]) }}


*** Test Cases ***
Known Responders
    [Documentation]    All of them answer, one with several messages.
    ${answers}    Send Functional IsoTp Request    22 F1 90    responders=${ECUS}
    ${data}    Evaluate    {answer.name: answer.data for answer in $answers}
    Should Be Equal    ${data}    ${{ {'engine': $LONG, 'gearbox': bytes.fromhex('7F2231')} }}
    Should Be True    all(0 < answer.after <= answer.complete_after < 5 for answer in $answers)

Unknown Responders
    [Documentation]    So many have to answer.
    ${answers}    Send Functional IsoTp Request    22 F1 90    count=2
    Should Be Equal    ${{ sorted(str(answer.rxid) for answer in $answers) }}    ${{ ['0x7E8', '0x7E9'] }}

Whoever Answers
    [Documentation]    Without an expectation all that comes in time counts, also nothing.
    ${answers}    Send Functional IsoTp Request    22 F1 90    within=500 ms
    Length Should Be    ${answers}    2
    ${answers}    Send Functional IsoTp Request    3E 80    within=100 ms
    Should Be Empty    ${answers}

Somebody Is Missing
    [Documentation]    The failure names who, and what the others said.
    VAR    &{responders}    engine=0x7E8    gearbox=0x7E9    brakes=0x7EA
    VAR    ${failure}    'brakes' (0x7EA) did not answer '22 F1 90' (0x7DF) on bus 'body' within 1 second. Answered:
    ...    *engine 0x7E8*
    Run Keyword And Expect Error    GLOB:${failure}    Send Functional IsoTp Request    22 F1 90
    ...    responders=${responders}    within=1 s
    ${kinds}    Kinds Of Failure    send_functional_isotp_request    22 F1 90    count=${3}    within=${0.2}
    Should Contain    ${kinds}    AssertionError

Response Pending
    [Documentation]    It is no answer and prolongs the wait.
    ${answers}    Send Functional IsoTp Request    31 01 02    count=1    within=200 ms
    Should Be Equal    ${answers[0].data}    ${{ bytes.fromhex('710102') }}
    Should Be Equal As Integers    ${answers[0].pending}    2
    Should Be True    ${answers[0].after} > 0.4

A Foreign Responder
    [Documentation]    can-isotp's own stack, which takes functional requests to its address.
    Open IsoTp Partner    mode=NormalFixed_29bits    address=${{ {'target_address': 0xF1, 'source_address': 0x40} }}
    IsoTp Partner Answers    22F190    ${LONG}
    ${answers}    Send Functional IsoTp Request    22 F1 90    txid=0x18DB40F1    count=1
    Should Be Equal    ${answers[0].data}    ${LONG}
    Should Be Equal As Strings    ${answers[0].rxid}    0x18DAF140

Beside A Connection
    [Documentation]    The connection sends the flow control, and receives the answer too.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    blocksize=5
    ${answers}    Send Functional IsoTp Request    22 F1 90    responders=${ECUS}
    Length Should Be    ${answers}    2
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${LONG}
    ${timing}    Get IsoTp Timing    connection=diag    direction=Rx
    Should Be Equal As Integers    ${timing.blocksize}    5

What Came Before
    [Documentation]    An answer to an earlier request never counts.
    Send Can Message    0x7DF    02 3E 00
    Wait For Can Message    0x7E8    since=opened
    ${answers}    Send Functional IsoTp Request    3E 80    within=200 ms
    Should Be Empty    ${answers}

With 29 Bits
    [Documentation]    ISO 15765-4 says who answers, and who gets the flow control.
    Start Simulated Ecu    far    txid=0x18DAF140    rxid=0x18DA40F1    functional_id=0x18DB33F1
    Simulated Ecu Answers Request    far    22 F1 90    ${LONG}
    ${answers}    Send Functional IsoTp Request    22 F1 90    txid=0x18DB33F1    count=1
    Should Be Equal As Strings    ${answers[0].rxid}    0x18DAF140
    Should Be Equal    ${answers[0].data}    ${LONG}

What Is Not Possible
    [Documentation]    One sentence each.
    VAR    ${failure}    8 bytes do not fit into a functional request: it is a single frame of at most 7 bytes
    ...    (ISO 15765-2).
    Should Fail    ${failure}    22 F1 90 22 F1 91 22 F1
    VAR    ${failure}    responders= and count= exclude each other: who is known is counted already.
    Should Fail    ${failure}    3E 00    responders=${ECUS}    count=1
    VAR    ${failure}    Who answers 0x700 is not known: ISO 15765-4 says it for 0x7DF and 0x18DB33F1. Name those who
    ...    answer with responders=.
    Should Fail    ${failure}    3E 00    txid=0x700
    Should Fail    count\=0 is not possible: it is 1 or more.    3E 00    count=0


*** Keywords ***
Open Bus And Ecus
    [Documentation]    An engine and a gearbox that answer functional requests, one of them at length.
    Open Can Bus    body    interface=virtual    channel=0
    Start Simulated Ecu    engine    txid=0x7E8    rxid=0x7E0    functional_id=0x7DF
    Simulated Ecu Answers Request    engine    22 F1 90    ${LONG}
    Simulated Ecu Answers Request    engine    3E 00    7E 00
    Simulated Ecu Answers Request    engine    31 01 02    71 01 02    pending=2    pending_gap=200 ms
    Start Simulated Ecu    gearbox    txid=0x7E9    rxid=0x7E1    functional_id=0x7DF
    Simulated Ecu Answers Request    gearbox    22 F1 90    7F 22 31

Should Fail
    [Documentation]    Fails unless a functional request is refused with this sentence.
    [Arguments]    ${message}    @{request}    &{named}
    Run Keyword And Expect Error    EQUALS:${message}    Send Functional IsoTp Request    @{request}    &{named}

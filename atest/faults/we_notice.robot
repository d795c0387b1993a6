*** Settings ***
Documentation    A faulty ECU: the connection of the tester says what ISO 15765-2 names for it, and the next transfer
...              succeeds. The ECU is a connection on a node of its own, or a simulated ECU.

Resource         ../resources/network.resource

Test Tags        isotp    faults


*** Variables ***
${LONG}     ${{ bytes(range(100)) }}
&{TIMES}    rx_flowcontrol_timeout=800    rx_consecutive_frame_timeout=800
${WRONG}    A consecutive frame from 0x7E8 has the wrong sequence number
${N_CR}     SEPARATOR=${SPACE}    The next consecutive frame from 0x7E8 did not come within 800 milliseconds (N_Cr):
...         an IsoTp frame was lost half-way.
${N_BS}     SEPARATOR=${SPACE}    no flow control came within 800 milliseconds (N_Bs): is the partner there, and is
...         its rxid 0x7E0 and its txid 0x7E8?


*** Test Cases ***
As A Receiver
    [Documentation]    Fault of the ECU, and what the tester's connection says.
    [Setup]    Open Tester And Ecu
    [Template]    Reception Should Fail
    DROP    ${WRONG} (expected 2, received 3)    message=CF    number=2
    DROP    ${N_CR}    message=CF    number=14
    REPEAT    ${WRONG} (expected 3, received 2)    message=CF    number=2
    REORDER    ${WRONG} (expected 1, received 2)
    WRONG_SEQUENCE_NUMBER    ${WRONG} (expected 1, received 2)
    LATE    ${N_CR}    message=CF    delay=2 s
    LYING_LENGTH    ${N_CR}
    LYING_LENGTH    An IsoTp frame from 0x7E8 is too long (2000 bytes)    size=2000

As A Sender
    [Documentation]    The send itself fails.
    [Setup]    Open Tester And Ecu
    [Template]    Send Should Fail
    NEVER    ${N_BS}
    DROP    ${N_BS}    message=FC
    OVERFLOW    the partner answered with flow control 'overflow': it does not accept that many bytes.
    WAIT    the partner answered with flow control 'wait' more than wftmax\=2 times.    count=3

A Simulated Ecu
    [Documentation]    Its answer breaks off, the next one does not.
    Open Can Bus    tester    interface=virtual    channel=0
    Start Simulated Ecu    engine    txid=0x7E8    rxid=0x7E0
    Simulated Ecu Answers Request    engine    22 F1 90    62 F1 90 57 42 41 31 32 33 34 35 36 37 38
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    ${fault}    Set IsoTp Fault    DROP    message=CF    ecu=engine
    VAR    ${failure}    On connection 'diag': A consecutive frame from 0x7E8 has the wrong sequence number (expected
    ...    1, received 2): an IsoTp frame was lost.
    Should Fail    ${failure}    Exchange IsoTp Frame    22 F1 90
    Should Be Equal    ${fault.played}    ${{ ['0x7E8 21 31 32 33 34 35 36 37 was not sent'] }}
    Exchange IsoTp Frame    22 F1 90    reply=62 F1 90 *

Cleared In Time
    [Documentation]    Nothing goes wrong.
    Open Tester And Ecu
    Set IsoTp Fault    DROP    count=100    connection=ecu
    ${cleared}    Clear IsoTp Faults    connection=ecu
    Should Be Equal As Strings    ${cleared}[0]    DROP: played 0 times
    Send IsoTp Frame    ${LONG}    connection=ecu
    Receive IsoTp Frame    connection=diag

What Is Not Possible
    [Documentation]    One sentence each.
    Open Tester And Ecu
    VAR    ${failure}    delay= is for 'LATE' and 'WAIT'; DROP has no use for it.
    Should Fail    ${failure}    Set IsoTp Fault    DROP    delay=1 s
    VAR    ${failure}    WAIT is about FC, not about CF.
    Run Keyword And Expect Error    EQUALS:${failure}    Set IsoTp Fault    WAIT    message=CF
    VAR    ${failure}    mask=00 FF is not possible: it is one byte, the bits that are inverted.
    Should Fail    ${failure}    Set IsoTp Fault    CORRUPT    mask=00FF
    VAR    ${failure}    connection='diag' and ecu='engine' exclude each other: give one.
    Should Fail    ${failure}    Set IsoTp Fault    DROP    connection=diag    ecu=engine

A Simulated Ecu Without IsoTp
    [Documentation]    It has nothing that could go wrong.
    Open Can Bus    tester    interface=virtual    channel=0
    Start Simulated Ecu    dumb
    VAR    ${failure}    Simulated ECU 'dumb' has no ISO-TP address: there is no transport layer that could go wrong.
    Should Fail    ${failure}    Set IsoTp Fault    DROP    ecu=dumb


*** Keywords ***
Open Tester And Ecu
    [Documentation]    Two connections, each on a node of its own.
    Open Can Bus    tester    interface=virtual    channel=0
    Open IsoTp Connection    ecu    txid=0x7E8    rxid=0x7E0    interface=virtual    channel=0    &{TIMES}
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    bus=tester    blocksize=0    wftmax=2
    ...    max_frame_size=1000    &{TIMES}

Reception Should Fail
    [Documentation]    Once; the next payload is received, and also the answer to it.
    [Arguments]    ${kind}    ${sentence}    &{about}
    ${fault}    Set IsoTp Fault    ${kind}    &{about}    connection=ecu
    Send IsoTp Frame    ${LONG}    connection=ecu
    Run Keyword And Expect Error    STARTS:On connection 'diag': ${sentence}    Receive IsoTp Frame    connection=diag
    Should Be Equal As Integers    ${fault.applied}    1
    Wait Until Keyword Succeeds    10 s    10 ms    Nothing Is Being Sent
    Both Ways

Nothing Is Being Sent
    [Documentation]    By the ECU: what failed there is told by its next send, before that begins.
    ${sending}    Is IsoTp Transmitting    connection=ecu
    Should Be Equal    ${sending}    ${False}

Send Should Fail
    [Documentation]    Once; then both sides are as they should be.
    [Arguments]    ${kind}    ${sentence}    &{about}
    ${fault}    Set IsoTp Fault    ${kind}    &{about}    connection=ecu
    VAR    ${failure}    The IsoTp frame of 100 bytes on connection 'diag' was not sent: ${sentence}
    Should Fail    ${failure}    Send IsoTp Frame    ${LONG}    timeout=5 s    connection=diag
    Should Be True    ${fault.is_over}
    IF    $kind not in ('NEVER', 'OVERFLOW')
        Run Keyword And Expect Error    On connection 'ecu': The next consecutive frame from 0x7E0 did not come*
        ...    Receive IsoTp Frame    connection=ecu
    END
    Both Ways

Both Ways
    [Documentation]    Fails unless transfers succeed both ways.
    TRY
        Send IsoTp Frame    ${LONG}    timeout=5 s    connection=ecu
    EXCEPT    On connection 'ecu'*    The IsoTp frame of 100 bytes on connection 'ecu' was not sent*    type=GLOB
        Send IsoTp Frame    ${LONG}    timeout=5 s    connection=ecu
    END
    ${received}    Receive IsoTp Frame    connection=diag
    Should Be Equal    ${received}    ${LONG}
    Send IsoTp Frame    ${LONG}    timeout=5 s    connection=diag
    ${received}    Receive IsoTp Frame    connection=ecu
    Should Be Equal    ${received}    ${LONG}

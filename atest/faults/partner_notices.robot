*** Settings ***
Documentation    A connection does wrong on purpose; the partner, can-isotp's own stack, meets the error that
...              ISO 15765-2 names for it, and the next transfer succeeds.

Library          CanLibrary    timeout=5 s
Library          ../resources/IsoTpPartner.py

Test Tags        isotp    faults


*** Variables ***
${LONG}     ${{ bytes(range(100)) }}
&{TIMES}    rx_flowcontrol_timeout=${300}    rx_consecutive_frame_timeout=${300}
&{OURS}     connection=diag    direction=Tx


*** Test Cases ***
As A Sender
    [Documentation]    Fault, error of the partner, and what the fault is about.
    [Setup]    Open Two Sides    blocksize=${0}
    [Template]    Partner Should Notice
    DROP    WrongSequenceNumberError    message=CF    number=2
    DROP    ConsecutiveFrameTimeoutError    message=CF    number=14
    REPEAT    ReceptionInterruptedWithFirstFrameError    message=FF
    REPEAT    WrongSequenceNumberError    message=CF    number=2
    REORDER    WrongSequenceNumberError    number=2

As A Sender Of Wrong Messages
    [Documentation]    They come, but they are not what they should be.
    [Setup]    Open Two Sides    blocksize=${0}
    [Template]    Partner Should Notice
    CORRUPT    InvalidCanDataError    message=CF    byte=0    mask=F0
    CORRUPT    InvalidCanDataError    message=CF    number=3    byte=0    mask=F0
    LATE    ConsecutiveFrameTimeoutError    message=CF    number=3    delay=1 s
    WRONG_SEQUENCE_NUMBER    WrongSequenceNumberError    number=2
    LYING_LENGTH    ConsecutiveFrameTimeoutError
    LYING_LENGTH    UnexpectedConsecutiveFrameError    size=20
    LYING_LENGTH    FrameTooLongError    size=2000

As A Receiver
    [Documentation]    The flow control is wrong, late, or never comes.
    [Setup]    Open Two Sides
    [Template]    Partner Should Not Get Through
    DROP    FlowControlTimeoutError    N_Cr    message=FC
    NEVER    FlowControlTimeoutError    nothing
    NEVER    FlowControlTimeoutError    nothing    number=2
    LATE    FlowControlTimeoutError    N_Cr    delay=1 s
    WAIT    MaximumWaitFrameReachedError    N_Cr    count=3
    OVERFLOW    OverflowError    nothing
    CORRUPT    InvalidCanDataError    N_Cr    message=FC    byte=0    mask=F0
    CORRUPT    FlowControlTimeoutError    N_Cr    message=FC    byte=2

Payload That Is Another One
    [Documentation]    ISO-TP has no checksum: the partner receives what came.
    Open Two Sides
    Set IsoTp Fault    CORRUPT    message=CF    number=2    byte=1    mask=0F
    Send IsoTp Frame    ${{ bytes(20) }}    timeout=5 s
    IsoTp Partner Should Receive    ${{ bytes(13) + b'\x0F' + bytes(6) }}

Wait And Go On
    [Documentation]    As many flow controls 'wait' as the partner bears.
    Open Two Sides
    ${fault}    Set IsoTp Fault    WAIT    count=2    delay=50 ms
    IsoTp Partner Sends    ${LONG}
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${LONG}
    Should Be Equal As Integers    ${fault.applied}    2
    IsoTp Timing Should Be Within    connection=diag    direction=Rx    n_bs=1 s
    ${timing}    Get IsoTp Timing    connection=diag
    Should Be Equal As Integers    ${timing.transfers[0].waits}    2

Wrong Padding
    [Documentation]    On the wire it is the other byte; this partner does not mind.
    Open Two Sides
    Set IsoTp Fault    WRONG_PADDING    padding=0x11
    Send IsoTp Frame    3E 00    timeout=5 s
    Send IsoTp Frame    3E 00    timeout=5 s
    ${sent}    Get Can Messages    0x7E0    direction=Tx
    Should Be Equal As Strings    ${sent}[0]    0x7E0 \ [8] \ 02 3E 00 11 11 11 11 11
    Should Be Equal As Strings    ${sent}[1]    0x7E0 \ [8] \ 02 3E 00 CC CC CC CC CC

Separation Time Not Honoured
    [Documentation]    The times on the wire show it, and that the next payload is as it should be.
    Open Two Sides    stmin=${50}    blocksize=${0}
    ${fault}    Set IsoTp Fault    IGNORE_STMIN
    Send IsoTp Frame    ${{ bytes(30) }}    timeout=5 s
    Should Be Equal As Integers    ${fault.applied}    1
    VAR    ${failure}    *The gap between consecutive frames should be at least 45 milliseconds, but was *
    Run Keyword And Expect Error    ${failure}    IsoTp Timing Should Be Within    stmin=45 ms    &{OURS}
    ${mark}    Set Can Mark    bus=tester
    Send IsoTp Frame    ${{ bytes(30) }}    timeout=5 s
    IsoTp Timing Should Be Within    stmin=45 ms    since=${mark}    &{OURS}

Block Size Not Honoured
    [Documentation]    The partner says every four messages that it can go on; nobody waits for it.
    Open Two Sides    blocksize=${4}
    ${fault}    Set IsoTp Fault    IGNORE_BLOCKSIZE
    Send IsoTp Frame    ${{ bytes(900) }}    timeout=5 s
    Should Be Equal As Integers    ${fault.applied}    1
    VAR    ${failure}    *A block should have at most 4 consecutive frames, but had *
    Run Keyword And Expect Error    ${failure}    IsoTp Timing Should Be Within    blocksize=4    &{OURS}
    IsoTp Partner Should Receive    ${{ bytes(900) }}    # then its flow controls are through as well
    ${mark}    Set Can Mark    bus=tester
    Send IsoTp Frame    ${{ bytes(900) }}    timeout=5 s
    IsoTp Timing Should Be Within    blocksize=4    since=${mark}    &{OURS}


*** Keywords ***
Open Two Sides
    [Documentation]    Opens the connection 'diag' and a foreign partner with these parameters; both are impatient.
    [Arguments]    &{asked}
    Open Can Bus    tester    interface=virtual    channel=0
    Open IsoTp Partner    &{TIMES}    wftmax=${2}    max_frame_size=${1000}    &{asked}
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    blocksize=4    tx_padding=0xCC    &{TIMES}

Partner Should Notice
    [Documentation]    Sends with a fault, and then without.
    [Arguments]    ${kind}    ${error}    &{about}
    IsoTp Partner Forgets
    ${fault}    Set IsoTp Fault    ${kind}    &{about}
    TRY
        Send IsoTp Frame    ${LONG}    timeout=5 s
    EXCEPT    The IsoTp frame of 100 bytes on connection 'diag' was not sent*    type=GLOB
        Log    The partner gave up.
    END
    IsoTp Partner Should Meet    ${error}
    Should Be Equal As Integers    ${fault.applied}    1
    Should Be True    ${fault.is_over}
    Next Transfers Should Succeed

Partner Should Not Get Through
    [Documentation]    Receives with a fault, and then without.
    [Arguments]    ${kind}    ${error}    ${told}    &{about}
    IsoTp Partner Forgets
    ${fault}    Set IsoTp Fault    ${kind}    &{about}
    IsoTp Partner Sends    ${LONG}
    IsoTp Partner Should Meet    ${error}
    Should Be True    ${fault.is_over}
    IF    "${told}" != "nothing"
        VAR    ${failure}    On connection 'diag': The next consecutive frame from 0x7E8 did not come within*
        Run Keyword And Expect Error    ${failure}    Receive IsoTp Frame
    END
    Next Transfers Should Succeed

Next Transfers Should Succeed
    [Documentation]    Both ways.
    Send IsoTp Frame    ${LONG}    timeout=5 s
    IsoTp Partner Sends    ${LONG}
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${LONG}

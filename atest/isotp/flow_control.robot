*** Settings ***
Documentation       Parameters and failures of flow control: waiting, giving up, blocking.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           isotp    parameters


*** Variables ***
@{NOBODY_THERE}     The IsoTp frame of 30 bytes on connection 'nobody' was not sent:
...                 no flow control came within 100 milliseconds (N_Bs):
...                 is the partner there, and is its rxid 0x6E0 and its txid 0x6E8?


*** Test Cases ***
Parameter Blocking Send
    [Documentation]    The send returns when the payload is through, and fails where nobody takes it.
    Open IsoTp Partner
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    blocking_send=True
    Send IsoTp Frame    ${{ bytes(30) }}
    ${transmitting}    Is IsoTp Transmitting
    Should Be Equal    ${transmitting}    ${False}
    Open IsoTp Connection    nobody    txid=0x6E0    rxid=0x6E8    blocking_send=True    rx_flowcontrol_timeout=100
    Should Fail    ${{ ' '.join($NOBODY_THERE) }}    Send IsoTp Frame    ${{ bytes(30) }}

Send Without Blocking Fails Later
    [Documentation]    The next keyword on the connection tells it, once.
    Open IsoTp Connection    nobody    txid=0x6E0    rxid=0x6E8    rx_flowcontrol_timeout=100
    Send IsoTp Frame    ${{ bytes(30) }}
    Should Fail    ${{ ' '.join($NOBODY_THERE) }}    Receive IsoTp Frame
    ${available}    Is IsoTp Frame Available
    Should Be Equal    ${available}    ${False}

Send With A Time-out Waits
    [Documentation]    Without blocking_send too; then it is abandoned.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    VAR    ${failure}    The IsoTp frame of 30 bytes on connection 'diag' was not through within 100 milliseconds and
    ...    was abandoned.
    Should Fail    ${failure}    Send IsoTp Frame    ${{ bytes(30) }}    timeout=100 ms
    Partner Forgets
    Partner Sends    7E8#300000
    Partner Should Hear Nothing    7E0*

Parameter Rx Flowcontrol Timeout
    [Documentation]    Milliseconds until a send to nobody fails.
    Open IsoTp Connection    nobody    txid=0x6E0    rxid=0x6E8    rx_flowcontrol_timeout=100    blocking_send=True
    ${start}    Evaluate    time.monotonic()    modules=time
    Should Fail    ${{ ' '.join($NOBODY_THERE) }}    Send IsoTp Frame    ${{ bytes(30) }}
    ${took}    Evaluate    time.monotonic() - $start    modules=time
    Should Be True    ${took} >= 0.1

Flow Control That Comes Late But In Time
    [Documentation]    A time-out longer than the default tolerates a slow partner.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    rx_flowcontrol_timeout=5000
    Partner Answers    7E0#10*    7E8#300000    after=1500 ms
    Send IsoTp Frame    ${{ bytes(10) }}    timeout=10 s
    Partner Hears    1    7E0#21*

Parameter Rx Consecutive Frame Timeout
    [Documentation]    Milliseconds until a payload counts as lost half-way.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    rx_consecutive_frame_timeout=100
    Partner Sends    7E8#1014000102030405
    VAR    ${failure}    On connection 'diag': The next consecutive frame from 0x7E8 did not come within 100
    ...    milliseconds (N_Cr): an IsoTp frame was lost half-way.
    Should Fail    ${failure}    Receive IsoTp Frame

Consecutive Frame That Comes Late But In Time
    [Documentation]    A time-out longer than the default tolerates a slow partner.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    rx_consecutive_frame_timeout=5000
    Partner Sends    7E8#1008010203040506
    Partner Sends    7E8#210708    after=1500 ms
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${{ bytes(range(1, 9)) }}

Parameter Wftmax Of Nothing
    [Documentation]    The default tolerates no 'wait'.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    blocking_send=True    rx_flowcontrol_timeout=200
    Partner Answers    7E0#10*    7E8#310000
    VAR    ${failure}    The IsoTp frame of 30 bytes on connection 'diag' was not sent: the partner answered with
    ...    flow control 'wait', but wftmax=0 allows none.
    Should Fail    ${failure}    Send IsoTp Frame    ${{ bytes(30) }}

Parameter Wftmax
    [Documentation]    So many are tolerated.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    wftmax=2
    Partner Answers    7E0#10*    7E8#310000    7E8#310000    7E8#300000
    Send IsoTp Frame    ${{ bytes(10) }}    timeout=5 s
    Partner Hears    1    7E0#21*

More Waits Than Wftmax
    [Documentation]    Then the payload is given up.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    wftmax=1    blocking_send=True
    Partner Answers    7E0#10*    7E8#310000    7E8#310000    7E8#310000
    VAR    ${failure}    The IsoTp frame of 30 bytes on connection 'diag' was not sent: the partner answered with
    ...    flow control 'wait' more than wftmax=1 times.
    Should Fail    ${failure}    Send IsoTp Frame    ${{ bytes(30) }}

Overflow
    [Documentation]    The partner does not accept so many bytes.
    Open IsoTp Partner    max_frame_size=${50}
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    blocking_send=True
    VAR    ${failure}    The IsoTp frame of 51 bytes on connection 'diag' was not sent: the partner answered with
    ...    flow control 'overflow': it does not accept that many bytes.
    Should Fail    ${failure}    Send IsoTp Frame    ${{ bytes(51) }}
    Send IsoTp Frame    ${{ bytes(50) }}
    IsoTp Partner Should Receive    ${{ bytes(50) }}

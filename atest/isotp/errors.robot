*** Settings ***
Documentation       What goes wrong in the background of a connection is told: verdict rule 4 for ISO-TP.

Resource            ../resources/network.resource

Test Setup          Open Tester And Connection
Test Tags           isotp    users-ask-15


*** Test Cases ***
No Payload
    [Documentation]    The failure tells what the link saw.
    VAR    ${failure}    No IsoTp frame arrived on connection 'diag' (rxid 0x7E8) within 50 milliseconds. No message
    ...    came on bus 'tester' meanwhile.
    Should Fail    ${failure}    Receive IsoTp Frame    timeout=50 ms

No Matching Payload
    [Documentation]    The others are named and stay unread.
    Partner Sends    7E8#037F2278    100#01    after=500 ms
    VAR    ${failure}    No IsoTp frame matching '62 F1 90 *' arrived on connection 'diag' (rxid 0x7E8) within 2
    ...    seconds. 1 other did: '7F 22 78'. On bus 'tester' came 2 messages: 0x100 ×1, 0x7E8 ×1
    ...    (last 03 7F 22 78).
    Should Fail    ${failure}    Receive IsoTp Frame    62 F1 90 *    timeout=2 s
    Receive IsoTp Frame    7F 22 78

No Reply
    [Documentation]    The request is named.
    Partner Answers    7E0*    7E8#037F2231
    VAR    ${failure}    No reply to '22 F1 90' matching '62 F1 90 *' arrived on connection 'diag' (rxid 0x7E8)
    ...    within 300 milliseconds. 1 other did: '7F 22 31'. On bus 'tester' came 1 message: 0x7E8 ×1
    ...    (last 03 7F 22 31).
    Should Fail    ${failure}    Exchange IsoTp Frame    22 F1 90    reply=62 F1 90 *    timeout=300 ms

Half A Payload
    [Documentation]    The failure says that one is in reception.
    Partner Sends    7E8#1014000102030405    after=300 ms
    VAR    ${failure}    No IsoTp frame arrived on connection 'diag' (rxid 0x7E8) within 1 second. One is in
    ...    reception but not complete. On bus 'tester' came 1 message: 0x7E8 ×1 (last 10 14 00 01 02 03
    ...    04 05).
    Should Fail    ${failure}    Receive IsoTp Frame    timeout=1 s

Wrong Sequence Number
    [Documentation]    A consecutive frame was lost on the way.
    Partner Sends    7E8#1014000102030405    7E8#2106070809    7E8#23FF
    VAR    ${failure}    On connection 'diag': A consecutive frame from 0x7E8 has the wrong sequence number (expected
    ...    2, received 3): an IsoTp frame was lost.
    Should Fail    ${failure}    Receive IsoTp Frame

Interrupted By A Single Frame
    [Documentation]    The new payload is received, the lost one is told first.
    Partner Sends    7E8#1014000102030405    7E8#0211AA
    VAR    ${failure}    On connection 'diag': A single frame from 0x7E8 came before the IsoTp frame in reception was
    ...    complete: that one was lost.
    Should Fail    ${failure}    Receive IsoTp Frame    99
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${{ b'\x11\xAA' }}

Interrupted By A First Frame
    [Documentation]    The new payload is received, the lost one is told first.
    Partner Sends    7E8#1014000102030405    7E8#1008010203040506    7E8#210708
    VAR    ${failure}    On connection 'diag': A first frame from 0x7E8 came before the IsoTp frame in reception was
    ...    complete: that one was lost.
    Should Fail    ${failure}    Receive IsoTp Frame    99
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${{ bytes(range(1, 9)) }}

Stray Flow Control Is A Warning
    [Documentation]    No payload was lost.
    Partner Sends    7E8#300000    7E8#0201AA
    Receive IsoTp Frame    01 AA

Stray Consecutive Frame Is A Warning
    [Documentation]    No payload was lost that had begun.
    Partner Sends    7E8#2101020304    7E8#0201AA
    Receive IsoTp Frame    01 AA

Message That Is No IsoTp
    [Documentation]    It is told, and the connection goes on.
    Partner Sends    7E8#FF    7E8#0201AA
    Run Keyword And Expect Error    On connection 'diag': A message from 0x7E8 is no valid ISO-TP message: *.
    ...    Receive IsoTp Frame    99    timeout=5 s
    Receive IsoTp Frame    01 AA

Error Of A Send Is Told By The Close
    [Documentation]    At the latest: the close waits for the end of a send that is on its way.
    Open IsoTp Connection    nobody    txid=0x6E0    rxid=0x6E8    rx_flowcontrol_timeout=100
    Send IsoTp Frame    ${{ bytes(30) }}
    VAR    ${failure}    The IsoTp frame of 30 bytes on connection 'nobody' was not sent: no flow control came within
    ...    100 milliseconds (N_Bs): is the partner there, and is its rxid 0x6E0 and its txid 0x6E8?
    Should Fail    ${failure}    Close IsoTp Connection    nobody
    Close IsoTp Connection    nobody

Error Of A Send Is Told By The Close Of The Bus
    [Documentation]    The connection closes with it.
    Open IsoTp Connection    nobody    txid=0x6E0    rxid=0x6E8    rx_flowcontrol_timeout=100
    Send IsoTp Frame    ${{ bytes(30) }}
    Run Keyword And Expect Error    The IsoTp frame of 30 bytes on connection 'nobody' was not sent: *
    ...    Close Can Bus    tester

Error Of One Connection Is Not Told By Another
    [Documentation]    It is told by the connection that it happened on.
    Open IsoTp Connection    nobody    txid=0x6E0    rxid=0x6E8    rx_flowcontrol_timeout=50
    Send IsoTp Frame    ${{ bytes(30) }}
    Partner Sends    7E8#0201AA    after=300 ms
    Receive IsoTp Frame    01 AA    connection=diag
    Run Keyword And Expect Error    The IsoTp frame of 30 bytes on connection 'nobody' was not sent: *
    ...    Is IsoTp Transmitting

Bus That Dies Under A Connection
    [Documentation]    The waiting keyword ends at once and says why.
    ${object}    Open Odd Bus    BreakingBus
    Open IsoTp Connection    broken    txid=0x7E0    rxid=0x7E8
    Break Bus    ${object}    after=200 ms
    Should Fail    Bus 'lab' receives no more: The cable was pulled.    Receive IsoTp Frame    timeout=30 s

Bus That Refuses To Send
    [Documentation]    The driver's error is told by the next keyword.
    ${object}    Open Odd Bus    BreakingBus
    Open IsoTp Connection    refused    txid=0x7E0    rxid=0x7E8    blocking_send=True
    Let Bus Refuse    ${object}
    Should Fail    Bus 'lab' could not send 0x7E0 \ [2] \ 01 AA: Transmit buffer full.
    ...    Send IsoTp Frame    AA
    Let Bus Refuse    ${object}    ${False}
    Send IsoTp Frame    BB
    Partner Hears    1    7E0#01BB


*** Keywords ***
Open Tester And Connection
    [Documentation]    A connection without an ISO-TP partner: the raw partner plays it.
    Open Tester And Partner
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8

*** Settings ***
Documentation       Verdict rule 3: an exchange takes its mark before it sends, so a fast reply is never missed and
...                 a stale one never counts.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           verdicts    users-ask-3    users-ask-4


*** Test Cases ***
Stale Message Sent In The Moment Before Never Counts
    [Documentation]    It lies in the driver's queue when the request is sent.
    Open Can Bus    ecu    channel=0
    FOR    ${at}    IN RANGE    20
        Send Can Message    0x7E8    ${{ [$at] }}    bus=ecu
        Run Keyword And Expect Error    No message 0x7E8 arrived on bus 'tester' within 1 millisecond.*
        ...    Exchange Can Message    0x7E0    3E    reply_id=0x7E8    within=1 ms    bus=tester
    END

Fast Message Is Never Missed
    [Documentation]    The partner answers before the sending keyword returns.
    Partner Answers    7E0*    7E8#01
    FOR    ${at}    IN RANGE    50
        Exchange Can Message    0x7E0    ${{ [$at] }}    reply_id=0x7E8
    END

Stale Payload Sent In The Moment Before Never Counts
    [Documentation]    It waits between bus and connection when the request is sent, and stays unread.
    Open Can Bus    ecu    channel=0
    Open IsoTp Connection    answering    txid=0x7E8    rxid=0x7E0    blocking_send=True    bus=ecu
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    bus=tester
    FOR    ${at}    IN RANGE    20
        Send IsoTp Frame    ${{ [0x62, $at] }}    connection=answering
        Run Keyword And Expect Error
        ...    No reply to '22 01' arrived on connection 'diag' (rxid 0x7E8) within 1 millisecond.*
        ...    Exchange IsoTp Frame    22 01    timeout=1 ms
        Receive IsoTp Frame    ${{ [0x62, $at] }}    timeout=0
    END

Stale Payload Of Several Messages Never Counts
    [Documentation]    Also if its end arrives after the request.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Partner Sends    7E8#1008620102030405
    Partner Hears    1    7E0#300800
    Partner Answers    7E0#0222*    7E8#210607    7E8#026203
    ${reply}    Exchange IsoTp Frame    22 01    reply=62 *
    Should Be Equal    ${reply}    ${{ b'\x62\x03' }}
    ${stale}    Receive IsoTp Frame
    Should Be Equal    ${stale}    ${{ bytes.fromhex('6201020304050607') }}

Fast Payload Is Never Missed
    [Documentation]    The partner answers before the sending keyword returns.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Partner Answers    7E0*    7E8#0162
    FOR    ${at}    IN RANGE    50
        Exchange IsoTp Frame    ${{ [0x22, $at] }}
    END

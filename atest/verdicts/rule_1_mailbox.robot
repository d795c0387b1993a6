*** Settings ***
Documentation       Verdict rule 1: receiving is a mailbox. Every message is handed out once, the oldest match
...                 first, the others stay unread.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           verdicts


*** Test Cases ***
Handed Out Once
    [Documentation]    A second receive does not see it again.
    Partner Sends    100#01
    Receive Can Message    0x100
    Should Fail    No message 0x100 arrived on bus 'tester' within 50 milliseconds. Nothing else did.
    ...    Receive Can Message    0x100    timeout=50 ms

Oldest Match First
    [Documentation]    Of those that match, whatever came between.
    Partner Sends    100#01    200#FF    100#02    100#01
    ${first}    Receive Can Message    0x100
    ${second}    Receive Can Message    0x100    01
    ${third}    Receive Can Message    0x100
    Should Be Equal    ${{ [m.data[0] for m in ($first, $second, $third)] }}    ${{ [1, 1, 2] }}

Others Stay Unread In Their Order
    [Documentation]    What was skipped comes next.
    Partner Sends    100#01    200#02    300#03
    Receive Can Message    0x300
    ${rest}    Receive Can Messages    2
    Should Be Equal    ${{ [str(message.id) for message in $rest] }}    ${{ ['0x100', '0x200'] }}

Failing Receive Takes Nothing
    [Documentation]    Neither one nor several.
    Partner Sends    100#01    100#02
    Run Keyword And Expect Error    No message 0x100 matching '03' *
    ...    Receive Can Message    0x100    03    timeout=50 ms
    Run Keyword And Expect Error    Only 2 of 3 messages *    Receive Can Messages    3    timeout=50 ms
    ${both}    Receive Can Messages    2
    Should Be Equal    ${{ [message.data[0] for message in $both] }}    ${{ [1, 2] }}

Waits Take Nothing
    [Documentation]    What a wait saw stays unread, what an exchange returned does not.
    ${mark}    Set Can Mark
    Partner Sends    100#01
    Wait For Can Message    0x100    since=${mark}
    Wait For Can Message    0x100    since=${mark}
    Receive Can Message    0x100    timeout=0
    Partner Answers    7E0*    7E8#01
    Exchange Can Message    0x7E0    01    reply_id=0x7E8
    Run Keyword And Expect Error    No message 0x7E8 *    Receive Can Message    0x7E8    timeout=50 ms

Two Buses Have Two Mailboxes
    [Documentation]    Each gets every message of its channel.
    Open Can Bus    second    channel=0
    Partner Sends    100#01
    Receive Can Message    0x100    bus=tester
    Receive Can Message    0x100    bus=second

Payloads Of A Connection Too
    [Documentation]    The same rule for ISO-TP.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Partner Sends    7E8#0162    7E8#017F    7E8#0162
    Receive IsoTp Frame    7F
    Receive IsoTp Frame    62
    Receive IsoTp Frame    62
    Run Keyword And Expect Error    No IsoTp frame arrived *    Receive IsoTp Frame    timeout=50 ms

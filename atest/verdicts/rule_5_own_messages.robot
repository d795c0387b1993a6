*** Settings ***
Documentation       Verdict rule 5: own messages are never taken for received ones, unless the user asked for it.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           verdicts


*** Test Cases ***
Not For A Receive
    [Documentation]    Nor are they counted among what else came.
    Send Can Message    0x123    01
    Should Fail    No message 0x123 arrived on bus 'tester' within 50 milliseconds. Nothing else did.
    ...    Receive Can Message    0x123    timeout=50 ms

Not For A Wait
    [Documentation]    Nor as a match shortly before.
    ${mark}    Set Can Mark
    Send Can Message    0x123    01
    Should Fail    No message 0x123 arrived on bus 'tester' within 50 milliseconds of the mark. Nothing else did.
    ...    Wait For Can Message    0x123    within=50 ms    since=${mark}
    Should Fail    No message 0x123 arrived on bus 'tester' within 50 milliseconds. Nothing else did.
    ...    Wait For Can Message    0x123    within=50 ms

Not For A Negative Wait
    [Documentation]    We may send what nobody else should.
    Start Periodic Message    0x123    period=10 ms
    Can Message Should Not Arrive    0x123    within=100 ms

Not For An Exchange
    [Documentation]    The request is no reply, also with the same identifier.
    Run Keyword And Expect Error    No message 0x123 arrived on bus 'tester' within 50 milliseconds.*
    ...    Exchange Can Message    0x123    01    reply_id=0x123    within=50 ms

Not For A Connection
    [Documentation]    What we send with its rxid on the same bus is not received.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Send Can Message    0x7E8    02 AA BB
    Run Keyword And Expect Error    No IsoTp frame arrived on connection 'diag' *
    ...    Receive IsoTp Frame    timeout=50 ms

But On Request
    [Documentation]    receive_own_messages hands them out, once, marked as sent by us.
    Open Can Bus    echo    channel=0    receive_own_messages=True
    Send Can Message    0x123    01
    ${own}    Receive Can Message    0x123
    Should Be Equal    ${own.is_rx}    ${False}
    ${mark}    Set Can Mark
    Send Can Message    0x123    02
    Wait For Can Message    0x123    02    since=${mark}
    Partner Should Hear    123#01    123#02

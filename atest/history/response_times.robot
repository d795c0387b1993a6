*** Settings ***
Documentation       How long an answer took.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           history


*** Test Cases ***
Of A Message That Was Sent
    [Documentation]    The answer may have come already, or be on its way.
    Partner Answers    7E0*    7E8#025003    after=100 ms
    ${request}    Send Can Message    0x7E0    02 10 03
    ${time}    Response Time Should Be Below    4 s    ${request}    0x7E8    ?? 50 *
    Should Be True    0.1 <= ${time} < 4
    ${again}    Response Time Should Be Below    4 s    ${request}    0x7E8    ?? 50 *
    Should Be Equal    ${time}    ${again}

Of A Message That Was Received
    [Documentation]    From one partner's message to another's.
    ${mark}    Set Can Mark
    Partner Sends    100#01    200#02    gap=100 ms
    ${cause}    Wait For Can Message    0x100    since=${mark}
    ${time}    Response Time Should Be Below    4 s    ${cause}    0x200
    Should Be True    0.09 <= ${time}

On Another Bus
    [Documentation]    As through a gateway.
    Open Can Bus    other    interface=virtual    channel=1
    Open Partner    channel=1
    ${request}    Send Can Message    0x100    01    bus=tester
    Partner Sends    200#01    channel=1
    Response Time Should Be Below    4 s    ${request}    0x200    bus=other

Too Late
    [Documentation]    The failure says by how much.
    Partner Answers    7E0*    7E8#025003    after=150 ms
    ${request}    Send Can Message    0x7E0    02 10 03
    VAR    ${failure}    0x7E8 \ [[]3] \ 02 50 03 answered 0x7E0 \ [[]3] \ 02 10 03 on bus 'tester' after *
    ...    milliseconds; that should be below 50 milliseconds.
    Run Keyword And Expect Error    ${failure}    Response Time Should Be Below    50 ms    ${request}    0x7E8

Not At All
    [Documentation]    The failure says what came instead.
    Partner Answers    7E0*    7E8#037F1012
    ${request}    Send Can Message    0x7E0    02 10 03
    VAR    ${failure}    No message 0x7E8 matching '?? 50 *' answered 0x7E0 \ [[]3] \ 02 10 03 on bus 'tester' within *
    ...    of it; the limit is 50 milliseconds. 1 other did: 0x7E8 ×1 (last 03 7F 10 12).
    Run Keyword And Expect Error    ${failure}
    ...    Response Time Should Be Below    50 ms    ${request}    0x7E8    ?? 50 *

A Reply That Came Before Is None
    [Documentation]    It stands before the request in the trace.
    Partner Sends    7E8#025003
    ${request}    Send Can Message    0x7E0    02 10 03
    Run Keyword And Expect Error    No message 0x7E8 answered *
    ...    Response Time Should Be Below    10 ms    ${request}    0x7E8

What Is No Request
    [Documentation]    Text that nobody sent, and any reply at all.
    ${request}    Send Can Message    0x7E0    02 10 03
    VAR    ${text}    7E0#021003
    Run Keyword And Expect Error    request takes a message that was sent or received, *
    ...    Response Time Should Be Below    10 ms    ${text}    0x7E8
    Run Keyword And Expect Error    Say which message is the reply with reply_id or reply_data; *
    ...    Response Time Should Be Below    10 ms    ${request}

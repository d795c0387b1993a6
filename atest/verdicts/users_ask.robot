*** Settings ***
Documentation       What users of other libraries complain about most, one test for each complaint by its number.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           verdicts


*** Test Cases ***
Complaint 1: Wait For This Identifier With This Data
    [Documentation]    And fail if it does not come: python-can #834, #808, #962, #1550.
    [Tags]    users-ask-1
    Partner Sends    100#01    7E8#037F1078    7E8#065003003201F4    after=500 ms
    ${message}    Wait For Can Message    0x7E8    ?? 50 03 *
    Should Be Equal As Strings    ${message}    0x7E8 \ [7] \ 06 50 03 00 32 01 F4
    Run Keyword And Expect Error
    ...    No message 0x7E8 matching '?? 50 03 *' arrived on bus 'tester' within 50 milliseconds.*
    ...    Wait For Can Message    0x7E8    ?? 50 03 *    within=50 ms

Complaint 2: Two Readers Steal Each Other's Messages
    [Documentation]    Receive, wait and two connections on one bus: python-can #1888, #716; can-isotp #42, #51, #76.
    [Tags]    users-ask-2
    Open IsoTp Connection    first    txid=0x7E0    rxid=0x7E8
    Open IsoTp Connection    second    txid=0x7E1    rxid=0x7E8
    ${mark}    Set Can Mark
    Partner Sends    7E8#0462F19041
    Wait For Can Message    0x7E8    since=${mark}
    Receive Can Message    0x7E8
    Receive IsoTp Frame    62 F1 90 41    connection=first
    Receive IsoTp Frame    62 F1 90 41    connection=second

Complaint 3: Old Messages Answer New Questions
    [Documentation]    python-can #1307, #1594, #1708.
    [Tags]    users-ask-3
    Partner Sends    7E8#0650AA
    Receive Can Message    0x7E8
    Partner Sends    7E8#0650BB
    Partner Answers    7E0*    7E8#0650CC    after=50 ms
    ${reply}    Exchange Can Message    0x7E0    02 10 03    reply_id=0x7E8
    Should Be Equal As Strings    ${reply}    0x7E8 \ [3] \ 06 50 CC

Complaint 4: The Reply Arrives Before One Listens
    [Documentation]    No fixed sleeps: the exchange listens before it sends.
    [Tags]    users-ask-4
    Partner Answers    7E0*    7E8#0650
    ${mark}    Set Can Mark
    Send Can Message    0x7E0    02 10 03
    Partner Hears    1
    Wait For Can Message    0x7E8    ?? 50    since=${mark}
    Exchange Can Message    0x7E0    02 10 03    reply_id=0x7E8

Complaint 10: The Receiver Thread Dies In Silence
    [Documentation]    python-can #907, #1306, #1743.
    [Tags]    users-ask-10
    ${object}    Open Odd Bus    BreakingBus
    Break Bus    ${object}    after=100 ms
    Should Fail    Bus 'lab' receives no more: The cable was pulled.    Receive Can Message    timeout=1 min

Complaint 13: One Functional Request Many Answers
    [Documentation]    can-isotp #33, #25, #52.
    [Tags]    users-ask-13
    Partner Answers    7DF#*    7E8#0341000A    7E9#0341000B
    Open IsoTp Connection    first    txid=0x7E0    rxid=0x7E8
    Open IsoTp Connection    second    txid=0x7E1    rxid=0x7E9
    Open IsoTp Connection    all    txid=0x7DF    rxid=0x7EF
    Send IsoTp Frame    01 00    target_address_type=Functional
    Receive IsoTp Frame    41 00 0A    connection=first
    Receive IsoTp Frame    41 00 0B    connection=second

Complaint 14: Changing The Address Of A Live Stack
    [Documentation]    can-isotp #136. Hundred changes, each followed by an exchange.
    [Tags]    users-ask-14
    Partner Answers    6??#*    5AA#0162
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x5AA
    FOR    ${number}    IN RANGE    100
        Set IsoTp Address    ${0x600 + ${number}}    0x5AA
        Exchange IsoTp Frame    22    reply=62
    END

Complaint 15: Errors Only In Another Thread's Handler
    [Documentation]    can-isotp #17, #66, #41, #129.
    [Tags]    users-ask-15
    Open IsoTp Connection    nobody    txid=0x7E0    rxid=0x7E8    rx_flowcontrol_timeout=50
    Send IsoTp Frame    ${{ bytes(20) }}
    VAR    ${failure}    The IsoTp frame of 20 bytes on connection 'nobody' was not sent: no flow control came within
    ...    50 milliseconds (N_Bs): is the partner there, and is its rxid 0x7E0 and its txid 0x7E8?
    Should Fail    ${failure}    Receive IsoTp Frame

Complaint 18: Standard Or Extended, Hex Or Decimal
    [Documentation]    python-can #1504, #109; cantools #626, #356.
    [Tags]    users-ask-18
    Send Can Message    0x123
    Send Can Message    0x00000123
    Send Can Message    ${291}
    Send Can Message    ${291}    extended=True
    Partner Should Hear    123#    00000123#    123#    00000123#
    VAR    ${failure}    ValueError: Argument 'id' got value '291' that cannot be converted to CanId: '291' can be
    ...    read in two ways: write 0x291 (hexadecimal) or \${291} (decimal).
    Should Fail    ${failure}    Send Can Message    291

*** Settings ***
Documentation       Payloads of all sizes between a connection and a foreign can-isotp stack.

Resource            ../resources/network.resource

Test Setup          Open Connection And Partner
Test Tags           isotp


*** Test Cases ***
Single Frame Both Ways
    [Documentation]    Up to seven bytes need one message.
    Send IsoTp Frame    22 F1 90
    IsoTp Partner Should Receive    22F190
    IsoTp Partner Sends    62 F1 90 57
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${{ bytes.fromhex('62F19057') }}
    Partner Should Hear    7E0#0322F190    7E8#0462F19057

Longest Single Frame And Shortest Of Several Messages
    [Documentation]    Seven bytes and eight.
    Send IsoTp Frame    01 02 03 04 05 06 07
    Send IsoTp Frame    01 02 03 04 05 06 07 08
    IsoTp Partner Should Receive    01020304050607    0102030405060708
    Partner Should Hear    7E0#0701020304050607    7E0#1008010203040506    7E8#300800    7E0#210708

Several Messages Both Ways
    [Documentation]    62 bytes with flow control.
    VAR    ${data}    ${{ bytes(range(62)) }}
    Send IsoTp Frame    ${data}
    IsoTp Partner Should Receive    ${data}
    IsoTp Partner Sends    ${data}
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${data}

Largest Payload Of The Default
    [Documentation]    4095 bytes both ways.
    VAR    ${data}    ${{ bytes(at % 251 for at in range(4095)) }}
    Send IsoTp Frame    ${data}    timeout=20 s
    IsoTp Partner Should Receive    ${data}
    IsoTp Partner Sends    ${data}
    ${payload}    Receive IsoTp Frame    timeout=20 s
    Should Be Equal    ${payload}    ${data}

Payloads Keep Their Order
    [Documentation]    What is sent while another payload is on its way waits.
    FOR    ${number}    IN RANGE    10
        Send IsoTp Frame    ${{ bytes([$number]) * 20 }}
    END
    IsoTp Partner Should Receive    @{{ [bytes([number]) * 20 for number in range(10)] }}

Pattern Chooses And Others Stay Unread
    [Documentation]    The oldest match is handed out.
    IsoTp Partner Sends    7F 22 78
    IsoTp Partner Sends    62 F1 90 41
    ${positive}    Receive IsoTp Frame    62 F1 90 *
    ${pending}    Receive IsoTp Frame
    Should Be Equal    ${{ [$positive.hex(), $pending.hex()] }}    ${{ ['62f19041', '7f2278'] }}

Exchange Returns The Reply
    [Documentation]    A fast one.
    IsoTp Partner Answers    22F190    62 F1 90 57 42 41 31 32 33 34
    ${reply}    Exchange IsoTp Frame    22 F1 90
    Should Be Equal    ${reply}    ${{ bytes.fromhex('62F190') + b'WBA1234' }}

Exchange Passes Over A Response Pending
    [Documentation]    The pattern says what the reply is; the others stay unread.
    IsoTp Partner Answers    1003    7F 10 78    50 03 00 32 01 F4
    ${reply}    Exchange IsoTp Frame    10 03    reply=50 03 *
    Should Be Equal    ${reply}    ${{ bytes.fromhex('5003003201F4') }}
    ${pending}    Receive IsoTp Frame
    Should Be Equal    ${pending}    ${{ bytes.fromhex('7F1078') }}

Slow Reply
    [Documentation]    The keyword waits for it.
    IsoTp Partner Answers    3E00    7E 00    after=500 ms
    Exchange IsoTp Frame    3E 00    reply=7E 00

Reply Of Many Messages To A Request Of Many
    [Documentation]    Both directions need flow control.
    VAR    ${request}    ${{ b'\x2E\xF1\x90' + bytes(200) }}
    VAR    ${reply}    ${{ b'\x6E\xF1\x90' + bytes(300) }}
    IsoTp Partner Answers    2EF190*    ${reply}
    ${received}    Exchange IsoTp Frame    ${request}
    Should Be Equal    ${received}    ${reply}

Available Until It Is Received
    [Documentation]    True while a payload is unread.
    ${before}    Is IsoTp Frame Available
    IsoTp Partner Sends    01 02
    Wait Until Keyword Succeeds    5 s    20 ms    Payload Should Be Available
    Receive IsoTp Frame
    ${after}    Is IsoTp Frame Available
    Should Be Equal    ${{ [$before, $after] }}    ${{ [False, False] }}

Transmitting Until The Partner Has It
    [Documentation]    True while a payload waits for flow control.
    Open IsoTp Connection    slow    txid=0x6E0    rxid=0x6E8
    ${before}    Is IsoTp Transmitting
    Send IsoTp Frame    ${{ bytes(20) }}
    Partner Hears    1    6E0#1014*
    ${during}    Is IsoTp Transmitting
    Partner Sends    6E8#300000
    Partner Hears    1    6E0#22*
    Wait Until Keyword Succeeds    5 s    20 ms    Connection Should Not Be Transmitting
    Should Be Equal    ${{ [$before, $during] }}    ${{ [False, True] }}

Messages And IsoTp On One Bus
    [Documentation]    Plain receives and a connection do not take each other's messages.
    IsoTp Partner Answers    22F190    62 F1 90 57 42 41 31 32 33 34
    Partner Sends    100#01
    Exchange IsoTp Frame    22 F1 90
    ${first_frame}    Receive Can Message    0x7E8    10 *
    ${other}    Receive Can Message    0x100
    ${consecutive}    Receive Can Message    0x7E8    21 *
    Should Be Equal As Strings    ${first_frame}    0x7E8 \ [8] \ 10 0A 62 F1 90 57 42 41
    Should Be Equal As Strings    ${other}    0x100 \ [1] \ 01
    Should Be Equal As Strings    ${consecutive}    0x7E8 \ [5] \ 21 31 32 33 34

Two Connections At Once
    [Documentation]    Each has its own partner, both transfers run at the same time.
    Open IsoTp Partner    gearbox    txid=${0x7E9}    rxid=${0x7E1}
    Open IsoTp Connection    gears    txid=0x7E1    rxid=0x7E9
    VAR    ${data}    ${{ bytes(500) }}
    Send IsoTp Frame    ${data}    connection=diag
    Send IsoTp Frame    ${data}    connection=gears
    IsoTp Partner Should Receive    ${data}    name=ecu
    IsoTp Partner Should Receive    ${data}    name=gearbox


*** Keywords ***
Payload Should Be Available
    [Documentation]    Asks the current connection.
    ${available}    Is IsoTp Frame Available
    Should Be Equal    ${available}    ${True}

Connection Should Not Be Transmitting
    [Documentation]    Asks the current connection.
    ${transmitting}    Is IsoTp Transmitting
    Should Be Equal    ${transmitting}    ${False}

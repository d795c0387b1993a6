*** Settings ***
Documentation       Opening, switching, starting, stopping and closing connections.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           isotp


*** Test Cases ***
Open Returns The Alias And Makes The Connection Current
    [Documentation]    `Get IsoTp Connections` tells what is open.
    ${alias}    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Should Be Equal    ${alias}    diag
    ${connections}    Get IsoTp Connections
    Length Should Be    ${connections}    1
    VAR    &{expected}    alias=diag    bus=tester    address=Normal_11bits, txid 0x7E0, rxid 0x7E8    backend=python
    ...    running=${True}    unread=${0}    owner=${TEST_NAME}    current=${True}
    Should Be Equal    ${connections}[0]    ${expected}

Alias May Be Left Out
    [Documentation]    Then it is 'isotp'.
    ${alias}    Open IsoTp Connection    txid=0x7E0    rxid=0x7E8
    Should Be Equal    ${alias}    isotp

Several Connections
    [Documentation]    Each keyword works on the one that it names, or on the current one.
    Open IsoTp Connection    engine    txid=0x7E0    rxid=0x7E8
    Open IsoTp Connection    gears    txid=0x7E1    rxid=0x7E9
    Send IsoTp Frame    01    connection=engine
    Send IsoTp Frame    02
    ${previous}    Switch IsoTp Connection    engine
    Send IsoTp Frame    03
    Should Be Equal    ${previous}    gears
    Partner Hears    3
    ${from_engine}    Partner Hears    2    7E0*
    Should Be Equal    ${{ [message.data.hex() for message in $from_engine] }}    ${{ ['0101', '0103'] }}

Close Twice Is Fine
    [Documentation]    Also with Close All in between.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Close IsoTp Connection    diag
    Close IsoTp Connection    diag
    Close All IsoTp Connections
    Close All IsoTp Connections

Close Leaves The Bus Open
    [Documentation]    A shared bus goes on.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Close IsoTp Connection
    Send Can Message    0x100    01
    Partner Should Hear    100#01

Closed Connection Can Be Opened Again
    [Documentation]    With another address if wanted.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Close IsoTp Connection    diag
    Open IsoTp Connection    diag    txid=0x7E1    rxid=0x7E9
    Send IsoTp Frame    01
    Partner Should Hear    7E1#0101

Node Of Its Own
    [Documentation]    Interface or channel give the connection a bus of its own, which closes with it.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    interface=virtual    channel=0
    Open IsoTp Partner
    IsoTp Partner Answers    3E00    7E 00
    Exchange IsoTp Frame    3E 00    reply=7E 00
    ${buses}    Get Can Buses
    Should Be Equal    ${{ [bus['alias'] for bus in $buses] }}    ${{ ['tester'] }}
    ${heard}    Receive Can Message    0x7E0
    Should Be Equal As Strings    ${heard}    0x7E0 \ [3] \ 02 3E 00

Connection On A Named Bus
    [Documentation]    Not on the current one.
    Open Can Bus    other    channel=1
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    bus=tester
    Send IsoTp Frame    01
    Partner Should Hear    7E0#0101

Start Later
    [Documentation]    With start=False nothing is received before Start IsoTp; starting twice is fine.
    Open IsoTp Partner
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    start=False
    IsoTp Partner Sends    AA
    Receive Can Message    0x7E8
    Start IsoTp
    Start IsoTp
    IsoTp Partner Sends    BB
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${{ b'\xBB' }}

Not Started Yet
    [Documentation]    The failure names the keyword that is missing.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    start=False
    Should Fail    Connection 'diag' is not started; use Start IsoTp first.    Send IsoTp Frame    01
    Should Fail    Connection 'diag' is not started; use Start IsoTp first.    Receive IsoTp Frame

Stop Before Start Is Fine
    [Documentation]    can-isotp raises AttributeError there.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    start=False
    Stop IsoTp
    Stop IsoTp
    Start IsoTp
    Send IsoTp Frame    01
    Partner Should Hear    7E0#0101

Stop Keeps Unread Payloads
    [Documentation]    can-isotp throws them away. Stop and start again, then receive.
    Open IsoTp Partner
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    IsoTp Partner Sends    AA
    Receive Can Message    0x7E8
    Stop IsoTp
    Start IsoTp
    IsoTp Partner Sends    BB
    ${first}    Receive IsoTp Frame
    ${second}    Receive IsoTp Frame
    Should Be Equal    ${{ [$first, $second] }}    ${{ [b'\xAA', b'\xBB'] }}

Unread Payload Is Received After The Stop
    [Documentation]    Without a start; then nothing more can come, and the keyword says so at once.
    Open IsoTp Partner
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    IsoTp Partner Sends    AA
    Receive Can Message    0x7E8
    Stop IsoTp
    ${available}    Is IsoTp Frame Available
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${{ [$available, $payload] }}    ${{ [True, b'\xAA'] }}
    Should Fail    Connection 'diag' is not started; use Start IsoTp first.    Receive IsoTp Frame

Stopped Connection Hears Nothing
    [Documentation]    What comes while it is stopped is not received later.
    Open IsoTp Partner
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Stop IsoTp
    IsoTp Partner Sends    AA
    Receive Can Message    0x7E8
    Start IsoTp
    IsoTp Partner Sends    BB
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${{ b'\xBB' }}

Stop Sending
    [Documentation]    What waits for flow control is abandoned with a warning; the next payload goes through.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Send IsoTp Frame    ${{ bytes(20) }}
    Partner Hears    1    7E0#1014*
    Stop IsoTp Sending
    ${transmitting}    Is IsoTp Transmitting
    Should Be Equal    ${transmitting}    ${False}
    Send IsoTp Frame    AA
    Partner Hears    1    7E0#01AA
    Stop IsoTp Sending

Stop Receiving
    [Documentation]    What is half received is abandoned; the next payload is received.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Partner Sends    7E8#1014010203040506
    Partner Hears    1    7E0#300800
    Stop IsoTp Receiving
    Stop IsoTp Receiving
    Partner Sends    7E8#02AABB
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${{ b'\xAA\xBB' }}

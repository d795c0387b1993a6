*** Settings ***
Documentation       Opening, switching and closing buses.

Resource            ../resources/network.resource

Test Tags           buses


*** Test Cases ***
Open Returns The Alias And Makes The Bus Current
    [Documentation]    The interface and the channel stand in `Get Can Buses`.
    ${alias}    Open Can Bus    body    interface=virtual    channel=1
    Should Be Equal    ${alias}    body
    ${buses}    Get Can Buses
    Length Should Be    ${buses}    1
    VAR    &{expected}    alias=body    interface=virtual    channel=${1}    state=${None}
    ...    owner=${TEST_NAME}    current=${True}
    Should Be Equal    ${buses}[0]    ${expected}

Open Without Arguments Opens The Virtual Bus
    [Documentation]    Where nothing is described, the alias is 'can' and the channel 0.
    ${alias}    Open Can Bus
    Should Be Equal    ${alias}    can
    ${buses}    Get Can Buses
    Should Be Equal    ${{ ($buses[0]['interface'], $buses[0]['channel']) }}    ${{ ('virtual', 0) }}

Several Buses By Alias
    [Documentation]    Each keyword works on the bus that it names, or on the current one.
    Open Can Bus    body    channel=1
    Open Can Bus    chassis    channel=2
    Open Partner    channel=1
    Open Partner    channel=2
    Send Can Message    0x102    22
    Switch Can Bus    body
    Send Can Message    0x101    11
    Send Can Message    0x103    33    bus=chassis
    Partner Should Hear    101#11    channel=1
    Partner Should Hear    102#22    103#33    channel=2

Two Nodes On One Channel Hear Each Other
    [Documentation]    And none hears itself.
    Open Can Bus    left
    Open Can Bus    right
    Send Can Message    0x100    01    bus=left
    Send Can Message    0x200    02    bus=right
    ${at_right}    Receive Can Message    bus=right
    ${at_left}    Receive Can Message    bus=left
    Should Be Equal As Strings    ${at_right}    0x100 \ [1] \ 01
    Should Be Equal As Strings    ${at_left}    0x200 \ [1] \ 02

Channel As Text And As Number Is The Same Channel
    [Documentation]    python-can would take '1' and 1 for two different virtual buses.
    Open Can Bus    text    channel=1
    Open Can Bus    number    channel=${1}
    Send Can Message    0x100    01
    Receive Can Message    0x100    bus=text

Switch Goes Back
    [Documentation]    The previous alias is returned.
    Open Can Bus    body    channel=1
    Open Can Bus    chassis    channel=2
    ${at_first}    Switch Can Bus    body
    ${then}    Switch Can Bus    chassis
    Should Be Equal    ${{ [$at_first, $then] }}    ${{ ['chassis', 'body'] }}

Close Twice Is Fine
    [Documentation]    Also with Close All in between.
    Open Can Bus    body    channel=1
    Close Can Bus    body
    Close Can Bus    body
    Close All Can Buses
    Close All Can Buses
    Close Can Bus    body

Close Without Alias Closes The Current One
    [Documentation]    The one that was opened before is current again.
    Open Can Bus    body    channel=1
    Open Can Bus    chassis    channel=2
    Close Can Bus
    ${buses}    Get Can Buses
    Should Be Equal    ${{ [(bus['alias'], bus['current']) for bus in $buses] }}    ${{ [('body', True)] }}

Closed Bus Can Be Opened Again
    [Documentation]    It begins with an empty mailbox.
    Open Tester And Partner
    ${mark}    Set Can Mark
    Partner Sends    100#01
    Wait For Can Message    0x100    since=${mark}
    Close Can Bus    tester
    Open Can Bus    tester
    Should Fail
    ...    No message 0x100 arrived on bus 'tester' within 50 milliseconds. Nothing else did.
    ...    Receive Can Message    0x100    timeout=50 ms

Close Ends Connections And Periodic Messages On The Bus
    [Documentation]    A connection does not outlive its bus.
    Open Tester And Partner
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Start Periodic Message    0x100    01    period=20 ms
    Partner Hears    2    100#01
    Close Can Bus    tester
    Partner Forgets
    Partner Should Hear Nothing
    ${connections}    Get IsoTp Connections
    Should Be Empty    ${connections}

Bus Keeps Open When Another Fails To Open
    [Documentation]    A failed open changes nothing.
    Open Can Bus    body    channel=1
    Run Keyword And Expect Error    Interface 'virtul' is unknown*    Open Can Bus    other    interface=virtul
    ${buses}    Get Can Buses
    Should Be Equal    ${{ [bus['alias'] for bus in $buses] }}    ${{ ['body'] }}

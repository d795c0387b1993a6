*** Settings ***
Documentation       Tests that end badly while something is open.

Library             CanLibrary

Suite Setup         Open Can Bus    of_suite    channel=1

Test Tags           inner


*** Test Cases ***
Failing Test
    [Documentation]    With a bus, a connection and a periodic message.
    Open Everything
    Fail    On purpose.

Time-out In A Receive
    [Documentation]    The wait is interrupted.
    [Timeout]    300 ms
    Open Everything
    Receive Can Message    0x123    timeout=1 min

Time-out In A Wait
    [Documentation]    The wait is interrupted.
    [Timeout]    300 ms
    Open Everything
    Wait For Can Message    0x123    within=1 min

Time-out In A Negative Wait
    [Documentation]    The wait is interrupted.
    [Timeout]    300 ms
    Open Everything
    Can Message Should Not Arrive    0x123    within=1 min

Time-out In An IsoTp Receive
    [Documentation]    The wait is interrupted.
    [Timeout]    300 ms
    Open Everything
    Receive IsoTp Frame    timeout=1 min

Time-out In A Blocking Send
    [Documentation]    The wait is interrupted, and the send abandoned.
    [Timeout]    300 ms
    Open Everything    rx_flowcontrol_timeout=600000
    Send IsoTp Frame    ${{ bytes(20) }}    timeout=1 min

Time-out In Many Messages With A Gap
    [Documentation]    The wait is interrupted.
    [Timeout]    300 ms
    Open Everything
    VAR    @{messages}    100\#    101\#
    Send Can Messages    ${messages}    gap=1 min

Time-out Of A Keyword
    [Documentation]    Of a user keyword around the wait.
    Open Everything
    Impatient Receive

Error In A Keyword
    [Documentation]    With an open bus.
    Open Everything
    Send Can Message    7E0

Time-out While Some Of Many Arrived
    [Documentation]    What was not handed out stays unread.
    [Timeout]    2 s
    Open Can Bus    partner    channel=1
    Send Can Message    0x100    01
    Send Can Message    0x100    02
    Receive Can Messages    3    id=0x100    timeout=1 min    bus=of_suite

After All Of That
    [Documentation]    Only the suite's bus is open, and its messages are there.
    ${buses}    Get Can Buses
    Should Be Equal    ${{ [bus['alias'] for bus in $buses] }}    ${{ ['of_suite'] }}
    ${messages}    Receive Can Messages    2    id=0x100    timeout=0
    Should Be Equal    ${{ [message.data[0] for message in $messages] }}    ${{ [1, 2] }}
    ${threads}    Evaluate    [t.name for t in threading.enumerate() if 'of_suite' not in t.name]    modules=threading
    Should Be Equal    ${threads}    ${{ ['MainThread'] }}


*** Keywords ***
Open Everything
    [Documentation]    On a channel where nobody else is.
    [Arguments]    &{params}
    Open Can Bus    of_test    channel=2
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    &{params}
    Start Periodic Message    0x100    period=10 ms

Impatient Receive
    [Documentation]    Waits longer than it may.
    [Timeout]    300 ms
    Receive Can Message    0x123    timeout=1 min

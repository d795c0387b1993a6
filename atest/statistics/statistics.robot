*** Settings ***
Documentation       How busy a bus is, and how regular its messages.

Resource            ../resources/network.resource

Suite Setup         Open Can Bus    steady    channel=8    bitrate=500000
Test Setup          Open Tester And Partner
Test Tags           statistics


*** Test Cases ***
Both Directions Are Counted
    [Documentation]    What a foreign partner sends and what the tester sends.
    Partner Sends    100#0102    100#0304    18DA10F1#01
    Receive Can Messages    3
    Send Can Message    0x200    01
    ${statistics}    Get Bus Statistics    bitrate=500000
    Should Be Equal    ${statistics.messages}    ${4}
    Should Be Equal    ${statistics.received}    ${3}
    Should Be Equal    ${statistics.sent}    ${1}
    Should Be Equal    ${statistics.bytes}    ${6}
    Should Be True    $statistics.bus_load > 0
    Should Be True    list($statistics.ids) == ['0x100', '0x200', '0x18DA10F1']

Bus Of The Suite Before A Test
    [Documentation]    These messages belong to this test alone.
    Send Can Messages    ${{ ['100#01'] * 5 }}    bus=steady
    ${statistics}    Get Bus Statistics    bus=steady
    Should Be Equal    ${statistics.messages}    ${5}

Bus Of The Suite Counts From Where The Test Began
    [Documentation]    Its bit rate is known from its opening.
    Send Can Message    0x200    01    bus=steady
    ${statistics}    Get Bus Statistics    bus=steady
    Should Be Equal    ${statistics.messages}    ${1}
    ${text}    Convert To String    ${statistics}
    Should Start With    ${text}    Bus 'steady' since the test began: 1 message in
    Should Be Equal    ${statistics.bitrate}    ${500000}
    ${statistics}    Get Bus Statistics    since=opened    bus=steady
    Should Be Equal    ${statistics.messages}    ${6}

Gaps Of Cyclic Messages
    [Documentation]    A foreign partner sends every 10 ms; the recording says how regular that was.
    VAR    @{cycle}    100#01
    Partner Sends    @{{ $cycle * 30 }}    after=1 ms    gap=10 ms
    Receive Can Messages    30    id=0x100
    ${statistics}    Get Bus Statistics
    VAR    ${cyclic}    ${statistics.ids}[0x100]
    Should Be Equal    ${cyclic.count}    ${30}
    Should Be True    0.008 < $cyclic.mean_gap < 0.5
    Should Be True    0 < $cyclic.minimum_gap <= $cyclic.mean_gap <= $cyclic.maximum_gap

It Prints As A Table
    [Documentation]    As the log shows it.
    Partner Sends    100#0102
    Receive Can Message    0x100
    ${statistics}    Get Bus Statistics    bitrate=500000
    VAR    ${first}    Bus 'tester' since the bus was opened: 1 message in .*, 1 received, 0 sent, 0 error frames
    ${text}    Convert To String    ${statistics}
    Should Match Regexp    ${text}    (?s)^${first}\\.\n.*0x100 +1 +0 .*01 02$

Bit Rate Is Not Known
    [Documentation]    Then the load is not known either, and there is no verdict about it.
    Partner Sends    100#01
    Receive Can Message    0x100
    ${statistics}    Get Bus Statistics
    Should Be Equal    ${statistics.bus_load}    ${None}
    VAR    ${failure}    Whether the load of bus 'tester' since the bus was opened was below 30 % cannot be said: give
    ...    its bit rate with bitrate=.
    Should Fail    ${failure}    Bus Load Should Be Below    30

Load Is Below
    [Documentation]    Two messages in at least 200 ms are little.
    Partner Sends    100#0102    100#0304    gap=200 ms
    Receive Can Messages    2
    Bus Load Should Be Below    5 %    bitrate=500000

Load Is Not Below
    [Documentation]    At 1200 bit/s a few messages are a lot; the failure names who loads the bus.
    VAR    @{cycle}    100#0102030405060708    200#01
    Partner Sends    @{{ $cycle * 20 }}
    Receive Can Messages    40
    VAR    ${failure}    REGEXP:The load of bus 'tester' was \\d+\\.\\d % in [\\d.]+ \\w+ since the bus was opened, but
    ...    should be below 30 %\\. The busiest identifiers: 0x100 \\d+\\.\\d %, 0x200 \\d+\\.\\d %\\.
    Run Keyword And Expect Error    ${failure}    Bus Load Should Be Below    30    bitrate=1200

Load Of A Part
    [Documentation]    Between two marks nothing was sent.
    Partner Sends    100#0102030405060708
    Receive Can Message    0x100
    ${began}    Set Can Mark
    Run Keyword And Expect Error    No message*    Wait For Can Message    within=50 ms
    ${ended}    Set Can Mark
    ${statistics}    Get Bus Statistics    since=${began}    until=${ended}    bitrate=1200
    Should Be Equal    ${statistics.messages}    ${0}
    Should Be True    $statistics.duration >= 0.05 and $statistics.bus_load == 0
    Bus Load Should Be Below    0.1    since=${began}    until=${ended}    bitrate=1200

CAN FD With Bit Rate Switch
    [Documentation]    Its data takes the time of the other bit rate, which has to be known.
    Partner Sends    100##10102030405060708
    Receive Can Message    0x100
    Run Keyword And Expect Error    *give it with data_bitrate=.
    ...    Bus Load Should Be Below    50    bitrate=500000
    ${statistics}    Get Bus Statistics    bitrate=500000    data_bitrate=2000000
    Should Be True    0 < $statistics.bus_load

Bus With Filters
    [Documentation]    It does not see everything, so its load cannot be said.
    Set Can Filters    ${{ ['0x100'] }}
    VAR    ${failure}    *its filters leave messages out; use Clear Can Filters.
    Run Keyword And Expect Error    ${failure}    Bus Load Should Be Below    50    bitrate=500000

Error Frames Are Counted
    [Documentation]    They are in no load.
    Partner Sends Error Frame
    Partner Sends    100#01
    Receive Can Message    0x100
    ${statistics}    Get Bus Statistics
    Should Be Equal    ${statistics.error_frames}    ${1}
    Should Be Equal    ${statistics.messages}    ${1}

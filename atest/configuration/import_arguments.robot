*** Settings ***
Documentation       What the arguments of the import do.

Library             CanLibrary    AS    Plain
Library             CanLibrary    interface=virtual    channel=5    timeout=0.2    AS    Channel Five
Library             CanLibrary    channel=6    fd=True    receive_own_messages=True    timeout=5 s    AS    With Options
Library             CanLibrary    channel=7    trace_size=100    timeout=5 s    AS    Small Trace
Library             ../resources/Partner.py
Library             ../resources/InnerRuns.py

Test Teardown       Close What Is Open

Test Tags           configuration


*** Test Cases ***
Import Alone Works
    [Documentation]    On the virtual bus, channel 0, at the first use; one second is the time-out.
    Open Partner
    Plain.Send Can Message    0x123
    Partner Should Hear    123#
    Run Keyword And Expect Error    EQUALS:No message arrived on bus 'can' within 1 second. Nothing else did.
    ...    Plain.Receive Can Message

Interface And Channel
    [Documentation]    They describe the bus 'can'.
    Open Partner    channel=5
    Channel Five.Send Can Message    0x123
    Partner Should Hear    123#
    ${buses}    Channel Five.Get Can Buses
    Should Be Equal    ${{ ($buses[0]['alias'], $buses[0]['channel']) }}    ${{ ('can', 5) }}

Time-out Of The Import
    [Documentation]    A bare number is seconds.
    Run Keyword And Expect Error
    ...    EQUALS:No message arrived on bus 'can' within 200 milliseconds. Nothing else did.
    ...    Channel Five.Receive Can Message
    Run Keyword And Expect Error
    ...    EQUALS:No message 0x7E8 arrived on bus 'can' within 200 milliseconds. Nothing else did.
    ...    Channel Five.Exchange Can Message    0x7E0    reply_id=0x7E8

Options Of The Interface
    [Documentation]    Any other argument is one, by its python-can name.
    With Options.Send Can Message    0x123    AA    fd=True
    ${own}    With Options.Receive Can Message
    Should Be Equal As Strings    ${own}    0x123 \ [1] \ FD \ AA
    ${protocol}    With Options.Get Can Protocol
    Should Be Equal    ${protocol.name}    CAN_FD

Size Of The Trace
    [Documentation]    The oldest unread messages go, and the next receive says so.
    Open Partner    channel=7
    Small Trace.Open Can Bus
    Run Keyword And Expect Error    No message arrived *    Small Trace.Receive Can Message    timeout=0
    Partner Sends    @{{ ['100#'] * 200 }}
    Small Trace.Set Can Mark
    VAR    ${failure}    Bus 'can' lost 96 unread messages, the oldest ones: the trace keeps 100 messages.
    ...    Use Clear Received Messages before, or a larger trace_size.
    Run Keyword And Expect Error    EQUALS:${failure}    Small Trace.Receive Can Message
    ${messages}    Small Trace.Receive Can Messages    104
    Length Should Be    ${messages}    104

Wrong Arguments
    [Documentation]    The import succeeds, the keywords are there, and every one fails with the reason.
    Run Inner Suite    ${CURDIR}/_suites/wrong_imports.robot
    Inner Test Should Have Failed    Wrong Timeout
    ...    timeout='soon' is not possible: timeout is a time such as 0.05 (seconds) or '50 ms'.
    Inner Test Should Have Failed    Negative Timeout    timeout=-1 is not possible: a time is 0 seconds or more.
    Inner Test Should Have Failed    Wrong Auto Close
    ...    auto_close='NEVER' is not possible: auto_close is one of TEST, SUITE, MANUAL.
    Inner Test Should Have Failed    Wrong Trace Size
    ...    trace_size='many' is not possible: trace_size is an integer.
    Inner Test Should Have Failed    Wrong Bitrate    bitrate='fast' is not possible: bitrate is an integer.
    Inner Test Should Have Failed    Contradiction
    ...    data_bitrate needs fd=True: classic CAN has one bit rate.
    Inner Run Should Leave Nothing

Wrong Descriptions
    [Documentation]    What is found out only when the bus opens fails at the first use.
    Run Inner Suite    ${CURDIR}/_suites/wrong_imports.robot
    Inner Test Should Have Failed    Both
    ...    config= and channel= exclude each other: the file describes the buses.
    Inner Test Should Have Failed    Misspelt Channel    Unknown key 'chanel'; did you mean 'channel'?
    Inner Test Should Have Failed    Misspelt Option
    ...    Interface 'virtual' has no option 'receive_own_mesages'; did you mean 'receive_own_messages'?
    Inner Test Should Have Failed    Unknown Interface
    ...    Interface 'virtul' is unknown; did you mean 'virtual'? The interfaces are 'canalystii', * and 'virtual'.


*** Keywords ***
Close What Is Open
    [Documentation]    What an import describes stays open until its suite ends.
    Plain.Close All Can Buses
    Channel Five.Close All Can Buses
    With Options.Close All Can Buses
    Small Trace.Close All Can Buses

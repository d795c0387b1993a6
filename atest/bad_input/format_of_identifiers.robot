*** Settings ***
Documentation       Identifiers that contradict extended=, and identifiers in other places than the first argument.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Teardown       Partner Should Hear Nothing    within=0

Test Tags           bad-input    users-ask-18


*** Test Cases ***
Large Integer That Should Be Standard
    [Documentation]    0x800 does not fit into 11 bits.
    Should Fail
    ...    0x00000800 does not fit extended\=False: a standard identifier has 11 bits (at most 0x7FF).
    ...    Send Can Message    ${0x800}    extended=False

Large Identifier That Should Be Standard
    [Documentation]    Written with eight digits.
    Should Fail
    ...    0x00000800 does not fit extended\=False: a standard identifier has 11 bits (at most 0x7FF).
    ...    Send Can Message    0x00000800    extended=False

Text Of An Extended Identifier That Should Be Standard
    [Documentation]    Eight digits say that it is extended.
    VAR    ${failure}    0x00000123 is written as an extended identifier (eight digits) but extended\=False was
    ...    given; write 0x123.
    Should Fail    ${failure}    Send Can Message    0x00000123    extended=False

In A Receive
    [Documentation]    The same rule for what is received.
    VAR    ${failure}    ValueError: Argument 'id' got value '7E8' that cannot be converted to CanIdPattern: '7E8' can
    ...    be read in two ways, hexadecimal 0x7E8 or the number 7e+08: write 0x7E8.
    Should Fail    ${failure}    Receive Can Message    7E8

In A Filter
    [Documentation]    The same rule.
    VAR    ${failure}    ValueError: Argument 'filters' got value '291' that cannot be converted to CanFilters: '291'
    ...    can be read in two ways: write 0x291 (hexadecimal) or \${291} (decimal).
    Should Fail    ${failure}    Set Can Filters    291

In An Address
    [Documentation]    The same rule.
    VAR    ${failure}    ValueError: Argument 'txid' got value '7E0' that cannot be converted to CanId: '7E0' can be
    ...    read in two ways, hexadecimal 0x7E0 or the number 7: write 0x7E0.
    Should Fail    ${failure}    Open IsoTp Connection    diag    txid=7E0    rxid=0x7E8

In Candump Text
    [Documentation]    Three digits or eight.
    VAR    ${sentence}    '7#11' is no candump text; write 123#DEADBEEF (standard, three digits),
    ...    00000123#DEADBEEF (extended, eight digits), 123#R (remote) or 123##1DEADBEEF (CAN FD with bit rate switch).
    Run Keyword And Expect Error    *${sentence}    Send Can Messages    ${{ ['7#11'] }}

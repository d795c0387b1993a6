*** Settings ***
Documentation       Identifiers that could be got wrong are refused; nothing is sent.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Teardown       Partner Should Hear Nothing    within=0

Test Template       Identifier Should Be Refused

Test Tags           bad-input    users-ask-18


*** Test Cases ***
Hexadecimal Without 0x
    [Documentation]    Robot Framework would silently make 7 of 7E0.
    7E0    '7E0' can be read in two ways, hexadecimal 0x7E0 or the number 7: write 0x7E0.

Hexadecimal Without 0x That Is A Large Number
    [Documentation]    Robot Framework would make 700000000 of 7E8.
    7E8    '7E8' can be read in two ways, hexadecimal 0x7E8 or the number 7e+08: write 0x7E8.

Hexadecimal Without 0x That Is No Number
    [Documentation]    Only one reading, but the rule is the same for all.
    7DF    '7DF' is hexadecimal without 0x: write 0x7DF.

Hexadecimal With H
    [Documentation]    As some tools write it.
    7DFh    '7DFh' is hexadecimal without 0x: write 0x7DF.

Decimal Or Hexadecimal
    [Documentation]    Both readings are spelled out.
    291    '291' can be read in two ways: write 0x291 (hexadecimal) or \${291} (decimal).

Four Digits
    [Documentation]    Standard or extended?
    0x0123    '0x0123' is ambiguous: write 0x123 for the standard identifier or 0x00000123 for the extended one.

Three Digits Above The Largest Standard Identifier
    [Documentation]    An extended identifier has eight.
    0x800
    ...    '0x800' is above 0x7FF, the largest standard identifier; an extended identifier has eight digits: 0x00000800.

More Than 29 Bits
    [Documentation]    No identifier of CAN.
    0x20000000    0x20000000 is outside the 29 bits of a CAN identifier (0x0 to 0x1FFFFFFF).

Negative
    [Documentation]    No identifier of CAN.
    ${-1}    -1 is outside the 29 bits of a CAN identifier (0x0 to 0x1FFFFFFF).    kind=${SPACE}(integer)

Name
    [Documentation]    Names are for databases.
    EngineData    'EngineData' is no identifier; write hexadecimal text with 0x, such as 0x7E0 or 0x18DA10F1.

Nothing
    [Documentation]    Empty text.
    ${EMPTY}    '' is no identifier; write hexadecimal text with 0x, such as 0x7E0 or 0x18DA10F1.

Fraction
    [Documentation]    A number that is no integer.
    ${1.5}    1.5 is no identifier; write hexadecimal text such as 0x7E0.    kind=${SPACE}(float)

Any Is For Receiving
    [Documentation]    A message is sent with one identifier.
    *    '*' is no identifier; write hexadecimal text with 0x, such as 0x7E0 or 0x18DA10F1.


*** Keywords ***
Identifier Should Be Refused
    [Documentation]    By the sending keyword, word by word.
    [Arguments]    ${id}    ${sentence}    ${kind}=${EMPTY}
    Should Fail
    ...    ValueError: Argument 'id' got value '${id}'${kind} that cannot be converted to CanId: ${sentence}
    ...    Send Can Message    ${id}

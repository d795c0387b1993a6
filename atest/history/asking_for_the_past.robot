*** Settings ***
Documentation       What was recorded can be asked for: by identifier, data, direction, and from one mark to another.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           history


*** Test Cases ***
Everything That Was Received In Order
    [Documentation]    What a receive took is there as well.
    Partner Sends    100#01    200#02    100#03
    Receive Can Message    0x100
    ${messages}    Get Can Messages
    Should Be Equal    ${{ [str(message.data) for message in $messages] }}    ${{ ['01', '02', '03'] }}

By Identifier Data And Mask
    [Documentation]    With the same words as the waits.
    Partner Sends    100#01AA    200#02AA    100#03BB
    ${messages}    Get Can Messages    0x100    ?? AA
    Length Should Be    ${messages}    1
    ${messages}    Get Can Messages    *    00 0A    mask=00 0F
    Length Should Be    ${messages}    2

By Direction
    [Documentation]    Own messages are asked for by name.
    Send Can Message    0x7E0    02 10 03
    Partner Sends    7E8#025003
    Wait For Can Message    0x7E8    since=opened
    ${received}    Get Can Messages
    ${sent}    Get Can Messages    direction=Tx
    ${both}    Get Can Messages    direction=ANY
    Should Be Equal    ${{ [hex(message.arbitration_id) for message in $received] }}    ${{ ['0x7e8'] }}
    Should Be Equal    ${{ [hex(message.arbitration_id) for message in $sent] }}    ${{ ['0x7e0'] }}
    Length Should Be    ${both}    2

Between Two Marks
    [Documentation]    Marks and messages are both fine as ends; the messages themselves are not in between.
    Partner Sends    100#01
    ${begin}    Set Can Mark
    Partner Sends    100#02    100#03
    ${third}    Wait For Can Message    0x100    03    since=${begin}
    Partner Sends    100#04
    ${messages}    Get Can Messages    0x100    since=${begin}    until=${third}
    Should Be Equal    ${{ [str(message.data) for message in $messages] }}    ${{ ['02', '03'] }}
    ${messages}    Get Can Messages    0x100    since=${third}
    Should Be Equal    ${{ [str(message.data) for message in $messages] }}    ${{ ['04'] }}

The Newest One
    [Documentation]    Of those that match.
    Partner Sends    100#01    100#02    200#03
    ${message}    Get Last Can Message    0x100
    Should Be Equal As Strings    ${message}    0x100 \ [1] \ 02

None At All
    [Documentation]    The failure says what there is.
    Partner Sends    100#01    200#03
    VAR    ${failure}    No message 0x300 was received on bus 'tester' since the bus was opened. 2 others did: 0x100 ×1,
    ...    0x200 ×1.
    Should Fail    ${failure}    Get Last Can Message    0x300

Marks The Wrong Way Round
    [Documentation]    Nothing can lie between them.
    ${first}    Set Can Mark
    Send Can Message    0x100
    ${second}    Set Can Mark
    VAR    ${failure}    The mark at message 0 of bus 'tester' given as until= lies before the mark at message 1 of
    ...    bus 'tester': nothing is between them.
    Should Fail    ${failure}    Get Can Messages    since=${second}    until=${first}

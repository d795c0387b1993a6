*** Settings ***
Documentation       Receiving only what passes a filter.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           buses


*** Test Cases ***
Filter By Identifier
    [Documentation]    Only this one is received.
    Set Can Filters    0x7E8
    Partner Sends    100#01    7E8#02    7E9#03
    ${message}    Receive Can Message
    Should Be Equal As Strings    ${message}    0x7E8 \ [1] \ 02
    Nothing Should Be Unread

Filter With Mask As Candump Writes It
    [Documentation]    Identifier and mask with a colon.
    Set Can Filters    0x700:0x7F0
    Partner Sends    6FF#01    70F#02    710#03
    Should Be Received    0x70F
    Nothing Should Be Unread

Filter As Dictionary
    [Documentation]    With id, mask and extended, also with python-can's names.
    VAR    &{standard}    id=0x100    mask=0x7FF
    VAR    &{extended}    can_id=${0x100}    can_mask=${0x1FFFFFFF}    extended=True
    Set Can Filters    ${standard}    ${extended}
    Partner Sends    100#01    00000100#02    101#03
    Should Be Received    0x100    0x00000100
    Nothing Should Be Unread

Filter As List
    [Documentation]    A list counts like several arguments.
    VAR    @{filters}    0x100    0x18DAF110
    Set Can Filters    ${filters}
    Partner Sends    100#01    18DAF110#02    101#03
    Should Be Received    0x100    0x18DAF110
    Nothing Should Be Unread

Standard And Extended Identifier Are Different
    [Documentation]    A filter for 0x123 does not let 0x00000123 pass.
    Set Can Filters    0x123
    Partner Sends    00000123#01    123#02
    Should Be Received    0x123
    Nothing Should Be Unread

Filters Apply To What Is Unread
    [Documentation]    And the keyword says how many went.
    ${mark}    Set Can Mark
    Partner Sends    100#01    200#02    300#03
    Wait For Can Message    0x300    since=${mark}
    ${dropped}    Set Can Filters    0x200
    Should Be Equal    ${dropped}    ${2}
    Should Be Received    0x200
    Nothing Should Be Unread

Clear Lets Everything Pass Again
    [Documentation]    From then on.
    Set Can Filters    0x200
    Clear Can Filters
    Partner Sends    100#01
    Should Be Received    0x100

Filters Given When The Bus Opens
    [Documentation]    The same values as for the keyword.
    Open Can Bus    filtered    filters=0x700:0x700
    Partner Sends    100#01    7FF#02
    Should Be Received    0x7FF
    Nothing Should Be Unread

Connections Go On Hearing Their Identifiers
    [Documentation]    A filter for other messages does not make ISO-TP deaf.
    Open IsoTp Partner
    IsoTp Partner Answers    3E00    7E 00
    Set Can Filters    0x123
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Exchange IsoTp Frame    3E 00    reply=7E 00

No Filter At All Is Refused
    [Documentation]    The sentence names the keyword that was meant.
    Should Fail    Give at least one filter; Clear Can Filters lets everything pass.    Set Can Filters

Mask Wider Than The Identifier Is Refused
    [Documentation]    A standard identifier has 11 bits.
    VAR    ${too_wide}    0x123:0x1FFFFFFF    # a dry run would refuse the text itself
    Run Keyword And Expect Error
    ...    *The mask 0x1FFFFFFF is wider than the 11 bits of the standard identifier 0x123.
    ...    Set Can Filters    ${too_wide}


*** Keywords ***
Should Be Received
    [Documentation]    Receives as many messages and compares their identifiers in order.
    [Arguments]    @{ids}
    ${messages}    Receive Can Messages    ${{ len($ids) }}
    Should Be Equal    ${{ [str(message.id) for message in $messages] }}    ${ids}

Nothing Should Be Unread
    [Documentation]    Sends a message after all others that passes each filter, so that nothing needs to be waited for.
    Clear Can Filters
    Partner Sends    0FF#
    ${message}    Receive Can Message
    Should Be Equal As Strings    ${message}    0x0FF \ [0]

*** Settings ***
Documentation       Receiving from the mailbox: what a foreign partner sent.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           messages


*** Test Cases ***
Message That Is Waiting
    [Documentation]    One that arrived before is handed out at once.
    Partner Sends    7E8#065003003201F4AA
    ${message}    Receive Can Message    0x7E8
    Should Be Equal As Strings    ${message}    0x7E8 \ [8] \ 06 50 03 00 32 01 F4 AA

Message That Comes Later
    [Documentation]    The keyword waits.
    Partner Sends    7E8#0650    after=200 ms
    Receive Can Message    0x7E8    timeout=5 s

Attributes Are Python-can's
    [Documentation]    Of a standard message and of one with everything that CAN FD has.
    Partner Sends    123#0102    18DA10F1##1AABB
    ${plain}    Receive Can Message
    ${fast}    Receive Can Message
    Should Be Equal    ${{ [$plain.arbitration_id, $plain.dlc, bytes($plain.data)] }}    ${{ [0x123, 2, b'\x01\x02'] }}
    Should Be Equal    ${{ [$plain.is_extended_id, $plain.is_fd, $plain.bitrate_switch] }}    ${{ [False] * 3 }}
    Should Be Equal    ${{ [$fast.is_extended_id, $fast.is_fd, $fast.bitrate_switch] }}    ${{ [True] * 3 }}
    Should Be Equal    ${{ [$plain.is_rx, $fast.is_rx] }}    ${{ [True, True] }}

Remote Message Is Received
    [Documentation]    With the length that it asks for.
    Partner Sends    123\#R4
    ${message}    Receive Can Message    0x123
    Should Be Equal    ${{ [$message.is_remote_frame, $message.dlc] }}    ${{ [True, 4] }}

Identifier And Data Choose
    [Documentation]    Nibbles, anything after, exact data, any identifier.
    Partner Sends    7E8#037F1012    7E8#065003    100#0102    100#0103
    ${positive}    Receive Can Message    0x7E8    ?? 50 *
    ${exact}    Receive Can Message    *    01 03
    ${any}    Receive Can Message    0x100
    Should Be Equal As Strings    ${positive}    0x7E8 \ [3] \ 06 50 03
    Should Be Equal As Strings    ${exact}    0x100 \ [2] \ 01 03
    Should Be Equal As Strings    ${any}    0x100 \ [2] \ 01 02

Bit Mask Chooses
    [Documentation]    Only bits that are 1 in the mask are compared.
    Partner Sends    100#F001    100#0F01    100#1F02
    ${message}    Receive Can Message    0x100    0F 02    mask=0F 03
    Should Be Equal As Strings    ${message}    0x100 \ [2] \ 1F 02

Standard And Extended Identifier Are Different
    [Documentation]    0x123 does not match 0x00000123.
    Partner Sends    00000123#01    123#02
    ${message}    Receive Can Message    0x123
    Should Be Equal As Strings    ${message}    0x123 \ [1] \ 02

Several Messages In Order
    [Documentation]    The oldest first, also when some arrive later.
    Partner Sends    100#01    200#FF    100#02
    Partner Sends    100#03    after=100 ms
    ${messages}    Receive Can Messages    3    id=0x100
    Should Be Equal    ${{ [bytes(message.data) for message in $messages] }}    ${{ [b'\x01', b'\x02', b'\x03'] }}

Several Messages By Data
    [Documentation]    Any identifier, data and mask.
    Partner Sends    100#01FF    200#02FF    300#01EE
    ${messages}    Receive Can Messages    2    data=01 ??
    Should Be Equal    ${{ [str(message.id) for message in $messages] }}    ${{ ['0x100', '0x300'] }}

Too Few Messages Stay Unread
    [Documentation]    The failure says how many came.
    Partner Sends    100#01    100#02    200#03
    Receive Can Message    0x200
    VAR    ${failure}    Only 2 of 3 messages 0x100 arrived on bus 'tester' within 100 milliseconds; they stay
    ...    unread. Nothing else did.
    Should Fail    ${failure}    Receive Can Messages    3    id=0x100    timeout=100 ms
    ${messages}    Receive Can Messages    2    id=0x100
    Length Should Be    ${messages}    2

Nothing Came
    [Documentation]    The failure says what was expected, where, and for how long.
    Should Fail
    ...    No message 0x7E8 matching '?? 50 *' arrived on bus 'tester' within 50 milliseconds. Nothing else did.
    ...    Receive Can Message    0x7E8    ?? 50 *    timeout=50 ms

Other Messages Came
    [Documentation]    The failure counts them; the identifier asked for comes last, with its data.
    Partner Sends    100#01    100#02    200#03    7E8#037F1012
    VAR    ${failure}    No message 0x7E8 matching '?? 50 *' arrived on bus 'tester' within 100 milliseconds. 4
    ...    others did: 0x100 ×2, 0x200 ×1, 0x7E8 ×1 (last 03 7F 10 12).
    Should Fail    ${failure}    Receive Can Message    0x7E8    ?? 50 *    timeout=100 ms

Time-out Of The Import
    [Documentation]    Where none is given, that of the import counts: 5 seconds here.
    Partner Sends    7E8#01    after=1200 ms
    Receive Can Message    0x7E8

Clear Drops What Is Unread
    [Documentation]    And says how many messages that were.
    ${mark}    Set Can Mark
    Partner Sends    100#01    200#02    300#03
    Wait For Can Message    0x300    since=${mark}
    ${dropped}    Clear Received Messages
    Should Be Equal    ${dropped}    ${3}
    Should Fail    No message arrived on bus 'tester' within 50 milliseconds. Nothing else did.
    ...    Receive Can Message    timeout=50 ms

Error Frames Are Counted And Kept Out
    [Documentation]    They are no messages, but a failure tells that some came.
    Partner Sends Error Frame
    Partner Sends Error Frame
    Partner Sends    100#01
    ${message}    Receive Can Message
    Should Be Equal As Strings    ${message}    0x100 \ [1] \ 01
    VAR    ${failure}    No message arrived on bus 'tester' within 50 milliseconds. Nothing else did. 2 error frames
    ...    came since the bus was opened.
    Should Fail    ${failure}    Receive Can Message    timeout=50 ms

Own Messages On Request
    [Documentation]    A bus with receive_own_messages hands them out; another does not.
    Open Can Bus    echo    receive_own_messages=True
    Send Can Message    0x100    01
    ${own}    Receive Can Message    0x100    01
    Should Be Equal As Strings    ${own}    0x100 \ [1] \ 01
    Send Can Message    0x200    02    bus=tester
    Should Fail
    ...    No message 0x200 arrived on bus 'tester' within 50 milliseconds. 1 other did: 0x100 ×1.
    ...    Receive Can Message    0x200    timeout=50 ms    bus=tester

*** Settings ***
Documentation       SocketCAN with can-utils as the foreign partner: what one writes the other reads.

Library             Collections
Library             CanLibrary    timeout=10 s
Library             CanUtils.py

Test Setup          Open Can Bus    tester    interface=socketcan    channel=vcan0    fd=True


*** Variables ***
${DOWN}     Bus 'shaky' receives no more: *Network is down*
@{MIXED}    123\#DEADBEEF    18DA10F1\#0210    7FF\#    00000123\#11    123\#R4    456\#R
...         123\#\#1AABB    18DA10F1\#\#0112233445566778899AABBCC    000\#0102030405060708


*** Test Cases ***
Cansend Is Received
    [Documentation]    Byte by byte: standard, extended, without data, remote, CAN FD.
    Cansend    @{MIXED}
    ${messages}    Receive Can Messages    ${{ len($MIXED) }}
    ${seen}    As Candump    ${messages}
    Lists Should Be Equal    ${seen}    ${MIXED}
    Should Be True    ${{ all(message.is_rx for message in $messages) }}

Candump Sees What Is Sent
    [Documentation]    Each kind of message, sent by a keyword.
    ${candump}    Start Candump    6
    Send Can Message    0x123    DE AD BE EF
    Send Can Message    0x18DA10F1    02 3E 00
    Send Can Message    0x00000123
    Send Can Message    0x123    remote=True    dlc=8
    Send Can Message    0x123    ${{ bytes(12) }}    fd=True    bitrate_switch=True
    Send Can Message    0x18DA10F1    ${{ bytes(range(64)) }}    fd=True
    ${seen}    Candump Saw    ${candump}
    VAR    @{expected}
    ...    123\#DEADBEEF
    ...    18DA10F1\#023E00
    ...    00000123\#
    ...    123\#R8
    ...    123\#\#1${{ '00' * 12 }}
    ...    18DA10F1\#\#0${{ bytes(range(64)).hex().upper() }}
    Lists Should Be Equal    ${seen}    ${expected}

Candump Sees The Mixed Traffic That We See
    [Documentation]    Ours and that of others, in the same order, on a bus that hears itself.
    Open Can Bus    echo    interface=socketcan    channel=vcan0    fd=True    receive_own_messages=True
    ${candump}    Start Candump    ${{ 4 * len($MIXED) }}
    FOR    ${_}    IN RANGE    2
        Send Can Messages    ${MIXED}
        Cansend    @{MIXED}
    END
    ${seen}    Candump Saw    ${candump}
    ${messages}    Receive Can Messages    ${{ len($seen) }}
    ${ours}    As Candump    ${messages}
    Lists Should Be Equal    ${ours}    ${seen}
    Lists Should Be Equal    ${seen}    ${{ $MIXED * 4 }}

A Bus That Hears Itself
    [Documentation]    Its own messages count as received, once; another bus hears them too, and does not hear itself.
    Open Can Bus    echo    interface=socketcan    channel=vcan0    receive_own_messages=True
    Send Can Message    0x123    01
    ${own}    Receive Can Message    0x123    01
    Should Not Be True    ${own.is_rx}
    Receive Can Message    0x123    01    bus=tester
    Send Can Message    0x124    02    bus=tester
    Receive Can Message    0x124    02
    Can Message Should Not Arrive    within=200 ms
    Can Message Should Not Arrive    within=200 ms    bus=tester

Filters Reach The Kernel
    [Documentation]    They stand in its own list until they are cleared.
    Set Can Filters    0x123    0x700:0x7F0    0x18DA10F1
    ${filters}    Kernel Filters
    VAR    @{expected}    123:800007ff    700:800007f0    98da10f1:9fffffff
    Lists Should Be Equal    ${filters}    ${expected}    ignore_order=True
    Clear Can Filters
    ${filters}    Kernel Filters
    Should Be Empty    ${filters}
    Cansend    124\#
    Receive Can Message    0x124

Only What Passes The Filters Arrives
    [Documentation]    Of six messages three do.
    Set Can Filters    0x123    0x700:0x7F0    0x18DA10F1
    Cansend    124\#    00000123\#    70F\#    710\#    18DA10F1\#    123\#
    ${messages}    Receive Can Messages    3
    ${seen}    As Candump    ${messages}
    VAR    @{expected}    70F\#    18DA10F1\#    123\#
    Lists Should Be Equal    ${seen}    ${expected}

Error Frames Are Counted
    [Documentation]    They are never handed out.
    Cansend    20000004\#0000000000000000
    Run Keyword And Expect Error
    ...    No message arrived * Nothing else did. 1 error frame came since the bus was opened.
    ...    Receive Can Message    timeout=200 ms

Without CAN FD
    [Documentation]    A bus for classic CAN does not hear CAN FD messages.
    Open Can Bus    classic    interface=socketcan    channel=vcan0
    Cansend    123\#\#1AABB    124\#
    Receive Can Message    0x124    timeout=5 s
    ${unread}    Clear Received Messages
    Should Be Equal As Integers    ${unread}    0
    Run Keyword And Expect Error
    ...    EQUALS:Bus 'classic' was opened without fd=True and carries no CAN FD messages.
    ...    Send Can Message    0x123    AA BB    fd=True

No Such Interface
    [Documentation]    One sentence says how to get it.
    VAR    ${sentence}
    ...    Bus 'gone' could not be opened on interface 'socketcan' channel 'vcan9': No such device.
    ...    Create it with 'ip link add dev vcan9 type vcan' and 'ip link set vcan9 up'.
    Run Keyword And Expect Error
    ...    EQUALS:${sentence}
    ...    Open Can Bus    gone    interface=socketcan    channel=vcan9

Interface Goes Down And Up During A Wait
    [Documentation]    The wait ends at once and so does every later keyword; opened again, the bus works.
    Open Can Bus    shaky    interface=socketcan    channel=vcan1
    Switch Interface    vcan1    down    after=1
    Run Keyword And Expect Error    ${DOWN}    Receive Can Message    timeout=30 s
    Switch Interface    vcan1    up
    Run Keyword And Expect Error    ${DOWN}    Send Can Message    0x123
    Close Can Bus    shaky
    Open Can Bus    shaky    interface=socketcan    channel=vcan1
    Cansend    123\#DEADBEEF    channel=vcan1
    Receive Can Message    0x123    DE AD BE EF
    [Teardown]    Switch Interface    vcan1    up

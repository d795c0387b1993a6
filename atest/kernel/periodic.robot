*** Settings ***
Documentation       Periodic messages that the kernel sends by itself, seen by candump and by the bus that started them.

Library             CanLibrary    timeout=10 s
Library             CanUtils.py

Test Setup          Open Can Bus    tester    interface=socketcan    channel=vcan0    fd=True


*** Test Cases ***
The Kernel Sends And Tells How Often
    [Documentation]    As often as candump sees it; what it sends is not received.
    ${candump}    Start Candump    20
    ${handle}    Start Periodic Message    0x100    00 01    period=50 ms    duration=1 s    by_interface=True
    ${seen}    Candump Saw    ${candump}
    Should Be Equal    ${seen}    ${{ ['100#0001'] * 20 }}
    ${sent}    Stop Periodic Message    ${handle}
    Should Be Equal As Integers    ${sent}    20
    ${unread}    Clear Received Messages
    Should Be Equal As Integers    ${unread}    0

Data And Period Change While It Runs
    [Documentation]    By the name that was given.
    ${candump}    Start Candump    6
    Start Periodic Message    0x100    00 01    period=30 s    name=heartbeat    by_interface=True
    Change Periodic Message    heartbeat    00 02    period=50 ms
    ${seen}    Candump Saw    ${candump}
    Should Be Equal    ${seen}    ${{ ['100#0001'] + ['100#0002'] * 5 }}
    ${running}    Stop All Periodic Messages
    Should Be Equal As Integers    ${running}    1

What Others Send Is Received
    [Documentation]    Also with the identifier of a periodic message; and CAN FD works.
    Start Periodic Message    0x18DA10F1    ${{ bytes(64) }}    period=20 ms    fd=True    by_interface=True
    ...    name=heartbeat
    Cansend    18DA10F1\#0203
    ${message}    Receive Can Message    0x18DA10F1
    Should Be Equal    ${message.data}    ${{ bytes([2, 3]) }}
    Stop Periodic Message    heartbeat
    Can Message Should Not Arrive    within=200 ms

It Ends With Its Bus
    [Documentation]    Nothing more is on the bus.
    Open Can Bus    other    interface=socketcan    channel=vcan0
    Start Periodic Message    0x100    00 01    period=20 ms    by_interface=True
    Receive Can Message    0x100    bus=tester
    Close Can Bus    other
    Clear Received Messages    bus=tester
    Can Message Should Not Arrive    within=200 ms    bus=tester

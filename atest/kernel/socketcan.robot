*** Settings ***
Documentation       SocketCAN with can-utils as the foreign partner: what one writes the other reads.

Library             CanLibrary    interface=socketcan    channel=vcan0    timeout=10 s
Library             Process

Test Setup          Open Can Bus


*** Test Cases ***
Message From Cansend
    [Documentation]    Byte by byte.
    Run Process    cansend    vcan0    123\#DEADBEEF
    ${message}    Receive Can Message
    Should Be Equal As Strings    ${message}    0x123 \ [4] \ DE AD BE EF

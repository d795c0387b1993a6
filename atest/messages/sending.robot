*** Settings ***
Documentation       Sending messages of all kinds: what the foreign partner hears is what was meant.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           messages


*** Test Cases ***
Standard Identifier
    [Documentation]    Three hexadecimal digits.
    Send Can Message    0x7E0    02 10 03
    Partner Should Hear    7E0#021003

Extended Identifier
    [Documentation]    Eight digits, or four to seven above 0x7FF.
    Send Can Message    0x18DA10F1    02 3E 00
    Send Can Message    0x00000123    01
    Send Can Message    0x1234    02
    Partner Should Hear    18DA10F1#023E00    00000123#01    00001234#02

Identifier As Integer
    [Documentation]    Taken as it is; extended= overrules.
    Send Can Message    ${0x7E0}    01
    Send Can Message    ${0x123}    02    extended=True
    Send Can Message    ${0x18DA10F1}    03
    Partner Should Hear    7E0#01    00000123#02    18DA10F1#03

Spellings Of Data
    [Documentation]    Hexadecimal pairs with and without separators, bytes, and lists of integers.
    VAR    @{numbers}    ${1}    ${0xAB}
    Send Can Message    0x001    01 AB
    Send Can Message    0x002    01ab
    Send Can Message    0x003    0x01 0xAB
    Send Can Message    0x004    01:AB
    Send Can Message    0x005    01-AB
    Send Can Message    0x006    ${{ bytes([1, 0xAB]) }}
    Send Can Message    0x007    ${numbers}
    Partner Should Hear    001#01AB    002#01AB    003#01AB    004#01AB    005#01AB    006#01AB    007#01AB

Message Without Data
    [Documentation]    Data may be left out or empty.
    Send Can Message    0x123
    Send Can Message    0x124    ${EMPTY}
    Partner Should Hear    123#    124#

Remote Message
    [Documentation]    It carries no data and asks for a length.
    Send Can Message    0x123    remote=True    dlc=8
    Send Can Message    0x123    remote=True
    Partner Should Hear    123#R8    123#R

Can FD Message With And Without Bit Rate Switch
    [Documentation]    Also the longest one, 64 bytes.
    Send Can Message    0x123    ${{ bytes(12) }}    fd=True
    Send Can Message    0x124    AA BB    fd=True    bitrate_switch=True
    Send Can Message    0x125    ${{ bytes([0x55] * 64) }}    fd=True    bitrate_switch=True
    Partner Should Hear    123##0${{ '00' * 12 }}    124##1AABB    125##1${{ '55' * 64 }}

Sent Message Is Returned
    [Documentation]    With python-can's attributes, and printed as a tester reads it.
    ${message}    Send Can Message    0x7E0    02 10 03
    Should Be Equal As Strings    ${message}    0x7E0 \ [3] \ 02 10 03
    Should Be Equal    ${message.arbitration_id}    ${0x7E0}
    Should Be Equal    ${message.data}    ${{ bytes([2, 0x10, 3]) }}
    Should Be Equal    ${{ [$message.is_rx, $message.is_fd, $message.is_extended_id] }}    ${{ [False] * 3 }}
    Should Be True    ${message.timestamp} > 0

Messages Print Their Kind
    [Documentation]    Remote, CAN FD, CAN FD with bit rate switch, extended.
    ${remote}    Send Can Message    0x123    remote=True    dlc=8
    ${fast}    Send Can Message    0x123    AA    fd=True
    ${faster}    Send Can Message    0x123    AA    fd=True    bitrate_switch=True
    ${extended}    Send Can Message    0x00000123    AA
    Should Be Equal As Strings    ${remote}    0x123 \ [8] \ remote
    Should Be Equal As Strings    ${fast}    0x123 \ [1] \ FD \ AA
    Should Be Equal As Strings    ${faster}    0x123 \ [1] \ FD BRS \ AA
    Should Be Equal As Strings    ${extended}    0x00000123 \ [1] \ AA

Many Messages As Candump Text
    [Documentation]    All kinds in one list; the number of messages is returned.
    VAR    @{messages}    123\#DEADBEEF    00000123#11    123\#R4    123\#\#1AABB    123\#\#0
    ${count}    Send Can Messages    ${messages}
    Should Be Equal    ${count}    ${5}
    Partner Should Hear    123\#DEADBEEF    00000123#11    123\#R4    123\#\#1AABB    123\#\#0

Many Messages As Objects
    [Documentation]    Ours, also received ones, and python-can's.
    Partner Sends    555#0102
    ${received}    Receive Can Message    0x555
    ${foreign}    Evaluate    can.Message(arbitration_id=0x18DA10F1, data=[1, 2])    modules=can
    VAR    @{messages}    ${received}    ${foreign}
    Send Can Messages    ${messages}
    Partner Should Hear    555#0102    18DA10F1#0102

Many Messages With A Gap
    [Documentation]    Never less than the gap between the due times.
    VAR    @{messages}    100#01    100#02    100#03
    ${start}    Evaluate    time.monotonic()    modules=time
    Send Can Messages    ${messages}    gap=50 ms
    ${took}    Evaluate    time.monotonic() - $start    modules=time
    Should Be True    ${took} >= 0.1
    Partner Should Hear    100#01    100#02    100#03

None Is Sent If One Is Not Possible
    [Documentation]    The list is checked before the first one goes out.
    VAR    @{messages}    100#01    100#010203040506070809
    Run Keyword And Expect Error    *9 data bytes are too many*    Send Can Messages    ${messages}
    Partner Should Hear Nothing

Empty List Sends Nothing
    [Documentation]    And counts nothing.
    ${count}    Send Can Messages    ${{ [] }}
    Should Be Equal    ${count}    ${0}
    Partner Should Hear Nothing    within=50 ms

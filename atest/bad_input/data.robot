*** Settings ***
Documentation       Data that CAN or CAN FD cannot carry, or that could be got wrong, is refused; nothing is sent.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Teardown       Partner Should Hear Nothing    within=0

Test Tags           bad-input


*** Test Cases ***
Nine Bytes On Classic CAN
    [Documentation]    The cure is named.
    VAR    ${failure}    9 data bytes are too many: classic CAN carries at most 8; shorten the data or send it with
    ...    fd\=True.
    Should Fail    ${failure}    Send Can Message    0x123    01 02 03 04 05 06 07 08 09

Seventy Bytes On Classic CAN
    [Documentation]    CAN FD would not carry them either.
    Should Fail    70 data bytes are too many: classic CAN carries at most 8; shorten the data.
    ...    Send Can Message    0x123    ${{ bytes(70) }}

Nine Bytes On CAN FD
    [Documentation]    CAN FD has no such length.
    VAR    ${failure}    CAN FD has no length of 9 bytes (it has 0 to 8, 12, 16, 20, 24, 32, 48, 64); if padding was
    ...    meant, add 3 bytes to make it 12.
    Should Fail    ${failure}    Send Can Message    0x123    01 02 03 04 05 06 07 08 09    fd=True

Sixty Five Bytes On CAN FD
    [Documentation]    One too many.
    Should Fail    65 data bytes are too many: CAN FD carries at most 64.
    ...    Send Can Message    0x123    ${{ bytes(65) }}    fd=True

Odd Number Of Digits
    [Documentation]    A digit may have been lost.
    VAR    ${failure}    ValueError: Argument 'data' got value '02 1 03' that cannot be converted to Payload: '02 1
    ...    03' has an odd number of digits in '1'; write each byte as two digits.
    Should Fail    ${failure}    Send Can Message    0x123    02 1 03

Odd Number Of Digits In A Row
    [Documentation]    Without blanks.
    VAR    ${failure}    ValueError: Argument 'data' got value '02103' that cannot be converted to Payload: '02103'
    ...    has an odd number of digits in '02103'; write each byte as two digits.
    Should Fail    ${failure}    Send Can Message    0x123    02103

No Hexadecimal Digit
    [Documentation]    O instead of 0.
    VAR    ${failure}    ValueError: Argument 'data' got value '1O 03' that cannot be converted to Payload: '1O 03'
    ...    is no hexadecimal data: 'O' is no hexadecimal digit.
    Should Fail    ${failure}    Send Can Message    0x123    1O 03

Byte Above 255
    [Documentation]    In a list of integers.
    Run Keyword And Expect Error    * cannot be converted to Payload: 256 does not fit into a byte (0 to 255).
    ...    Send Can Message    0x123    ${{ [1, 256] }}

Number Instead Of Data
    [Documentation]    How many bytes would it be?
    Run Keyword And Expect Error
    ...    * cannot be converted to Payload: 1 is no data; write hexadecimal pairs as text, such as 02 10 03 *.
    ...    Send Can Message    0x123    ${1}

Data On A Remote Message
    [Documentation]    It asks for data and carries none.
    Should Fail
    ...    A remote message carries no data, but '01 02' was given; ask for a length with dlc\=2.
    ...    Send Can Message    0x123    01 02    remote=True

Remote Message On CAN FD
    [Documentation]    There is none.
    Should Fail    CAN FD has no remote messages (ISO 11898-1); leave fd out.
    ...    Send Can Message    0x123    remote=True    fd=True

Length Of A Remote Message
    [Documentation]    0 to 8.
    Should Fail    dlc\=9 is not possible for a remote message; it is 0 to 8.
    ...    Send Can Message    0x123    remote=True    dlc=9

Length That Contradicts The Data
    [Documentation]    It follows from the data.
    Should Fail    dlc\=3 does not fit 2 data bytes; leave dlc out, it follows from the data.
    ...    Send Can Message    0x123    01 02    dlc=3

Bit Rate Switch Without CAN FD
    [Documentation]    Classic CAN has one bit rate.
    Should Fail    bitrate_switch\=True needs fd\=True: classic CAN has one bit rate.
    ...    Send Can Message    0x123    01    bitrate_switch=True

CAN FD On A Bus Without
    [Documentation]    Opened with fd=False.
    Open Can Bus    classic    channel=0    fd=False
    Should Fail    Bus 'classic' was opened with fd\=False and carries no CAN FD messages.
    ...    Send Can Message    0x123    01    fd=True

Star Before The End Of A Pattern
    [Documentation]    It stands for anything after.
    VAR    ${failure}    ValueError: Argument 'data' got value '06 * 03' that cannot be converted to Pattern:
    ...    '06 * 03' has '*' before the end; '*' stands only at the end, '?' for one nibble.
    Should Fail    ${failure}    Receive Can Message    0x123    06 * 03

Mask Of Another Length
    [Documentation]    A mask byte for each data byte.
    VAR    ${failure}    The mask 'FF' has 1 byte but the data '01 02' has 2; give a mask byte for each data byte.
    Should Fail    ${failure}    Receive Can Message    0x123    01 02    mask=FF

Negative Time
    [Documentation]    A time is 0 or more.
    Should Fail    timeout\=-1 is not possible: a time is 0 seconds or more.
    ...    Receive Can Message    timeout=-1

No Message To Receive
    [Documentation]    At least one.
    Should Fail    count\=0 is not possible: receive at least 1 message.    Receive Can Messages    0

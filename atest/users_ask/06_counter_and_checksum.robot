*** Settings ***
Documentation       Counter and checksum in a cyclic message.
...
...                 python-can #970, #809; cantools #133. A counter can be judged only where no message is missing.

Resource            ask.resource

Test Setup          Open Tester And Partner


*** Test Cases ***
Every Counter Value And Every Checksum Is Seen
    [Documentation]    While the test does something else.
    ${cyclic}    Evaluate    [f'1A0#{n % 16:02X}{n:02X}{n % 16 ^ n:02X}' for n in range(64)]
    Partner Sends    @{cyclic}    after=20 ms    gap=2 ms
    Partner Sends    200#01    after=500 ms
    Wait For Can Message    0x200
    ${messages}    Get Can Messages    0x1A0
    Length Should Be    ${messages}    64
    FOR    ${number}    ${message}    IN ENUMERATE    @{messages}
        Should Be Equal As Integers    ${message.data[0]}    ${number % 16}
        Should Be Equal As Integers    ${message.data[2]}    ${{ $message.data[0] ^ $message.data[1] }}
    END

A Missing Counter Value Is Found
    [Documentation]    The 21st message was left out, so 5 follows 3.
    ${cyclic}    Evaluate    [f'1A0#{n % 16:02X}' for n in range(32) if n != 20]
    Partner Sends    @{cyclic}    200#01
    Wait For Can Message    0x200    since=opened
    ${messages}    Get Can Messages    0x1A0
    ${counters}    Evaluate    [message.data[0] for message in $messages]
    ${after_gaps}    Evaluate    [new for old, new in zip($counters, $counters[1:]) if new != (old + 1) % 16]
    Should Be Equal    ${after_gaps}    ${{ [5] }}

*** Settings ***
Documentation       Whether the checksums in messages that came are right.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           protection


*** Variables ***
&{CHECKSUM}     kind=SUM    byte=0
&{PROFILE}      profile=1    data_id=0x123


*** Test Cases ***
Checksums That Are Right
    [Documentation]    It returns how many were judged.
    Partner Sends    1A0#030102    1A0#FF00FF    100#01
    Wait For Can Message    0x1A0    FF *    since=opened
    ${count}    Message Checksum Should Be Valid    0x1A0    checksum=&{CHECKSUM}
    Should Be Equal As Integers    ${count}    2

Wrong Checksum
    [Documentation]    The first wrong message, what is there and what should be, and how many of how many.
    Partner Sends    1A0#030102    1A0#040102    1A0#050102
    Wait For Can Message    0x1A0    05 *    since=opened
    VAR    ${failure}    The SUM checksum of 0x1A0 on bus 'tester' is wrong in 2 of 3 messages since the bus was opened,
    ...    first in 0x1A0 \ [[]3] \ 04 01 02 at * s: byte 0 should be 0x03, but is 0x04.
    Run Keyword And Expect Error    ${failure}    Message Checksum Should Be Valid    0x1A0    checksum=&{CHECKSUM}

E2E Profile
    [Documentation]    Messages that AUTOSAR publishes as examples, then one with another data ID.
    Partner Sends    1A0#CC00000000000000    1A0#9101000000000000
    Wait For Can Message    0x1A0    91 *    since=opened
    Message Checksum Should Be Valid    0x1A0    e2e=&{PROFILE}
    Run Keyword And Expect Error
    ...    The E2E profile 1 checksum of 0x1A0 * is wrong in 2 of 2 messages *: byte 0 should be 0x??, but is 0xCC.
    ...    Message Checksum Should Be Valid    0x1A0    e2e={'profile': 1, 'data_id': 0x124}

Message That Is Too Short
    [Documentation]    It is a mistake of who sent it.
    Partner Sends    1A0#00
    Wait For Can Message    0x1A0    since=opened
    Run Keyword And Expect Error    * is wrong in 1 of 1 message *: it is too short to carry one.
    ...    Message Checksum Should Be Valid    0x1A0    e2e=&{PROFILE}

None Came
    [Documentation]    Then none can be right.
    VAR    ${failure}    No message 0x1A0 on bus 'tester' was received since the bus was opened:
    ...    no checksum can be valid.
    Should Fail    ${failure}    Message Checksum Should Be Valid    0x1A0    checksum=&{CHECKSUM}

Own Messages
    [Documentation]    What the scheduler sends passes both checks.
    VAR    &{counter}    byte=1    width=4    maximum=14
    VAR    &{checksum}    kind=CRC8_2F    byte=0
    Start Periodic Message    0x1A0    00 00 12 34    period=5 ms    counter=&{counter}    checksum=&{checksum}
    Start Periodic Message    0x1A1    00 00 12 34    period=5 ms    e2e=&{PROFILE}
    Partner Hears    20    1A0#*
    Partner Hears    20    1A1#*
    Message Counter Should Be Alive    0x1A0    counter=&{counter}    direction=Tx
    Message Checksum Should Be Valid    0x1A0    checksum=&{checksum}    direction=Tx
    Message Counter Should Be Alive    0x1A1    e2e=&{PROFILE}    direction=Tx
    Message Checksum Should Be Valid    0x1A1    e2e=&{PROFILE}    direction=Tx

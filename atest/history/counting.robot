*** Settings ***
Documentation       How many messages there were.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           history


*** Test Cases ***
As Many As Expected
    [Documentation]    More or less if that is fine.
    Partner Sends    100#01    100#02    200#03
    Can Message Count Should Be    2    0x100
    Can Message Count Should Be    1    0x100    02
    Can Message Count Should Be    3    0x100    tolerance=1
    Can Message Count Should Be    0    0x300
    Can Message Count Should Be    3

More Or Fewer
    [Documentation]    The sentence says how many of what, where and since when.
    Partner Sends    100#01    100#02    200#03
    Should Fail    2 messages 0x100 were received on bus 'tester' since the bus was opened, but 3 should have been.
    ...    Can Message Count Should Be    3    0x100
    Should Fail    1 message 0x200 was received on bus 'tester' since the bus was opened, but 4 ± 2 should have been.
    ...    Can Message Count Should Be    4    0x200    tolerance=2

Own Messages Do Not Count As Received
    [Documentation]    Nor the other way round.
    Send Can Message    0x100
    Can Message Count Should Be    0    0x100
    Can Message Count Should Be    1    0x100    direction=Tx

What Nobody Could Count
    [Documentation]    A negative number is refused.
    VAR    ${failure}    count=-1 is not possible: it is 0 or more.
    Should Fail    ${failure}    Can Message Count Should Be    -1
    VAR    ${failure}    tolerance=-1 is not possible: it is 0 or more.
    Should Fail    ${failure}    Can Message Count Should Be    1    tolerance=-1

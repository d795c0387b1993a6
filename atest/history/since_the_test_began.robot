*** Settings ***
Documentation       A bus that stays open from test to test: each test asks for its own past.

Library             CanLibrary
Library             ../resources/Partner.py

Suite Setup         Open Can Bus    tester    interface=virtual    channel=0
Test Setup          Open Partner    channel=0
Test Tags           history


*** Test Cases ***
The First Test Sees Its Messages
    [Documentation]    And leaves them to the next one.
    Partner Sends    100#01    100#02
    Can Message Count Should Be    2    0x100

The Next One Does Not See Them
    [Documentation]    Old messages answer no new questions; the failure says that there are some.
    Can Message Count Should Be    0    0x100
    VAR    ${failure}    No message 0x100 was received on bus 'tester' since the test began. One arrived * before that:
    ...    0x100 \ [[]1] \ 02; since=opened or a mark lets it count. Nothing else did.
    Run Keyword And Expect Error    ${failure}    Get Last Can Message    0x100

Unless It Asks For Them
    [Documentation]    With the word opened.
    Can Message Count Should Be    2    0x100    since=opened
    ${message}    Get Last Can Message    0x100    since=opened
    Should Be Equal As Strings    ${message}    0x100 \ [1] \ 02

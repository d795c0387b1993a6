*** Settings ***
Documentation       Verdict rule 8: an AssertionError where the system under test is wrong, a CanLibraryError where
...                 the test, the bench or the configuration is wrong. Neither has a name before its sentence in the
...                 log.

Resource            ../resources/network.resource
Library             ../resources/Failures.py

Test Setup          Open Tester And Partner
Test Template       Failure Should Be

Test Tags           verdicts


*** Test Cases ***
Message That Did Not Come
    [Documentation]    The system is wrong.
    AssertionError    receive_can_message    timeout=0

Too Few Messages
    [Documentation]    The system is wrong.
    AssertionError    receive_can_messages    ${3}    timeout=0

Message That Was Waited For
    [Documentation]    The system is wrong.
    AssertionError    wait_for_can_message    0x123    within=0

Reply That Did Not Come
    [Documentation]    The system is wrong.
    AssertionError    exchange_can_message    0x123    reply_id=0x124    within=0

Payload That Did Not Come
    [Documentation]    The system is wrong.
    [Setup]    Open Connection And Partner
    AssertionError    receive_isotp_frame    timeout=0

Payload That Nobody Took
    [Documentation]    The system is wrong.
    [Setup]    Open Connection To Nobody
    AssertionError    send_isotp_frame    ${{ bytes(20) }}

Bus That Is Not Open
    [Documentation]    The test is wrong.
    CanLibraryError    send_can_message    0x123    bus=x

Interface That Is Unknown
    [Documentation]    The bench is wrong.
    CanLibraryError    open_can_bus    x    interface=x

Data That Does Not Fit
    [Documentation]    The test is wrong.
    CanLibraryError    send_can_message    0x123    ${{ bytes(9) }}

Verdict That Is Not Possible
    [Documentation]    The bench cannot tell.
    CanLibraryError    bus_state_should_be    ACTIVE

Parameter That Is Not Possible
    [Documentation]    The test is wrong.
    CanLibraryError    open_isotp_connection    diag    txid=0x7E0    rxid=0x7E8    blocksize=${256}


*** Keywords ***
Failure Should Be
    [Documentation]    Of this kind and not of the other.
    [Arguments]    ${kind}    ${method}    @{arguments}    &{named}
    ${kinds}    Kinds Of Failure    ${method}    @{arguments}    &{named}
    Should Contain    ${kinds}    ${kind}
    Should Not Contain    ${kinds}    ${{ ({'AssertionError', 'CanLibraryError'} - {$kind}).pop() }}

Open Connection To Nobody
    [Documentation]    Its sends fail soon.
    Open Tester And Partner
    Open IsoTp Connection    nobody    txid=0x7E0    rxid=0x7E8    blocking_send=True    rx_flowcontrol_timeout=50

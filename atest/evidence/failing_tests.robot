*** Settings ***
Documentation       A test that fails shows what passed on its buses: once, where it failed, and without a word in the
...                 verdict.

Library             ../resources/InnerRuns.py
Library             ShownTraces.py

Suite Setup         Run Inner Suite    ${CURDIR}/_suites/failures.robot
Test Tags           evidence


*** Test Cases ***
Where It Failed
    [Documentation]    The first item of the test that fails shows it, however deep the failure is.
    [Template]    Excerpts Should Be In
    Fails    2
    Fails In A User Keyword    2
    Fails In Its Setup    setup
    Fails In Its Teardown    teardown
    Fails In A Loop    2
    Fails In A Branch    2
    Fails While It Catches An Error    2
    Runs Out Of Time    2
    Fails After All    2

Once
    [Documentation]    What fails after that shows nothing more.
    [Template]    Excerpts Should Be In
    Fails Twice    2
    Fails And Goes On    2

Nowhere
    [Documentation]    Where nothing failed in the end, or there is no bus.
    [Template]    Excerpts Should Be In
    Passes
    Catches An Error
    Is Skipped
    Fails Without A Bus

Only This Test
    [Documentation]    What the tests before it sent is no part of it.
    ${shown}    Get Shown Identifiers    Fails After All
    Should Be Equal    ${shown}    0x100 failed

Up To The End Of What Failed
    [Documentation]    The teardown of the keyword that failed is in it, and comes after the failure.
    ${shown}    Get Shown Identifiers    Fails In A User Keyword
    Should Be Equal    ${shown}    0x100 0x101 failed 0x102

Every Bus Of The Test
    [Documentation]    Also one that was closed, and one that was opened again under the same alias.
    Excerpts Should Be In    Fails On Two Buses    7    7    7
    ${closed}    Get Shown Text    Fails On Two Buses    1
    Should Be Equal    ${closed.partition(' Time')[0]}    Bus 'other': 1 message since the bus was opened.
    Should End With    ${closed}    It was closed before the failure.
    ${first}    Get Shown Identifiers    Fails On Two Buses    2
    ${second}    Get Shown Identifiers    Fails On Two Buses    3
    Should Be Equal    ${first}, ${second}    0x100 failed, 0x201 failed

The Verdict Is Untouched
    [Documentation]    Messages of failures are those of the tests, and nothing is warned about or left.
    [Template]    Inner Test Should Have Failed
    Fails    Wanted.
    Fails In A User Keyword    Wanted.
    Fails In Its Setup    Setup failed:\nWanted.
    Fails In Its Teardown    Teardown failed:\nWanted.
    Fails In A Loop    2 != 1
    Runs Out Of Time    Test timeout 300 milliseconds exceeded.
    [Teardown]    Nothing Should Be Told Or Left

Switched Off
    [Documentation]    trace_on_failure=0
    [Setup]    Run Inner Suite    ${CURDIR}/_suites/failures.robot    --variable    SHOWN:0
    Excerpts Should Be In    Fails
    Excerpts Should Be In    Fails On Two Buses
    Nothing Should Be Told Or Left

Only The Newest
    [Documentation]    trace_on_failure=1
    [Setup]    Run Inner Suite    ${CURDIR}/_suites/failures.robot    --variable    SHOWN:1
    ${shown}    Get Shown Identifiers    Fails In A User Keyword
    Should Be Equal    ${shown}    failed 0x102
    ${text}    Get Shown Text    Fails In A User Keyword
    Should Contain    ${text}    Bus 'body': the last 1 message since the bus was opened. 2 older ones are left out.

Dry Run
    [Documentation]    Nothing is open, and nothing is shown.
    [Setup]    Run Inner Suite    ${CURDIR}/_suites/failures.robot    --dryrun
    Excerpts Should Be In    Fails
    Nothing Should Be Told Or Left


*** Keywords ***
Nothing Should Be Told Or Left
    [Documentation]    Also checks that the listener raised nothing.
    Inner Run Should Warn
    Inner Run Should Leave Nothing
    Inner Console Should Not Contain    listener

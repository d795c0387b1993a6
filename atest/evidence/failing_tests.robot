*** Settings ***
Documentation       A test that fails shows what passed on its buses, where it failed, and without a word in the
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

Every Failure Shows What Is New
    [Documentation]    Where nothing passed since the last excerpt, there is none.
    [Template]    Excerpts Should Be In
    Fails Twice    2    teardown
    Fails And Goes On    3    7
    Goes On After Failures    2    3    5
    Rows    1    2    3

Nothing Is Shown Twice
    [Documentation]    An excerpt begins where the one before of the same bus ended.
    ${first}    Get Shown Identifiers    Fails Twice    1
    ${second}    Get Shown Identifiers    Fails Twice    2
    Should Be Equal    ${first}, ${second}    0x100 failed, 0x101 failed 0x102
    ${said}    Get Shown Text    Fails Twice    2
    Should Start With    ${said}    Bus 'body': 2 messages since its last excerpt.
    ${quiet}    Get Shown Text    Goes On After Failures    1
    Should Be Equal    ${quiet}    Bus 'body': no message was sent or received since the bus was opened.
    ${later}    Get Shown Identifiers    Goes On After Failures    2
    Should Be Equal    ${later}    0x101 failed 0x102

Ten At Most
    [Documentation]    The last one says so.
    Excerpts Should Be In    Many Rows    1    2    3    4    5    6    7    8    9    10
    ${ninth}    Get Shown Text    Many Rows    9
    ${last}    Get Shown Text    Many Rows    10
    Should Not Contain    ${ninth}    shows no more
    Should End With    ${last}    What failed later shows no more: 10 parts of this test did.

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
    Runs Out Of Time    Test timeout 1 second exceeded.
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

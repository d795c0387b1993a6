*** Settings ***
Documentation       Tests that pass and fail in every way that Robot Framework has.

Library             CanLibrary    trace_on_failure=${SHOWN}    trace_dir=${TRACES}

Test Tags           inner


*** Variables ***
${SHOWN}        1000
${TRACES}       ${NONE}


*** Test Cases ***
Passes
    [Documentation]    Nothing to show.
    Open And Send

Fails
    [Documentation]    The second item fails.
    Open And Send
    Fail    Wanted.

Fails In A User Keyword
    [Documentation]    Its teardown sends as well.
    Open And Send
    Send And Fail

Fails In Its Setup
    [Documentation]    The body does not run.
    [Setup]    Send And Fail
    No Operation

Fails In Its Teardown
    [Documentation]    The body passes.
    Open And Send
    [Teardown]    Fail    Wanted.

Fails Twice
    [Documentation]    In the body and in the teardown.
    Open And Send
    Fail    Wanted.
    [Teardown]    Send And Fail

Fails And Goes On
    [Documentation]    Each failure shows what is new; the second has nothing to show.
    Run Keyword And Continue On Failure    Fail    Wanted.
    Open And Send
    Run Keyword And Continue On Failure    Fail    Wanted.
    Run Keyword And Continue On Failure    Fail    Wanted.
    Open Can Bus    other    channel=2
    Send Can Message    0x200    02
    Fail    Wanted.

Goes On After Failures
    [Documentation]    The items of a test may all be told to go on.
    [Tags]    robot:continue-on-failure
    Open Can Bus    body    channel=1
    Fail    Wanted.
    Send And Fail
    No Operation
    Send And Fail

Rows
    [Documentation]    Each row of a template is an item of the test.
    [Template]    Send And Fail
    FOR    ${row}    IN RANGE    2
        ${row}
    END
    row 2
    row 3

Many Rows
    [Documentation]    The teardown is the eleventh that fails.
    [Template]    Send And Fail
    row 1
    row 2
    row 3
    row 4
    row 5
    row 6
    row 7
    row 8
    row 9
    row 10
    [Teardown]    Send And Fail    row 11

Sends In Its Teardown
    [Documentation]    Nothing passed before the failure.
    Open Can Bus    body    channel=1
    Fail    Wanted.
    [Teardown]    Send Can Message    0x300    03

Fails In A Loop
    [Documentation]    In the second round.
    Open And Send
    FOR    ${round}    IN    1    2    3
        Should Be Equal    ${round}    1
    END

Fails In A Branch
    [Documentation]    The condition is true.
    Open And Send
    IF    True    Fail    Wanted.

Catches An Error
    [Documentation]    Nothing failed in the end.
    Open And Send
    TRY
        Fail    Wanted.
    EXCEPT    Wanted.
        Log    Caught.
    END
    Run Keyword And Expect Error    Wanted.    Fail    Wanted.
    Run Keyword And Ignore Error    Fail    Wanted.
    Wait Until Keyword Succeeds    3x    1 ms    Fails At First

Fails While It Catches An Error
    [Documentation]    The error is caught, but what is done about it fails.
    Open And Send
    TRY
        Fail    First.
    EXCEPT    First.
        Fail    Wanted.
    END

Runs Out Of Time
    [Documentation]    In the middle of a wait.
    [Timeout]    1 s
    Open And Send
    Wait For Can Message    0x123    within=20 s

Is Skipped
    [Documentation]    That is no failure.
    Open And Send
    Skip    Wanted.

Fails Without A Bus
    [Documentation]    There is nothing to show.
    Fail    Wanted.

Fails On Two Buses
    [Documentation]    The second is closed, and opened again.
    Open And Send
    Open Can Bus    other    channel=2
    Send Can Message    0x200    02
    Close Can Bus    other
    Open Can Bus    other    channel=2
    Send Can Message    0x201    03
    Fail    Wanted.

Fails After All
    [Documentation]    What the tests before did is no part of it.
    Open And Send
    Fail    Wanted.


*** Keywords ***
Open And Send
    [Documentation]    Opens a bus for the test and sends one message.
    Open Can Bus    body    channel=1
    Send Can Message    0x100    01

Send And Fail
    [Documentation]    Sends before and after the failure.
    [Arguments]    ${row}=first
    Log    ${row}
    TRY
        Open Can Bus    body    channel=1
    EXCEPT    *already open*    type=GLOB
        No Operation
    END
    Send Can Message    0x101    01
    Fail    Wanted.
    [Teardown]    Send Can Message    0x102    01

Fails At First
    [Documentation]    Passes when it is called for the second time.
    Send Can Message    0x111
    ${sent}    Get Can Messages    0x111    direction=Tx
    Length Should Be    ${sent}    2

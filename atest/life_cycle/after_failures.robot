*** Settings ***
Documentation       Nothing is left after failing tests, time-outs and interruptions, and what nobody saw is told.

Library             ../resources/InnerRuns.py

Test Tags           life-cycle    users-ask-22


*** Variables ***
@{INTERRUPTED}      Time-out In A Receive    Time-out In A Wait    Time-out In A Negative Wait
...                 Time-out In An IsoTp Receive    Time-out In A Blocking Send
...                 Time-out In Many Messages With A Gap    Time-out Of A Keyword
...                 Time-out While Some Of Many Arrived


*** Test Cases ***
Failing Tests And Time-outs
    [Documentation]    The tests fail as they should, the last one finds everything closed.
    Run Inner Suite    ${CURDIR}/_suites/failures.robot
    Inner Test Should Have Failed    Failing Test    On purpose.
    Inner Test Should Have Failed    Error In A Keyword    ValueError: Argument 'id' got value '7E0' *
    FOR    ${name}    IN    @{INTERRUPTED}
        Inner Test Should Have Failed    ${name}    * timeout * exceeded.
    END
    Inner Test Should Have Passed    After All Of That
    Inner Run Should Leave Nothing

Failing Suite Setup
    [Documentation]    What it opened before it failed is closed.
    Run Inner Suite    ${CURDIR}/_suites/failing_setup.robot
    Inner Test Should Have Failed    Never Run    Parent suite setup failed:*On purpose.
    Inner Run Should Leave Nothing

Interrupted Run
    [Documentation]    Ctrl-C while a keyword waits, with auto_close=MANUAL.
    Run Inner Suite    ${CURDIR}/_suites/interrupted.robot    interrupt_at=waiting now
    Inner Test Should Have Failed    Interrupted Wait    Execution terminated by signal
    Inner Test Should Have Failed    Not Run Any More    Test execution stopped due to a fatal error.
    Inner Run Should Leave Nothing

What Nobody Was Told
    [Documentation]    Comes as a warning when a test ends and its things close by themselves: verdict rule 4.
    Run Inner Suite    ${CURDIR}/_suites/untold.robot
    Inner Run Should Pass
    Inner Run Should Warn
    ...    The IsoTp frame of 20 bytes on connection 'nobody' was not sent: no flow control came within *
    ...    On connection 'diag': A consecutive frame from 0x7E8 has the wrong sequence number *
    ...    The sending of 20 bytes on connection 'nobody' was stopped before it was through.
    ...    On connection 'diag': A flow control from 0x7E8 came although nothing was being sent; it was ignored.
    ...    On connection 'diag': A consecutive frame from 0x7E8 came without a first frame; it was ignored.

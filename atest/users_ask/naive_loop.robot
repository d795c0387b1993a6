*** Settings ***
Documentation       The suites beside this one fail on a naive receive loop, each of them.

Library             OperatingSystem
Library             ../resources/InnerRuns.py


*** Test Cases ***
Each Complaint Fails On A Naive Receive Loop
    [Documentation]    And none of them only because a keyword is missing there.
    ${suites}    List Files In Directory    ${CURDIR}    0?_*.robot    absolute=True
    Length Should Be    ${suites}    9
    FOR    ${suite}    IN    @{suites}
        Run Inner Suite    ${suite}    --variable    CAN_LIBRARY:${CURDIR}/NaiveCan.py
        Some Inner Test Should Have Failed
    END

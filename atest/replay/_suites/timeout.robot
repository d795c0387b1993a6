*** Settings ***
Documentation       A test time-out in the middle of a replay.

Library             OperatingSystem
Library             CanLibrary

Suite Setup         Open Can Bus    body
Suite Teardown      Nothing More Was Sent
Test Tags           inner


*** Test Cases ***
Interrupted Replay
    [Documentation]    Its second message is a minute away.
    [Timeout]    3 seconds
    Create File    ${TEMPDIR}${/}canlibrary_timeout.log    (1.0) can0 100#01\n(61.0) can0 100#02\n
    Replay Can Trace    ${TEMPDIR}${/}canlibrary_timeout.log


*** Keywords ***
Nothing More Was Sent
    [Documentation]    The first message only.
    ${statistics}    Get Bus Statistics    since=opened
    Should Be Equal    ${statistics.sent}    ${1}

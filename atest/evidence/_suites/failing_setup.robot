*** Settings ***
Documentation       The setup of a suite fails, or its teardown.

Library             CanLibrary    trace_dir=${TRACES}

Suite Setup         Send And Perhaps Fail    ${SETUP FAILS}
Suite Teardown      Send And Perhaps Fail    ${TEARDOWN FAILS}

Test Tags           inner


*** Variables ***
${TRACES}               ${NONE}
${SETUP FAILS}          ${True}
${TEARDOWN FAILS}       ${False}


*** Test Cases ***
Only Test
    [Documentation]    Passes if the setup does.
    Send Can Message    0x300    03


*** Keywords ***
Send And Perhaps Fail
    [Documentation]    Sends one message.
    [Arguments]    ${fails}
    TRY
        Open Can Bus    body    channel=1
    EXCEPT    *already open*    type=GLOB
        No Operation
    END
    Send Can Message    0x100    01
    IF    ${fails}    Fail    Wanted.

*** Settings ***
Documentation       A suite setup that opens a bus and fails.

Library             CanLibrary

Suite Setup         Open And Fail

Test Tags           inner


*** Test Cases ***
Never Run
    [Documentation]    Because the setup fails.
    Send Can Message    0x123


*** Keywords ***
Open And Fail
    [Documentation]    Leaves everything open.
    Open Can Bus    of_suite
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Start Periodic Message    0x100    period=10 ms
    Fail    On purpose.

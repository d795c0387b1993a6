*** Settings ***
Documentation       A recording that belongs to the suite.

Library             CanLibrary

Suite Setup         Open Can Trace    ${FOLDER}/drive.log    drive

Test Tags           inner


*** Variables ***
${FOLDER}       .


*** Test Cases ***
Asks For All
    [Documentation]    It was opened before the test began.
    Can Message Count Should Be    ${2}    0x7E8
    Receive Can Message    0x100

Asks Again
    [Documentation]    In another test.
    Can Message Count Should Be    ${2}    0x7E8
    Wait For Can Message    0x100

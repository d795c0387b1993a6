*** Settings ***
Documentation       A test that fails while logs run.

Library             CanLibrary

Test Tags           inner


*** Variables ***
${FOLDER}       .


*** Test Cases ***
Logged And Failed
    [Documentation]    Nobody stops the logs.
    Open Can Bus    tester    channel=3
    Start Can Log    ${FOLDER}/abandoned.blf
    Start Can Log    ${FOLDER}/abandoned.trc
    Send Can Message    0x123    ${{ bytes(12) }}    fd=True
    Send Can Message    0x123    ${{ bytes(16) }}    fd=True
    Fail    This test fails while a log runs.

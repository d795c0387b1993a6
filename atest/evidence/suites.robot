*** Settings ***
Documentation       Setups and teardowns of suites that fail show what passed as well.

Library             OperatingSystem
Library             ../resources/InnerRuns.py
Library             ShownTraces.py

Suite Setup         Remove Directory    ${FOLDER}    recursive=True
Test Tags           evidence


*** Variables ***
${FOLDER}       ${OUTPUT DIR}/traces of suites


*** Test Cases ***
Suite Setup Fails
    [Documentation]    The test does not run and shows nothing.
    Run Inner Suite    ${CURDIR}/_suites/failing_setup.robot    --variable    TRACES:${FOLDER}/setup
    Excerpts Should Be Around Suite    Only Test    setup
    Excerpts Should Be In    Only Test
    File Should Hold    ${FOLDER}/setup/Failing_Setup-body.blf    Tx 100#01
    Inner Run Should Warn
    Inner Run Should Leave Nothing

Suite Teardown Fails
    [Documentation]    What the tests sent is no part of it.
    VAR    @{options}    --variable    SETUP FAILS:${False}    --variable    TEARDOWN FAILS:${True}
    Run Inner Suite    ${CURDIR}/_suites/failing_setup.robot    @{options}
    ...    --variable    TRACES:${FOLDER}/teardown
    Excerpts Should Be Around Suite    Only Test    teardown
    Excerpts Should Be In    Only Test
    File Should Hold    ${FOLDER}/teardown/Failing_Setup-body.blf    Tx 100#01
    Inner Run Should Warn
    Inner Run Should Leave Nothing

*** Settings ***
Documentation       What is open has an owner and closes with it: auto_close=TEST, SUITE and MANUAL.

Library             ../resources/InnerRuns.py

Test Template       Run With
Test Tags           life-cycle


*** Test Cases ***
Closing With The Test
    [Documentation]    The default: what a test opened closes when it ends, what a suite setup opened with its suite.
    owners    TEST

Closing With The Suite
    [Documentation]    What a test opened stays open until its suite ends.
    owners    SUITE

Closing By Hand
    [Documentation]    What nobody closed is closed at the end of the run.
    owners    MANUAL

Library That Is Imported By A Keyword
    [Documentation]    It saw no start of the suite; what a setup opened closes with the suite all the same.
    imported_late    TEST


*** Keywords ***
Run With
    [Documentation]    The inner tests compare what is open; at the end nothing may be left.
    [Arguments]    ${suite}    ${auto_close}
    Run Inner Suite    ${CURDIR}/_suites/${suite}    --variable    AUTO_CLOSE:${auto_close}
    Inner Run Should Pass
    Inner Run Should Warn

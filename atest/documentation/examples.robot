*** Settings ***
Documentation       Documentation is code: the example of every keyword runs.

Library             ../resources/Examples.py
Library             ../resources/InnerRuns.py

Test Tags           documentation


*** Test Cases ***
Example Of Every Keyword Runs
    [Documentation]    Each is a test of a generated suite, with foreign partners that answer.
    ...    A keyword without an example fails.
    ${names}    Write Suite Of Examples    ${OUTPUT DIR}/examples.robot
    Should Not Be Empty    ${names}
    Run Inner Suite    ${OUTPUT DIR}/examples.robot
    Inner Test Should Have Passed    @{names}
    Inner Run Should Pass

Example Of Every Keyword Runs With Simulated Ecus Alone
    [Documentation]    Nobody else is on the bus.
    ${names}    Write Suite Of Examples    ${OUTPUT DIR}/simulated.robot    simulated=True
    Run Inner Suite    ${OUTPUT DIR}/simulated.robot
    Inner Test Should Have Passed    @{names}
    Inner Run Should Pass

*** Settings ***
Documentation       Simulated ECUs have owners, and the examples in resources run.

Library             ../resources/InnerRuns.py

Test Tags           simulation


*** Variables ***
${RESOURCES}    ${CURDIR}/../../resources


*** Test Cases ***
They End With Their Test Or Suite
    [Documentation]    Nothing is left; what nobody told is a warning.
    Run Inner Suite    ${CURDIR}/_suites/owners.robot
    Inner Run Should Pass
    Inner Run Should Warn
    ...    Simulated ECU 'engine': A consecutive frame from 0x7E0 came without a first frame; it was ignored.
    ...    Simulated ECU 'doors': Bus 'slow' was opened with fd=False and carries no CAN FD messages.

Small Car
    [Documentation]    Five ECUs, thirty cyclic messages, a gateway: the example of the README.
    Run Inner Suite    ${RESOURCES}/small_car.robot
    Inner Run Should Pass
    Inner Run Should Warn

Quickstart And Diagnostics
    [Documentation]    The other examples.
    [Template]    Example Should Run
    quickstart.robot
    diagnostics_example.robot


*** Keywords ***
Example Should Run
    [Documentation]    Without a warning.
    [Arguments]    ${suite}
    Run Inner Suite    ${RESOURCES}/${suite}
    Inner Run Should Pass
    Inner Run Should Warn

*** Settings ***
Documentation       The suite after the one that imported the library by a keyword.

Library             CanLibrary

Test Tags           inner


*** Test Cases ***
Nothing Is Open
    [Documentation]    What the first suite opened is closed.
    ${buses}    Get Can Buses
    Should Be Empty    ${buses}

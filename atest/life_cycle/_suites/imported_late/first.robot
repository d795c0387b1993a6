*** Settings ***
Documentation       The library is imported by a keyword, while a suite runs.

# robotcode: ignore[KeywordNotFound]    an editor does not see what a keyword imports

Suite Setup         Import And Open    of_suite

Test Tags           inner


*** Test Cases ***
Opened By The Setup
    [Documentation]    The library saw no start of the suite.
    Run Keyword    Open Can Bus    of_test    channel=1
    ${buses}    Run Keyword    Get Can Buses
    Should Be Equal    ${{ [bus['alias'] for bus in $buses] }}    ${{ ['of_suite', 'of_test'] }}

Still Open
    [Documentation]    What the setup opened is; what the test opened is not.
    ${buses}    Run Keyword    Get Can Buses
    Should Be Equal    ${{ [bus['alias'] for bus in $buses] }}    ${{ ['of_suite'] }}


*** Keywords ***
Import And Open
    [Documentation]    Imports the library and opens a bus.
    [Arguments]    ${alias}
    Import Library    CanLibrary
    Run Keyword    Open Can Bus    ${alias}    channel=1

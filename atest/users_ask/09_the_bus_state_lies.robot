*** Settings ***
Documentation       The bus state lies.
...
...                 python-can #736 (open since 2019), #847, #251, #489: most interfaces return ACTIVE, come what may.

Resource            ask.resource

Test Setup          Open Tester And Partner


*** Test Cases ***
No Verdict Where An Interface Cannot Tell
    [Documentation]    The virtual interface returns ACTIVE whatever happens.
    VAR    ${expected}    The interface 'virtual' cannot report its state, so there is no verdict about it.
    Run Keyword And Expect Error    EQUALS:${expected}    Bus State Should Be    ACTIVE

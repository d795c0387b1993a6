*** Settings ***
Documentation       The first of two suites.

Resource            what_is_open.resource

Suite Setup         Open Bus And Connection    of_suite

Test Tags           inner


*** Test Cases ***
Opened By Setups
    [Documentation]    The parent's and the suite's.
    Open Should Be    of_parent    of_suite

Opened By A Test
    [Documentation]    Beside the others.
    Open Bus And Connection    of_test
    Open Should Be    of_parent    of_suite    of_test

After The Test
    [Documentation]    What the test opened is closed with auto_close=TEST.
    IF    '${AUTO_CLOSE}' == 'TEST'
        Open Should Be    of_parent    of_suite
        Run Keyword And Expect Error    Bus 'of_test' was closed; open it again before use.
        ...    Send Can Message    0x123    bus=of_test
    ELSE
        Open Should Be    of_parent    of_suite    of_test
    END

*** Settings ***
Documentation       The second of two suites.

Resource            what_is_open.resource

Test Tags           inner


*** Test Cases ***
After The Suite
    [Documentation]    What the first suite opened is closed unless auto_close=MANUAL; the parent's is open.
    IF    '${AUTO_CLOSE}' == 'MANUAL'
        Open Should Be    of_parent    of_suite    of_test
    ELSE
        Open Should Be    of_parent
    END

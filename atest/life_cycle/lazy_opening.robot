*** Settings ***
Documentation       Nothing opens, no thread starts and no driver is imported before the first use.

Library             ../resources/InnerRuns.py

Test Tags           life-cycle


*** Test Cases ***
First Use Opens
    [Documentation]    What an import or a file describes opens then, and belongs to the suite.
    Run Inner Suite    ${CURDIR}/_suites/lazy.robot
    Inner Run Should Pass

Dry Run Imports No Driver
    [Documentation]    Modules that stand in the way of python-can and can-isotp raise if they are imported.
    Run Inner Suite    ${CURDIR}/_suites/lazy.robot    --dryrun    --pythonpath    ${CURDIR}/_suites/no_driver
    Inner Run Should Pass

Modules In The Way Would Be Noticed
    [Documentation]    The same without --dryrun fails.
    Run Inner Suite    ${CURDIR}/_suites/lazy.robot    --pythonpath    ${CURDIR}/_suites/no_driver
    Inner Test Should Have Failed    First Use Opens    *a driver was imported although nothing was opened*

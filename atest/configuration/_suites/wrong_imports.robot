*** Settings ***
Documentation       Imports with wrong arguments: the keywords are there and fail with the reason. Imported while the
...                 tests run, because an editor would import all of them each time.

Test Tags           inner


*** Test Cases ***
Wrong Timeout
    [Documentation]    No time.
    Import Library    CanLibrary    timeout=soon    AS    ${TEST_NAME}
    Use Imported Library

Negative Timeout
    [Documentation]    No time.
    Import Library    CanLibrary    timeout=-1    AS    ${TEST_NAME}
    Use Imported Library

Wrong Auto Close
    [Documentation]    None of the three.
    Import Library    CanLibrary    auto_close=NEVER    AS    ${TEST_NAME}
    Use Imported Library

Wrong Trace Size
    [Documentation]    No number.
    Import Library    CanLibrary    trace_size=many    AS    ${TEST_NAME}
    Use Imported Library

Wrong Bitrate
    [Documentation]    No number.
    Import Library    CanLibrary    bitrate=fast    AS    ${TEST_NAME}
    Use Imported Library

Both
    [Documentation]    A file and a bus.
    Import Library    CanLibrary    config=bench.yaml    channel=1    AS    ${TEST_NAME}
    Use Imported Library

Misspelt Channel
    [Documentation]    So close to a known word that no driver has such an option.
    Import Library    CanLibrary    chanel=1    AS    ${TEST_NAME}
    Use Imported Library

Misspelt Option
    [Documentation]    Known only when the bus opens.
    Import Library    CanLibrary    receive_own_mesages=True    AS    ${TEST_NAME}
    Use Imported Library

Unknown Interface
    [Documentation]    Known only when the bus opens.
    Import Library    CanLibrary    interface=virtul    AS    ${TEST_NAME}
    Use Imported Library

Contradiction
    [Documentation]    Two that exclude each other.
    Import Library    CanLibrary    fd=False    data_bitrate=2000000    AS    ${TEST_NAME}
    Use Imported Library


*** Keywords ***
Use Imported Library
    [Documentation]    Calls a keyword of the library that the test imported.
    Run Keyword    ${TEST_NAME}.Send Can Message    0x123

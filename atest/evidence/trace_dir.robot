*** Settings ***
Documentation       With trace_dir= the whole trace of a test that fails is beside log.html.

Library             OperatingSystem
Library             ../resources/InnerRuns.py
Library             ShownTraces.py

Suite Setup         Remove Directory    ${FOLDER}    recursive=True
Test Tags           evidence


*** Variables ***
${FOLDER}       ${OUTPUT DIR}/traces


*** Test Cases ***
All Of The Test Is In The File
    [Documentation]    Every kind of message, both directions, and the teardown of the test.
    Run Inner Suite    ${CURDIR}/_suites/kinds.robot    --variable    TRACES:${FOLDER}
    VAR    @{received}    Rx 7E8#065003    Rx 18DAF110#11    Rx 123#R4    Rx 123##0AABB    Rx 123##1CCDD    Rx error
    File Should Hold    ${FOLDER}/Kinds-All_Kinds-body.blf    Tx 7E0#021003    @{received}    Tx 7E1#3E00
    Inner Run Should Warn

A File For Each Bus Of A Failing Test
    [Documentation]    And none for tests that pass. An alias that was opened twice has two.
    Run Inner Suite    ${CURDIR}/_suites/failures.robot    --variable    TRACES:${FOLDER}
    Inner Run Should Warn
    @{files}    List Files In Directory    ${FOLDER}    Failures-Fails_On_Two_Buses-*
    VAR    @{wanted}    body.blf    other-2.blf    other.blf
    Should Be Equal    ${{ [name.rpartition('Buses-')[2] for name in $files] }}    ${wanted}
    File Should Hold    ${FOLDER}/Failures-Fails_On_Two_Buses-other.blf    Tx 200#02
    File Should Hold    ${FOLDER}/Failures-Fails_On_Two_Buses-other-2.blf    Tx 201#03
    File Should Hold    ${FOLDER}/Failures-Fails_Twice-body.blf    Tx 100#01    Tx 101#01    Tx 102#01
    @{passed}    List Files In Directory    ${FOLDER}    Failures-Passes*
    Should Be Empty    ${passed}

A File Also For What Passed After The First Failure
    [Documentation]    Also on a bus that was not open then, and in a teardown that passes.
    Run Inner Suite    ${CURDIR}/_suites/failures.robot    --variable    TRACES:${FOLDER}/later
    File Should Hold    ${FOLDER}/later/Failures-Fails_And_Goes_On-body.blf    Tx 100#01
    File Should Hold    ${FOLDER}/later/Failures-Fails_And_Goes_On-other.blf    Tx 200#02
    File Should Hold    ${FOLDER}/later/Failures-Sends_In_Its_Teardown-body.blf    Tx 300#03

The Link Is Relative To The Log
    [Documentation]    So that the folder with the results can be moved. It leads there where the names are odd.
    Run Inner Suite    ${CURDIR}/_suites/kinds.robot    --variable    TRACES:deeper/all traces
    ${link}    Get Link    All Kinds
    Should Be Equal    ${link}    deeper/all%20traces/Kinds-All_Kinds-body.blf

Files Without Excerpts
    [Documentation]    trace_on_failure=0: only the link is in log.html.
    VAR    @{options}    --variable    SHOWN:0    --variable    TRACES:traces
    Run Inner Suite    ${CURDIR}/_suites/failures.robot    @{options}
    ${text}    Get Shown Text    Fails
    Should Be Equal    ${text}    Bus 'body': Everything, until the end of the test: Failures-Fails-body.blf

The Link Stands Where A Bus Is Shown First
    [Documentation]    Also where nothing had passed then.
    VAR    @{options}    --variable    TRACES:traces
    Run Inner Suite    ${CURDIR}/_suites/failures.robot    @{options}
    ${first}    Get Link    Fails Twice    1
    ${second}    Get Link    Fails Twice    2
    Should Be Equal    ${first}, ${second}    traces/Failures-Fails_Twice-body.blf,${SPACE}
    ${said}    Get Shown Text    Sends In Its Teardown
    Should End With    ${said}
    ...    What passed later, until the end of the test, if anything did: Failures-Sends_In_Its_Teardown-body.blf

A Folder That Cannot Be Made
    [Documentation]    It is told, the excerpt is there, and no verdict changes.
    VAR    ${file}    ${OUTPUT DIR}/no folder
    Create File    ${file}
    Run Inner Suite    ${CURDIR}/_suites/kinds.robot    --variable    TRACES:${file}
    Inner Run Should Warn
    ...    The trace of bus 'body' could not be written to ${file}: ${file} is a file and no folder.
    Excerpts Should Be In    All Kinds    7
    Inner Test Should Have Failed    All Kinds    Wanted.

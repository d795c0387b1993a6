*** Settings ***
Documentation       Logs: files into which goes what passes on a bus.

Library             OperatingSystem
Library             ../resources/InnerRuns.py
Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           files


*** Test Cases ***
Log Is In The Output Directory
    [Documentation]    A relative path is one in there; folders are made.
    ${path}    Start Can Log    logs/of/today.asc
    Stop Can Log    logs/of/today.asc
    Should Be Equal    ${path}    ${{ os.path.join($OUTPUT_DIR, 'logs', 'of', 'today.asc') }}
    File Should Exist    ${path}

Own And Received Messages And Error Frames Are In The Log
    [Documentation]    As candump writes them: T and R, and the error frame with its flag.
    ${path}    Start Can Log    directions.log
    Send Can Message    0x7E0    02 3E 00
    Partner Sends    7E8\#027E00
    Partner Sends Error Frame
    Partner Sends    100\#01
    Wait For Can Message    0x100    since=opened
    Stop Can Log
    ${lines}    Evaluate    [line.split()[2:] for line in pathlib.Path($path).read_text().splitlines()]
    Should Be Equal
    ...    ${lines}
    ...    ${{ [['7E0#023E00', 'T'], ['7E8#027E00', 'R'], ['20000080#'], ['100#01', 'R']] }}

Several Logs Of One Bus
    [Documentation]    Each ends when it is stopped; without a path all end.
    ${first}    Start Can Log    first.log
    ${second}    Start Can Log    second.log
    Send Can Message    0x1
    ${files}    Stop Can Log    first.log
    Should Be Equal    ${files}    ${{ [$first] }}
    Send Can Message    0x2
    ${files}    Stop Can Log
    Should Be Equal    ${files}    ${{ [$second] }}
    Log Should Have    ${first}    001\#
    Log Should Have    ${second}    001\#    002\#

Large Log Goes On In New Files
    [Documentation]    All of them are returned, oldest first, and nothing is lost between them.
    Start Can Log    large.log    max_size=4 kB
    Send Can Messages    ${{ [f'123#{number:08X}' for number in range(500)] }}
    ${files}    Stop Can Log
    Should Be True    len($files) > 3
    VAR    ${all}    ${EMPTY}
    FOR    ${file}    IN    @{files}
        ${text}    Get File    ${file}
        VAR    ${all}    ${all}${text}
    END
    ${numbers}    Evaluate    [int(line.split('#')[1][:8], 16) for line in $all.splitlines()]
    Should Be Equal    ${numbers}    ${{ list(range(500)) }}

Format That Cannot Be Continued
    [Documentation]    Is refused before anything is written.
    Should Fail
    ...    'large.trc' cannot have a max_size: only .blf, .asc, .log, .csv, .txt files can be continued in another one.
    ...    Start Can Log    large.trc    max_size=4 kB

Unknown Ending
    [Documentation]    The sentence lists what is possible.
    Run Keyword And Expect Error
    ...    'drive.bfl' cannot be written: its ending names no format for that. Possible are *; did you mean '.blf'?
    ...    Start Can Log    drive.bfl

Two Logs Into One File
    [Documentation]    Are refused.
    ${path}    Start Can Log    drive.blf
    Should Fail
    ...    Log '${path}' is running already, on bus 'tester'; stop it or write another file.
    ...    Start Can Log    drive.blf

Log That Was Never Started
    [Documentation]    The sentence names those that run.
    ${path}    Start Can Log    drive.blf
    Run Keyword And Expect Error
    ...    No log of bus 'tester' writes '*drve.blf' (those that run write '${path}').
    ...    Stop Can Log    drve.blf

What Was Recorded Already
    [Documentation]    From where the test began, from a mark, all of it.
    Send Can Message    0x1
    ${mark}    Set Can Mark
    Send Can Message    0x2
    ${all}    Save Can Trace    all.log
    ${part}    Save Can Trace    part.log    since=${mark}
    Log Should Have    ${all}    001\#    002\#
    Log Should Have    ${part}    002\#

Full Disk
    [Documentation]    Told by the next keyword, once.
    Skip If    not os.path.exists('/dev/full')    only Linux has a device that is always full
    Evaluate    os.path.lexists($OUTPUT_DIR + '/full.log') or os.symlink('/dev/full', $OUTPUT_DIR + '/full.log')
    Start Can Log    full.log
    Send Can Messages    ${{ ['123#0102030405060708'] * 2000 }}
    Wait Until Keyword Succeeds    5 s    10 ms
    ...    Run Keyword And Expect Error    '*full.log' cannot be written: No space left on device. Log 'full.log' of *
    ...    Receive Can Message    timeout=0
    Send Can Message    0x1

Log Ends With Its Test
    [Documentation]    Also with one that fails: the file is whole. What its format loses is warned about once.
    Run Inner Suite    ${CURDIR}/_suites/abandoned.robot    --variable    FOLDER:${OUTPUT_DIR}
    Inner Test Should Have Failed    Logged And Failed    This test fails while a log runs.
    Inner Run Should Warn
    ...    Log 'abandoned.trc' does not hold CAN FD messages: 0x123 \ [12] \ FD \ * is not in the file.*
    Open Can Trace    ${OUTPUT_DIR}/abandoned.blf
    Can Message Count Should Be    ${2}    direction=Tx


*** Keywords ***
Log Should Have
    [Documentation]    A candump log has messages of these texts, and nothing else.
    [Arguments]    ${path}    @{texts}
    ${lines}    Evaluate    [line.split()[2] for line in pathlib.Path($path).read_text().splitlines()]
    Should Be Equal    ${lines}    ${texts}

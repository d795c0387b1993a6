*** Settings ***
Documentation       Files that are cut.

Library             OperatingSystem
Library             CanLibrary

Test Tags           inner


*** Variables ***
${FOLDER}       .


*** Test Cases ***
Cut Log
    [Documentation]    In the middle of a line.
    Create File    ${FOLDER}/cut.log    (1.0) can0 123\#01\n(1.1) can0 123\#0102
    Open Can Trace    ${FOLDER}/cut.log
    Can Message Count Should Be    ${2}

Cut BLF
    [Documentation]    In the middle of what is compressed.
    Open Can Bus    tester    channel=4
    Send Can Messages    ${{ [f'123#{number:08X}' for number in range(5000)] }}
    Save Can Trace    ${FOLDER}/cut.blf
    Evaluate    os.truncate($FOLDER + '/cut.blf', os.path.getsize($FOLDER + '/cut.blf') * 2 // 3)
    Open Can Trace    ${FOLDER}/cut.blf
    ${messages}    Get Can Messages    direction=Tx
    Should Be True    1000 < len($messages) < 5000
    Should Be Equal    ${{ [int.from_bytes(m.data, 'big') for m in $messages] }}    ${{ list(range(len($messages))) }}

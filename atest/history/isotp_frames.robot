*** Settings ***
Documentation       IsoTp frames are put together from what passed on a bus, whoever sent them.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           history    isotp


*** Test Cases ***
Of A Connection
    [Documentation]    Requests and replies, told apart by direction.
    Open IsoTp Partner
    IsoTp Partner Answers    22F190    62 F1 90 57 42 41 31 32 33 34 35 36 37 38
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Exchange IsoTp Frame    22 F1 90
    ${frames}    Get IsoTp Frames    connection=diag
    Should Be Equal As Strings    ${frames}[0]    0x7E0 \ [3] \ 22 F1 90
    Should Be Equal As Strings    ${frames}[1]    0x7E8 \ [14] \ 62 F1 90 57 42 41 31 32 33 34 35 36 37 38
    ${replies}    Get IsoTp Frames    0x7E0    0x7E8    62 *    direction=Rx
    Length Should Be    ${replies}    1
    Should Be Equal As Integers    ${replies[0].messages}    3

Of Others
    [Documentation]    A bus that only listens sees both sides.
    Partner Sends    600#55021001    601#AA025001    600#56021001
    ${frames}    Get IsoTp Frames    0x600    0x601    addressing_mode=Extended_11bits    target_address=${0x55}
    ...    source_address=${0xAA}
    Should Be Equal    ${{ [str(frame.data) for frame in $frames] }}    ${{ ['10 01', '50 01'] }}

What Broke Off
    [Documentation]    Is in the list with what is wrong.
    Partner Sends    7E8#1014010203040506    7E8#2207080910111213    7E8#1014010203040506
    ${frames}    Get IsoTp Frames    0x7E0    0x7E8
    Length Should Be    ${frames}    2
    Should Be Equal    ${frames[0].problem}    CF 2 came instead of CF 1
    Should Be Equal    ${frames[1].problem}    14 of 20 bytes are missing
    Should Not Be True    ${frames[0].is_complete}

Between Marks
    [Documentation]    As with messages.
    Partner Sends    7E8#025001
    ${mark}    Set Can Mark
    Partner Sends    7E8#025003
    ${frames}    Get IsoTp Frames    0x7E0    0x7E8    since=${mark}
    Should Be Equal As Strings    ${frames}[0]    0x7E8 \ [2] \ 50 03

What Is Not Possible
    [Documentation]    Nobody is named, half an address, or two of them.
    VAR    ${failure}    Whose IsoTp frames? Give connection= with its alias, or txid= and rxid= (or another address).
    Should Fail    ${failure}    Get IsoTp Frames
    Should Fail    Normal_11bits addressing needs 'rxid'.    Get IsoTp Frames    0x7E0
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    VAR    ${failure}    connection='diag' has an address and a bus: leave others out.
    Should Fail    ${failure}    Get IsoTp Frames    0x7E0    0x7E8    connection=diag

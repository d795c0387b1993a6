*** Settings ***
Documentation       ISO-TP over CAN FD, with and without bit rate switch.

Resource            ../resources/network.resource

Test Setup          Open FD Tester And Partner
Test Tags           isotp    can-fd


*** Test Cases ***
Messages Of 64 Bytes With Bit Rate Switch
    [Documentation]    Both directions, 500 bytes.
    Open IsoTp Partner    tx_data_length=${64}    can_fd=${True}    bitrate_switch=${True}
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    can_fd=True    bitrate_switch=True    tx_data_length=64
    VAR    ${data}    ${{ bytes(at % 256 for at in range(500)) }}
    Send IsoTp Frame    ${data}
    IsoTp Partner Should Receive    ${data}
    ${heard}    Partner Hears    8    7E0##1*
    Should Be Equal    ${{ [message.dlc for message in $heard[:3]] }}    ${{ [64, 64, 64] }}
    IsoTp Partner Sends    ${data}
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${data}

Single Frame With Escape Sequence
    [Documentation]    More than seven bytes in one CAN FD message, padded to a length that CAN FD has.
    Open IsoTp Partner    tx_data_length=${64}    can_fd=${True}
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    can_fd=True    tx_data_length=64
    Send IsoTp Frame    01 02 03 04 05 06 07 08 09
    IsoTp Partner Should Receive    010203040506070809
    Partner Should Hear    7E0##00009010203040506070809CC

Shorter Messages
    [Documentation]    tx_data_length may be 12, 16, 20, 24, 32 and 48 too.
    Open IsoTp Partner    tx_data_length=${32}    can_fd=${True}
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    can_fd=True    tx_data_length=32
    Send IsoTp Frame    ${{ bytes(100) }}
    IsoTp Partner Should Receive    ${{ bytes(100) }}
    ${heard}    Partner Hears    4    7E0##0*
    Should Be Equal    ${{ [message.dlc for message in $heard] }}    ${{ [32, 32, 32, 12] }}

Short Messages On Can FD
    [Documentation]    With tx_data_length=8 they are as on classic CAN, but FD messages.
    Open IsoTp Partner    can_fd=${True}
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    can_fd=True
    Send IsoTp Frame    ${{ bytes(10) }}
    IsoTp Partner Should Receive    ${{ bytes(10) }}
    Partner Should Hear    7E0##0100A000000000000    7E8##0300800    7E0##02100000000

Longest Functional Request On Can FD
    [Documentation]    A single frame of 62 bytes.
    Open IsoTp Connection    all    txid=0x7DF    rxid=0x7E8    can_fd=True    tx_data_length=64
    VAR    ${failure}    63 bytes do not fit into a functional request: it is a single frame of at most 62 bytes on
    ...    connection 'all' (ISO 15765-2).
    Should Fail    ${failure}    Send IsoTp Frame    ${{ bytes(63) }}    target_address_type=Functional
    Send IsoTp Frame    ${{ bytes(62) }}    target_address_type=Functional
    Partner Should Hear    7DF##0003E${{ '00' * 62 }}

Node Of Its Own Is Opened For Can FD
    [Documentation]    Because can_fd says so.
    Open IsoTp Connection    own    txid=0x7E0    rxid=0x7E8    can_fd=True    channel=0
    Send IsoTp Frame    01
    Partner Should Hear    7E0##00101

Bus Without Can FD Is Refused
    [Documentation]    When it was opened with fd=False.
    Open Can Bus    classic    channel=0    fd=False
    Should Fail    Connection 'diag' has can_fd\=True, but bus 'classic' was opened with fd\=False.
    ...    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    can_fd=True


*** Keywords ***
Open FD Tester And Partner
    [Documentation]    Opens the bus 'tester' for CAN FD.
    Open Can Bus    tester    channel=0    fd=True
    Open Partner

*** Settings ***
Documentation       What nobody was told by a keyword is told when things close by themselves.

Library             CanLibrary

Test Tags           inner


*** Test Cases ***
Send To Nobody
    [Documentation]    No keyword on the connection follows.
    Open IsoTp Connection    nobody    txid=0x7E0    rxid=0x7E8    rx_flowcontrol_timeout=100
    Send IsoTp Frame    ${{ bytes(20) }}

Payload That Was Lost Half-way
    [Documentation]    Nobody receives.
    Open Can Bus    tester    channel=1
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    rx_consecutive_frame_timeout=50
    Open Can Bus    partner    channel=1
    Send Can Message    0x7E8    10 14 00 01 02 03 04 05
    Send Can Message    0x7E8    22 FF
    Wait Until Keyword Succeeds    5 s    10 ms    Receive Can Message    0x7E8    22 *    timeout=0    bus=tester

Send That Is Abandoned
    [Documentation]    A warning, because the tester asked for it.
    Open IsoTp Connection    nobody    txid=0x7E0    rxid=0x7E8
    Send IsoTp Frame    ${{ bytes(20) }}
    Stop IsoTp Sending

Stray Messages
    [Documentation]    A warning, because nothing was lost.
    Open Can Bus    tester    channel=1
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Open Can Bus    partner    channel=1
    Send Can Message    0x7E8    30 00 00
    Send Can Message    0x7E8    21 FF
    Send Can Message    0x7E8    01 AA
    Receive IsoTp Frame    AA

*** Settings ***
Documentation       Giving a live connection another address.

Resource            ../resources/network.resource

Test Setup          Open Connection And Partner
Test Tags           isotp    users-ask-14


*** Test Cases ***
Another Partner
    [Documentation]    From then on the other one is asked.
    Open IsoTp Partner    gearbox    txid=${0x7E9}    rxid=${0x7E1}
    IsoTp Partner Answers    3E00    7E 00    name=gearbox
    Set IsoTp Address    0x7E1    0x7E9
    Exchange IsoTp Frame    3E 00    reply=7E 00
    Partner Should Hear    7E1#023E00    7E9#027E00
    ${connections}    Get IsoTp Connections
    Should Be Equal    ${connections}[0][address]    Normal_11bits, txid 0x7E1, rxid 0x7E9

Another Addressing Mode
    [Documentation]    The identifiers may change their format too.
    VAR    &{address}    target_address=${0xF1}    source_address=${0x10}
    Open IsoTp Partner    fixed    mode=NormalFixed_29bits    address=${address}
    IsoTp Partner Answers    3E00    7E 00    name=fixed
    Set IsoTp Address    addressing_mode=NormalFixed_29bits    target_address=0x10    source_address=0xF1
    Exchange IsoTp Frame    3E 00    reply=7E 00
    Partner Should Hear    18DA10F1#023E00    18DAF110#027E00

Asymmetric Address
    [Documentation]    Both sides are dictionaries.
    VAR    &{sending}    addressing_mode=Normal_11bits    txid=0x6F1
    VAR    &{receiving}    addressing_mode=Normal_29bits    rxid=0x18DAF140
    Set IsoTp Address    tx_addr=${sending}    rx_addr=${receiving}
    Send IsoTp Frame    01
    Partner Should Hear    6F1#0101
    Partner Sends    18DAF140#0102
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${{ b'\x02' }}

Unread Payloads Stay
    [Documentation]    They belong to the connection, not to its address.
    IsoTp Partner Sends    AA
    Receive Can Message    0x7E8
    Set IsoTp Address    0x7E1    0x7E9
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${{ b'\xAA' }}

Old Address Is Not Heard Any More
    [Documentation]    Only the new one.
    Set IsoTp Address    0x7E1    0x7E9
    IsoTp Partner Sends    AA
    Receive Can Message    0x7E8
    Partner Sends    7E9#01BB
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${{ b'\xBB' }}

Refused While Sending
    [Documentation]    can-isotp would lose the transfer; here it goes on.
    Set IsoTp Address    0x6E0    0x6E8
    Send IsoTp Frame    ${{ bytes(20) }}
    Partner Hears    1    6E0#1014*
    VAR    ${failure}    The address of connection 'diag' cannot change while a transfer runs; wait for it, or use
    ...    Stop IsoTp Sending or Stop IsoTp Receiving.
    Should Fail    ${failure}    Set IsoTp Address    0x7E1    0x7E9
    Partner Sends    6E8#300000
    Partner Hears    1    6E0#22*

Refused While Receiving
    [Documentation]    The payload arrives as a whole.
    Set IsoTp Address    0x6E0    0x6E8
    Partner Sends    6E8#1008010203040506
    Partner Hears    1    6E0#300800
    Run Keyword And Expect Error    The address of connection 'diag' cannot change while a transfer runs; *
    ...    Set IsoTp Address    0x7E1    0x7E9
    Partner Sends    6E8#210708
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${{ bytes(range(1, 9)) }}

Stopped Connection Takes A New Address
    [Documentation]    It counts from the start on.
    Stop IsoTp
    Set IsoTp Address    0x7E1    0x7E9
    Start IsoTp
    Send IsoTp Frame    01
    Partner Should Hear    7E1#0101

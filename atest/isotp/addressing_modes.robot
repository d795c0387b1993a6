*** Settings ***
Documentation       All seven addressing modes and asymmetric addresses, against can-isotp's own stack.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           isotp    addressing


*** Test Cases ***
Normal With 11 Bits
    [Documentation]    The mode follows from the identifiers.
    Open IsoTp Partner    txid=0x7E8    rxid=0x7E0
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Both Directions Should Work    7E0#0322F190    7E8#100A62F19001020

Normal With 29 Bits
    [Documentation]    The mode follows from the identifiers.
    VAR    &{theirs}    txid=${0x18DAF110}    rxid=${0x18DA10F1}
    Open IsoTp Partner    mode=Normal_29bits    address=${theirs}
    Open IsoTp Connection    diag    txid=0x18DA10F1    rxid=0x18DAF110
    Both Directions Should Work    18DA10F1#0322F190    18DAF110#100A62F19001020

Normal With 29 Bits And Integers
    [Documentation]    Small integers become extended identifiers if the mode asks for it.
    VAR    &{theirs}    txid=${2}    rxid=${1}
    Open IsoTp Partner    mode=Normal_29bits    address=${theirs}
    Open IsoTp Connection    diag    txid=${1}    rxid=${2}    addressing_mode=Normal_29bits
    Both Directions Should Work    00000001#0322F190    00000002#100A62F19001020

Normal Fixed With 29 Bits
    [Documentation]    Target and source address stand in the identifier.
    VAR    &{theirs}    target_address=${0xF1}    source_address=${0x10}
    Open IsoTp Partner    mode=NormalFixed_29bits    address=${theirs}
    Open IsoTp Connection    diag    addressing_mode=NormalFixed_29bits    target_address=0x10    source_address=0xF1
    Both Directions Should Work    18DA10F1#0322F190    18DAF110#100A62F19001020

Normal Fixed With Another Base Identifier
    [Documentation]    Bits 28 to 16 of physical requests.
    VAR    &{theirs}    target_address=${0xF1}    source_address=${0x10}    physical_id=${0x1BDA0000}
    Open IsoTp Partner    mode=NormalFixed_29bits    address=${theirs}
    Open IsoTp Connection    diag    addressing_mode=NormalFixed_29bits    target_address=0x10    source_address=0xF1
    ...    physical_id=0x1BDA0000
    Both Directions Should Work    1BDA10F1#0322F190    1BDAF110#100A62F19001020

Extended With 11 Bits
    [Documentation]    The address is the first byte of the data.
    VAR    &{theirs}    txid=${0x7E8}    rxid=${0x7E0}    target_address=${0xF1}    source_address=${0x10}
    Open IsoTp Partner    mode=Extended_11bits    address=${theirs}
    Open IsoTp Connection    diag    addressing_mode=Extended_11bits    txid=0x7E0    rxid=0x7E8
    ...    target_address=0x10    source_address=0xF1
    Both Directions Should Work    7E0#100322F190    7E8#F1100A62F190010

Extended With 29 Bits
    [Documentation]    The address is the first byte of the data.
    VAR    &{theirs}    txid=${0x18DAF110}    rxid=${0x18DA10F1}    target_address=${0xAA}    source_address=${0x55}
    Open IsoTp Partner    mode=Extended_29bits    address=${theirs}
    Open IsoTp Connection    diag    addressing_mode=Extended_29bits    txid=0x18DA10F1    rxid=0x18DAF110
    ...    target_address=0x55    source_address=0xAA
    Both Directions Should Work    18DA10F1#550322F190    18DAF110#AA100A62F190010

Mixed With 11 Bits
    [Documentation]    The address extension is the first byte of the data in both directions.
    VAR    &{theirs}    txid=${0x7E8}    rxid=${0x7E0}    address_extension=${0x99}
    Open IsoTp Partner    mode=Mixed_11bits    address=${theirs}
    Open IsoTp Connection    diag    addressing_mode=Mixed_11bits    txid=0x7E0    rxid=0x7E8    address_extension=0x99
    Both Directions Should Work    7E0#990322F190    7E8#99100A62F190010

Mixed With 29 Bits
    [Documentation]    Addresses in the identifier, the extension in the data.
    VAR    &{theirs}    target_address=${0xF1}    source_address=${0x10}    address_extension=${0x99}
    Open IsoTp Partner    mode=Mixed_29bits    address=${theirs}
    Open IsoTp Connection    diag    addressing_mode=Mixed_29bits    target_address=0x10    source_address=0xF1
    ...    address_extension=0x99
    Both Directions Should Work    18CE10F1#990322F190    18CEF110#99100A62F190010

Asymmetric Address
    [Documentation]    Requests with 11 bits, replies with 29 bits and an address in the data.
    VAR    &{their_tx}    txid=${0x18DAF140}    target_address=${0xF1}
    VAR    &{their_rx}    rxid=${0x6F1}
    Open Asymmetric IsoTp Partner    Extended_29bits    ${their_tx}    Normal_11bits    ${their_rx}
    VAR    &{sending}    addressing_mode=Normal_11bits    txid=0x6F1
    VAR    &{receiving}    addressing_mode=Extended_29bits    rxid=0x18DAF140    source_address=0xF1
    Open IsoTp Connection    diag    tx_addr=${sending}    rx_addr=${receiving}
    Both Directions Should Work    6F1#0322F190    18DAF140#F1100A62F190010
    ${connections}    Get IsoTp Connections
    VAR    ${address}    tx (Normal_11bits, txid 0x6F1),
    ...    rx (Extended_29bits, rxid 0x18DAF140, source_address 0xF1)
    Should Be Equal    ${connections}[0][address]    ${address}

Functional Request In Fixed Addressing
    [Documentation]    0x18DB instead of 0x18DA; a foreign partner takes it as functional.
    VAR    &{theirs}    target_address=${0xF1}    source_address=${0x33}
    Open IsoTp Partner    mode=NormalFixed_29bits    address=${theirs}
    Open IsoTp Connection    diag    addressing_mode=NormalFixed_29bits    target_address=0x33    source_address=0xF1
    Send IsoTp Frame    3E 80    target_address_type=Functional
    Partner Should Hear    18DB33F1#023E80
    IsoTp Partner Should Receive    3E80

Functional Request To Us
    [Documentation]    A connection hears its functional identifier too.
    VAR    &{theirs}    target_address=${0xF1}    source_address=${0x33}
    Open IsoTp Partner    mode=NormalFixed_29bits    address=${theirs}
    Open IsoTp Connection    diag    addressing_mode=NormalFixed_29bits    target_address=0x33    source_address=0xF1
    IsoTp Partner Sends    3E 80    functional=True
    Receive IsoTp Frame    3E 80
    Partner Should Hear    18DBF133#023E80

Functional Request With Another Base Identifier
    [Documentation]    Bits 28 to 16 of functional requests.
    Open IsoTp Connection    diag    addressing_mode=NormalFixed_29bits    target_address=0x33    source_address=0xF1
    ...    functional_id=0x1BDB0000
    Send IsoTp Frame    3E 80    target_address_type=Functional
    Partner Should Hear    1BDB33F1#023E80

Functional Request In Mixed Addressing
    [Documentation]    0x18CD instead of 0x18CE.
    Open IsoTp Connection    diag    addressing_mode=Mixed_29bits    target_address=0x33    source_address=0xF1
    ...    address_extension=0x99
    Send IsoTp Frame    3E 80    target_address_type=Functional
    Partner Should Hear    18CD33F1#99023E80

Functional Request To Many Ecus
    [Documentation]    One request on 0x7DF; each ECU answers on its own connection, can-isotp #33.
    Open IsoTp Connection    all    txid=0x7DF    rxid=0x7E7
    FOR    ${number}    IN RANGE    8
        Open IsoTp Connection    ecu${number}    txid=${0x7E0 + ${number}}    rxid=${0x7E8 + ${number}}
    END
    FOR    ${number}    IN RANGE    8
        Partner Answers    7DF#*    ${{ '%03X#0341%02X00' % (0x7E8 + $number, $number) }}
    END
    Send IsoTp Frame    01 00    target_address_type=Functional    connection=all
    FOR    ${number}    IN RANGE    8
        ${reply}    Receive IsoTp Frame    connection=ecu${number}
        Should Be Equal    ${reply}    ${{ bytes([0x41, $number, 0]) }}
    END

Functional Request With Two Messages' Worth Of Data
    [Documentation]    Refused, and nothing is sent.
    Open IsoTp Connection    diag    txid=0x7DF    rxid=0x7E8
    VAR    ${failure}    8 bytes do not fit into a functional request: it is a single frame of at most 7 bytes on
    ...    connection 'diag' (ISO 15765-2).
    Should Fail    ${failure}    Send IsoTp Frame    ${{ bytes(8) }}    target_address_type=Functional
    Partner Should Hear Nothing    within=50 ms

Functional Request With An Address Byte Is One Byte Shorter
    [Documentation]    Extended and mixed addressing take one of the eight.
    Open IsoTp Connection    diag    addressing_mode=Mixed_11bits    txid=0x7DF    rxid=0x7E8    address_extension=0x99
    VAR    ${failure}    7 bytes do not fit into a functional request: it is a single frame of at most 6 bytes on
    ...    connection 'diag' (ISO 15765-2).
    Should Fail    ${failure}    Send IsoTp Frame    ${{ bytes(7) }}    target_address_type=Functional
    Send IsoTp Frame    ${{ bytes(6) }}    target_address_type=Functional
    Partner Should Hear    7DF#9906000000000000


*** Keywords ***
Both Directions Should Work
    [Documentation]    A request of one message, a reply of several; request and first frame are compared on the bus.
    [Arguments]    ${request}    ${first_frame}
    VAR    ${reply}    ${{ bytes.fromhex('62F19001020304050607') }}
    IsoTp Partner Answers    22F190    ${reply}
    ${received}    Exchange IsoTp Frame    22 F1 90    reply=62 F1 90 *
    Should Be Equal    ${received}    ${reply}
    Partner Hears    1    ${request}
    Partner Hears    1    ${first_frame}*
    VAR    ${data}    ${{ bytes(30) }}
    Send IsoTp Frame    ${data}
    IsoTp Partner Should Receive    22F190    ${data}

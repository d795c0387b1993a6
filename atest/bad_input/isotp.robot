*** Settings ***
Documentation       Addresses, connections and payloads that are not possible.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Teardown       Partner Should Hear Nothing    within=0

Test Tags           bad-input    isotp


*** Test Cases ***
Misspelt Parameter
    [Documentation]    The nearest one is named.
    Should Fail    Open IsoTp Connection has no argument 'blocksise'; did you mean 'blocksize'?
    ...    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    blocksise=8

Txid Is Rxid
    [Documentation]    Each side would hear itself.
    Should Fail    txid and rxid are both 0x7E0; they must differ, or each side hears itself.
    ...    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E0

No Address
    [Documentation]    Nothing is described under the alias either.
    Should Fail    txid and rxid are missing; give both, such as txid\=0x7E0 and rxid\=0x7E8.
    ...    Open IsoTp Connection    diag

Address Lacks A Field
    [Documentation]    What the mode needs.
    [Template]    Address Should Be Refused
    Normal_11bits addressing needs 'rxid'.    txid=0x7E0
    NormalFixed_29bits addressing needs 'source_address'.    addressing_mode=NormalFixed_29bits    target_address=0x10
    Extended_11bits addressing needs 'target_address' and 'source_address'.    addressing_mode=Extended_11bits
    ...    txid=0x7E0    rxid=0x7E8
    Mixed_11bits addressing needs 'address_extension'.    addressing_mode=Mixed_11bits    txid=0x7E0    rxid=0x7E8
    Mixed_29bits addressing needs 'target_address', 'source_address' and 'address_extension'.
    ...    addressing_mode=Mixed_29bits

Address With A Field Too Many
    [Documentation]    can-isotp would ignore it.
    VAR    ${failure}    Normal_11bits addressing does not use 'target_address'; set addressing_mode to one that
    ...    does: NormalFixed_29bits, Extended_11bits, Extended_29bits, Mixed_29bits.
    Address Should Be Refused    ${failure}    txid=0x7E0    rxid=0x7E8    target_address=0x10

Address With Two Formats
    [Documentation]    An asymmetric address says it right.
    VAR    ${failure}    txid 0x7E0 and rxid 0x18DAF110 are of different formats; if both are extended say
    ...    addressing_mode=Normal_29bits, else give tx_addr and rx_addr.
    Address Should Be Refused    ${failure}    txid=0x7E0    rxid=0x18DAF110

Address Byte Above 255
    [Documentation]    N_TA, N_SA and N_AE are one byte.
    Address Should Be Refused    target_address\=256 is not possible: it is one byte, 0x00 to 0xFF.
    ...    addressing_mode=NormalFixed_29bits    target_address=256    source_address=0xF1

Refused New Address Changes Nothing
    [Documentation]    The old one is used on.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Should Fail    txid and rxid are both 0x7E1; they must differ, or each side hears itself.
    ...    Set IsoTp Address    0x7E1    0x7E1
    ${connections}    Get IsoTp Connections
    Should Be Equal    ${connections}[0][address]    Normal_11bits, txid 0x7E0, rxid 0x7E8

Empty Payload
    [Documentation]    A frame carries at least one byte.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Should Fail    An IsoTp frame carries at least one byte; give some data.    Send IsoTp Frame    ${EMPTY}

Functional Request Of Two Messages
    [Documentation]    A single frame only.
    Open IsoTp Connection    diag    txid=0x7DF    rxid=0x7E8
    VAR    ${failure}    8 bytes do not fit into a functional request: it is a single frame of at most 7 bytes on
    ...    connection 'diag' (ISO 15765-2).
    Should Fail    ${failure}    Send IsoTp Frame    ${{ bytes(8) }}    target_address_type=Functional

Alias That Is Not Open
    [Documentation]    With those that are, and the nearest.
    Open IsoTp Connection    engine    txid=0x7E0    rxid=0x7E8
    Should Fail    Connection 'engin' is not open (open: 'engine'); did you mean 'engine'?
    ...    Send IsoTp Frame    01    connection=engin

No Connection At All
    [Documentation]    The keyword that is missing is named.
    Should Fail    No connection is open; open one with Open IsoTp Connection.    Send IsoTp Frame    01

Same Alias Twice
    [Documentation]    The first one goes on.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Should Fail    Connection 'diag' is already open; close it first or use another alias.
    ...    Open IsoTp Connection    diag    txid=0x7E1    rxid=0x7E9

Closed Connection
    [Documentation]    By its alias, also where its bus took it along.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Close Can Bus    tester
    Should Fail    Connection 'diag' was closed; open it again before use.
    ...    Send IsoTp Frame    01    connection=diag

Shared Bus And Own Node
    [Documentation]    One or the other.
    VAR    ${failure}    bus and 'channel' exclude each other: share a bus by its alias, or give the connection a
    ...    node of its own with interface and channel.
    Address Should Be Refused    ${failure}    txid=0x7E0    rxid=0x7E8    bus=tester    channel=1

Bus That Is Not Open
    [Documentation]    The alias of a bus that nobody opened.
    Should Fail    Bus 'x' is not open (open: 'tester').
    ...    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    bus=x

Exporter That Nobody Named
    [Documentation]    One sentence.
    VAR    ${failure}    There is no exporter: JUMPSTARTER_HOST is not set. Run this in 'jmp shell', such as 'jmp shell
    ...    --exporter-config bench.yaml -- robot …', or name the exporter with address=host:port.
    Should Fail    ${failure}    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    backend=exported

Kernel Backend On A Virtual Bus
    [Documentation]    The kernel knows its own network interfaces only.
    VAR    ${failure}    Connection 'diag' has backend=kernel, which runs on interface 'socketcan' only, but bus
    ...    'tester' is no SocketCAN bus; give a channel such as vcan0, or use backend=python.
    Should Fail    ${failure}    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    backend=kernel


*** Keywords ***
Address Should Be Refused
    [Documentation]    By the opening keyword, word by word.
    [Arguments]    ${sentence}    &{fields}
    Should Fail    ${sentence}    Open IsoTp Connection    diag    &{fields}

*** Settings ***
Documentation       ISO-TP by the kernel's socket and by can-isotp, with can-utils as the foreign partner.

Library             CanLibrary    timeout=20 s
Library             CanUtils.py


*** Variables ***
@{SIZES}        1    7    8    100    4095
&{DIAG}         txid=0x7E0    rxid=0x7E8    interface=socketcan    channel=vcan0
${NOBODY}       The IsoTp frame of 8 bytes on connection 'diag' was not sent: no flow control came within 1 second
...             (N_Bs): is the partner there, and is its rxid 0x7E0 and its txid 0x7E8?


*** Test Cases ***
Isotpsend Is Received
    [Documentation]    Byte by byte, by both backends.
    [Template]    Isotpsend Should Be Received By
    kernel
    python

Isotprecv Receives
    [Documentation]    Byte by byte, from both backends.
    [Template]    Isotprecv Should Receive From
    kernel
    python

Padding And An Address Byte
    [Documentation]    Extended addressing, padded, both ways, by both backends.
    [Template]    Extended Addressing Should Work With
    kernel
    python

CAN FD
    [Documentation]    Messages of 64 bytes, both ways, by both backends.
    [Template]    CAN FD Should Work With
    kernel
    python

Isotpsniffer Sees What The Kernel And Can-isotp Say To Each Other
    [Documentation]    A witness that takes no part.
    Open IsoTp Connection    diag    &{DIAG}    backend=kernel
    Open IsoTp Connection    ecu    txid=0x7E8    rxid=0x7E0    interface=socketcan    channel=vcan0
    ${sniffer}    Start Isotpsniffer    7E0    7E8
    Send IsoTp Frame    22 F1 90    connection=diag
    Receive IsoTp Frame    22 F1 90    connection=ecu
    Send IsoTp Frame    62 F1 90 01 02 03 04 05 06 07    connection=ecu
    Receive IsoTp Frame    62 F1 90 *    connection=diag
    ${seen}    Isotpsniffer Saw    ${sniffer}    2
    Should Be Equal    ${seen}    ${{ ['7E0: 22 F1 90', '7E8: 62 F1 90 01 02 03 04 05 06 07'] }}

Start, Available, Receive, Stop
    [Documentation]    Operations of the documented IsoTpClient, on the kernel's socket.
    Open IsoTp Connection    diag    &{DIAG}    backend=kernel    start=False
    Start IsoTp
    ${available}    Is IsoTp Frame Available
    Should Not Be True    ${available}
    Isotpsend    7E8    7E0    ${{ bytes([0x3E]) }}
    Wait Until Keyword Succeeds    20 s    50 ms    A Frame Is Available
    Receive IsoTp Frame    3E    timeout=0 s
    Stop IsoTp
    Run Keyword And Expect Error    EQUALS:Connection 'diag' is not started; use Start IsoTp first.
    ...    Send IsoTp Frame    3E

Send, Transmitting, Stop Sending
    [Documentation]    The other operations of the documented IsoTpClient.
    Open IsoTp Connection    diag    &{DIAG}    backend=kernel
    Send IsoTp Frame    ${{ bytes(8) }}
    ${transmitting}    Is IsoTp Transmitting
    Should Be True    ${transmitting}
    Stop IsoTp Sending
    ${transmitting}    Is IsoTp Transmitting
    Should Not Be True    ${transmitting}

Stop Receiving, Set Address
    [Documentation]    The last two operations of the documented IsoTpClient.
    Open IsoTp Connection    diag    &{DIAG}    backend=kernel
    Cansend    7E8\#100A010203040506
    Stop IsoTp Receiving
    Set IsoTp Address    0x7E1    0x7E9
    Isotpsend    7E9    7E1    ${{ bytes(20) }}
    Receive IsoTp Frame    ${{ ' '.join(['00'] * 20) }}

Sending To Nobody
    [Documentation]    A send that waits fails; one that does not is told by the next keyword.
    Open IsoTp Connection    diag    &{DIAG}    backend=kernel
    Run Keyword And Expect Error    EQUALS:${NOBODY}    Send IsoTp Frame    ${{ bytes(8) }}    timeout=20 s
    Send IsoTp Frame    ${{ bytes(8) }}
    Run Keyword And Expect Error    EQUALS:${NOBODY}    Receive IsoTp Frame
    Close IsoTp Connection
    Open IsoTp Connection    diag    &{DIAG}    backend=kernel    blocking_send=True
    Run Keyword And Expect Error    EQUALS:${NOBODY}    Send IsoTp Frame    ${{ bytes(8) }}

A Reply That Began Before The Request
    [Documentation]    Its last messages come after the request: it is no reply all the same.
    Open IsoTp Connection    diag    &{DIAG}    backend=kernel
    Start Late Partner    7E0    7E8    1008620102030405    210607    027E00
    ${reply}    Exchange IsoTp Frame    3E 00    timeout=20 s
    Should Be Equal    ${reply}    ${{ bytes([0x7E, 0]) }}
    Receive IsoTp Frame    62 01 02 03 04 05 06 07

Interface Goes Down And Up During A Wait
    [Documentation]    The wait ends at once; opened again, the connection works.
    Open IsoTp Connection    shaky    txid=0x7E0    rxid=0x7E8    channel=vcan1    backend=kernel
    Switch Interface    vcan1    down    after=1
    Run Keyword And Expect Error    *Network is down*    Receive IsoTp Frame    timeout=30 s
    Switch Interface    vcan1    up
    Run Keyword And Ignore Error    Close IsoTp Connection    shaky
    Open IsoTp Connection    shaky    txid=0x7E0    rxid=0x7E8    channel=vcan1    backend=kernel
    Isotpsend    7E8    7E0    ${{ bytes(20) }}    channel=vcan1
    ${received}    Receive IsoTp Frame
    Should Be Equal    ${received}    ${{ bytes(20) }}
    [Teardown]    Switch Interface    vcan1    up

No Such Interface
    [Documentation]    One sentence says how to get it.
    VAR    ${sentence}
    ...    Connection 'diag' needs the network interface 'nothere', which is not there; make a virtual one with
    ...    'sudo ip link add dev nothere type vcan' and 'sudo ip link set nothere up', or use backend=python.
    Run Keyword And Expect Error    EQUALS:${sentence}
    ...    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    channel=nothere    backend=kernel

What The Kernel Cannot Honour
    [Documentation]    Refused by name when the connection opens.
    VAR    ${sentence}
    ...    Connection 'diag': the kernel cannot honour rx_flowcontrol_timeout=500; leave it out, or use backend=python.
    Run Keyword And Expect Error    EQUALS:${sentence}
    ...    Open IsoTp Connection    diag    &{DIAG}    backend=kernel    rx_flowcontrol_timeout=500


*** Keywords ***
Isotpsend Should Be Received By
    [Documentation]    Payloads of all sizes.
    [Arguments]    ${backend}
    Open IsoTp Connection    ${backend}    &{DIAG}    backend=${backend}
    FOR    ${size}    IN    @{SIZES}
        ${payload}    Evaluate    bytes(number % 251 for number in range(${size}))
        Isotpsend    7E8    7E0    ${payload}
        ${received}    Receive IsoTp Frame
        Should Be Equal    ${received}    ${payload}
    END
    [Teardown]    Close IsoTp Connection    ${backend}

Isotprecv Should Receive From
    [Documentation]    Payloads of all sizes.
    [Arguments]    ${backend}
    Open IsoTp Connection    ${backend}    &{DIAG}    backend=${backend}
    FOR    ${size}    IN    @{SIZES}
        ${payload}    Evaluate    bytes(number % 251 for number in range(${size}))
        ${isotprecv}    Start Isotprecv    7E8    7E0
        Send IsoTp Frame    ${payload}    timeout=20 s
        ${seen}    Isotprecv Received    ${isotprecv}
        Should Be Equal    ${seen}    ${payload}
    END
    [Teardown]    Close IsoTp Connection    ${backend}

Extended Addressing Should Work With
    [Documentation]    The partner's address is 0x55, ours 0xAA; each message has 8 bytes.
    [Arguments]    ${backend}
    Open IsoTp Connection    ${backend}    &{DIAG}    backend=${backend}    tx_padding=0xCC
    ...    addressing_mode=Extended_11bits    target_address=0x55    source_address=0xAA
    Isotpsend    7E8    7E0    ${{ bytes(30) }}    -x    AA:55    -p    CC:CC    -P    a
    ${received}    Receive IsoTp Frame
    Should Be Equal    ${received}    ${{ bytes(30) }}
    ${isotprecv}    Start Isotprecv    7E8    7E0    -x    AA:55    -p    CC:CC    -P    a
    Send IsoTp Frame    ${{ bytes(31) }}    timeout=20 s
    ${seen}    Isotprecv Received    ${isotprecv}
    Should Be Equal    ${seen}    ${{ bytes(31) }}
    [Teardown]    Close IsoTp Connection    ${backend}

CAN FD Should Work With
    [Documentation]    Both ways, with the bit rate switch.
    [Arguments]    ${backend}
    Open IsoTp Connection    ${backend}    &{DIAG}    backend=${backend}    can_fd=True    tx_data_length=64
    ...    bitrate_switch=True
    FOR    ${size}    IN    @{SIZES}
        ${payload}    Evaluate    bytes(number % 251 for number in range(${size}))
        Isotpsend    7E8    7E0    ${payload}    -L    72:64:1
        ${received}    Receive IsoTp Frame
        Should Be Equal    ${received}    ${payload}
        ${isotprecv}    Start Isotprecv    7E8    7E0    -L    72:64:1
        Send IsoTp Frame    ${payload}    timeout=20 s
        ${seen}    Isotprecv Received    ${isotprecv}
        Should Be Equal    ${seen}    ${payload}
    END
    [Teardown]    Close IsoTp Connection    ${backend}

A Frame Is Available
    [Documentation]    Fails if not.
    ${available}    Is IsoTp Frame Available
    Should Be True    ${available}

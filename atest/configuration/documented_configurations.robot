*** Settings ***
Documentation       The three documented example configurations load unchanged.

Library             CanLibrary    config=${CURDIR}/../../resources/documented-can.yaml    AS    Documented Can
Library             CanLibrary    config=${CURDIR}/../../resources/documented-isotp-python.yaml
...                     AS    Documented Python
Library             CanLibrary    config=${CURDIR}/../../resources/documented-isotp-socket.yaml
...                     AS    Documented Socket
Library             ../resources/Partner.py
Library             ../resources/IsoTpPartner.py

Test Tags           configuration


*** Test Cases ***
Documented Can
    [Documentation]    A virtual bus on channel 1.
    Open Partner    channel=1
    Documented Can.Send Can Message    0x123    01 02
    Partner Should Hear    123#0102
    ${buses}    Documented Can.Get Can Buses
    Should Be Equal    ${{ ($buses[0]['alias'], $buses[0]['interface'], $buses[0]['channel']) }}
    ...    ${{ ('can', 'virtual', 1) }}
    [Teardown]    Documented Can.Close All Can Buses

Documented IsoTpPython
    [Documentation]    CAN FD, txid 2 and rxid 1, payloads of up to 2048 bytes.
    Open Partner
    Open IsoTp Partner    txid=${1}    rxid=${2}    can_fd=${True}
    IsoTp Partner Answers    3E00    ${{ b'\x7E' + bytes(2047) }}
    ${reply}    Documented Python.Exchange IsoTp Frame    3E 00    timeout=20 s
    Length Should Be    ${reply}    2048
    Partner Hears    1    002##0023E00
    ${connections}    Documented Python.Get IsoTp Connections
    Should Be Equal    ${connections}[0][address]    Normal_11bits, txid 0x002, rxid 0x001
    [Teardown]    Documented Python.Close All IsoTp Connections

Documented IsoTpSocket
    [Documentation]    It loads; where the kernel cannot do it, its first use fails with one sentence. Where it can, see
    ...    atest/kernel.
    ${status}    ${failure}    Run Keyword And Ignore Error    Documented Socket.Start IsoTp
    IF    '${status}' == 'FAIL'
        Should Match    ${failure}    Connection 'can' needs *, or use backend=python.
        Run Keyword And Expect Error    EQUALS:${failure}    Documented Socket.Receive IsoTp Frame
    END
    [Teardown]    Documented Socket.Close All IsoTp Connections

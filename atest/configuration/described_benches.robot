*** Settings ***
Documentation       Buses and connections that a YAML file describes; each opens at its first use.

Library             CanLibrary    config=benches/bench.yaml    timeout=5 s    AS    Bench
Library             ../resources/Partner.py
Library             ../resources/IsoTpPartner.py

Test Setup          Open Partner
Test Teardown       Bench.Close All Can Buses

Test Tags           configuration


*** Test Cases ***
Bus Opens At Its First Use By Name
    [Documentation]    The path of the file is relative to the suite. Nothing else opens.
    Bench.Send Can Message    0x100    01    bus=body
    Partner Should Hear    100#01
    ${buses}    Bench.Get Can Buses
    Should Be Equal    ${{ [(bus['alias'], bus['channel']) for bus in $buses] }}    ${{ [('body', 0)] }}

Bus Opens By The Opening Keyword
    [Documentation]    With what the file says about it.
    Bench.Open Can Bus    fast
    ${protocol}    Bench.Get Can Protocol
    Should Be Equal    ${protocol.name}    CAN_FD

Filters Of The File
    [Documentation]    As candump writes them.
    Open Partner    channel=2
    Bench.Open Can Bus    fast
    Partner Sends    200#01    101#02    channel=2
    ${message}    Bench.Receive Can Message
    Should Be Equal As Strings    ${message}    0x101 \ [1] \ 02

Opening Keyword Goes Before The File
    [Documentation]    What is given is taken, the rest is as described.
    Open Partner    channel=9
    Bench.Open Can Bus    fast    channel=9
    Partner Sends    200#01    101#02    channel=9
    ${message}    Bench.Receive Can Message
    Should Be Equal As Strings    ${message}    0x101 \ [1] \ 02

Connection Opens With The Bus That It Shares
    [Documentation]    Its parameters are those of the file.
    IsoTp Partner Answers With Twenty Bytes
    Bench.Exchange IsoTp Frame    22 F1 90    connection=diag
    Partner Hears    1    7E0#0322F190CCCCCCCC
    Partner Hears    1    7E0#300305CCCCCCCCCC
    ${connections}    Bench.Get IsoTp Connections
    Should Be Equal    ${{ [(one['alias'], one['bus']) for one in $connections] }}    ${{ [('diag', 'body')] }}

Connection With A Node Of Its Own
    [Documentation]    Opened for CAN FD because its parameters ask for it; no bus is open by an alias.
    Bench.Send IsoTp Frame    ${{ bytes(9) }}    connection=own
    Partner Should Hear    18DA10F1##00009000000000000000000CC
    ${buses}    Bench.Get Can Buses
    Should Be Empty    ${buses}
    Bench.Close IsoTp Connection    own

Connection With An Asymmetric Address
    [Documentation]    11 bits out, 29 bits in.
    Bench.Send IsoTp Frame    3E 00    connection=gateway
    Partner Should Hear    6F1#023E00
    Partner Sends    18DAF140#F1027E00
    ${payload}    Bench.Receive IsoTp Frame    connection=gateway
    Should Be Equal    ${payload}    ${{ b'\x7E\x00' }}

Opening A Connection With One Parameter Changed
    [Documentation]    The others are as described.
    Bench.Open IsoTp Connection    diag    tx_padding=0x55
    IsoTp Partner Answers With Twenty Bytes
    Bench.Exchange IsoTp Frame    22 F1 90
    Partner Hears    1    7E0#0322F19055555555
    Partner Hears    1    7E0#3003055555555555

Which One Is Meant Must Be Said
    [Documentation]    Where several are described and none is open.
    Run Keyword And Expect Error
    ...    EQUALS:Which bus? The configuration describes 'body' and 'fast'; name it with bus=.
    ...    Bench.Send Can Message    0x100
    Run Keyword And Expect Error
    ...    EQUALS:Which connection? The configuration describes 'diag', 'own' and 'gateway'; name it with connection=.
    ...    Bench.Send IsoTp Frame    01

Alias That Is Not Described
    [Documentation]    The failure names those that are, and the nearest.
    Run Keyword And Expect Error
    ...    EQUALS:Bus 'bodi' is not open (no bus is; described: 'body' and 'fast'); did you mean 'body'?
    ...    Bench.Send Can Message    0x100    bus=bodi


*** Keywords ***
IsoTp Partner Answers With Twenty Bytes
    [Documentation]    So that our flow control is seen on the bus.
    Open IsoTp Partner
    IsoTp Partner Answers    22F190    ${{ bytes(20) }}

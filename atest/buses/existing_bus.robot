*** Settings ***
Documentation       Working on a bus object that somebody else opened.

Resource            ../resources/network.resource

Test Tags           buses


*** Test Cases ***
Existing Bus Sends And Receives
    [Documentation]    It becomes the current bus.
    ${object}    Create Bus
    ${alias}    Use Existing Can Bus    ${object}    lab
    Should Be Equal    ${alias}    lab
    Open Partner
    Send Can Message    0x100    01
    Partner Should Hear    100#01
    Partner Sends    200#02
    Receive Can Message    0x200    02

Existing Bus Stays Open
    [Documentation]    Whoever opened it closes it.
    ${object}    Create Bus
    Use Existing Can Bus    ${object}    lab
    Close Can Bus    lab
    Open Partner
    Call Method    ${object}    send    ${{ __import__('can').Message(arbitration_id=1, is_extended_id=False) }}
    Partner Should Hear    001#

Existing Bus Is Shut Down If Asked
    [Documentation]    The object is closed afterwards.
    ${object}    Create Bus
    Use Existing Can Bus    ${object}    lab    shut_down=True
    Close Can Bus    lab
    Run Keyword And Expect Error    *Cannot operate on a closed bus
    ...    Call Method    ${object}    recv    ${0.1}

Existing Bus Carries An IsoTp Connection
    [Documentation]    The foreign partner answers.
    ${object}    Create Bus
    Use Existing Can Bus    ${object}    lab
    Open IsoTp Partner
    IsoTp Partner Answers    22F190    62 F1 90 57 42 41 30 30 30
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    ${reply}    Exchange IsoTp Frame    22 F1 90
    Should Be Equal    ${reply}    ${{ bytes.fromhex('62F190574241303030') }}

Object That Is No Bus Is Refused
    [Documentation]    Its class must derive from can.BusABC.
    Should Fail    'lab' is no python-can bus; give an object whose class derives from can.BusABC.
    ...    Use Existing Can Bus    lab

Object That A Notifier Reads Is Refused
    [Documentation]    Two readers would take each other's messages. python-can tells since 4.6.
    Skip If    not hasattr(__import__('can').Notifier, 'find_instances')    python-can before 4.6 cannot tell.
    ${object}    Create Bus
    Read Bus With Notifier    ${object}
    Should Fail
    ...    The bus object for 'lab' is read by a Notifier already; two readers take each other's messages.
    ...    Use Existing Can Bus    ${object}    lab

Failing Shutdown Is Told And The Rest Closes
    [Documentation]    The close fails with the driver's sentence; the bus counts as closed.
    Open Can Bus    other    channel=1
    Open Odd Bus    StuckBus    shut_down=${True}
    Should Fail    Bus 'lab' could not be closed: The driver did not let go.    Close All Can Buses
    ${buses}    Get Can Buses
    Should Be Empty    ${buses}

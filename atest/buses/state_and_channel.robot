*** Settings ***
Documentation       What an interface tells about itself, and what it cannot tell.

Resource            ../resources/network.resource

Test Tags           buses


*** Test Cases ***
Channel Info Is The Driver's Own Text
    [Documentation]    As python-can has it.
    Open Can Bus    body    channel=7
    ${info}    Get Channel Info
    Should Be Equal    ${info}    Virtual bus channel 7

Protocol Of A Classic And Of An FD Bus
    [Documentation]    python-can's virtual bus would say CAN_20 of both.
    Open Can Bus    classic    channel=1
    Open Can Bus    fast    channel=1    fd=True
    ${classic}    Get Can Protocol    bus=classic
    ${fast}    Get Can Protocol    bus=fast
    Should Be Equal    ${{ [$classic.name, $fast.name] }}    ${{ ['CAN_20', 'CAN_FD'] }}

State Of An Interface That Reports None Comes With A Warning
    [Documentation]    ACTIVE is a constant there, python-can #736.
    Open Can Bus    body
    ${state}    Get Bus State
    Should Be Equal    ${state}    ${{ __import__('can').BusState.ACTIVE }}

No Verdict About A State That Is Not Reported
    [Documentation]    A constant is no verdict.
    Open Can Bus    body
    Should Fail    The interface 'virtual' cannot report its state, so there is no verdict about it.
    ...    Bus State Should Be    ACTIVE

Interface That Cannot Set Its State Says So
    [Documentation]    One sentence that names the interface.
    Open Can Bus    body
    Should Fail    The interface 'virtual' cannot set its state.    Set Bus State    PASSIVE

Interface That Cannot Flush Says So
    [Documentation]    One sentence that names the interface.
    Open Can Bus    body
    Should Fail    The interface 'virtual' cannot flush its transmit buffer.    Flush Tx Buffer

Interface That Reports A State
    [Documentation]    The state is set, read and judged.
    Open Odd Bus    ReportingBus
    Bus State Should Be    ACTIVE
    Set Bus State    PASSIVE
    Bus State Should Be    PASSIVE
    ${state}    Get Bus State
    Should Be Equal    ${state}    ${{ __import__('can').BusState.PASSIVE }}
    ${buses}    Get Can Buses
    Should Be Equal    ${buses}[0][state]    ${{ __import__('can').BusState.PASSIVE }}

Wrong State Fails With Both States
    [Documentation]    Expected and actual.
    Open Odd Bus    ReportingBus
    Should Fail    Bus 'lab' should be PASSIVE but is ACTIVE.    Bus State Should Be    PASSIVE

State That The Driver Refuses
    [Documentation]    The driver's sentence comes after ours.
    Open Odd Bus    ReportingBus
    Should Fail    The state of bus 'lab' cannot be set to ERROR: a controller is not sent into this state.
    ...    Set Bus State    ERROR

Transmit Buffer Is Flushed Where There Is One
    [Documentation]    By the driver.
    ${object}    Open Odd Bus    ReportingBus
    Flush Tx Buffer
    Should Be Equal    ${object.flushed}    ${1}

List Of Interfaces
    [Documentation]    Names, whether installed, what they can do.
    ${interfaces}    List Can Interfaces
    ${by_name}    Evaluate    {interface.name: interface for interface in $interfaces}
    Should Be Equal As Strings    ${by_name}[virtual]    virtual: installed; CAN FD, finds its channels
    Should Contain    ${by_name}    socketcan
    Should Contain    ${by_name}    pcan
    Should Be Equal    ${by_name['pcan'].installed}    ${False}
    Should Contain    ${by_name['pcan'].reason}    PEAK

*** Settings ***
Documentation       A car without a car: five simulated ECUs, a gateway, and tests of all of it.
...
...                 ``small_car.yaml`` says what the ECUs answer and send. Read it beside this file, and the tests from
...                 top to bottom. Everything runs in this process on two virtual buses.
...
...                 On a bench with a real engine, ``powertrain`` becomes a real bus, and the engine is not started.
...                 The tests stay as they are.

Library             CanLibrary    config=small_car.yaml    timeout=5 s

Suite Setup         Start The Car


*** Variables ***
# As small_car.yaml has it: what the receiver of a protected message has to know.
&{TORQUE_E2E}       profile=${1}    data_id=${0x0A0}
&{WHEELS_E2E}       profile=${2}    data_id_list=0A 1B 2C 3D 4E 5F 60 71 82 93 A4 B5 C6 D7 E8 F9


*** Test Cases ***
The Car Is Alive
    [Documentation]    Each ECU sends its cyclic messages; here comes at least one of each.
    Wait For Can Messages    0x0A0    0x0B0    0x1A0    within=5 s    bus=powertrain
    Wait For Can Messages    0x3B0    0x3C1    0x18FF50E5    within=5 s    bus=body
    ${ecus}=    Get Simulated Ecus
    Length Should Be    ${ecus}    5

Protected Messages Are Right
    [Documentation]    Counters go on from message to message, checksums fit: as a receiver of the ECU would check it.
    ${first}=    Wait For Can Message    0x1A0    bus=powertrain
    Wait For Can Messages    @{{ ['0x1A0'] * 20 }}    since=${first}    within=5 s    bus=powertrain
    Message Counter Should Be Alive    0x0A0    e2e=${TORQUE_E2E}    since=${first}    bus=powertrain
    Message Checksum Should Be Valid    0x0A0    e2e=${TORQUE_E2E}    since=${first}    bus=powertrain
    Message Counter Should Be Alive    0x1A0    e2e=${WHEELS_E2E}    since=${first}    bus=powertrain
    Message Checksum Should Be Valid    0x1A0    e2e=${WHEELS_E2E}    since=${first}    bus=powertrain

A Message Is Answered
    [Documentation]    The doors lock when they are told to, and blink when they unlock.
    Exchange Can Message    0x3A0    01    reply_id=0x3A1    reply_data=01    bus=body
    ${unlock}=    Send Can Message    0x3A0    02    bus=body
    Wait For Can Messages    0x3A1 02    0x3A2 05    expect=IN_ORDER    since=${unlock}    bus=body
    Simulated Ecu Should Have Received    doors    message=0x3A0 01    count=1

A Request Is Answered
    [Documentation]    By ISO-TP: the vehicle identification number is longer than one message.
    ${vin}=    Exchange IsoTp Frame    22 F1 90    reply=62 F1 90 *    connection=engine_diag
    Should Be Equal    ${vin[3:].decode()}    WBA12345678901234
    Exchange IsoTp Frame    22 F1 AA    reply=7F 22 31    connection=engine_diag

A Routine Takes Its Time
    [Documentation]    The engine says twice that its response is pending, and then responds.
    Send IsoTp Frame    31 01 02 03    connection=engine_diag
    Receive IsoTp Frame    7F 31 78    connection=engine_diag
    Receive IsoTp Frame    7F 31 78    connection=engine_diag
    Receive IsoTp Frame    71 01 02 03    connection=engine_diag

All Ecus Are Asked At Once
    [Documentation]    A functional request goes to everybody. Each answers with its own identifier.
    ${request}=    Send Can Message    0x7DF    02 3E 00    bus=powertrain
    Wait For Can Messages    0x7E8 02 7E 00 *    0x7E9 02 7E 00 *    since=${request}    bus=powertrain

A Test Can Make An Ecu Behave Otherwise
    [Documentation]    A later rule goes before an earlier one: once the gearbox is busy, then it answers as always.
    Simulated Ecu Answers Request    gearbox    22 F1 90    7F 22 21    count=1
    Exchange IsoTp Frame    22 F1 90    reply=7F 22 21    connection=gearbox_diag
    Exchange IsoTp Frame    22 F1 90    reply=62 F1 90 *    connection=gearbox_diag
    Simulated Ecu Should Have Received    gearbox    22 F1 90    count=2

A Cyclic Message Can Be Changed
    [Documentation]    It is a periodic message; its handle is the ECU with the identifier, or the name in the file.
    Change Periodic Message    front left    01
    Wait For Can Message    0x3B0    01    bus=body
    Change Periodic Message    cluster.0x3C2    20
    Wait For Can Message    0x3C2    20    bus=body

The Gateway Hands The Speed On
    [Documentation]    What the brakes send on the powertrain bus comes with another identifier on the body bus.
    Start Can Gateway    powertrain    body    ids=0x1A1=0x3D0    name=central
    Wait For Can Message    0x3D0    00 32    bus=body
    Change Periodic Message    brakes.0x1A1    00 64
    Wait For Can Message    0x1A1    00 64    bus=powertrain
    Message Should Be Routed    0x1A1    from_bus=powertrain    to_bus=body    routed_id=0x3D0    within=1 s
    ${routed}=    Stop Can Gateway    central
    Should Be True    ${routed} > 1

An Ecu Tells What It Did
    [Documentation]    Its log has each request and what it answered; what nobody answered says so.
    Send IsoTp Frame    85 02    connection=engine_diag
    Simulated Ecu Should Have Received    engine    85 02    within=1 s
    ${log}=    Get Simulated Ecu Log    engine
    Should Be Equal    ${log[-1].note}    unanswered

An Ecu Fails
    [Documentation]    Without the engine its messages stay away, and a failure says what came instead.
    Stop Simulated Ecu    engine
    Can Message Should Not Arrive    0x0A0    within=200 ms    bus=powertrain
    TRY
        Wait For Can Message    0x0A0    within=200 ms    bus=powertrain
    EXCEPT    No message 0x0A0 arrived *    type=GLOB    AS    ${failure}
        Log    ${failure}
    END


*** Keywords ***
Start The Car
    [Documentation]    What a suite setup starts runs until the suite ends.
    Start Simulated Ecus

*** Settings ***
Documentation       Simulated ECUs answer messages of the tester, of a foreign partner and of each other.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           simulation


*** Test Cases ***
The Tester Asks
    [Documentation]    What the ECU sends is received by the tester and by everybody on the bus.
    Start Simulated Ecu    doors
    Simulated Ecu Answers Message    doors    0x123 01 *    124#0200    delay=5 ms
    Exchange Can Message    0x123    01 FF    reply_id=0x124    reply_data=02 00
    Partner Should Hear    123#01FF    124#0200

A Partner Asks
    [Documentation]    Extended, CAN FD and remote messages too.
    Start Simulated Ecu    doors
    Simulated Ecu Answers Message    doors    0x18DA10F1 01    18DAF110##1AABB
    Simulated Ecu Answers Message    doors    0x200    200#FF
    Partner Sends    18DA10F1#01    200#R
    Partner Should Hear    18DAF110##1AABB    200#FF
    Receive Can Message    0x18DAF110    AA BB
    Receive Can Message    0x200    FF

So Often And No More
    [Documentation]    Then the ECU is silent.
    Start Simulated Ecu    doors
    Simulated Ecu Answers Message    doors    0x123    124#01    count=2
    Partner Sends    123#    123#    123#
    Receive Can Messages    2    id=0x124
    Can Message Should Not Arrive    0x124    within=200 ms

Ecus Answer Each Other
    [Documentation]    Several on one bus.
    Start Simulated Ecu    doors
    Start Simulated Ecu    lamps
    Simulated Ecu Answers Message    doors    0x123 01    124#01
    Simulated Ecu Answers Message    lamps    0x124    125#01    125#00
    Partner Sends    123#01
    Partner Should Hear    124#01    125#01    125#00
    Simulated Ecu Should Have Received    doors    message=0x125    count=2
    Simulated Ecu Should Have Received    lamps    message=0x123 01    count=1

Periodic Messages Of An Ecu
    [Documentation]    They end with it.
    Start Simulated Ecu    doors
    Start Periodic Message    0x100    01    period=10 ms    name=status    ecu=doors
    Wait For Can Message    0x100    01
    Stop Simulated Ecu    doors
    Can Message Should Not Arrive    0x100    within=100 ms

What It Cannot Send Is Told
    [Documentation]    By the next keyword on its bus.
    Open Can Bus    slow    interface=virtual    channel=1    fd=False
    Start Simulated Ecu    doors    bus=slow
    Simulated Ecu Answers Message    doors    0x123    124##0AABB
    Send Can Message    0x123    bus=slow
    VAR    ${failure}
    ...    Simulated ECU 'doors': Bus 'slow' was opened with fd=False and carries no CAN FD messages.
    Wait Until Keyword Succeeds    5 s    10 ms    Should Fail    ${failure}    Send Can Message    0x1    bus=slow

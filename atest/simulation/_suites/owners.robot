*** Settings ***
Documentation       What was started in a test ends with it, what a suite setup started with the suite.

Library             CanLibrary    timeout=5 s

Suite Setup         Start Car
Test Tags           inner


*** Test Cases ***
Started In A Test
    [Documentation]    Beside that of the suite setup.
    Start Simulated Ecu    of_test
    Start Can Gateway    body    chassis    name=of_test
    Running Should Be    of_suite    of_test

After The Test
    [Documentation]    Both have ended; the name is free.
    Running Should Be    of_suite
    Start Can Gateway    body    chassis    name=of_test
    Exchange Can Message    0x100    01    reply_id=0x101    bus=body

What The Tester Broke
    [Documentation]    It is a warning, and changes no verdict.
    Start Simulated Ecu    engine    bus=body    txid=0x7E8    rxid=0x7E0
    Send Can Message    0x7E0    21 01 02 03 04 05 06 07    bus=body
    Simulated Ecu Should Have Received    engine    message=0x7E0

What Went Wrong Unseen
    [Documentation]    The end of the test tells it.
    Open Can Bus    slow    channel=slow    fd=False
    Start Simulated Ecu    doors    bus=slow
    Simulated Ecu Answers Message    doors    0x123    124##0AABB
    Send Can Message    0x123    bus=slow


*** Keywords ***
Start Car
    [Documentation]    One ECU on two buses.
    Open Can Bus    body    channel=body
    Open Can Bus    chassis    channel=chassis
    Start Simulated Ecu    of_suite    bus=body
    Simulated Ecu Answers Message    of_suite    0x100    101#01

Running Should Be
    [Documentation]    Compares the names of the ECUs that run.
    [Arguments]    @{names}
    ${ecus}    Get Simulated Ecus
    Should Be Equal    ${{ [ecu['name'] for ecu in $ecus] }}    ${names}

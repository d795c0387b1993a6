*** Settings ***
Documentation       Messages of every kind, in both directions, before and after a failure.

Library             CanLibrary    trace_dir=${TRACES}
Library             ../../resources/Partner.py

Test Tags           inner


*** Variables ***
${TRACES}       ${NONE}


*** Test Cases ***
All Kinds
    [Documentation]    The bus is closed by the test, and opened for the partner's part.
    Open Can Bus    body    channel=1
    Open Partner    channel=1
    Send Can Message    0x7E0    02 10 03
    Partner Sends    7E8#065003    18DAF110#11    123#R4    123##0AABB    123##1CCDD    channel=1
    Partner Sends Error Frame
    Receive Can Message    0x123    CC DD
    Fail    Wanted.
    [Teardown]    Send Can Message    0x7E1    3E 00

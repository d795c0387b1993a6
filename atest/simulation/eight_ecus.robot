*** Settings ***
Documentation       Eight simulated ECUs, nine testers, one bus: one functional request, eight answers of ten messages.

Library             CanLibrary    timeout=10 s
Library             EightEcus.py

Test Setup          Open Can Bus    car
Test Tags           simulation


*** Test Cases ***
A Thousand Times None Is Missing Or Mixed Up
    [Documentation]    Each answer is another one in each round, so that an old one or another ECU's would show.
    Start Eight Ecus And Nine Testers
    Ask All Of Them    1000

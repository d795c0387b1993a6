*** Settings ***
Documentation       A suite setup that opens a bus for all child suites.

Library             CanLibrary    auto_close=${AUTO_CLOSE}

Suite Setup         Open Can Bus    of_parent    channel=1


*** Variables ***
${AUTO_CLOSE}       TEST

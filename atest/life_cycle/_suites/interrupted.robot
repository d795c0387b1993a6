*** Settings ***
Documentation       A run that somebody interrupts with Ctrl-C.

Library             CanLibrary    auto_close=MANUAL

Test Tags           inner


*** Test Cases ***
Interrupted Wait
    [Documentation]    The signal comes while the keyword waits.
    Open Can Bus    body
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Start Periodic Message    0x100    period=10 ms
    Log To Console    waiting now
    Receive Can Message    0x123    timeout=1 min

Not Run Any More
    [Documentation]    The run is over.
    Send Can Message    0x123

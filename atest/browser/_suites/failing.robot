*** Settings ***
Documentation       Tests that fail, so that log.html shows what passed before.

Library             CanLibrary    trace_dir=traces
Library             ../../resources/Partner.py
Library             ../../resources/IsoTpPartner.py


*** Test Cases ***
Engine Speed Follows The Pedal
    [Documentation]    The engine's message 0x1A0 stops after a while, and the test waits for it in vain.
    Open Can Bus    engine    interface=virtual    channel=0
    Open Partner
    Open IsoTp Partner
    IsoTp Partner Answers    1902FF    59 02 FF 01 16 00 2F 03 35 00 2F 05 00 00 28 22 60 00 09 11
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Engine Sends    0C0#0C80000000000000    10 ms    120
    Engine Sends    1A0#03200000    20 ms    25
    Engine Sends    2F0#00FF    100 ms    12
    Set The Pedal    40
    Engine Speed Should Become    0x1A0    06 40 *

Ten Thousand Messages
    [Documentation]    What log.html shows at most by default, in one excerpt, with ISO-TP in it.
    Open Can Bus    busy    interface=virtual    channel=1
    Open Partner    channel=1
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Ten Thousand Messages Pass
    ${shown}    Log Can Trace
    Should Be Equal As Integers    ${shown}    10000
    Fail    The trace of this test should be looked at.

Quiet Bus
    [Documentation]    Nothing passes, and that is said.
    Open Can Bus    quiet    interface=virtual    channel=2
    Wait For Can Message    0x100    within=50 ms


*** Keywords ***
Engine Sends
    [Documentation]    Sends a message again and again, in the background.
    [Arguments]    ${message}    ${period}    ${times}
    VAR    @{messages}    ${message}
    Partner Sends    @{{ $messages * int($times) }}    after=1 ms    gap=${period}

Read The Trouble Codes
    [Documentation]    The answer is one IsoTp frame of 20 bytes.
    ${reply}    Exchange IsoTp Frame    19 02 FF
    Length Should Be    ${reply}    20

Set The Pedal
    [Documentation]    Tells the engine where the pedal stands, in percent.
    [Arguments]    ${percent}
    ${data}    Evaluate    bytes([int($percent), 0xFF - int($percent)])
    Send Can Message    0x210    ${data}

Engine Speed Should Become
    [Documentation]    Fails if the engine does not report this speed.
    [Arguments]    ${id}    ${data}
    Wait For Can Message    ${id}    ${data}    within=900 ms
    [Teardown]    Read The Trouble Codes

Ten Thousand Messages Pass
    [Documentation]    48 identifiers, and data that does not repeat: log.html keeps texts compressed.
    ${messages}    Evaluate    [f'{0x100 + at % 48:03X}#{random.getrandbits(64):016X}' for at in range(10500)]
    ...    modules=random
    VAR    @{single}    7E8#065003003201F4
    Partner Sends    @{single}    @{messages}    @{single}    channel=1
    ${all}    Get Can Messages    since=opened
    Length Should Be    ${all}    10502

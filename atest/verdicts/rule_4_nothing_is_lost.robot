*** Settings ***
Documentation       Verdict rule 4: nothing is lost in silence. The next keyword on that bus or connection fails
...                 with it, and closing reports what nobody saw.
...
...                 Warnings at the end of tests are judged in the life cycle's suites, an overflowing trace in
...                 those of the import arguments.

Resource            ../resources/network.resource

Test Tags           verdicts    users-ask-10


*** Test Cases ***
Receiver That Died Is Told By Every Keyword
    [Documentation]    python-can's Notifier would go on in silence.
    ${object}    Open Odd Bus    BreakingBus
    Break Bus    ${object}
    Wait Until The Receiver Has Died
    FOR    ${keyword}    IN    Receive Can Message    Receive Can Messages    Wait For Can Message
    ...    Can Message Should Not Arrive    Clear Received Messages    Set Can Mark    Get Bus State
        VAR    @{arguments}    @{{ ['1'] if $keyword == 'Receive Can Messages' else [] }}
        Should Fail    Bus 'lab' receives no more: The cable was pulled.    ${keyword}    @{arguments}
    END

Receiver That Died Is Told By The Close
    [Documentation]    If no keyword told it.
    ${object}    Open Odd Bus    BreakingBus
    Break Bus    ${object}
    Wait Until The Receiver Has Died
    Should Fail    Bus 'lab' receives no more: The cable was pulled.    Close Can Bus    lab
    Close Can Bus    lab

Receiver That Died Is Told By Close All
    [Documentation]    And the other buses are closed.
    Open Can Bus    other    channel=1
    ${object}    Open Odd Bus    BreakingBus
    Break Bus    ${object}
    Wait Until The Receiver Has Died
    Should Fail    Bus 'lab' receives no more: The cable was pulled.    Close All Can Buses
    ${buses}    Get Can Buses
    Should Be Empty    ${buses}

Other Buses Go On
    [Documentation]    A dead bus says nothing about its neighbours.
    ${object}    Open Odd Bus    BreakingBus
    Break Bus    ${object}
    Wait Until The Receiver Has Died
    Open Tester And Partner
    Send Can Message    0x123
    Partner Should Hear    123#

Two Things That Went Wrong Are Both Told
    [Documentation]    In one failure.
    Open Tester And Partner
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Partner Sends    7E8#1014000102030405    7E8#22FF    7E8#1014000102030405    7E8#23FF
    Receive Can Message    0x7E8    23 *
    VAR    ${failure}    On connection 'diag': A consecutive frame from 0x7E8 has the wrong sequence number (expected
    ...    1, received 2): an IsoTp frame was lost. On connection 'diag': A consecutive frame from
    ...    0x7E8 has the wrong sequence number (expected 1, received 3): an IsoTp frame was lost.
    Should Fail    ${failure}    Is IsoTp Frame Available
    ${available}    Is IsoTp Frame Available
    Should Be Equal    ${available}    ${False}


*** Keywords ***
Wait Until The Receiver Has Died
    [Documentation]    Its thread ends.
    ${threads}    Threads Of    CanLibrary bus 'lab'
    Should Be Empty    ${threads}

*** Settings ***
Documentation       What is imported and opened before and after the first use.

Library             CanLibrary    config=${CURDIR}/../../configuration/benches/bench.yaml    AS    Described
Library             CanLibrary

Test Tags           inner


*** Test Cases ***
Nothing Is Open Before The First Use
    [Documentation]    No driver is imported and no thread runs.
    ${modules}    Evaluate    {'can', 'isotp'} & set(sys.modules)    modules=sys
    Should Be Empty    ${modules}
    No Thread Should Run
    ${buses}    CanLibrary.Get Can Buses
    ${connections}    Described.Get IsoTp Connections
    Should Be Empty    ${buses + ${connections}}

Asking What Is Open Opens Nothing
    [Documentation]    Neither does closing.
    CanLibrary.Close Can Bus
    CanLibrary.Close All Can Buses
    Described.Close Can Bus    body
    Described.Close IsoTp Connection    diag
    Described.Close All IsoTp Connections
    Described.Stop All Periodic Messages
    No Thread Should Run

First Use Opens
    [Documentation]    One bus, not all that are described.
    CanLibrary.Send Can Message    0x123
    Described.Send Can Message    0x123    bus=body
    ${described}    Described.Get Can Buses
    Should Be Equal    ${{ [bus['alias'] for bus in $described] }}    ${{ ['body'] }}

Described Bus Stays Open From Test To Test
    [Documentation]    It belongs to the suite that imported it; so does a bus that nobody described.
    ${described}    Described.Get Can Buses
    ${plain}    CanLibrary.Get Can Buses
    Should Be Equal    ${{ [(bus['alias'], bus['owner']) for bus in $described] }}    ${{ [('body', $SUITE_NAME)] }}
    Should Be Equal    ${{ [(bus['alias'], bus['owner']) for bus in $plain] }}    ${{ [('can', $SUITE_NAME)] }}


*** Keywords ***
No Thread Should Run
    [Documentation]    Only the main one.
    ${threads}    Evaluate    [thread.name for thread in threading.enumerate()]    modules=threading
    Should Be Equal    ${threads}    ${{ ['MainThread'] }}

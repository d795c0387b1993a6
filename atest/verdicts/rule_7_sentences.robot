*** Settings ***
Documentation       Verdict rule 7: a failure says what was expected, where, for how long, what was seen instead,
...                 and what to do. More sentences stand in all other suites.

Resource            ../resources/network.resource

Test Setup          Open Can Bus    body    channel=0

Test Tags           verdicts


*** Test Cases ***
Sentence Of The Language
    [Documentation]    As it stands in the description of the verdict rules.
    Open Partner
    Partner Sends    @{{ ['100#', '200#'] * 20 }}    100\#    7E8\#037F1012
    VAR    ${failure}    No message 0x7E8 matching '?? 50 *' arrived on bus 'body' within 1 second. 42 others did:
    ...    0x100 ×21, 0x200 ×20, 0x7E8 ×1 (last 03 7F 10 12).
    Should Fail    ${failure}    Receive Can Message    0x7E8    ?? 50 *    timeout=1 s

Many Identifiers Are Cut
    [Documentation]    The ten most frequent ones, and how many more.
    Open Partner
    Partner Sends    @{{ ['%03X#' % number for number in range(0x100, 0x10C)] }}    100\#
    VAR    ${failure}    No message 0x7E8 arrived on bus 'body' within 100 milliseconds. 13 others did: 0x100 ×2,
    ...    0x101 ×1, 0x102 ×1, 0x103 ×1, 0x104 ×1, 0x105 ×1, 0x106 ×1, 0x107 ×1, 0x108 ×1, 0x109 ×1, 2
    ...    more identifiers.
    Should Fail    ${failure}    Receive Can Message    0x7E8    timeout=100 ms

Times In Words
    [Documentation]    Seconds, milliseconds and minutes.
    [Template]    Time Should Read
    1 s    1 second
    1500 ms    1.5 seconds
    50 ms    50 milliseconds
    0    0 seconds
    0.0005    0.5 milliseconds

Identifiers As Candump Writes Them
    [Documentation]    Three digits are standard, eight are extended.
    Should Fail    No message 0x00000123 arrived on bus 'body' within 0 seconds. Nothing else did.
    ...    Receive Can Message    0x00000123    timeout=0
    Should Fail    No message 0x012 matching 'AA ??' arrived on bus 'body' within 0 seconds. Nothing else did.
    ...    Receive Can Message    0x12    aa??    timeout=0

Masks Are Shown
    [Documentation]    Beside the data.
    Should Fail
    ...    No message 0x123 matching '0F mask 0F' arrived on bus 'body' within 0 seconds. Nothing else did.
    ...    Receive Can Message    0x123    0F    mask=0F    timeout=0


*** Keywords ***
Time Should Read
    [Documentation]    In the sentence of a failing receive.
    [Arguments]    ${timeout}    ${words}
    Should Fail    No message 0x123 arrived on bus 'body' within ${words}. Nothing else did.
    ...    Receive Can Message    0x123    timeout=${timeout}

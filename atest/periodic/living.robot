*** Settings ***
Documentation       Data that changes with each message, as a foreign partner hears it.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           periodic


*** Test Cases ***
Counter Goes On
    [Documentation]    In four bits of byte 1, from 0 to 15 and again from 0.
    VAR    &{counter}    byte=1    width=4
    Start Periodic Message    0x1A0    AA F0    period=5 ms    counter=&{counter}
    ${heard}    Partner Hears    18
    Data Should Begin With    ${heard}    AAF0    AAF1    AAF2
    Should Be Equal    ${heard[15].data.hex()}    aaff
    Should Be Equal    ${heard[16].data.hex()}    aaf0

Counter With Range And Step As Text
    [Documentation]    A dictionary can be written in place.
    Start Periodic Message    0x1A0    00    period=5 ms
    ...    counter={'byte': 0, 'start': 13, 'minimum': 1, 'maximum': 14, 'step': 1}
    ${heard}    Partner Hears    4
    Data Should Begin With    ${heard}    0D    0E    01    02

Wide Counter In Both Byte Orders
    [Documentation]    Intel has the lowest byte first, Motorola the highest.
    VAR    &{intel}    byte=0    width=16    start=255
    VAR    &{motorola}    byte=0    width=16    start=255    byte_order=Motorola
    Start Periodic Message    0x1A0    00 00    period=5 ms    counter=&{intel}
    ${first}    Partner Hears    2    1A0#*
    Start Periodic Message    0x1A1    00 00    period=5 ms    counter=&{motorola}
    ${second}    Partner Hears    2    1A1#*
    Data Should Begin With    ${first}    FF00    0001
    Data Should Begin With    ${second}    00FF    0100

Checksum Of Each Kind
    [Documentation]    Over 31 to 39, the ASCII digits, as the catalogues of CRCs give them.
    VAR    @{kinds}    XOR=31    SUM=DD    CRC8_SAE_J1850=4B    CRC8_2F=DF    CRC16_CCITT=29B1
    FOR    ${kind}    IN    @{kinds}
        ${name}    ${expected}    Evaluate    $kind.split('=')
        ${handle}    Start Periodic Message    0x1A0    31 32 33 34 35 36 37 38 39 00 00 00    period=1 h    fd=True
        ...    checksum={'kind': '${name}', 'byte': 9, 'first': 0, 'last': 8, 'byte_order': 'Motorola'}
        ${heard}    Partner Hears    1
        ${seen}    Evaluate    $heard[0].data[9:9 + len($expected) // 2].hex().upper()
        Should Be Equal    ${seen}    ${expected}    ${name}
        Stop Periodic Message    ${handle}
        Partner Forgets
    END

E2E Profiles
    [Documentation]    The protected data that AUTOSAR publishes as examples, messages of zeros.
    Start Periodic Message    0x1A0    00 00 00 00 00 00 00 00    period=5 ms    e2e={'profile': 1, 'data_id': 0x123}
    ${heard}    Partner Hears    3    1A0#*
    Data Should Begin With    ${heard}    CC00000000000000    9101    7602
    VAR    ${ids}    01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10
    Start Periodic Message    0x1A1    00 00 00 00 00 00 00 00    period=5 ms
    ...    e2e={'profile': 2, 'data_id_list': '${ids}'}
    ${heard}    Partner Hears    3    1A1#*
    Data Should Begin With    ${heard}    0E00    1B01    9802
    Start Periodic Message    0x1A2    00 00 00 00 00 00 00 00    period=5 ms    e2e={'profile': 5, 'data_id': 0x1234}
    ${heard}    Partner Hears    1    1A2#*
    Data Should Begin With    ${heard}    1CCA000000000000

Values And Ramp
    [Documentation]    Values follow each other again and again; a ramp begins again at its end.
    VAR    @{values}    01 00    02 00    03 00
    VAR    &{ramp}    byte=1    start=10    end=20    step=5
    Start Periodic Message    0x1A0    period=5 ms    values=${values}    ramp=&{ramp}
    ${heard}    Partner Hears    5
    Data Should Begin With    ${heard}    010A    020F    0314    010A    020F

Change Keeps The Counter Going
    [Documentation]    The data is new, the counter goes on; nothing is missing in it.
    VAR    &{counter}    byte=0
    ${handle}    Start Periodic Message    0x1A0    00 01    period=5 ms    counter=&{counter}
    Partner Hears    3
    Change Periodic Message    ${handle}    00 02 03
    Partner Hears    1    1A0#??0203
    ${count}    Stop Periodic Message    ${handle}
    ${heard}    Partner Hears    ${count}
    ${counted}    Evaluate    [message.data[0] for message in $heard]
    Should Be Equal    ${counted}    ${{ list(range($count)) }}

Failed Send Does Not Count
    [Documentation]    Who receives misses no number, because the next cycle tries the same one again.
    ${object}    Open Odd Bus    BreakingBus
    VAR    &{counter}    byte=0
    Let Bus Refuse    ${object}
    Start Periodic Message    0x1A0    00    period=10 ms    counter=&{counter}    name=counted
    Wait Until Keyword Succeeds    5 s    20 ms    Should Be True    ${{ $object.refused >= 3 }}
    Let Bus Refuse    ${object}    ${False}
    ${heard}    Partner Hears    2
    Data Should Begin With    ${heard}    00    01
    Run Keyword And Expect Error    Periodic message 'counted' could not be sent * times: *
    ...    Stop Periodic Message    counted

Overlaps Are Refused
    [Documentation]    Before anything is sent.
    Should Fail    counter and checksum overlap: both use bit 0 of byte 0.
    ...    Start Periodic Message    0x1A0    00 00    period=5 ms    counter={'byte': 0, 'width': 4}
    ...    checksum={'kind': 'XOR', 'byte': 0}
    Should Fail    checksum and e2e exclude each other: an E2E profile has its own checksum.
    ...    Start Periodic Message    0x1A0    00 00 00    period=5 ms    e2e={'profile': 1, 'data_id': 1}
    ...    checksum={'kind': 'XOR', 'byte': 2}
    Partner Should Hear Nothing    within=50 ms

Places Outside Of The Data Are Refused
    [Documentation]    At the start and at a change, whose old data goes on.
    Should Fail    counter reaches byte 2, but the data has 2 bytes; bytes count from 0, give longer data.
    ...    Start Periodic Message    0x1A0    00 00    period=5 ms    counter={'byte': 2}
    ${handle}    Start Periodic Message    0x1A0    00 00    period=5 ms    counter={'byte': 1}
    Should Fail    counter reaches byte 1, but the data has 1 byte; bytes count from 0, give longer data.
    ...    Change Periodic Message    ${handle}    00
    Partner Forgets
    Partner Hears    2    1A0#00*

Nothing Lives In A Remote Message
    [Documentation]    It carries no data.
    Should Fail    A remote message carries no data: nothing can live in it; leave remote out.
    ...    Start Periodic Message    0x1A0    period=5 ms    remote=True    counter={'byte': 0}

Descriptions That Are Not Possible
    [Documentation]    Each with one sentence that begins with the name of the argument.
    [Template]    Start With Should Fail
    counter: Its place is missing: give byte or bit.    counter={'width': 4}
    counter: start\=16 is not possible: it is 0 to 15.    counter={'byte': 0, 'width': 4, 'start': 16}
    checksum: kind is missing; write it such as {kind: CRC8_SAE_J1850, byte: 0}.    checksum={'byte': 0}
    e2e: profile\=4 is not possible: it is 1, 2 or 5.    e2e={'profile': 4, 'data_id': 1}
    e2e: data_id is missing: profile 1 needs it.    e2e={'profile': 1}
    ramp: start and end are both 7: a ramp goes from one to another.    ramp={'byte': 0, 'start': 7, 'end': 7}
    values are of different lengths; a message keeps its length.    values=['01', '02 03']


*** Keywords ***
Data Should Begin With
    [Documentation]    The data of messages, one after the other, in hexadecimal digits.
    [Arguments]    ${messages}    @{expected}
    FOR    ${message}    ${start}    IN ZIP    ${messages}    ${expected}    mode=SHORTEST
        Should Start With    ${message.data.hex().upper()}    ${start}
    END

Start With Should Fail
    [Documentation]    A periodic message of eight bytes.
    [Arguments]    ${failure}    &{living}
    Should Fail    ${failure}    Start Periodic Message    0x1A0    00 00 00 00 00 00 00 00    period=5 ms    &{living}

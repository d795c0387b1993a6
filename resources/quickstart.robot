*** Settings ***
Documentation       A tester and a simulated ECU talk on one virtual bus: no hardware, no driver, nothing to set up.
...
...                 Read the tests from top to bottom. Each shows one thing that a test bench does every day:
...                 send and receive, wait, exchange, prove that something stays quiet, and transfer
...                 payloads that are longer than one message by ISO-TP.
...
...                 On a bench with a real ECU only the line that opens the tester's bus changes, to
...                 ``interface=socketcan    channel=can0    bitrate=500000`` for example. The steps that
...                 play the ECU (``bus=ecu``, ``connection=ecu``) go away.

Library             CanLibrary

Suite Setup         Open Both Ends Of The Bus


*** Test Cases ***
Send And Receive A Message
    [Documentation]    A message has an identifier and data. Both are hexadecimal; an identifier needs ``0x``.
    ...
    ...    ``Receive Can Message`` returns the oldest message that matches and that nobody received before.
    ...    What it returns has the attributes of python-can's messages.
    Send Can Message    0x7E0    02 10 03    bus=tester
    ${request}=    Receive Can Message    0x7E0    bus=ecu
    Should Be Equal As Integers    ${request.arbitration_id}    ${0x7E0}
    Should Be Equal As Integers    ${request.data[1]}    ${0x10}

Receive By A Pattern
    [Documentation]    ``?`` stands for any half byte, ``*`` for all that may follow.
    ...
    ...    What does not match stays unread: the first of the two replies is still there afterwards.
    Send Can Message    0x7E8    03 7F 10 78    bus=ecu
    Send Can Message    0x7E8    06 50 03 00 32 01 F4    bus=ecu
    Receive Can Message    0x7E8    ?? 50 03 *    bus=tester
    Receive Can Message    0x7E8    bus=tester

Wait For What Happens From Now On
    [Documentation]    The ECU sends its status every 20 ms. An older message never satisfies a wait.
    ...
    ...    With a mark, a wait also sees what arrived between the mark and the wait.
    Start Periodic Message    0x100    00 00    period=20 ms    name=status    bus=ecu
    Wait For Can Message    0x100    00 00    within=2 s    bus=tester
    ${mark}=    Set Can Mark    bus=tester
    Change Periodic Message    status    00 01
    Wait For Can Message    0x100    00 01    since=${mark}    within=2 s    bus=tester
    Stop Periodic Message    status

Exchange A Request For Its Reply
    [Documentation]    ``Exchange Can Message`` listens before it sends: a fast reply is never missed, an old one
    ...    never counts.
    ...
    ...    Here a simulated ECU replies, as a real one does when it is asked. It works beside the test, on the
    ...    tester's own bus, and ends with the test.
    Start Simulated Ecu    engine    bus=tester
    Simulated Ecu Answers Message    engine    0x7E0 02 3E 00    7E8#027E00
    Exchange Can Message    0x7E0    02 3E 00    reply_id=0x7E8    reply_data=?? 7E *    bus=tester
    Simulated Ecu Should Have Received    engine    message=0x7E0 02 3E 00    count=1

Prove That Something Stays Quiet
    [Documentation]    Fails as soon as a message arrives that should not.
    Send Can Message    0x7DF    02 3E 80    bus=tester
    Can Message Should Not Arrive    0x7E8    ?? 7F *    within=200 ms    bus=tester

Send CAN FD And Extended Identifiers
    [Documentation]    Up to 64 bytes with ``fd=True``. An identifier with eight digits is an extended one.
    VAR    ${data}=    11 22 33 44 55 66 77 88 99 AA BB CC
    Send Can Message    0x18DA10F1    ${data}    fd=True    bitrate_switch=True    bus=tester
    ${received}=    Receive Can Message    0x18DA10F1    ${data}    bus=ecu
    Should Be True    ${received.is_fd} and ${received.is_extended_id}

Transfer Long Payloads Both Ways By ISO-TP
    [Documentation]    A connection splits a payload into messages, and the partner's connection joins them.
    ...
    ...    The tester writes a vehicle identification number, 20 bytes: a first frame,
    ...    the ECU's flow control, two consecutive frames. The ECU answers with 500 bytes.
    [Setup]    Open Both Ends Of The Connection
    Send IsoTp Frame    2E F1 90 57 42 41 31 32 33 34 35 36 37 38 39 30 31 32 33 34    connection=tester
    ${written}=    Receive IsoTp Frame    2E F1 90 *    connection=ecu
    Should Be Equal    ${written[3:].decode()}    WBA12345678901234
    VAR    ${answer}=    ${{ '62 F1 A0' + ' 55' * 497 }}
    Send IsoTp Frame    ${answer}    connection=ecu
    Receive IsoTp Frame    ${answer}    connection=tester

See What A Failure Says
    [Documentation]    It says what was expected, where, for how long, and what came instead.
    Clear Received Messages    bus=tester
    Send Can Message    0x100    00 01    bus=ecu
    Send Can Message    0x7E8    03 7F 10 12    bus=ecu
    TRY
        Receive Can Message    0x7E8    ?? 50 *    timeout=200 ms    bus=tester
    EXCEPT    No message 0x7E8 *    type=GLOB    AS    ${failure}
        Log    ${failure}
    ELSE
        Fail    The ECU refused; this should have failed.
    END


*** Keywords ***
Open Both Ends Of The Bus
    [Documentation]    Two nodes on one virtual channel. What a suite setup opens stays open until the suite ends.
    Open Can Bus    tester    interface=virtual    channel=quickstart
    Open Can Bus    ecu    interface=virtual    channel=quickstart

Open Both Ends Of The Connection
    [Documentation]    The ECU's ``txid`` is the tester's ``rxid``. What a test opens closes when the test ends.
    ...
    ...    A connection shares its bus with everything else: the messages of a transfer can be received there too.
    Open IsoTp Connection    tester    txid=0x7E0    rxid=0x7E8    bus=tester    tx_padding=0xCC
    Open IsoTp Connection    ecu    txid=0x7E8    rxid=0x7E0    bus=ecu    blocksize=4

*** Settings ***
Documentation       The main job, on a local bus and through exporters: run.py says where, and through which drivers.

Library             CanLibrary    config=${CURDIR}/bench.yaml    location=${LOCATION}

Test Setup          Open Both Buses
Test Timeout        60 seconds


*** Variables ***
${LOCATION}     local
${WHERE}        virtual
${TESTER}       tester
${ECU}          ecu


*** Test Cases ***
Buses Are Where They Are Wanted
    [Documentation]    The other tests would pass on a local bus, too.
    ${buses}    Get Can Buses
    Should Be Equal    ${buses}[0][interface]    ${WHERE}
    Should Be Equal    ${buses}[1][interface]    ${WHERE}

Messages Both Ways
    [Documentation]    Standard, extended and remote messages arrive as they were sent.
    Send Can Message    0x123    01 02 03
    ${message}    Receive Can Message    0x123    bus=${ECU}
    Should Be Equal    ${message.data}    ${{bytes([1, 2, 3])}}
    Send Can Message    0x18DA10F1    FF    bus=${ECU}
    Receive Can Message    0x18DA10F1    FF
    Send Can Message    0x124    remote=True    dlc=4
    ${message}    Receive Can Message    0x124    bus=${ECU}
    Should Be Equal    ${{($message.is_remote_frame, $message.dlc)}}    ${{(True, 4)}}

Can Fd Message
    [Documentation]    All 64 bytes arrive, and the flags.
    ${data}    Evaluate    bytes(range(64))
    Send Can Message    0x200    ${data}    fd=True    bitrate_switch=True
    ${message}    Receive Can Message    0x200    bus=${ECU}
    Should Be Equal    ${{($message.is_fd, $message.bitrate_switch, $message.dlc)}}    ${{(True, True, 64)}}
    Should Be Equal    ${message.data}    ${data}

Old Messages Are No Answer
    [Documentation]    What was there before the question does not count.
    Send Can Message    0x7E8    06 50 03    bus=${ECU}
    Run Keyword And Expect Error    No message 0x7E8 arrived on bus '${TESTER}'*A match arrived*before the wait began*
    ...    Wait For Can Message    0x7E8    within=100 ms
    Can Message Should Not Arrive    0x7E8    within=100 ms
    Send Can Message    0x7E8    06 50 03    bus=${ECU}
    Run Keyword And Expect Error    No message 0x7E8 arrived on bus '${TESTER}'*
    ...    Exchange Can Message    0x7E0    02 10 03    reply_id=0x7E8    within=100 ms

Request And Reply
    [Documentation]    A simulated ECU answers, fast and late.
    Start Simulated Ecu    doors    bus=${ECU}
    Simulated Ecu Answers Message    doors    0x123 01 *    124#0200    delay=5 ms
    ${reply}    Exchange Can Message    0x123    01 FF    reply_id=0x124    reply_data=02 ??    within=5 s
    Should Be Equal    ${reply.data}    ${{bytes([2, 0])}}
    ${mark}    Set Can Mark
    ${request}    Send Can Message    0x123    01 00
    Wait For Can Message    0x124    within=5 s    since=${mark}
    Response Time Should Be Below    5 s    ${request}    0x124

Many Messages In Order
    [Documentation]    None is lost, in both directions.
    ${messages}    Evaluate    [f'{number:03X}#{number % 256:02X}' for number in range(500)]
    Send Can Messages    ${messages}
    Send Can Messages    ${messages}    bus=${ECU}
    FOR    ${bus}    IN    ${ECU}    ${TESTER}
        ${received}    Receive Can Messages    500    timeout=30 s    bus=${bus}
        Should Be Equal    ${{[one.arbitration_id for one in $received]}}    ${{list(range(500))}}
    END

Filters
    [Documentation]    Only what passes is received; of what is unread, too.
    Send Can Messages    ${{["2FF#00", "1FF#00"]}}
    Set Can Filters    0x100:0x700    bus=${ECU}
    Send Can Messages    ${{["200#01", "1AB#02", "300#03"]}}
    ${messages}    Receive Can Messages    2    timeout=5 s    bus=${ECU}
    Should Be Equal    ${{[one.arbitration_id for one in $messages]}}    ${{[0x1FF, 0x1AB]}}
    Can Message Should Not Arrive    within=100 ms    bus=${ECU}
    Clear Can Filters    bus=${ECU}
    Send Can Message    0x200    04
    Receive Can Message    0x200    04    timeout=5 s    bus=${ECU}

Filters Of The File
    [Documentation]    They hold at both ends.
    Open Can Bus    rack.body
    Send Can Messages    ${{["200#01", "1AB#02"]}}    bus=${ECU}
    ${message}    Receive Can Message    timeout=5 s    bus=rack.body
    Should Be Equal As Integers    ${message.arbitration_id}    0x1AB

Periodic Message
    [Documentation]    Starts, changes without old data behind it, and stops; as many arrive as were sent.
    ${heartbeat}    Start Periodic Message    0x321    01    period=20 ms
    Receive Can Messages    5    id=0x321    data=01    timeout=10 s    bus=${ECU}
    Change Periodic Message    ${heartbeat}    02
    ${changed}    Wait For Can Message    0x321    02    within=5 s    bus=${ECU}
    Receive Can Messages    5    id=0x321    data=02    timeout=10 s    bus=${ECU}
    ${sent}    Stop Periodic Message    ${heartbeat}
    Can Message Should Not Arrive    0x321    within=200 ms    bus=${ECU}
    Can Message Count Should Be    ${sent}    0x321    bus=${ECU}
    Can Message Count Should Be    0    0x321    01    since=${changed}    bus=${ECU}

Counting And History
    [Documentation]    What has passed is asked for.
    ${mark}    Set Can Mark    bus=${ECU}
    Send Can Messages    ${{["100#01", "100#02", "200#03"]}}
    Wait For Can Messages    0x200 03    0x100 02    within=5 s    since=${mark}    bus=${ECU}
    Can Message Count Should Be    2    0x100    bus=${ECU}
    Can Message Count Should Be    3    direction=Tx
    ${last}    Get Last Can Message    0x100    bus=${ECU}
    Should Be Equal    ${last.data}    ${{bytes([2])}}

A Log
    [Documentation]    It has what passed, both directions.
    ${log}    Start Can Log    ${OUTPUT DIR}/${LOCATION}.log
    Send Can Message    0x123    01
    Send Can Message    0x124    02    bus=${ECU}
    Receive Can Message    0x124    timeout=5 s
    Stop Can Log
    ${lines}    Evaluate    [line.split()[2] for line in open($log).read().splitlines()]
    Should Be Equal    ${lines}    ${{["123#01", "124#02"]}}

Bus Properties
    [Documentation]    Asked of whoever has the bus.
    ${info}    Get Channel Info
    Should Contain    ${info}    41
    Get Can Protocol
    Run Keyword And Expect Error    *so there is no verdict about it*
    ...    Bus State Should Be    ACTIVE

IsoTp On Drivers Of The File
    [Documentation]    Where the bus is exported, the exporter's drivers run ISO-TP.
    Open IsoTp Connection    server
    Open IsoTp Connection    diag
    FOR    ${size}    IN    1    7    8    100    4095
        Payload Should Pass    ${size}
    END
    Send IsoTp Frame    62 F1 90 01    timeout=10 s    connection=server
    Receive IsoTp Frame    62 F1 90 *    connection=diag
    ${available}    Is IsoTp Frame Available    connection=diag
    Should Not Be True    ${available}

IsoTp Addresses Change On Drivers Of The File
    [Documentation]    To other identifiers, and to an asymmetric address.
    Open IsoTp Connection    server
    Open IsoTp Connection    diag
    Set IsoTp Address    txid=0x7E2    rxid=0x7EA
    Set IsoTp Address    txid=0x7EA    rxid=0x7E2    connection=server
    Payload Should Pass    20
    Set Asymmetric Address    diag    0x18DA10F1    0x7EA
    Set Asymmetric Address    server    0x7EA    0x18DA10F1
    Payload Should Pass    30

IsoTp Errors On Drivers Of The File
    [Documentation]    Nobody is there; an old payload is no reply.
    Open IsoTp Connection    diag
    Run Keyword And Expect Error
    ...    The IsoTp frame of 20 bytes on connection 'diag' was not sent: no flow control came within 500 milliseconds*
    ...    Send IsoTp Frame    ${{bytes(20)}}    timeout=10 s
    Send Can Message    0x7E8    02 50 03    bus=${ECU}
    Run Keyword And Expect Error    No reply to '10 03' matching '50 ?*' arrived on connection 'diag'*
    ...    Exchange IsoTp Frame    10 03    reply=50 *    timeout=200 ms

IsoTp Request And Reply
    [Documentation]    A simulated ECU answers the driver of the file, at once and with response pending.
    Start Simulated Ecu    engine    bus=${ECU}    txid=0x7E8    rxid=0x7E0
    Simulated Ecu Answers Request    engine    22 F1 90    62 F1 90 57 42 41 31 32 33 34 35 36 37 38
    Simulated Ecu Answers Request    engine    31 01 *    71 01 00    pending=1    pending_gap=20 ms
    Open IsoTp Connection    diag
    Exchange IsoTp Frame    22 F1 90    reply=62 F1 90 *    timeout=10 s
    Exchange IsoTp Frame    31 01 05    reply=71 01 *    timeout=10 s
    Receive IsoTp Frame    7F 31 78

IsoTp Of Ours On Any Bus
    [Documentation]    The stack runs here, the messages pass there.
    Open IsoTp Connection    answers    txid=0x7E9    rxid=0x7E1    bus=${ECU}
    Open IsoTp Connection    asks    txid=0x7E1    rxid=0x7E9    bus=${TESTER}
    FOR    ${size}    IN    7    8    100    1000
        Send IsoTp Frame    ${{bytes(int($size))}}    timeout=20 s
        ${payload}    Receive IsoTp Frame    timeout=20 s    connection=answers
        Length Should Be    ${payload}    ${size}
    END

IsoTp On A Bus Of The File
    [Documentation]    An entry with `bus:` is a stack here on the bus of the file, wherever that is.
    [Tags]    ours
    Open IsoTp Connection    answers    txid=0x7E9    rxid=0x7E1    bus=${ECU}
    Open IsoTp Connection    shared
    Send IsoTp Frame    ${{bytes(100)}}    timeout=20 s
    ${payload}    Receive IsoTp Frame    timeout=20 s    connection=answers
    Length Should Be    ${payload}    100

Functional Request
    [Documentation]    All ECUs answer one request, one of them with several messages.
    Start Simulated Ecu    engine    bus=${ECU}    txid=0x7E8    rxid=0x7E0    functional_id=0x7DF
    Start Simulated Ecu    gearbox    bus=${ECU}    txid=0x7E9    rxid=0x7E1    functional_id=0x7DF
    Simulated Ecu Answers Request    engine    22 F1 90    62 F1 90 57 42 41 31 32 33 34 35 36 37
    Simulated Ecu Answers Request    gearbox    22 F1 90    7F 22 31
    VAR    &{responders}    engine=0x7E8    gearbox=0x7E9
    ${answers}    Send Functional IsoTp Request    22 F1 90    responders=${responders}    within=5 s
    ${data}    Evaluate    {answer.name: answer.data for answer in $answers}
    Should Be Equal    ${data}[gearbox]    ${{bytes.fromhex('7F2231')}}
    Should Be Equal    ${data}[engine][3:]    ${{b'WBA1234567'}}


*** Keywords ***
Open Both Buses
    [Documentation]    The tester's is the current one.
    Open Can Bus    ${ECU}
    Open Can Bus    ${TESTER}

Payload Should Pass
    [Documentation]    From the tester to the server.
    [Arguments]    ${size}
    ${data}    Evaluate    random.Random(int($size)).randbytes(int($size))    modules=random
    Send IsoTp Frame    ${data}    timeout=10 s    connection=diag
    ${payload}    Receive IsoTp Frame    timeout=10 s    connection=server
    Should Be Equal    ${payload}    ${data}

Set Asymmetric Address
    [Documentation]    Two identifiers of different formats.
    [Arguments]    ${connection}    ${txid}    ${rxid}
    VAR    &{tx_addr}    txid=${txid}
    VAR    &{rx_addr}    rxid=${rxid}
    Set IsoTp Address    tx_addr=${tx_addr}    rx_addr=${rx_addr}    connection=${connection}

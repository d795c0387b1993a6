*** Settings ***
Documentation       Parameters that a foreign partner sees in our messages: padding, lengths, flow control, times.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           isotp    parameters


*** Test Cases ***
Defaults
    [Documentation]    No padding, blocksize 8, stmin 0.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Send IsoTp Frame    01
    Partner Sends    7E8#1014000102030405
    Partner Should Hear    7E0#0101    7E0#300800

Parameter Stmin
    [Documentation]    We ask for it in our flow control, and a foreign sender keeps it.
    Open IsoTp Partner
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    stmin=20
    IsoTp Partner Sends    ${{ bytes(40) }}
    Receive IsoTp Frame
    Partner Hears    1    7E0#300814
    ${consecutive}    Partner Hears    5    7E8#2*
    Should Be True    ${consecutive[4].timestamp} - ${consecutive[0].timestamp} >= 0.05

Parameter Stmin In Microseconds
    [Documentation]    0xF1 to 0xF9 are 100 to 900 microseconds.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    stmin=0xF5
    Partner Sends    7E8#1014000102030405
    Partner Should Hear    7E0#3008F5

Receiver's Stmin Is Kept
    [Documentation]    We wait as long as the partner asks.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Partner Answers    7E0#10*    7E8#300014
    Send IsoTp Frame    ${{ bytes(40) }}
    ${consecutive}    Partner Hears    5    7E0#2*
    Should Be True    ${consecutive[4].timestamp} - ${consecutive[0].timestamp} >= 0.05

Parameter Override Receiver Stmin
    [Documentation]    Seconds between our messages, though the partner asks for none.
    Open IsoTp Connection    slow    txid=0x7E0    rxid=0x7E8    override_receiver_stmin=0.02
    Partner Answers    7E0#10*    7E8#300000
    Send IsoTp Frame    ${{ bytes(40) }}
    ${consecutive}    Partner Hears    5    7E0#2*
    Should Be True    ${consecutive[4].timestamp} - ${consecutive[0].timestamp} >= 0.05

Parameter Override Receiver Stmin With Nothing
    [Documentation]    The partner asks for 127 ms, so that 33 messages would take more than four seconds.
    Open IsoTp Connection    fast    txid=0x7E0    rxid=0x7E8    override_receiver_stmin=0
    Partner Answers    7E0#1*    7E8#30007F
    Send IsoTp Frame    ${{ bytes(240) }}
    ${consecutive}    Partner Hears    33    7E0#2*
    Should Be True    ${consecutive[32].timestamp} - ${consecutive[0].timestamp} < 3

Parameter Blocksize
    [Documentation]    A flow control after so many consecutive frames, 0: never again.
    Open IsoTp Partner
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    blocksize=2
    IsoTp Partner Sends    ${{ bytes(40) }}
    Receive IsoTp Frame
    ${flow_control}    Partner Hears    3    7E0#300200
    Length Should Be    ${flow_control}    3

Parameter Blocksize Of Nothing
    [Documentation]    One flow control for all.
    Open IsoTp Partner
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    blocksize=0
    IsoTp Partner Sends    ${{ bytes(400) }}
    Receive IsoTp Frame
    ${flow_control}    Partner Hears    1    7E0#30*
    Length Should Be    ${flow_control}    1

Parameter Tx Padding
    [Documentation]    Fills a message up to eight bytes, flow control too.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    tx_padding=0xAA
    Send IsoTp Frame    22 F1 90
    Partner Sends    7E8#1014000102030405
    Partner Should Hear    7E0#0322F190AAAAAAAA    7E0#300800AAAAAAAAAA

Parameter Tx Data Min Length
    [Documentation]    Pads up to so many bytes, with 0xCC where no byte is given.
    Open IsoTp Connection    six    txid=0x7E0    rxid=0x7E8    tx_data_min_length=6
    Send IsoTp Frame    22 F1 90
    Open IsoTp Connection    eight    txid=0x7E1    rxid=0x7E9    tx_data_min_length=8    tx_padding=0
    Send IsoTp Frame    22 F1 90
    Partner Hears    1    7E0#0322F190CCCC
    Partner Hears    1    7E1#0322F19000000000

Parameter Max Frame Size
    [Documentation]    A larger payload is refused with flow control 'overflow', and the keyword says why.
    Open IsoTp Partner
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    max_frame_size=50
    IsoTp Partner Sends    ${{ bytes(51) }}
    Partner Hears    1    7E0#32*
    VAR    ${failure}    On connection 'diag': An IsoTp frame from 0x7E8 is too long (51 bytes): max_frame_size=50
    ...    bytes; it was refused.
    Should Fail    ${failure}    Receive IsoTp Frame
    IsoTp Partner Should Meet    OverflowError
    IsoTp Partner Sends    ${{ bytes(50) }}
    ${payload}    Receive IsoTp Frame
    Length Should Be    ${payload}    50

Parameter Max Frame Size Above 4095
    [Documentation]    Longer payloads have the length with escape sequence.
    Open IsoTp Partner    max_frame_size=${10000}
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    max_frame_size=10000    blocksize=0
    VAR    ${data}    ${{ bytes(5000) }}
    IsoTp Partner Sends    ${data}
    ${payload}    Receive IsoTp Frame    timeout=20 s
    Should Be Equal    ${payload}    ${data}
    Send IsoTp Frame    ${data}    timeout=20 s
    IsoTp Partner Should Receive    ${data}
    Partner Hears    1    7E0#100000001388*

Parameter Default Target Address Type
    [Documentation]    Functional without saying it each time; saying it wins.
    Open IsoTp Connection    all    addressing_mode=NormalFixed_29bits    target_address=0x33    source_address=0xF1
    ...    default_target_address_type=Functional
    Send IsoTp Frame    3E 80
    Send IsoTp Frame    3E 80    target_address_type=Physical
    Partner Should Hear    18DB33F1#023E80    18DA33F1#023E80

Parameters Rate Limit Enable And Max Bitrate
    [Documentation]    28 messages of 8 bytes at 4000 bit/s need about 0.4 seconds.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    rate_limit_enable=True
    ...    rate_limit_max_bitrate=4000    rate_limit_window_size=0.05
    Partner Answers    7E0#1*    7E8#300000
    Send IsoTp Frame    ${{ bytes(190) }}
    ${messages}    Partner Hears    28    7E0*
    Should Be True    ${messages[27].timestamp} - ${messages[0].timestamp} >= 0.25

Parameter Rate Limit Enable Left Out
    [Documentation]    Then nothing is limited, though can-isotp would: this would take 1.5 seconds.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    rate_limit_max_bitrate=1000
    Partner Answers    7E0#1*    7E8#300000
    Send IsoTp Frame    ${{ bytes(190) }}
    ${messages}    Partner Hears    28    7E0*
    Should Be True    ${messages[27].timestamp} - ${messages[0].timestamp} < 1.2

Parameter Rate Limit Window Size
    [Documentation]    9 messages of 8 bytes would fit into the default window of 0.2 seconds, not into one of 0.05.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    rate_limit_enable=True
    ...    rate_limit_max_bitrate=4000    rate_limit_window_size=0.05
    Partner Answers    7E0#1*    7E8#300000
    Send IsoTp Frame    ${{ bytes(62) }}
    ${messages}    Partner Hears    9    7E0*
    Should Be True    ${messages[8].timestamp} - ${messages[0].timestamp} >= 0.06

Parameter Listen Mode
    [Documentation]    A transfer between two others is received; nothing is sent, not even flow control.
    Open IsoTp Partner    tester    txid=0x7E0    rxid=0x7E8
    Open IsoTp Partner    ecu
    Open IsoTp Connection    spy    txid=0x7E0    rxid=0x7E8    listen_mode=True
    IsoTp Partner Sends    ${{ bytes(30) }}    name=ecu
    IsoTp Partner Should Receive    ${{ bytes(30) }}    name=tester
    ${payload}    Receive IsoTp Frame
    Should Be Equal    ${payload}    ${{ bytes(30) }}
    ${from_tester}    Partner Hears    1    7E0*
    Length Should Be    ${from_tester}    1
    Should Fail    Connection 'spy' has listen_mode\=True and never sends.    Send IsoTp Frame    01

Parameter Wait Func
    [Documentation]    A Python function waits between consecutive frames.
    ${wait_func}    Get Noting Wait Func
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    wait_func=${wait_func}
    Call Method    ${wait_func.times}    clear
    Partner Answers    7E0#10*    7E8#30007F
    Send IsoTp Frame    ${{ bytes(20) }}
    Partner Hears    2    7E0#2*
    Should Be True    0 < ${wait_func.times[0]} <= 0.127

Parameter Logger Name
    [Documentation]    can-isotp's own log goes to this Python logger.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    logger_name=isotp.bench
    Should Contain    ${{ __import__('logging').root.manager.loggerDict }}    isotp.bench

Read Timeout
    [Documentation]    How often the connection looks at its timers; a transfer works with any.
    Open IsoTp Partner
    IsoTp Partner Answers    3E00    7E 00
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    read_timeout=1 ms
    Exchange IsoTp Frame    3E 00
    Open IsoTp Connection    lazy    txid=0x7E0    rxid=0x7E8    read_timeout=2 s
    Exchange IsoTp Frame    3E 00    connection=lazy

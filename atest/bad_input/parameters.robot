*** Settings ***
Documentation       ISO-TP parameters that are not possible: each refusal says what is.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner

Test Template       Parameter Should Be Refused

Test Tags           bad-input    isotp    parameters


*** Variables ***
${LENGTHS}          1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64


*** Test Cases ***
Blocksize 256
    [Documentation]    Out of its range.
    blocksize    256    blocksize=256 is not possible: blocksize is 0 to 255.

Blocksize Many
    [Documentation]    No number.
    blocksize    many
    ...    ValueError: Argument 'blocksize' got value 'many' that cannot be converted to integer or None.

Stmin 128
    [Documentation]    Out of its range.
    stmin    128
    ...    stmin=128 is not possible: stmin is 0 to 127 (milliseconds) or 0xF1 to 0xF9 (100 to 900 microseconds).

Tx Data Length 9
    [Documentation]    Only some lengths exist.
    tx_data_length    9    tx_data_length=9 is not possible: tx_data_length is one of 8, 12, 16, 20, 24, 32, 48, 64.

Tx Data Length 12
    [Documentation]    It needs another one.
    tx_data_length    12    tx_data_length=12 needs can_fd=True: classic CAN carries 8 bytes.

Tx Data Min Length 9
    [Documentation]    Only some lengths exist.
    tx_data_min_length    9
    ...    tx_data_min_length=9 is not possible: tx_data_min_length is one of ${LENGTHS}.

Tx Data Min Length 12
    [Documentation]    The shortest is longer than the longest.
    tx_data_min_length    12    tx_data_min_length=12 is above tx_data_length=8.

Override Receiver Stmin Below Nothing
    [Documentation]    Out of its range.
    override_receiver_stmin    -1
    ...    override_receiver_stmin=-1.0 is not possible: override_receiver_stmin is a time from 0 seconds.

Rx Flowcontrol Timeout Below Nothing
    [Documentation]    Out of its range.
    rx_flowcontrol_timeout    -1
    ...    rx_flowcontrol_timeout=-1 is not possible: rx_flowcontrol_timeout is 0 to 3600000 milliseconds.

Rx Consecutive Frame Timeout Below Nothing
    [Documentation]    Out of its range.
    rx_consecutive_frame_timeout    -1
    ...    rx_consecutive_frame_timeout=-1 is not possible: rx_consecutive_frame_timeout is 0 to 3600000 milliseconds.

Tx Padding 256
    [Documentation]    Out of its range.
    tx_padding    256    tx_padding=256 is not possible: tx_padding is 0 to 255.

Wftmax Below Nothing
    [Documentation]    Out of its range.
    wftmax    -1    wftmax=-1 is not possible: wftmax is 0 to 255.

Max Frame Size 0
    [Documentation]    Out of its range.
    max_frame_size    0    max_frame_size=0 is not possible: max_frame_size is 1 to 4294967295 bytes.

Bitrate Switch True
    [Documentation]    It needs another one.
    bitrate_switch    True    bitrate_switch=True needs can_fd=True: classic CAN has one bit rate.

Rate Limit Max Bitrate 0
    [Documentation]    Out of its range.
    rate_limit_max_bitrate    0
    ...    rate_limit_max_bitrate=0 is not possible: rate_limit_max_bitrate is 1 to 1000000000000 bit/s.

Rate Limit Window Size 0
    [Documentation]    Out of its range.
    rate_limit_window_size    0
    ...    rate_limit_window_size=0.0 is not possible: rate_limit_window_size is a time above 0 seconds.

Read Timeout 0
    [Documentation]    Out of its range.
    read_timeout    0    read_timeout=0 is not possible: read_timeout is a time above 0 seconds.


*** Keywords ***
Parameter Should Be Refused
    [Documentation]    By the opening keyword, word by word; nothing is opened.
    [Arguments]    ${name}    ${value}    ${sentence}
    Should Fail    ${sentence}    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    ${name}=${value}
    ${connections}    Get IsoTp Connections
    Should Be Empty    ${connections}

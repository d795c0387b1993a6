*** Settings ***
Documentation       Measured traps of Robot Framework, python-can and can-isotp that CanLibrary must not fall into.
...                 Those that have a suite of their own are not repeated here.

Resource            ../resources/network.resource
Library             OperatingSystem

Test Setup          Open Tester And Partner
Test Tags           verdicts    traps


*** Test Cases ***
Data Is No Text
    [Documentation]    Robot Framework makes eight ASCII characters of '02 10 03'.
    Send Can Message    0x7E0    02 10 03
    Partner Should Hear    7E0#021003

Hidden Configuration Files Are Ignored
    [Documentation]    python-can merges ~/.canrc and CAN_* variables into explicit arguments.
    Create File    ${OUTPUT DIR}/home/.canrc    [default]\nchannel \= 99\nreceive_own_messages \= True\n
    ${home}    Get Environment Variable    HOME
    Set Environment Variable    HOME    ${OUTPUT DIR}/home
    Set Environment Variable    CAN_CHANNEL    98
    TRY
        Open Can Bus    from_nowhere    interface=virtual
    FINALLY
        Set Environment Variable    HOME    ${home}
        Remove Environment Variable    CAN_CHANNEL
    END
    Send Can Message    0x123
    Partner Should Hear    123#
    Run Keyword And Expect Error    No message arrived *    Receive Can Message    timeout=50 ms

Message Of Python-can Is Standard If It Says So
    [Documentation]    Its default is an extended identifier.
    ${message}    Evaluate    can.Message(arbitration_id=0x123, is_extended_id=False)    modules=can
    Send Can Messages    ${{ [$message] }}
    Partner Should Hear    123#

Message Of Python-can That Is Not Possible
    [Documentation]    python-can accepts length 9 on CAN FD even with check=True.
    ${message}    Evaluate    can.Message(arbitration_id=1, data=bytes(9), is_fd=True, check=True)    modules=can
    Run Keyword And Expect Error    *CAN FD has no length of 9 bytes *    Send Can Messages    ${{ [$message] }}

Messages Are Compared By Content
    [Documentation]    With python-can's name, equals: times do not count.
    Partner Sends    123#01    123#01    123#02
    ${messages}    Receive Can Messages    3
    Should Be True    $messages[0].equals($messages[1])
    Should Not Be True    $messages[0].equals($messages[2])

Sent Message Is A Copy
    [Documentation]    A change of the list that was given changes nothing that was sent.
    VAR    ${data}    ${{ bytearray([1, 2]) }}
    ${sent}    Send Can Message    0x123    ${data}
    Evaluate    $data.clear()
    Should Be Equal As Strings    ${sent}    0x123 \ [2] \ 01 02

Driver That Raises A Bare Error
    [Documentation]    One sentence with the alias, the interface and the channel.
    Run Keyword And Expect Error
    ...    Bus 'body' could not be opened on interface 'socketcan' channel 'vcan98': *.
    ...    Open Can Bus    body    interface=socketcan    channel=vcan98

Filter Does Not Hide What Was Sent
    [Documentation]    An ISO-TP connection and a filter on one bus: the connection hears all that it needs.
    Set Can Filters    0x100
    Open IsoTp Partner
    IsoTp Partner Answers    22F190    ${{ bytes(100) }}
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    ${reply}    Exchange IsoTp Frame    22 F1 90
    Length Should Be    ${reply}    100

Lost Consecutive Frame
    [Documentation]    The wrong sequence number is told, the next payload is received.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8
    Partner Sends    7E8#1014000102030405    7E8#22FF
    Run Keyword And Expect Error    On connection 'diag': A consecutive frame from 0x7E8 has the wrong sequence number *
    ...    Receive IsoTp Frame
    Partner Sends    7E8#01AA
    Receive IsoTp Frame    AA

Eight Ecus And A Functional Request
    [Documentation]    Eight answers of several messages at once, each on a connection of its own.
    VAR    ${answer}    ${{ bytes(40) }}
    FOR    ${number}    IN RANGE    8
        Open IsoTp Partner    ecu${number}    txid=${0x7E8 + ${number}}    rxid=${0x7E0 + ${number}}
        Open IsoTp Connection    ecu${number}    txid=${0x7E0 + ${number}}    rxid=${0x7E8 + ${number}}
        IsoTp Partner Answers    22F190    ${answer}    name=ecu${number}
    END
    FOR    ${number}    IN RANGE    8
        Send IsoTp Frame    22 F1 90    connection=ecu${number}
    END
    FOR    ${number}    IN RANGE    8
        Receive IsoTp Frame    ${answer}    connection=ecu${number}
    END

*** Settings ***
Documentation       More messages than Python can read: nothing is lost, or the loss is told.

Library             CanLibrary    timeout=10 s
Library             CanUtils.py

Test Setup          Open Can Bus    tester    interface=socketcan    channel=vcan0


*** Test Cases ***
Nothing Is Lost At A Moderate Speed
    [Documentation]    A message every 5 milliseconds.
    ${sent}    Run Cangen    -g    5    -n    500
    ${messages}    Receive Can Messages    ${sent}
    Length Should Be    ${messages}    500

Nothing Is Lost In Silence At Full Speed
    [Documentation]    For ten seconds, while nobody reads: what is unread and what is told as lost is all.
    ${sent}    Run Cangen    -g    0    -i    seconds=10
    ${read}    ${lost}    Read And Lost
    Log To Console    ${sent} sent, ${read} read, ${lost} told as lost
    Should Be Equal As Integers    ${{ $read + $lost }}    ${sent}

ISO-TP Goes On At Full Speed
    [Documentation]    There and back between two sockets of the kernel, one of them on the flooded bus.
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    backend=kernel    bus=tester
    Open IsoTp Connection    ecu    txid=0x7E8    rxid=0x7E0    channel=vcan0    backend=kernel
    Start Flood    10    123\#
    FOR    ${size}    IN    3    100    1000
        ${payload}    Evaluate    bytes(number % 251 for number in range(${size}))
        Send IsoTp Frame    ${payload}    connection=diag    timeout=20 s
        ${request}    Receive IsoTp Frame    connection=ecu    timeout=20 s
        Should Be Equal    ${request}    ${payload}
        Send IsoTp Frame    ${payload}    connection=ecu    timeout=20 s
        ${reply}    Receive IsoTp Frame    connection=diag    timeout=20 s
        Should Be Equal    ${reply}    ${payload}
    END

No Verdict While Messages Are Lost
    [Documentation]    What must not arrive comes while there is no room for it: that it did not arrive cannot be said.
    Start Flood    4    123\#
    Run Keyword And Expect Error    REGEXP:.*(lost|arrived).*    Can Message Should Not Arrive    0x123    within=6 s


*** Keywords ***
Read And Lost
    [Documentation]    Return how many messages are unread, and how many the keywords said to be lost.
    VAR    ${lost}    ${0}
    WHILE    True    limit=10
        TRY
            Receive Can Message    timeout=0
            BREAK
        EXCEPT    *lost*    type=GLOB    AS    ${error}
            ${lost}    Evaluate    $lost + int(re.search(r'lost (\\d+)', $error)[1])
        END
    END
    VAR    ${read}    ${1}
    VAR    ${more}    ${1}
    WHILE    ${more}    limit=100    # what waits in the kernel is read meanwhile
        ${more}    Clear Received Messages
        ${read}    Evaluate    $read + $more
    END
    RETURN    ${read}    ${lost}

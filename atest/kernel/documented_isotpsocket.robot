*** Settings ***
Documentation       The documented IsoTpSocket configuration, unchanged: 2048 bytes there and back.

Library             CanLibrary    config=${CURDIR}/../../resources/documented-isotp-socket.yaml    timeout=20 s
Library             CanUtils.py

Test Teardown       Close All IsoTp Connections


*** Variables ***
${PAYLOAD}      ${{ bytes(number % 251 for number in range(2048)) }}


*** Test Cases ***
With CAN FD
    [Documentation]    As the file says.
    Start IsoTp
    ${isotprecv}    Start Isotprecv    001    002    -L    72:64:0
    Send IsoTp Frame    ${PAYLOAD}    timeout=20 s
    ${seen}    Isotprecv Received    ${isotprecv}
    Should Be Equal    ${seen}    ${PAYLOAD}
    Isotpsend    001    002    ${PAYLOAD}    -L    72:64:0
    ${received}    Receive IsoTp Frame    timeout=20 s
    Should Be Equal    ${received}    ${PAYLOAD}

Without CAN FD
    [Documentation]    On classic CAN: what the keyword says goes before what the file says.
    Open IsoTp Connection    can    can_fd=False
    ${isotprecv}    Start Isotprecv    001    002
    Send IsoTp Frame    ${PAYLOAD}    timeout=20 s
    ${seen}    Isotprecv Received    ${isotprecv}
    Should Be Equal    ${seen}    ${PAYLOAD}
    Isotpsend    001    002    ${PAYLOAD}
    ${received}    Receive IsoTp Frame    timeout=20 s
    Should Be Equal    ${received}    ${PAYLOAD}

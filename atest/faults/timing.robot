*** Settings ***
Documentation    How fast both sides of ISO-TP were, on the wire.

Library          ../resources/Failures.py
Resource         ../resources/network.resource

Test Setup       Open Tester And Partner

Test Tags        isotp    timing


*** Variables ***
@{TALK}    7E8#1014000102030405    7E0#300200    7E8#2106070809101112    7E8#2206070809101112


*** Test Cases ***
Of A Partner
    [Documentation]    Its flow controls come soon enough, and its consecutive frames too.
    Exchange With A Partner
    ${timing}    Get IsoTp Timing    connection=diag
    Length Should Be    ${timing.transfers}    2
    # A busy computer delays the partner's messages, one less than another: the gap that was asked is no limit here.
    IsoTp Timing Should Be Within    n_bs=1 s    n_cr=1 s    blocksize=2    stmin=${timing.stmin}    connection=diag
    VAR    ${failure}    The gap between consecutive frames should be at least 10 seconds, but was
    Run Keyword And Expect Error    *${failure}*    IsoTp Timing Should Be Within    stmin=10 s    connection=diag

Of A Connection
    [Documentation]    It does what the partner asks.
    Exchange With A Partner
    ${timing}    Get IsoTp Timing    connection=diag    direction=Tx
    Should Be Equal As Integers    ${timing.blocksize}    3
    Should Be Equal As Integers    ${timing.blocksize_asked}    3
    Should Be Equal As Numbers    ${timing.stmin_asked}    0.01
    Should Be True    0.009 < ${timing.stmin} < 1
    Should Be True    ${timing.n_bs.minimum} <= ${timing.n_bs.mean} <= ${timing.n_bs.maximum} < 1
    Should Be Equal As Integers    ${timing.n_bs.count}    3
    Should Be Equal    ${timing.n_as}    ${None}

Of Others
    [Documentation]    A bus that only listens measures both sides.
    Partner Sends    @{TALK}    gap=20 ms
    ${timing}    Get IsoTp Timing    0x7E0    0x7E8
    Should Be True    0.019 < ${timing.n_bs.minimum} < 5
    Should Be True    0.019 < ${timing.n_cr.minimum} < 5
    Should Be Equal As Integers    ${timing.blocksize}    2

Of A Recording
    [Documentation]    The same as of the bus.
    Partner Sends    @{TALK}    gap=20 ms
    ${live}    Get IsoTp Timing    0x7E0    0x7E8
    Save Can Trace    ${OUTPUT_DIR}/timing.blf
    Open Can Trace    ${OUTPUT_DIR}/timing.blf    alias=recorded
    ${recorded}    Get IsoTp Timing    0x7E0    0x7E8    bus=recorded
    Should Be Equal As Numbers    ${recorded.n_bs.mean}    ${live.n_bs.mean}    precision=2
    VAR    ${failure}    N_Cr should be at most 1 millisecond, but was
    Run Keyword And Expect Error    *${failure}*    IsoTp Timing Should Be Within    0x7E0    0x7E8    n_cr=1 ms
    ...    bus=recorded

Too Slow
    [Documentation]    Figure, limit, message and time.
    Partner Sends    @{TALK}    gap=20 ms
    VAR    ${failure}    On bus 'tester' since the bus was opened: N_Cr should be at most 10 milliseconds, but was *
    ...    milliseconds at 0x7E8 \ [[]8] \ 2? 06 07 08 09 10 11 12 (after *seconds); 2 of 2 were wrong.
    Run Keyword And Expect Error    GLOB:${failure}    IsoTp Timing Should Be Within    0x7E0    0x7E8    n_cr=10 ms

Nothing Was Measured
    [Documentation]    That is no verdict about the partner.
    Partner Sends    7E8#025001
    VAR    ${failure}    There is no verdict about N_Cr: nothing of it could be measured since the bus was opened,
    ...    because no IsoTp frame of several messages passed that shows it. Look with Get IsoTp Timing; direction= and
    ...    since= say what counts.
    Should Fail    ${failure}    IsoTp Timing Should Be Within    0x7E0    0x7E8    n_cr=1 s
    ${kinds}    Kinds Of Failure    isotp_timing_should_be_within    0x7E0    0x7E8    n_cr=1 s
    Should Contain    ${kinds}    CanLibraryError
    Should Not Contain    ${kinds}    AssertionError

Nothing To Judge
    [Documentation]    A limit is needed.
    VAR    ${failure}    What should be judged? Give n_bs=, n_cr=, stmin= or blocksize=.
    Should Fail    ${failure}    IsoTp Timing Should Be Within    0x7E0    0x7E8


*** Keywords ***
Exchange With A Partner
    [Documentation]    60 bytes both ways.
    Open IsoTp Partner    stmin=${10}    blocksize=${3}
    IsoTp Partner Answers    *    ${{ bytes(60) }}
    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8    blocksize=2    stmin=5
    Exchange IsoTp Frame    ${{ bytes(60) }}

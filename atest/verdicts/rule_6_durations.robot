*** Settings ***
Documentation       Verdict rule 6: durations come from the monotonic clock. The interface's timestamps are kept
...                 beside it and never mixed into a verdict.

Resource            ../resources/network.resource

Test Tags           verdicts


*** Test Cases ***
Timestamps From Nowhere Change No Verdict
    [Documentation]    This interface's clock jumps between the year 1970 and the far future.
    Open Partner
    Open Odd Bus    SkewedBus
    ${mark}    Set Can Mark
    Partner Sends    100#01    100#02    100#03
    ${messages}    Receive Can Messages    3
    Should Be Equal    ${{ [message.timestamp for message in $messages] }}    ${{ [0.0, 1e12, 0.0] }}
    Wait For Can Message    0x100    02    since=${mark}    within=5 s
    Can Message Should Not Arrive    0x100    within=50 ms
    Run Keyword And Expect Error    Message 0x100 * should arrive within 5 seconds of the mark.
    ...    Can Message Should Not Arrive    0x100    02    since=${mark}    within=5 s

Both Times Are Kept
    [Documentation]    The interface's and the monotonic one, in the order of arrival.
    Open Tester And Partner
    ${before}    Evaluate    time.monotonic()    modules=time
    Partner Sends    100#01    100#02
    ${first}    Receive Can Message
    ${second}    Receive Can Message
    Should Be True    ${before} <= ${first.received_at} <= ${second.received_at} <= time.monotonic()
    Should Be True    ${first.timestamp} > 1000000000

Wait Lasts As Long As It Says
    [Documentation]    Never shorter.
    Open Tester And Partner
    ${before}    Evaluate    time.monotonic()    modules=time
    Can Message Should Not Arrive    within=200 ms
    ${took}    Evaluate    time.monotonic() - $before    modules=time
    Should Be True    ${took} >= 0.2

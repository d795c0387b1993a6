*** Settings ***
Documentation       Cyclic timing.
...
...                 python-can #1262, #1777, #1729, #888. Gaps are those of the bus, not those of whoever reads.

Resource            ask.resource

Test Setup          Open Tester And Partner


*** Test Cases ***
Gaps Are Measured When Messages Come Not When They Are Read
    [Documentation]    The test sleeps meanwhile.
    ${cyclic}    Evaluate    [f'1A0#{n:02X}' for n in range(20)]
    ${mark}    Set Can Mark
    Partner Sends    @{cyclic}    after=10 ms    gap=20 ms
    Partner Sends    200#01    after=1500 ms
    Wait For Can Message    0x200    since=${mark}
    ${statistics}    Get Bus Statistics    since=${mark}
    VAR    ${cycle}    ${statistics.ids['0x1A0']}
    Should Be Equal As Integers    ${cycle.count}    20
    Should Be True    0.018 < ${cycle.mean_gap} < 0.070    # a busy machine sends later, never sooner

A Message That Stays Away Is Seen
    [Documentation]    Its largest gap says for how long.
    ${mark}    Set Can Mark
    Partner Sends    1A0#01    1A0#02    after=10 ms    gap=20 ms
    Partner Sends    1A0#03    1A0#04    200#01    after=400 ms    gap=20 ms
    Wait For Can Message    0x200    since=${mark}
    ${statistics}    Get Bus Statistics    since=${mark}
    Should Be True    ${statistics.ids['0x1A0'].maximum_gap} > 0.2

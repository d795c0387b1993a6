*** Settings ***
Documentation       Request and response with a foreign partner.

Resource            ../resources/network.resource

Test Setup          Open Tester And Partner
Test Tags           messages


*** Test Cases ***
Fast Reply
    [Documentation]    The partner answers in the moment it hears the request.
    Partner Answers    7E0\#0210*    7E8#065003003201F4
    ${reply}    Exchange Can Message    0x7E0    02 10 03    reply_id=0x7E8    reply_data=?? 50 *
    Should Be Equal As Strings    ${reply}    0x7E8 \ [7] \ 06 50 03 00 32 01 F4

Slow Reply
    [Documentation]    The keyword waits for it.
    Partner Answers    7E0\#0210*    7E8#0650    after=300 ms
    Exchange Can Message    0x7E0    02 10 03    reply_id=0x7E8

Stale Reply Never Counts
    [Documentation]    It stays unread; the new one is returned and is not unread any more.
    Partner Sends    7E8#0650AA
    ${stale}    Receive Can Message    0x7E8
    Partner Sends    7E8#0650BB
    Partner Answers    7E0\#0210*    7E8#0650CC    after=100 ms
    ${reply}    Exchange Can Message    0x7E0    02 10 03    reply_id=0x7E8
    Should Be Equal As Strings    ${stale}    0x7E8 \ [3] \ 06 50 AA
    Should Be Equal As Strings    ${reply}    0x7E8 \ [3] \ 06 50 CC
    ${unread}    Receive Can Message    0x7E8
    Should Be Equal As Strings    ${unread}    0x7E8 \ [3] \ 06 50 BB

Response Pending Is Passed Over
    [Documentation]    The pattern says which message is the reply.
    Partner Answers    7E0\#0210*    7E8#037F1078    7E8#0650
    ${reply}    Exchange Can Message    0x7E0    02 10 03    reply_id=0x7E8    reply_data=?? 50
    Should Be Equal As Strings    ${reply}    0x7E8 \ [2] \ 06 50

Reply By Data And Mask Alone
    [Documentation]    From any identifier.
    Partner Answers    7DF\#0101*    7E9#41FF
    ${reply}    Exchange Can Message    0x7DF    01 01    reply_data=40 00    reply_mask=F0 00
    Should Be Equal As Strings    ${reply}    0x7E9 \ [2] \ 41 FF

Exchange Of Extended And FD Messages
    [Documentation]    The request is built like that of Send Can Message.
    Partner Answers    18DA10F1\#\#1AABB    18DAF110\#\#1CC
    ${reply}    Exchange Can Message    0x18DA10F1    AA BB    fd=True    bitrate_switch=True    reply_id=0x18DAF110
    Should Be Equal As Strings    ${reply}    0x18DAF110 \ [1] \ FD BRS \ CC

Exchange Of A Remote Message
    [Documentation]    The partner answers with data.
    Partner Answers    123\#R2    123#ABCD
    ${reply}    Exchange Can Message    0x123    remote=True    dlc=2    reply_id=0x123
    Should Be Equal As Strings    ${reply}    0x123 \ [2] \ AB CD

No Reply
    [Documentation]    The failure says what came instead.
    Partner Answers    7E0\#0210*    7E8#037F1012    100#01
    VAR    ${failure}    No message 0x7E8 matching '?? 50 *' arrived on bus 'tester' within 300 milliseconds. 2
    ...    others did: 0x100 ×1, 0x7E8 ×1 (last 03 7F 10 12).
    Should Fail    ${failure}
    ...    Exchange Can Message    0x7E0    02 10 03    reply_id=0x7E8    reply_data=?? 50 *    within=300 ms

Any Message At All Is No Reply
    [Documentation]    One of the two must be said.
    Should Fail
    ...    Say which message is the reply with reply_id\= or reply_data\=; any message at all is no verdict.
    ...    Exchange Can Message    0x7E0    02 10 03
    Partner Should Hear Nothing    within=50 ms

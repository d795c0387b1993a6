*** Settings ***
Documentation       Own transmissions are missing in the log.
...
...                 python-can #838, #1222, #608, #1769.

Library             OperatingSystem
Resource            ask.resource

Test Setup          Open Tester And Partner


*** Test Cases ***
Own Messages Are In The File
    [Documentation]    Marked Tx, before their replies.
    VAR    ${path}    ${OUTPUT DIR}/own_messages.asc
    Start Can Log    ${path}
    Partner Answers    7E0*    7E8#025003
    Exchange Can Message    0x7E0    02 10 03    reply_id=0x7E8
    Stop Can Log
    ${text}    Get File    ${path}
    Should Match Regexp    ${text}    (?s)7E0 +Tx .*02 10 03.*7E8 +Rx .*02 50 03

Own Messages Are In The History Once And Never Taken For Received Ones
    [Documentation]    The direction tells them apart.
    Partner Answers    7E0*    7E8#025003
    Exchange Can Message    0x7E0    02 10 03    reply_id=0x7E8
    ${all}    Get Can Messages    direction=ANY
    Length Should Be    ${all}    2
    ${received}    Get Can Messages
    Length Should Be    ${received}    1

*** Settings ***
Documentation       Several periodic messages with one identifier.
...
...                 python-can #721, #744, #930, #298. On SocketCAN the same: kernel/periodic.robot.

Resource            ask.resource

Test Setup          Open Tester And Partner


*** Test Cases ***
Each Goes Its Own Way
    [Documentation]    Three of them, and the end of one does not touch the others.
    Start Periodic Message    0x1A0    01    period=10 ms
    ${second}    Start Periodic Message    0x1A0    02    period=20 ms
    Start Periodic Message    0x1A0    03    period=30 ms
    FOR    ${data}    IN    01    02    03
        Partner Hears    5    1A0#${data}
    END
    Stop Periodic Message    ${second}
    Partner Forgets
    Partner Hears    5    1A0#01
    Partner Hears    5    1A0#03
    Partner Should Hear Nothing    1A0#02

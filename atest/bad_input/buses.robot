*** Settings ***
Documentation       Buses that are not there, not any more, or not possible.

Resource            ../resources/network.resource

Test Tags           bad-input


*** Test Cases ***
Unknown Interface
    [Documentation]    With the nearest and the list.
    ${names}    Evaluate    ', '.join(f"'{name}'" for name in sorted(can.interfaces.BACKENDS))    modules=can.interfaces
    VAR    ${list}    ${{ ' and '.join($names.rsplit(', ', 1)) }}
    Should Fail    Interface 'socketcam' is unknown; did you mean 'socketcan'? The interfaces are ${list}.
    ...    Open Can Bus    body    interface=socketcam

Unknown Interface Like No Other
    [Documentation]    Only the list.
    Run Keyword And Expect Error
    ...    Interface 'x' is unknown. The interfaces are 'canalystii', *, 'vector' and 'virtual'.
    ...    Open Can Bus    body    interface=x

Driver That Is Not Installed
    [Documentation]    Says what to install and where it comes from.
    Skip Where Installed    pcan
    VAR    ${failure}    Bus 'body' could not be opened on interface 'pcan' channel 'PCAN_USBBUS1': PEAK's PCAN-Basic
    ...    library was not found; install the PEAK driver from peak-system.com.
    Should Fail    ${failure}    Open Can Bus    body    interface=pcan    channel=PCAN_USBBUS1

Python Package That Is Not Installed
    [Documentation]    Says which extra of python-can to install.
    Skip Where Installed    cantact
    VAR    ${failure}    Bus 'body' could not be opened on interface 'cantact'*: The Python package cantact is
    ...    missing; install it with *
    Run Keyword And Expect Error    ${failure}    Open Can Bus    body    interface=cantact    channel=0

Unknown Option
    [Documentation]    python-can would drop it in silence; the nearest one is named.
    Should Fail
    ...    Interface 'virtual' has no option 'recieve_own_messages'; did you mean 'receive_own_messages'?
    ...    Open Can Bus    body    recieve_own_messages=True

Unknown Option Like No Other
    [Documentation]    With those that there are.
    Run Keyword And Expect Error    Interface 'virtual' has no option 'colour'; it has 'preserve_timestamps', *.
    ...    Open Can Bus    body    colour=red

Misspelt Argument
    [Documentation]    So near to ours that no driver has an option of that name.
    Should Fail    Unknown key 'chanel'; did you mean 'channel'?    Open Can Bus    body    chanel=1

Alias That Is Not Open
    [Documentation]    With those that are, and the nearest.
    Open Can Bus    body    channel=1
    Open Can Bus    chassis    channel=2
    Should Fail    Bus 'chasis' is not open (open: 'body' and 'chassis'); did you mean 'chassis'?
    ...    Send Can Message    0x123    bus=chasis
    Should Fail    Bus 'x' is not open (open: 'body' and 'chassis').    Switch Can Bus    x
    Should Fail    Bus 'x' is not open (open: 'body' and 'chassis').    Close Can Bus    x

Same Alias Twice
    [Documentation]    The first one goes on.
    Open Partner    channel=1
    Open Can Bus    body    channel=1
    Should Fail    Bus 'body' is already open; close it first or use another alias.
    ...    Open Can Bus    body    channel=2
    Send Can Message    0x123
    Partner Should Hear    123#

Closed Bus
    [Documentation]    By its alias, and where none is open any more.
    Open Can Bus    body    channel=1
    Close Can Bus    body
    Should Fail    Bus 'body' was closed; open it again before use.    Send Can Message    0x123    bus=body
    Should Fail    No bus is open; open one with Open Can Bus.    Send Can Message    0x123

Bus That Dies In The Middle Of A Receive
    [Documentation]    The keyword ends at once and says why, as do the next ones.
    ${object}    Open Odd Bus    BreakingBus
    Break Bus    ${object}    after=200 ms
    Should Fail    Bus 'lab' receives no more: The cable was pulled.    Receive Can Message    timeout=1 min
    Should Fail    Bus 'lab' receives no more: The cable was pulled.    Send Can Message    0x123

Bus That Dies In The Middle Of A Negative Wait
    [Documentation]    Nobody can know whether the message would have come.
    ${object}    Open Odd Bus    BreakingBus
    Break Bus    ${object}    after=200 ms
    Should Fail    Bus 'lab' receives no more: The cable was pulled.
    ...    Can Message Should Not Arrive    0x123    within=1 min

Bus That Died Can Be Opened Again
    [Documentation]    Under the same alias, without closing it.
    ${object}    Open Odd Bus    BreakingBus
    Break Bus    ${object}
    Run Keyword And Expect Error    Bus 'lab' receives no more: *    Receive Can Message    timeout=1 min
    Open Can Bus    lab    channel=0
    Open Partner
    Send Can Message    0x123
    Partner Should Hear    123#

Message That The Driver Refuses
    [Documentation]    The driver's sentence after ours, and how many had been sent.
    ${object}    Open Odd Bus    BreakingBus
    Let Bus Refuse    ${object}
    Should Fail    Bus 'lab' could not send 0x123 \ [2] \ 01 02: Transmit buffer full.
    ...    Send Can Message    0x123    01 02
    VAR    @{messages}    123\#    124\#
    Should Fail
    ...    Bus 'lab' could not send 0x123 \ [0]: Transmit buffer full. 0 messages of 2 had been sent.
    ...    Send Can Messages    ${messages}


*** Keywords ***
Skip Where Installed
    [Documentation]    A bench that has the hardware cannot show what is said where it is missing.
    [Arguments]    ${name}
    ${interfaces}    List Can Interfaces
    ${installed}    Evaluate    {one.name: one.installed for one in $interfaces}[$name]
    Skip If    ${installed}    The driver of '${name}' is installed here.

"""The introduction of the libdoc page. Its tables of ISO-TP are made from the types, so that they cannot rot."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterable

from CanLibrary.types import AddressingMode, IsoTpParams, TargetAddressType
from CanLibrary.types.isotp import ADDRESS_FIELDS

# Five asterisks are shown as three: the inner ones would make the outer ones bold.
_TEXT = """Robot Framework keywords for testing ECUs over CAN, CAN FD and ISO-TP.

They work on every interface that python-can knows, and on a virtual bus that needs no hardware. A _bus_ is
an open connection to a CAN network, known by its alias. A _message_ is one CAN or CAN FD frame. An
_IsoTp frame_ is one whole payload of ISO 15765-2, however many messages carry it, and a _connection_ is an
open ISO-TP endpoint, known by its alias. What was received and not handed out yet is _unread_.

%TOC%

= Quick start =

This suite runs as it is: a tester and an ECU, two nodes on one virtual channel.

| ***** Settings *****
| Library    CanLibrary
|
| ***** Test Cases *****
| The ECU Opens The Extended Session
|     Open Can Bus    ecu    channel=1
|     Open Can Bus    tester    channel=1
|     Send Can Message    0x7E0    02 10 03
|     Receive Can Message    0x7E0    02 10 03    bus=ecu
|     Send Can Message    0x7E8    06 50 03 00 32 01 F4    bus=ecu
|     ${reply}=    Receive Can Message    0x7E8    ?? 50 03 *    timeout=500 ms
|     Log    The session is ${reply.data[2]}.

The bus that was opened last is the current one; ``bus=`` names another one. Nothing has to be closed.
With hardware only the opening changes: ``interface=socketcan    channel=can0``. `List Can Interfaces` says
what is installed. ``resources/quickstart.robot`` in the repository is a longer tour.

= Configuration =

A suite can open its buses with keywords, describe one with import arguments, or describe many in a file.

== Import arguments ==

| Library    CanLibrary    interface=pcan    channel=PCAN_USBBUS1    bitrate=500000    timeout=2 s

They describe one bus with the alias ``can``, which opens at its first use. ``interface``, ``channel``,
``bitrate``, ``fd`` and ``data_bitrate`` are words for all interfaces. Any other name is an option of the
interface with python-can's name; one that the interface does not know is refused with the nearest one that
it knows. Configuration files of python-can such as ``~/.canrc`` are never read.

A wrong import argument does not empty the list of keywords: the import logs an error, and every keyword
fails with it.

== A YAML file ==

| Library    CanLibrary    config=${CURDIR}/bench.yaml

The file has the shape of a Jumpstarter exporter configuration, and such files work unchanged:

| export:
|   body:                      # the alias
|     type: Can
|     config: {interface: virtual, channel: 1, bitrate: 500000}
|   diag:
|     type: IsoTpPython
|     config:
|       bus: body              # shares the bus; or interface and channel for a node of its own
|       address: {txid: 0x7E0, rxid: 0x7E8}
|       params: {stmin: 5, blocksize: 8, tx_padding: 0xCC}

Types are ``Can``, ``IsoTpPython`` and ``IsoTpSocket``, also with the prefix ``jumpstarter_driver_can.``,
``jumpstarter_driver_can.driver.`` or ``CanLibrary.exporter.``; entries of other types are left alone. ``IsoTpSocket``
is `ISO-TP` by the Linux kernel. A relative path is looked up in the folder of the suite, then
in the working directory. ``python -m CanLibrary check bench.yaml`` names every mistake in a file.

== When things open ==

Importing the library opens nothing. A described bus or connection opens when a keyword uses it first, or by
`Open Can Bus` or `Open IsoTp Connection` with its alias; what these are given then goes before what is
described. Where nothing is described, and no bus was opened, the first use opens a virtual bus ``can`` on
channel 0.

= Identifiers and data =

== Identifiers ==

Text is hexadecimal and needs ``0x``, because Robot Framework would turn ``7E0`` into 7. The number of digits
says whether an identifier is standard (11 bits) or extended (29 bits), as candump writes it.

| =given= | =is= |
| ``0x7E0``, one to three digits | standard 0x7E0 |
| ``0x18DA10F1``, ``0x00000123``, eight digits | extended |
| ``0x1234``, four to seven digits, above 0x7FF | extended 0x00001234 |
| ``${0x7E0}``, ``${291}``, an integer up to 0x7FF | standard, or extended with ``extended=True`` |
| ``${0x18DA10F1}``, an integer above 0x7FF | extended |
| ``*``, only where a keyword waits | any identifier |
| ``7E0`` | refused: _'7E0' can be read in two ways, hexadecimal 0x7E0 or the number 7: write 0x7E0._ |
| ``291`` | refused: _'291' can be read in two ways: write 0x291 (hexadecimal) or ${291} (decimal)._ |
| ``0x0123`` | refused: _'0x0123' is ambiguous: write 0x123 for the standard identifier or 0x00000123 \
for the extended one._ |
| ``0x800`` | refused: _'0x800' is above 0x7FF, the largest standard identifier; an extended identifier has \
eight digits: 0x00000800._ |

== Data ==

| =given= | =is= |
| ``02 10 03``, ``021003``, ``0x02 0x10 0x03``, ``02:10:03``, ``02-10-03`` | three bytes |
| ``${EMPTY}``, or nothing | no data |
| bytes, a bytearray, a list of integers | taken as they are |
| ``021`` | refused: _'021' has an odd number of digits in '021'; write each byte as two digits._ |
| nine bytes | refused: _9 data bytes are too many: classic CAN carries at most 8; shorten the data or send \
it with fd=True._ |
| nine bytes, ``fd=True`` | refused: _CAN FD has no length of 9 bytes (it has 0 to 8, 12, 16, 20, 24, 32, 48, \
64); if padding was meant, add 3 bytes to make it 12._ |

== Patterns ==

Where a keyword waits, data is a pattern: ``?`` is any half byte, ``*`` at the end is anything that may follow.

| =pattern= | =matches= |
| ``02 50 03`` | these three bytes and no more |
| ``?? 50 *`` | any first byte, then 50, then anything or nothing |
| ``0? ??`` | two bytes, the first one below 0x10 |
| ``*`` | any data, also none |

With ``mask=`` only the bits are compared that are 1 in it: ``data=80 00    mask=80 00`` asks that the
first bit of the first byte is 1 and that there are two.

== Filters ==

A filter is an identifier (``0x7E8``), an identifier with a mask as candump writes it (``0x700:0x7F0``), or a
dictionary with ``id``, ``mask`` and ``extended``. `Set Can Filters` also drops what is already unread. The
driver filters too where it can, and ISO-TP connections go on hearing their own identifiers. A keyword that asks for
an identifier that no filter lets through fails at once: it could say nothing about it.

== Times ==

Robot Framework's time strings (``500 ms``, ``1 minute``) or a number of seconds (``0.5``). Parameters of
ISO-TP have the units that their table says.

== Results ==

A message has the attributes of python-can's: ``arbitration_id``, ``is_extended_id``, ``data``, ``dlc``,
``is_fd``, ``is_rx``, ``timestamp`` and so on, and prints as ``0x7E8  [4]  03 7F 10 12``. Its data and the
payload of an IsoTp frame are ``bytes``. Robot Framework shows bytes as characters in the log, so keywords log
them in hexadecimal themselves; ``Log    ${payload}    formatter=repr`` does it too. Compare bytes by a pattern
where you receive them, or with ``${{ bytes.fromhex('62 F1 90') }}``, never with text.

= Messages and verdicts =

== The mailbox ==

`Receive Can Message` and `Receive Can Messages` read a mailbox: every message is handed out once, the oldest
match first, and what does not match stays unread. `Clear Received Messages` empties it. Error frames are
counted, never handed out.

- ``No message 0x7E8 matching '?? 50 *' arrived on bus 'tester' within 1 second. 3 others did: 0x100 ×2, \
0x7E8 ×1 (last 03 7F 10 12).``
- ``Only 1 of 3 messages 0x7E8 arrived on bus 'tester' within 1 second; they stay unread. 2 others did: \
0x100 ×2.``

== Waits and marks ==

`Wait For Can Message` and `Can Message Should Not Arrive` judge from now on: an older message never satisfies
them and never fails them. `Set Can Mark` returns a mark, and ``since=${mark}`` judges from there. Both leave
messages unread. ``within`` is counted from where the wait begins, now or the mark, on the monotonic clock; where it
is left out after a mark, the wait goes on from now.
A pass of `Can Message Should Not Arrive` means that everything was looked at that had arrived by the end, also what
still lay in the driver then.

- ``No message 0x7E8 arrived on bus 'tester' within 1 second. A match arrived 211 milliseconds before the wait \
began: 0x7E8  [4]  03 7F 10 12. Give the wait a mark with since=, or use Exchange Can Message. Nothing else \
did.``
- ``Message 0x7E8  [4]  03 7F 10 12 arrived on bus 'tester' after 120 milliseconds, but no message 0x7E8 should \
arrive within 1 second of the mark.``

== Exchange ==

`Exchange Can Message` and `Exchange IsoTp Frame` listen before they send: a fast reply is never missed, and
what came before never counts. The reply counts as read.

- ``No message 0x7E8 matching '?? 50 *' arrived on bus 'tester' within 1 second. 1 other did: 0x7E8 ×1 \
(last 03 7F 10 12).``
- ``No reply to '22 F1 90' matching '62 F1 90 *' arrived on connection 'diag' (rxid 0x7E8) within 1 second. \
1 other did: '7F 22 78'. On bus 'tester' came 1 message: 0x7E8 ×1 (last 03 7F 22 78).``

== Own messages ==

What a bus sends is never taken for received, and a node does not hear itself: a simulated partner needs a bus
of its own on the same channel. With the option ``receive_own_messages=True`` a bus hears itself, and then its own
messages count as received.

== Nothing is lost in silence ==

What went wrong in the background fails the next keyword that it matters to, and the closing at the latest: a bus
that died, a periodic message that could not be sent, unread messages that had to go, messages that came faster
than they could be read. A bus keeps the last
``trace_size`` messages, read or not: 1,000,000, or what the import says.

- ``Bus 'body' lost 63 unread messages, the oldest ones: the trace keeps 1000 messages. Use Clear Received \
Messages before, or a larger trace_size.``
- ``Bus 'body' lost 120 messages: they came faster than they could be read, and the kernel had no more room for \
them.``
- ``Periodic message 'heartbeat' could not be sent 12 times: Bus 'body' could not send \
0x100  [1]  00: the driver's words.``

= History, evidence and recordings =

Each bus keeps a trace of all that it received and sent, in order and with times.

== Asking for what was recorded ==

`Get Can Messages`, `Get Last Can Message`, `Can Message Count Should Be`, `Get IsoTp Frames` and
`Get Bus Statistics` ask the trace and wait for nothing. They begin where the running test began, so that what an
earlier test left answers no question of this one; ``since=`` takes a mark, a message, or the word ``opened`` for
the whole trace, ``until=`` a mark or a message. ``direction`` is ``Rx`` where nothing is said: own messages are
asked for with ``Tx`` or ``ANY``. `Wait For Can Messages` waits for several messages: all, any, or in order.
`Response Time Should Be Below` measures from a message that was sent or received to its answer.

- ``2 messages 0x100 were received on bus 'tester' since the test began, but 3 should have been.``
- ``2 of 3 messages arrived on bus 'tester' within 1 second in this order; missing: 0x300. 0x300  [0] came too early, \
15 milliseconds before 0x100  [1]  03. On bus 'tester' came 4 messages: 0x100 ×2, 0x200 ×1, 0x300 ×1.``

What is sent by a keyword stands after what had arrived before it. On virtual buses and SocketCAN that is certain; on
other interfaces the reading thread may be some milliseconds behind, and `Exchange Can Message`, which waits for it, is
the safe way to judge a reply.

A trace that is full loses its oldest messages. They are counted, no verdict is given about a time of which some are
gone, and the close says how many went.

== Evidence ==

When a test fails, log.html shows what passed: a picture with a lane for each identifier and a table, with what ISO-TP
made of the messages. ``trace_on_failure`` of the import says how many messages, 0 for none; with ``trace_dir`` the
whole trace of the test is written as a BLF file beside it, with what its teardown did.
`Log Can Trace` shows it where you want it.

== Files ==

`Start Can Log` writes what passes from now on, `Save Can Trace` what has passed, in every format that python-can
writes; the ending says which. Not every format holds everything: a warning says what is lost, and ``.blf`` loses
nothing. `Open Can Trace` opens a file like a bus: history, waits, counts and response times work on it, answered at
once.
`Replay Can Trace` sends a recording again, at its own pace or a multiple of it.

= ISO-TP =

`Open IsoTp Connection` opens an endpoint, `Send IsoTp Frame`, `Receive IsoTp Frame` and `Exchange IsoTp Frame`
work on it. can-isotp runs the protocol, on any bus.

== Addressing modes ==

Without ``addressing_mode`` it is ``Normal_11bits`` or ``Normal_29bits``, as the identifiers are written.

%ADDRESSES%

``target_address``, ``source_address`` and ``address_extension`` are one byte. ``physical_id`` and
``functional_id`` replace bits 28 to 16 of the identifiers that ISO 15765-2 fixes.

| Open IsoTp Connection    diag    txid=0x18DA10F1    rxid=0x18DAF110
| Open IsoTp Connection    body    addressing_mode=NormalFixed_29bits
| ...    source_address=0xF1    target_address=0x40
| Open IsoTp Connection    door    addressing_mode=Extended_11bits    txid=0x6F1    rxid=0x640
| ...    source_address=0xF1    target_address=0x40

An asymmetric address has one address for sending and one for receiving; each needs the fields of its side:

| VAR    &{tx}    addressing_mode=Normal_11bits    txid=0x6F1
| VAR    &{rx}    addressing_mode=Extended_29bits    rxid=0x18DAF140    source_address=0xF1
| Open IsoTp Connection    gateway    tx_addr=${tx}    rx_addr=${rx}

`Set IsoTp Address` changes the address of an open connection; it is refused while a transfer runs.

== Parameters ==

Given to `Open IsoTp Connection` by name, or as ``params`` in a YAML file.

%PARAMETERS%

``read_timeout``, beside these, says how often the connection looks at its timers when nothing arrives: 50 ms
by default.

== Sending and its errors ==

With ``blocking_send=False``, the default, `Send IsoTp Frame` returns at once, and the connection goes on in the
background. What goes wrong there is told by the next keyword on that connection, at the latest when it closes.
With ``blocking_send=True``, or with a ``timeout``, the send itself waits and fails. A functional request is a
single frame.

- ``The IsoTp frame of 100 bytes on connection 'diag' was not sent: no flow control came within 1 second (N_Bs): \
is the partner there, and is its rxid 0x7E0 and its txid 0x7E8?``
- ``The IsoTp frame of 100 bytes on connection 'ecu' was not sent: the partner answered with flow control \
'overflow': it does not accept that many bytes.``

Errors of reception are told in the same way:

- ``On connection 'diag': An IsoTp frame from 0x7E8 is too long (100 bytes): max_frame_size=50 bytes; it was \
refused.``
- ``On connection 'diag': The next consecutive frame from 0x7E8 did not come within 1 second (N_Cr): an IsoTp \
frame was lost half-way.``

What costs no payload, a stray flow control for example, is a warning.

== Backends ==

| =backend= | =what runs ISO-TP= | =where= |
| ``python`` (default) | can-isotp | on any bus |
| ``kernel``, type ``IsoTpSocket`` | the socket of the Linux kernel | ``channel`` is a network interface such as \
``can0`` or ``vcan0``, or ``bus`` a bus on ``socketcan`` |
| ``exported`` | a driver in a Jumpstarter exporter | ``channel`` is the name of the driver, by default the alias; \
the driver's own bus, of which nothing is seen here |

Addresses, keywords and sentences are the same. The kernel keeps separation times better than Python can, but:

- It knows no ``tx_data_min_length``, no other N_Bs and N_Cr than 1 second, no rate limit, no ``wait_func`` and no \
``logger_name``: these are refused when the connection opens, unless they have their default values.
- A payload has up to 66000 bytes (Linux 6.1; newer modules say how many, older ones take 8200). What is longer than \
``max_frame_size`` is told and dropped after it was received: its sender is not told 'overflow'.
- It does not count wait frames, whatever ``wftmax`` says, and keeps to what the first flow control asked for.
- With ``can_fd=True`` it hears CAN FD messages only, else classic ones only.
- It does not tell of messages that are no valid ISO-TP, nor of stray ones.
- An address byte in one direction only is refused.
- `Stop IsoTp Receiving` is refused while it sends and receives; `Stop IsoTp Sending` ends both, with a warning.
- Two connections on one bus hear each other.

Each has an open bus beside its socket, shared or of its own, which shows what passes.

Where the system, the module ``can-isotp`` or the interface is missing, opening fails with a sentence that says which,
and how to get it.

== Sharing a bus ==

A connection shares the bus named by ``bus=``, the current one by default. Its messages are in the mailbox of
that bus as well: both hear everything. With ``interface`` or ``channel`` it has a node of its own, which closes with
it. Two connections that talk to each other need two nodes, or a bus with ``receive_own_messages=True``, because a
node does not hear itself.

= The rest of the car =

An ECU under test wants its surroundings. They run in this process, beside the tests, on a bus that is open: on any
interface, also on a virtual bus that has nothing else on it.

== Simulated ECUs ==

`Start Simulated Ecu` starts one that is described in the YAML file, or one that answers nothing yet; then
`Simulated Ecu Answers Message` and `Simulated Ecu Answers Request` say what it answers, with delays, a count,
response pending, or silence. A later rule goes before an earlier one, so that a test can overrule the file. What an ECU
sends is received by the test as from a real one. `Simulated Ecu Should Have Received` judges what it received.
``resources/small_car.yaml`` in the repository is a car of five ECUs.

| simulation:
|   engine:
|     bus: body
|     isotp: {txid: 0x7E8, rxid: 0x7E0, functional_id: 0x7DF}
|     requests:
|       - {request: "22 F1 90", response: "62 F1 90 57 42 41"}
|     messages:
|       - {when: "0x1F0 01 *", answer: "1F1#0100", delay: 5 ms}
|     cyclic:
|       - {id: 0x100, data: "00 00 00 00", period: 10 ms, counter: {byte: 3, width: 4}}

== Data that lives ==

A periodic message can count, step through values, ramp, and carry a checksum or an AUTOSAR E2E profile:
``counter``, ``values``, ``ramp``, ``checksum`` and ``e2e`` of `Start Periodic Message`, and under ``cyclic`` in
the file.
`Message Counter Should Be Alive` and `Message Checksum Should Be Valid` judge messages that came, with the same
words. CRCs and E2E profiles need the package autosar-e2e: ``pip install "robotframework-canlibrary[e2e]"``.

== Faults and measurements ==

`Set IsoTp Fault` lets a connection or a simulated ECU break the rules of ISO 15765-2 on purpose.
`Get IsoTp Timing` measures the other side on the wire. `Get Periodic Statistics` and
`Periodic Message Should Have Kept Its Cycle` say how regular a periodic message was.

== Gateways ==

`Start Can Gateway` hands messages from one bus to another, with other identifiers where wanted.
`Message Should Be Routed` judges a gateway, that one or a real one.

= Auto-closing =

What opens belongs to the test that runs, or to the suite while its setup or teardown runs. What was described
and opened at its first use belongs to the suite that runs. ``auto_close`` of the import says when things close
by themselves, also after a failure:

| =auto_close= | =what a test opened= | =what a suite opened= |
| ``TEST`` (default) | when the test ends | when the suite ends |
| ``SUITE`` | when the suite ends | when the suite ends |
| ``MANUAL`` | by a keyword, at the latest at the end of the run | by a keyword, at the latest at the end of the run |

Closing a bus first ends the connections, periodic messages, logs, replays, simulated ECUs and gateways on it. What a
test starts on a bus of its suite goes on when the test ends: periodic messages, rules of simulated ECUs and faults that
were not played yet; stop them in the test's teardown. Closing twice is fine. What nobody was told about
a bus or connection that closes by itself is a warning: the verdict of the test stands by then. Where it must
count, close with a keyword or send with ``timeout`` or ``blocking_send``.

A suite that imports the library with other arguments gets an instance of its own, with buses of its own. What a
suite shares with its child suites, an ``__init__.robot`` with a suite setup for example, must be imported with the
same arguments in all of them; a resource file that is imported after it with others is ignored with a warning.

= Errors =

Two kinds of failure, so that a report can tell them apart:

| =kind= | =means= | =for example= |
| ``AssertionError`` | the system under test is wrong | a message did not arrive, or one that should not; a partner \
that takes no payload |
| ``CanLibraryError`` | the test, the bench or the configuration is wrong | an alias that is not open, an option \
that is unknown, a driver that is missing, a bus that died |

Neither shows its name in the log. From Python, ``IsoTpTransferError`` is an ``AssertionError``;
``ConfigurationError``, ``BusError`` and ``NotSupportedError`` are a ``CanLibraryError``. An argument that cannot be
converted is Robot Framework's own ``ValueError``.

= Use from Python =

Keywords are methods, their names in lower case with underscores. Identifiers, data, patterns, filters, choices
and times are given as in a suite, or as plain Python values: integers, bytes, seconds. At the end of the ``with``
block everything closes, and what nobody was told is raised.

| from CanLibrary import CanLibrary
|
| with CanLibrary() as can:
|     can.open_can_bus("ecu", channel=1)
|     can.open_can_bus("tester", channel=1)
|     can.send_can_message("0x7E0", "02 10 03")
|     print(can.receive_can_message(0x7E0, "?? 10 *", timeout=0.5, bus="ecu"))
|     can.open_isotp_connection("diag", txid="0x7E0", rxid="0x7E8", bus="tester")
|     can.send_isotp_frame(bytes([0x3E, 0x80]), timeout=1)

An instance is not made for several threads at once; give each thread its own.
"""


def _addresses() -> str:
    """Return the table of addressing modes."""
    rows: list[tuple[str, ...]] = [
        ("addressing_mode", "identifiers", "to send", "to receive", "may be given as well")
    ]
    for mode in AddressingMode:
        bits = f"{29 if mode.name.endswith('29bits') else 11} bits"
        rows.append((mode.name, bits, *(", ".join(names) for names in ADDRESS_FIELDS[mode])))
    return _table(rows)


def _parameters() -> str:
    """Return the table of parameters: what they are, which values they accept, what they are by default."""
    hints = typing.get_type_hints(IsoTpParams)
    rows = [("parameter", "meaning", "type", "accepted", "default")]
    for field in dataclasses.fields(IsoTpParams):
        hint = hints[field.name]
        # Each check says in its sentence about an impossible value what is possible.
        accepted = field.metadata["check"](-1).removeprefix("is ") if field.metadata["check"] else ""
        if hint is TargetAddressType:
            accepted = ", ".join(f"{choice.name} ({choice.value})" for choice in TargetAddressType)
        elif hint is bool:
            accepted = "True, False"
        default = "none" if field.default is None else getattr(field.default, "name", str(field.default))
        rows.append((field.name, field.metadata["meaning"], _type_name(hint), accepted, default))
    return _table(rows)


def _type_name(hint: typing.Any) -> str:
    kind = next(part for part in typing.get_args(hint) or (hint,) if part is not type(None))
    if kind is TargetAddressType:
        return "name or int"
    return str(getattr(kind, "__name__", "function")) if isinstance(kind, type) else "function"


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    """Return rows as a table in Robot Framework's documentation format, the first one as its head."""
    head, *body = rows
    lines = [f"| {' | '.join(f'={cell}=' for cell in head)} |"]
    lines += [
        f"| {' | '.join(f'``{row[0]}``' if not at else cell for at, cell in enumerate(row))} |"
        for row in body
    ]
    return "\n".join(lines)


INTRODUCTION = _TEXT.replace("%ADDRESSES%", _addresses()).replace("%PARAMETERS%", _parameters())

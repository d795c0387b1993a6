"""Log Can Trace from Python: what it shows and returns, and what it refuses."""

import can
import pytest

from CanLibrary import CanLibraryError
from CanLibrary.keywords import evidence, support


@pytest.fixture
def pages(monkeypatch):
    """What log.html would get."""
    written = []

    def write(message, html):
        assert html
        written.append(message)

    monkeypatch.setattr(evidence.logger, "write", write)
    return written


def test_it_shows_and_counts(library, pages):
    library.send_can_message("0x100", "01 02")
    library.send_can_message("0x101")
    assert library.log_can_trace() == 2
    (page,) = pages
    assert "<td>Tx<td>0x100<td><td>2<td>01 02" in page
    assert "failed" not in page


@pytest.mark.parametrize("id", ["0x100", 0x100])
def test_one_identifier(library, pages, id):
    library.send_can_message("0x100")
    library.send_can_message("0x00000100")
    assert library.log_can_trace(id=id) == 1
    assert "1 message 0x100 since the bus was opened" in pages[0]


def test_marks_and_messages_say_where(library, pages):
    first = library.send_can_message("0x100")
    library.send_can_message("0x101")
    mark = library.set_can_mark()
    library.send_can_message("0x102")
    assert library.log_can_trace(since=first, until=mark) == 1
    assert library.log_can_trace(since=mark) == 1
    assert library.log_can_trace(since="opened") == 3
    assert len(pages) == 3


def test_the_newest(library, pages):
    library.send_can_messages(["100#"] * 5)
    assert library.log_can_trace(limit=2) == 2
    assert "the last 2 messages since the bus was opened. 3 older ones are left out." in pages[0]


def test_no_other_bus(library, pages):
    library.send_can_message("0x100", bus="tester")
    assert library.log_can_trace(bus="ecu") == 1
    assert "<b>Bus &#x27;ecu&#x27;</b>: 1 message" in pages[0]
    assert "<td>Rx<td>0x100" in pages[0]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"limit": 0}, "limit=0 is not possible: show at least 1 message."),
        ({"limit": "many"}, "limit='many' is not possible: limit is an integer."),
        ({"id": "7DF"}, "'7DF' is hexadecimal without 0x: write 0x7DF."),
        ({"until": "opened"}, "until=opened is not possible: nothing is before the beginning of a trace."),
        (
            {"since": "yesterday"},
            "'yesterday' is no mark; give what Set Can Mark returned, a message that was received or sent, or opened.",
        ),
    ],
)
def test_what_is_wrong_is_said(library, pages, given, sentence):
    with pytest.raises(CanLibraryError) as refused:
        library.log_can_trace(**given)
    assert str(refused.value) == sentence
    assert pages == []


def test_a_bus_that_died_shows_what_it_recorded(library, pages, scripted_bus, monkeypatch):
    warned = []
    monkeypatch.setattr(support.logger, "warn", warned.append)
    bus = scripted_bus()
    library.use_existing_can_bus(bus, "lab")
    bus.arrived.put(can.Message(arbitration_id=0x100, data=[1], is_extended_id=False))
    bus.arrived.put(can.CanOperationError("cable pulled"))
    traffic = library._buses.registry.get("lab").traffic
    with traffic.changed:
        assert traffic.changed.wait_for(lambda: traffic.failure, 5)
    assert library.log_can_trace() == 1
    assert "<td>Rx<td>0x100<td><td>1<td>01" in pages[0]
    assert warned == ["Bus 'lab' receives no more: cable pulled."]

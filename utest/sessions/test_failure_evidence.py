"""What is shown and written when a test fails."""

import re
import time
from urllib.parse import unquote

import can
import pytest

from CanLibrary import CanLibrary, CanLibraryError
from CanLibrary.sessions.failure_evidence import FailureEvidence


@pytest.fixture
def library(channel):
    with CanLibrary() as made:
        made.channel = channel
        yield made


@pytest.fixture
def evidence(library, tmp_path):
    def make(limit=1000, folder=None):
        made = FailureEvidence(library._buses, library._connections, limit, folder)
        made.output = tmp_path
        made.begin(" since the test began", "Suite", "A test", until="the end of the test")
        return made

    return make


def shown(evidence, log=None):
    """Return what is said first of each bus."""
    pages = list(evidence.excerpts(time.monotonic(), evidence.output, log or evidence.output))
    return [
        re.sub(r"<[^>]+>|Time 0 is .*", "", page.partition("<p>")[2].partition("</p>")[0]).strip()
        for page in pages
    ]


def said_of(name, count, since="the test began"):
    count = "no message was sent or received" if not count else f"{count} message{'' if count == 1 else 's'}"
    return f"Bus &#x27;{name}&#x27;: {count} since {since}."


def test_each_open_bus_is_shown_from_the_beginning_of_the_test(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    library.open_can_bus("other", channel=f"{library.channel}-2")
    library.send_can_message(0x100, bus="body")
    known = evidence()
    library.send_can_message(0x101, bus="body")
    assert shown(known) == [said_of("body", 1), said_of("other", 0)]


def test_a_bus_that_the_test_opened(library, evidence):
    known = evidence()
    library.open_can_bus("body", channel=library.channel)
    library.send_can_message(0x101)
    assert shown(known) == [said_of("body", 1, "the bus was opened")]


def test_each_failure_shows_what_is_new(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    known = evidence()
    assert shown(known) == [said_of("body", 0)]
    assert shown(known) == []
    library.send_can_message(0x100)
    library.send_can_message(0x101)
    (page,) = known.excerpts(time.monotonic(), known.output, known.output)
    assert "2 messages since its last excerpt." in page
    assert "0x100" in page
    library.send_can_message(0x102)
    library.open_can_bus("other", channel=f"{library.channel}-2")
    body, other = known.excerpts(time.monotonic(), known.output, known.output)
    assert "1 message since its last excerpt." in body
    assert "0x101" not in body
    assert "no message was sent or received since the bus was opened." in other
    known.begin(" since the last test ended", "Suite")
    assert shown(known) == [
        said_of("body", 0, "the last test ended"),
        said_of("other", 0, "the last test ended"),
    ]


def test_times_of_a_later_excerpt_begin_at_the_one_before(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    known = evidence()
    library.send_can_message(0x100)
    before = time.monotonic()
    shown(known)
    sent = library.send_can_message(0x101)
    (page,) = known.excerpts(time.monotonic(), known.output, known.output)
    assert float(re.search(r"<td>1<td>([\d.]+)<td>", page)[1]) < sent.received_at - before


def test_a_bus_that_closed_after_its_excerpt(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    known = evidence()
    shown(known)
    library.send_can_message(0x100)
    library.close_can_bus("body")
    assert shown(known) == [said_of("body", 1, "its last excerpt")]
    assert shown(known) == []
    assert known.notices == []


def test_a_message_that_was_refused_is_nothing_new(library, evidence, scripted_bus):
    def refuse(_message):
        raise can.CanOperationError("no")

    library.use_existing_can_bus(scripted_bus(send=refuse), "lab")
    known = evidence()
    for expected in ([said_of("lab", 0)], [], []):
        with pytest.raises(CanLibraryError):
            library.send_can_message(0x100)
        assert shown(known) == expected


def test_ten_parts_at_most_and_the_last_says_so(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    library.open_can_bus("other", channel=f"{library.channel}-2")
    known = evidence()
    pages = []
    for _ in range(12):
        library.send_can_message(0x100, bus="body")
        library.send_can_message(0x100, bus="other")
        pages += known.excerpts(time.monotonic(), known.output, known.output)
        assert shown(known) == []  # a part that shows nothing does not count
    said = ["What failed later shows no more: 10 parts of this test did." in page for page in pages]
    assert said == 18 * [False] + 2 * [True]


def test_a_bus_that_the_test_closed(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    known = evidence()
    library.send_can_message(0x101)
    library.close_can_bus("body")
    (page,) = known.excerpts(time.monotonic(), known.output, known.output)
    assert "0x101" in page
    assert "<p>It was closed before the failure.</p>" in page
    assert "failed at" not in page
    assert known.notices == []


def test_a_bus_that_was_closed_before_is_not_shown(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    library.close_can_bus("body")
    assert shown(evidence()) == []


def test_a_bus_that_was_opened_anew_is_shown_twice(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    known = evidence()
    library.send_can_message(0x101)
    library.close_can_bus("body")
    library.open_can_bus("body", channel=library.channel)
    assert shown(known) == [said_of("body", 1), said_of("body", 0, "the bus was opened")]


def test_nothing_is_kept_where_nothing_runs(library):
    known = FailureEvidence(library._buses, library._connections, 1000, None)
    for _ in range(2):
        library.open_can_bus("body", channel=library.channel)
        library.close_can_bus("body")
    assert known._replaced == []


def test_a_connection_with_a_node_of_its_own(library, evidence):
    known = evidence()
    library.open_isotp_connection(
        "diag", txid=0x7E0, rxid=0x7E8, interface="virtual", channel=library.channel
    )
    library.send_isotp_frame(b"\x3e\x00")
    library.close_isotp_connection("diag")
    (page,) = known.excerpts(time.monotonic(), known.output, known.output)
    assert "<b>Connection &#x27;diag&#x27;</b>: 1 message since the bus was opened." in page
    assert "<td>SF 2 bytes: 3E 00" in page


def test_the_limit(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    known = evidence(limit=3)
    library.send_can_messages(["101#"] * 10)
    assert shown(known) == [
        "Bus &#x27;body&#x27;: the last 3 messages since the test began. 7 older ones are left out."
    ]


def test_no_excerpts_at_all(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    assert shown(evidence(limit=0)) == []


def test_a_trace_that_is_full(channel):
    with CanLibrary(trace_size=16) as small:
        small.open_can_bus("body", channel=channel)
        known = FailureEvidence(small._buses, small._connections, 1000, None)
        known.output = None
        known.begin(" since the test began", "Suite", "A test")
        small.send_can_messages(["101#"] * 30)
        (page,) = known.excerpts(time.monotonic(), None, None)
    assert "the last 16 messages since the test began. 14 older ones are gone: the trace was full." in page


def test_an_error_is_told_and_hides_no_other_bus(library, evidence, monkeypatch):
    library.open_can_bus("body", channel=library.channel)
    library.open_can_bus("other", channel=library.channel)
    known = evidence()

    def broken():
        raise ValueError("broken")

    monkeypatch.setattr(library._buses.registry.get("body"), "catch_up", broken)
    assert shown(known) == [said_of("other", 0)]
    assert known.notices == ["What passed on bus 'body' could not be shown: broken"]


# -- files ------------------------------------------------------------------------------------------------------


def read(path):
    with can.BLFReader(path) as reader:
        return [(message.arbitration_id, bytes(message.data), message.is_rx) for message in reader]


def link(evidence, log=None):
    (page,) = evidence.excerpts(time.monotonic(), evidence.output, log or evidence.output)
    return re.search('href="([^"]*)"', page)[1]


def test_the_whole_test_is_written_when_it_ends(library, evidence, raw_bus):
    partner = raw_bus()
    library.open_can_bus("body", channel=library.channel)
    library.send_can_message(0x0FF)
    known = evidence(limit=1, folder="traces")
    library.send_can_message(0x100, "01 02")
    partner.send(can.Message(arbitration_id=0x200, data=[3], is_extended_id=False))
    target = link(known)
    library.send_can_message(0x300)
    library.close_can_bus("body")
    known.finish()
    assert target == "traces/Suite-A_test-body.blf"
    assert read(known.output / target) == [(0x100, b"\1\2", False), (0x200, b"\3", True), (0x300, b"", False)]
    assert known.notices == []


def test_nothing_is_written_unless_something_fails(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    known = evidence(folder="traces")
    library.send_can_message(0x100)
    known.finish()
    assert list(known.output.iterdir()) == []


def test_a_quiet_bus_has_no_file(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    known = evidence(folder="traces")
    shown(known)
    known.finish()
    assert list((known.output / "traces").iterdir()) == []
    assert known.notices == []


def test_traffic_after_the_last_failure_is_in_the_file(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    known = evidence(folder="traces")
    (page,) = known.excerpts(time.monotonic(), known.output, known.output)
    target = "traces/Suite-A_test-body.blf"
    link = f'<a href="{target}">Suite-A_test-body.blf</a>'
    assert f"<p>What passed later, until the end of the test, if anything did: {link}</p>" in page
    library.send_can_message(0x100)
    library.open_can_bus("other", channel=f"{library.channel}-2")
    library.send_can_message(0x200)
    library.close_can_bus("other")
    known.finish()
    assert read(known.output / target) == [(0x100, b"", False)]
    assert read(known.output / "traces/Suite-A_test-other.blf") == [(0x200, b"", False)]
    known.finish()
    assert len(list((known.output / "traces").iterdir())) == 2


def test_only_the_first_excerpt_of_a_bus_has_the_link(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    known = evidence(folder="traces")
    pages = []
    for name in ("first", "second"):
        library.send_can_message(0x100, bus="body")
        library.open_can_bus(name, channel=f"{library.channel}-{name}")
        library.send_can_message(0x200, bus=name)
        pages += known.excerpts(time.monotonic(), known.output, known.output)
    links = [re.findall('href="traces/Suite-A_test-(.*?).blf"', page) for page in pages]
    assert links == [["body"], ["first"], [], ["second"]]
    known.finish()
    assert len(read(known.output / "traces/Suite-A_test-body.blf")) == 2


def test_what_no_test_is(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    known = evidence(limit=0, folder="traces")
    known.begin(" since the suite began", "Suite")
    library.send_can_message(0x100)
    (said,) = shown(known)
    assert said.endswith(": Everything, until the next test begins or the suite ends: Suite-body.blf")


def test_files_without_an_excerpt(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    known = evidence(limit=0, folder="traces")
    library.send_can_message(0x100)
    (said,) = shown(known)
    assert said == "Bus &#x27;body&#x27;: Everything, until the end of the test: Suite-A_test-body.blf"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Door opens: 50 %", "Door_opens_50"),
        ("../../etc/passwd", "etc_passwd"),
        ("Tür öffnet", "Tür_öffnet"),
        ("???", "unnamed"),
        ("x" * 300, "x" * 70),
        ("ü" * 300, "ü" * 35),
    ],
)
def test_names_of_files_are_safe(library, evidence, name, safe):
    library.open_can_bus("body", channel=library.channel)
    known = evidence(folder="traces")
    known.begin("", "Suite", name)
    library.send_can_message(0x100)
    target = unquote(link(known))
    assert target == f"traces/Suite-{safe}-body.blf"
    assert (known.output / target).is_file()


def test_no_file_takes_the_name_of_another(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    targets = []
    for _ in range(3):
        known = evidence(folder="traces")
        library.send_can_message(0x100)
        targets.append(link(known))
        known.finish()
    assert targets == [f"traces/Suite-A_test-body{number}.blf" for number in ("", "-2", "-3")]


def test_links_are_relative_to_log_html(library, evidence, tmp_path):
    library.open_can_bus("body", channel=library.channel)
    known = evidence(folder=tmp_path / "all traces")
    library.send_can_message(0x100)
    assert link(known, log=tmp_path / "logs" / "today") == "../../all%20traces/Suite-A_test-body.blf"


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_folder_that_cannot_be_made_is_told(library, evidence, tmp_path, below):
    library.open_can_bus("body", channel=library.channel)
    (tmp_path / "traces").write_text("a file")
    known = evidence(folder=f"traces/{below}")
    library.send_can_message(0x100)
    assert shown(known) == [said_of("body", 1)]
    known.finish()
    file = tmp_path / "traces"
    assert known.notices == [
        f"The trace of bus 'body' could not be written to {file / below}: {file} is a file and no folder."
    ]


def test_a_file_that_cannot_be_written_is_told(library, evidence):
    library.open_can_bus("body", channel=library.channel)
    known = evidence(folder="traces")
    library.send_can_message(0x100)
    path = known.output / link(known)
    path.unlink()
    path.mkdir()
    known.finish()
    (notice,) = known.notices
    assert notice.startswith(f"The trace of bus 'body' could not be written to {path}: ")

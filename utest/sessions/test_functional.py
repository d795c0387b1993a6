"""Functional requests: who answered, what, how fast, and who did not."""

import re
import threading
import time

import can
import pytest

from CanLibrary.config import connection_description
from CanLibrary.errors import BusError, ConfigurationError, NotSupportedError
from CanLibrary.sessions.connection import Connection
from CanLibrary.sessions.functional import FunctionalExchange, FunctionalRequest
from CanLibrary.sessions.registry import Owner
from CanLibrary.transport.python import PythonTransport
from CanLibrary.types import CanFilters, CanId, FunctionalAnswer, Pattern, Responder, Responders

TOO_LONG = " do not fit into a functional request: it is a single frame of at most "


class Ecus:
    """ECUs of a foreign node: a message to them is answered by messages, some after a time in seconds."""

    def __init__(self, bus):
        self.bus, self.rules, self.heard = bus, {}, []
        self._waiting = []
        self._notifier = can.Notifier(bus, [self._hear], timeout=0.02)

    def _hear(self, message):
        text = f"{message.arbitration_id:X}#{message.data.hex().upper()}"
        self.heard.append(text)
        for answer in self.rules.get(text, ()):
            if isinstance(answer, float):
                time.sleep(answer)
            else:
                self.send(answer)

    def send(self, text):
        identifier, _, data = text.partition("#")
        fields = {"is_remote_frame": True} if data == "R" else {"data": bytes.fromhex(data)}
        self.bus.send(
            can.Message(arbitration_id=int(identifier, 16), is_extended_id=len(identifier) > 3, **fields)
        )

    def close(self):
        self._notifier.stop(timeout=5)


@pytest.fixture
def ecus(raw_bus):
    opened = Ecus(raw_bus())
    yield opened
    opened.close()


@pytest.fixture
def ask(node, ecus):  # noqa: ARG001 - they are there before somebody asks
    bus = node()

    def make(data="3E 00", **given):
        given.setdefault("session", bus)
        session = given.pop("session")
        values = {
            "txid": CanId("0x7DF"),
            "reply": Pattern("*"),
            "responders": Responders(given.pop("responders")) if "responders" in given else (),
            "count": None,
            "within": 0.3,
            "pending_within": 0.5,
            "fd": False,
            "padding": None,
            **given,
        }
        return FunctionalExchange(session, FunctionalRequest(data=bytes.fromhex(data), **values))

    make.bus = bus
    return make


def texts(answers):
    return [(answer.name, answer.data.hex(" ").upper()) for answer in answers]


def fails(sentence, exchange, kind=AssertionError):
    pattern = re.escape(sentence).replace("<time>", r"[0-9.]+ (?:milli)?seconds?")
    with pytest.raises(kind, match=f"^{pattern}$"):
        exchange.run()


class TestUnknownResponders:
    def test_all_that_comes(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#027E00", "7EF#037F3E11", "7F0#027E00", "6E8#027E00"]
        answers = ask().run()
        assert texts(answers) == [("0x7E8", "7E 00"), ("0x7EF", "7F 3E 11")]
        assert all(0 < answer.after <= answer.complete_after < 5 for answer in answers)

    def test_nobody(self, ask):
        began = time.monotonic()
        assert ask().run() == []
        assert time.monotonic() - began >= 0.3

    def test_a_count_ends_the_wait(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#027E00", "7E9#027E00", 0.01]
        began = time.monotonic()
        assert len(ask(count=2, within=60).run()) == 2
        assert time.monotonic() - began < 30

    def test_too_few(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#027E00"]
        fails(
            "Only 1 of 2 responders answered '3E 00' (0x7DF) on bus 'body' within 300 milliseconds. Answered: 0x7E8  "
            "[2]  7E 00  (after <time>).",
            ask(count=2),
        )

    def test_29_bits(self, ask, ecus):
        ecus.rules["18DB33F1#023E00"] = ["18DAF110#027E00", "18DAF2AA#027E00", "18DAF1FF#1008000102030405"]
        ecus.rules["18DAFFF1#300000"] = ["18DAF1FF#210607"]
        answers = ask(txid=CanId("0x18DB33F1")).run()
        assert texts(answers) == [("0x18DAF110", "7E 00"), ("0x18DAF1FF", "00 01 02 03 04 05 06 07")]

    def test_nobody_knows_who(self, ask):
        with pytest.raises(ConfigurationError) as refused:
            ask(txid=CanId("0x700"))
        assert str(refused.value) == (
            "Who answers 0x700 is not known: ISO 15765-4 says it for 0x7DF and 0x18DB33F1. Name those who answer with "
            "responders=."
        )


class TestAnswersToSomethingElse:
    """Without `reply`, an answer is one to the service that was asked."""

    @pytest.mark.parametrize("answer", ["7E8#0450030032", "7E8#037F1031", "7E8#017F", "7E8#026200"])
    def test_of_another_service(self, ask, ecus, answer):
        ecus.rules["7DF#023E00"] = [answer]
        exchange = ask(responders=["0x7E8"], reply=None)
        said = bytes.fromhex(answer[6:]).hex(" ").upper()
        fails(
            f"0x7E8 (it said {said}) did not answer '3E 00' (0x7DF) on bus 'body' within 300 milliseconds.",
            exchange,
        )

    def test_before_the_right_one(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#0450030032", "7E8#027E00"]
        assert texts(ask(responders=["0x7E8"], reply=None, within=60).run()) == [("0x7E8", "7E 00")]

    @pytest.mark.parametrize("answer", ["7E8#027E00", "7E8#037F3E12"])
    def test_answers_of_the_service(self, ask, ecus, answer):
        ecus.rules["7DF#023E00"] = [answer]
        assert len(ask(responders=["0x7E8"], reply=None, within=60).run()) == 1

    def test_a_request_of_no_service(self, ask, ecus):
        ecus.rules["7DF#024865"] = ["7E8#0177"]
        assert texts(ask("48 65", count=1, reply=None, within=60).run()) == [("0x7E8", "77")]


class TestKnownResponders:
    def test_all_of_them(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E9#027E00", "7E8#027E00", "700#027E01"]
        answers = ask(responders={"engine": "0x7E8", "gearbox": "0x700"}, within=60).run()
        assert texts(answers) == [("engine", "7E 00"), ("gearbox", "7E 01")]

    def test_one_is_missing(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#027E00"]
        fails(
            "'gearbox' (0x7E9) and 'brakes' (0x7EA) did not answer '3E 00' (0x7DF) on bus 'body' within 300 "
            "milliseconds. Answered: engine 0x7E8  [2]  7E 00  (after <time>).",
            ask(responders={"engine": "0x7E8", "gearbox": "0x7E9", "brakes": "0x7EA"}),
        )

    def test_in_a_list(self, ask):
        fails(
            "0x7E8 did not answer '3E 00' (0x7DF) on bus 'body' within 300 milliseconds.",
            ask(responders=["0x7E8"]),
        )

    def test_another_payload(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#037F3E11"]
        fails(
            "0x7E8 (it said 7F 3E 11) did not answer '3E 00' (0x7DF) on bus 'body' within 300 milliseconds.",
            ask(responders=["0x7E8"], reply=Pattern("7E *")),
        )

    def test_too_late(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E9#037F3E78", 0.4, "7E8#027E00", 0.05, "7E9#027E00"]
        fails(
            "0x7E8 (its answer 7E 00 came <time> too late) did not answer '3E 00' (0x7DF) on bus 'body' within 300 "
            "milliseconds. Answered: 0x7E9  [2]  7E 00  (after <time>, 1 response pending before).",
            ask(responders=["0x7E8", "0x7E9"], pending_within=5),
        )


class TestSeveralMessages:
    def test_several_at_once(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#1008000102030405", "7E9#1008000102030405", "7EA#027E00"]
        ecus.rules["7E0#300000"] = ["7E8#210607"]
        ecus.rules["7E1#300000"] = ["7E9#210607"]
        answers = ask(count=3, within=5).run()
        assert sorted(texts(answers)) == [
            ("0x7E8", "00 01 02 03 04 05 06 07"),
            ("0x7E9", "00 01 02 03 04 05 06 07"),
            ("0x7EA", "7E 00"),
        ]

    def test_one_that_begins_in_time_is_waited_for(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#1008000102030405"]
        ecus.rules["7E0#300000"] = [0.4, "7E8#210607"]
        (answer,) = ask().run()
        assert answer.after < 0.3 < answer.complete_after

    def test_broken_off(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#1014000102030405"]
        ecus.rules["7E0#300000"] = ["7E8#220607"]
        fails(
            "0x7E8 (its answer broke off: CF 2 came instead of CF 1) did not answer '3E 00' (0x7DF) on bus 'body' "
            "within 300 milliseconds.",
            ask(responders=["0x7E8"]),
        )

    def test_not_complete(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#1014000102030405"]
        fails(
            "0x7E8 (its answer was not complete) did not answer '3E 00' (0x7DF) on bus 'body' within 300 milliseconds.",
            ask(responders=["0x7E8"]),
        )

    def test_with_padding(self, ask, ecus):
        ecus.rules["7DF#023E00CCCCCCCCCC"] = ["7E8#1008000102030405"]
        ecus.rules["7E0#300000CCCCCCCCCC"] = ["7E8#210607"]
        assert len(ask(count=1, within=5, padding=0xCC).run()) == 1

    def test_the_identifier_of_requests_is_given(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["601#1008000102030405"]
        ecus.rules["600#300000"] = ["601#210607"]
        assert len(ask(responders=["0x601 0x600"], within=5).run()) == 1

    def test_the_log_can_show_what_they_said(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#027E00", "601#027E00"]
        ask(responders=["0x7E8", "0x601"], within=5).run()
        assert list(map(str, ask.bus.isotp_addresses)) == ["Normal_11bits, txid 0x7E0, rxid 0x7E8"]

    def test_or_not(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["601#1008000102030405"]
        fails(
            "0x601 answers with several messages and waits for a flow control, but its identifier is not known: give "
            "it after that of its answers, as in responders=0x601 and a second identifier.",
            ask(responders=["0x601"], within=5),
            kind=ConfigurationError,
        )


class TestResponsePending:
    def test_prolongs(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#037F3E78", 0.35, "7E8#037F3E78", 0.35, "7E8#027E00"]
        (answer,) = ask().run()
        assert answer.pending == 2
        assert answer.after > 0.6
        assert str(answer).endswith(", 2 responses pending before)")

    def test_but_not_for_ever(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#037F3E78"]
        exchange = ask(pending_within=0.4)
        assert exchange.run() == []
        assert exchange.unanswered == [
            "0x7E8 (said response pending 1 time, no answer within 400 milliseconds after its response pending)"
        ]

    def test_its_limit_is_named(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#037F3E78"]
        over = "no answer within 100 milliseconds after its response pending"
        asked = "did not answer '3E 00' (0x7DF) on bus 'body'"
        fails(
            f"0x7E8 (said response pending 1 time, {over}) {asked}.",
            ask(responders=["0x7E8"], pending_within=0.1),
        )
        fails(
            f"0x7E8 (said response pending 1 time, {over}) and 0x7E9 {asked} within 300 milliseconds.",
            ask(responders=["0x7E8", "0x7E9"], pending_within=0.1),
        )

    def test_it_takes_the_place_of_the_first(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#037F3E78", 0.2, "7E8#037F3E78", "7E8#027E00"]
        fails(
            "0x7E8 (said response pending 1 time, no answer within 50 milliseconds after its response pending, its "
            "answer 7F 3E 78 came <time> too late, its answer 7E 00 came <time> too late) did not answer '3E 00' "
            "(0x7DF) on bus 'body'.",
            ask(responders=["0x7E8"], pending_within=0.05, within=1),
        )

    def test_another_payload_after_it_is_what_is_wrong(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#037F3E78", "7E8#037F3E11"]
        fails(
            "0x7E8 (said response pending 1 time, it said 7F 3E 11) did not answer '3E 00' (0x7DF) on bus 'body' "
            "within 300 milliseconds.",
            ask(responders=["0x7E8"], reply=Pattern("7E *"), pending_within=0.1),
        )

    def test_of_another_service(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#037F2278"]
        assert texts(ask().run()) == [("0x7E8", "7F 22 78")]


class TestWhatIsOld:
    def test_an_answer_of_before(self, ask, ecus, eventually):
        ecus.send("7E8#027E01")
        eventually(lambda: ask.bus.traffic.trace.end)
        assert ask().run() == []

    def test_one_that_waits_in_the_driver(self, ask, ecus):
        for number in range(500):
            ecus.send(f"7E8#027E{number & 0xFF:02X}")
        assert ask().run() == []

    def test_the_rest_of_one(self, ask, ecus):
        ecus.send("7E8#1014000102030405")
        ecus.rules["7DF#023E00"] = ["7E8#21060708090A0B0C", "7E9#027E00", "7E8#220D0E"]
        assert texts(ask().run()) == [("0x7E9", "7E 00")]

    def test_remote_messages(self, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#R"]
        exchange = ask()
        assert exchange.run() == []
        assert exchange.unanswered == []


class TestBesideOthers:
    def test_a_connection_sends_the_flow_control_itself(self, ask, ecus):
        address = connection_description("diag", {"address": {"txid": "0x7E0", "rxid": "0x7E8"}})
        transport = PythonTransport("diag", ask.bus, address.address, address.params, 0.05)
        connection = Connection(address, transport, ask.bus, Owner(), own_node=False)
        connection.start()
        ecus.rules["7DF#023E00"] = ["7E8#1008000102030405"]
        ecus.rules["7E0#300800"] = ["7E8#210607"]
        (answer,) = ask(count=1, within=5).run()
        assert answer.data == bytes(range(8))
        assert connection.receive(Pattern("*"), 5) == bytes(range(8))
        assert [text for text in ecus.heard if text.startswith("7E0")] == ["7E0#300800"]

    def test_filters_do_not_matter(self, ask, ecus):
        ask.bus.set_filters(CanFilters([{"id": "0x100"}]))
        ecus.rules["7DF#023E00"] = ["7E8#027E00"]
        assert len(ask(count=1, within=5).run()) == 1
        with ask.bus.traffic.changed:
            assert not ask.bus.traffic.mailbox.counts()

    def test_receive_own_messages(self, node, ask, ecus):
        ecus.rules["7DF#023E00"] = ["7E8#027E00"]
        session = node("own", options={"receive_own_messages": True})
        assert len(ask(session=session, count=1, within=5).run()) == 1

    def test_a_busy_bus(self, ask, ecus):
        ending = threading.Event()

        def flood():
            number = 0
            while not ending.is_set():
                ecus.send(f"1{number % 256:02X}#0011223344556677")
                number += 1

        thread = threading.Thread(target=flood)
        ecus.rules["7DF#023E00"] = ["7E8#1008000102030405", "7E9#027E00"]
        ecus.rules["7E0#300000"] = ["7E8#210607"]
        thread.start()
        try:
            assert len(ask(count=2, within=20).run()) == 2
        finally:
            ending.set()
            thread.join()

    def test_a_bus_that_dies(self, scripted_bus, node, ask):
        def die(_message):
            bus.arrived.put(can.CanOperationError("cable pulled"))

        bus = scripted_bus(send=die)
        with pytest.raises(BusError, match="receives no more: cable pulled"):
            ask(session=node("dead", bus=bus), within=60).run()


class TestTheRequest:
    @pytest.mark.parametrize(
        ("size", "fd", "sentence"),
        [
            (8, False, "8 bytes" + TOO_LONG + "7 bytes (ISO 15765-2)."),
            (63, True, "63 bytes" + TOO_LONG + "62 bytes (ISO 15765-2)."),
            (0, False, "An IsoTp frame carries at least one byte; give some data."),
        ],
    )
    def test_size(self, ask, size, fd, sentence):
        with pytest.raises(ConfigurationError) as refused:
            ask(bytes(size).hex(), fd=fd)
        assert str(refused.value) == sentence

    def test_can_fd(self, ask, ecus, eventually):
        ask(bytes(10).hex(), fd=True, within=0.01).run()
        eventually(lambda: ecus.heard)
        assert ecus.heard == ["7DF#000A" + "00" * 10]
        ask(bytes(11).hex(), fd=True, within=0.01).run()
        eventually(lambda: len(ecus.heard) == 2)
        assert ecus.heard[1] == "7DF#000B" + "00" * 11 + "CC" * 3

    def test_no_can_fd_on_this_bus(self, node, ask):
        with pytest.raises(NotSupportedError):
            ask(session=node("classic", fd=False), fd=True).run()

    def test_nothing_is_left(self, ask):
        ask().run()
        assert ask.bus._listening == {}


class TestTypes:
    @pytest.mark.parametrize(
        ("value", "responders"),
        [
            ("0x7E8", [("0x7E8", "0x7E8", None)]),
            (["0x7E8", 0x7E9], [("0x7E8", "0x7E8", None), ("0x7E9", "0x7E9", None)]),
            ({"engine": "0x7E8, 0x7E0"}, [("engine", "0x7E8", "0x7E0")]),
            ({"engine": ("0x7E8", "0x7E0")}, [("engine", "0x7E8", "0x7E0")]),
            ({"engine": CanId("0x18DAF110")}, [("engine", "0x18DAF110", None)]),
        ],
    )
    def test_responders(self, value, responders):
        found = Responders(value)
        assert [(each.name, str(each.rxid), each.txid and str(each.txid)) for each in found] == responders
        assert Responders(found) is found

    @pytest.mark.parametrize(
        ("value", "sentence"),
        [
            ([], "There is nobody in the list of responders; leave it out if nobody is known."),
            (
                {"a": "0x7E8", "b": "0x7E8"},
                "0x7E8 stands twice among the responders: answers could not be told apart.",
            ),
            (["0x7E8 0x7E8"], "0x7E8 and 0x7E8 are no pair: they must differ, and be of one format."),
            (
                ["0x7E8 0x18DA10F1"],
                "0x7E8 and 0x18DA10F1 are no pair: they must differ, and be of one format.",
            ),
            (
                ["0x7E8 0x7E0 0x7E1"],
                "'0x7E8 0x7E0 0x7E1' is no responder; give the identifier of its answers, and with a blank that of "
                "requests to it: 0x7E8 0x7E0.",
            ),
        ],
    )
    def test_no_responders(self, value, sentence):
        with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
            Responders(value)

    def test_answer(self):
        answer = FunctionalAnswer("0x7E8", CanId("0x7E8"), Pattern and b"\x7e\x00", 0.0123456789, 0.02)
        assert bytes(answer) == b"\x7e\x00"
        assert str(answer) == "0x7E8  [2]  7E 00  (after 12.346 milliseconds)"
        assert str(Responder("engine", CanId("0x7E8"))) == "'engine' (0x7E8)"

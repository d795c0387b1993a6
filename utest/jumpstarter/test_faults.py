"""An exporter that is killed and a network that fails, in the middle of what keywords do."""

import re
import threading
import time
from contextlib import suppress

import can
import pytest

from CanLibrary import CanLibrary
from CanLibrary.errors import BusError, CanLibraryError
from utest.jumpstarter.outages import LoopbackExporter, Proxy

TESTER = {"txid": "0x7E0", "rxid": "0x7E8"}
SERVER = {"txid": "0x7E8", "rxid": "0x7E0"}
AT_ONCE = 2.0  # seconds: one, and one for a busy machine; the heartbeat alone would notice after 2.5
SILENCE = 6.0  # seconds: three until it is noticed, one, and two for a busy machine
CLOSED = 4.0  # seconds; a call that nobody answers would take five


@pytest.fixture
def library():
    opened = CanLibrary()
    yield opened
    for close in (opened.close_all_isotp_connections, opened.close_all_can_buses):
        with suppress(CanLibraryError):
            close()


@pytest.fixture
def mortal(exporter_file):
    """An exporter on the loopback interface that the test may kill."""
    exporter = LoopbackExporter(exporter_file)
    yield exporter
    exporter.close()


@pytest.fixture(scope="module")
def immortal(exporter_file):
    exporter = LoopbackExporter(exporter_file)
    yield exporter
    exporter.close()


@pytest.fixture
def network(immortal):
    between = Proxy(immortal.address)
    yield between
    between.close()


class Doing:
    """A keyword in a thread, and what it said."""

    def __init__(self, keyword, *arguments, **named):
        self.ended = 0.0
        self.said = "It did not end."
        self._thread = threading.Thread(target=self._run, args=(keyword, arguments, named))
        self._thread.start()

    def _run(self, keyword, arguments, named):
        try:
            self.said = f"It passed with {keyword(*arguments, **named)!r}."
        except Exception as error:  # noqa: BLE001 - that is what the test is about
            self.said = str(error)
        self.ended = time.monotonic()

    def sentence(self, since, within):
        """Return what it said, which it must do in time."""
        self._thread.join(since + 30 - time.monotonic())
        assert self.ended, "It did not end."
        assert self.ended - since < within
        return self.said


def middle_of(doing):
    """Return when a keyword that waits for something from outside is in the middle of it."""
    time.sleep(0.3)
    assert not doing.ended, doing.said


def again_and_again(keyword):
    while True:
        keyword()


def access(network):
    return {"address": network.address, "insecure": True}


def killed(exporter):
    since = time.monotonic()
    exporter.kill()
    return since


def close_quickly(library):
    """Close everything; that may tell of a bus of which nobody was told."""
    since = time.monotonic()
    for close in (library.close_all_isotp_connections, library.close_all_can_buses):
        try:
            close()
        except CanLibraryError as error:
            assert "is gone: " in str(error)  # noqa: PT017
    assert time.monotonic() - since < CLOSED


CHANNELS = pytest.mark.parametrize("channel", ["can", "ours.can"], ids=["published", "ours"])


class TestKilled:
    @CHANNELS
    def test_in_the_middle_of_a_receive(self, mortal, library, channel, capfd, caplog):
        library.open_can_bus("body", interface="jumpstarter", channel=channel, **mortal.access)
        receive = Doing(library.receive_can_message, timeout=20)
        middle_of(receive)
        sentence = receive.sentence(killed(mortal), AT_ONCE)
        assert sentence.startswith(
            f"Bus 'body' receives no more: The exporter at '{mortal.address}' is gone: "
        )
        close_quickly(library)
        assert capfd.readouterr() == ("", "")
        assert caplog.text == ""
        mortal.start()
        library.open_can_bus("body", interface="jumpstarter", channel=channel, **mortal.access)
        library.send_can_message("0x123")

    @CHANNELS
    def test_the_next_open_takes_the_place_of_what_died(self, mortal, library, channel):
        library.open_can_bus("body", interface="jumpstarter", channel=channel, **mortal.access)
        receive = Doing(library.receive_can_message, timeout=20)
        middle_of(receive)
        receive.sentence(killed(mortal), AT_ONCE)
        since = time.monotonic()
        with pytest.raises(BusError) as refused:
            library.open_can_bus("body", interface="jumpstarter", channel=channel, **mortal.access)
        assert time.monotonic() - since < AT_ONCE
        assert str(refused.value) == (
            f"Bus 'body' could not be opened on interface 'jumpstarter' channel '{channel}': The exporter at "
            f"'{mortal.address}' cannot be reached: nobody listens there; start the exporter first."
        )
        mortal.start()
        library.open_can_bus("body", interface="jumpstarter", channel=channel, **mortal.access)
        library.send_can_message("0x123")

    @CHANNELS
    def test_in_the_middle_of_many_messages(self, mortal, library, channel, eventually):
        for alias, there in (("body", channel), ("witness", channel.replace("can", "ecu"))):
            library.open_can_bus(alias, interface="jumpstarter", channel=there, **mortal.access)
        send = Doing(library.send_can_messages, ["123#0011223344556677"] * 50_000, bus="body")
        eventually(lambda: library.get_bus_statistics(bus="witness").messages > 100, within=20)
        sentence = send.sentence(killed(mortal), AT_ONCE)
        assert f"The exporter at '{mortal.address}' is gone: " in sentence
        assert " of 50000 had been sent." in sentence
        with pytest.raises(BusError, match="is gone: "):
            library.can_message_should_not_arrive("0x1", within=0.1, bus="witness")
        close_quickly(library)

    def test_in_the_middle_of_a_wait_for_an_isotp_frame_over_its_bus(self, mortal, library):
        library.open_can_bus("wire", interface="jumpstarter", channel="wire", **mortal.access)
        library.open_isotp_connection("tester", backend="python", bus="wire", **TESTER)
        receive = Doing(library.receive_isotp_frame, timeout=20)
        middle_of(receive)
        sentence = receive.sentence(killed(mortal), AT_ONCE)
        assert f"The exporter at '{mortal.address}' is gone: " in sentence
        close_quickly(library)

    @pytest.mark.parametrize("backend", ["python", "exported"])
    def test_in_the_middle_of_a_transfer(self, mortal, library, backend):
        if backend == "python":
            library.open_can_bus("wire", interface="jumpstarter", channel="wire", **mortal.access)
            library.open_isotp_connection("tester", backend="python", bus="wire", **TESTER)
        else:
            library.open_isotp_connection("tester", backend="exported", **TESTER, **mortal.access)
        library.open_isotp_connection("server", backend="exported", **SERVER, **mortal.access)
        send = Doing(
            again_and_again, lambda: library.send_isotp_frame(bytes(4095), connection="tester", timeout=20)
        )
        library.receive_isotp_frame(timeout=20, connection="server")
        receive = Doing(library.receive_isotp_frame, "FF *", timeout=20, connection="server")
        middle_of(send)
        since = killed(mortal)
        for doing in (send, receive):
            assert f"The exporter at '{mortal.address}' is gone: " in doing.sentence(since, AT_ONCE)
        close_quickly(library)
        mortal.start()
        library.open_isotp_connection("tester", backend="exported", **TESTER, **mortal.access)
        library.open_isotp_connection("server", backend="exported", **SERVER, **mortal.access)
        library.send_isotp_frame("01 02", connection="tester")
        assert library.receive_isotp_frame(connection="server", timeout=5) == b"\x01\x02"

    def test_the_next_open_takes_the_place_of_a_connection_that_died(self, mortal, library):
        library.open_isotp_connection("tester", backend="exported", **TESTER, **mortal.access)
        receive = Doing(library.receive_isotp_frame, timeout=20)
        middle_of(receive)
        receive.sentence(killed(mortal), AT_ONCE)
        mortal.start()
        library.open_isotp_connection("tester", backend="exported", **TESTER, **mortal.access)
        assert not library.is_isotp_frame_available()

    def test_while_messages_are_sent_again_and_again(self, mortal, library, open_bus):
        library.open_can_bus("body", interface="jumpstarter", channel="ours.can", **mortal.access)
        library.start_periodic_message("0x100", period=0.01)
        other = open_bus("ours.ecu", **mortal.access)
        task = other.send_periodic(can.Message(arbitration_id=0x200), 0.01)
        library.wait_for_can_message("0x00000200", within=5)
        since = killed(mortal)
        wait = Doing(library.wait_for_can_message, "0x300", within=20)
        assert f"The exporter at '{mortal.address}' is gone: " in wait.sentence(since, AT_ONCE)
        for call in (task.stop, lambda: other.send(can.Message(arbitration_id=0x300))):
            with pytest.raises(can.CanOperationError, match="is gone: "):
                call()
        since = time.monotonic()
        other.shutdown()
        assert time.monotonic() - since < CLOSED
        close_quickly(library)

    def test_in_the_middle_of_an_open(self, mortal, library):
        opened = threading.Event()

        def open_and_close():
            library.open_can_bus("body", interface="jumpstarter", channel="ours.can", **mortal.access)
            opened.set()
            library.close_can_bus("body")

        doing = Doing(again_and_again, open_and_close)
        assert opened.wait(20)
        sentence = doing.sentence(killed(mortal), AT_ONCE)
        assert f"The exporter at '{mortal.address}' " in sentence
        close_quickly(library)

    def test_before_a_close(self, mortal, library, capfd):
        library.open_can_bus("body", interface="jumpstarter", channel="ours.can", **mortal.access)
        library.open_isotp_connection("tester", backend="exported", **TESTER, **mortal.access)
        mortal.kill()
        close_quickly(library)
        assert capfd.readouterr() == ("", "")


class TestWhatIsKept:
    def test_a_failure_that_somebody_keeps_holds_no_thread(self, mortal, open_bus, eventually):
        kept = []
        for channel in ("can", "ours.can"):
            bus = open_bus(channel, **mortal.access)
            mortal.kill()
            for call in (lambda: bus.recv(5), lambda: bus.send(can.Message()), lambda: bus.state):  # noqa: B023
                with pytest.raises(can.CanOperationError) as failed:
                    call()
                kept.append(failed.value)
            bus.shutdown()
            mortal.start()
        eventually(lambda: not [one for one in threading.enumerate() if "_poll_wrapper" in one.name])
        assert len(kept) == 6


class TestSilentNetwork:
    """Nothing is closed; nothing arrives any more."""

    @CHANNELS
    def test_a_wait_is_told(self, network, library, channel, capfd):
        library.open_can_bus("body", interface="jumpstarter", channel=channel, **access(network))
        wait = Doing(library.wait_for_can_message, "0x123", within=20)
        middle_of(wait)
        network.fall_silent()
        assert wait.sentence(time.monotonic(), SILENCE) == (
            f"Bus 'body' receives no more: The exporter at '{network.address}' is gone: it has said nothing for 2.5 "
            "seconds."
        )
        close_quickly(library)
        assert capfd.readouterr() == ("", "")

    @CHANNELS
    def test_silence_is_no_verdict(self, network, library, channel):
        library.open_can_bus("body", interface="jumpstarter", channel=channel, **access(network))
        network.fall_silent()
        with pytest.raises(BusError, match="it has said nothing for"):
            library.can_message_should_not_arrive("0x123", within=0.2)

    @CHANNELS
    def test_silence_in_a_window_is_no_verdict(self, network, library, channel):
        library.open_can_bus("body", interface="jumpstarter", channel=channel, **access(network))
        silence = Doing(library.can_message_should_not_arrive, "0x123", within=1)
        middle_of(silence)
        network.fall_silent()
        assert "it has said nothing for 2.5 seconds" in silence.sentence(time.monotonic(), SILENCE)

    @CHANNELS
    @pytest.mark.parametrize(
        "keyword", ["wait_for_can_message", "receive_can_message", "exchange_can_message"]
    )
    def test_what_did_not_arrive_is_no_fault_of_the_partner(self, network, library, channel, keyword):
        library.open_can_bus("body", interface="jumpstarter", channel=channel, **access(network))
        limit = {"timeout" if keyword == "receive_can_message" else "within": 1}
        reply = {"reply_id": "0x124"} if keyword == "exchange_can_message" else {}
        doing = Doing(getattr(library, keyword), "0x123", **limit, **reply)
        middle_of(doing)
        network.fall_silent()
        assert doing.sentence(time.monotonic(), SILENCE) == (
            f"Bus 'body' receives no more: The exporter at '{network.address}' is gone: it has said nothing for 2.5 "
            "seconds."
        )

    @pytest.mark.parametrize("doing", ["receives", "sends", "exchanges"])
    def test_nor_is_it_over_its_bus(self, network, library, doing):
        library.open_can_bus("wire", interface="jumpstarter", channel="wire", **access(network))
        library.open_isotp_connection(
            "tester", backend="python", bus="wire", **TESTER, rx_flowcontrol_timeout=1000
        )
        keyword = {
            "receives": lambda: library.receive_isotp_frame(timeout=1),
            "sends": lambda: library.send_isotp_frame(bytes(100), timeout=2),
            "exchanges": lambda: library.exchange_isotp_frame("22 F1 90", timeout=1),
        }[doing]
        said = Doing(keyword)
        middle_of(said)
        network.fall_silent()
        assert "it has said nothing for 2.5 seconds" in said.sentence(time.monotonic(), SILENCE)

    def test_silence_is_no_verdict_about_isotp_frames(self, network, library):
        library.open_isotp_connection("tester", backend="exported", **TESTER, **access(network))
        network.fall_silent()
        with pytest.raises(BusError, match="it has said nothing for"):
            library.receive_isotp_frame(timeout=1)
        with pytest.raises(BusError, match="it has said nothing for"):
            library.is_isotp_frame_available()

    def test_a_wait_for_an_isotp_frame_is_told(self, network, library):
        library.open_isotp_connection("tester", backend="exported", **TESTER, **access(network))
        receive = Doing(library.receive_isotp_frame, timeout=20)
        middle_of(receive)
        network.fall_silent()
        assert "it has said nothing for 2.5 seconds" in receive.sentence(time.monotonic(), SILENCE)
        close_quickly(library)

    def test_many_messages_are_told(self, network, library):
        library.open_can_bus("body", interface="jumpstarter", channel="ours.can", **access(network))
        send = Doing(again_and_again, lambda: library.send_can_messages(["123#00"] * 50_000))
        middle_of(send)
        network.fall_silent()
        assert "it has said nothing for 2.5 seconds" in send.sentence(time.monotonic(), SILENCE)
        close_quickly(library)

    def test_the_next_open_works_when_the_network_is_back(self, network, library):
        library.open_can_bus("body", interface="jumpstarter", channel="can", **access(network))
        wait = Doing(library.wait_for_can_message, "0x123", within=20)
        middle_of(wait)
        network.fall_silent()
        wait.sentence(time.monotonic(), SILENCE)
        network.go_on()
        library.open_can_bus("body", interface="jumpstarter", channel="can", **access(network))
        library.send_can_message("0x123")

    def test_a_connection_that_breaks_is_told_at_once(self, network, library):
        library.open_can_bus("body", interface="jumpstarter", channel="ours.can", **access(network))
        wait = Doing(library.wait_for_can_message, "0x123", within=20)
        middle_of(wait)
        network.reset()
        sentence = wait.sentence(time.monotonic(), AT_ONCE)
        assert sentence.startswith(
            f"Bus 'body' receives no more: The exporter at '{network.address}' is gone: "
        )
        close_quickly(library)


class TestSlowNetwork:
    """A network that is slow is there."""

    @CHANNELS
    def test_a_delay_is_no_end(self, network, library, channel):
        network.delay = 0.3
        library.open_can_bus("body", interface="jumpstarter", channel=channel, **access(network))
        with pytest.raises(AssertionError, match="No message"):
            library.wait_for_can_message("0x123", within=4)
        library.send_can_message("0x123")

    def test_a_window_that_is_over_before_its_messages_are_here_is_no_verdict(
        self, network, library, eventually
    ):
        library.open_can_bus("body", interface="jumpstarter", channel="ours.can", **access(network))
        library.open_can_bus("ecu", interface="jumpstarter", channel="ours.ecu", **access(network))
        network.delay = 0.1
        body = library._buses.registry.get("body").bus
        eventually(lambda: body.delay > 0.15)  # the heartbeat finds out
        mark = library.set_can_mark(bus="body")
        library.send_can_message("0x123", bus="ecu")
        with pytest.raises(BusError) as unknown:
            library.can_message_should_not_arrive("0x123", within=0.12, since=mark, bus="body")
        assert re.fullmatch(
            r"Whether a message 0x123 arrived on bus 'body' within 120 milliseconds of the mark cannot be said: 0x123  "
            r"\[0\] was here [\d.]+ milliseconds after that, and the way from its computer and back takes up to [\d.]+ "
            r"milliseconds\. Give it a longer time\.",
            str(unknown.value),
        )
        library.can_message_should_not_arrive("0x124", within=0.12, since=mark, bus="body")

    def test_a_stall_is_no_end(self, network, library):
        library.open_can_bus("body", interface="jumpstarter", channel="ours.can", **access(network))
        library.open_can_bus("ecu", interface="jumpstarter", channel="ours.ecu", **access(network))
        wait = Doing(library.wait_for_can_message, "0x123", within=20, bus="body")
        for _ in range(3):
            network.fall_silent()
            time.sleep(1.2)
            network.go_on()
            time.sleep(0.6)
        library.send_can_message("0x123", bus="ecu")
        assert wait.sentence(time.monotonic(), 5).startswith("It passed with ")

"""The verdict rules on an exported bus whose exporter is slow: what it has must count, wherever it is on its way."""

import asyncio
import time

import pytest

from CanLibrary import CanLibrary
from CanLibrary.jumpstarter.session import why_missing
from utest.transport.conftest import grpc_thread  # noqa: F401 - a fixture

CHANNEL = 7300
DELAY = 0.08  # seconds that each batch is late
REPEAT = 5


@pytest.fixture(params=["ours", "published"])
def library(request, grpc_thread, monkeypatch):  # noqa: ARG001, F811
    """A library with the bus body on an exporter that hands over late, and the bus ecu here, on the same wire."""
    if missing := why_missing():
        pytest.skip(missing)
    from jumpstarter.common import ExporterStatus
    from jumpstarter.driver import export
    from jumpstarter.exporter import Session as ExporterSession
    from jumpstarter_driver_can import driver as published
    from jumpstarter_driver_composite.driver import Composite

    from CanLibrary.exporter import Can

    class LateCan(Can):
        @export
        async def received(self):
            async for batch in super().received():
                await asyncio.sleep(DELAY)
                yield batch

    class LatePublished(published.Can):
        @export
        def _recv_internal(self, timeout):
            found = super()._recv_internal(timeout)
            time.sleep(DELAY if found[0] else 0)
            return found

    driver = {"ours": LateCan, "published": LatePublished}[request.param](
        interface="virtual", channel=CHANNEL
    )
    opened = CanLibrary()
    with (
        ExporterSession(root_device=Composite(children={"body": driver})) as exporter,
        exporter.serve_unix() as path,
    ):
        exporter.update_status(ExporterStatus.LEASE_READY)
        monkeypatch.setenv("JUMPSTARTER_HOST", str(path))
        opened.open_can_bus("ecu", interface="virtual", channel=CHANNEL)
        opened.open_can_bus("body", interface="jumpstarter", channel="body")
        yield opened
        opened.close_all_can_buses()
    driver.bus.shutdown()


def ecu_says(library, data, identifier="0x7E8"):
    library.send_can_message(identifier, data, bus="ecu")


def test_what_came_in_time_and_is_still_on_its_way_does_not_pass_for_silence(library):
    for _ in range(REPEAT):
        mark = library.set_can_mark(bus="body")
        ecu_says(library, "06 7F")
        with pytest.raises(AssertionError, match="0x7E8"):
            library.can_message_should_not_arrive("0x7E8", within=DELAY / 2, since=mark, bus="body")


def test_the_way_here_counts_in_a_wait(library):
    mark = library.set_can_mark(bus="body")
    ecu_says(library, "06 7F")
    with pytest.raises(AssertionError, match=r"One arrived \d\S* milliseconds too late"):
        library.wait_for_can_message("0x7E8", within=DELAY / 2, since=mark, bus="body")


def test_an_old_message_is_no_answer_to_a_wait(library):
    for _ in range(REPEAT):
        ecu_says(library, "06 50 03")
        with pytest.raises(AssertionError, match="No message 0x7E8 arrived on bus 'body'"):
            library.wait_for_can_message("0x7E8", within=0.2, bus="body")


def test_an_old_message_is_no_reply_to_a_request(library):
    for _ in range(REPEAT):
        ecu_says(library, "06 50 03")
        with pytest.raises(AssertionError, match=r"A match arrived .* before the wait began"):
            library.exchange_can_message("0x7E0", "02 10 03", reply_id="0x7E8", within=0.2, bus="body")


def test_nothing_is_left_unread_that_had_arrived(library):
    for number in range(REPEAT):
        ecu_says(library, f"{number:02}")
        message = library.receive_can_message("0x7E8", timeout=0, bus="body")
        assert message.data == bytes([number])


def test_what_is_cleared_does_not_come_later(library):
    for _ in range(REPEAT):
        ecu_says(library, "AA")
        assert library.clear_received_messages(bus="body") == 1
        with pytest.raises(AssertionError):
            library.receive_can_message("0x7E8", timeout=0.2, bus="body")


def test_a_filter_applies_to_what_is_on_its_way(library):
    ecu_says(library, "AA", "0x123")
    ecu_says(library, "BB", "0x124")
    library.set_can_filters(["0x124"], bus="body")
    assert library.receive_can_message(bus="body", timeout=2).arbitration_id == 0x124
    with pytest.raises(AssertionError):
        library.receive_can_message(bus="body", timeout=0.2)


def test_a_log_has_what_arrived_before_it_ends(library, tmp_path):
    log = tmp_path / "trace.log"
    library.start_can_log(str(log), bus="body")
    for number in range(REPEAT):
        ecu_says(library, f"{number:02}")
    library.stop_can_log(bus="body")
    assert len(log.read_text().splitlines()) == REPEAT


@pytest.mark.usefixtures("grpc_thread")
def test_filters_of_the_exporters_file_hide_nothing_that_waits_behind_what_they_leave_out(monkeypatch):
    """python-can says of a message that does not pass that there is none."""
    if missing := why_missing():
        pytest.skip(missing)
    import can
    from jumpstarter.common import ExporterStatus
    from jumpstarter.exporter import Session as ExporterSession
    from jumpstarter_driver_composite.driver import Composite

    from CanLibrary.exporter import Can

    def message(identifier):
        return can.Message(arbitration_id=identifier, is_extended_id=False)

    driver = Can(interface="virtual", channel=CHANNEL, filters=["0x100:0x700"])
    with (
        can.Bus(interface="virtual", channel=CHANNEL, ignore_config=True) as ecu,
        ExporterSession(root_device=Composite(children={"body": driver})) as exporter,
        exporter.serve_unix() as path,
    ):
        exporter.update_status(ExporterStatus.LEASE_READY)
        monkeypatch.setenv("JUMPSTARTER_HOST", str(path))
        for identifier in (0x123, 0x200, 0x124):
            ecu.send(message(identifier))
        with can.Bus(interface="jumpstarter", channel="body", ignore_config=True) as bus:
            assert bus.recv(0) is None  # what was there before is gone, all of it
            for _ in range(20):
                for identifier in (*[0x200] * 30, 0x123):
                    ecu.send(message(identifier))
                assert bus.recv(0).arbitration_id == 0x123
            assert bus.recv(0) is None
    driver.close()


class TestPublishedDriver:
    """Each of its messages is a call: what waits there takes long to throw away."""

    @pytest.fixture
    def published(self, grpc_thread, monkeypatch):  # noqa: ARG002, F811
        if missing := why_missing():
            pytest.skip(missing)
        from jumpstarter.common import ExporterStatus
        from jumpstarter.exporter import Session as ExporterSession
        from jumpstarter_driver_can import driver as published
        from jumpstarter_driver_composite.driver import Composite

        driver = published.Can(interface="virtual", channel=CHANNEL)
        with (
            ExporterSession(root_device=Composite(children={"body": driver})) as exporter,
            exporter.serve_unix() as path,
        ):
            exporter.update_status(ExporterStatus.LEASE_READY)
            monkeypatch.setenv("JUMPSTARTER_HOST", str(path))
            yield driver
        driver.bus.shutdown()

    @pytest.mark.slow
    @pytest.mark.usefixtures("published")
    def test_thousands_that_waited_there_are_no_news(self):
        import can

        with can.Bus(interface="virtual", channel=CHANNEL, ignore_config=True) as ecu:
            for _ in range(2000):
                ecu.send(can.Message(arbitration_id=0x7E8, is_extended_id=False))
            with can.Bus(interface="jumpstarter", channel="body", ignore_config=True) as bus:
                assert bus.recv(0) is None

    @pytest.mark.usefixtures("published")
    def test_a_bus_on_which_old_and_new_cannot_be_told_apart_is_not_opened(self, monkeypatch):
        import can

        from CanLibrary.jumpstarter import bus

        monkeypatch.setattr(bus, "_STALE_BY_CALLS", 0.05)
        with can.Bus(interface="virtual", channel=CHANNEL, ignore_config=True) as ecu:
            for _ in range(2000):
                ecu.send(can.Message(arbitration_id=0x7E8, is_extended_id=False))
        with pytest.raises(can.CanInitializationError) as refused:
            can.Bus(interface="jumpstarter", channel="body", ignore_config=True)
        assert str(refused.value) == (
            "Channel 'body' brings messages faster than the published driver hands them over: what it received "
            "before could not be told from what comes now; use type CanLibrary.exporter.Can."
        )

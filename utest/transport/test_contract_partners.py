"""What every backend must do with a partner that is not there, or does not keep to ISO 15765-2."""

import can
import isotp
import pytest

from CanLibrary.errors import IsoTpTransferError

NOT_SENT = "The IsoTp frame of {} bytes on connection 'tester' was not sent: "


class TestSending:
    def test_to_nobody(self, backend, tester_address):
        tester = backend.endpoint(tester_address, **backend.impatient)
        error = tester.send(bytes(8))
        assert type(error) is IsoTpTransferError
        assert str(error) == NOT_SENT.format(8) + (
            f"no flow control came within {backend.patience} (N_Bs): is the partner there, and is its rxid 0x7E0 "
            "and its txid 0x7E8?"
        )
        assert not tester.transport.transmitting()

    def test_a_single_frame_to_nobody_is_sent_all_the_same(self, backend, tester_address):
        assert backend.endpoint(tester_address).send(bytes(7)) is None

    def test_to_a_partner_that_vanishes_half_way(self, backend, tester_address, partner):
        tester = backend.endpoint(tester_address, **backend.impatient)
        transfer = tester.begin(bytes(100))
        partner.hear()
        partner.say("30 02 00")
        assert [partner.hear()[:2], partner.hear()[:2]] == ["21", "22"]
        assert str(tester.end(transfer)).startswith(
            NOT_SENT.format(100) + f"no flow control came within {backend.patience}"
        )

    def test_it_works_again_after_a_failure(self, backend, tester_address, ecu_address, payload):
        tester = backend.endpoint(tester_address, **backend.impatient)
        first, second = tester.begin(bytes(8)), tester.begin(bytes(9))
        assert "8 bytes" in str(tester.end(first))
        assert "9 bytes" in str(tester.end(second))
        ecu = backend.endpoint(ecu_address, "ecu")
        assert tester.send(payload(50)) is None
        assert ecu.receive() == payload(50)

    @pytest.mark.only_backend("python", "the kernel accepts what it has room for")
    def test_more_than_the_partner_accepts(self, backend, tester_address, ecu_address, payload):
        tester = backend.endpoint(tester_address)
        ecu = backend.endpoint(ecu_address, "ecu", max_frame_size=20)
        assert str(tester.send(bytes(21))) == NOT_SENT.format(21) + (
            "the partner answered with flow control 'overflow': it does not accept that many bytes."
        )
        told = ecu.problem()
        assert not told.harmless
        assert str(told.error) == (
            "On connection 'ecu': An IsoTp frame from 0x7E0 is too long (21 bytes): max_frame_size=20 bytes; "
            "it was refused."
        )
        assert tester.send(payload(20)) is None
        assert ecu.receive() == payload(20)

    def test_as_many_wait_frames_as_are_tolerated(self, backend, tester_address, partner):
        tester = backend.endpoint(tester_address, wftmax=2)
        transfer = tester.begin(bytes(8))
        partner.hear()
        for flow_control in ("31 00 00", "31 00 00", "30 00 00"):
            partner.say(flow_control)
        assert tester.end(transfer) is None
        assert tester.inbox.take_problems() == []

    @pytest.mark.only_backend("python", "the kernel counts no wait frames")
    def test_more_wait_frames_than_are_tolerated(self, backend, tester_address, partner):
        tester = backend.endpoint(tester_address, wftmax=2)
        transfer = tester.begin(bytes(8))
        partner.hear()
        for _ in range(3):
            partner.say("31 00 00")
        assert str(tester.end(transfer)) == NOT_SENT.format(8) + (
            "the partner answered with flow control 'wait' more than wftmax=2 times."
        )

    @pytest.mark.only_backend("python", "the kernel counts no wait frames")
    def test_a_wait_frame_where_none_is_tolerated(self, backend, tester_address, partner):
        tester = backend.endpoint(tester_address, rx_flowcontrol_timeout=300)
        transfer = tester.begin(bytes(8))
        partner.hear()
        partner.say("31 00 00")
        assert str(tester.end(transfer)) == NOT_SENT.format(8) + (
            "the partner answered with flow control 'wait', but wftmax=0 allows none."
        )

    def test_the_separation_time_and_block_size_of_the_partner_are_kept(
        self, backend, tester_address, partner
    ):
        tester = backend.endpoint(tester_address)
        transfer = tester.begin(bytes(6 + 4 * 7))
        partner.hear()
        partner.say("30 02 14")  # two consecutive frames, 20 ms apart
        first, second = partner.bus.recv(5), partner.bus.recv(5)
        assert 0.019 <= second.timestamp - first.timestamp < 1
        assert partner.hears_nothing() is True
        partner.say("30 02 14")
        assert [partner.hear()[:2], partner.hear()[:2]] == ["23", "24"]
        assert tester.end(transfer) is None

    @pytest.mark.only_backend("python", "the kernel keeps to what the first flow control said")
    def test_each_flow_control_can_say_something_else(self, backend, tester_address, partner):
        tester = backend.endpoint(tester_address)
        transfer = tester.begin(bytes(6 + 4 * 7))
        partner.hear()
        partner.say("30 02 00")
        assert [partner.hear()[:2], partner.hear()[:2]] == ["21", "22"]
        partner.say("30 00 F5")  # no more flow control, 500 µs apart
        assert [partner.hear()[:2], partner.hear()[:2]] == ["23", "24"]
        assert tester.end(transfer) is None

    def test_padding(self, backend, tester_address, partner):
        tester = backend.endpoint(tester_address, tx_padding=0xAA)
        tester.send(b"\x01")
        assert partner.hear() == "01 01 AA AA AA AA AA AA"
        partner.say("10 14 01 02 03 04 05 06")
        assert partner.hear() == "30 08 00 AA AA AA AA AA"


class TestReceiving:
    def test_a_partner_that_vanishes_half_way(self, backend, tester_address, partner, eventually):
        tester = backend.endpoint(tester_address, **backend.impatient)
        partner.say("10 14 01 02 03 04 05 06")
        told = tester.problem()
        assert not told.harmless
        assert str(told.error) == (
            "On connection 'tester': The next consecutive frame from 0x7E8 did not come within "
            f"{backend.patience} (N_Cr): an IsoTp frame was lost half-way."
        )
        eventually(lambda: not tester.transport.receiving())

    @pytest.mark.parametrize(
        ("says", "sentence"),
        [
            (
                ["10 14 01 02 03 04 05 06", "22 07 08 09 0A 0B 0C 0D"],
                "A consecutive frame from 0x7E8 has the wrong sequence number",
            ),
            (
                ["10 14 01 02 03 04 05 06", "02 BB BB"],
                "A single frame from 0x7E8 came before the IsoTp frame in reception was complete: that one was lost.",
            ),
            (
                ["10 14 01 02 03 04 05 06", "10 0A 01 02 03 04 05 06"],
                "A first frame from 0x7E8 came before the IsoTp frame in reception was complete: that one was lost.",
            ),
        ],
    )
    def test_what_breaks_the_rules_is_told(self, backend, tester_address, partner, says, sentence):
        tester = backend.endpoint(tester_address)
        for text in says:
            partner.say(text)
        told = tester.problem()
        assert not told.harmless
        assert str(told.error).startswith(f"On connection 'tester': {sentence}")

    @pytest.mark.only_backend("python", "the kernel ignores them")
    @pytest.mark.parametrize("text", ["40 00", "05 01", ""])
    def test_messages_that_are_none_of_iso_tp_are_told(self, backend, tester_address, partner, text):
        tester = backend.endpoint(tester_address)
        partner.say(text)
        told = tester.problem()
        assert not told.harmless
        assert str(told.error).startswith(
            "On connection 'tester': A message from 0x7E8 is no valid ISO-TP message: "
        )

    @pytest.mark.only_backend("python", "the kernel does not say which numbers")
    def test_a_wrong_sequence_number_is_told_with_the_right_one(self, backend, tester_address, partner):
        tester = backend.endpoint(tester_address)
        partner.say("10 14 01 02 03 04 05 06")
        partner.say("22 07 08 09 0A 0B 0C 0D")
        assert str(tester.problem().error).endswith(
            "number (expected 1, received 2): an IsoTp frame was lost."
        )

    @pytest.mark.only_backend("python", "the kernel does not tell")
    @pytest.mark.parametrize(
        ("says", "sentence"),
        [
            ("30 00 00", "A flow control from 0x7E8 came although nothing was being sent; it was ignored."),
            ("21 00 00", "A consecutive frame from 0x7E8 came without a first frame; it was ignored."),
            (
                "32 00 00",
                "A flow control 'overflow' from 0x7E8 came although nothing was being sent; it was ignored.",
            ),
        ],
    )
    def test_what_does_no_harm_is_told_as_harmless(self, backend, tester_address, partner, says, sentence):
        tester = backend.endpoint(tester_address)
        partner.say(says)
        told = tester.problem()
        assert told.harmless
        assert str(told.error) == f"On connection 'tester': {sentence}"
        partner.say("01 AA")
        assert tester.receive() == b"\xaa"

    def test_it_receives_again_after_a_failure(self, backend, tester_address, partner):
        tester = backend.endpoint(tester_address)
        partner.say("10 14 01 02 03 04 05 06")
        partner.say("2A 07 08 09 0A 0B 0C 0D")
        partner.say("10 08 01 02 03 04 05 06")
        partner.say("21 07 08")
        assert tester.receive() == bytes(range(1, 9))

    def test_a_listener_hears_and_says_nothing(self, backend, tester_address, ecu_address, payload):
        listener = backend.endpoint(tester_address, "listener", listen_mode=True)
        tester, ecu = backend.pair(tester_address, ecu_address)
        watching = backend.raw_bus()
        assert ecu.send(payload(30)) is None
        assert listener.receive() == tester.receive() == payload(30)
        seen = [watching.recv(5).data[0] >> 4 for _ in range(6)]
        assert seen == [1, 3, 2, 2, 2, 2]  # one flow control, the tester's
        assert watching.recv(0.05) is None
        assert listener.inbox.take_problems() == []


class TestCanFd:
    def test_a_single_frame_with_the_escape_sequence(self, backend, tester_address, partner):
        tester = backend.endpoint(tester_address, can_fd=True, tx_data_length=64)
        partner.say("00 0A 01 02 03 04 05 06 07 08 09 0A", fd=True)
        assert tester.receive() == bytes(range(1, 11))

    @pytest.mark.only_backend("python", "the kernel does not tell")
    def test_without_the_escape_sequence_a_frame_above_8_bytes_is_told(
        self, backend, tester_address, partner
    ):
        tester = backend.endpoint(tester_address, can_fd=True, tx_data_length=64)
        partner.say("07 01 02 03 04 05 06 07 CC CC CC CC", fd=True)
        assert str(tester.problem().error) == (
            "On connection 'tester': A single frame from 0x7E8 has more than 8 bytes but no escape sequence "
            "(SF_DL in the first byte): ignored."
        )

    def test_the_escape_sequences_that_it_sends(self, backend, tester_address, partner):
        tester = backend.endpoint(tester_address, can_fd=True, tx_data_length=16)
        tester.send(bytes(range(7)))
        assert partner.hear() == "07 00 01 02 03 04 05 06"
        tester.send(bytes(range(8)))
        assert partner.hear() == "00 08 00 01 02 03 04 05 06 07 CC CC"
        tester.begin(bytes(4096))
        assert partner.hear() == "10 00 00 00 10 00 " + " ".join(["00"] * 10)

    @pytest.mark.only_backend("python", "the kernel does not tell")
    def test_a_consecutive_frame_that_is_shorter_than_the_first_is_told(
        self, backend, tester_address, partner
    ):
        tester = backend.endpoint(tester_address, can_fd=True, tx_data_length=16)
        partner.say("10 28" + " 00" * 14, fd=True)
        partner.hear()
        partner.say("21" + " 00" * 7, fd=True)
        assert str(tester.problem().error) == (
            "On connection 'tester': A consecutive frame from 0x7E8 is shorter than the first frame (RX_DL changed "
            "from 16 to 8): it was ignored."
        )

    def test_the_messages_are_can_fd_with_bit_rate_switch(self, backend, tester_address, partner):
        tester = backend.endpoint(tester_address, can_fd=True, bitrate_switch=True, tx_data_length=12)
        tester.send(b"\x01")
        message = partner.bus.recv(5)
        assert (message.is_fd, message.bitrate_switch) == (True, True)


class TestForeignStack:
    @pytest.fixture
    def foreign(self, backend):
        """can-isotp's own threads on a raw python-can bus."""
        bus = backend.raw_bus()
        notifier = can.Notifier(bus, [], timeout=0.01)
        address = isotp.Address(isotp.AddressingMode.Normal_11bits, txid=0x7E8, rxid=0x7E0)
        stack = isotp.NotifierBasedCanStack(bus, notifier, address=address, params={"max_frame_size": 5000})
        stack.start()
        yield stack
        stack.stop()
        notifier.stop()

    @pytest.mark.parametrize("size", [1, 7, 8, 100, 4095, 5000])
    def test_it_talks_to_it_both_ways(self, backend, tester_address, foreign, payload, size):
        tester = backend.endpoint(tester_address, max_frame_size=5000)
        assert tester.send(payload(size)) is None
        assert foreign.recv(block=True, timeout=5) == payload(size)
        foreign.send(payload(size))
        assert tester.receive() == payload(size)

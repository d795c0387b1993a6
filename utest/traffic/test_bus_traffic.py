"""All that passes on one bus: who is told of what arrives, also while another thread sends."""

import sys
import threading

import pytest

from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.trace import key_of
from CanLibrary.types import build_message, message_from

STANDARD, EXTENDED = key_of(0x100, False), key_of(0x100, True)


class TestHandlers:
    def test_they_hear_their_identifiers_in_order(self, traffic, message):
        heard = []
        traffic.subscribe([STANDARD, key_of(0x200, False)], heard.append)
        traffic.arrives(
            message("0x100", "01"), message("0x00000100", "02"), message("0x300"), message("0x200", "03")
        )
        assert [str(message_from(single)) for single in heard] == ["0x100  [1]  01", "0x200  [1]  03"]

    def test_several_hear_one_identifier(self, traffic, message):
        one, other = [], []
        traffic.subscribe([STANDARD], one.append)
        traffic.subscribe([STANDARD, EXTENDED], other.append)
        traffic.arrives(message("0x100"), message("0x00000100"))
        assert (len(one), len(other)) == (1, 2)

    def test_one_that_is_unsubscribed_hears_no_more_and_the_others_do(self, traffic, message):
        one, other = [], []
        traffic.subscribe([STANDARD, EXTENDED], one.append)
        traffic.subscribe([STANDARD], other.append)
        traffic.unsubscribe(one.append)
        traffic.unsubscribe(one.append)
        traffic.arrives(message("0x100"), message("0x00000100"))
        assert (len(one), len(other)) == (0, 1)
        assert traffic._handlers.keys() == {STANDARD}

    def test_remote_messages_and_error_frames_are_not_for_them(self, traffic, message):
        heard = []
        traffic.subscribe([STANDARD], heard.append)
        traffic.arrives(message("0x100", is_remote_frame=True, dlc=2), message("0x100", is_error_frame=True))
        assert heard == []

    def test_what_arrives_is_in_the_mailbox_too(self, traffic, message):
        traffic.subscribe([STANDARD], lambda _message: None)
        traffic.arrives(message("0x100", "01"))
        assert traffic.read(Matcher()) == "0x100  [1]  01"

    @pytest.mark.parametrize("capacity", [1, 3])
    def test_they_hear_the_right_message_while_another_thread_fills_the_trace(
        self, new_traffic, message, capacity
    ):
        traffic, heard, enough = new_traffic(capacity=capacity), [], threading.Event()
        traffic.subscribe([STANDARD], heard.append)

        def fill():
            while not enough.is_set():
                traffic.sending(build_message(0x200))

        interval, thread = sys.getswitchinterval(), threading.Thread(target=fill)
        sys.setswitchinterval(1e-6)
        thread.start()
        try:
            for number in range(500):
                traffic.arrives(message("0x100", list(number.to_bytes(2, "big"))))
        finally:
            enough.set()
            thread.join()
            sys.setswitchinterval(interval)
        assert [int.from_bytes(single.data, "big") for single in heard] == list(range(500))


class TestQuestions:
    def test_first_and_last_match_between_positions(self, traffic, message):
        traffic.arrives(*(message("0x100", f"{number:02X}") for number in range(5)))
        with traffic.changed:
            assert traffic.first_match(Matcher("0x100"), 1) == 1
            assert traffic.first_match(Matcher("0x100", "03"), 0) == 3
            assert traffic.first_match(Matcher("0x100", "03"), 0, 3) is None
            assert str(traffic.last_match(Matcher(), 0, 4)) == "0x100  [1]  03"
            assert traffic.last_match(Matcher("0x100", "03"), 4, 5) is None

    def test_counts_leave_out_own_messages_and_error_frames(self, traffic, message):
        traffic.arrives(message("0x300"))
        traffic.arrives(message("0x100"), message("0x00000100"), message("0x100"))
        traffic.arrives(message("0x100", is_error_frame=True))
        traffic.sending(build_message(0x100))
        with traffic.changed:
            assert traffic.received_counts(1) == {STANDARD: 2, EXTENDED: 1}

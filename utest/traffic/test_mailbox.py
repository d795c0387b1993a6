"""The mailbox: every message is handed out once, the oldest match first, the others stay unread."""

import random
from collections import Counter

import pytest

from CanLibrary.traffic.mailbox import Mailbox
from CanLibrary.traffic.matching import Matcher
from CanLibrary.traffic.trace import ERROR, EXTENDED, TX, Trace, key_of
from CanLibrary.types import CanFilters, build_message, message_from

ANY = Matcher()


def test_every_message_is_handed_out_once(traffic, message):
    traffic.arrives(message("0x100", "01"), message("0x100", "02"))
    assert [traffic.read(ANY) for _ in range(3)] == ["0x100  [1]  01", "0x100  [1]  02", None]


def test_the_oldest_match_comes_first_and_the_others_stay_unread(traffic, message):
    traffic.arrives(message("0x100", "01"), message("0x200", "02"), message("0x100", "03"))
    assert traffic.read(Matcher("0x200")) == "0x200  [1]  02"
    assert traffic.mailbox.unread == 2
    assert [traffic.read(ANY), traffic.read(ANY)] == ["0x100  [1]  01", "0x100  [1]  03"]


def test_by_pattern(traffic, message):
    traffic.arrives(*(message("0x100", data) for data in ("01 AA", "02 AA", "03 AA")))
    assert traffic.read(Matcher("*", "02 *")) == "0x100  [2]  02 AA"
    assert traffic.read(Matcher("0x100", "?? AA")) == "0x100  [2]  01 AA"
    assert traffic.read(Matcher("0x100", "01 *")) is None


def test_the_format_of_the_identifier_counts(traffic, message):
    traffic.arrives(message("0x00000100", "01"), message("0x100", "02"))
    assert traffic.read(Matcher("0x100")) == "0x100  [1]  02"
    assert traffic.read(Matcher("0x100")) is None
    assert traffic.read(Matcher("0x00000100")) == "0x00000100  [1]  01"


def test_many_at_once(traffic, message):
    traffic.arrives(*(message(identifier, "01") for identifier in ("0x100", "0x200", "0x100", "0x100")))
    with traffic.changed:
        assert traffic.take(Matcher("0x100"), 2) == [0, 2]
        assert traffic.take(ANY, 9) == [1, 3]
        assert traffic.take(ANY, 9) == []


def test_a_search_for_data_does_not_hide_what_it_passed_over(traffic, message):
    traffic.arrives(message("0x100", "01"), message("0x100", "02"), message("0x100", "03"))
    assert traffic.read(Matcher("0x100", "03")) == "0x100  [1]  03"
    assert traffic.read(Matcher("0x100")) == "0x100  [1]  01"


def test_a_search_for_data_looks_at_nothing_twice(traffic, message, monkeypatch):
    traffic.arrives(*[message("0x100", "00")] * 100, *[message("0x100", "01")] * 3)
    looked_at = []
    data = traffic.trace.data
    monkeypatch.setattr(traffic.trace, "data", lambda position: looked_at.append(position) or data(position))
    with traffic.changed:
        assert [traffic.take(Matcher("0x100", "01")) for _ in range(4)] == [[100], [101], [102], []]
    assert looked_at == list(range(103))


def test_many_different_searches_leave_no_trace_behind(traffic, message):
    for number in range(3000):
        traffic.read(Matcher("0x100", f"{number:04X}"))
    assert len(traffic.mailbox._cursors) <= 1000
    traffic.arrives(message("0x100", "00 01"))
    assert traffic.read(Matcher("0x100", "00 01")) == "0x100  [2]  00 01"


def test_an_interrupted_search_can_be_put_back(traffic, message):
    traffic.arrives(*(message("0x100", f"{number:02X}") for number in range(4)))
    matcher, taken = Matcher("0x100", "?? *"), []

    def interrupted(data):
        if data == b"\x02":
            raise KeyboardInterrupt
        return True

    matcher.data_matches = interrupted
    with traffic.changed:
        with pytest.raises(KeyboardInterrupt):
            traffic.mailbox.take(matcher, taken, 4)
        traffic.mailbox.put_back(taken)
        assert traffic.take(ANY, 9) == [0, 1, 2, 3]


def test_remote_messages_are_handed_out_and_error_frames_are_not(traffic, message):
    traffic.arrives(message("0x100", is_remote_frame=True, dlc=4), message("0x001", is_error_frame=True))
    assert [traffic.read(ANY), traffic.read(ANY)] == ["0x100  [4]  remote", None]


def test_what_is_put_back_is_handed_out_again_in_its_place(traffic, message):
    traffic.arrives(*(message("0x100", data) for data in ("01", "02", "03")))
    with traffic.changed:
        taken = traffic.take(ANY) + traffic.take(Matcher("0x100"))
        traffic.mailbox.put_back(taken)
    assert traffic.mailbox.unread == 3
    assert [traffic.read(Matcher("0x100")), traffic.read(ANY)] == ["0x100  [1]  01", "0x100  [1]  02"]


def test_mark_read_hands_out_once(traffic, message):
    traffic.arrives(message("0x100", "01"), message("0x100", "02"))
    with traffic.changed:
        traffic.mailbox.mark_read(0)
        traffic.mailbox.mark_read(0)
    assert traffic.mailbox.unread == 1
    assert [traffic.read(ANY), traffic.read(ANY)] == ["0x100  [1]  02", None]


def test_clear_says_how_many_went(traffic, message):
    traffic.arrives(message("0x100"), message("0x200"), message("0x300"))
    traffic.read(Matcher("0x200"))
    assert traffic.mailbox.clear() == 2
    assert traffic.mailbox.clear() == 0
    assert traffic.read(ANY) is None
    traffic.arrives(message("0x100", "01"))
    assert traffic.read(ANY) == "0x100  [1]  01"


def test_counts_of_what_is_unread(traffic, message):
    traffic.arrives(message("0x100"), message("0x00000100"), message("0x100"), message("0x200"))
    traffic.read(Matcher("0x200"))
    assert traffic.mailbox.counts() == Counter({key_of(0x100, False): 2, key_of(0x100, True): 1})


class TestFilters:
    def test_they_apply_to_what_is_unread_and_to_what_comes(self, traffic, message):
        traffic.arrives(message("0x100", "01"), message("0x200", "02"), message("0x101", "03"))
        assert traffic.set_filters(CanFilters("0x100:0x7FE")) == 1
        traffic.arrives(message("0x300", "04"), message("0x101", "05"))
        assert [traffic.read(ANY) for _ in range(4)] == [
            "0x100  [1]  01",
            "0x101  [1]  03",
            "0x101  [1]  05",
            None,
        ]

    def test_without_filters_everything_comes_again(self, traffic, message):
        traffic.set_filters(CanFilters("0x100"))
        traffic.arrives(message("0x200", "01"))
        assert traffic.set_filters(None) == 0
        traffic.arrives(message("0x200", "02"))
        assert [traffic.read(ANY), traffic.read(ANY)] == ["0x200  [1]  02", None]

    def test_what_was_filtered_is_seen_by_no_wait(self, traffic, message):
        traffic.set_filters(CanFilters("0x100"))
        traffic.arrives(message("0x200", "01"))
        with traffic.changed:
            assert traffic.first_match(ANY, 0) is None

    def test_a_listener_hears_its_identifiers_all_the_same(self, traffic, message):
        heard = []
        traffic.subscribe([key_of(0x200, False)], heard.append)
        traffic.set_filters(CanFilters("0x100"))
        traffic.arrives(message("0x200", "01"), message("0x300", "02"))
        assert [str(message_from(single)) for single in heard] == ["0x200  [1]  01"]
        assert traffic.read(ANY) is None

    def test_error_frames_are_counted_all_the_same(self, traffic, message):
        traffic.set_filters(CanFilters("0x100"))
        traffic.arrives(message("0x001", is_error_frame=True))
        assert traffic.error_frames == 1


class TestOverflow:
    def test_unread_messages_that_go_are_counted_as_lost(self, new_traffic, message):
        traffic = new_traffic(capacity=4)
        traffic.arrives(*(message("0x100", f"{number:02X}") for number in range(4)))
        traffic.read(ANY)
        traffic.arrives(*(message("0x100", f"{number:02X}") for number in range(4, 7)))
        assert traffic.mailbox.unread == 4
        assert traffic.mailbox.take_lost() == 2
        assert traffic.mailbox.take_lost() == 0
        assert traffic.read(ANY) == "0x100  [1]  03"

    def test_own_messages_take_room_and_are_not_lost(self, new_traffic, message):
        traffic = new_traffic(capacity=4)
        traffic.arrives(message("0x100", "01"))
        for number in range(4):
            traffic.sending(build_message(0x200, [number]))
        assert traffic.mailbox.take_lost() == 1
        for number in range(10):
            traffic.sending(build_message(0x200, [number]))
        assert traffic.mailbox.take_lost() == 0

    def test_what_is_put_back_too_late_is_lost(self, new_traffic, message):
        traffic = new_traffic(capacity=4)
        traffic.arrives(message("0x100", "01"))
        with traffic.changed:
            taken = traffic.take(ANY)
        traffic.arrives(*(message("0x200") for _ in range(4)))
        with traffic.changed:
            traffic.mailbox.put_back(taken)
        assert traffic.mailbox.take_lost() == 1
        assert traffic.mailbox.unread == 4

    def test_clear_forgets_what_was_lost(self, new_traffic, message):
        traffic = new_traffic(capacity=2)
        traffic.arrives(*(message("0x100") for _ in range(5)))
        assert traffic.mailbox.clear() == 2
        assert traffic.mailbox.take_lost() == 0


class Model:
    """The mailbox as a naive list: what is unread, as (position, key, data)."""

    def __init__(self):
        self.unread, self.first, self.end, self.lost, self.filters = [], 0, 0, 0, None

    def passes(self, key):
        value, extended = key & 0x7FFFFFFF, bool(key >> 31)
        return not self.filters or any(single.passes(value, extended) for single in self.filters)

    def add(self, key, data, wanted):
        if wanted and self.passes(key):
            self.unread.append((self.end, key, data))
        self.end += 1

    def drop(self, count):
        self.first += count
        kept = [entry for entry in self.unread if entry[0] >= self.first]
        self.lost += len(self.unread) - len(kept)
        self.unread = kept

    def find(self, matcher):
        for entry in self.unread:
            if matcher.key in (None, entry[1]) and matcher.data_matches(entry[2]):
                return entry
        return None

    def take(self, matcher):
        if (found := self.find(matcher)) is not None:
            self.unread.remove(found)
        return found


@pytest.mark.parametrize("seed", range(8))
def test_against_a_naive_list(seed):
    chance = random.Random(seed)
    trace, model = Trace(chance.choice([20, 100, 5000])), Model()
    box, taken = Mailbox(trace), []
    keys = [key_of(number, extended) for number in (0x100, 0x101, 0x700) for extended in (False, True)]
    matchers = [
        Matcher(identifier, pattern)
        for identifier in ("*", "0x100", "0x101", "0x00000100", "0x555")
        for pattern in ("*", "0? *", "?1", "03 ??", "")
    ]
    filters = [None, CanFilters("0x100"), CanFilters("0x100:0x700"), CanFilters(["0x101", "0x00000100"])]

    def arrive():
        key, data = chance.choice(keys), chance.choice([b"", b"\x01", b"\x11", b"\x03\x04"])
        flags = chance.choice([0, 0, 0, TX, ERROR])
        trace.append(key, data, flags | (EXTENDED if key >> 31 else 0), len(data), 0.0, 0.0)
        box.add(not flags and box.passes(key))
        model.add(key, data, not flags)
        if surplus := trace.surplus():
            trace.drop(surplus)
            box.drop(surplus)
            model.drop(surplus)

    def take():
        matcher, count = chance.choice(matchers), chance.choice([1, 1, 1, 5])
        expected = [found for _ in range(count) if (found := model.take(matcher)) is not None]
        positions = []
        box.take(matcher, positions, count)
        assert positions == [entry[0] for entry in expected]
        taken.extend(expected)

    def put_back():
        if taken:
            number = chance.randrange(1, len(taken) + 1)
            back = [taken.pop() for _ in range(number)][::-1]
            box.put_back([entry[0] for entry in back])
            kept = [entry for entry in back if entry[0] >= model.first]
            model.lost += len(back) - len(kept)
            model.unread = sorted(model.unread + kept)

    def mark_read():
        position = chance.randrange(model.first, model.end) if model.end > model.first else 0
        if position < model.end:
            box.mark_read(position)
            model.unread = [entry for entry in model.unread if entry[0] != position]

    def clear():
        assert box.clear() == len(model.unread)
        model.unread, model.lost = [], 0
        taken.clear()

    def filter_unread():
        model.filters = chance.choice(filters)
        kept = [entry for entry in model.unread if model.passes(entry[1])]
        assert box.apply_filters(model.filters) == len(model.unread) - len(kept)
        model.unread = kept
        taken.clear()

    def forget():
        taken.clear()  # these were handed out

    steps = [arrive] * 30 + [take] * 25 + [put_back, mark_read, forget] * 2 + [clear, filter_unread]
    for _ in range(4000):
        chance.choice(steps)()
        assert (box.unread, box.lost) == (len(model.unread), model.lost)
    assert box.counts() == Counter(entry[1] for entry in model.unread)
    rest = []
    box.take(matchers[0], rest, len(model.unread) + 1)
    assert rest == [entry[0] for entry in model.unread]

"""Periodic messages: on time without drift, changed while they run, and truly over when they are stopped."""

import threading
import time

import pytest

from CanLibrary.traffic.periodic import PeriodicScheduler, PeriodicTask
from CanLibrary.types import build_message


class Sent:
    """What a task sends, with the time; a number of the first sends can fail."""

    def __init__(self, failing=0):
        self.at, self.texts, self.failing = [], [], failing

    def __call__(self, message):
        if self.failing:
            self.failing -= 1
            raise OSError("nobody acknowledged")
        self.at.append(time.monotonic())
        self.texts.append(str(message))


@pytest.fixture
def scheduler():
    return PeriodicScheduler()


@pytest.fixture
def start(scheduler):
    tasks = []

    def begin(sent, period, *, duration=None, identifier=0x100, data="00", **options):
        task = PeriodicTask(
            "beat", "body", build_message(identifier, data), period, duration, sent, **options
        )
        tasks.append(task)
        scheduler.start(task)
        return task

    yield begin
    for task in tasks:
        scheduler.stop(task)


def test_the_first_goes_out_at_once_and_the_next_ones_each_period(start, eventually):
    sent = Sent()
    task = start(sent, 60)
    eventually(lambda: sent.at)
    other = Sent()
    start(other, 0.05)
    eventually(lambda: len(other.at) == 5)
    assert other.at[4] - other.at[0] > 0.19
    assert task.sent == 1


def test_an_offset_delays_the_first_and_the_end(start, eventually):
    sent, began = Sent(), time.monotonic()
    task = start(sent, 0.05, offset=0.1, duration=0.12)
    eventually(lambda: not task.running)
    assert sent.at[0] - began >= 0.1
    assert task.ends_at - began >= 0.22
    assert 1 <= len(sent.at) <= 3


def test_constant_data_is_prepared_once_and_again_where_it_changes(start, eventually):
    sent, prepared = Sent(), []

    def prepare(message):
        prepared.append(str(message))
        return message

    task = start(sent, 0.005, prepare=prepare)
    eventually(lambda: len(sent.at) > 3)
    task.message = build_message(0x100, "FF")
    eventually(lambda: "0x100  [1]  FF" in sent.texts)
    assert prepared == ["0x100  [1]  00", "0x100  [1]  FF"]


def test_figures_begin_again_with_a_new_period(scheduler, start, eventually):
    sent = Sent()
    task = start(sent, 0.3)
    eventually(lambda: len(sent.at) == 2)
    assert task.statistics().longest > 0.2
    scheduler.change_period(task, 0.01)
    assert (task.statistics().gaps, task.statistics().period) == (0, 0.01)
    eventually(lambda: task.statistics().gaps > 3)
    assert task.misses < 20
    assert task.sent > 5


def test_the_cycle_does_not_drift(start, eventually):
    sent = Sent()

    def slow(message):
        sent(message)
        time.sleep(0.004)

    task = start(slow, 0.01)
    eventually(lambda: task.sent)
    first = task.last_due
    eventually(lambda: task.sent > 30)
    cycles = (task.last_due - first) / 0.01
    assert cycles > 28
    assert abs(cycles - round(cycles)) < 1e-6


def test_what_a_stalled_machine_missed_is_left_out_and_the_cycle_keeps_its_phase(start, eventually):
    known, tasks, dues, times = threading.Event(), [], [], []

    def send(_message):
        assert known.wait(5)
        dues.append(tasks[0].last_due)
        times.append(time.monotonic())
        if len(dues) == 1:
            time.sleep(0.1)

    tasks.append(start(send, 0.02))
    known.set()
    eventually(lambda: len(dues) == 6)
    cycles = [(due - dues[0]) / 0.02 for due in dues]
    assert cycles[1] > 3.9  # those that fell into the stall were left out
    assert all(abs(cycle - round(cycle)) < 1e-6 for cycle in cycles)
    assert len({round(cycle) for cycle in cycles}) == 6
    assert all(at >= due for at, due in zip(times, dues, strict=True))


def test_data_can_change_while_it_runs(start, eventually):
    sent = Sent()
    task = start(sent, 0.01)
    eventually(lambda: sent.at)
    task.message = build_message(0x100, "FF")
    eventually(lambda: "0x100  [1]  FF" in sent.texts)
    assert sent.texts[0] == "0x100  [1]  00"


def test_a_shorter_period_is_used_at_once(scheduler, start, eventually):
    sent = Sent()
    task = start(sent, 60)
    eventually(lambda: sent.at)
    scheduler.change_period(task, 0.02)
    eventually(lambda: len(sent.at) == 3, within=2)


def test_a_longer_period_is_used_at_once(scheduler, start, eventually):
    sent = Sent()
    task = start(sent, 0.1)
    eventually(lambda: sent.at)
    scheduler.change_period(task, 60)
    threading.Event().wait(0.2)
    assert len(sent.at) == 1


def test_several_with_one_identifier(scheduler, start, eventually):
    sent = Sent()
    tasks = [start(sent, 0.01, data=data) for data in ("01", "02")]
    eventually(lambda: len(sent.at) >= 10)
    scheduler.stop(tasks[0])
    assert sent.texts.count("0x100  [1]  01") > 2
    sent.texts.clear()
    eventually(lambda: len(sent.texts) >= 3)
    assert set(sent.texts) == {"0x100  [1]  02"}


def test_a_hundred_at_once_and_none_too_often(start, eventually):
    counts, began = [Sent() for _ in range(100)], time.monotonic()
    tasks = [start(sent, 0.02, identifier=number) for number, sent in enumerate(counts)]
    eventually(lambda: all(task.sent > 4 for task in tasks))
    most = (time.monotonic() - began) / 0.02 + 2
    assert all(task.sent <= most for task in tasks)


class TestEnd:
    def test_a_stop_is_the_end(self, scheduler, start, eventually):
        sent = Sent()
        task = start(sent, 0.002)
        eventually(lambda: len(sent.at) > 5)
        scheduler.stop(task)
        count = len(sent.at)
        assert task.sent == count
        assert not task.running
        threading.Event().wait(0.05)
        assert len(sent.at) == count
        scheduler.stop(task)

    def test_a_stop_waits_for_a_send_that_is_on_its_way(self, scheduler, start):
        entered, go_on, done = threading.Event(), threading.Event(), []

        def send(_message):
            entered.set()
            assert go_on.wait(5)
            done.append(True)

        task = start(send, 1)
        assert entered.wait(5)
        threading.Timer(0.05, go_on.set).start()
        scheduler.stop(task)
        assert done == [True]

    def test_the_thread_ends_with_the_last_task_and_starts_again(self, scheduler, start, eventually):
        before = threading.active_count()
        for _ in range(2):
            tasks = [start(Sent(), 0.01), start(Sent(), 0.01)]
            assert threading.active_count() == before + 1
            scheduler.stop(tasks[0])
            assert threading.active_count() == before + 1
            scheduler.stop(tasks[1])
            eventually(lambda: threading.active_count() == before)

    def test_a_duration_ends_it(self, start, eventually):
        before, sent = threading.active_count(), Sent()
        task = start(sent, 0.02, duration=0.1)
        eventually(lambda: not task.running)
        assert 1 <= len(sent.at) <= 6
        assert task.last_due < task.ends_at
        eventually(lambda: threading.active_count() == before)

    def test_a_duration_that_is_no_multiple_of_the_period_lasts_to_its_end(
        self, scheduler, start, eventually
    ):
        sent = Sent()
        task, began = start(sent, 60, duration=0.3), time.monotonic()
        eventually(lambda: sent.at)
        scheduler.change_period(task, 0.05)
        eventually(lambda: not task.running)
        assert time.monotonic() - began > 0.28
        assert 2 <= task.sent <= 6

    def test_a_duration_of_less_than_a_period_is_one_message(self, start, eventually):
        busy, sent = Sent(), Sent()
        start(busy, 0.005)
        task = start(sent, 60, duration=0.01)
        eventually(lambda: not task.running, within=1)
        assert task.sent == 1


class TestFailure:
    def test_it_is_kept_and_the_next_cycle_tries_again(self, start, eventually):
        sent = Sent(failing=3)
        task = start(sent, 0.01)
        eventually(lambda: sent.at)
        assert (task.failed, str(task.error)) == (3, "nobody acknowledged")
        assert task.running

    def test_others_go_on(self, start, eventually):
        failing, fine = Sent(failing=1000), Sent()
        start(failing, 0.01)
        start(fine, 0.01)
        eventually(lambda: len(fine.at) > 5)

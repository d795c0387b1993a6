"""How regular messages were: figures that are exact where they are said to be, in memory that does not grow."""

import itertools
import random

import pytest

from CanLibrary.traffic.gaps import Gaps


def noted(times, period):
    gaps = Gaps(period)
    for at in times:
        gaps.note(at)
    return gaps


def test_even_messages():
    gaps = noted([number / 8 for number in range(9)], 0.125)
    assert (gaps.count, gaps.mean, gaps.shortest, gaps.longest) == (8, 0.125, 0.125, 0.125)
    assert (gaps.mean_error, gaps.worst_error, gaps.error_at(0.99), gaps.gap_at(0.99)) == (0, 0, 0, 0.125)


def test_one_that_was_late_and_came_early_after_that():
    gaps = noted([0, 1, 2.5, 3, 4], 1)
    assert (gaps.shortest, gaps.longest, gaps.worst_error) == (0.5, 1.5, 0.5)
    assert gaps.mean_error == 0.25
    assert gaps.mean == 1


@pytest.mark.parametrize("size", [1e-6, 1e-4, 1e-3, 0.3])
def test_a_percentile_is_exact_to_a_64th_and_never_too_small(size):
    choice = random.Random(size)
    errors = [choice.expovariate(1 / size) * choice.choice((1, -0.1)) for _ in range(10_000)]
    at, times = 1000.0, [1000.0]
    for error in errors:
        at += 1 + error
        times.append(at)
    gaps = noted(times, 1)
    seen = [later - earlier for earlier, later in itertools.pairwise(times)]
    for part in (0.5, 0.9, 0.99, 1.0):
        true = sorted(abs(gap - 1) for gap in seen)[round(len(seen) * part) - 1]
        assert true - 1e-12 <= gaps.error_at(part) <= true * (1 + 1 / 64) + 1e-7, part
        true = sorted(seen)[round(len(seen) * part) - 1]
        assert true - 1e-12 <= gaps.gap_at(part) <= true + abs(true - 1) / 64 + 1e-7, part


def test_memory_does_not_grow_with_the_time():
    choice, gaps, at = random.Random(1), Gaps(0.01), 0.0
    for _ in range(200_000):
        at += 0.01 + choice.expovariate(1000)
        gaps.note(at)
    assert len(gaps._buckets) < 2000

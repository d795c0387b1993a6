"""How regular a periodic message is, in memory that does not grow: sums, extremes and a histogram of the errors."""

from __future__ import annotations

_UNIT = 1e-7  # seconds: errors are counted in tenths of a microsecond
_FINE = 7  # bits of an error that count: a bucket is at most 1/64 of what it holds wide


class Gaps:
    """The gaps from one message to the next, measured against the period that was asked for.

    Errors are counted in buckets that grow with the error, at most 1/64 wide of it: a percentile is exact to 1.6 %, and
    never said too small. A few hundred numbers hold any length of time.
    """

    def __init__(self, period: float) -> None:
        self.period = period
        self.count = 0  # of gaps
        self.first: float | None = None
        self.last = 0.0
        self.shortest = float("inf")
        self.longest = 0.0
        self._buckets: dict[int, int] = {}  # those of messages that came too early are below 0
        self._errors = 0.0  # the sum, without sign

    def note(self, at: float) -> None:
        """Note a message that was sent at a monotonic time."""
        if self.first is None:
            self.first = self.last = at
            return
        gap = at - self.last
        self.last = at
        self.count += 1
        self.longest = max(self.longest, gap)
        self.shortest = min(self.shortest, gap)
        error = gap - self.period
        size = abs(error)
        self._errors += size
        number = int(size / _UNIT)
        if number >> _FINE:
            shift = number.bit_length() - _FINE
            bucket = (shift << _FINE) + (number >> shift)
        else:
            bucket = number
        if error < 0:
            bucket = ~bucket
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1

    @property
    def mean(self) -> float:
        """The mean gap in seconds."""
        return (self.last - (self.first or 0.0)) / self.count

    @property
    def mean_error(self) -> float:
        """The mean difference to the period in seconds, without sign."""
        return self._errors / self.count

    @property
    def worst_error(self) -> float:
        """The largest difference to the period in seconds, without sign."""
        return max(abs(self.longest - self.period), abs(self.shortest - self.period))

    def error_at(self, part: float) -> float:
        """Return the error, without sign, that so large a part of the gaps does not exceed."""
        sizes: dict[int, int] = {}
        for bucket, number in self._snapshot():
            size = bucket if bucket >= 0 else ~bucket
            sizes[size] = sizes.get(size, 0) + number
        return min(_end(self._bucket_at(sorted(sizes.items()), part)), self.worst_error)

    def gap_at(self, part: float) -> float:
        """Return the gap that so large a part of the gaps does not exceed."""
        bucket = self._bucket_at(sorted(self._snapshot()), part)
        error = _end(bucket) if bucket >= 0 else -_begin(~bucket)
        return min(self.period + error, self.longest)

    def _snapshot(self) -> list[tuple[int, int]]:
        return list(self._buckets.copy().items())  # a copy in one step: the scheduler goes on

    def _bucket_at(self, buckets: list[tuple[int, int]], part: float) -> int:
        left = part * sum(number for _, number in buckets)
        for bucket, number in buckets:
            left -= number
            if left <= 0:
                return bucket
        return buckets[-1][0]


def _begin(bucket: int) -> float:
    shift, number = bucket >> _FINE, bucket & ((1 << _FINE) - 1)
    return (number << shift) * _UNIT


def _end(bucket: int) -> float:
    shift, number = bucket >> _FINE, bucket & ((1 << _FINE) - 1)
    return ((number + 1) << shift) * _UNIT

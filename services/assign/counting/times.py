"""Working times in buckets that each are 5 % wider than the one before, kept as one number. Pure.

A histogram is a decimal number with eight digits for each bucket: PostgreSQL adds two of them as it adds any numbers,
and an empty bucket costs nothing. What is read from it lies within `ERROR` of the true value (the idea of DDSketch:
Masson, Rim and Lee, VLDB 2019, with a fixed range instead of a growing one).
"""

from collections.abc import Iterator
from math import ceil, log, sqrt

from services.assign.reporting.definitions import interpolated

GROWTH = 1.05
SHORTEST_S = 60.0
"""All below a minute is one bucket: nobody is told seconds."""
BUCKETS = 250
"""The last one begins at about 130 days of working time."""
ERROR = sqrt(GROWTH) - 1
"""The largest relative error of a time above `SHORTEST_S`: 2.5 %."""
DIGITS = 8
"""Decimal digits for each bucket: as many as 99,999,999 tickets in one."""
_LANE = 10**DIGITS


def bucket_of(seconds: float) -> int:
    """The bucket of a working time."""
    if seconds <= SHORTEST_S:
        return 0
    return min(BUCKETS - 1, ceil(log(seconds / SHORTEST_S, GROWTH)))


def middle_of(bucket: int) -> float:
    """The time that stands for a bucket, in seconds: the geometric middle of its ends."""
    return SHORTEST_S / 2 if bucket == 0 else SHORTEST_S * GROWTH ** (bucket - 0.5)


def unpacked(histogram: int) -> Iterator[tuple[int, int]]:
    """Bucket and count of all that are not empty, shortest first."""
    bucket = 0
    while histogram:
        histogram, count = divmod(histogram, _LANE)
        if count:
            yield bucket, count
        bucket += 1


def quantile_of(histogram: int, part: float) -> float | None:
    """The value at a part of the ranks, in seconds, interpolated as the exact one is; None of nothing."""
    counts = list(unpacked(histogram))
    return interpolated(part, sum(count for _, count in counts), lambda rank: _ranked(counts, rank))


def _ranked(counts: list[tuple[int, int]], rank: int) -> float:
    """The value of a rank, 0 being the shortest."""
    for bucket, count in counts:
        rank -= count
        if rank < 0:
            return middle_of(bucket)
    raise ValueError("no such rank")

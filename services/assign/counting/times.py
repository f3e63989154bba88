"""Working times in buckets that each are 5 % wider than the one before, kept as one number. Pure.

A histogram is a decimal number with eight digits for each bucket: PostgreSQL adds two of them as it adds any numbers,
and an empty bucket costs nothing. What is read from it lies within `ERROR` of the true value (the idea of DDSketch:
Masson, Rim and Lee, VLDB 2019, with a fixed range instead of a growing one).
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
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
_LANE = re.compile(rf"((?:0{{{DIGITS}}})*)(\d{{{DIGITS}}})")
"""A bucket's digits, and the empty ones above it."""


def bucket_of(seconds: float) -> int:
    """The bucket of a working time."""
    if seconds <= SHORTEST_S:
        return 0
    return min(BUCKETS - 1, ceil(log(seconds / SHORTEST_S, GROWTH)))


def middle_of(bucket: int) -> float:
    """The time that stands for a bucket, in seconds: the geometric middle of its ends."""
    return SHORTEST_S / 2 if bucket == 0 else SHORTEST_S * GROWTH ** (bucket - 0.5)


_MIDDLES = [middle_of(bucket) for bucket in range(BUCKETS)]


def quantiles_of(histogram: str, parts: Sequence[float]) -> list[float | None]:
    """The values at parts of the ranks, in seconds, interpolated as exact ones are; None of nothing.

    `histogram` as PostgreSQL writes the number: to take digits apart is far quicker than to divide.
    """
    bucket = -(-len(histogram) // DIGITS)
    buckets: list[int] = []
    numbers: list[int] = []
    for empty, number in _LANE.findall(histogram.zfill(bucket * DIGITS)):
        bucket -= len(empty) // DIGITS + 1
        buckets.append(bucket)
        numbers.append(int(number))
    buckets.reverse()
    ranks = list(accumulate(reversed(numbers)))
    return [interpolated(part, ranks[-1], lambda rank: _MIDDLES[buckets[bisect_right(ranks, rank)]]) for part in parts]

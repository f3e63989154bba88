"""Working times in buckets that each are 5 % wider than the one before, kept as one number. Pure.

A histogram is a decimal number with eight digits for each bucket: PostgreSQL adds two of them as it adds any numbers,
and an empty bucket costs nothing. What is read from it lies within `ERROR` of the true value (the idea of DDSketch:
Masson, Rim and Lee, VLDB 2019, with a fixed range instead of a growing one).
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
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
_NOT_EMPTY = re.compile("[1-9]")


def bucket_of(seconds: float) -> int:
    """The bucket of a working time."""
    if seconds <= SHORTEST_S:
        return 0
    return min(BUCKETS - 1, ceil(log(seconds / SHORTEST_S, GROWTH)))


def middle_of(bucket: int) -> float:
    """The time that stands for a bucket, in seconds: the geometric middle of its ends."""
    return SHORTEST_S / 2 if bucket == 0 else SHORTEST_S * GROWTH ** (bucket - 0.5)


def quantiles_of(histogram: str, parts: Sequence[float]) -> list[float | None]:
    """The values at parts of the ranks, in seconds, interpolated as exact ones are; None of nothing.

    `histogram` as PostgreSQL writes the number: to take digits apart is far quicker than to divide.
    """
    buckets = list(_unpacked(histogram))[::-1]
    ranks = list(accumulate(count for _, count in buckets))
    number = ranks[-1] if ranks else 0
    return [interpolated(part, number, lambda rank: middle_of(buckets[bisect_right(ranks, rank)][0])) for part in parts]


def _unpacked(histogram: str) -> Iterator[tuple[int, int]]:
    """Bucket and count of all that are not empty, longest first."""
    lanes = -(-len(histogram) // DIGITS)
    digits = histogram.zfill(lanes * DIGITS)
    at = 0
    while counted := _NOT_EMPTY.search(digits, at):
        lane = counted.start() // DIGITS
        at = (lane + 1) * DIGITS
        yield lanes - lane - 1, int(digits[lane * DIGITS : at])

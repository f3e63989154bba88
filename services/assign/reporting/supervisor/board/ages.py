"""How old the open work is, in days of Vietnam's calendar: today's, 1 to 3 days, 4 to 7, more than a week. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

BUCKETS = ("today", "few_days", "this_week", "older")
SINCE_DAYS = (0, 3, 7)
"""The oldest day of each bucket but the last, in days before today."""


@dataclass(frozen=True, slots=True)
class Ages:
    """How many open tickets there are of each age, and since when the oldest waits."""

    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    oldest: datetime | None = None

    @property
    def total(self) -> int:
        return sum(self.counts)

    def by_bucket(self) -> dict[str, int]:
        return dict(zip(BUCKETS, self.counts, strict=True))


def beginnings(today: date) -> tuple[date, date, date]:
    """The first day of each bucket but the last."""
    now, few, week = (today - timedelta(days=days) for days in SINCE_DAYS)
    return now, few, week


def together(ages: Iterable[Ages]) -> Ages:
    """All of these as one."""
    known = list(ages)
    first, second, third, fourth = (
        (sum(column) for column in zip(*(one.counts for one in known), strict=True)) if known else (0,) * 4
    )
    return Ages((first, second, third, fourth), min((one.oldest for one in known if one.oldest), default=None))


def longest_waiting(ages: Mapping[str | None, Ages], key: str | None) -> datetime | None:
    return ages[key].oldest if key in ages else None

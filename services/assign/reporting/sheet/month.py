"""The month that a sheet is of, as it stands in an address: `2026-11`. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.assign.reporting.period import Period, day_of

OFFERED = 24
"""So many months are offered to choose from; an address may name any."""
_WRITTEN = re.compile(r"(20\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Month:
    """A month in Vietnam, from its first day to its last, or to today where it is not over."""

    first: date
    today: date

    @property
    def last(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    @property
    def over(self) -> bool:
        return self.last < self.today

    @property
    def period(self) -> Period:
        return Period(self.first, min(self.last, self.today))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


def month_of(written: str, now: datetime) -> Month:
    """The month that is written, this month where nothing is. ValueError: it is none, or has not begun."""
    today = day_of(now)
    if not written:
        return Month(today.replace(day=1), today)
    found = _WRITTEN.fullmatch(written)
    if not found:
        raise ValueError("a month is written as 2026-11")
    first = date(int(found[1]), int(found[2]), 1)
    if first > today:
        raise ValueError("the month has not begun")
    return Month(first, today)


def months_until(now: datetime) -> Iterator[Month]:
    """This month and those before it, the latest first."""
    month = month_of("", now)
    for _ in range(OFFERED):
        yield month
        month = Month((month.first - timedelta(days=1)).replace(day=1), month.today)

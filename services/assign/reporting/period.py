"""A stretch of whole days in Vietnam, as figures are asked for: both ends included, today too. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.clock import local, midnight

LONGEST_DAYS = 366
YEARS = range(2000, 2101)
"""Of which anybody may ask."""


@dataclass(frozen=True, slots=True)
class Period:
    """From midnight before `first` to midnight after `last`. ValueError: it ends before it begins, or is too long."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a period ends after it begins")
        if (self.last - self.first).days >= LONGEST_DAYS:
            raise ValueError(f"a period has at most {LONGEST_DAYS} days")

    @property
    def start(self) -> datetime:
        """The first moment within, UTC."""
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after, UTC."""
        return midnight(self.last + timedelta(days=1))

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def days(self) -> Iterator[date]:
        """Each day, in order."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)


def this_month(now: datetime) -> Period:
    """From the first of the month to today."""
    today = day_of(now)
    return Period(today.replace(day=1), today)


def day_of(moment: datetime) -> date:
    """The day in Vietnam."""
    return local(moment).date()


def day_typed(typed: str) -> date | None:
    """A day as a browser's field writes it; None where there is none."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None

"""Which tickets a file is asked for: the words of the list, and days of submission."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from services.assign.reporting.api import period_of
from services.assign.reporting.period import Period, this_month
from services.assign.reporting.supervisor.filters import Asked, Filters
from shared.web.languages import say
from shared.web.problems import Problem

EVERY = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """`first` and `last` as they were typed, local days of submission, both included; empty ones bound nothing."""

    filters: Filters
    first: str = ""
    last: str = ""

    @property
    def statuses(self) -> list[str]:
        """As the list has it; of a period, and for `all`, every state unless one is named."""
        every = self.filters.status == EVERY or ((self.first or self.last) and not self.filters.status)
        return [] if every else self.filters.statuses

    def period(self, now: datetime) -> Period | None:
        """Problem 422 for days that make none."""
        if not (self.first or self.last):
            return None
        return period_of(day_of_field("from", self.first), day_of_field("to", self.last), this_month(now))

    @property
    def words(self) -> str:
        """As they stand in an address."""
        named = {"status": self.filters.status, "unit": self.filters.unit, "category": self.filters.category}
        named |= {"overdue": self.filters.overdue, "from": self.first, "to": self.last}
        return urlencode({name: word for name, word in named.items() if word})


def day_of_field(field: str, typed: str) -> date | None:
    """A day as a browser writes it; None where nothing is. Problem 422 for anything else."""
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Problem(422, errors={field: say("exports.wrong_day")}) from None


def _wanted(
    filters: Asked, first: Annotated[str, Query(alias="from")] = "", last: Annotated[str, Query(alias="to")] = ""
) -> Wanted:
    return Wanted(filters, first, last)


TicketsAsked = Annotated[Wanted, Depends(_wanted)]

"""What the board is asked for, as it stands in its address. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, get_args
from urllib.parse import urlencode

from services.assign.reporting.api import ReadBy
from services.assign.reporting.period import LONGEST_DAYS, YEARS, Period, day_of, this_month
from services.assign.reporting.store import Dimension, Only

ADDRESS = "/supervisor/board"
Preset = Literal["today", "week", "month", "last_month"]
PRESETS: tuple[Preset, ...] = get_args(Preset)
BYS: tuple[ReadBy, ...] = get_args(ReadBy)


@dataclass(frozen=True, slots=True)
class Filters:
    """With days of one's own there is no preset."""

    period: Period
    unit: str = ""
    preset: Preset | None = "month"
    by: ReadBy | None = None
    only: Only | None = None

    @property
    def before(self) -> Period:
        """The period of the same length that ends where this one begins."""
        length = self.period.last - self.period.first
        last = self.period.first - timedelta(days=1)
        return Period(last - length, last)

    @property
    def bys(self) -> tuple[ReadBy, ...]:
        """What rows may be made of: of one team there are no rows by category."""
        return tuple(by for by in BYS if self.only is None or by in ("unit", "day", self.only.dimension))

    def words(self) -> dict[str, str]:
        """As they stand in the address; days by name, so that an address kept for tomorrow means tomorrow's today."""
        days = {"period": self.preset} if self.preset else self.dates()
        only = {self.only.dimension: self.only.key} if self.only else {}
        named = {"unit": self.unit, "by": self.by or ""} | days | only
        return {name: word for name, word in named.items() if word}

    def dates(self) -> dict[str, str]:
        return {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}

    def export(self, kind: str) -> str:
        """The address of this as a file, with its days."""
        words = {name: word for name, word in self.words().items() if name != "period"} | self.dates()
        return f"/supervisor/export.{kind}?{urlencode(words)}"

    def dated(self, page: str) -> str:
        """Another page about this place and these days."""
        return f"{page}?{urlencode(({'unit': self.unit} if self.unit else {}) | self.dates())}"

    def address(self, page: str = ADDRESS) -> str:
        words = urlencode(self.words())
        return f"{page}?{words}" if words else page

    def at(self, unit: str) -> "Filters":
        """The same of another place, with the rows that are usual there."""
        return replace(self, unit=unit, by=None)

    def rows_by(self, by: ReadBy) -> "Filters":
        return replace(self, by=by)

    def of(self, dimension: Dimension, key: str) -> "Filters":
        """The same of one category, channel or team alone."""
        return replace(self, only=Only(dimension, key), by=None)

    def of_all(self) -> "Filters":
        return replace(self, only=None)

    def in_period(self, preset: Preset, now: datetime) -> "Filters":
        return replace(self, preset=preset, period=period_named(preset, now))

    def on(self, day: str) -> "Filters":
        """One day alone."""
        chosen = date.fromisoformat(day)
        return replace(self, preset=None, period=Period(chosen, chosen), by=None)


def period_named(preset: Preset, now: datetime) -> Period:
    """Today is always in it, but for last month."""
    today = day_of(now)
    match preset:
        case "today":
            return Period(today, today)
        case "week":
            return Period(today - timedelta(days=6), today)
        case "month":
            return this_month(now)
    last = today.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)


def days_of_ones_own(first: date | None, last: date | None, now: datetime) -> Period:
    """ValueError: `from` or `to`, the field that is wrong."""
    today = day_of(now)
    begins, ends = first or min(today.replace(day=1), last or today), last or max(today, first or today)
    if ends < begins:
        raise ValueError("to")
    if (ends - begins).days >= LONGEST_DAYS or begins.year not in YEARS:
        raise ValueError("from")
    if ends.year not in YEARS:
        raise ValueError("to")
    return Period(begins, ends)

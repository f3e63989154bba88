"""`GET /api/v1/metrics` as it is made: what is kept ready, by key, as the figures of `definitions`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.counting.times import quantiles_of
from services.assign.reporting import store
from services.assign.reporting.definitions import ClockFigures, mean_of, times_of
from services.assign.reporting.store import EXACT, Counts, Key, Question
from services.assign.sla.clocks import CLOCKS, ClockName


@dataclass
class Row:
    """The figures of one key."""

    submitted: int = 0
    open: int = 0
    unrouted: int = 0
    reopened: int = 0
    offers: int = 0
    declined: int = 0
    silent: int = 0
    resolved: int = 0
    ratings: int = 0
    stars: int = 0
    figures: dict[ClockName, ClockFigures] = field(
        default_factory=lambda: {clock: ClockFigures() for clock in CLOCKS}
    )  # fmt: skip

    @property
    def rating_mean(self) -> float | None:
        return round(self.stars / self.ratings, 3) if self.ratings else None


Rows = defaultdict[Key, Row]
_TAKEN = ("submitted", "unrouted", "reopened", "offers", "declined", "silent", "resolved", "ratings", "stars")


async def make_report(
    connection: AsyncConnection, question: Question, now: datetime, keys: Iterable[Key] = ()
) -> dict[Key, Row]:
    """The figures by key; each of `keys` has a row, also where nothing happened."""
    rows: Rows = defaultdict(Row, {key: Row() for key in keys})
    counted = [one for one in await store.counts(connection, question, now) if _says_something(one)]
    for one in counted:
        for name in _TAKEN:
            setattr(rows[one.key], name, one.counts[name])
    for clock in CLOCKS:
        await _take_clock(rows, connection, question, clock, counted)
    await _take_overdue(rows, connection, question, now)
    await _take_open(rows, connection, question, counted)
    return dict(rows)


def _says_something(one: Counts) -> bool:
    return any(one.counts.values())


async def _take_clock(
    rows: Rows, connection: AsyncConnection, question: Question, clock: ClockName, counted: Sequence[Counts]
) -> None:
    """Few times are read one by one; of many the histogram says how long they took."""
    timed = sum(one.counts[f"{clock}_timed"] for one in counted)
    exact = await store.times(connection, question, clock) if 0 < timed <= EXACT else {}
    for one in counted:
        counts = one.counts
        times = times_of(exact.get(one.key, [])) if exact else _nearly(one, clock)
        missed = counts[f"{clock}_missed"] + counts[f"{clock}_running"]
        rows[one.key].figures[clock] = ClockFigures(counts[f"{clock}_met"], missed, *times)


def _nearly(one: Counts, clock: ClockName) -> Sequence[float | None]:
    """The mean is exact, the others to `times.ERROR`."""
    average = mean_of(one.counts[f"{clock}_us"], one.counts[f"{clock}_timed"])
    return average, *quantiles_of(one.histograms[clock], (0.5, 0.9, 0.95))


async def _take_overdue(rows: Rows, connection: AsyncConnection, question: Question, now: datetime) -> None:
    if not question.period.holds(now):
        return
    for (key, clock), missed in (await store.overdue_today(connection, question, now)).items():
        figures = rows[key].figures
        name: ClockName = "response" if clock == "response" else "resolution"
        figures[name] = figures[name].with_missed(missed)


async def _take_open(rows: Rows, connection: AsyncConnection, question: Question, counted: Sequence[Counts]) -> None:
    """When the period ended, or each of its days: from the last day backwards."""
    standing = await store.open_at_end(connection, question)
    if question.by != "day":
        for key, count in standing.items():
            if count:
                rows[key].open = count
        return
    opened = {one.key: one.counts["opened"] for one in counted}
    count = standing.get("all", 0)
    for day in reversed(list(question.period.days())):
        rows[day.isoformat()].open = count
        count -= opened.get(day.isoformat(), 0)

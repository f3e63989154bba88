"""`GET /api/v1/metrics` as it is made: facts from the store, folded by key into the figures of `definitions`."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.reporting import store
from services.assign.reporting.definitions import ClockFacts, ClockFigures, clock_figures
from services.assign.reporting.period import day_of, midnight
from services.assign.reporting.store import By, Dated, Happened, Question
from services.assign.sla.clocks import ClockName
from services.assign.sla.promised import calendar_of
from shared.working_time import Calendar, Span, elapsed

Key = str | None
_JUST_AFTER = timedelta(microseconds=1)
CLOCKS: tuple[ClockName, ...] = ("response", "resolution")


@dataclass
class Row:
    """One row's facts while they are gathered, and its figures."""

    submitted: int = 0
    open: int = 0
    unrouted: int = 0
    reopened: int = 0
    offers: int = 0
    declined: int = 0
    ratings: int = 0
    stars: int = 0
    clocks: dict[ClockName, list[ClockFacts]] = field(default_factory=lambda: {clock: [] for clock in CLOCKS})
    figures: dict[ClockName, ClockFigures] = field(default_factory=dict)

    @property
    def rating_mean(self) -> float | None:
        return round(self.stars / self.ratings, 3) if self.ratings else None


Rows = defaultdict[Key, Row]


async def make_report(
    connection: AsyncConnection, question: Question, now: datetime, keys: Iterable[Key] = ()
) -> dict[Key, Row]:
    """The figures by key; each of `keys` has a row, also where nothing happened."""
    rows: Rows = defaultdict(Row, {key: Row() for key in keys})
    plain = await store.calendars(connection, question)
    calendars = {key: calendar_of(calendar) for key, calendar in plain.items()}
    tickets = [ticket async for ticket in store.dated(connection, question)]
    await asyncio.to_thread(_take_clocks, rows, question, tickets, calendars, now)
    _take_happened(rows, question.by, await store.happened(connection, question))
    await _take_open(rows, connection, question, now)
    return dict(rows)


def _take_clocks(
    rows: Rows, question: Question, tickets: Sequence[Dated], calendars: dict[str, Calendar], now: datetime
) -> None:
    period, by_day = question.period, question.by == "day"
    for ticket in tickets:
        if period.holds(ticket.submitted_at):
            rows[_day(ticket.submitted_at) if by_day else ticket.key].submitted += 1
        for clock in CLOCKS:
            facts = _clock_facts(ticket, clock, calendars[ticket.calendar])
            if period.holds(facts.due_at):
                rows[_day(facts.due_at) if by_day else ticket.key].clocks[clock].append(facts)
    for row in rows.values():
        row.figures = {clock: clock_figures(facts, now) for clock, facts in row.clocks.items()}


def _clock_facts(ticket: Dated, clock: ClockName, calendar: Calendar) -> ClockFacts:
    met_at: datetime | None = getattr(ticket, f"{clock}_met_at")
    pauses = [Span(_time(start), _time(end) if end else None) for start, end in ticket.pauses if start]
    return ClockFacts(
        due_at=getattr(ticket, f"{clock}_due"),
        met_at=met_at,
        ended_at=ticket.ended_at,
        paused_at=pauses[-1].start if ticket.waiting and pauses else None,
        worked_s=elapsed(calendar, ticket.submitted_at, met_at, pauses) if met_at else None,
    )


def _take_happened(rows: Rows, by: By, found: Sequence[Happened]) -> None:
    for one in found:
        row = rows[one.day.isoformat() if by == "day" else one.key]
        match one.event:
            case "tickets.offered" | "tickets.widened":
                row.offers += one.times
            case "tickets.declined":
                row.declined += one.times
            case "tickets.unrouted":
                row.unrouted += one.times
            case "tickets.reopened":
                row.reopened += one.times
            case _:
                row.ratings += one.times
                row.stars += one.stars


async def _take_open(rows: Rows, connection: AsyncConnection, question: Question, now: datetime) -> None:
    """At the end of the period, or of each of its days; what has not ended yet stands as it does now."""
    by_day, just_now = question.by == "day", now + _JUST_AFTER
    days = question.period.days() if by_day else [question.period.last]
    ends = {day.isoformat(): min(midnight(day + timedelta(days=1)), just_now) for day in days}
    found = await store.open_at(connection, question, sorted(set(ends.values())))
    for day, end in ends.items():
        for (moment, key), count in found.items():
            if moment == end:
                rows[day if by_day else key].open = count


def _day(moment: datetime) -> str:
    return day_of(moment).isoformat()


_time = datetime.fromisoformat

"""Every query behind the figures. Each is bounded by a period and served by an index; nothing is counted twice.

`by` names what the rows are made of. A key that is not known (no team has the ticket yet) is None.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.reporting.period import Period
from services.assign.tickets.lifecycle import OPEN

By = Literal["unit", "team", "category", "channel", "day", "all"]
_TICKET_KEY: dict[By, str] = {
    "unit": "coalesce(ticket.unit_path[cast(:depth as int)], ticket.commune_code)",
    "team": "ticket.team",
    "category": "ticket.category",
    "channel": "ticket.channel",
    "day": "null",
    "all": "'all'",
}
_OFFER_TEAM = "coalesce(asked.offer ->> 'team', change.facts ->> 'declined_by', ticket.team)"
_EVENT_KEY = _TICKET_KEY | {"team": _OFFER_TEAM}
_LOCAL_DAY = "(change.at at time zone 'Asia/Ho_Chi_Minh')::date"
_WITHIN = "(cast(:unit as text) is null or ticket.unit_path @> array[cast(:unit as text)])"


@dataclass(frozen=True, slots=True)
class Question:
    """Figures of a unit and all below it (of everything where `unit` is None) in a period, a row for each `by`.

    `depth`: the place, in the way down from the province, of the units that rows are made of (1 is the province).
    """

    unit: str | None
    period: Period
    by: By = "all"
    depth: int = 1

    def values(self) -> dict[str, Any]:
        return {"unit": self.unit, "depth": self.depth} | {"start": self.period.start, "end": self.period.end}


@dataclass(frozen=True, slots=True)
class Dated:
    """What the clocks' figures need of one ticket. `calendar` is a key of `calendars`."""

    key: str | None
    submitted_at: datetime
    response_due: datetime
    response_met_at: datetime | None
    resolution_due: datetime
    resolution_met_at: datetime | None
    ended_at: datetime | None
    waiting: bool
    pauses: list[list[str | None]]
    calendar: str


@dataclass(frozen=True, slots=True)
class Happened:
    """How often something happened, and the sum of what was given (stars)."""

    key: str | None
    day: date
    event: str
    times: int
    stars: int


async def dated(connection: AsyncConnection, question: Question) -> AsyncIterator[Dated]:
    """Tickets submitted in the period, or with a target that falls due in it."""
    found = await connection.stream(_dated(question.by), question.values())
    async for row in found:
        yield Dated(*row)


async def calendars(connection: AsyncConnection, question: Question) -> dict[str, dict[str, Any]]:
    """The calendars these tickets were promised, by the key that `dated` gives: a few for many tickets."""
    found = await connection.execute(_CALENDARS, question.values())
    return {row.key: row.calendar for row in found}


async def happened(connection: AsyncConnection, question: Question) -> list[Happened]:
    """What the history says of the period, counted by key and day."""
    found = await connection.execute(_happened(question.by), question.values())
    return [Happened(*row) for row in found]


async def open_at(
    connection: AsyncConnection, question: Question, moments: Sequence[datetime]
) -> dict[tuple[datetime, str | None], int]:
    """How many tickets were open just before each moment, by the state that history gives them."""
    asked = {"unit": question.unit, "depth": question.depth, "moments": list(moments), "open": sorted(OPEN)}
    return {(row.moment, row.key): row.open for row in await connection.execute(_open_at(question.by), asked)}


_CHOSEN = f"""
    from ticket
    where {_WITHIN}
      and (   (ticket.submitted_at >= :start and ticket.submitted_at < :end)
           or (ticket.response_due >= :start and ticket.response_due < :end)
           or (ticket.resolution_due >= :start and ticket.resolution_due < :end))"""
_CALENDAR_KEY = "md5(cast(ticket.policy -> 'calendar_plain' as text))"
_CALENDARS = text(
    f"select {_CALENDAR_KEY} as key, ticket.policy -> 'calendar_plain' as calendar {_CHOSEN} group by 1, 2"
)


# Every part that is put into these statements is one of the constants above, never what somebody sent.


def _dated(by: By) -> TextClause:
    return text(f"""
        select {_TICKET_KEY[by]}, submitted_at, response_due, response_met_at, resolution_due, resolution_met_at,
            ended_at, status = 'waiting', pauses, {_CALENDAR_KEY} {_CHOSEN}""")


def _happened(by: By) -> TextClause:
    """One entry of the history may name several teams that were asked: each counts once."""
    return text(f"""
        select {_EVENT_KEY[by]}, {_LOCAL_DAY}, change.event, count(*),
            coalesce(sum(cast(change.facts ->> 'stars' as int)), 0)
        from change
        join ticket on ticket.code = change.code
        left join lateral jsonb_array_elements(change.facts -> 'offers') as asked (offer) on true
        where change.event in ('tickets.unrouted', 'tickets.reopened', 'tickets.rated', 'tickets.offered',
                               'tickets.widened', 'tickets.declined')
          and change.at >= :start and change.at < :end and {_WITHIN}
          and not (change.event = 'tickets.declined' and change.status = 'reopened')
        group by 1, 2, 3""")  # noqa: S608


def _open_at(by: By) -> TextClause:
    """What has not ended has a next action, and so is found by the index of what is due."""
    return text(f"""
        select moments.moment, {_TICKET_KEY[by]} as key, count(*) as open
        from unnest(cast(:moments as timestamptz[])) as moments (moment)
        join ticket on ticket.submitted_at < moments.moment
            and (ticket.next_at is not null or ticket.ended_at >= moments.moment) and {_WITHIN}
        cross join lateral (
            select status from change
            where change.code = ticket.code and change.at < moments.moment order by change.id desc limit 1
        ) as stood
        where stood.status = any(cast(:open as text[]))
        group by 1, 2""")  # noqa: S608

"""Where each ticket stands, as assign last told it; its timeline; the members who may appear on a page."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Index, Text, not_, or_, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field

from services.intake.base import IntakeTable
from services.intake.requests.store import FILED, Filed, Request
from services.intake.rows import by_column, insert_many, made_of, unless_older
from shared.store import TIME, Unit
from shared.store.base import table_of

OVER = ("resolved", "closed", "cancelled")
"""A ticket in these takes no further request."""
TIMELINE = 200
"""Entries shown at most; the newest ones."""
SURELY_LATER = timedelta(minutes=5)
"""What happened so much later is newer whatever its version: assign's store was set back, and counts from there again.

Less says nothing: who waits for a ticket has the time before the wait, and clocks of two machines differ.
"""
TICKETS = 20
"""Tickets of one number shown at most; the newest ones."""


class TicketStatus(IntakeTable, table=True):
    """The newest known state of a ticket. An older `version` changes nothing, unless it is surely later."""

    code: str = Field(sa_type=Text, primary_key=True)
    version: int
    status: str = Field(sa_type=Text)
    category: str = Field(sa_type=Text)
    team: str | None = Field(default=None, sa_type=Text)
    team_name: str | None = Field(default=None, sa_type=Text)
    member: str | None = Field(default=None, sa_type=Text)
    response_due: datetime = Field(sa_type=TIME)
    resolution_due: datetime = Field(sa_type=TIME)
    changed_at: datetime = Field(sa_type=TIME)


class TimelineEntry(IntakeTable, table=True):
    """Something that happened to a ticket; the words are chosen when it is read."""

    __table_args__ = (Index("timelineentry_code", "code", "version", "at"),)
    id: UUID = Field(primary_key=True)
    """The event's."""
    code: str = Field(sa_type=Text)
    version: int
    at: datetime = Field(sa_type=TIME)
    event: str = Field(sa_type=Text)
    """The event's name without its stream: `offered`, `accepted`."""
    facts: dict[str, Any] = Field(sa_type=JSONB)
    """Names and times that its sentence needs; nobody's number."""


class Declined(IntakeTable, table=True):
    """A team did not take a ticket. Apart from the timeline, which people read: nobody is blamed before a neighbour."""

    __table_args__ = (Index("declined_code", "code"),)
    id: UUID = Field(primary_key=True)
    """The event's."""
    code: str = Field(sa_type=Text)
    version: int
    at: datetime = Field(sa_type=TIME)
    team: str = Field(sa_type=Text)


class Person(IntakeTable, table=True):
    """A member as residents may know them. One who left keeps id and revision only."""

    __table_args__ = (Index("person_team", "team", postgresql_where=text("team is not null")),)
    id: str = Field(sa_type=Text, primary_key=True)
    revision: int
    full_name: str = Field(default="", sa_type=Text)
    shown_phone: str | None = Field(default=None, sa_type=Text)
    team: str | None = Field(default=None, sa_type=Text)
    team_name: str | None = Field(default=None, sa_type=Text)


class Happened(NamedTuple):
    """One entry of a timeline."""

    version: int
    at: datetime
    event: str
    facts: Mapping[str, Any]


def in_time(happened: Happened) -> tuple[datetime, int]:
    """Sorts what happened to a ticket: what was done at one moment has the versions' order."""
    return happened.at, happened.version


class Member(NamedTuple):
    """Who comes."""

    full_name: str
    shown_phone: str | None
    """What the member chose to show."""


class Tracked(NamedTuple):
    """A ticket as its resident may see it."""

    request: Request
    status: TicketStatus | None
    timeline: Sequence[Happened]
    member: Member | None
    declined: Sequence[Happened] = ()
    """While it is offered: which teams did not take it."""


_REQUEST, _STATUS, _ENTRY, _DECLINED, _PERSON = (
    table_of(made) for made in (Request, TicketStatus, TimelineEntry, Declined, Person)
)
_SURELY_LATER = f"excluded.changed_at - ticketstatus.changed_at > interval '{SURELY_LATER.total_seconds()} seconds'"
_KEEP_STATUS = insert_many(TicketStatus, unless_older(TicketStatus, "code", "version", _SURELY_LATER))
_KEEP_PEOPLE = insert_many(
    Person, unless_older(Person, "id", "revision", "person.revision = excluded.revision and excluded.team is null")
)
_KEEP_TIMELINE = insert_many(TimelineEntry, "(id) do nothing")
_KEEP_DECLINED = insert_many(Declined, "(id) do nothing")
_OPEN_REQUESTS = (
    select(*FILED)
    .outerjoin(_STATUS, _STATUS.c.code == _REQUEST.c.code)
    .where(not_(_REQUEST.c.joined), or_(_STATUS.c.status.is_(None), _STATUS.c.status.not_in(OVER)))
)


async def keep_status(unit: Unit, newest: Sequence[Mapping[str, Any]]) -> None:
    """Take in states, at most one a ticket; an older one than what is known changes nothing."""
    await unit.execute(_KEEP_STATUS, by_column(sorted(newest, key=lambda row: row["code"])))


async def add_to_timeline(unit: Unit, entries: Sequence[Mapping[str, Any]]) -> None:
    """Add what happened, in any order."""
    rows = [{**entry, "facts": orjson.dumps(entry["facts"]).decode()} for entry in entries]
    await unit.execute(_KEEP_TIMELINE, by_column(rows))


async def keep_declined(unit: Unit, declined: Sequence[Mapping[str, Any]]) -> None:
    """Add which teams did not take their tickets, in any order."""
    await unit.execute(_KEEP_DECLINED, by_column(declined))


async def keep_people(unit: Unit, newest: Sequence[Mapping[str, Any]]) -> None:
    """Take in members, at most one row a person; an older revision changes nothing.

    The same revision again is a member who left: the removal has the revision of the last change.
    """
    await unit.execute(_KEEP_PEOPLE, by_column(sorted(newest, key=lambda row: row["id"])))


async def track(connection: AsyncConnection, code: str) -> Tracked | None:
    """A ticket by its code: the first request, the state, what happened, who comes."""
    requests = await connection.execute(select(_REQUEST).where(_REQUEST.c.code == code, not_(_REQUEST.c.joined)))
    request = requests.first()
    if request is None:
        return None
    states = await connection.execute(select(_STATUS).where(_STATUS.c.code == code))
    state = states.first()
    entries = await connection.execute(
        select(_ENTRY.c.version, _ENTRY.c.at, _ENTRY.c.event, _ENTRY.c.facts)
        .where(_ENTRY.c.code == code)
        .order_by(_ENTRY.c.at.desc(), _ENTRY.c.version.desc())
        .limit(TIMELINE)
    )
    timeline = sorted((Happened(*entry) for entry in entries), key=in_time)
    member = await _member(connection, state.member) if state and state.member else None
    declined = await _declined(connection, code) if state and state.status == "offered" else []
    status = made_of(TicketStatus, state) if state else None
    return Tracked(made_of(Request, request), status, timeline, member, declined)


async def joinable(connection: AsyncConnection, code: str, phone: str) -> Filed | None:
    """The first request of an open ticket of this number."""
    query = _OPEN_REQUESTS.where(_REQUEST.c.code == code, _REQUEST.c.phone == phone)
    found = (await connection.execute(query.limit(1))).first()
    return Filed(*found) if found else None


async def open_alike(connection: AsyncConnection, phone: str, category: str, commune: str) -> Filed | None:
    """The newest open ticket of this number for the same category in the same commune (unit key)."""
    query = _OPEN_REQUESTS.where(
        _REQUEST.c.phone == phone, _REQUEST.c.category == category, _REQUEST.c.commune == commune
    )
    found = (await connection.execute(query.order_by(_REQUEST.c.submitted_at.desc()).limit(1))).first()
    return Filed(*found) if found else None


async def tickets_of(connection: AsyncConnection, phone: str) -> Sequence[tuple[Request, TicketStatus | None]]:
    """The newest tickets of a number, open or not, newest first."""
    found = await connection.execute(
        select(_REQUEST)
        .where(_REQUEST.c.phone == phone, not_(_REQUEST.c.joined))
        .order_by(_REQUEST.c.submitted_at.desc())
        .limit(TICKETS)
    )
    requests = [made_of(Request, row) for row in found]
    states = await statuses(connection, [request.code for request in requests])
    return [(request, states.get(request.code)) for request in requests]


async def statuses(connection: AsyncConnection, codes: Sequence[str]) -> Mapping[str, TicketStatus]:
    """The states of those of these tickets that assign has told of."""
    found = await connection.execute(select(_STATUS).where(_STATUS.c.code.in_(codes)))
    return {row.code: made_of(TicketStatus, row) for row in found}


async def team_name(connection: AsyncConnection, team: str) -> str | None:
    """What a team is called, as long as it has a member."""
    return await connection.scalar(select(_PERSON.c.team_name).where(_PERSON.c.team == team).limit(1))


async def _declined(connection: AsyncConnection, code: str) -> Sequence[Happened]:
    found = await connection.execute(
        select(_DECLINED.c.version, _DECLINED.c.at, _DECLINED.c.team)
        .where(_DECLINED.c.code == code)
        .order_by(_DECLINED.c.at.desc())
        .limit(TIMELINE)
    )
    return [Happened(version, at, "declined", {"team": team}) for version, at, team in found]


async def _member(connection: AsyncConnection, id: str) -> Member | None:
    found = (
        await connection.execute(select(_PERSON.c.full_name, _PERSON.c.shown_phone).where(_PERSON.c.id == id))
    ).first()
    return Member(*found) if found else None

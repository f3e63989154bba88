"""All that each page shows, read at once."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.assign.places import store as places
from services.assign.places.tables import AdministrativeUnit
from services.assign.reporting.api import ReadBy
from services.assign.reporting.period import Period, this_month
from services.assign.reporting.report import Key, Row, make_report
from services.assign.reporting.store import Question
from services.assign.reporting.supervisor import store
from services.assign.reporting.supervisor.filters import Filters
from services.assign.reporting.supervisor.store import Needing, Unreached
from services.assign.reporting.supervisor.story import Looked, Told, considered, told
from services.assign.teams import store as teams
from services.assign.teams.tables import Member
from services.assign.tickets import store as tickets
from services.assign.tickets.cursor import read_cursor, write_cursor
from services.assign.tickets.lifecycle import OWNED
from services.assign.tickets.tables import Ticket, TicketRequest
from services.assign.tickets.team_page.store import Voices, voices
from shared.web.languages import Translator

PAGE = 25


@dataclass(frozen=True, slots=True)
class Now:
    """What needs a hand, and whom one can ring about it."""

    needing: list[Needing]
    said: dict[str, Voices]
    unreached: Unreached
    leaders: dict[str, Member]
    rung: dict[str, list[str]]
    """By ticket: the teams whose leaders are rung about it."""


@dataclass(frozen=True, slots=True)
class Month:
    """This month's figures."""

    period: Period
    row: Row


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list of tickets, and where the next begins; the units right below the place, to narrow it by."""

    tickets: list[Ticket]
    next: str | None
    below: list[AdministrativeUnit]


@dataclass(frozen=True, slots=True)
class Story:
    """One ticket, whole. Residents' words, never their numbers: those are for the member who goes there."""

    ticket: Ticket
    requests: list[TicketRequest]
    looked: list[Looked]
    told: list[Told]
    team: list[Member]
    """Who holds it, the leader first."""
    asked: list[Member]
    """The leaders of the teams that have not answered."""


async def read_now(connection: AsyncConnection, place: AdministrativeUnit | None, now: datetime) -> Now:
    unit = place.code if place else None
    needing = await store.needing(connection, unit, now)
    unreached = await store.unreached(connection, unit)
    shown = [ticket for group in needing for ticket in group.tickets]
    rung = await _rung(connection, shown)
    return Now(
        needing=needing,
        said=await voices(connection, [ticket.code for ticket in shown]),
        unreached=unreached,
        leaders=await store.leaders(connection, [*(team.code for team in unreached.teams), *chain(*rung.values())]),
        rung=rung,
    )


async def read_month(connection: AsyncConnection, place: AdministrativeUnit | None, now: datetime) -> Month:
    period = this_month(now)
    report = await make_report(connection, Question(place.code if place else None, period), now, ["all"])
    return Month(period, report["all"])


async def read_story(connection: AsyncConnection, ticket: Ticket, t: Translator) -> Story:
    offers = await store.offers(connection, ticket.code)
    silent = [offer.team for offer in offers if offer.outcome == "open"]
    changes = await tickets.history(connection, ticket.code)
    team = await teams.members_of(connection, ticket.team) if ticket.team else []
    names = {offer.team: offer.team_name for offer in offers} | {ticket.code: ticket.team_name or ""}
    names |= {member.id: member.full_name for member in team}
    return Story(
        ticket=ticket,
        requests=await tickets.requests_of(connection, ticket.code),
        looked=considered(await store.looks(connection, ticket.code), offers),
        told=told(changes, names, t),
        team=[member for member in team if member.role == "leader" or member.id == ticket.member],
        asked=list((await store.leaders(connection, silent)).values()),
    )


async def key_names(connection: AsyncConnection, by: ReadBy, keys: list[Key]) -> dict[str, str]:
    """What people call the units and teams behind these keys."""
    codes = [key for key in keys if key]
    if by == "unit":
        return {code: unit.full_name for code, unit in (await places.units_by_code(connection, codes)).items()}
    return await store.team_names(connection, codes) if by == "team" else {}


async def _rung(connection: AsyncConnection, shown: list[Ticket]) -> dict[str, list[str]]:
    """Whoever has the ticket; else those who were asked last."""
    holders = {ticket.code: [ticket.team] for ticket in shown if ticket.team and ticket.status in OWNED}
    asked = await store.those_asked(connection, [ticket.code for ticket in shown if ticket.code not in holders])
    return asked | holders


async def read_list(
    connection: AsyncConnection, place: AdministrativeUnit | None, filters: Filters, now: datetime
) -> Listed:
    """Newest first."""
    chosen = tickets.selection(
        statuses=filters.statuses,
        units=[code for code in (place.code if place else None, filters.unit) if code],
        overdue_at=now if filters.overdue else None,
        after=read_cursor(filters.cursor) if filters.cursor else None,
    )
    if filters.need:
        chosen = chosen.where(store.needs(filters.need, now))
    if filters.category:
        chosen = chosen.where(col(Ticket.category) == filters.category)
    found = await tickets.listed(connection, chosen, PAGE + 1)
    following = write_cursor(found[PAGE - 1]) if len(found) > PAGE else None
    return Listed(found[:PAGE], following, await places.children_of(connection, place.key if place else None))

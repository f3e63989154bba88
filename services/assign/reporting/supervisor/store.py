"""What a supervisor looks at. Every query stays within a territory, is served by an index and bounded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ARRAY, ColumnElement, Text, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped
from sqlmodel import col

from services.assign.offers.tables import Consideration, Offer
from services.assign.places.tables import AdministrativeUnit
from services.assign.reading import many
from services.assign.teams.tables import Member, Team
from services.assign.tickets.lifecycle import OPEN, Status
from services.assign.tickets.tables import Ticket

Need = Literal["unrouted", "overdue", "soon", "silent"]
NEEDS: tuple[Need, ...] = ("unrouted", "overdue", "soon", "silent")
SHOWN = 12
"""Tickets of each need on the page; the list below has them all."""
RUNG = 2
"""Teams whose leaders can be rung from the page, for each ticket."""
_RUNNING = sorted(OPEN - {Status.WAITING})
_UNANSWERED = col(Ticket.response_met_at).is_(None)
_DUE = case((_UNANSWERED, col(Ticket.response_due)), else_=col(Ticket.resolution_due))
_WARNED = case(
    (_UNANSWERED, col(Ticket.marks).op("?")("response_warned")),
    else_=col(Ticket.marks).op("?")("resolution_warned"),
)


@dataclass(frozen=True, slots=True)
class Needing:
    """The first tickets that need a hand for one reason, what is due first first, and how many there are."""

    need: Need
    tickets: list[Ticket]
    total: int


@dataclass(frozen=True, slots=True)
class Unreached:
    """Teams in which nobody can be reached."""

    teams: list[Team]
    total: int


async def needing(connection: AsyncConnection, unit: str | None, now: datetime) -> list[Needing]:
    """Each ticket under the first need that fits; no clock of a paused one runs."""
    open_ones = select(Ticket, _DUE.label("due"), _need(now).label("need")).where(col(Ticket.status).in_(_RUNNING))
    if unit:
        open_ones = open_ones.where(_below(col(Ticket.unit_path), unit))
    judged = open_ones.subquery()
    place = func.row_number().over(partition_by=judged.c.need, order_by=(judged.c.due, judged.c.code))
    total = func.count().over(partition_by=judged.c.need)
    placed = select(judged, place.label("place"), total.label("total")).where(judged.c.need.is_not(None)).subquery()
    rows = (await connection.execute(select(placed).where(placed.c.place <= SHOWN).order_by(placed.c.place))).mappings()
    found: dict[str, list[Ticket]] = {}
    totals: dict[str, int] = {}
    for row in rows:
        found.setdefault(row["need"], []).append(Ticket(**{name: row[name] for name in Ticket.model_fields}))
        totals[row["need"]] = row["total"]
    return [Needing(need, found[need], totals[need]) for need in NEEDS if need in found]


def needs(need: str, now: datetime) -> ColumnElement[bool]:
    """Whether a ticket needs a hand for this reason, as `needing` says it."""
    return col(Ticket.status).in_(_RUNNING) & (_need(now) == need)


def _need(now: datetime) -> ColumnElement[str]:
    return case(
        (col(Ticket.status) == Status.UNROUTED, "unrouted"),
        ((now >= _DUE) | (col(Ticket.resolution_due) <= now), "overdue"),
        (_WARNED, "soon"),
        ((col(Ticket.status) == Status.OFFERED) & col(Ticket.seeking), "silent"),
    )


async def unreached(connection: AsyncConnection, unit: str | None) -> Unreached:
    """Teams on duty without a single address that works, in the order of their codes."""
    chosen = select(Team).where(*_unreached(unit)).order_by(col(Team.code)).limit(SHOWN)
    return Unreached(await many(connection, Team, chosen), await count_unreached(connection, unit))


async def count_unreached(connection: AsyncConnection, unit: str | None) -> int:
    """How many there are of these teams."""
    return await connection.scalar(select(func.count()).select_from(Team).where(*_unreached(unit))) or 0


def _unreached(unit: str | None) -> tuple[ColumnElement[bool], ...]:
    within = (_below(col(Team.unit_path), unit),) if unit else ()
    return (col(Team.reachable).is_(False), col(Team.retired).is_(False), *within)


async def leaders(connection: AsyncConnection, teams: list[str]) -> dict[str, Member]:
    """Who leads each of these teams."""
    leading = select(Member).where(
        col(Member.team_code).in_(teams), col(Member.role) == "leader", col(Member.retired).is_(False)
    )
    return {member.team_code: member for member in await many(connection, Member, leading)}


async def team_names(connection: AsyncConnection, codes: list[str], below: str | None = None) -> dict[str, str]:
    """Names of teams, retired ones too; only of those at or below a unit."""
    named = select(col(Team.code), col(Team.name)).where(col(Team.code).in_(codes))
    if below:
        named = named.where(_below(col(Team.unit_path), below))
    return {row.code: row.name for row in await connection.execute(named)}


async def homes(connection: AsyncConnection, teams: list[str]) -> dict[str, str]:
    """The full names of these teams' communes."""
    named = select(col(Team.code), col(AdministrativeUnit.full_name)).join(
        AdministrativeUnit, col(AdministrativeUnit.key) == col(Team.commune)
    )
    return {row.code: row.full_name for row in await connection.execute(named.where(col(Team.code).in_(teams)))}


async def those_asked(connection: AsyncConnection, codes: list[str]) -> dict[str, list[str]]:
    """The teams to ring about each ticket: those asked last, who have not answered before those who declined."""
    open_first = (col(Offer.outcome) != "open", col(Offer.at).desc(), col(Offer.id))
    place = func.row_number().over(partition_by=col(Offer.code), order_by=open_first)
    placed = select(col(Offer.code), col(Offer.team), place.label("place")).where(col(Offer.code).in_(codes)).subquery()
    chosen = select(placed).where(placed.c.place <= RUNG).order_by(placed.c.code, placed.c.place)
    found: dict[str, list[str]] = {}
    for row in await connection.execute(chosen):
        found.setdefault(row.code, []).append(row.team)
    return found


async def by_codes(connection: AsyncConnection, codes: list[str]) -> list[Ticket]:
    """The tickets among these codes, what is due first first."""
    chosen = select(Ticket).where(col(Ticket.code).in_(codes)).order_by(col(Ticket.response_due), col(Ticket.code))
    return await many(connection, Ticket, chosen)


async def offers(connection: AsyncConnection, code: str) -> list[Offer]:
    """All offers of a ticket, oldest first."""
    asked = select(Offer).where(col(Offer.code) == code).order_by(col(Offer.at), col(Offer.id))
    return await many(connection, Offer, asked)


async def looks(connection: AsyncConnection, code: str) -> list[Consideration]:
    """Each look around for a ticket, oldest first."""
    looked = select(Consideration).where(col(Consideration.code) == code).order_by(col(Consideration.id)).limit(100)
    return await many(connection, Consideration, looked)


def _below(path: Mapped[list[str]], unit: str) -> ColumnElement[bool]:
    """Whether a unit lies on a way down: it is the one at its end, or above it."""
    return path.op("@>", is_comparison=True)(cast([unit], ARRAY(Text)))

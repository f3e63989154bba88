"""Every query about offers, and about teams as candidates.

Nearness is a nearest-neighbour search on an index of points in space (`cube`, metres from the earth's centre): the
straight line through the earth orders teams as the great circle does.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.assign.offers.nearest import Candidate, Considered, Need
from services.assign.offers.tables import Consideration, Offer
from shared.store import Unit
from shared.store.lean import Lean, fetch

OFFERS, CONSIDERATIONS = Lean(Offer), Lean(Consideration)
EARTH_M = 6_371_008.8
"""Mean radius of the earth (IUGG)."""

_COLUMNS = """code, name, point <-> cube(array[$1, $2, $3]::float8[]) as chord, village_id, skills, speaks, reachable,
    capacity, open_offers, accepted, last_offer_at, hours"""
CANDIDATES = f"""
    (select {_COLUMNS}, true as in_commune from team where commune = $4 and not retired
     order by village_id is not distinct from $5 desc, chord limit $6)
    union all
    (select {_COLUMNS}, false from team where commune <> $4 and not retired
     order by point <-> cube(array[$1, $2, $3]::float8[]) limit $7)"""  # noqa: S608  (constants only)
_RESERVE = """
    with free as (
        select code from team
        where code = any($1) and reachable and not retired and accepted + open_offers * 0.5 < least(capacity, $3)
        order by code for update)
    update team set open_offers = open_offers + 1, last_offer_at = $2
    where code in (select code from free) and (select count(*) from free) = cardinality($1::text[])
    returning code"""
_ADD_DEMAND = """
    insert into demand (team, at, code, part)
    select * from unnest($1::text[], $2::timestamptz[], $3::text[], $4::float8[])
    on conflict (team, at, code) do update set part = demand.part + excluded.part"""
_COUNT = """
    update team set open_offers = open_offers + $2, accepted = accepted + $3,
        last_offer_at = coalesce($4, last_offer_at)
    where code = any($1)"""
_END = """
    update offer set outcome = $2, ended_at = $3, reason = $5
    where code = $1 and outcome = 'open' and ($4::text is null or team = $4) and ($6::uuid is null or id = $6)
    returning team"""
_TAKE = """
    with ended as (
        update offer set outcome = case when team = $2 then 'accepted' else 'taken' end, ended_at = $3
        where code = $1 and outcome = 'open' returning team),
    held as (select code from team where code in (select team from ended) order by code for update)
    update team set open_offers = open_offers - 1, accepted = accepted + (code = $2)::int
    where code in (select code from held) returning code"""
LOOK_AGAIN = """
    update ticket set next_action = 'look_again', next_at = $2
    from team
    where team.code = any($1) and ticket.seeking and ticket.status in ('offered', 'unrouted')
      and (ticket.commune = team.commune or ticket.near = team.commune
           or (ticket.lat between team.lat - $3 and team.lat + $3
               and ticket.lon between team.lon - $3 and team.lon + $3))
    returning ticket.code"""
_REACH_DEGREES = 0.5
"""A generous box around a team (55 km): who is really within reach is decided when the ticket is looked at."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where distances are measured from, the commune whose teams come first, and the village named, if any."""

    lat: float
    lon: float
    near: str
    village_id: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate with the hours in which it can be reached (a calendar as a dictionary, or None)."""

    team: Candidate
    hours: dict[str, Any] | None


async def candidates(unit: Unit, spot: Spot, own: int, others: int) -> list[Found]:
    """The village's own team with the nearest of its commune, `own` in all, and the nearest `others` elsewhere."""
    place = point(spot.lat, spot.lon)
    found = await fetch(unit.connection, CANDIDATES, *place, spot.near, spot.village_id or "", own, others)
    return [_found(row, spot) for row in found]


async def reserve(unit: Unit, teams: Sequence[str], most_held: int | None, now: datetime) -> bool:
    """Count one more open offer for each of the teams, where all of them still have room; else for none.

    The rows stay locked until the commit.
    """
    return bool(await fetch(unit.connection, _RESERVE, sorted(teams), now, most_held))


async def count(
    unit: Unit, teams: Sequence[str], *, offers: int = 0, accepted: int = 0, asked_at: datetime | None = None
) -> None:
    """Add to what the teams hold; `asked_at`: they were asked then."""
    if teams:
        await fetch(unit.connection, _COUNT, sorted(teams), offers, accepted, asked_at)


async def look_again(unit: Unit, teams: Sequence[str], now: datetime) -> None:
    """A place is free or a member joined: tickets near these teams that found nobody are looked at again."""
    if teams and await fetch(unit.connection, LOOK_AGAIN, sorted(teams), now, _REACH_DEGREES):
        unit.falls_due(now)


async def add_offers(unit: Unit, rows: Sequence[dict[str, Any]]) -> None:
    await OFFERS.add(unit.connection, rows)


async def add_considerations(unit: Unit, rows: Sequence[dict[str, Any]]) -> None:
    await CONSIDERATIONS.add(unit.connection, rows)


async def add_demand(unit: Unit, rows: Sequence[dict[str, Any]]) -> None:
    """A ticket may be put before others twice at one moment, as when it is corrected: its parts add up."""
    if rows:
        columns = [[row[name] for row in rows] for name in ("team", "at", "code", "part")]
        await fetch(unit.connection, _ADD_DEMAND, *columns)


async def offers_of(unit: Unit, code: str) -> list[Offer]:
    """All offers of a ticket, oldest first."""
    return await OFFERS.many(unit.connection, "where code = $1 order by at, id", code)


async def end_offers(
    unit: Unit,
    code: str,
    outcome: str,
    now: datetime,
    *,
    only: str | None = None,
    reason: str | None = None,
    offer: UUID | None = None,
) -> list[str]:
    """End a ticket's open offers, or that of `only` one team, or one `offer`; the codes of their teams."""
    return sorted(team for (team,) in await fetch(unit.connection, _END, code, outcome, now, only, reason, offer))


async def take(unit: Unit, code: str, team: str, now: datetime) -> list[str]:
    """The team has it, the other open offers end; all their counts follow. The codes of the other teams."""
    ended = sorted(found for (found,) in await fetch(unit.connection, _TAKE, code, team, now))
    return [other for other in ended if other != team]


def consideration_row(code: str, now: datetime, considered: Sequence[Considered], need: Need) -> dict[str, Any]:
    """The nearest candidates and why each was taken or left, as it is kept with the ticket."""
    kept = [
        {
            "team": seen.team.code,
            "name": seen.team.name,
            "metres": round(seen.team.metres),
            "effective": round(seen.effective_m),
            "open": seen.team.load,
            "skills": need.category in seen.team.skills,
            "why": seen.why.value,
        }
        for seen in considered
    ]
    return {"code": code, "at": now, "candidates": kept}


def _found(row: Record, spot: Spot) -> Found:
    team = Candidate(
        code=row["code"],
        name=row["name"],
        metres=2 * EARTH_M * math.asin(min(1.0, row["chord"] / (2 * EARTH_M))),
        in_commune=row["in_commune"],
        of_village=spot.village_id is not None and row["village_id"] == spot.village_id,
        skills=frozenset(row["skills"]),
        speaks=frozenset(row["speaks"]),
        reachable=row["reachable"],
        capacity=row["capacity"],
        open_offers=row["open_offers"],
        accepted=row["accepted"],
        last_offer_at=row["last_offer_at"],
    )
    return Found(team, row["hours"])


def point(lat: float, lon: float) -> tuple[float, float, float]:
    """Metres from the earth's centre, as the column `team.point` has them."""
    phi, lam = math.radians(lat), math.radians(lon)
    return EARTH_M * math.cos(phi) * math.cos(lam), EARTH_M * math.cos(phi) * math.sin(lam), EARTH_M * math.sin(phi)

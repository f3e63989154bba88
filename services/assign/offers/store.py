"""Every query about offers, and about teams as candidates.

Nearness is a nearest-neighbour search on an index of points in space (`cube`, metres from the earth's centre): the
straight line through the earth orders teams as the great circle does.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlmodel import col

from services.assign.offers.nearest import Candidate, Considered, Need
from services.assign.offers.tables import Consideration, Offer
from shared.store import Unit, record_of

OfferRecord = record_of(Offer)
EARTH_M = 6_371_008.8
"""Mean radius of the earth (IUGG)."""

_COLUMNS = """code, name, point <-> cube(array[:x, :y, :z]::float8[]) as chord, village_id, skills, speaks, reachable,
    capacity, open_offers, accepted, last_offer_at, hours"""
_CANDIDATES = text(f"""
    select {_COLUMNS}, true as in_commune from team where commune = :near and not retired
    union all
    (select {_COLUMNS}, false from team where commune <> :near and not retired
     order by point <-> cube(array[:x, :y, :z]::float8[]) limit :others)""")  # noqa: S608  (constants only)
_RESERVE = text("""
    update team set open_offers = open_offers + 1, last_offer_at = :now
    where code in (select code from team where code = any(:codes) order by code for update)
      and reachable and not retired and accepted + open_offers * 0.5 < capacity
    returning code""")
_COUNT = text("""
    update team set open_offers = open_offers + :offers, accepted = accepted + :accepted where code = any(:codes)""")
_TAKE = text("""
    update offer set outcome = case when team = :team then 'accepted' else 'taken' end, ended_at = :now
    where code = :code and outcome = 'open' returning team""")
_COUNT_TAKEN = text("""
    update team set open_offers = open_offers - 1, accepted = accepted + (code = :team)::int
    where code in (select code from team where code = any(:codes) order by code for update)""")
_LOOK_AGAIN = text("""
    update ticket set next_action = 'look_again', next_at = :now
    from team
    where team.code = any(:codes) and ticket.seeking and ticket.status in ('offered', 'unrouted')
      and (ticket.commune = team.commune or ticket.near = team.commune
           or (ticket.lat between team.lat - :degrees and team.lat + :degrees
               and ticket.lon between team.lon - :degrees and team.lon + :degrees))""")
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


async def candidates(unit: Unit, spot: Spot, others: int) -> list[Found]:
    """The commune's teams and the nearest `others` of other communes."""
    x, y, z = _point(spot.lat, spot.lon)
    found = await unit.execute(_CANDIDATES, {"x": x, "y": y, "z": z, "near": spot.near, "others": others})
    return [_found(row, spot) for row in found]


async def reserve(unit: Unit, teams: Sequence[str], now: datetime) -> set[str]:
    """Count one more open offer for each team that still has room; the rows stay locked until the commit."""
    return set((await unit.execute(_RESERVE, {"codes": sorted(teams), "now": now})).scalars())


async def count(unit: Unit, teams: Sequence[str], *, offers: int = 0, accepted: int = 0) -> None:
    """Add to what the teams hold."""
    if teams:
        await unit.execute(_COUNT, {"codes": sorted(teams), "offers": offers, "accepted": accepted})


async def look_again(unit: Unit, teams: Sequence[str], now: datetime) -> None:
    """A place is free or a member joined: tickets near these teams that found nobody are looked at again."""
    if teams:
        await unit.execute(_LOOK_AGAIN, {"codes": sorted(teams), "now": now, "degrees": _REACH_DEGREES})


async def add_offers(unit: Unit, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await unit.execute(insert(Offer), list(rows))


async def add_considerations(unit: Unit, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await unit.execute(insert(Consideration), list(rows))


async def offers_of(unit: Unit, code: str) -> list[Offer]:
    """All offers of a ticket, oldest first."""
    theirs = select(Offer).where(col(Offer.code) == code).order_by(col(Offer.at), col(Offer.id))
    return [OfferRecord(**row._mapping) for row in await unit.execute(theirs)]


async def end_offers(
    unit: Unit,
    code: str,
    outcome: str,
    now: datetime,
    *,
    only: str | None = None,
    reason: str | None = None,
) -> list[str]:
    """End a ticket's open offers, or that of `only` one team; the codes of their teams."""
    statement = update(Offer).where(col(Offer.code) == code, col(Offer.outcome) == "open")
    if only:
        statement = statement.where(col(Offer.team) == only)
    change = statement.values(outcome=outcome, ended_at=now, reason=reason).returning(col(Offer.team))
    ended = await unit.execute(change)
    return sorted(ended.scalars())


async def take(unit: Unit, code: str, team: str, now: datetime) -> list[str]:
    """The team has it, the other open offers end; all their counts follow. The codes of the other teams."""
    ended = list((await unit.execute(_TAKE, {"code": code, "team": team, "now": now})).scalars())
    await unit.execute(_COUNT_TAKEN, {"codes": sorted(ended), "team": team})
    return sorted(other for other in ended if other != team)


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


def _found(row: Any, spot: Spot) -> Found:
    team = Candidate(
        code=row.code,
        name=row.name,
        metres=2 * EARTH_M * math.asin(min(1.0, row.chord / (2 * EARTH_M))),
        in_commune=row.in_commune,
        of_village=spot.village_id is not None and row.village_id == spot.village_id,
        skills=frozenset(row.skills),
        speaks=frozenset(row.speaks),
        reachable=row.reachable,
        capacity=row.capacity,
        open_offers=row.open_offers,
        accepted=row.accepted,
        last_offer_at=row.last_offer_at,
    )
    return Found(team, row.hours)


def _point(lat: float, lon: float) -> tuple[float, float, float]:
    """Metres from the earth's centre, as the column `team.point` has them."""
    phi, lam = math.radians(lat), math.radians(lon)
    return EARTH_M * math.cos(phi) * math.cos(lam), EARTH_M * math.cos(phi) * math.sin(lam), EARTH_M * math.sin(phi)

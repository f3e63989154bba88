"""What the page of fairness asks: the teams below a unit, each with its work in a period, by indexes alone."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.reporting.fairness.alike import Work
from services.assign.reporting.period import Period

WORKS = """
    with recursive below as (
        select key from administrativeunit where key = any(:keys)
        union
        select child.key from administrativeunit as child join below on child.parent = below.key)
    select team.code, team.name, team.commune_code, placed.demand, offered.asked, offered.accepted
    from below
    join team on team.commune = below.key and not team.retired
    cross join lateral (
        select coalesce(sum(part), 0) as demand from demand
        where demand.team = team.code and demand.at >= :start and demand.at < :end) as placed
    cross join lateral (
        select count(*) as asked, count(*) filter (where outcome = 'accepted') as accepted from offer
        where offer.team = team.code and offer.at >= :start and offer.at < :end) as offered"""


async def works(connection: AsyncConnection, keys: list[str], period: Period) -> list[Work]:
    """The teams on duty below these units, and what they were due by place, were asked and took on."""
    asked = {"keys": keys, "start": period.start, "end": period.end}
    return [Work(*row) for row in await connection.execute(text(WORKS), asked)]

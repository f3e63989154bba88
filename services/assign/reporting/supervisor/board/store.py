"""What the board asks beside the figures: the age of open work, communes without a team. Bounded by what is open, and
by how many communes there are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.reporting.api import ReadBy
from services.assign.reporting.period import day_of
from services.assign.reporting.store import Dimension, Only
from services.assign.reporting.supervisor.board.ages import Ages, beginnings
from services.assign.teams import store as teams
from services.assign.tickets.lifecycle import OPEN
from shared.clock import midnight

_KEYS: dict[ReadBy, str] = {
    "unit": "coalesce(unit_path[cast(:depth as int)], commune_code)",
    "team": "team",
    "category": "category",
    "channel": "channel",
    "day": "cast(null as text)",
}
_WITHIN = "(cast(:unit as text) is null or unit_path @> array[cast(:unit as text)])"
MOST_COMMUNES = 300


@dataclass(frozen=True, slots=True)
class WithoutTeam:
    """Communes in which no team is on duty: names by code, in the alphabet's order, and how many there are."""

    names: dict[str, str]
    total: int


async def ages(
    connection: AsyncConnection,
    unit: str | None,
    by: ReadBy,
    depth: int,
    only: Only | None,
    now: datetime,
) -> dict[str | None, Ages]:
    """The age of what is open now, by the key that rows are made of; by day all under None."""
    today, few, week = (midnight(day) for day in beginnings(day_of(now)))
    asked = {"unit": unit, "depth": depth, "open": sorted(OPEN), "today": today, "few": few, "week": week}
    statement = ages_statement(by, only.dimension if only else None)
    wanted = {
        name: value
        for name, value in (asked | {"only": only.key if only else None}).items()
        if f":{name}" in str(statement)
    }
    found = await connection.execute(statement, wanted)
    return {row.key: Ages((row.of_today, row.of_few, row.of_week, row.of_older), row.oldest) for row in found}


def ages_statement(by: ReadBy, only: Dimension | None) -> TextClause:
    """Every part that is put in is one of our own words."""
    narrowed = f"and {only} = :only" if only else ""
    return text(f"""
        select {_KEYS[by]} as key,
            count(*) filter (where submitted_at >= :today) as of_today,
            count(*) filter (where submitted_at < :today and submitted_at >= :few) as of_few,
            count(*) filter (where submitted_at < :few and submitted_at >= :week) as of_week,
            count(*) filter (where submitted_at < :week) as of_older,
            min(submitted_at) as oldest
        from ticket where status = any(cast(:open as text[])) and {_WITHIN} {narrowed} group by 1""")  # noqa: S608


async def without_team(connection: AsyncConnection, unit: str | None) -> WithoutTeam:
    found = await teams.communes_without_team(connection, unit)
    return WithoutTeam({commune.code: commune.full_name for commune in found[:MOST_COMMUNES]}, len(found))

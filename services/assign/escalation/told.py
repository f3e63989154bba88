"""Who is told: the people of each level over a ticket."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.assign.teams.tables import Member, Supervisor
from shared.events.tickets import Level


async def supervisors_of(connection: AsyncConnection, unit_path: Sequence[str], level: Level) -> list[str]:
    """Ids of the supervisors of the commune or the province; where a commune has none, of the unit above it."""
    codes = list(reversed(unit_path)) if level == "commune" else [unit_path[0]]
    found = await connection.execute(
        select(col(Supervisor.id), col(Supervisor.unit_code))
        .where(col(Supervisor.unit_code).in_(codes), col(Supervisor.retired).is_(False))
        .order_by(col(Supervisor.id))
    )
    by_unit: dict[str, list[str]] = {}
    for id, code in found:
        by_unit.setdefault(code, []).append(id)
    return next((by_unit[code] for code in codes if code in by_unit), [])


async def leaders_of(connection: AsyncConnection, teams: Sequence[str]) -> list[str]:
    """Ids of the leaders of these teams."""
    found = await connection.execute(
        select(col(Member.id))
        .where(col(Member.team_code).in_(list(teams)), col(Member.role) == "leader", col(Member.retired).is_(False))
        .order_by(col(Member.id))
    )
    return list(found.scalars())

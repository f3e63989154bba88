"""Who is there to help: teams and members by unit, and communes that have no team. The roster as it stands now."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.reporting.sheet.lines import Roster
from services.assign.teams import store as teams

_ROSTERS = text("""
    select coalesce(commune.path[cast(:depth as int)], commune.code), count(*), count(*) filter (where people.led),
        count(*) filter (where team.reachable), coalesce(sum(people.members), 0)
    from administrativeunit as commune
    join team on team.commune = commune.key and not team.retired
    cross join lateral (
        select count(*) as members, bool_or(role = 'leader') as led from member
        where team_code = team.code and not retired
    ) as people
    where cast(:unit as text) is null or commune.path @> array[cast(:unit as text)]
    group by 1""")


async def rosters(connection: AsyncConnection, unit: str | None, depth: int) -> dict[str, Roster]:
    """Teams by the unit that stands at `depth` on the way down from the province (1 is the province)."""
    found = await connection.execute(_ROSTERS, {"unit": unit, "depth": depth})
    return {code: Roster(teams, led, reachable, int(members)) for code, teams, led, reachable, members in found}


async def communes_without(connection: AsyncConnection, unit: str | None, depth: int) -> dict[str, list[str]]:
    """Names of the communes that have no team, by the unit at `depth`."""
    names: dict[str, list[str]] = {}
    for commune in await teams.communes_without_team(connection, unit):
        names.setdefault(commune.path[depth - 1], []).append(commune.full_name)
    return names

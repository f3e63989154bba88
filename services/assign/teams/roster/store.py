"""What a roster reads from the store, and how all of its plan is written in one unit."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel, col

from services.assign.places import store as places
from services.assign.places.national import provinces_of
from services.assign.places.villages import village_id
from services.assign.reading import many
from services.assign.teams.announcements import tell_member, tell_removed
from services.assign.teams.roster.facts import Roster
from services.assign.teams.roster.plan import Known, Plan
from services.assign.teams.store import recount
from services.assign.teams.tables import Member, Team
from shared.store import Unit
from shared.store.session import rows

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended('caunoi.roster', 0))")


async def load_known(unit: Unit, roster: Roster) -> Known:
    """Everything that the roster speaks of, its teams locked in the order of their codes until the unit ends."""
    await unit.execute(_ONE_AT_A_TIME)
    codes = {facts.commune_code for facts in roster.teams or ()}
    joining = () if await places.has_units(unit.connection) else await asyncio.to_thread(provinces_of, codes)
    units = {new.code: new for new in joining} or await places.units_by_code(unit.connection, codes)
    named = {
        village_id(units[facts.commune_code].key, facts.former_commune, facts.village)
        for facts in roster.teams or ()
        if facts.village and facts.commune_code in units
    }
    teams = await _teams(unit.connection, roster, named)
    members = await _members(unit.connection, roster, teams)
    theirs = {team.village_id for team in teams.values() if team.village_id}
    villages = await places.villages_by_id(unit.connection, named | theirs)
    return Known(units, teams, members, villages, joining)


async def _teams(connection: AsyncConnection, roster: Roster, villages: Collection[str]) -> dict[str, Team]:
    """All of them when replacing; else those named, by their code, as the team of a village, or as somebody's team."""
    statement = select(Team).order_by(col(Team.code)).with_for_update(key_share=True)
    if not roster.replaces_teams:
        codes = {facts.code for facts in roster.teams or ()} | {facts.team_code for facts in roster.members or ()}
        codes |= await _teams_of_people(connection, roster)
        statement = statement.where(
            or_(col(Team.code) == func.any(list(codes)), col(Team.village_id) == func.any(list(villages)))
        )
    return {team.code: team for team in await many(connection, Team, statement)}


async def _teams_of_people(connection: AsyncConnection, roster: Roster) -> set[str]:
    """Teams of those who are listed; of everybody, where whoever is not listed goes."""
    theirs = select(col(Member.team_code)).distinct()
    found = await connection.execute(theirs if roster.replaces_members else theirs.where(_listed(roster)))
    return {code for (code,) in found}


async def _members(connection: AsyncConnection, roster: Roster, teams: Collection[str]) -> Sequence[Member]:
    statement = select(Member).order_by(col(Member.id))
    if not roster.replaces_members:
        statement = statement.where(or_(col(Member.team_code) == func.any(list(teams)), _listed(roster)))
    return await many(connection, Member, statement)


def _listed(roster: Roster) -> Any:  # Any: SQLAlchemy's condition
    phones = [facts.phone for facts in roster.members or ()]
    codes = [facts.member_code for facts in roster.members or () if facts.member_code]
    return or_(col(Member.phone) == func.any(phones), col(Member.member_code) == func.any(codes))


async def keep(unit: Unit, known: Known, plan: Plan, at: datetime) -> None:
    """Write the plan and tell of everything that is new or other."""
    await places.add_units(unit, known.joining, at)
    provinces = {team.commune: team.province for team in (*known.teams.values(), *plan.teams.after.values())}
    await places.add_villages(unit, plan.villages.created, provinces, at)
    await places.change_villages(unit, plan.villages.changed, provinces, at)
    teams, people = plan.teams, plan.members
    await _write(unit, _TEAMS, known.teams, (*teams.created, *teams.changed, *teams.removed))
    before = {member.id for member in known.members}
    await _write(unit, _MEMBERS, before, (*people.created, *people.changed, *people.removed, *people.told_again))
    await recount(unit, plan.team_codes)
    for member in (*people.created, *people.changed, *people.told_again):
        tell_member(unit, member, plan.teams.after[member.team_code], at)
    for member in people.removed:
        tell_removed(unit, member, plan.teams.before[member.team_code].province, at)


class _Written(NamedTuple):
    """A table, its key, and the columns that a roster decides: never those that offers count."""

    table: type[SQLModel]
    key: str
    columns: tuple[str, ...]


_TEAMS = _Written(
    Team,
    "code",
    (
        "name",
        "commune",
        "commune_code",
        "unit_path",
        "province",
        "village_id",
        "lat",
        "lon",
        "notes",
        "retired",
        "revision",
    ),
)
_MEMBERS = _Written(
    Member,
    "id",
    (
        *("team_code", "member_code", "full_name", "phone", "role", "skills", "languages", "notes"),
        *("bad_address_since", "stopped_at", "retired", "revision"),
    ),
)


async def _write(unit: Unit, to: _Written, before: Collection[str], written: Sequence[SQLModel]) -> None:
    """Insert what is new; of the rest write the roster's columns."""
    new = [row for row in written if getattr(row, to.key) not in before]
    old = [row for row in written if getattr(row, to.key) in before]
    if new:
        await unit.execute(insert(to.table), rows(to.table, new))
    if old:
        values = {name: bindparam(f"_{name}") for name in to.columns}
        statement = update(to.table).where(getattr(to.table, to.key) == bindparam("_key")).values(values)
        await unit.execute(statement, [_parameters(row, to) for row in old])


def _parameters(row: SQLModel, to: _Written) -> dict[str, Any]:
    return {"_key": getattr(row, to.key)} | {f"_{name}": getattr(row, name) for name in to.columns}

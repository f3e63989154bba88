"""Every query about teams, members and supervisors."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypedDict

from sqlalchemy import Update, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.assign.reading import many, one
from services.assign.teams.announcements import tell_supervisor
from services.assign.teams.tables import Member, Supervisor, Team
from shared.store import Unit
from shared.store.session import rows

ON_DUTY = col(Member.retired).is_(False)


class Supervisors(TypedDict):
    """Whom to tell, level by level."""

    commune: list[Supervisor]
    province: list[Supervisor]


class Teamless(NamedTuple):
    """A commune in which no team is on duty. `path`: codes from the province down to it."""

    code: str
    full_name: str
    path: list[str]


WITHOUT_TEAM = text("""
    select code, full_name, path from administrativeunit as place
    where valid_to is null and (cast(:unit as text) is null or path @> array[cast(:unit as text)])
      and not exists (select from administrativeunit as below where below.parent = place.key and below.valid_to is null)
      and not exists (select from team where team.commune = place.key and not team.retired)
    order by sort_key, code""")


async def communes_without_team(connection: AsyncConnection, unit: str | None) -> list[Teamless]:
    """Below a unit, or everywhere, in the order of their names."""
    return [Teamless(*row) for row in await connection.execute(WITHOUT_TEAM, {"unit": unit})]


async def team_by_code(connection: AsyncConnection, code: str) -> Team | None:
    """A team that is not retired."""
    return await one(connection, Team, select(Team).where(col(Team.code) == code, col(Team.retired).is_(False)))


async def first_team(connection: AsyncConnection) -> Team | None:
    """The team with the lowest code that has somebody to be reached."""
    reachable = select(Team).where(col(Team.retired).is_(False), col(Team.reachable))
    return await one(connection, Team, reachable.order_by(col(Team.code)).limit(1))


async def member_by_id(connection: AsyncConnection, id: str) -> Member | None:
    """A member, retired ones too: a ticket's history names them."""
    return await one(connection, Member, select(Member).where(col(Member.id) == id))


async def members_of(connection: AsyncConnection, team: str) -> list[Member]:
    """Who is on duty in a team, the leader first."""
    leader_first = (col(Member.role) != "leader", col(Member.id))
    theirs = select(Member).where(col(Member.team_code) == team, ON_DUTY)
    return await many(connection, Member, theirs.order_by(*leader_first))


async def leader_of(connection: AsyncConnection, team: str) -> Member | None:
    """The team's leader, or the first of its members where it has none; None for a team without members."""
    return next(iter(await members_of(connection, team)), None)


async def people_by_phone(connection: AsyncConnection, phone: str) -> tuple[Member | None, Supervisor | None]:
    """The member and the supervisor on duty who have this number."""
    member = await one(connection, Member, select(Member).where(col(Member.phone) == phone, ON_DUTY))
    watching = select(Supervisor).where(col(Supervisor.phone) == phone, col(Supervisor.retired).is_(False))
    return member, await one(connection, Supervisor, watching)


async def supervisors_over(connection: AsyncConnection, unit_path: Sequence[str]) -> Supervisors:
    """Who watches the commune at the end of a path of unit codes, and who the province at its beginning."""
    watching = select(Supervisor).where(
        col(Supervisor.unit_code) == func.any([unit_path[0], unit_path[-1]]), col(Supervisor.retired).is_(False)
    )
    found = await many(connection, Supervisor, watching.order_by(col(Supervisor.id)))
    commune = [watcher for watcher in found if watcher.unit_code == unit_path[-1]] if len(unit_path) > 1 else []
    return {"commune": commune, "province": [watcher for watcher in found if watcher.unit_code == unit_path[0]]}


async def mark_bad(unit: Unit, ids: Iterable[str], at: datetime) -> set[str]:
    """These members' numbers do not work; the codes of their teams, where that was not known yet."""
    marking = (
        update(Member)
        .where(col(Member.id) == func.any(list(ids)), ON_DUTY, col(Member.bad_address_since).is_(None))
        .values(bad_address_since=at)
        .returning(col(Member.team_code))
    )
    return {team for (team,) in await unit.execute(marking)}


async def mark_stopped(unit: Unit, id: str, at: datetime) -> Member | None:
    """This member wants no more messages; None where that is known already, or nobody on duty has the id."""
    marking = update(Member).where(col(Member.id) == id, ON_DUTY, col(Member.stopped_at).is_(None))
    return await _marked(unit, marking.values(stopped_at=at, revision=col(Member.revision) + 1))


async def mark_reachable(unit: Unit, id: str) -> Member | None:
    """This member can be reached again; None where nothing stood against it."""
    hindered = or_(col(Member.stopped_at).is_not(None), col(Member.bad_address_since).is_not(None))
    marking = update(Member).where(col(Member.id) == id, ON_DUTY, hindered)
    values = {"stopped_at": None, "bad_address_since": None, "revision": col(Member.revision) + 1}
    return await _marked(unit, marking.values(values))


async def _marked(unit: Unit, marking: Update) -> Member | None:
    row = (await unit.execute(marking.returning(Member))).first()
    return Member(**row._mapping) if row else None


async def add_supervisors(
    unit: Unit, added: Sequence[Supervisor], paths: Mapping[str, list[str]], at: datetime
) -> None:
    """Keep new supervisors and tell of them; `paths` gives the way down to a unit by its code."""
    await unit.execute(insert(Supervisor), rows(Supervisor, added))
    for supervisor in added:
        tell_supervisor(unit, supervisor, paths[supervisor.unit_code], at)


async def recount(unit: Unit, codes: Iterable[str]) -> None:
    """Sum up anew what a team's members can and speak, and whether one can be reached."""
    await unit.execute(_RECOUNT, {"codes": sorted(codes)})


_RECOUNT = text("""
update team set skills = found.skills, speaks = found.speaks, reachable = found.reachable
from (
    select listed.code,
        array(select distinct skill from member m, unnest(m.skills) skill
              where m.team_code = listed.code and not m.retired order by skill) as skills,
        array(select distinct tongue from member m, unnest(m.languages) tongue
              where m.team_code = listed.code and not m.retired order by tongue) as speaks,
        exists(select from member m where m.team_code = listed.code and not m.retired
               and m.bad_address_since is null and m.stopped_at is null) as reachable
    from unnest(cast(:codes as text[])) listed(code)
) found
where team.code = found.code
    and (team.skills, team.speaks, team.reachable) is distinct from (found.skills, found.speaks, found.reachable)
""")

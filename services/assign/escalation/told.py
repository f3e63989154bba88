"""Who is told: the people of each level over a ticket."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from asyncpg import Record
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.tickets.lifecycle import Status
from services.assign.tickets.tables import Ticket
from shared.events.tickets import Level
from shared.store.lean import fetch

_SUPERVISORS = "select unit_code, id from supervisor where unit_code = any($1) and not retired order by id"
_LEADERS = "select team_code, id from member where team_code = any($1) and role = 'leader' and not retired order by id"
_ASKED = "select code, team from offer where code = any($1) and outcome = 'open' order by at, id"
People = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Watching:
    """Who watches over some tickets, read at once for all of them."""

    supervisors: People
    """Ids by the code of their unit."""
    leaders: People
    """Ids by team."""
    asked: People
    """Teams that have not answered yet, by the ticket's code."""

    def over(self, ticket: Ticket, level: Level) -> list[str]:
        """Ids of those to tell. The leaders are of the team that has it now, else of those that are asked now."""
        if level == "leader":
            teams = [ticket.team] if ticket.team else self.asked.get(ticket.code, ())
            return sorted({leader for team in teams for leader in self.leaders.get(team, ())})
        return _nearest(self.supervisors, ticket.unit_path, level)


async def watching(connection: AsyncConnection, tickets: Sequence[Ticket]) -> Watching:
    """Everybody who may have to be told of these tickets."""
    units = {code for ticket in tickets for code in ticket.unit_path}
    offered = [ticket.code for ticket in tickets if ticket.status == Status.OFFERED]
    asked = _grouped(await fetch(connection, _ASKED, offered)) if offered else {}
    teams = {ticket.team for ticket in tickets if ticket.team} | {team for found in asked.values() for team in found}
    return Watching(
        supervisors=_grouped(await fetch(connection, _SUPERVISORS, sorted(units))),
        leaders=_grouped(await fetch(connection, _LEADERS, sorted(teams))) if teams else {},
        asked=asked,
    )


async def supervisors_of(connection: AsyncConnection, unit_path: Sequence[str], level: Level) -> list[str]:
    """Ids of the supervisors of the commune or the province; where a commune has none, of the unit above it."""
    found = _grouped(await fetch(connection, _SUPERVISORS, list(unit_path)))
    return _nearest(found, unit_path, level)


def _nearest(supervisors: People, unit_path: Sequence[str], level: Level) -> list[str]:
    codes = reversed(unit_path) if level == "commune" else unit_path[:1]
    return next((list(supervisors[code]) for code in codes if code in supervisors), [])


def _grouped(rows: Iterable[Record]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key, value in rows:
        found[key].append(value)
    return dict(found)

"""Taking in a roster, from the bytes of its files to the events that tell of it."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from services.assign.places import store as places
from services.assign.teams.roster.facts import Roster, member_facts, team_facts
from services.assign.teams.roster.plan import make_plan
from services.assign.teams.roster.report import Report, counted, differences
from services.assign.teams.roster.sheet import read_sheet
from services.assign.teams.roster.store import keep, load_known
from services.assign.teams.roster.wrong import RosterRefused, Wrong
from services.assign.teams.watchers import TeamWatchers
from shared.store import Unit, new_id


@dataclass(frozen=True)
class Files:
    """CSV tables as they were sent; one that was not sent is None, and what it would say is left alone."""

    teams: bytes | None = None
    members: bytes | None = None


async def take_in(
    unit: Unit, files: Files, at: datetime, watchers: TeamWatchers, *, replace: bool = False, preview: bool = False
) -> Report:
    """Do all that the roster says, or raise `RosterRefused` with every row that is wrong and do nothing.

    `replace` removes what the files do not list; `preview` only tells, with each difference.
    """
    skills = [category.code for category in await places.categories(unit.connection)]
    roster, wrong = await asyncio.to_thread(understand, files, skills, replace)
    if any(found.row in (None, 1) for found in wrong):
        raise RosterRefused(wrong)  # a table that cannot be read: what its rows would say is not known
    known = await load_known(unit, roster)
    plan = await asyncio.to_thread(make_plan, known, roster, lambda: str(new_id()))
    if wrong := [*wrong, *plan.wrong]:
        raise RosterRefused(wrong)
    report = counted(plan)
    if preview:
        return report.model_copy(update={"differences": differences(known, plan)})
    await keep(unit, known, plan, at)
    await watchers.tell(unit, plan.team_codes)
    return report


def understand(files: Files, skills: Collection[str], replace: bool) -> tuple[Roster, list[Wrong]]:
    """The files' rows as facts, and every cell that is wrong by itself."""
    wrong: list[Wrong] = []
    teams = members = None
    columns = mentioned = frozenset[str]()
    if files.teams is not None:
        sheet, unreadable = read_sheet("teams", files.teams)
        teams, unsound = team_facts(sheet)
        columns = frozenset(sheet.columns)
        mentioned = frozenset(line.cells["team_code"] for line in sheet.lines)
        wrong += unreadable + unsound
    if files.members is not None:
        sheet, unreadable = read_sheet("members", files.members)
        members, unsound = member_facts(sheet, skills)
        wrong += unreadable + unsound
    return Roster(teams, members, columns, mentioned, replace), wrong

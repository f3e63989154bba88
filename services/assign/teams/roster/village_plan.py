"""Which villages a roster brings, gives another team, or retires."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.assign.places.tables import Village
from services.assign.reading import altered
from services.assign.teams.roster.team_plan import TeamChanges
from services.assign.teams.tables import Team
from shared.vietnam.names import sort_key


@dataclass
class VillageChanges:
    created: list[Village] = field(default_factory=list[Village])
    changed: list[Village] = field(default_factory=list[Village])


def plan_villages(known: Mapping[str, Village], teams_before: Mapping[str, Team], teams: TeamChanges) -> VillageChanges:
    """Each village of a team that is new, other or gone, as it shall be.

    A village outlives its team: it stays to be named by residents. It retires when its team is listed under another
    village, which is how a wrong name is put right.
    """
    changes = VillageChanges()
    holders = _holders(teams.after)
    for id in sorted(_concerned(teams_before, teams)):
        old = known.get(id)
        wanted = _wanted(old, holders.get(id, []), teams.after)
        if old is None:
            changes.created.append(_named(id, holders[id], teams, wanted))
        elif wanted != {name: getattr(old, name) for name in wanted}:
            changes.changed.append(altered(old, wanted))
    return changes


def _holders(teams: Mapping[str, Team]) -> dict[str, list[Team]]:
    """Teams by their village, in the order of their codes."""
    holders: dict[str, list[Team]] = {}
    for code in sorted(teams):
        if village := teams[code].village_id:
            holders.setdefault(village, []).append(teams[code])
    return holders


def _concerned(before: Mapping[str, Team], teams: TeamChanges) -> set[str]:
    touched = (*teams.created, *teams.changed, *teams.removed)
    earlier = [before[team.code].village_id for team in touched if team.code in before]
    return {id for id in (*(team.village_id for team in touched), *earlier) if id}


def _wanted(old: Village | None, holders: list[Team], after: Mapping[str, Team]) -> dict[str, Any]:
    """Its team (the one it had, while that still is of this village) and its point, which is the team's."""
    if not holders:
        moved = old is not None and old.team_code in after
        return {"team_code": None, "retired": moved}
    team = next((team for team in holders if old and team.code == old.team_code), holders[0])
    return {"team_code": team.code, "lat": team.lat, "lon": team.lon, "retired": False}


def _named(id: str, holders: list[Team], teams: TeamChanges, wanted: dict[str, Any]) -> Village:
    """A new village, by the name that its team's row gives it."""
    team = next(team for team in holders if team.code in teams.named)
    facts = teams.named[team.code]
    assert facts.village, "a village's id comes from its name"
    said: dict[str, Any] = {
        "name": facts.village,
        "former_commune": facts.former_commune,
        "sort_key": sort_key(facts.village),
    }
    return Village(id=id, commune=team.commune, **said, **wanted)

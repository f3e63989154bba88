"""Which teams a roster creates, changes and removes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.assign.places.tables import AdministrativeUnit
from services.assign.places.villages import village_id
from services.assign.reading import altered
from services.assign.teams.roster.facts import Roster, TeamFacts
from services.assign.teams.roster.wrong import Wrong
from services.assign.teams.tables import Team


@dataclass
class TeamChanges:
    """Teams as they shall be. `after` is every team there will be, by code; `named` what the file says of its own."""

    created: list[Team] = field(default_factory=list[Team])
    changed: list[Team] = field(default_factory=list[Team])
    removed: list[Team] = field(default_factory=list[Team])
    unchanged: int = 0
    wrong: list[Wrong] = field(default_factory=list[Wrong])
    after: dict[str, Team] = field(default_factory=dict[str, Team])
    before: Mapping[str, Team] = field(default_factory=dict[str, Team])
    named: dict[str, TeamFacts] = field(default_factory=dict[str, TeamFacts])

    def is_told_otherwise(self, code: str) -> bool:
        """Whether what people's copies say of their team (its name, its unit) is another than before."""
        old, new = self.before.get(code), self.after.get(code)
        return old is not None and new is not None and (old.name, old.unit_path) != (new.name, new.unit_path)


def plan_teams(units: Mapping[str, AdministrativeUnit], known: Mapping[str, Team], roster: Roster) -> TeamChanges:
    """Compare the file's teams with the known ones."""
    changes = TeamChanges(before=known, after={code: team for code, team in known.items() if not team.retired})
    for facts in roster.teams or ():
        wrong = _judge(facts, units, changes.named)
        changes.named.setdefault(facts.code, facts)
        if wrong:
            changes.wrong.append(wrong)
        else:
            _place(changes, facts, units[facts.commune_code], "village" in roster.team_columns)
    if roster.replaces_teams:
        _remove_unlisted(changes, roster.mentioned)
    return changes


def _judge(facts: TeamFacts, units: Mapping[str, AdministrativeUnit], named: Mapping[str, TeamFacts]) -> Wrong | None:
    first = named.get(facts.code)
    if first:
        return Wrong("teams", facts.row, "team_code", facts.code, "team_twice", {"row": first.row})
    unit = units.get(facts.commune_code)
    if unit is None or unit.kind != "commune":
        return Wrong("teams", facts.row, "commune_code", facts.commune_code, "unknown_commune")
    if facts.point is None and (unit.lat is None or unit.lon is None):
        return Wrong("teams", facts.row, "lat", None, "no_point")
    return None


def _place(changes: TeamChanges, facts: TeamFacts, commune: AdministrativeUnit, says_village: bool) -> None:
    old = changes.before.get(facts.code)
    wanted = _wanted(facts, commune, old, says_village)
    new = altered(old, wanted) if old else Team(code=facts.code, **wanted)
    changes.after[facts.code] = new
    if old is None:
        changes.created.append(new)
    elif wanted == {name: getattr(old, name) for name in wanted}:
        changes.unchanged += 1
    else:
        new.revision += 1
        (changes.created if old.retired else changes.changed).append(new)


def _wanted(facts: TeamFacts, commune: AdministrativeUnit, old: Team | None, says_village: bool) -> dict[str, Any]:
    """The columns that the roster decides, with their values."""
    village = village_id(commune.key, facts.former_commune, facts.village) if facts.village else None
    lat, lon = facts.point or _point_kept(old, commune) or (commune.lat, commune.lon)
    return {
        "name": facts.name,
        "commune": commune.key,
        "commune_code": commune.code,
        "unit_path": list(commune.path),
        "province": commune.province,
        "village_id": village if says_village or old is None else old.village_id,
        "lat": lat,
        "lon": lon,
        "notes": {**(old.notes if old else {}), **facts.notes},
        "retired": False,
    }


def _point_kept(old: Team | None, commune: AdministrativeUnit) -> tuple[float, float] | None:
    """A pin that the team has already, as long as it stays in its commune."""
    return (old.lat, old.lon) if old and old.commune == commune.key else None


def _remove_unlisted(changes: TeamChanges, listed: Collection[str]) -> None:
    for code, team in changes.before.items():
        if team.retired or code in listed:
            continue
        if team.open_offers > 0 or team.accepted > 0:
            changes.wrong.append(Wrong("teams", None, "team_code", code, "holds_open_tickets", {"team": team.name}))
            continue
        changes.removed.append(altered(team, {"retired": True, "revision": team.revision + 1}))
        del changes.after[code]

"""Which members a roster creates, changes and removes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.assign.reading import altered
from services.assign.teams.roster.facts import MemberFacts, Roster
from services.assign.teams.roster.team_plan import TeamChanges
from services.assign.teams.roster.wrong import Wrong
from services.assign.teams.tables import Member

MOTHER_TONGUE = ["vi"]


@dataclass
class MemberChanges:
    """Members as they shall be."""

    created: list[Member] = field(default_factory=list[Member])
    changed: list[Member] = field(default_factory=list[Member])
    removed: list[Member] = field(default_factory=list[Member])
    told_again: list[Member] = field(default_factory=list[Member])
    """Themselves as before, but their team has another name or place."""
    unchanged: int = 0
    wrong: list[Wrong] = field(default_factory=list[Wrong])
    left_teams: set[str] = field(default_factory=set[str])
    """Teams that somebody left for another."""


def plan_members(
    known: Sequence[Member],
    teams: TeamChanges,
    roster: Roster,
    new_id: Callable[[], str],
) -> MemberChanges:
    """Compare the file's members with the known ones. A member's key is `member_code`, or else the phone."""
    changes = MemberChanges()
    before = _Before(known)
    rows: dict[str, int] = {}
    after = {member.id: member for member in known if not member.retired}
    for facts in _sound(roster, teams, changes):
        old = before.find(facts)
        new = _renewed(facts, old, new_id)
        after[new.id] = new
        rows[new.id] = facts.row
    _remove_unlisted(after, rows, teams, roster.replaces_members, changes)
    _let_one_lead(after, rows)
    changes.wrong += _phones_in_use(after, rows)
    _sort(changes, before, after, rows, teams)
    return changes


class _Before:
    """Known members, to be found by their keys; one on duty before a retired one."""

    def __init__(self, known: Sequence[Member]) -> None:
        self.by_id = {member.id: member for member in known}
        retired_first = sorted(known, key=lambda member: not member.retired)
        self._by_code = {member.member_code: member for member in retired_first if member.member_code}
        self._by_phone = {member.phone: member for member in retired_first}

    def find(self, facts: MemberFacts) -> Member | None:
        found = self._by_code.get(facts.member_code) if facts.member_code else None
        if found:
            return found
        same_phone = self._by_phone.get(facts.phone)
        if same_phone and facts.member_code and same_phone.member_code:
            return None
        return same_phone


def _sound(roster: Roster, teams: TeamChanges, changes: MemberChanges) -> list[MemberFacts]:
    """The rows that fit together: no key twice, one leader a team, every team known."""
    sound: list[MemberFacts] = []
    seen: dict[tuple[str, str], int] = {}
    codes = roster.mentioned | teams.after.keys()
    for facts in roster.members or ():
        wrong = _judge(facts, codes, seen)
        if wrong:
            changes.wrong.append(wrong)
        else:
            sound.append(facts)
        for key in _keys(facts):
            seen.setdefault(key, facts.row)
    return sound


def _keys(facts: MemberFacts) -> list[tuple[str, str]]:
    """What no two rows may share."""
    keys = [("phone", facts.phone)]
    if facts.member_code:
        keys.append(("member_code", facts.member_code))
    if facts.role == "leader":
        keys.append(("role", facts.team_code))
    return keys


_TWICE = {"phone": "phone_twice", "member_code": "member_twice", "role": "two_leaders"}


def _judge(facts: MemberFacts, teams: Collection[str], seen: Mapping[tuple[str, str], int]) -> Wrong | None:
    if facts.team_code not in teams:
        return Wrong("members", facts.row, "team_code", facts.team_code, "unknown_team")
    for column, value in _keys(facts):
        first = seen.get((column, value))
        if first:
            shown = "leader" if column == "role" else value
            return Wrong("members", facts.row, column, shown, _TWICE[column], {"row": first})
    return None


def _renewed(facts: MemberFacts, old: Member | None, new_id: Callable[[], str]) -> Member:
    """The member as the row says; what the file has no column for stays."""
    said: dict[str, Any] = {
        "team_code": facts.team_code,
        "full_name": facts.full_name,
        "phone": facts.phone,
        "member_code": facts.member_code or (old.member_code if old else None),
        "role": facts.role or (old.role if old else "member"),
        "retired": False,
        "notes": {**(old.notes if old else {}), **facts.notes},
    }
    if facts.skills is not None:
        said["skills"] = facts.skills
    if facts.languages is not None or old is None:
        said["languages"] = facts.languages or MOTHER_TONGUE
    if old and old.phone != facts.phone:
        said |= {"bad_address_since": None, "stopped_at": None}
    return altered(old, said) if old else Member(id=new_id(), **said)


def _remove_unlisted(
    after: dict[str, Member], rows: Mapping[str, int], teams: TeamChanges, all_of_them: bool, changes: MemberChanges
) -> None:
    """Whoever is not listed goes with the team, and, where the table replaces all, anyway."""
    for member in list(after.values()):
        if member.id not in rows and (all_of_them or member.team_code not in teams.after):
            changes.removed.append(altered(member, {"retired": True, "revision": member.revision + 1}))
            del after[member.id]


def _let_one_lead(after: dict[str, Member], rows: Mapping[str, int]) -> None:
    """Who is listed as leader leads; whoever led before and is not listed is a member from now on."""
    led = {member.team_code for member in after.values() if member.id in rows and member.role == "leader"}
    for member in list(after.values()):
        if member.id not in rows and member.role == "leader" and member.team_code in led:
            after[member.id] = altered(member, {"role": "member"})


def _phones_in_use(after: Mapping[str, Member], rows: Mapping[str, int]) -> list[Wrong]:
    others = {member.phone for member in after.values() if member.id not in rows}
    return [
        Wrong("members", rows[member.id], "phone", member.phone, "phone_in_use")
        for member in after.values()
        if member.id in rows and member.phone in others
    ]


def _sort(
    changes: MemberChanges, before: _Before, after: Mapping[str, Member], rows: Mapping[str, int], teams: TeamChanges
) -> None:
    """Who is new, who is another than before, who is the same."""
    for member in after.values():
        old = before.by_id.get(member.id)
        if old is None:
            changes.created.append(member)
        elif member.model_dump() != old.model_dump():
            member.revision += 1
            (changes.created if old.retired else changes.changed).append(member)
            if old.team_code != member.team_code:
                changes.left_teams.add(old.team_code)
        else:
            changes.unchanged += member.id in rows
            if teams.is_told_otherwise(member.team_code):
                changes.told_again.append(altered(member, {"revision": member.revision + 1}))
